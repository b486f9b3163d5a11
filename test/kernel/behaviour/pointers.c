/* Every kind of pointer argument, pointing nowhere: low, into the kernel, and to where mapped memory ends too early. */
#include "lines.h"
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/statfs.h>
#include <sys/times.h>
#include <netinet/in.h>
#include <linux/futex.h>
#include <termios.h>

/* Marks the argument that is bad. */
#define BAD 0x7ead7ead
static long places[3];
static const char *place_names[] = {"low", "the kernel's", "short"};

static void call(const char *name, int number, long a, long b, long c, long d, long e, long f) {
  for (int n = 0; n < 3; n++) {
    char text[80];
    snprintf(text, sizeof text, "%s, %s", name, place_names[n]);
    *(char *)places[2] = 'a';
    long v[6] = {a, b, c, d, e, f};
    for (int i = 0; i < 6; i++) if (v[i] == BAD) v[i] = places[n];
    errno = 0;
    long result = syscall(number, v[0], v[1], v[2], v[3], v[4], v[5]);
    line(text, "%s", result == -1 ? error_of(errno) : "taken");
  }
}
#define CALL(name, number, ...) CALL6(name, number, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL6(name, number, a, b, c, d, e, f, ...) call(name, number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static char buffer[8192];
static int file, directory, p[2], pair[2], udp, listening, epoll, event, timer_fd, inotify, pty;
static struct iovec good_vector;

static void prepare(void) {
  char *pages = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages + 4096, 4096);
  memset(pages, 'a', 4096);
  places[0] = 8;
  places[1] = 0xffffe000;
  places[2] = (long)pages + 4095;
  file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  write(file, buffer, 4096);
  lseek(file, 0, SEEK_SET);
  mkdir("directory", 0700);
  symlink("target", "link");
  directory = open("directory", O_RDONLY);
  pipe2(p, O_NONBLOCK);
  write(p[1], buffer, 100);
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
  write(pair[1], buffer, 100);
  udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  epoll = epoll_create1(0);
  event = eventfd(1, EFD_NONBLOCK);
  timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  inotify = inotify_init1(IN_NONBLOCK);
  good_vector = (struct iovec){buffer, 10};
}

static void paths(void) {
  prepare();
  CALL("open", SYS_open, BAD, O_RDONLY, 0);
  CALL("openat", SYS_openat, AT_FDCWD, BAD, O_RDONLY, 0);
  CALL("creat", SYS_creat, BAD, 0600);
  CALL("link, first", SYS_link, BAD, "x");
  CALL("link, second", SYS_link, "file", BAD);
  CALL("linkat, first", SYS_linkat, AT_FDCWD, BAD, AT_FDCWD, "x", 0);
  CALL("unlink", SYS_unlink, BAD);
  CALL("unlinkat", SYS_unlinkat, AT_FDCWD, BAD, 0);
  CALL("mkdir", SYS_mkdir, BAD, 0700);
  CALL("rmdir", SYS_rmdir, BAD);
  CALL("mknod", SYS_mknod, BAD, S_IFIFO | 0600, 0);
  CALL("rename, first", SYS_rename, BAD, "x");
  CALL("rename, second", SYS_rename, "file", BAD);
  CALL("renameat2", SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, BAD, 0);
  CALL("symlink, target", SYS_symlink, BAD, "x");
  CALL("symlink, name", SYS_symlink, "x", BAD);
  CALL("readlink, name", SYS_readlink, BAD, buffer, 10);
  CALL("readlink, buffer", SYS_readlink, "link", BAD, 100);
  CALL("readlink, nothing asked", SYS_readlink, "link", BAD, 0);
  CALL("chdir", SYS_chdir, BAD);
  CALL("chmod", SYS_chmod, BAD, 0600);
  CALL("fchmodat", SYS_fchmodat, AT_FDCWD, BAD, 0600);
  CALL("chown", SYS_chown32, BAD, -1, -1);
  CALL("lchown", SYS_lchown32, BAD, -1, -1);
  CALL("access", SYS_access, BAD, 0);
  CALL("truncate", SYS_truncate, BAD, 0);
  CALL("truncate64", SYS_truncate64, BAD, 0, 0);
  CALL("utime, name", SYS_utime, BAD, 0);
  CALL("utime, times", SYS_utime, "file", BAD);
  CALL("utimes, times", SYS_utimes, "file", BAD);
  CALL("utimensat, times", SYS_utimensat, AT_FDCWD, "file", BAD, 0);
  CALL("stat64, name", SYS_stat64, BAD, buffer);
  CALL("stat64, buffer", SYS_stat64, "file", BAD);
  CALL("lstat64, buffer", SYS_lstat64, "link", BAD);
  CALL("fstat64, buffer", SYS_fstat64, file, BAD);
  CALL("newstat, buffer", SYS_stat, "directory", BAD);
  CALL("fstatat64, name", SYS_fstatat64, AT_FDCWD, BAD, buffer, 0);
  CALL("fstatat64, buffer", SYS_fstatat64, AT_FDCWD, "file", BAD, 0);
  CALL("statx, name", SYS_statx, AT_FDCWD, BAD, 0, 0x7ff, buffer);
  CALL("statx, buffer", SYS_statx, AT_FDCWD, "file", 0, 0x7ff, BAD);
  CALL("statfs, name", SYS_statfs, BAD, buffer);
  CALL("statfs, buffer", SYS_statfs, ".", BAD);
  CALL("fstatfs64, buffer", SYS_fstatfs64, file, 84, BAD);
  CALL("getcwd", SYS_getcwd, BAD, 4096);
  CALL("execve, name", SYS_execve, BAD, 0, 0);
  CALL("execve, arguments", SYS_execve, "./self", BAD, 0);
  CALL("execve, environment", SYS_execve, "./self", 0, BAD);
  long one_bad[] = {8, 0};
  CALL("execve, an argument", SYS_execve, "./self", one_bad, 0);
  CALL("setxattr, attribute", SYS_setxattr, "file", BAD, buffer, 1, 0);
  CALL("setxattr, value", SYS_setxattr, "file", "user.x", BAD, 2, 0);
  CALL("inotify_add_watch", SYS_inotify_add_watch, inotify, BAD, IN_OPEN);
  CALL("mount, target", SYS_mount, 0, BAD, "nothing", 0, 0);
  CALL("umount2", SYS_umount2, BAD, 0);
  CALL("chroot", SYS_chroot, BAD);
  CALL("uselib", SYS_uselib, BAD);
}

static void transfers(void) {
  prepare();
  CALL("read of a file", SYS_read, file, BAD, 100);
  lseek(file, 0, SEEK_SET);
  CALL("read of nothing", SYS_read, file, BAD, 0);
  CALL("read at the end", SYS_pread64, file, BAD, 10, 1 << 20, 0);
  CALL("pread64", SYS_pread64, file, BAD, 100, 0, 0);
  CALL("write to a file", SYS_write, file, BAD, 100);
  CALL("write of nothing", SYS_write, file, BAD, 0);
  CALL("pwrite64", SYS_pwrite64, file, BAD, 100, 0, 0);
  CALL("readv, vector", SYS_readv, file, BAD, 1);
  CALL("writev, vector", SYS_writev, file, BAD, 1);
  CALL("preadv, vector", SYS_preadv, file, BAD, 1, 0, 0);
  CALL("readv, empty vector", SYS_readv, file, BAD, 0);
  CALL("write to a pipe", SYS_write, p[1], BAD, 100);
  CALL("read of a pipe", SYS_read, p[0], BAD, 100);
  CALL("write to a socket", SYS_write, pair[1], BAD, 100);
  CALL("read of a socket", SYS_read, pair[0], BAD, 100);
  CALL("write to an eventfd", SYS_write, event, BAD, 8);
  CALL("read of a directory", SYS_read, directory, BAD, 100);
  CALL("getdents64", SYS_getdents64, directory, BAD, 200);
  CALL("getdents", SYS_getdents, directory, BAD, 200);
  CALL("_llseek", SYS__llseek, file, 0, 0, BAD, SEEK_SET);
  CALL("sendfile, offset", SYS_sendfile, p[1], file, BAD, 1);
  CALL("sendfile64, offset", SYS_sendfile64, p[1], file, BAD, 1);
  CALL("splice, offset", SYS_splice, file, BAD, p[1], 0, 1, 0);
  CALL("vmsplice, vector", SYS_vmsplice, p[1], BAD, 1, 0);
  CALL("copy_file_range, offset", SYS_copy_file_range, file, BAD, file, 0, 1, 0);
  CALL("pipe", SYS_pipe, BAD);
  CALL("pipe2", SYS_pipe2, BAD, 0);
  CALL("socketpair", SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, BAD);
  CALL("fcntl F_GETLK", SYS_fcntl, file, F_GETLK, BAD);
  CALL("fcntl64 F_SETLK", SYS_fcntl64, file, F_SETLK, BAD);
  CALL("fcntl64 F_OFD_GETLK", SYS_fcntl64, file, F_OFD_GETLK, BAD);
  CALL("fcntl64 F_GETOWN_EX", SYS_fcntl64, file, 16, BAD);
  CALL("ioctl FIONREAD", SYS_ioctl, p[0], FIONREAD, BAD);
  CALL("ioctl FIONBIO", SYS_ioctl, p[0], FIONBIO, BAD);
  CALL("ioctl TCGETS of a file", SYS_ioctl, file, TCGETS, BAD);
  pty = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  CALL("ioctl TCGETS", SYS_ioctl, pty, TCGETS, BAD);
  CALL("ioctl TCSETS", SYS_ioctl, pty, TCSETS, BAD);
  CALL("ioctl TIOCGWINSZ", SYS_ioctl, pty, TIOCGWINSZ, BAD);
  CALL("ioctl TIOCSWINSZ", SYS_ioctl, pty, TIOCSWINSZ, BAD);
  CALL("ioctl TIOCGPTN", SYS_ioctl, pty, TIOCGPTN, BAD);
}

static void waits(void) {
  prepare();
  CALL("poll", SYS_poll, BAD, 1, 0);
  CALL("poll of none", SYS_poll, BAD, 0, 0);
  CALL("ppoll, descriptors", SYS_ppoll, BAD, 1, 0, 0, 8);
  CALL("ppoll, time", SYS_ppoll, 0, 0, BAD, 0, 8);
  struct { int s, n; } zero = {0, 0};
  CALL("ppoll, mask", SYS_ppoll, 0, 0, &zero, BAD, 8);
  CALL("select, set", SYS__newselect, 5, BAD, 0, 0, &zero);
  CALL("select, writing set", SYS__newselect, 5, 0, BAD, 0, &zero);
  CALL("select, time", SYS__newselect, 0, 0, 0, 0, BAD);
  CALL("select of old", SYS_select, BAD);
  CALL("pselect6, mask", SYS_pselect6, 0, 0, 0, 0, &zero, BAD);
  CALL("epoll_ctl", SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, p[0], BAD);
  CALL("epoll_ctl DEL", SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, p[0], BAD);
  struct epoll_event e = {EPOLLOUT};
  epoll_ctl(epoll, EPOLL_CTL_ADD, p[1], &e);
  CALL("epoll_wait", SYS_epoll_wait, epoll, BAD, 1, 0);
  CALL("epoll_pwait, mask", SYS_epoll_pwait, epoll, buffer, 1, 0, BAD, 8);
  CALL("signalfd4", SYS_signalfd4, -1, BAD, 8, 0);
  CALL("timerfd_settime", SYS_timerfd_settime, timer_fd, 0, BAD, 0);
  CALL("timerfd_gettime", SYS_timerfd_gettime, timer_fd, BAD);
  CALL("nanosleep", SYS_nanosleep, BAD, 0);
  CALL("clock_nanosleep", SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, BAD, 0);
  CALL("clock_nanosleep_time64", 407, CLOCK_MONOTONIC, 0, BAD, 0);
  CALL("futex", SYS_futex, BAD, FUTEX_WAIT, 0, &zero);
  CALL("futex, private", SYS_futex, BAD & ~3, FUTEX_WAIT_PRIVATE, 0, &zero);
  static int word;
  CALL("futex, time", SYS_futex, &word, FUTEX_WAIT, 1, BAD);
  CALL("futex, wake", SYS_futex, BAD, FUTEX_WAKE, 1);
  CALL("futex, requeue's second", SYS_futex, &word, FUTEX_CMP_REQUEUE, 0, 0, BAD, 0);
  CALL("futex_time64, time", 422, &word, FUTEX_WAIT, 1, BAD);
}

static void sockets(void) {
  prepare();
  struct sockaddr_in inet = {AF_INET};
  struct sockaddr_un un = {AF_UNIX, "somewhere"};
  socklen_t length = 16;
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(udp, (void *)&inet, sizeof inet);
  bind(listening, (void *)&un, sizeof un);
  listen(listening, 5);
  CALL("bind", SYS_bind, udp, BAD, 16);
  CALL("connect", SYS_connect, udp, BAD, 16);
  CALL("getsockname, address", SYS_getsockname, udp, BAD, &length);
  CALL("getsockname, length", SYS_getsockname, udp, buffer, BAD);
  CALL("getpeername, address", SYS_getpeername, pair[0], BAD, &length);
  CALL("send", SYS_sendto, pair[0], BAD, 10, 0, 0, 0);
  CALL("sendto, address", SYS_sendto, udp, buffer, 10, 0, BAD, 16);
  length = sizeof inet;
  getsockname(udp, (void *)&inet, &length);
  CALL("sendto, datagram", SYS_sendto, udp, BAD, 10, 0, &inet, 16);
  sendto(udp, "hello", 5, 0, (void *)&inet, 16);
  CALL("recvfrom, buffer", SYS_recvfrom, udp, BAD, 10, MSG_PEEK, 0, 0);
  CALL("recvfrom, address", SYS_recvfrom, udp, buffer, 10, MSG_PEEK, BAD, &length);
  CALL("recvfrom, length", SYS_recvfrom, udp, buffer, 10, MSG_PEEK, &inet, BAD);
  CALL("sendmsg", SYS_sendmsg, pair[0], BAD, 0);
  CALL("recvmsg", SYS_recvmsg, pair[0], BAD, MSG_DONTWAIT);
  struct msghdr m = {0};
  m.msg_iovlen = 1;
  m.msg_iov = (void *)8;
  IS(sendmsg(pair[0], &m, 0));
  IS(recvmsg(pair[0], &m, 0));
  m.msg_iov = &good_vector;
  m.msg_control = (void *)8;
  m.msg_controllen = 20;
  IS(sendmsg(pair[0], &m, 0));
  m.msg_control = 0;
  m.msg_controllen = 0;
  m.msg_name = (void *)8;
  m.msg_namelen = 16;
  IS(sendmsg(udp, &m, 0));
  CALL("setsockopt", SYS_setsockopt, udp, SOL_SOCKET, SO_RCVBUF, BAD, 4);
  CALL("setsockopt SO_LINGER", SYS_setsockopt, udp, SOL_SOCKET, SO_LINGER, BAD, 8);
  CALL("getsockopt, value", SYS_getsockopt, udp, SOL_SOCKET, SO_TYPE, BAD, &length);
  CALL("getsockopt, length", SYS_getsockopt, udp, SOL_SOCKET, SO_TYPE, buffer, BAD);
  CALL("socketcall", SYS_socketcall, 1, BAD);
  CALL("sendmmsg", SYS_sendmmsg, pair[0], BAD, 1, 0);
  CALL("recvmmsg", SYS_recvmmsg, pair[0], BAD, 1, MSG_DONTWAIT, 0);
}

static void others(void) {
  prepare();
  CALL("time", SYS_time, BAD);
  CALL("stime", SYS_stime, BAD);
  CALL("times", SYS_times, BAD);
  CALL("gettimeofday", SYS_gettimeofday, BAD, 0);
  CALL("gettimeofday, zone", SYS_gettimeofday, 0, BAD);
  CALL("clock_gettime", SYS_clock_gettime, CLOCK_MONOTONIC, BAD);
  CALL("clock_gettime64", 403, CLOCK_MONOTONIC, BAD);
  CALL("clock_getres", SYS_clock_getres, CLOCK_MONOTONIC, BAD);
  CALL("clock_getres64", 406, CLOCK_MONOTONIC, BAD);
  CALL("getitimer", SYS_getitimer, ITIMER_REAL, BAD);
  CALL("setitimer", SYS_setitimer, ITIMER_REAL, BAD, 0);
  CALL("setitimer, old", SYS_setitimer, ITIMER_REAL, 0, BAD);
  CALL("timer_create, event", SYS_timer_create, CLOCK_MONOTONIC, BAD, buffer);
  CALL("timer_create, number", SYS_timer_create, CLOCK_MONOTONIC, 0, BAD);
  CALL("uname", SYS_uname, BAD);
  CALL("olduname", SYS_olduname, BAD);
  CALL("oldolduname", SYS_oldolduname, BAD);
  CALL("sysinfo", SYS_sysinfo, BAD);
  CALL("getrlimit", SYS_getrlimit, RLIMIT_NOFILE, BAD);
  CALL("ugetrlimit", SYS_ugetrlimit, RLIMIT_NOFILE, BAD);
  CALL("setrlimit", SYS_setrlimit, RLIMIT_NOFILE, BAD);
  CALL("prlimit64, new", SYS_prlimit64, 0, RLIMIT_NOFILE, BAD, 0);
  CALL("prlimit64, old", SYS_prlimit64, 0, RLIMIT_NOFILE, 0, BAD);
  CALL("getrusage", SYS_getrusage, RUSAGE_SELF, BAD);
  CALL("getgroups", SYS_getgroups32, 64, BAD);
  CALL("setgroups", SYS_setgroups32, 2, BAD);
  CALL("getresuid", SYS_getresuid32, BAD, buffer, buffer);
  CALL("getresuid, third", SYS_getresuid32, buffer, buffer, BAD);
  CALL("getresuid of 16 bits", SYS_getresuid, BAD, buffer, buffer);
  CALL("getresgid, second", SYS_getresgid32, buffer, BAD, buffer);
  CALL("capget, header", SYS_capget, BAD, buffer);
  CALL("getcpu", SYS_getcpu, BAD, 0, 0);
  CALL("sched_getparam", SYS_sched_getparam, 0, BAD);
  CALL("sched_setparam", SYS_sched_setparam, 0, BAD);
  CALL("sched_setscheduler", SYS_sched_setscheduler, 0, SCHED_OTHER, BAD);
  CALL("sched_rr_get_interval", SYS_sched_rr_get_interval, 0, BAD);
  CALL("sched_getaffinity", SYS_sched_getaffinity, 0, 128, BAD);
  CALL("sched_setaffinity", SYS_sched_setaffinity, 0, 128, BAD);
  CALL("getrandom", SYS_getrandom, BAD, 10, 0);
  CALL("prctl PR_SET_NAME", SYS_prctl, PR_SET_NAME, BAD, 0, 0, 0);
  CALL("prctl PR_GET_NAME", SYS_prctl, PR_GET_NAME, BAD, 0, 0, 0);
  CALL("set_thread_area", SYS_set_thread_area, BAD);
  CALL("get_thread_area", SYS_get_thread_area, BAD);
  CALL("set_robust_list", SYS_set_robust_list, BAD, 12);
  CALL("get_robust_list", SYS_get_robust_list, 0, BAD, buffer);
  CALL("mincore", SYS_mincore, places[2] & ~4095, 4096, BAD);
  CALL("mmap of old", SYS_mmap, BAD);
  CALL("rt_sigaction", SYS_rt_sigaction, SIGUSR1, BAD, 0, 8);
  CALL("rt_sigaction, old", SYS_rt_sigaction, SIGUSR1, 0, BAD, 8);
  CALL("rt_sigprocmask", SYS_rt_sigprocmask, SIG_BLOCK, BAD, 0, 8);
  CALL("rt_sigprocmask, old", SYS_rt_sigprocmask, SIG_BLOCK, 0, BAD, 8);
  CALL("rt_sigpending", SYS_rt_sigpending, BAD, 8);
  CALL("rt_sigsuspend", SYS_rt_sigsuspend, BAD, 8);
  CALL("rt_sigtimedwait", SYS_rt_sigtimedwait, BAD, 0, 0, 8);
  CALL("rt_sigqueueinfo", SYS_rt_sigqueueinfo, getpid(), SIGWINCH, BAD);
  CALL("sigaltstack", SYS_sigaltstack, BAD, 0);
  CALL("sigaltstack, old", SYS_sigaltstack, 0, BAD);
  CALL("clone3", 435, BAD, 64);
  CALL("memfd_create", SYS_memfd_create, BAD, 0);
}

int main(int argc, char **argv) {
  /* An execve that was not to work did. */
  if (argc != 1 || !argv[0] || strcmp(argv[0], "./self")) { section_name = "exec"; line("worked", "%d", argc); return 0; }
  begin();
  SECTION(paths);
  SECTION(transfers);
  SECTION(waits);
  SECTION(sockets);
  SECTION(others);
  return 0;
}
