#include "check.h"
#include <linux/sched.h>
struct args { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup, more[2]; };
static struct args a;
static long three(uint64_t flags, int exit_signal, size_t size) {
  a.flags = flags; a.exit_signal = exit_signal; fflush(stdout);
  long r = sys(SYS_clone3, &a, size);
  if (r == 0) _exit(7);
  return r;
}
/* The outcome of clone3 with these arguments, and of the wait for its child. */
#define TRY(what, flags, sig, size) do { long r = three(flags, sig, size); if (r < 0) printf("%s: %ld\n", what, r); else { int s; int w = waitpid(r, &s, __WALL); if (w == r) show_status(what, s); else printf("%s: wait %d\n", what, errno); } memset(&a, 0, sizeof a); } while (0)
static long plain(unsigned long flags) { fflush(stdout); long r = sys(SYS_clone, flags, 0, 0, 0, 0); if (r == 0) _exit(3); return r; }
#define PLAIN(what, flags) do { long r = plain(flags); if (r < 0) printf("%s: %ld\n", what, r); else { int s; int w = waitpid(r, &s, __WALL); if (w == r) show_status(what, s); else printf("%s: wait %d\n", what, errno); } } while (0)
static int got; static void on(int s) { got = s; }
static int child_fs(void *arg) { (void)arg; chdir("/tmp"); umask(0123); return 0; }
static int child_files(void *arg) { close(*(int *)arg); return 0; }
static char stack[65536];
int main(void) {
  signal(64, on);
  TRY("fork", 0, SIGCHLD, 64); TRY("sizes 80", 0, SIGCHLD, 80); TRY("sizes 88", 0, SIGCHLD, 88); TRY("too short", 0, SIGCHLD, 63); TRY("longer", 0, SIGCHLD, 104);
  a.more[1] = 1; TRY("longer, set", 0, SIGCHLD, 104); TRY("much too long", 0, SIGCHLD, 4097);
  TRY("no signal", 0, 0, 88); TRY("signal 64", 0, 64, 88); TRY("signal 65", 0, 65, 88); TRY("signal 300", 0, 300, 88);
  TRY("csignal", SIGCHLD, 0, 88); TRY("detached", CLONE_DETACHED, SIGCHLD, 88); TRY("thread alone", CLONE_THREAD, 0, 88); TRY("sighand alone", CLONE_SIGHAND, SIGCHLD, 88);
  TRY("thread with signal", CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, SIGCHLD, 88); TRY("parent with signal", CLONE_PARENT, SIGCHLD, 88);
  TRY("clear and share", CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM, SIGCHLD, 88); TRY("unknown high", 1ull << 40, SIGCHLD, 88);
  a.stack = 4096; TRY("stack without size", 0, SIGCHLD, 88); a.stack_size = 4096; TRY("size without stack", 0, SIGCHLD, 88);
  a.set_tid_size = 1; TRY("tid size alone", 0, SIGCHLD, 88); a.set_tid = 4096; TRY("tid alone", 0, SIGCHLD, 88); a.set_tid = 4096; a.set_tid_size = 33; TRY("tid size 33", 0, SIGCHLD, 88);
  a.set_tid = 4; a.set_tid_size = 1; TRY("tid at a bad address", 0, SIGCHLD, 88);
  static int tids[2]; tids[0] = 0; a.set_tid = (uintptr_t)tids; a.set_tid_size = 1; TRY("tid 0", 0, SIGCHLD, 88);
  tids[0] = getpid(); a.set_tid = (uintptr_t)tids; a.set_tid_size = 1; TRY("own tid", 0, SIGCHLD, 88);
  SHOW(sys(SYS_clone3, 4, 88)); SHOW(sys(SYS_clone3, &a, 0));
  int fd = -1; a.pidfd = (uintptr_t)&fd; a.parent_tid = (uintptr_t)&fd; TRY("pidfd where the tid goes", CLONE_PIDFD | CLONE_PARENT_SETTID, SIGCHLD, 88);
  a.pidfd = (uintptr_t)&fd; TRY("pidfd of a thread", CLONE_PIDFD | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_DETACHED, 0, 88);
  a.pidfd = (uintptr_t)&fd; TRY("pidfd", CLONE_PIDFD, SIGCHLD, 88); SHOW(fd >= 0); SHOW(fcntl(fd, F_GETFD)); SHOW((fcntl(fd, F_GETFL) & 0xfff)); struct pollfd p = {fd, POLLIN | POLLOUT | POLLRDNORM, 0}; SHOW(poll(&p, 1, 0)); SHOW(p.revents & 0x41); close(fd);
  a.pidfd = 4; TRY("pidfd at a bad address", CLONE_PIDFD, SIGCHLD, 88);
  int tid = 0; a.parent_tid = (uintptr_t)&tid; long r = three(CLONE_PARENT_SETTID, SIGCHLD, 88); SHOW(r == tid); waitpid(r, 0, 0); memset(&a, 0, sizeof a);
  a.parent_tid = 4; TRY("parent tid at a bad address", CLONE_PARENT_SETTID, SIGCHLD, 88); a.child_tid = 4; TRY("child tid at a bad address", CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, SIGCHLD, 88);
  PLAIN("clone fork", SIGCHLD); PLAIN("clone signal 0", 0); PLAIN("clone signal 64", 64); PLAIN("clone signal 65", 65); PLAIN("clone signal 255", 255);
  PLAIN("clone pidfd and tid", CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD); PLAIN("clone pidfd detached", CLONE_PIDFD | CLONE_DETACHED | SIGCHLD); PLAIN("clone detached", CLONE_DETACHED | SIGCHLD); PLAIN("clone untraced", CLONE_UNTRACED | SIGCHLD); PLAIN("clone io", CLONE_IO | CLONE_SYSVSEM | SIGCHLD); PLAIN("clone bad tls", CLONE_SETTLS | SIGCHLD);
  PLAIN("ns and fs", CLONE_NEWNS | CLONE_FS | SIGCHLD);
  signal(SIGUSR1, on); TRY("exit signal", 0, SIGUSR1, 88); SHOW(got); SHOW(waitpid(-1, 0, WNOHANG)); SHOW(errno);
  r = three(0, SIGUSR1, 88); memset(&a, 0, sizeof a); nap(100); SHOW(waitpid(-1, 0, WNOHANG)); SHOW(errno); SHOW(waitpid(-1, 0, WNOHANG | __WCLONE) == r);
  CHILD("clear handlers", { signal(SIGUSR2, SIG_IGN); a.flags = CLONE_CLEAR_SIGHAND; a.exit_signal = SIGCHLD; long c = sys(SYS_clone3, &a, 88); if (c == 0) { struct sigaction o; sigaction(SIGUSR1, 0, &o); int d = o.sa_handler == SIG_DFL; sigaction(SIGUSR2, 0, &o); _exit(d * 2 + (o.sa_handler == SIG_IGN)); } int s; waitpid(c, &s, 0); show_status("cleared", s); });
  CHILD("clone parent", { int up[2]; pipe(up); long c = plain(CLONE_PARENT | SIGCHLD); SHOW(waitpid(c, 0, __WALL)); SHOW(errno); }); SHOW(wait(0) > 0);
  /* CLONE_FS and CLONE_FILES are two things. */
  char here[256]; mkdir("sub", 0755); SHOW(chdir("sub")); umask(022);
  pid_t c = clone(child_fs, stack + sizeof stack, CLONE_FS | CLONE_VM | CLONE_VFORK | SIGCHLD, 0); waitpid(c, 0, 0); SHOW(strcmp(getcwd(here, 256), "/tmp")); printf("umask %o\n", umask(022));
  chdir("/"); c = clone(child_fs, stack + sizeof stack, CLONE_FILES | CLONE_VM | CLONE_VFORK | SIGCHLD, 0); waitpid(c, 0, 0); SHOW(strcmp(getcwd(here, 256), "/")); printf("umask %o\n", umask(022));
  int f = dup(1); c = clone(child_files, stack + sizeof stack, CLONE_FILES | CLONE_VM | CLONE_VFORK | SIGCHLD, &f); waitpid(c, 0, 0); SHOW(fcntl(f, F_GETFD)); 
  f = dup(1); c = clone(child_files, stack + sizeof stack, CLONE_FS | CLONE_VM | CLONE_VFORK | SIGCHLD, &f); waitpid(c, 0, 0); SHOW(fcntl(f, F_GETFD));
  CHILD("unshare fs", { int q[2]; pipe(q); c = clone(child_fs, stack + sizeof stack, CLONE_FS | CLONE_VM | CLONE_VFORK | SIGCHLD, 0); waitpid(c, 0, 0); SHOW(unshare(CLONE_FS)); SHOW(unshare(CLONE_FILES)); SHOW(unshare(0)); SHOW(unshare(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)); LIBC(unshare(0x1)); LIBC(unshare(CLONE_VM)); LIBC(unshare(CLONE_THREAD)); LIBC(unshare(CLONE_SIGHAND)); LIBC(unshare(CLONE_VFORK)); LIBC(unshare(CLONE_IO)); });
  return 0;
}
