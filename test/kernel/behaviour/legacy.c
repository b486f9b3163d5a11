/* What only 32-bit programs meet: files past 2 and 4 GiB, calls with two-word offsets, old and new widths of time, calls
   of the first kernels, multiplexed calls. */
#include "lines.h"
#include <sys/sem.h>
#include <sys/msg.h>
#include <sys/vfs.h>
#include <sys/times.h>
#include <utime.h>

static char buffer[8192];
#define RAW(name, ...) do { errno = 0; long r_ = syscall(__VA_ARGS__); if (r_ == -1) line(name, "%s", error_of(errno)); else line(name, "%ld", r_); } while (0)
#define PAIR(v) (long)(v), (long)((unsigned long long)(v) >> 32)

static void large_files(void) {
  /* glibc's open adds no O_LARGEFILE for 32-bit offsets; the raw call certainly does not */
  int fd = syscall(SYS_open, "large", O_RDWR | O_CREAT | O_TRUNC | O_LARGEFILE, 0600);
  RAW("ftruncate64 to 5 GiB", SYS_ftruncate64, fd, PAIR(5ll << 30));
  struct stat64 s;
  NAMED("fstat64", fstat64(fd, &s));
  line("its size", "%lld", (long long)s.st_size);
  RAW("stat of a large file", SYS_stat, "large", buffer);
  RAW("fstat of a large file", SYS_fstat, fd, buffer);
  RAW("oldfstat of a large file", SYS_oldfstat, fd, buffer);
  RAW("open without O_LARGEFILE", SYS_open, "large", O_RDONLY);
  RAW("open to truncate without O_LARGEFILE", SYS_open, "large", O_RDONLY | O_PATH);
  RAW("lseek past 2 GiB", SYS_lseek, fd, 0x7fffffff, SEEK_SET);
  RAW("lseek by a little more", SYS_lseek, fd, 1, SEEK_CUR);
  RAW("lseek to the end", SYS_lseek, fd, 0, SEEK_END);
  RAW("lseek with the highest bit", SYS_lseek, fd, 0x80000000, SEEK_SET);
  long long at = -1;
  RAW("_llseek to the end", SYS__llseek, fd, 0, 0, &at, SEEK_END);
  line("where", "%lld", at);
  RAW("_llseek to 4 GiB + 5", SYS__llseek, fd, 1, 5, &at, SEEK_SET);
  line("where", "%lld", at);
  RAW("_llseek to -1", SYS__llseek, fd, -1, -1, &at, SEEK_SET);
  RAW("write there", SYS_write, fd, "hello", 5);
  RAW("pread64 there", SYS_pread64, fd, buffer, 5, PAIR((4ll << 30) + 5));
  line("what", "%.5s", buffer);
  RAW("pread64 at -1", SYS_pread64, fd, buffer, 5, PAIR(-1ll));
  struct iovec v = {buffer, 3};
  RAW("preadv at 4 GiB + 7", SYS_preadv, fd, &v, 1, PAIR((4ll << 30) + 7));
  line("what", "%.3s", buffer);
  RAW("pwritev at 5 GiB", SYS_pwritev, fd, &v, 1, PAIR(5ll << 30));
  fstat64(fd, &s);
  line("size then", "%lld", (long long)s.st_size);
  struct flock64 l64 = {F_WRLCK, SEEK_SET, 3ll << 30, 10};
  RAW("fcntl64 F_SETLK64", SYS_fcntl64, fd, 13, &l64);
  RAW("fcntl F_SETLK64", SYS_fcntl, fd, 13, &l64);
  int child = fork();
  if (child == 0) {
    struct { short type, whence; int start, length, pid; } l = {F_WRLCK, SEEK_SET, 0, 0};
    RAW("F_GETLK of a lock past 2 GiB", SYS_fcntl64, fd, 5, &l);
    l.length = 100;
    RAW("F_GETLK before it", SYS_fcntl64, fd, 5, &l);
    _exit(0);
  }
  REAP(child);
  int small = syscall(SYS_open, "small", O_RDWR | O_CREAT | O_TRUNC, 0600);
  on(SIGXFSZ, SIG_IGN, 0);
  RAW("pwrite64 at 2 GiB - 3", SYS_pwrite64, small, "hello", 5, PAIR((2ll << 30) - 3));
  RAW("pwrite64 at 2 GiB", SYS_pwrite64, small, "hello", 5, PAIR(2ll << 30));
  RAW("truncate64 by name", SYS_truncate64, "small", PAIR(3ll << 30));
  RAW("truncate to a negative size", SYS_truncate, "small", 0x80000000);
  RAW("ftruncate64 to a negative size", SYS_ftruncate64, fd, PAIR(-5ll));
  RAW("fallocate at 6 GiB", SYS_fallocate, fd, 1, PAIR(6ll << 30), PAIR(100ll));
  RAW("fadvise64_64", SYS_fadvise64_64, fd, PAIR(5ll << 30), PAIR(1ll << 30), 0);
  RAW("fadvise64_64 with bad advice", SYS_fadvise64_64, fd, 0, 0, 0, 0, 99);
  RAW("fadvise64", SYS_fadvise64, fd, 0, 0, 100, 3);
  RAW("sync_file_range", SYS_sync_file_range, fd, 0, 0, 100, 0, 2);
  RAW("sync_file_range with a bad flag", SYS_sync_file_range, fd, 0, 0, 100, 0, 8);
  RAW("readahead", SYS_readahead, small, 0, 0, 100);
  RAW("sendfile with a 32-bit offset", SYS_sendfile, small, fd, &(long){5}, 3);
  RAW("sendfile with a negative one", SYS_sendfile, small, fd, &(long){-5}, 3);
  unlink("large");
  unlink("small");
}

static void times_of_both_widths(void) {
  int fd = open("timed", O_RDWR | O_CREAT, 0600);
  long long far[4] = {5000000000ll, 1, 6000000000ll, 2};
  RAW("utimensat_time64 past 2038", 412, AT_FDCWD, "timed", far, 0);
  struct stat64 s;
  fstat64(fd, &s);
  struct statx x;
  RAW("statx", SYS_statx, AT_FDCWD, "timed", 0, 0x7ff, &x);
  NAMED("times kept by statx", x.stx_mtime.tv_sec == 6000000000ll && x.stx_atime.tv_sec == 5000000000ll);
  struct utimbuf u = {100, 200};
  RAW("utime", SYS_utime, "timed", &u);
  struct { int s, us; } tv[2] = {{1, 2}, {3, 4}}, bad[2] = {{1, 1000000}, {1, 1}};
  RAW("utimes", SYS_utimes, "timed", tv);
  RAW("utimes, bad", SYS_utimes, "timed", bad);
  stat64("timed", &s);
  line("after utimes", "%lld %ld, %lld %ld", (long long)s.st_atime, s.st_atim.tv_nsec, (long long)s.st_mtime, s.st_mtim.tv_nsec);
  long long t[2] = {-1, -1}, zero[2] = {0, 0}, junk[2] = {0, 0x500000000ll};
  RAW("clock_gettime64", 403, CLOCK_REALTIME, t);
  RAW("clock_getres_time64", 406, CLOCK_MONOTONIC, t);
  RAW("clock_nanosleep_time64", 407, CLOCK_MONOTONIC, 0, zero, 0);
  RAW("upper half of the nanoseconds", 407, CLOCK_MONOTONIC, 0, junk, 0);
  RAW("ppoll_time64", 414, 0, 0, zero, 0, 8);
  RAW("pselect6_time64", 413, 0, 0, 0, 0, zero, 0);
  RAW("futex_time64", 422, buffer, 0, 0, zero);
  sigset_t m;
  sigemptyset(&m);
  RAW("rt_sigtimedwait_time64", 421, &m, 0, zero, 8);
  RAW("recvmmsg_time64", 417, 99, buffer, 1, 0, zero);
  RAW("sched_rr_get_interval_time64", 423, 0, t);
  RAW("timerfd_gettime64", 410, 99, t);
  RAW("timer_gettime64", 408, 77, t);
  struct tms ticks;
  NAMED("times", syscall(SYS_times, &ticks) != -1 || errno == 0);
  NAMED("gettimeofday without anything", syscall(SYS_gettimeofday, 0, 0));
}

static void old_calls(void) {
  mkdir("d", 0755);
  close(open("d/one", O_RDWR | O_CREAT, 0644));
  int d = open("d", O_RDONLY);
  struct { long ino, off; unsigned short length; char name[256]; } e;
  int names = 0, r;
  while ((r = syscall(SYS_readdir, d, &e, 1)) == 1) names++;
  line("readdir of old", "%d names, then %d", names, r);
  RAW("readdir of a file", SYS_readdir, open("d/one", O_RDONLY), &e, 1);
  RAW("waitpid", SYS_waitpid, -1, 0, 0);
  RAW("break", SYS_break);
  RAW("stty", SYS_stty);
  RAW("gtty", SYS_gtty);
  RAW("ftime", SYS_ftime);
  RAW("prof", SYS_prof);
  RAW("lock", SYS_lock);
  RAW("mpx", SYS_mpx);
  RAW("ulimit", SYS_ulimit);
  RAW("profil", SYS_profil);
  RAW("idle", SYS_idle);
  RAW("create_module", SYS_create_module);
  RAW("get_kernel_syms", SYS_get_kernel_syms);
  RAW("query_module", SYS_query_module);
  RAW("nfsservctl", SYS_nfsservctl);
  RAW("getpmsg", SYS_getpmsg);
  RAW("afs_syscall", SYS_afs_syscall);
  RAW("bdflush", SYS_bdflush, 0, 0);
  RAW("vserver", SYS_vserver);
  RAW("_sysctl", SYS__sysctl, 0);
  RAW("olduname", SYS_olduname, buffer);
  RAW("oldolduname", SYS_oldolduname, buffer);
  RAW("nice", SYS_nice, 1);
}

static void multiplexed(void) {
  long a[6] = {AF_UNIX, SOCK_STREAM, 0};
  RAW("socketcall 0", SYS_socketcall, 0, a);
  RAW("socketcall 21", SYS_socketcall, 21, a);
  RAW("socketcall -1", SYS_socketcall, -1, a);
  int fd = syscall(SYS_socketcall, 1, a), p[2];
  NAMED("socketcall socket", fd >= 0);
  long pair[4] = {AF_UNIX, SOCK_STREAM, 0, (long)p};
  RAW("socketcall socketpair", SYS_socketcall, 8, pair);
  long send[4] = {p[0], (long)"hello", 5, 0}, recv[4] = {p[1], (long)buffer, 100, 0};
  RAW("socketcall send", SYS_socketcall, 9, send);
  RAW("socketcall recv", SYS_socketcall, 10, recv);
  long down[2] = {p[0], SHUT_WR};
  RAW("socketcall shutdown", SYS_socketcall, 13, down);
  long type = 0, length = 4, option[5] = {p[0], SOL_SOCKET, SO_TYPE, (long)&type, (long)&length};
  RAW("socketcall getsockopt", SYS_socketcall, 15, option);
  NUMBER(type);
  /* ipc(2): 0x100 keeps the layouts of 64 bits */
  unshare(CLONE_NEWIPC);
  int sem = syscall(SYS_ipc, 2, IPC_PRIVATE, 1, 0600);
  NAMED("ipc SEMGET", sem >= 0);
  long value = 3;
  RAW("ipc SEMCTL SETVAL", SYS_ipc, 3, sem, 0, SETVAL | 0x100, &value);
  RAW("ipc SEMCTL GETVAL", SYS_ipc, 3, sem, 0, GETVAL | 0x100, &value);
  struct sembuf b = {0, -1, IPC_NOWAIT};
  RAW("ipc SEMOP", SYS_ipc, 1, sem, 1, 0, &b);
  RAW("ipc SEMTIMEDOP", SYS_ipc, 4, sem, 1, 0, &b, 0);
  RAW("ipc SEMCTL of nowhere", SYS_ipc, 3, sem, 0, GETVAL, 0);
  RAW("ipc SEMCTL IPC_RMID", SYS_ipc, 3, sem, 0, IPC_RMID | 0x100, &value);
  int queue = syscall(SYS_ipc, 13, IPC_PRIVATE, 0600);
  struct { long kind; char text[10]; } m = {5, "text"};
  RAW("ipc MSGSND", SYS_ipc, 11, queue, 4, 0, &m);
  struct { void *message; long kind; } kludge = {&m, 0};
  m.kind = 0;
  RAW("ipc MSGRCV of old", SYS_ipc, 12, queue, 10, 0, &kludge);
  NUMBER(m.kind);
  RAW("ipc MSGRCV", SYS_ipc, 12 | 1 << 16, queue, 10, IPC_NOWAIT, &m, 0);
  RAW("ipc MSGCTL", SYS_ipc, 14, queue, IPC_RMID | 0x100, 0, 0);
  int segment = syscall(SYS_ipc, 23, IPC_PRIVATE, 4096, 0600);
  long where = 0;
  RAW("ipc SHMAT", SYS_ipc, 21, segment, 0, &where, 0);
  NAMED("its address told", where != 0);
  RAW("ipc SHMAT, version 1", SYS_ipc, 21 | 1 << 16, segment, 0, &where, 0);
  RAW("ipc SHMDT", SYS_ipc, 22, 0, 0, 0, where);
  RAW("ipc SHMCTL", SYS_ipc, 24, segment, IPC_RMID | 0x100, 0, 0);
  RAW("ipc 99", SYS_ipc, 99, 0, 0, 0, 0);
}

int main(void) {
  begin();
  SECTION(large_files);
  SECTION(times_of_both_widths);
  SECTION(old_calls);
  SECTION(multiplexed);
  return 0;
}
