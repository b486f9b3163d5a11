#include "check.h"
#include <linux/futex.h>
#define P 128
#define RT 256
static int w, w2, w3, lock_;
static long fx(int *a, int op, int val, const void *t, int *b, int v3) { return sys(SYS_futex, a, op, val, t, b, v3); }
static int me(void) { return syscall(SYS_gettid); }
static struct timespec ms(int n) { return (struct timespec){n / 1000, n % 1000 * 1000000}; }
static struct timespec in(int clock, int n) { struct timespec t; clock_gettime(clock, &t); t.tv_nsec += n * 1000000; while (t.tv_nsec >= 1000000000) { t.tv_nsec -= 1000000000; t.tv_sec++; } return t; }
static struct timespec k;
#define IN(clock, n) (k = in(clock, n), &k)
#define MS(n) (k = ms(n), &k)
struct job { pthread_t thread; volatile int tid; int op, val, v3; int *a, *b; const void *t; volatile long result; volatile int done; struct timespec time; };
/* Waits until a thread sleeps in the kernel, or is done. */
static void asleep(volatile int *tid, volatile int *done) { while (!*tid) nap(1); char path[64], line[256]; snprintf(path, 64, "/proc/self/task/%d/stat", *tid); for (int n = 0; n < 1000 && !*done; n++) { FILE *f = fopen(path, "r"); if (!f) return; char *end = fgets(line, 256, f) ? strrchr(line, ')') : 0; fclose(f); if (end && end[2] == 'S') return; nap(1); } }
static void *run(void *arg) { struct job *j = arg; j->tid = me(); j->result = fx(j->a, j->op, j->val, j->t, j->b, j->v3); j->done = 1; if (j->op == FUTEX_WAIT_REQUEUE_PI || j->op == FUTEX_LOCK_PI) if (j->result == 0) { int *l = j->op == FUTEX_LOCK_PI ? j->a : j->b; j->val = *l & ~j->tid; fx(l, FUTEX_UNLOCK_PI, 0, 0, 0, 0); } return 0; }
static struct job jobs[6];
static struct job *start(int n, int *a, int op, int val, const struct timespec *t, int *b, int v3) { struct job *j = jobs + n; memset(j, 0, sizeof *j); j->a = a; j->op = op; j->val = val; j->b = b; j->v3 = v3; if (t) { j->time = *t; j->t = &j->time; } pthread_create(&j->thread, 0, run, j); asleep(&j->tid, &j->done); return j; }
static long end(int n) { pthread_join(jobs[n].thread, 0); return jobs[n].result; }
static volatile int hits; static void on(int s) { (void)s; hits++; }
static void handler(int flags) { struct sigaction a = {0}; a.sa_handler = on; a.sa_flags = flags; sigaction(SIGUSR1, &a, 0); }
struct waitv { uint64_t val, addr; uint32_t flags, reserved; };
static struct waitv v[3];
static void *wv(void *arg) { *(long *)arg = sys(449, v, 3, 0, 0, 0); return 0; }
static void *die_holding(void *arg) { (void)arg; lock_ = me(); return 0; }
static struct { struct robust { struct robust *next; int word; } *list; long offset; struct robust *pending; } head;
static volatile int die; static void *die_robust(void *arg) { struct robust *r = arg; r->word = me() | (r->word & FUTEX_WAITERS); head.list = (void *)((uintptr_t)r | head.offset >> 16); head.offset = 4; r->next = (void *)&head; sys(SYS_set_robust_list, &head, 12); while (!die) nap(1); nap(5); return 0; }
int main(void) {
  handler(SA_RESTART);
  /* arguments */
  SHOW(fx(&w, FUTEX_WAIT | RT, 0, MS(1), 0, 0)); SHOW(fx(&w, FUTEX_WAKE | RT, 0, 0, 0, 0)); SHOW(fx(&w, 99, 0, 0, 0, 0)); SHOW(fx(&w, FUTEX_FD, 0, 0, 0, 0)); SHOW(fx(&w, FUTEX_WAIT_BITSET, 0, 0, 0, 0)); SHOW(fx(&w, FUTEX_WAKE_BITSET, 1, 0, 0, 0));
  k.tv_nsec = 1000000000; SHOW(fx(&w, FUTEX_WAIT, 0, &k, 0, 0)); k.tv_nsec = -1; SHOW(fx(&w, FUTEX_WAIT, 1, &k, 0, 0)); k.tv_nsec = 0; k.tv_sec = -1; SHOW(fx(&w, FUTEX_WAIT, 0, &k, 0, 0)); SHOW(fx(&w, FUTEX_WAIT, 1, (void *)4, 0, 0)); SHOW(fx((int *)((char *)&w + 1), FUTEX_WAIT, 0, 0, 0, 0)); SHOW(fx((int *)4, FUTEX_WAIT, 0, 0, 0, 0)); SHOW(fx((int *)4, FUTEX_WAKE, 1, 0, 0, 0)); SHOW(fx((int *)4, FUTEX_WAKE | P, 1, 0, 0, 0)); SHOW(fx((int *)4, FUTEX_WAIT | P, 0, 0, 0, 0));
  SHOW(fx(&w, FUTEX_WAIT, 0, MS(5), 0, 0)); SHOW(fx(&w, FUTEX_WAIT | P, 0, MS(0), 0, 0)); SHOW(fx(&w, FUTEX_WAIT_BITSET, 0, MS(5), 0, -1)); SHOW(fx(&w, FUTEX_WAIT_BITSET | RT, 0, IN(CLOCK_REALTIME, 10), 0, -1)); SHOW(fx(&w, FUTEX_WAIT_BITSET, 0, IN(CLOCK_MONOTONIC, 10), 0, -1)); SHOW(fx(&w, FUTEX_WAIT_BITSET, 1, IN(CLOCK_MONOTONIC, 10), 0, -1));
  SHOW(fx(&w, FUTEX_WAKE, 0, 0, 0, 0)); SHOW(fx(&w, FUTEX_WAKE, -1, 0, 0, 0)); SHOW(fx(&w, FUTEX_REQUEUE, -1, 0, &w2, 0)); SHOW(fx(&w, FUTEX_REQUEUE, 0, (void *)-1, &w2, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE, 1, (void *)1, &w2, 1)); SHOW(fx(&w, FUTEX_REQUEUE, 1, (void *)1, (int *)((char *)&w2 + 1), 0));
  int64_t t64[2] = {0, 1000000}; SHOW(sys(422, &w, FUTEX_WAIT, 0, t64, 0, 0)); t64[1] = 1000000000; SHOW(sys(422, &w, FUTEX_WAIT, 0, t64, 0, 0));
  /* bits, order, counts */
  start(0, &w, FUTEX_WAIT_BITSET, 0, 0, 0, 1); start(1, &w, FUTEX_WAIT_BITSET, 0, 0, 0, 6); start(2, &w, FUTEX_WAIT, 0, 0, 0, 0);
  SHOW(fx(&w, FUTEX_WAKE_BITSET, 1, 0, 0, 8)); nap(100); printf("%d%d%d\n", jobs[0].done, jobs[1].done, jobs[2].done); SHOW(fx(&w, FUTEX_WAKE_BITSET, 5, 0, 0, 2)); SHOW(fx(&w, FUTEX_WAKE, 0, 0, 0, 0)); SHOW(end(0)); SHOW(end(1)); SHOW(end(2));
  start(0, &w, FUTEX_WAIT | P, 0, 0, 0, 0); SHOW(fx(&w, FUTEX_WAKE, 1, 0, 0, 0)); SHOW(fx(&w, FUTEX_WAKE | P, 1, 0, 0, 0)); SHOW(end(0));
  for (int n = 0; n < 4; n++) start(n, &w, FUTEX_WAIT, 0, 0, 0, 0);
  SHOW(fx(&w, FUTEX_REQUEUE, 1, (void *)2, &w2, 0)); SHOW(fx(&w, FUTEX_WAKE, 9, 0, 0, 0)); SHOW(fx(&w2, FUTEX_WAKE, 9, 0, 0, 0)); for (int n = 0; n < 4; n++) SHOW(end(n));
  for (int n = 0; n < 3; n++) start(n, &w, FUTEX_WAIT, 0, 0, 0, 0);
  SHOW(fx(&w, FUTEX_CMP_REQUEUE, 0, (void *)9, &w, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE, 1, (void *)0, &w2, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE, 0, (void *)1, &w2, 0)); SHOW(fx(&w2, FUTEX_WAKE, 9, 0, 0, 0)); SHOW(fx(&w, FUTEX_WAKE, 9, 0, 0, 0)); for (int n = 0; n < 3; n++) SHOW(end(n));
  /* a requeued wait with a timeout */
  start(0, &w, FUTEX_WAIT, 0, MS(400), 0, 0); SHOW(fx(&w, FUTEX_REQUEUE, 0, (void *)1, &w2, 0)); SHOW(end(0));
  /* WAKE_OP */
  int op[] = {FUTEX_OP(0, 5, 0, 0), FUTEX_OP(1, 2, 0, 5), FUTEX_OP(2, 0x100, 2, 3), FUTEX_OP(3, 7, 3, 7), FUTEX_OP(4, 0x30, 4, -5), FUTEX_OP(0, -3, 5, 9), FUTEX_OP(8 | 1, 4, 1, 0), FUTEX_OP(5, 0, 0, 0), FUTEX_OP(0, 77, 6, 0), FUTEX_OP(8, 33, 0, 0)};
  w2 = 1; for (int n = 0; n < 10; n++) { long r = fx(&w, FUTEX_WAKE_OP, 1, (void *)1, &w2, op[n]); printf("op %d: %ld, %d\n", n, r, w2); }
  w2 = 3; start(0, &w, FUTEX_WAIT, 0, 0, 0, 0); start(1, &w2, FUTEX_WAIT, 3, 0, 0, 0); start(2, &w2, FUTEX_WAIT, 3, 0, 0, 0); SHOW(fx(&w, FUTEX_WAKE_OP, 1, (void *)1, &w2, FUTEX_OP(0, 0, 0, 4))); SHOW(fx(&w, FUTEX_WAKE_OP, 1, (void *)1, &w2, FUTEX_OP(0, 8, 0, 0))); SHOW(fx(&w2, FUTEX_WAKE, 1, 0, 0, 0)); for (int n = 0; n < 3; n++) SHOW(end(n));
  /* signals */
  start(0, &w, FUTEX_WAIT, 0, 0, 0, 0); pthread_kill(jobs[0].thread, SIGUSR1); nap(100); printf("restarts %d done %d\n", hits, jobs[0].done); SHOW(fx(&w, FUTEX_WAKE, 1, 0, 0, 0)); SHOW(end(0));
  start(0, &w, FUTEX_WAIT, 0, MS(2000), 0, 0); pthread_kill(jobs[0].thread, SIGUSR1); SHOW(end(0));
  handler(0); start(0, &w, FUTEX_WAIT, 0, 0, 0, 0); pthread_kill(jobs[0].thread, SIGUSR1); SHOW(end(0)); start(0, &w, FUTEX_WAIT_BITSET, 0, 0, 0, 1); pthread_kill(jobs[0].thread, SIGUSR1); SHOW(end(0));
  /* locks */
  SHOW(fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0)); SHOW(lock_ == me()); SHOW(fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_TRYLOCK_PI, 0, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(lock_); SHOW(fx(&lock_, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_TRYLOCK_PI, 0, 0, 0, 0)); SHOW(fx((int *)((char *)&lock_ + 1), FUTEX_LOCK_PI, 0, 0, 0, 0)); SHOW(fx((int *)4, FUTEX_LOCK_PI, 0, 0, 0, 0)); SHOW(fx((int *)4, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_LOCK_PI | RT, 0, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_LOCK_PI2 | RT, 0, 0, 0, 0));
  start(0, &lock_, FUTEX_TRYLOCK_PI, 0, 0, 0, 0); SHOW(end(0)); printf("%x\n", lock_ & ~me());
  start(0, &lock_, FUTEX_LOCK_PI, 0, IN(CLOCK_REALTIME, 40), 0, 0); SHOW(end(0)); start(0, &lock_, FUTEX_LOCK_PI2, 0, IN(CLOCK_MONOTONIC, 40), 0, 0); SHOW(end(0)); start(0, &lock_, FUTEX_LOCK_PI2 | RT, 0, IN(CLOCK_REALTIME, 40), 0, 0); SHOW(end(0));
  start(0, &lock_, FUTEX_LOCK_PI, 0, 0, 0, 0); start(1, &lock_, FUTEX_LOCK_PI, 0, 0, 0, 0); hits = 0; pthread_kill(jobs[0].thread, SIGUSR1); nap(100); printf("hits %d done %d %d\n", hits, jobs[0].done, jobs[1].done); SHOW(fx(&lock_, FUTEX_WAKE, 1, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_REQUEUE, 1, 0, &w, 0)); SHOW(fx(&lock_, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(end(0)); SHOW(end(1)); printf("%x %x\n", jobs[0].val, jobs[1].val); SHOW(lock_);
  lock_ = 999999; SHOW(fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0)); printf("%x\n", lock_); lock_ = FUTEX_OWNER_DIED; SHOW(fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0)); printf("%x\n", lock_ & ~me()); SHOW(fx(&lock_, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(lock_);
  lock_ = 5; start(0, &lock_, FUTEX_WAIT, 5, 0, 0, 0); SHOW(fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0)); lock_ = me(); SHOW(fx(&lock_, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(fx(&lock_, FUTEX_WAKE, 1, 0, 0, 0)); SHOW(end(0));
  /* an owner that ends */
  pthread_t t; lock_ = 0; static struct robust r; head.offset = 0; die = 0; pthread_create(&t, 0, die_robust, &r); while (!(r.word & FUTEX_TID_MASK)) nap(1); nap(5); start(0, &r.word, FUTEX_LOCK_PI, 0, 0, 0, 0); die = 1; SHOW(end(0)); printf("%x %x\n", jobs[0].val, r.word); pthread_join(t, 0);
  head.offset = 0x10000; r.word = 0; die = 0; pthread_create(&t, 0, die_robust, &r); while (!(r.word & FUTEX_TID_MASK)) nap(1); nap(5); start(0, &r.word, FUTEX_LOCK_PI, 0, 0, 0, 0); die = 1; SHOW(end(0)); printf("%x %x\n", jobs[0].val, r.word); pthread_join(t, 0);
  head.offset = 0; r.word = FUTEX_WAITERS; die = 0; pthread_create(&t, 0, die_robust, &r); while (!(r.word & FUTEX_TID_MASK)) nap(1); nap(5); start(0, &r.word, FUTEX_WAIT, r.word, 0, 0, 0); die = 1; SHOW(end(0)); pthread_join(t, 0); printf("%x\n", r.word);
  head.offset = 0x10000; r.word = FUTEX_WAITERS; die = 0; pthread_create(&t, 0, die_robust, &r); while (!(r.word & FUTEX_TID_MASK)) nap(1); nap(5); start(0, &r.word, FUTEX_WAIT, r.word, MS(400), 0, 0); die = 1; SHOW(end(0)); pthread_join(t, 0); printf("%x\n", r.word);
  pthread_create(&t, 0, die_holding, 0); pthread_join(t, 0); SHOW(fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0));
  /* waits that move to a lock */
  lock_ = 0; w = 0; SHOW(fx(&w, FUTEX_WAIT_REQUEUE_PI, 0, 0, &w, 0)); SHOW(fx(&w, FUTEX_WAIT_REQUEUE_PI, 1, 0, &lock_, 0)); SHOW(fx(&w, FUTEX_WAIT_REQUEUE_PI, 0, IN(CLOCK_MONOTONIC, 20), &lock_, 0)); SHOW(fx(&w, FUTEX_WAIT_REQUEUE_PI | RT, 0, IN(CLOCK_REALTIME, 20), &lock_, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 2, 0, &lock_, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, 0, &w, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, 0, &lock_, 1)); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)5, &lock_, 0));
  start(0, &w, FUTEX_WAIT_REQUEUE_PI, 0, 0, &lock_, 0); SHOW(fx(&w, FUTEX_WAKE, 1, 0, 0, 0)); SHOW(fx(&w, FUTEX_REQUEUE, 1, (void *)1, &w2, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)0, &w2, 0)); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)0, &lock_, 0)); SHOW(end(0)); printf("%x %x\n", jobs[0].val, lock_);
  for (int n = 0; n < 3; n++) start(n, &w, FUTEX_WAIT_REQUEUE_PI, 0, 0, &lock_, 0);
  fx(&lock_, FUTEX_LOCK_PI, 0, 0, 0, 0); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)5, &lock_, 0)); nap(100); printf("%x %d%d%d\n", lock_ & ~me(), jobs[0].done, jobs[1].done, jobs[2].done); hits = 0; pthread_kill(jobs[1].thread, SIGUSR1); nap(100); SHOW(jobs[1].result); SHOW(fx(&lock_, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); for (int n = 0; n < 3; n++) SHOW(end(n)); printf("%x %x\n", jobs[0].val, jobs[2].val); SHOW(lock_);
  for (int n = 0; n < 3; n++) start(n, &w, FUTEX_WAIT_REQUEUE_PI, 0, 0, &lock_, 0);
  SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &lock_, 0)); nap(100); printf("%d%d%d\n", jobs[0].done, jobs[1].done, jobs[2].done); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &lock_, 0)); for (int n = 0; n < 3; n++) SHOW(end(n)); SHOW(lock_);
  start(0, &w, FUTEX_WAIT, 0, 0, 0, 0); SHOW(fx(&w, FUTEX_CMP_REQUEUE_PI, 1, (void *)1, &lock_, 0)); SHOW(fx(&w, FUTEX_WAKE, 1, 0, 0, 0)); end(0);
  /* several words */
  SHOW(sys(449, v, 0, 0, 0, 0)); SHOW(sys(449, v, 129, 0, 0, 0)); SHOW(sys(449, 0, 1, 0, 0, 0)); SHOW(sys(449, v, 1, 1, 0, 0)); SHOW(sys(449, 4, 1, 0, 0, 0)); SHOW(sys(449, v, 1, 0, 0, 0)); SHOW(sys(449, v, 1, 0, t64, 5)); SHOW(sys(449, v, 1, 0, t64, 1)); int *ws[3] = {&w, &w2, &w3}; w = w2 = w3 = 7; for (int n = 0; n < 3; n++) { v[n].val = 7; v[n].addr = (uintptr_t)ws[n]; v[n].flags = 2; } v[2].val = 8; SHOW(sys(449, v, 3, 0, 0, 0)); v[2].val = 7; v[1].reserved = 1; SHOW(sys(449, v, 3, 0, 0, 0)); v[1].reserved = 0; v[1].addr++; SHOW(sys(449, v, 3, 0, 0, 0)); v[1].addr--; v[1].addr = 4; SHOW(sys(449, v, 3, 0, 0, 0)); v[1].addr = (uintptr_t)&w2;
  struct timespec now = in(CLOCK_MONOTONIC, 30); t64[0] = now.tv_sec; t64[1] = now.tv_nsec; SHOW(sys(449, v, 3, 0, t64, 1)); now = in(CLOCK_REALTIME, 30); t64[0] = now.tv_sec; t64[1] = now.tv_nsec; SHOW(sys(449, v, 3, 0, t64, 0));
  for (int n = 0; n < 3; n++) { long res = 0; pthread_create(&t, 0, wv, &res); nap(100); SHOW(fx(ws[n], FUTEX_WAKE, 1, 0, 0, 0)); pthread_join(t, 0); SHOW(res); } long res = 0; pthread_create(&t, 0, wv, &res); nap(100); pthread_kill(t, SIGUSR1); pthread_join(t, 0); SHOW(res);
  /* between processes */
  int *s = mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0); int c = fork(); if (c == 0) { fx(s, FUTEX_LOCK_PI, 0, 0, 0, 0); s[1] = 1; nap(200); _exit(0); } while (!s[1]) nap(1); SHOW(fx(s, FUTEX_LOCK_PI, 0, 0, 0, 0)); printf("%x\n", *s & ~me()); SHOW(fx(s, FUTEX_UNLOCK_PI, 0, 0, 0, 0)); SHOW(*s); waitpid(c, 0, 0);
  c = fork(); if (c == 0) { fx(s, FUTEX_LOCK_PI, 0, 0, 0, 0); s[1] = 2; nap(200); fx(s, FUTEX_UNLOCK_PI, 0, 0, 0, 0); _exit(0); } while (s[1] != 2) nap(1); SHOW(fx(s, FUTEX_LOCK_PI, 0, 0, 0, 0)); printf("%x\n", *s & ~me()); waitpid(c, 0, 0);
  SHOW(sys(SYS_set_robust_list, 0, 11)); void *h; size_t l; SHOW(sys(SYS_get_robust_list, 0, &h, &l)); SHOW(l); SHOW(sys(SYS_get_robust_list, 999999, &h, &l)); SHOW(sys(SYS_get_robust_list, 0, 4, &l));
  return 0;
}
