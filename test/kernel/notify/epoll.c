#include "show.h"
static int ep;
static struct epoll_event ev, out[8];
static int ctl(int op, int fd, uint32_t events, int tag) { ev.events = events; ev.data.u64 = tag; return epoll_ctl(ep, op, fd, &ev); }
static void look(const char *what, int timeout) {
  errno = 0;
  int n = epoll_wait(ep, out, 8, timeout);
  printf("%s: %d %s", what, n, n < 0 ? error_name() : "");
  for (int i = 0; i < n; i++) printf(" [%x %d]", out[i].events, (int)out[i].data.u64);
  printf("\n");
}
static void handler(int s) { (void)s; }
int main(void) {
  int a[2], b[2];
  char buf[70000];
  SHOW(epoll_create(0)); SHOW(epoll_create(-1)); OUTCOME(epoll_create(1)); SHOW(epoll_create1(1));
  ep = epoll_create1(EPOLL_CLOEXEC);
  SHOW(fcntl(ep, F_GETFD)); SHOW(fcntl(ep, F_GETFL));
  SHOW(read(ep, buf, 1)); SHOW(write(ep, buf, 1));
  pipe(a); pipe(b);
  SHOW(ctl(EPOLL_CTL_ADD, 99, EPOLLIN, 1));
  SHOW(ctl(EPOLL_CTL_ADD, ep, EPOLLIN, 1));
  SHOW(epoll_ctl(99, EPOLL_CTL_ADD, a[0], &ev));
  SHOW(epoll_ctl(a[0], EPOLL_CTL_ADD, a[1], &ev));
  SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], (void *)8));
  SHOW(epoll_ctl(ep, 9, a[0], &ev));
  SHOW(ctl(EPOLL_CTL_MOD, a[0], EPOLLIN, 1)); SHOW(ctl(EPOLL_CTL_DEL, a[0], EPOLLIN, 1));
  int reg = open("/proc/self/exe", O_RDONLY), dir = open("/", O_RDONLY), null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY), rnd = open("/dev/urandom", O_RDONLY);
  SHOW(ctl(EPOLL_CTL_ADD, reg, EPOLLIN, 1)); SHOW(ctl(EPOLL_CTL_ADD, dir, EPOLLIN, 1)); SHOW(ctl(EPOLL_CTL_ADD, null, EPOLLIN, 1)); SHOW(ctl(EPOLL_CTL_ADD, zero, EPOLLIN, 1));
  SHOW(ctl(EPOLL_CTL_ADD, a[0], EPOLLIN, 1)); SHOW(ctl(EPOLL_CTL_ADD, a[0], EPOLLIN, 1));
  SHOW(epoll_wait(ep, out, 0, 0)); SHOW(epoll_wait(ep, out, -1, 0)); SHOW(epoll_wait(ep, out, 0x7fffffff, 0)); SHOW(epoll_wait(a[0], out, 1, 0)); SHOW(epoll_wait(99, out, 1, 0));
  look("empty", 0);
  write(a[1], "x", 1);
  SHOW(epoll_wait(ep, (void *)8, 8, 0));
  look("level", 0); look("level again", 0);
  SHOW(ctl(EPOLL_CTL_MOD, a[0], EPOLLIN | EPOLLET, 2));
  look("edge after mod", 0); look("edge", 0);
  write(a[1], "y", 1);
  look("edge, more", 0); look("edge", 0);
  read(a[0], buf, 1);
  look("edge, half read", 0);
  SHOW(ctl(EPOLL_CTL_MOD, a[0], EPOLLIN | EPOLLONESHOT, 3));
  look("oneshot", 0);
  write(a[1], "z", 1);
  look("oneshot spent", 0);
  SHOW(ctl(EPOLL_CTL_MOD, a[0], EPOLLIN, 4));
  look("rearmed", 0);
  SHOW(ctl(EPOLL_CTL_ADD, a[1], EPOLLOUT, 5));
  look("both", 0);
  memset(buf, 0, sizeof buf);
  fcntl(a[1], F_SETFL, O_NONBLOCK);
  while (write(a[1], buf, 4096) > 0);
  look("full", 0);
  SHOW(ctl(EPOLL_CTL_MOD, a[1], EPOLLOUT | EPOLLET, 5));
  look("full, edge", 0);
  read(a[0], buf, 4096);
  look("some read", 0);
  close(a[1]);
  look("writer closed", 0);
  SHOW(ctl(EPOLL_CTL_DEL, a[1], 0, 0));
  while (read(a[0], buf, sizeof buf) > 0);
  look("drained", 0);
  SHOW(ctl(EPOLL_CTL_MOD, a[0], 0, 6));
  look("no events wanted", 0);
  SHOW(ctl(EPOLL_CTL_DEL, a[0], 0, 0));
  look("deleted", 0);
  /* the same file through two descriptors; closing one of them */
  int d = dup(b[0]);
  SHOW(ctl(EPOLL_CTL_ADD, b[0], EPOLLIN, 7)); SHOW(ctl(EPOLL_CTL_ADD, d, EPOLLIN, 8));
  write(b[1], "q", 1);
  look("two", 0); look("two", 0);
  SHOW(epoll_wait(ep, out, 1, 0)); printf("%d\n", (int)out[0].data.u64);
  SHOW(epoll_wait(ep, out, 1, 0)); printf("%d\n", (int)out[0].data.u64);
  SHOW(epoll_wait(ep, out, 1, 0)); printf("%d\n", (int)out[0].data.u64);
  close(b[0]);
  look("one descriptor closed", 0);
  close(d);
  look("all closed", 0);
  /* readers gone: the writer hears of it */
  SHOW(ctl(EPOLL_CTL_ADD, b[1], EPOLLOUT, 9));
  look("no reader", 0);
  close(b[1]);
  /* nested */
  int inner = epoll_create1(0), outer = ep, e = eventfd(0, EFD_NONBLOCK);
  ep = inner; SHOW(ctl(EPOLL_CTL_ADD, e, EPOLLIN, 10));
  ep = outer; SHOW(ctl(EPOLL_CTL_ADD, inner, EPOLLIN | EPOLLET, 11));
  look("nested nothing", 0);
  uint64_t v = 1;
  write(e, &v, 8);
  look("nested", 0); look("nested again", 0);
  SHOW(polled(inner, POLLIN));
  ep = inner; look("inner", 0);
  SHOW(ctl(EPOLL_CTL_ADD, outer, EPOLLIN, 12));
  read(e, &v, 8);
  SHOW(polled(inner, POLLIN));
  int chain[8];
  for (int i = 0; i < 8; i++) chain[i] = epoll_create1(0);
  for (int i = 0; i < 7; i++) { ep = chain[i]; SHOW(ctl(EPOLL_CTL_ADD, chain[i + 1], EPOLLIN, 1)); }
  ep = outer;
  /* exclusive */
  SHOW(ctl(EPOLL_CTL_ADD, e, EPOLLIN | EPOLLEXCLUSIVE, 13));
  SHOW(ctl(EPOLL_CTL_MOD, e, EPOLLIN | EPOLLEXCLUSIVE, 13));
  SHOW(ctl(EPOLL_CTL_MOD, e, EPOLLIN, 13));
  SHOW(ctl(EPOLL_CTL_DEL, e, 0, 0));
  SHOW(ctl(EPOLL_CTL_ADD, e, EPOLLIN | EPOLLONESHOT | EPOLLEXCLUSIVE, 13));
  SHOW(ctl(EPOLL_CTL_ADD, chain[7], EPOLLIN | EPOLLEXCLUSIVE, 13));
  /* eventfd, edge: every write is news */
  SHOW(ctl(EPOLL_CTL_ADD, e, EPOLLIN | EPOLLET, 14));
  v = 1; write(e, &v, 8); look("event", 0); look("event", 0);
  write(e, &v, 8); look("event again", 0);
  SHOW(ctl(EPOLL_CTL_MOD, e, EPOLLIN | EPOLLOUT | EPOLLET, 15));
  look("in and out", 0);
  read(e, &v, 8); look("read", 0);
  SHOW(ctl(EPOLL_CTL_DEL, e, 0, 0));
  /* waiting */
  SHOW(ctl(EPOLL_CTL_ADD, e, EPOLLIN, 16));
  if (fork() == 0) { nap(20); v = 1; write(e, &v, 8); _exit(0); }
  look("waits", -1);
  wait(0);
  read(e, &v, 8);
  look("time", 20);
  struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &sa, 0);
  struct itimerval it = {{0, 0}, {0, 20000}};
  setitimer(ITIMER_REAL, &it, 0);
  look("interrupted", -1);
  sigset_t set; sigemptyset(&set); sigaddset(&set, SIGALRM); sigprocmask(SIG_BLOCK, &set, 0);
  sigset_t none; sigemptyset(&none);
  kill(getpid(), SIGALRM);
  SHOW(epoll_pwait(ep, out, 8, 1000, &none));
  kill(getpid(), SIGALRM);
  SHOW(epoll_pwait(ep, out, 8, 0, 0));
  SHOW(syscall(SYS_epoll_pwait, ep, out, 8, 0, &none, 4));
  struct timespec ts = {0, 1000000};
  SHOW(epoll_pwait2(ep, out, 8, &ts, 0));
  ts.tv_nsec = -1;
  SHOW(epoll_pwait2(ep, out, 8, &ts, 0));
  /* devices and timers */
  SHOW(ctl(EPOLL_CTL_ADD, rnd, EPOLLIN, 17));
  look("random", 0);
  SHOW(ctl(EPOLL_CTL_DEL, rnd, 0, 0));
  int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec its = {{0, 5000000}, {0, 5000000}};
  timerfd_settime(t, 0, &its, 0);
  SHOW(ctl(EPOLL_CTL_ADD, t, EPOLLIN | EPOLLET, 18));
  look("timer", -1); SHOW(read(t, &v, 8)); look("timer", -1);
  its.it_value.tv_nsec = 0; timerfd_settime(t, 0, &its, 0);
  read(t, &v, 8);
  sigaddset(&set, SIGUSR1); sigprocmask(SIG_BLOCK, &set, 0);
  int s = signalfd(-1, &set, SFD_NONBLOCK);
  struct signalfd_siginfo si[4];
  read(s, si, sizeof si);
  SHOW(ctl(EPOLL_CTL_ADD, s, EPOLLIN, 19));
  look("no signal", 0);
  kill(getpid(), SIGUSR1);
  look("signal", -1);
  read(s, si, sizeof si);
  look("signal taken", 0);
  return 0;
}
