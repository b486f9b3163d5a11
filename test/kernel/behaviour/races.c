/* Many at once: threads and processes that contend for locks, names, children, signals, descriptors and memory. What is
   shown is what holds in every order: sums, who may win, that all go on. */
#include "lines.h"
#include <linux/futex.h>

static volatile int *word;
static int status;
static void hit(int s) { __sync_fetch_and_add(&word[60], 1); }
static pthread_t start(void *(*body)(void *), long n) { pthread_t t; if (pthread_create(&t, 0, body, (void *)n)) line("no thread", "%ld", n); return t; }
static void clear(void) { memset((void *)word, 0, 4096); }
/* Runs `body` in `count` threads, or children; waits for all. */
static void threads(int count, void *(*body)(void *)) { pthread_t t[16]; for (int n = 0; n < count; n++) t[n] = start(body, n); for (int n = 0; n < count; n++) pthread_join(t[n], 0); }
static void children(int count, void *(*body)(void *)) { int pids[16]; for (int n = 0; n < count; n++) if ((pids[n] = fork()) == 0) { body((void *)(long)n); _exit(0); } for (int n = 0; n < count; n++) REAP(pids[n]); }

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int sum, turn;
static void *add(void *a) { for (int n = 0; n < 2000; n++) { pthread_mutex_lock(&mutex); int was = sum; if (n % 200 == 0) sched_yield(); sum = was + 1; pthread_mutex_unlock(&mutex); } return 0; }
static void *in_turn(void *a) { for (int n = 0; n < 100; n++) { pthread_mutex_lock(&mutex); while (turn % 4 != (long)a) pthread_cond_wait(&ready, &mutex); turn++; pthread_cond_broadcast(&ready); pthread_mutex_unlock(&mutex); } return 0; }
static pthread_barrier_t barrier;
static void *meet(void *a) { for (int n = 0; n < 50; n++) { __sync_fetch_and_add(&word[1], 1); pthread_barrier_wait(&barrier); if (word[1] % 4) __sync_fetch_and_add(&word[2], 1); if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) __sync_fetch_and_add(&word[3], 1); } return 0; }
static void *rw(void *a) {
  static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  for (int n = 0; n < 200; n++) {
    if ((long)a == 0) { pthread_rwlock_wrlock(&lock); word[4]++; sched_yield(); word[5]++; pthread_rwlock_unlock(&lock); }
    else { pthread_rwlock_rdlock(&lock); if (word[4] != word[5]) __sync_fetch_and_add(&word[6], 1); pthread_rwlock_unlock(&lock); }
  }
  return 0;
}
static void locks(void) {
  threads(4, add);
  NUMBER(sum);
  threads(4, in_turn);
  NUMBER(turn);
  pthread_barrier_init(&barrier, 0, 4);
  threads(4, meet);
  line("a barrier", "%d arrived, %d early, %d last ones", word[1], word[2], word[3]);
  threads(4, rw);
  NAMED("readers that saw half a write", word[6]);
  /* a mutex between processes, and one whose holder dies */
  pthread_mutex_t *m = (void *)(word + 100);
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(m, &a);
  int child = fork();
  if (child == 0) { pthread_mutex_lock(m); word[10] = 1; pause(); }
  await_number(word + 10, 1);
  int waiter = fork();
  if (waiter == 0) { word[11] = 1; int r = pthread_mutex_lock(m); _exit(r); }
  await_number(word + 11, 1);
  await_state(waiter, "S");
  kill(child, SIGKILL);
  REAP(child);
  waitpid(waiter, &status, 0);
  line("the next owner", "%s", WEXITSTATUS(status) == EOWNERDEAD ? "EOWNERDEAD" : status_text(status));
  line("the one after", "%s", error_of(pthread_mutex_lock(m)));
  pthread_mutex_unlock(m);
  line("not made consistent", "%s", error_of(pthread_mutex_lock(m)));
  pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(m, &a);
  clear();
  pthread_mutex_init(m, &a);
  child = fork();
  if (child == 0) { for (int n = 0; n < 200; n++) { pthread_mutex_lock(m); word[12]++; sched_yield(); pthread_mutex_unlock(m); } _exit(0); }
  for (int n = 0; n < 200; n++) { pthread_mutex_lock(m); word[12]++; pthread_mutex_unlock(m); }
  REAP(child);
  line("priority inheritance between processes", "%d", word[12]);
}

static void *exclusive(void *a) { for (int n = 0; n < 50; n++) { char name[16]; sprintf(name, "x%d", n); int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600); if (fd >= 0) { __sync_fetch_and_add(&word[0], 1); close(fd); } else if (errno != EEXIST) __sync_fetch_and_add(&word[1], 1); } return 0; }
static void *directories(void *a) { for (int n = 0; n < 50; n++) { char name[16]; sprintf(name, "d%d", n); if (mkdir(name, 0700) == 0) __sync_fetch_and_add(&word[2], 1); } return 0; }
static void *unlinks(void *a) { for (int n = 0; n < 50; n++) { char name[16]; sprintf(name, "x%d", n); if (unlink(name) == 0) __sync_fetch_and_add(&word[3], 1); } return 0; }
static void *renames(void *a) { char mine[16]; sprintf(mine, "r%ld", (long)a); for (int n = 0; n < 50; n++) { close(open(mine, O_RDWR | O_CREAT, 0600)); rename(mine, "target"); if (access("target", F_OK)) __sync_fetch_and_add(&word[4], 1); } return 0; }
static void *appends(void *a) { int fd = open("appended", O_WRONLY | O_APPEND | O_CREAT, 0600); for (int n = 0; n < 100; n++) write(fd, "0123456789\n", 11); close(fd); return 0; }
static void *file_lock(void *a) {
  int fd = open("counter", O_RDWR | O_CREAT, 0600), value;
  struct flock l = {F_WRLCK, SEEK_SET, 0, 0}, u = {F_UNLCK, SEEK_SET, 0, 0};
  for (int n = 0; n < 50; n++) { fcntl(fd, F_SETLKW, &l); value = 0; pread(fd, &value, 4, 0); sched_yield(); value++; pwrite(fd, &value, 4, 0); fcntl(fd, F_SETLK, &u); }
  return 0;
}
static void *flocked(void *a) {
  int fd = open("counter2", O_RDWR | O_CREAT, 0600), value;
  for (int n = 0; n < 50; n++) { flock(fd, LOCK_EX); value = 0; pread(fd, &value, 4, 0); sched_yield(); value++; pwrite(fd, &value, 4, 0); flock(fd, LOCK_UN); }
  return 0;
}
static void files(void) {
  children(4, exclusive);
  line("files made once", "%d, other errors %d", word[0], word[1]);
  children(4, directories);
  NAMED("directories made once", word[2]);
  children(4, unlinks);
  NAMED("names removed once", word[3]);
  threads(4, renames);
  NAMED("moments without the target", word[4]);
  children(4, appends);
  char line_[12];
  int fd = open("appended", O_RDONLY), good = 0;
  while (read(fd, line_, 11) == 11) good += !memcmp(line_, "0123456789\n", 11);
  NAMED("whole lines appended", good);
  int value = 0;
  children(4, file_lock);
  fd = open("counter", O_RDONLY);
  read(fd, &value, 4);
  NAMED("counted under fcntl", value);
  threads(4, flocked);
  fd = open("counter2", O_RDONLY);
  read(fd, &value, 4);
  NAMED("counted under flock", value);
}

static void *waits(void *a) { int s, n = 0; while (waitpid(-1, &s, 0) > 0) { n++; __sync_fetch_and_add(&word[0], 1); __sync_fetch_and_add(&word[1], WEXITSTATUS(s)); } return 0; }
static void *reads(void *a) { char c; int r; word[20 + (long)a] = syscall(SYS_gettid); r = read(word[30], &c, 1); word[40 + (long)a] = r < 0 ? -errno : r; return 0; }
static void *sleeps(void *a) { word[20 + (long)a] = syscall(SYS_gettid); for (;;) pause(); }
static void *forks(void *a) { for (int n = 0; n < 10; n++) { int pid = fork(); if (pid == 0) _exit(1); int s; if (waitpid(pid, &s, 0) == pid && WEXITSTATUS(s) == 1) __sync_fetch_and_add(&word[2], 1); } return 0; }
static void asleep(int n) { while (!word[20 + n]) nap(1); await_state(word[20 + n], "S"); }
static void children_and_threads(void) {
  for (int n = 0; n < 20; n++) if (fork() == 0) _exit(n);
  threads(3, waits);
  line("each child is told to one thread", "%d children, sum %d", word[0], word[1]);
  threads(4, forks);
  NAMED("children of four threads", word[2]);
  /* a descriptor that is closed under a reader */
  int p[2];
  pipe(p);
  word[30] = p[0];
  pthread_t t = start(reads, 0);
  asleep(0);
  int copy = dup(p[0]);
  close(p[0]);
  nap(2);
  NAMED("the reader goes on waiting", word[40]);
  write(p[1], "x", 1);
  pthread_join(t, 0);
  NAMED("and gets what is written", word[40]);
  word[20] = word[40] = 0;
  word[30] = copy;
  t = start(reads, 0);
  asleep(0);
  dup2(open("/dev/null", O_RDONLY), copy);
  close(p[1]);
  pthread_join(t, 0);
  NAMED("its descriptor replaced, the writer gone", word[40]);
  /* one byte for three readers */
  clear();
  pipe(p);
  word[30] = p[0];
  pthread_t three[3];
  for (int n = 0; n < 3; n++) { three[n] = start(reads, n); asleep(n); }
  write(p[1], "x", 1);
  for (int tries = 0; tries < 10000 && word[40] + word[41] + word[42] == 0; tries++) nap(1);
  NAMED("readers that got the byte", word[40] + word[41] + word[42]);
  close(p[1]);
  for (int n = 0; n < 3; n++) pthread_join(three[n], 0);
  NAMED("at the end", word[40] + word[41] + word[42]);
  /* the process ends while its threads sleep */
  int child = fork();
  if (child == 0) { clear(); for (int n = 0; n < 4; n++) { start(sleeps, n); asleep(n); } _exit(17); }
  waitpid(child, &status, 0);
  line("exit_group with sleepers", "%s", status_text(status));
  child = fork();
  if (child == 0) { clear(); for (int n = 0; n < 4; n++) { start(sleeps, n); asleep(n); } word[50] = 1; pause(); }
  await_number(word + 50, 1);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  line("SIGKILL with sleepers", "%s", status_text(status));
  clear();
  child = fork();
  if (child == 0) { start(sleeps, 0); asleep(0); syscall(SYS_tgkill, getpid(), word[20], SIGKILL); for (;;) pause(); }
  waitpid(child, &status, 0);
  line("SIGKILL for one thread", "%s", status_text(status));
  clear();
  child = fork();
  if (child == 0) { start(sleeps, 0); asleep(0); syscall(SYS_tgkill, getpid(), word[20], SIGTERM); for (;;) pause(); }
  waitpid(child, &status, 0);
  line("SIGTERM for one thread", "%s", status_text(status));
}

static volatile int who[4];
static void taken(int s) { who[0] = syscall(SYS_gettid); __sync_fetch_and_add(&word[60], 1); }
static void *blocked_sleeper(void *a) { sigset_t m; sigfillset(&m); pthread_sigmask(SIG_SETMASK, &m, 0); return sleeps(a); }
static void *waiter(void *a) { sigset_t m; int s; sigemptyset(&m); sigaddset(&m, SIGUSR2); word[20 + (long)a] = syscall(SYS_gettid); sigwait(&m, &s); word[70] = s; return 0; }
static void *shooter(void *a) { for (int n = 0; n < 500; n++) { kill(getpid(), SIGUSR1); if (n % 50 == 0) sched_yield(); } return 0; }
static void signals(void) {
  on(SIGUSR1, taken, SA_RESTART);
  sigset_t m;
  sigemptyset(&m);
  sigaddset(&m, SIGUSR1);
  start(blocked_sleeper, 0);
  asleep(0);
  kill(getpid(), SIGUSR1);
  NAMED("taken by the one who does not block it", who[0] == getpid());
  sigaddset(&m, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &m, 0);
  start(sleeps, 1);
  asleep(1);
  sigset_t p;
  kill(getpid(), SIGUSR1);
  sigpending(&p);
  NAMED("pending where all block it", sigismember(&p, SIGUSR1));
  syscall(SYS_tgkill, getpid(), word[20], SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &m, 0);
  NAMED("the process's comes, the thread's does not", word[60]);
  pthread_sigmask(SIG_BLOCK, &m, 0);
  pthread_t t = start(waiter, 2);
  asleep(2);
  kill(getpid(), SIGUSR2);
  pthread_join(t, 0);
  NAMED("sigwait in another thread", word[70]);
  /* none is lost between the check and the wait */
  word[60] = 0;
  on(SIGUSR2, hit, 0);
  int child = fork();
  if (child == 0) { for (int n = 0; n < 200; n++) { kill(getppid(), SIGUSR2); while (word[61] <= n) sched_yield(); } _exit(0); }
  sigset_t none;
  sigemptyset(&none);
  for (int n = 0; n < 200; n++) { while (word[60] <= n) sigsuspend(&none); word[61] = n + 1; }
  REAP(child);
  NAMED("handshakes by sigsuspend", word[60]);
  /* as many as are queued arrive */
  word[60] = 0;
  on(40, hit, 0);
  child = fork();
  if (child == 0) { for (int n = 0; n < 300; n++) sigqueue(getppid(), 40, (union sigval){0}); _exit(0); }
  REAP(child);
  await_number(word + 60, 300);
  NAMED("real-time signals of a child", word[60]);
  /* writes and reads in the midst of signals lose nothing */
  int q[2];
  pipe(q);
  on(SIGUSR1, hit, SA_RESTART);
  pthread_sigmask(SIG_UNBLOCK, &m, 0);
  child = fork();
  if (child == 0) {
    close(q[0]);
    start(shooter, 0);
    char block_[1000];
    int total = 0;
    while (total < 200000) { int r = write(q[1], block_, 1000); if (r > 0) total += r; }
    _exit(total == 200000 ? 0 : 1);
  }
  close(q[1]);
  start(shooter, 0);
  char got[777];
  int total = 0, r;
  while ((r = read(q[0], got, sizeof got)) > 0 || (r < 0 && errno == EINTR)) if (r > 0) total += r;
  waitpid(child, &status, 0);
  line("bytes through a pipe amid signals", "%d, writer %s", total, status_text(status));
  /* stopped and continued many times */
  word[80] = 0;
  child = fork();
  if (child == 0) { for (;;) word[80]++; }
  int stops = 0, goes = 0;
  for (int n = 0; n < 50; n++) {
    kill(child, SIGSTOP);
    if (waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status)) stops++;
    int before = word[80];
    sched_yield();
    if (word[80] != before) line("ran while it was stopped", "%d", n);
    kill(child, SIGCONT);
    if (waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status)) goes++;
  }
  line("stops and continues", "%d %d", stops, goes);
  kill(child, SIGKILL);
  REAP(child);
}

static void *listens(void *a) { struct epoll_event e; word[20 + (long)a] = syscall(SYS_gettid); int r = epoll_wait(word[30], &e, 1, 10000); if (r == 1) { uint64_t v; if (read(e.data.fd, &v, 8) == 8) __sync_fetch_and_add(&word[31], 1); __sync_fetch_and_add(&word[32], 1); } return 0; }
static void waking(void) {
  int ep = epoll_create1(0), ev = eventfd(0, EFD_NONBLOCK);
  struct epoll_event e = {EPOLLIN | EPOLLET};
  e.data.fd = ev;
  epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e);
  word[30] = ep;
  pthread_t t[3];
  for (int n = 0; n < 3; n++) { t[n] = start(listens, n); asleep(n); }
  uint64_t one = 1;
  write(ev, &one, 8);
  for (int tries = 0; tries < 10000 && word[32] == 0; tries++) nap(1);
  nap(5);
  line("edge-triggered, three wait", "%d woken, %d read", word[32], word[31]);
  for (int n = 0; n < 2; n++) { write(ev, &one, 8); for (int tries = 0; tries < 10000 && word[32] < n + 2; tries++) nap(1); }
  for (int n = 0; n < 3; n++) pthread_join(t[n], 0);
  line("all at last", "%d woken, %d read", word[32], word[31]);
  /* a descriptor added while another waits */
  clear();
  int ev2 = eventfd(1, EFD_NONBLOCK);
  word[30] = ep;
  t[0] = start(listens, 0);
  asleep(0);
  e.events = EPOLLIN;
  e.data.fd = ev2;
  epoll_ctl(ep, EPOLL_CTL_ADD, ev2, &e);
  pthread_join(t[0], 0);
  line("added while it waits", "%d woken, %d read", word[32], word[31]);
  /* ping-pong over four kinds */
  int a[2], b[2];
  for (int kind = 0; kind < 4; kind++) {
    static const char *kinds[] = {"pipes", "a stream", "packets", "datagrams"};
    int types[] = {0, SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM};
    if (kind == 0) { int x[2], y[2]; pipe(x); pipe(y); a[0] = x[0]; a[1] = y[1]; b[0] = y[0]; b[1] = x[1]; }
    else { int s[2]; socketpair(AF_UNIX, types[kind], 0, s); a[0] = a[1] = s[0]; b[0] = b[1] = s[1]; }
    int child = fork();
    if (child == 0) { int n; for (int i = 0; i < 300; i++) { read(b[0], &n, 4); n++; write(b[1], &n, 4); } _exit(0); }
    int n = 0;
    for (int i = 0; i < 300; i++) { write(a[1], &n, 4); read(a[0], &n, 4); }
    REAP(child);
    line(kinds[kind], "%d", n);
  }
}

static char *page;
static void segv(int s) { word[90]++; mprotect(page, 4096, PROT_READ | PROT_WRITE); }
static void *toucher(void *a) { for (int n = 0; n < 200; n++) { page[(long)a * 64]++; sched_yield(); } return 0; }
static void *protector(void *a) { for (int n = 0; n < 50; n++) { mprotect(page, 4096, PROT_READ); sched_yield(); } return 0; }
static void *mapper(void *a) { for (int n = 0; n < 100; n++) { char *m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); m[0] = m[4096] = n; if (m[0] != (char)n) __sync_fetch_and_add(&word[91], 1); munmap(m, 8192); __sync_fetch_and_add(&word[92], 1); } return 0; }
static void memory(void) {
  page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  on(SIGSEGV, segv, 0);
  pthread_t p = start(protector, 0);
  threads(2, toucher);
  pthread_join(p, 0);
  line("stores while another protects", "%d %d", (unsigned char)page[0], (unsigned char)page[64]);
  threads(4, mapper);
  line("mappings by four threads", "%d, wrong %d", word[92], word[91]);
  /* copies on write of many children */
  memset(page, 'p', 4096);
  int wrong = 0, pids[8];
  for (int n = 0; n < 8; n++) if ((pids[n] = fork()) == 0) { for (int i = 0; i < 4096; i++) page[i] = n; for (int i = 0; i < 4096; i++) if (page[i] != n) _exit(1); _exit(0); }
  for (int n = 0; n < 8; n++) { waitpid(pids[n], &status, 0); wrong += status != 0; }
  line("private copies", "%d wrong, the parent's %c", wrong, page[100]);
}

int main(void) {
  begin();
  word = shared(4096);
  SECTION(locks);
  clear();
  SECTION(files);
  clear();
  SECTION(children_and_threads);
  clear();
  SECTION(signals);
  clear();
  SECTION(waking);
  clear();
  SECTION(memory);
  return 0;
}
