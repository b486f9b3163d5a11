/* Futexes, epoll, poll, eventfd, timers and the descriptors that carry signals, timers and file events. */
#include "lines.h"
#include <linux/futex.h>

static volatile int *word;
static int futex(volatile int *at, int op, int value, const void *time, volatile int *second, int third) { return syscall(SYS_futex, at, op, value, time, second, third); }
static void hit(int s) { word[60]++; }
struct old { int s, n; };
static struct old zero, soon = {0, 1000000};

/* A thread that waits on a futex, known by its number. */
static volatile int waiters[8], results[8], wait_op[8], wait_bits[8];
static void *waiter(void *arg) {
  int n = (long)arg;
  waiters[n] = syscall(SYS_gettid);
  errno = 0;
  int r = futex(word + n, wait_op[n], 0, 0, 0, wait_bits[n]);
  results[n] = r < 0 ? errno : 1000 + r;
  return 0;
}
static pthread_t wait_thread(int n, int op, int bits) {
  pthread_t t;
  waiters[n] = results[n] = 0;
  wait_op[n] = op;
  wait_bits[n] = bits;
  word[n] = 0;
  pthread_create(&t, 0, waiter, (void *)(long)n);
  while (!waiters[n]) nap(1);
  await_state(waiters[n], "S");
  return t;
}

static void futexes(void) {
  IS(futex(word, FUTEX_WAIT, 1, &zero, 0, 0));
  IS(futex(word, FUTEX_WAIT, 0, &zero, 0, 0));
  IS(futex(word, FUTEX_WAIT, 0, &soon, 0, 0));
  IS(futex((int *)((long)word + 1), FUTEX_WAIT, 0, &zero, 0, 0));
  IS(futex((int *)((long)word + 1), FUTEX_WAKE, 1, 0, 0, 0));
  IS(futex((int *)8, FUTEX_WAIT_PRIVATE, 0, &zero, 0, 0));
  IS(futex((int *)8, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0));
  IS(futex((int *)8, FUTEX_WAKE, 1, 0, 0, 0));
  struct old bad[] = {{-1, 0}, {0, -1}, {0, 1000000000}};
  for (int n = 0; n < 3; n++) IS(futex(word, FUTEX_WAIT, 0, &bad[n], 0, 0));
  IS(futex(word, FUTEX_WAKE, 0, 0, 0, 0));
  IS(futex(word, FUTEX_WAKE, -1, 0, 0, 0));
  IS(futex(word, 99, 0, 0, 0, 0));
  IS(futex(word, FUTEX_FD, 0, 0, 0, 0));
  IS(futex(word, FUTEX_WAIT_BITSET, 0, &zero, 0, 0));
  IS(futex(word, FUTEX_WAKE_BITSET, 1, 0, 0, 0));
  IS(futex(word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, 0, 0, 0));
  IS(futex(word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &zero, 0, 0));
  IS(futex(word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &zero, 0, -1));
  IS(futex(word, FUTEX_CMP_REQUEUE, 1, (void *)1, word + 1, 5));
  IS(futex(word, FUTEX_CMP_REQUEUE, 1, (void *)1, word + 1, 0));
  IS(futex(word, FUTEX_CMP_REQUEUE, -1, (void *)1, word + 1, 0));
  IS(futex(word, FUTEX_CMP_REQUEUE, 1, (void *)-1, word + 1, 0));
  IS(futex(word, FUTEX_REQUEUE, 1, (void *)1, word, 0));
  pthread_t a, b, c;
  a = wait_thread(0, FUTEX_WAIT_PRIVATE, 0);
  IS(futex(word, FUTEX_WAKE, 1, 0, 0, 0));
  IS(futex(word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0));
  pthread_join(a, 0);
  NUMBER(results[0]);
  a = wait_thread(1, FUTEX_WAIT_BITSET, 1);
  b = wait_thread(2, FUTEX_WAIT_BITSET, 2);
  IS(futex(word + 1, FUTEX_WAKE_BITSET, 1, 0, 0, 2));
  IS(futex(word + 1, FUTEX_WAKE_BITSET, 1, 0, 0, 3));
  IS(futex(word + 2, FUTEX_WAKE, 5, 0, 0, 0));
  pthread_join(a, 0), pthread_join(b, 0);
  a = wait_thread(3, FUTEX_WAIT, 0);
  IS(futex(word + 3, FUTEX_REQUEUE, 0, (void *)1, word + 4, 0));
  IS(futex(word + 3, FUTEX_WAKE, 1, 0, 0, 0));
  IS(futex(word + 4, FUTEX_WAKE, 1, 0, 0, 0));
  pthread_join(a, 0);
  a = wait_thread(0, FUTEX_WAIT, 0);
  b = wait_thread(1, FUTEX_WAIT, 0);
  c = wait_thread(2, FUTEX_WAIT, 0);
  IS(futex(word, FUTEX_CMP_REQUEUE, 0, (void *)1, word + 1, 0));
  IS(futex(word + 1, FUTEX_CMP_REQUEUE, 1, (void *)9, word + 2, 0));
  IS(futex(word + 2, FUTEX_WAKE, 9, 0, 0, 0));
  pthread_join(a, 0), pthread_join(b, 0), pthread_join(c, 0);
  /* WAKE_OP: second word = second word op argument; wake the second's waiters where the old value compares */
  static const struct { const char *name; int op; } ops[] = {
    {"set", FUTEX_OP(FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 7)}, {"add", FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_GT, 6)}, {"or", FUTEX_OP(FUTEX_OP_OR, 8, FUTEX_OP_CMP_LT, 7)},
    {"andn", FUTEX_OP(FUTEX_OP_ANDN, 3, FUTEX_OP_CMP_NE, 7)}, {"xor", FUTEX_OP(FUTEX_OP_XOR, 15, FUTEX_OP_CMP_LE, 7)}, {"shift", FUTEX_OP(FUTEX_OP_ADD | FUTEX_OP_OPARG_SHIFT, 4, FUTEX_OP_CMP_GE, 8)},
    {"negative", FUTEX_OP(FUTEX_OP_ADD, 0xfff, FUTEX_OP_CMP_EQ, 7)}, {"no such operation", 6 << 28}, {"no such comparison", 7 << 24}};
  for (int n = 0; n < 9; n++) {
    a = wait_thread(5, FUTEX_WAIT, 0);
    word[6] = 7;
    char name[64];
    int woken = futex(word + 7, FUTEX_WAKE_OP, 1, (void *)1, word + 6, ops[n].op), problem = errno;
    sprintf(name, "FUTEX_WAKE_OP %s, other word", ops[n].name);
    if (woken < 0) line(name, "%s %d", error_of(problem), word[6]);
    else line(name, "%d %d", woken, word[6]);
    word[6] = 7;
    futex(word + 5, FUTEX_WAKE, 1, 0, 0, 0);
    pthread_join(a, 0);
    b = wait_thread(5, FUTEX_WAIT, 0);
    word[5] = 7;
    woken = futex(word + 7, FUTEX_WAKE_OP, 1, (void *)1, word + 5, ops[n].op);
    problem = errno;
    sprintf(name, "FUTEX_WAKE_OP %s", ops[n].name);
    if (woken < 0) line(name, "%s %d", error_of(problem), word[5]);
    else line(name, "%d %d", woken, word[5]);
    futex(word + 5, FUTEX_WAKE, 1, 0, 0, 0);
    pthread_join(b, 0);
  }
  /* robust lists: the holder's end */
  struct robust_list_head *head = (void *)(word + 512);
  struct { struct robust_list list; int lock; } *item = (void *)(word + 600);
  int child = fork();
  if (child == 0) {
    head->list.next = &item->list;
    item->list.next = &head->list;
    head->futex_offset = (char *)&item->lock - (char *)&item->list;
    head->list_op_pending = 0;
    syscall(SYS_set_robust_list, head, sizeof *head);
    item->lock = syscall(SYS_gettid) | FUTEX_WAITERS;
    _exit(0);
  }
  REAP(child);
  line("a lock whose holder has ended", "%x", item->lock);
  IS(syscall(SYS_set_robust_list, head, 11));
  IS(syscall(SYS_get_robust_list, 4194303, &head, &zero));
  /* shared between processes by different addresses */
  int *twin = mremap((void *)word, 0, 4096, MREMAP_MAYMOVE);
  word[8] = word[9] = 0;
  child = fork();
  if (child == 0) { word[9] = 1; _exit(futex((int *)twin + 8, FUTEX_WAIT, 0, 0, 0, 0) == 0 ? 7 : 8); }
  await_number(word + 9, 1);
  await_state(child, "S");
  IS(futex(word + 8, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0));
  IS(futex(word + 8, FUTEX_WAKE, 1, 0, 0, 0));
  int status;
  waitpid(child, &status, 0);
  line("woken through another address", "%s", status_text(status));
}

static void inherit_locks(void) {
  /* PI: lock, unlock, the errors of those who may not */
  word[0] = 0;
  IS(futex(word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  NAMED("the word holds the owner", word[0] == syscall(SYS_gettid));
  IS(futex(word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  IS(futex(word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0));
  IS(futex(word, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
  NUMBER(word[0]);
  IS(futex(word, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
  IS(futex(word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0));
  word[0] = 0;
  word[0] = 4194303;
  IS(futex(word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  IS(futex(word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0));
  IS(futex(word, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
  word[0] = 0;
  word[1] = 0;
  int child = fork();
  if (child == 0) { futex(word, FUTEX_LOCK_PI, 0, 0, 0, 0); word[1] = 1; while (word[1] != 2) nap(1); futex(word, FUTEX_UNLOCK_PI, 0, 0, 0, 0); _exit(0); }
  await_number(word + 1, 1);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  struct old past = {1, 0};
  IS(futex(word, FUTEX_LOCK_PI, 0, &past, 0, 0));
  IS(futex(word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0));
  IS(futex(word, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
  word[1] = 2;
  IS(futex(word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  NAMED("owner after the other", (word[0] & FUTEX_TID_MASK) == syscall(SYS_gettid));
  REAP(child);
}

static void epolls(void) {
  struct epoll_event e = {EPOLLIN}, got[8];
  int ep = epoll_create1(0), p[2];
  pipe(p);
  e.data.u64 = 0x123456789abcdefull;
  IS(epoll_create(0));
  IS(epoll_create(-1));
  OK(epoll_create(1));
  IS(epoll_create1(1));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
  IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[1], &e));
  IS(epoll_ctl(ep, EPOLL_CTL_DEL, p[1], &e));
  IS(epoll_ctl(ep, 9, p[0], &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &e));
  IS(epoll_ctl(99, EPOLL_CTL_ADD, p[0], &e));
  IS(epoll_ctl(p[0], EPOLL_CTL_ADD, p[1], &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, open("self", O_RDONLY), &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, open(".", O_RDONLY), &e));
  IS(epoll_wait(ep, got, 0, 0));
  IS(epoll_wait(ep, got, -1, 0));
  IS(epoll_wait(p[0], got, 1, 0));
  IS(epoll_wait(99, got, 1, 0));
  IS(epoll_wait(ep, got, 8, 0));
  IS(epoll_wait(ep, got, 8, 1));
  write(p[1], "x", 1);
  IS(epoll_wait(ep, got, 8, -1));
  line("what it says", "%x %llx", got[0].events, got[0].data.u64);
  IS(epoll_wait(ep, got, 8, 0));
  e.events = EPOLLIN | EPOLLET;
  IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
  IS(epoll_wait(ep, got, 8, 0));
  IS(epoll_wait(ep, got, 8, 0));
  write(p[1], "x", 1);
  IS(epoll_wait(ep, got, 8, 0));
  e.events = EPOLLIN | EPOLLONESHOT;
  IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
  IS(epoll_wait(ep, got, 8, 0));
  write(p[1], "x", 1);
  IS(epoll_wait(ep, got, 8, 0));
  IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
  IS(epoll_wait(ep, got, 8, 0));
  e.events = 0;
  IS(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &e));
  IS(epoll_wait(ep, got, 8, 0));
  int copy = dup(p[0]);
  e.events = EPOLLIN;
  e.data.u32 = 2;
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, copy, &e));
  IS(epoll_wait(ep, got, 8, 0));
  close(copy);
  NAMED("after the descriptor was closed, its file open", epoll_wait(ep, got, 8, 0));
  close(p[1]);
  IS(epoll_wait(ep, got, 8, 0));
  line("hung up", "%x %x", got[0].events, got[1].events);
  close(p[0]);
  NAMED("after the last close", epoll_wait(ep, got, 8, 0));
  int outer = epoll_create1(0), ev = eventfd(0, EFD_NONBLOCK);
  e.events = EPOLLIN;
  IS(epoll_ctl(outer, EPOLL_CTL_ADD, ep, &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, outer, &e));
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e));
  IS(epoll_wait(outer, got, 8, 0));
  uint64_t one = 1;
  write(ev, &one, 8);
  IS(epoll_wait(outer, got, 8, 0));
  struct pollfd q = {outer, POLLIN};
  IS(poll(&q, 1, 0));
  read(ev, &one, 8);
  IS(epoll_wait(outer, got, 8, 0));
  e.events = EPOLLIN | EPOLLEXCLUSIVE;
  int ev2 = eventfd(1, 0);
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, ev2, &e));
  IS(epoll_ctl(ep, EPOLL_CTL_MOD, ev2, &e));
  e.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
  IS(epoll_ctl(ep, EPOLL_CTL_ADD, eventfd(1, 0), &e));
  int chain[6];
  for (int n = 0; n < 6; n++) chain[n] = epoll_create1(0);
  e.events = EPOLLIN;
  for (int n = 0; n < 5; n++) NAMED("a chain", epoll_ctl(chain[n + 1], EPOLL_CTL_ADD, chain[n], &e));
  NAMED("a loop", epoll_ctl(chain[0], EPOLL_CTL_ADD, chain[3], &e));
  /* sockets */
  int s[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  int fresh = epoll_create1(0);
  e.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  epoll_ctl(fresh, EPOLL_CTL_ADD, s[0], &e);
  epoll_wait(fresh, got, 1, 0);
  line("a socket", "%x", got[0].events);
  IS(epoll_wait(fresh, got, 1, 0));
  write(s[1], "x", 1);
  epoll_wait(fresh, got, 1, 0);
  line("with something to read", "%x", got[0].events);
  shutdown(s[1], SHUT_WR);
  epoll_wait(fresh, got, 1, 0);
  line("shut down", "%x", got[0].events);
  close(s[1]);
  epoll_wait(fresh, got, 1, 0);
  line("closed", "%x", got[0].events);
}

static void polls(void) {
  int p[2];
  pipe(p);
  struct pollfd q[3] = {{p[0], POLLIN | POLLOUT}, {p[1], POLLIN | POLLOUT}, {-1, POLLIN, 77}};
  IS(poll(q, 3, 0));
  line("an empty pipe", "%x %x %x", q[0].revents, q[1].revents, q[2].revents);
  q[2].fd = 99;
  IS(poll(q, 3, 0));
  line("no such descriptor", "%x", q[2].revents);
  q[2] = (struct pollfd){open("self", O_RDONLY), POLLIN | POLLOUT | POLLPRI};
  IS(poll(q + 2, 1, 0));
  line("a file", "%x", q[2].revents);
  q[2].fd = open(".", O_RDONLY);
  poll(q + 2, 1, 0);
  line("a directory", "%x", q[2].revents);
  q[2].fd = open("/dev/null", O_RDWR);
  poll(q + 2, 1, 0);
  line("/dev/null", "%x", q[2].revents);
  q[2].fd = open("/proc/self/stat", O_RDONLY);
  poll(q + 2, 1, 0);
  line("a file of /proc", "%x", q[2].revents);
  struct rlimit l;
  getrlimit(RLIMIT_NOFILE, &l);
  IS(poll(q, 1 << 30, 0));
  struct { int s, n; } bad = {0, 1000000000}, negative = {-1, 0};
  IS(syscall(SYS_ppoll, q, 1, &bad, 0, 8));
  IS(syscall(SYS_ppoll, q, 1, &negative, 0, 8));
  sigset_t m;
  sigemptyset(&m);
  IS(syscall(SYS_ppoll, q, 1, &zero, &m, 4));
  fd_set r, w, x;
  FD_ZERO(&r); FD_ZERO(&w); FD_ZERO(&x);
  FD_SET(p[0], &r); FD_SET(p[1], &w); FD_SET(p[0], &x);
  struct timeval none = {0, 0}, usec = {0, 2000000}, minus = {-1, 0};
  IS(select(10, &r, &w, &x, &none));
  line("sets", "%d %d %d", FD_ISSET(p[0], &r), FD_ISSET(p[1], &w), FD_ISSET(p[0], &x));
  FD_SET(50, &r);
  IS(syscall(SYS__newselect, 60, &r, 0, 0, &none));
  IS(syscall(SYS__newselect, -1, 0, 0, 0, &none));
  IS(syscall(SYS__newselect, 0, 0, 0, 0, &minus));
  FD_ZERO(&r);
  FD_SET(p[0], &r);
  write(p[1], "x", 1);
  IS(syscall(SYS__newselect, 10, &r, 0, 0, &usec));
  IS(select(p[0], &r, 0, 0, &none));
  /* a signal that the mask lets in is taken before readiness is told */
  block(SIG_BLOCK, SIGUSR1);
  on(SIGUSR1, hit, 0);
  kill(getpid(), SIGUSR1);
  word[60] = 0;
  q[0].events = POLLIN;
  NAMED("ppoll, ready and signalled", ppoll(q, 1, 0, &m));
  NAMED("handlers that ran", word[60]);
  read(p[0], &none, 1);
  kill(getpid(), SIGUSR1);
  NAMED("ppoll, only signalled", ppoll(q, 1, 0, &m));
  NAMED("handlers then", word[60]);
}

static void counters(void) {
  uint64_t v = 3;
  int e = eventfd(0, EFD_NONBLOCK), s = eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE);
  IS(eventfd(0, 8));
  IS(read(e, &v, 8));
  IS(write(e, &v, 8));
  IS(write(e, &v, 7));
  IS(read(e, &v, 7));
  IS(read(e, &v, 8));
  NUMBER(v);
  v = -1;
  IS(write(e, &v, 8));
  v = -2;
  IS(write(e, &v, 8));
  v = 1;
  IS(write(e, &v, 8));
  for (int n = 0; n < 4; n++) NAMED("a semaphore", read(s, &v, 8));
  IS(lseek(e, 0, SEEK_SET));
  /* timerfd */
  struct itimerspec t = {{0, 0}, {1000, 0}}, old;
  int f = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  IS(timerfd_create(99, 0));
  IS(timerfd_create(CLOCK_MONOTONIC, 8));
  IS(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  IS(read(f, &v, 8));
  IS(read(f, &v, 7));
  IS(write(f, &v, 8));
  IS(timerfd_settime(f, 8, &t, 0));
  IS(timerfd_settime(e, 0, &t, 0));
  IS(timerfd_settime(99, 0, &t, 0));
  IS(timerfd_settime(f, 0, &t, &old));
  line("before", "%d %d", (int)old.it_value.tv_sec, (int)old.it_interval.tv_sec);
  timerfd_gettime(f, &old);
  NAMED("left of a thousand seconds", old.it_value.tv_sec > 900 && old.it_value.tv_sec <= 1000);
  t.it_value.tv_nsec = 1000000000;
  IS(timerfd_settime(f, 0, &t, 0));
  t = (struct itimerspec){{0, 0}, {0, 1}};
  IS(timerfd_settime(f, TFD_TIMER_ABSTIME, &t, 0));
  IS(read(f, &v, 8));
  NUMBER(v);
  IS(read(f, &v, 8));
  t = (struct itimerspec){{1000, 0}, {0, 1}};
  IS(timerfd_settime(f, TFD_TIMER_ABSTIME, &t, 0));
  struct pollfd q = {f, POLLIN};
  IS(poll(&q, 1, -1));
  timerfd_gettime(f, &old);
  NAMED("its interval", old.it_interval.tv_sec);
  t = (struct itimerspec){{0, 0}, {0, 0}};
  IS(timerfd_settime(f, 0, &t, 0));
  IS(read(f, &v, 8));
  /* signalfd */
  sigset_t m;
  sigemptyset(&m);
  sigaddset(&m, SIGUSR1);
  sigaddset(&m, 40);
  sigprocmask(SIG_BLOCK, &m, 0);
  int g = signalfd(-1, &m, SFD_NONBLOCK);
  struct signalfd_siginfo i[3];
  IS(signalfd(-1, &m, 8));
  IS(signalfd(e, &m, 0));
  IS(signalfd(99, &m, 0));
  IS(read(g, i, sizeof i));
  kill(getpid(), SIGUSR1);
  sigqueue(getpid(), 40, (union sigval){.sival_int = 5});
  sigqueue(getpid(), 40, (union sigval){.sival_int = 6});
  IS(read(g, i, 100));
  IS(read(g, i, sizeof *i * 2));
  line("first", "%d %d %d", i[0].ssi_signo, i[0].ssi_code, i[0].ssi_pid == getpid());
  line("second", "%d %d %d", i[1].ssi_signo, i[1].ssi_code, i[1].ssi_int);
  IS(read(g, i, sizeof i));
  line("third", "%d", i[0].ssi_int);
  sigdelset(&m, SIGUSR1);
  IS(signalfd(g, &m, 0) == g);
  kill(getpid(), SIGUSR1);
  IS(read(g, i, sizeof i));
  q.fd = g;
  IS(poll(&q, 1, 0));
}

static void fired(int s, siginfo_t *i, void *c) { word[20]++; word[21] = i->si_overrun; word[22] = i->si_code; word[23] = i->si_value.sival_int; }
static void timers(void) {
  timer_t t;
  struct sigevent e = {0};
  struct itimerspec s = {{0, 0}, {1000, 0}}, old;
  struct sigaction a = {0};
  a.sa_sigaction = fired;
  a.sa_flags = SA_SIGINFO;
  sigaction(SIGUSR1, &a, 0);
  sigaction(SIGALRM, &a, 0);
  IS(timer_create(99, 0, &t));
  e.sigev_notify = 99;
  IS(timer_create(CLOCK_MONOTONIC, &e, &t));
  e.sigev_notify = SIGEV_SIGNAL;
  e.sigev_signo = 65;
  IS(timer_create(CLOCK_MONOTONIC, &e, &t));
  e.sigev_signo = SIGUSR1;
  e.sigev_value.sival_int = 9;
  IS(timer_create(CLOCK_MONOTONIC, &e, &t));
  IS(syscall(SYS_timer_settime, 77, 0, &s, 0));
  IS(syscall(SYS_timer_gettime, 77, &s));
  IS(syscall(SYS_timer_delete, 77));
  IS(syscall(SYS_timer_getoverrun, 77));
  IS(timer_settime(t, 0, &s, &old));
  line("old", "%d %d", (int)old.it_value.tv_sec, (int)old.it_interval.tv_sec);
  IS(timer_gettime(t, &old));
  NAMED("left", old.it_value.tv_sec > 900);
  s.it_value.tv_nsec = -1;
  IS(timer_settime(t, 0, &s, 0));
  /* expirations while blocked are overruns */
  block(SIG_BLOCK, SIGUSR1);
  s = (struct itimerspec){{0, 1000000}, {0, 1}};
  IS(timer_settime(t, 0, &s, 0));
  nap(20);
  block(SIG_UNBLOCK, SIGUSR1);
  s = (struct itimerspec){{0, 0}, {0, 0}};
  timer_settime(t, 0, &s, 0);
  NAMED("signals", word[20] >= 1);
  line("overruns", "%d code %d value %d", word[21] >= 0 && timer_getoverrun(t) >= 0, word[22], word[23]);
  IS(timer_delete(t));
  IS(timer_delete(t));
  e.sigev_notify = SIGEV_NONE;
  IS(timer_create(CLOCK_MONOTONIC, &e, &t));
  s = (struct itimerspec){{0, 0}, {0, 1}};
  IS(timer_settime(t, 0, &s, 0));
  nap(2);
  timer_gettime(t, &old);
  NAMED("a timer that tells nobody", old.it_value.tv_sec + old.it_value.tv_nsec);
  IN_CHILD("not inherited by fork", _exit(timer_gettime(t, &old) < 0));
  struct itimerval v = {{0, 0}, {1000, 0}}, was;
  IS(setitimer(9, &v, 0));
  IS(getitimer(9, &v));
  IS(setitimer(ITIMER_REAL, &v, &was));
  getitimer(ITIMER_REAL, &was);
  NAMED("left of it", was.it_value.tv_sec >= 999);
  IN_CHILD("itimers are not inherited", getitimer(ITIMER_REAL, &was); _exit(was.it_value.tv_sec));
  NAMED("alarm tells what was left", alarm(10) >= 999);
  NAMED("alarm told", alarm(0));
  v.it_value.tv_usec = 1000000;
  IS(syscall(SYS_setitimer, ITIMER_REAL, &v, 0));
  IS(syscall(SYS_setitimer, ITIMER_REAL, 0, &was));
  struct timespec n;
  /* Clocks 8 and 9 need a hardware clock. */
  for (int c = -1; c < 13; c++) { if (c == 8 || c == 9) continue; char name[32]; sprintf(name, "clock_gettime %d", c); NAMED(name, syscall(SYS_clock_gettime, c, &n)); sprintf(name, "clock_getres %d", c); NAMED(name, syscall(SYS_clock_getres, c, &n)); }
  struct { int s, n; } bad = {0, -1}, nothing = {0, 0}, minus = {-1, 0}, past = {1, 0};
  IS(syscall(SYS_nanosleep, &bad, 0));
  IS(syscall(SYS_nanosleep, &minus, 0));
  IS(syscall(SYS_nanosleep, &nothing, 0));
  IS(syscall(SYS_clock_nanosleep, 99, 0, &nothing, 0));
  IS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &past, 0));
  IS(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &nothing, 0));
  IS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &nothing, 0));
  IS(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_COARSE, 0, &nothing, 0));
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  nap(3);
  clock_gettime(CLOCK_MONOTONIC, &after);
  NAMED("a sleep is never too short", (after.tv_sec - before.tv_sec) * 1000000000ll + after.tv_nsec - before.tv_nsec >= 3000000);
}

struct file_event { int wd; unsigned mask, cookie, length; char name[]; };
static void events_line(const char *name, int fd) {
  char buffer[4096], text[400] = "";
  int r = read(fd, buffer, sizeof buffer);
  if (r < 0) { line(name, "%s", error_of(errno)); return; }
  for (int at = 0; at < r;) { struct file_event *e = (void *)(buffer + at); sprintf(text + strlen(text), "%s%x %s%s", at ? ", " : "", e->mask, e->length ? e->name : "-", e->cookie ? " moved" : ""); at += sizeof *e + e->length; }
  line(name, "%s", text);
}
static void watches(void) {
  mkdir("w", 0755);
  close(open("w/f", O_RDWR | O_CREAT, 0644));
  int n = inotify_init1(IN_NONBLOCK);
  IS(inotify_init1(1));
  IS(inotify_add_watch(n, "w", IN_ALL_EVENTS));
  IS(inotify_add_watch(n, "w", IN_ALL_EVENTS));
  IS(inotify_add_watch(n, "w/f", IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF));
  IS(inotify_add_watch(n, "nothing", IN_OPEN));
  IS(inotify_add_watch(n, "w", 0));
  IS(inotify_add_watch(n, "w/f", IN_OPEN | IN_ONLYDIR));
  IS(inotify_add_watch(n, "w", IN_OPEN | IN_MASK_CREATE));
  IS(inotify_add_watch(99, "w", IN_OPEN));
  IS(inotify_rm_watch(n, 99));
  events_line("nothing yet", n);
  int fd = open("w/f", O_RDWR);
  events_line("open", n);
  write(fd, "abc", 3);
  events_line("write", n);
  lseek(fd, 0, SEEK_SET);
  char c[3];
  read(fd, c, 3);
  events_line("read", n);
  ftruncate(fd, 1);
  events_line("ftruncate", n);
  fchmod(fd, 0600);
  events_line("fchmod", n);
  close(fd);
  events_line("close", n);
  close(open("w/g", O_RDONLY | O_CREAT, 0644));
  events_line("create", n);
  rename("w/g", "w/h");
  events_line("rename", n);
  link("w/h", "w/i");
  events_line("link", n);
  unlink("w/i");
  events_line("unlink", n);
  mkdir("w/d", 0755);
  events_line("mkdir", n);
  rmdir("w/d");
  events_line("rmdir", n);
  symlink("x", "w/s");
  events_line("symlink", n);
  rename("w/h", "outside");
  events_line("moved out", n);
  utimensat(AT_FDCWD, "w/f", 0, 0);
  events_line("utimensat", n);
  unlink("w/f");
  events_line("a watched file's end", n);
  unlink("w/s");
  rmdir("w");
  events_line("a watched directory's end", n);
  IS(inotify_rm_watch(n, 1));
}

int main(void) {
  begin();
  word = shared(4096);
  SECTION(futexes);
  SECTION(inherit_locks);
  SECTION(epolls);
  SECTION(polls);
  SECTION(counters);
  SECTION(timers);
  SECTION(watches);
  return 0;
}
