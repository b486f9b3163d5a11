/* i386 Linux: call numbers, structures and constants, and one-line wrappers. Every call returns -errno on failure. */
#ifndef SYS_H
#define SYS_H

#include "types.h"

long syscall(long number, ...);
extern char **environ;

enum {
  SYS_exit = 1,
  SYS_fork = 2,
  SYS_read = 3,
  SYS_write = 4,
  SYS_open = 5,
  SYS_close = 6,
  SYS_link = 9,
  SYS_unlink = 10,
  SYS_execve = 11,
  SYS_chdir = 12,
  SYS_mknod = 14,
  SYS_chmod = 15,
  SYS_lseek = 19,
  SYS_getpid = 20,
  SYS_pause = 29,
  SYS_access = 33,
  SYS_sync = 36,
  SYS_kill = 37,
  SYS_rename = 38,
  SYS_mkdir = 39,
  SYS_rmdir = 40,
  SYS_dup = 41,
  SYS_pipe = 42,
  SYS_times = 43,
  SYS_brk = 45,
  SYS_ioctl = 54,
  SYS_setpgid = 57,
  SYS_umask = 60,
  SYS_dup2 = 63,
  SYS_getppid = 64,
  SYS_getpgrp = 65,
  SYS_setsid = 66,
  SYS_sethostname = 74,
  SYS_symlink = 83,
  SYS_readlink = 85,
  SYS_munmap = 91,
  SYS_ftruncate = 93,
  SYS_wait4 = 114,
  SYS_uname = 122,
  SYS_getpgid = 132,
  SYS_llseek = 140,
  SYS_nanosleep = 162,
  SYS_rt_sigaction = 174,
  SYS_rt_sigprocmask = 175,
  SYS_rt_sigsuspend = 179,
  SYS_getcwd = 183,
  SYS_mmap2 = 192,
  SYS_stat64 = 195,
  SYS_lstat64 = 196,
  SYS_fstat64 = 197,
  SYS_getuid32 = 199,
  SYS_getgid32 = 200,
  SYS_geteuid32 = 201,
  SYS_getegid32 = 202,
  SYS_getgroups32 = 205,
  SYS_lchown32 = 198,
  SYS_chown32 = 212,
  SYS_getdents64 = 220,
  SYS_fcntl64 = 221,
  SYS_exit_group = 252,
  SYS_clock_gettime = 265,
  SYS_utimensat = 320,
};

enum {
  O_RDONLY = 0,
  O_WRONLY = 1,
  O_RDWR = 2,
  O_CREAT = 0100,
  O_EXCL = 0200,
  O_NOCTTY = 0400,
  O_TRUNC = 01000,
  O_APPEND = 02000,
  O_NONBLOCK = 04000,
  O_DIRECTORY = 0200000,
  O_CLOEXEC = 02000000,
};
enum { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2 };
enum { R_OK = 4, W_OK = 2, X_OK = 1 };
enum { F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030, FD_CLOEXEC = 1 };
enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100 };
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20 };
enum { WNOHANG = 1, WUNTRACED = 2, WCONTINUED = 8 };
enum { TCGETS = 0x5401, TCSETS = 0x5402, TIOCGPGRP = 0x540f, TIOCSPGRP = 0x5410, TIOCGWINSZ = 0x5413 };

enum {
  EPERM = 1,
  ENOENT = 2,
  ESRCH = 3,
  EINTR = 4,
  EIO = 5,
  ENOEXEC = 8,
  EBADF = 9,
  ECHILD = 10,
  EAGAIN = 11,
  ENOMEM = 12,
  EACCES = 13,
  EEXIST = 17,
  EXDEV = 18,
  ENOTDIR = 20,
  EISDIR = 21,
  EINVAL = 22,
  ENOTTY = 25,
  ENOSPC = 28,
  EPIPE = 32,
  ERANGE = 34,
  ENOTEMPTY = 39,
  ELOOP = 40,
};

enum {
  SIGHUP = 1,
  SIGINT = 2,
  SIGQUIT = 3,
  SIGKILL = 9,
  SIGUSR1 = 10,
  SIGSEGV = 11,
  SIGPIPE = 13,
  SIGALRM = 14,
  SIGTERM = 15,
  SIGCHLD = 17,
  SIGCONT = 18,
  SIGSTOP = 19,
  SIGTSTP = 20,
  SIGTTIN = 21,
  SIGTTOU = 22,
  SIGNALS = 32,
};
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
enum { SA_RESTORER = 0x04000000, SA_RESTART = 0x10000000 };
enum { SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2 };

struct sigaction {
  void (*handler)(int);
  u32 flags;
  void (*restorer)(void);
  u64 mask;
};

struct timespec {
  int sec;
  int nsec;
};

struct stat {
  u64 dev;
  u32 pad0, ino32, mode, nlink, uid, gid;
  u64 rdev;
  u32 pad1;
  i64 size;
  u32 blksize;
  u64 blocks;
  struct timespec atime, mtime, ctime;
  u64 ino;
};
_Static_assert(sizeof(struct stat) == 96, "struct stat64 of i386");

enum {
  S_IFMT = 0170000,
  S_IFSOCK = 0140000,
  S_IFLNK = 0120000,
  S_IFREG = 0100000,
  S_IFBLK = 0060000,
  S_IFDIR = 0040000,
  S_IFCHR = 0020000,
  S_IFIFO = 0010000
};
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)

struct dirent64 {
  u64 ino;
  i64 off;
  u16 reclen;
  u8 type;
  char name[];
};

struct utsname {
  char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

struct rusage {
  int user_sec, user_usec, system_sec, system_usec;
  int rest[14];
};

struct winsize {
  u16 rows, columns, xpixel, ypixel;
};

static inline int fork(void) { return syscall(SYS_fork); }
static inline int read(int fd, void *buffer, size_t size) { return syscall(SYS_read, fd, buffer, size); }
static inline int write(int fd, const void *buffer, size_t size) { return syscall(SYS_write, fd, buffer, size); }
static inline int open(const char *path, int flags, int mode) { return syscall(SYS_open, path, flags, mode); }
static inline int close(int fd) { return syscall(SYS_close, fd); }
static inline int link(const char *from, const char *to) { return syscall(SYS_link, from, to); }
static inline int unlink(const char *path) { return syscall(SYS_unlink, path); }
static inline int execve(const char *path, char **argv, char **envp) { return syscall(SYS_execve, path, argv, envp); }
static inline int chdir(const char *path) { return syscall(SYS_chdir, path); }
static inline int mknod(const char *path, int mode, u32 device) { return syscall(SYS_mknod, path, mode, device); }
static inline int chmod(const char *path, int mode) { return syscall(SYS_chmod, path, mode); }
static inline int getpid(void) { return syscall(SYS_getpid); }
static inline int access(const char *path, int mode) { return syscall(SYS_access, path, mode); }
static inline int kill(int pid, int signal) { return syscall(SYS_kill, pid, signal); }
static inline int rename(const char *from, const char *to) { return syscall(SYS_rename, from, to); }
static inline int mkdir(const char *path, int mode) { return syscall(SYS_mkdir, path, mode); }
static inline int rmdir(const char *path) { return syscall(SYS_rmdir, path); }
static inline int dup(int fd) { return syscall(SYS_dup, fd); }
static inline int pipe(int fds[2]) { return syscall(SYS_pipe, fds); }
static inline int ioctl(int fd, int request, void *argument) { return syscall(SYS_ioctl, fd, request, argument); }
static inline int setpgid(int pid, int group) { return syscall(SYS_setpgid, pid, group); }
static inline int umask(int mask) { return syscall(SYS_umask, mask); }
static inline int dup2(int from, int to) { return syscall(SYS_dup2, from, to); }
static inline int getppid(void) { return syscall(SYS_getppid); }
static inline int getpgrp(void) { return syscall(SYS_getpgrp); }
static inline int symlink(const char *target, const char *path) { return syscall(SYS_symlink, target, path); }
static inline int readlink(const char *path, char *buffer, size_t size) {
  return syscall(SYS_readlink, path, buffer, size);
}
static inline int wait4(int pid, int *status, int options, struct rusage *usage) {
  return syscall(SYS_wait4, pid, status, options, usage);
}
static inline int uname(struct utsname *name) { return syscall(SYS_uname, name); }
static inline int nanosleep(const struct timespec *time, struct timespec *rest) {
  return syscall(SYS_nanosleep, time, rest);
}
static inline int getcwd(char *buffer, size_t size) { return syscall(SYS_getcwd, buffer, size); }
static inline int stat(const char *path, struct stat *st) { return syscall(SYS_stat64, path, st); }
static inline int lstat(const char *path, struct stat *st) { return syscall(SYS_lstat64, path, st); }
static inline int fstat(int fd, struct stat *st) { return syscall(SYS_fstat64, fd, st); }
static inline int getdents64(int fd, void *buffer, size_t size) { return syscall(SYS_getdents64, fd, buffer, size); }
static inline int fcntl(int fd, int command, long argument) { return syscall(SYS_fcntl64, fd, command, argument); }
static inline int clock_gettime(int clock, struct timespec *time) { return syscall(SYS_clock_gettime, clock, time); }

/* Seeks with a 64-bit offset; returns 0 or -errno and stores the new position. */
static inline int seek(int fd, i64 offset, int whence, i64 *position) {
  return syscall(SYS_llseek, fd, (u32)((u64)offset >> 32), (u32)offset, position, whence);
}

void signal_restorer(void);

/* Installs a handler, SIG_DFL or SIG_IGN with the given SA_ flags; returns 0 or -errno. */
static inline int sigaction_set(int signal, void (*handler)(int), u32 flags) {
  struct sigaction action = {handler, flags | SA_RESTORER, signal_restorer, 0};
  return syscall(SYS_rt_sigaction, signal, &action, 0, 8);
}

static inline int sigprocmask(int how, const u64 *set, u64 *old) {
  return syscall(SYS_rt_sigprocmask, how, set, old, 8);
}
static inline bool isatty(int fd) {
  u8 termios[64];
  return ioctl(fd, TCGETS, termios) == 0;
}

#define WIFEXITED(status) (((status) & 0x7f) == 0)
#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WTERMSIG(status) ((status) & 0x7f)
#define WIFSIGNALED(status) (!WIFEXITED(status) && !WIFSTOPPED(status) && (status) != 0xffff)
#define WIFCONTINUED(status) ((status) == 0xffff)

#endif
