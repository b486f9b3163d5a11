/* Everything that the C library makes of threads, at once and in numbers. */
#include "check.h"
#include <semaphore.h>
#include <setjmp.h>
#include <spawn.h>
#include <sys/syscall.h>
#define N 8
#define ROUNDS 300
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, rec, err, rob, pi, adaptive;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t bar;
static pthread_spinlock_t spin;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t sem;
static int count, onces, destroyed, serial, readers, writers, bad;
static __thread int mine = 7;
static void make(pthread_mutex_t *x, int type, int protocol, int robust, int shared) { pthread_mutexattr_t a; pthread_mutexattr_init(&a); pthread_mutexattr_settype(&a, type); pthread_mutexattr_setprotocol(&a, protocol); pthread_mutexattr_setrobust(&a, robust); pthread_mutexattr_setpshared(&a, shared); pthread_mutex_init(x, &a); }
static void all(const char *what, void *(*f)(void *)) { pthread_t t[N]; for (long n = 0; n < N; n++) { int e = pthread_create(t + n, 0, f, (void *)n); if (e) printf("create %d\n", e); } long sum = 0; for (int n = 0; n < N; n++) { void *r = 0; pthread_join(t[n], &r); sum += (long)r; } printf("%s: %ld\n", what, sum); fflush(stdout); }
static void *mutexes(void *a) { for (int n = 0; n < ROUNDS; n++) { pthread_mutex_lock(&m); int v = count; if (n % 50 == 0) sched_yield(); count = v + 1; pthread_mutex_unlock(&m); } return a; }
static void *recursive(void *a) { for (int n = 0; n < ROUNDS; n++) { pthread_mutex_lock(&rec); pthread_mutex_lock(&rec); count++; pthread_mutex_unlock(&rec); if (n % 60 == 0) sched_yield(); pthread_mutex_unlock(&rec); } return a; }
static void *pis(void *a) { for (int n = 0; n < ROUNDS; n++) { pthread_mutex_lock(&pi); int v = count; if (n % 50 == 0) sched_yield(); count = v + 1; pthread_mutex_unlock(&pi); } return a; }
static void *conds(void *a) { long id = (long)a; for (int n = 0; n < 100; n++) { pthread_mutex_lock(&m); while (serial % N != id) pthread_cond_wait(&cond, &m); serial++; pthread_cond_broadcast(&cond); pthread_mutex_unlock(&m); } return 0; }
static void *piconds(void *a) { long id = (long)a; for (int n = 0; n < 50; n++) { pthread_mutex_lock(&pi); while (serial % N != id) pthread_cond_wait(&cond, &pi); serial++; pthread_cond_broadcast(&cond); pthread_mutex_unlock(&pi); } return 0; }
static void *barriers(void *a) { long s = 0; for (int n = 0; n < 50; n++) { if (pthread_barrier_wait(&bar) == PTHREAD_BARRIER_SERIAL_THREAD) s++; } return (void *)s; }
static void *rwlocks(void *a) { for (int n = 0; n < ROUNDS; n++) { if (n % 5 == 0) { pthread_rwlock_wrlock(&rw); if (++writers != 1 || readers) bad++; if (n % 50 == 0) sched_yield(); writers--; count++; pthread_rwlock_unlock(&rw); } else { pthread_rwlock_rdlock(&rw); __sync_fetch_and_add(&readers, 1); if (writers) bad++; if (n % 40 == 0) sched_yield(); __sync_fetch_and_sub(&readers, 1); pthread_rwlock_unlock(&rw); } } return 0; }
static void *spins(void *a) { for (int n = 0; n < ROUNDS; n++) { pthread_spin_lock(&spin); count++; pthread_spin_unlock(&spin); } return 0; }
static void *sems(void *a) { for (int n = 0; n < 100; n++) { sem_wait(&sem); if (__sync_add_and_fetch(&readers, 1) > 3) bad++; sched_yield(); __sync_fetch_and_sub(&readers, 1); sem_post(&sem); } return 0; }
static void destroy(void *v) { __sync_fetch_and_add(&destroyed, (int)(long)v); }
static void initialise(void) { onces++; }
static void *locals(void *a) { mine += (long)a; pthread_setspecific(key, (void *)((long)a + 1)); pthread_once(&once, initialise); sched_yield(); int sum = mine + (int)(long)pthread_getspecific(key); return (void *)(long)sum; }
static volatile int cleaned; static void clean(void *a) { cleaned += (int)(long)a; }
static void *cancelled(void *a) { pthread_cleanup_push(clean, (void *)1); pthread_cleanup_push(clean, (void *)10); switch ((long)a) { case 0: for (;;) pause(); case 1: for (;;) nap(1000); case 2: { int p[2]; pipe(p); char c; read(p[0], &c, 1); } case 3: sem_wait(&sem); case 4: pthread_mutex_lock(&m); for (;;) pthread_cond_wait(&cond, &m); case 5: for (;;) pthread_testcancel(); case 6: { pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, 0); for (;;) ; } case 7: { struct pollfd p = {0, 0, 0}; poll(&p, 0, -1); } } pthread_cleanup_pop(1); pthread_cleanup_pop(1); return 0; }
static void unlock(void *x) { pthread_mutex_unlock(x); }
static void *holder(void *a) { pthread_mutex_lock(a); return 0; }
static void *waiter(void *a) { int e = pthread_mutex_lock(a); if (e == EOWNERDEAD) { pthread_mutex_consistent(a); } pthread_mutex_unlock(a); return (void *)(long)e; }
static void *slow_holder(void *a) { pthread_mutex_lock(a); nap(30); return 0; }
static volatile int handled_by[65]; static void on(int s) { handled_by[s]++; }
static void *sigs(void *a) { sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR2); int got; for (int n = 0; n < 3; n++) { sigwait(&s, &got); __sync_fetch_and_add(&count, got); } return 0; }
static void *forker(void *a) { int c = fork(); if (c == 0) _exit((long)a); int s; waitpid(c, &s, 0); return (void *)(long)WEXITSTATUS(s); }
static void *spawner(void *a) { char *argv[] = {"./self", "child", 0}; pid_t c; int e = posix_spawn(&c, "./self", 0, 0, argv, 0); if (e) return (void *)(long)(1000 + e); int s; waitpid(c, &s, 0); return (void *)(long)WEXITSTATUS(s); }
static void *deep(void *a) { char b[100000]; memset(b, 1, sizeof b); return (void *)(long)b[(long)a]; }
static sigjmp_buf env; static void *faults(void *a) { return 0; }
int main(int argc, char **argv) {
  if (argc > 1) return 5;
  make(&rec, PTHREAD_MUTEX_RECURSIVE, 0, 0, 0); make(&err, PTHREAD_MUTEX_ERRORCHECK, 0, 0, 0); make(&rob, 0, 0, PTHREAD_MUTEX_ROBUST, 0); make(&pi, 0, PTHREAD_PRIO_INHERIT, 0, 0);
  all("mutexes", mutexes); SHOW(count); count = 0; all("recursive", recursive); SHOW(count); count = 0; all("pi", pis); SHOW(count);
  all("conds", conds); SHOW(serial); serial = 0; all("pi conds", piconds); SHOW(serial); pthread_barrier_init(&bar, 0, N); all("barriers", barriers); count = 0; all("rwlocks", rwlocks); SHOW(count); SHOW(bad); count = 0; pthread_spin_init(&spin, 0); all("spins", spins); SHOW(count); sem_init(&sem, 0, 3); all("sems", sems); SHOW(bad);
  pthread_key_create(&key, destroy); all("locals", locals); SHOW(onces); SHOW(destroyed); SHOW(mine);
  SHOW(pthread_mutex_lock(&err)); SHOW(pthread_mutex_lock(&err)); SHOW(pthread_mutex_trylock(&err)); SHOW(pthread_mutex_unlock(&err)); SHOW(pthread_mutex_unlock(&err));
  SHOW(pthread_mutex_lock(&pi)); SHOW(pthread_mutex_trylock(&pi)); struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_nsec += 20000000; if (t.tv_nsec >= 1000000000) { t.tv_nsec -= 1000000000; t.tv_sec++; } SHOW(pthread_mutex_timedlock(&pi, &t)); SHOW(pthread_mutex_unlock(&pi));
  pthread_mutex_lock(&m); clock_gettime(CLOCK_REALTIME, &t); t.tv_nsec += 20000000; if (t.tv_nsec >= 1000000000) { t.tv_nsec -= 1000000000; t.tv_sec++; } SHOW(pthread_mutex_timedlock(&m, &t)); SHOW(pthread_cond_timedwait(&cond, &m, &t)); SHOW(pthread_cond_clockwait(&cond, &m, CLOCK_MONOTONIC, &(struct timespec){0, 0})); pthread_mutex_unlock(&m); SHOW(sem_trywait(&sem)); SHOW(sem_timedwait(&sem, &t)); sem_trywait(&sem); sem_trywait(&sem); SHOW(sem_timedwait(&sem, &t)); SHOW(errno);
  pthread_t x; void *r; pthread_create(&x, 0, holder, &rob); pthread_join(x, 0); SHOW(pthread_mutex_lock(&rob)); SHOW(pthread_mutex_consistent(&rob)); SHOW(pthread_mutex_unlock(&rob)); SHOW(pthread_mutex_lock(&rob)); SHOW(pthread_mutex_unlock(&rob));
  pthread_create(&x, 0, slow_holder, &rob); nap(10); pthread_t y; pthread_create(&y, 0, waiter, &rob); pthread_join(y, &r); SHOW(r); pthread_join(x, 0); pthread_create(&x, 0, holder, &rob); pthread_join(x, 0); SHOW(pthread_mutex_lock(&rob)); SHOW(pthread_mutex_unlock(&rob)); SHOW(pthread_mutex_lock(&rob));
  pthread_mutex_t rp; make(&rp, 0, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST, 0); pthread_create(&x, 0, slow_holder, &rp); nap(10); pthread_create(&y, 0, waiter, &rp); pthread_join(y, &r); SHOW(r); pthread_join(x, 0); SHOW(pthread_mutex_lock(&rp)); SHOW(pthread_mutex_unlock(&rp));
  pthread_mutex_t *sh = mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0); make(sh, 0, 0, PTHREAD_MUTEX_ROBUST, 1); make(sh + 1, 0, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST, 1); int *shared = (int *)(sh + 2);
  for (int k = 0; k < 2; k++) { *shared = 0; for (int n = 0; n < 4; n++) if (fork() == 0) { for (int i = 0; i < 100; i++) { pthread_mutex_lock(sh + k); int v = *shared; if (i % 20 == 0) sched_yield(); *shared = v + 1; pthread_mutex_unlock(sh + k); } _exit(0); } while (wait(0) > 0) ; SHOW(*shared); if (fork() == 0) { pthread_mutex_lock(sh + k); *shared = -1; nap(20); kill(getpid(), SIGKILL); } while (*shared != -1) nap(1); SHOW(pthread_mutex_lock(sh + k)); SHOW(pthread_mutex_consistent(sh + k)); SHOW(pthread_mutex_unlock(sh + k)); wait(0); }
  sem_destroy(&sem); sem_init(&sem, 0, 0); for (long n = 0; n < 8; n++) { pthread_create(&x, 0, cancelled, (void *)n); nap(100); SHOW(pthread_cancel(x)); pthread_join(x, &r); printf("%ld %d %d\n", n, r == PTHREAD_CANCELED, cleaned); if (n == 4) pthread_mutex_unlock(&m); }
  struct sigaction a = {0}; a.sa_handler = on; sigaction(SIGUSR1, &a, 0); sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR2); pthread_sigmask(SIG_BLOCK, &s, 0); count = 0; pthread_create(&x, 0, sigs, 0); for (int n = 1; n < 4; n++) { kill(getpid(), SIGUSR2); while (*(volatile int *)&count < n * SIGUSR2) nap(1); } pthread_join(x, 0); SHOW(count); pthread_create(&x, 0, sigs, 0); for (int n = 4; n < 7; n++) { pthread_kill(x, SIGUSR2); while (*(volatile int *)&count < n * SIGUSR2) nap(1); } pthread_join(x, 0); SHOW(count);
  sigemptyset(&s); sigaddset(&s, SIGUSR1); pthread_create(&x, 0, (void *(*)(void *))pause, 0); nap(100); pthread_sigmask(SIG_BLOCK, &s, 0); kill(getpid(), SIGUSR1); pthread_join(x, 0); SHOW(handled_by[SIGUSR1]); pthread_sigmask(SIG_UNBLOCK, &s, 0); SHOW(handled_by[SIGUSR1]); union sigval sv = {.sival_int = 5}; SHOW(pthread_sigqueue(pthread_self(), SIGUSR1, sv)); SHOW(handled_by[SIGUSR1]); SHOW(pthread_kill(pthread_self(), 0)); SHOW(pthread_kill(pthread_self(), 99));
  all("forks", forker); all("spawns", spawner); all("deep stacks", deep); SHOW(system("exit 3") >= 0);
  pthread_attr_t at; pthread_attr_init(&at); pthread_attr_setdetachstate(&at, PTHREAD_CREATE_DETACHED); count = 0; for (int n = 0; n < 100; n++) { while (pthread_create(&x, &at, mutexes, 0)) nap(1); if (n % 10 == 0) nap(2); } for (int n = 0; n < 400 && count < 100 * ROUNDS; n++) nap(5); SHOW(count);
  for (int n = 0; n < 200; n++) { pthread_create(&x, 0, deep, (void *)3); pthread_join(x, &r); } SHOW(r);
  char name[16]; pthread_setname_np(pthread_self(), "master"); pthread_getname_np(pthread_self(), name, 16); puts(name); cpu_set_t cs; SHOW(pthread_getaffinity_np(pthread_self(), sizeof cs, &cs)); SHOW(CPU_COUNT(&cs) > 0);
  CHILD("exit from a thread", { pthread_create(&x, 0, (void *(*)(void *))(void *)exit, (void *)9); for (;;) pause(); });
  CHILD("main leaves first", { pthread_create(&x, 0, forker, (void *)4); pthread_exit(0); });
  CHILD("abort in a thread", { struct rlimit l = {0, 0}; setrlimit(RLIMIT_CORE, &l); pthread_create(&x, 0, (void *(*)(void *))(void *)abort, 0); for (;;) pause(); });
  return 0;
}
