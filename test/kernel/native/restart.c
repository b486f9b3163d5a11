#include "check.h"
enum { SYS_clock_nanosleep = 267, SYS_futex = 240, SYS_waitid = 284, SYS_sigsuspend = 72 };
/* Every blocking call, interrupted by a handler with and without SA_RESTART, by an ignored signal, by stop and continue. */
static volatile int hits;
static void hit(int s) { (void)s; hits++; }
static int fds[2];
static int sender(int signal, int second, int write_after) {
  flush();
  int pid = fork();
  if (pid) return pid;
  nap(20);
  kill(getppid(), signal);
  if (second) { nap(20); kill(getppid(), second); }
  nap(20);
  if (write_after) write(fds[1], "x", 1);
  nap(10);
  exit(9);
}
static void done(const char *what, int result, int pid) {
  int status;
  say("%s = %d hits %d\n", what, result, hits);
  hits = 0;
  while (wait4(pid, &status, 0, 0) == -EINTR) ;
}
int main(void) {
  char c;
  pipe(fds);
  for (int restart = 0; restart < 2; restart++) {
    u32 flags = restart ? SA_RESTART : 0;
    say("SA_RESTART %d\n", restart);
    on(SIGUSR1, hit, flags);
    int pid = sender(SIGUSR1, 0, 1);
    int r = read(fds[0], &c, 1); done("read", r, pid); if (r < 0) read(fds[0], &c, 1);
    int status;
    pid = sender(SIGUSR1, 0, 0);
    r = wait4(pid, &status, 0, 0); say("wait4 = %d hits %d\n", r == pid ? 1 : r, hits); hits = 0; if (r < 0) wait4(pid, &status, 0, 0);
    pid = sender(SIGUSR1, 0, 0);
    struct timespec t = {0, 700000000}, left = {77, 77};
    r = nanosleep(&t, &left); done("nanosleep", r, pid);
    say("left %d\n", left.sec == 77 ? 77 : left.nsec > 100000000);
    pid = sender(SIGUSR1, 0, 0);
    r = syscall(SYS_pause); done("pause", r, pid);
    pid = sender(SIGUSR1, 0, 0);
    u64 none = 0;
    r = syscall(SYS_rt_sigsuspend, &none, 8); done("sigsuspend", r, pid);
    int word = 5;
    if (!restart) { pid = sender(SIGUSR1, 0, 0); r = syscall(SYS_futex, &word, 0, 5, 0); done("futex", r, pid); }
    struct timespec soon; syscall(SYS_clock_gettime, 1, &soon); soon.nsec += 700000000; if (soon.nsec >= 1000000000) { soon.nsec -= 1000000000; soon.sec++; }
    pid = sender(SIGUSR1, 0, 0);
    r = syscall(SYS_clock_nanosleep, 1, 1, &soon, 0); done("clock_nanosleep absolute", r, pid);
  }
  /* ignored: nobody notices */
  on(SIGUSR1, SIG_IGN, 0);
  int pid = sender(SIGUSR1, 0, 1);
  int r = read(fds[0], &c, 1); done("read, ignored", r, pid);
  struct timespec t = {0, 50000000};
  pid = sender(SIGUSR1, 0, 0);
  r = nanosleep(&t, 0); done("nanosleep, ignored", r, pid);
  /* stop and continue in the middle */
  pid = sender(SIGSTOP, SIGCONT, 1);
  r = read(fds[0], &c, 1); done("read, stopped", r, pid);
  t.nsec = 90000000;
  pid = sender(SIGSTOP, SIGCONT, 0);
  r = nanosleep(&t, 0); done("nanosleep, stopped", r, pid);
  on(SIGCONT, hit, 0);
  pid = sender(SIGSTOP, SIGCONT, 1);
  r = read(fds[0], &c, 1); done("read, stopped, CONT caught", r, pid);
  if (r < 0) read(fds[0], &c, 1);
  /* mask restored after sigsuspend's handler */
  u64 before = BIT(SIGUSR2), inside = BIT(SIGHUP), after;
  mask(SIG_SETMASK, before);
  on(SIGUSR1, hit, 0);
  pid = sender(SIGUSR1, 0, 0);
  r = syscall(SYS_rt_sigsuspend, &inside, 8); done("sigsuspend", r, pid);
  syscall(SYS_rt_sigprocmask, 0, 0, &after, 8);
  say("mask %x\n", (u32)after);
  return 0;
}
