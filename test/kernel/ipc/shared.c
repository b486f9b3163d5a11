#include "../show.h"
#include <pthread.h>
#include <semaphore.h>
/* What C libraries build on shared memory: it must be the same memory in every process, however each came to it. */
struct all { pthread_mutex_t mutex, robust; pthread_cond_t cond; pthread_barrier_t barrier; pthread_rwlock_t lock; sem_t sem; int count, ready; };
static void prepare(struct all *a) {
  pthread_mutexattr_t m; pthread_mutexattr_init(&m); pthread_mutexattr_setpshared(&m, 1); pthread_mutex_init(&a->mutex, &m); pthread_mutexattr_setrobust(&m, PTHREAD_MUTEX_ROBUST); pthread_mutex_init(&a->robust, &m);
  pthread_condattr_t c; pthread_condattr_init(&c); pthread_condattr_setpshared(&c, 1); pthread_cond_init(&a->cond, &c);
  pthread_barrierattr_t b; pthread_barrierattr_init(&b); pthread_barrierattr_setpshared(&b, 1); pthread_barrier_init(&a->barrier, &b, 4);
  pthread_rwlockattr_t l; pthread_rwlockattr_init(&l); pthread_rwlockattr_setpshared(&l, 1); pthread_rwlock_init(&a->lock, &l); sem_init(&a->sem, 1, 0); a->count = a->ready = 0;
}
static void use(const char *what, struct all *a, struct all *other) {
  printf("%s\n", what); prepare(a); fflush(stdout);
  for (int i = 0; i < 3; i++) if (!fork()) { struct all *s = i & 1 ? a : other; for (int k = 0; k < 200; k++) { pthread_mutex_lock(&s->mutex); s->count++; pthread_mutex_unlock(&s->mutex); } pthread_barrier_wait(&s->barrier); sem_post(&s->sem); pthread_mutex_lock(&s->mutex); while (!s->ready) pthread_cond_wait(&s->cond, &s->mutex); pthread_mutex_unlock(&s->mutex); pthread_rwlock_rdlock(&s->lock); pthread_rwlock_unlock(&s->lock); _exit(7); }
  pthread_barrier_wait(&a->barrier); for (int i = 0; i < 3; i++) sem_wait(&a->sem); printf("count %d\n", a->count); pthread_rwlock_wrlock(&other->lock); pthread_mutex_lock(&other->mutex); other->ready = 1; pthread_cond_broadcast(&other->cond); pthread_mutex_unlock(&other->mutex); nap(20); pthread_rwlock_unlock(&other->lock);
  for (int i = 0; i < 3; i++) { int s; wait(&s); show_status("child", s); }
  CHILD("dies with the mutex", pthread_mutex_lock(&other->robust)); SHOW(pthread_mutex_lock(&a->robust) == EOWNERDEAD); SHOW(pthread_mutex_consistent(&a->robust)); SHOW(pthread_mutex_unlock(&a->robust)); SHOW(pthread_mutex_trylock(&other->robust)); pthread_mutex_unlock(&other->robust);
}
int main(void) {
  alone();
  int f = shm_open("/nestlab-shared", O_RDWR | O_CREAT | O_EXCL, 0600); SHOW(f >= 0); SHOW(shm_open("/nestlab-shared", O_RDWR | O_CREAT | O_EXCL, 0600)); SHOW(ftruncate(f, 4096)); struct stat st; fstat(f, &st); printf("%o %d %d\n", st.st_mode, (int)st.st_size, (int)st.st_nlink);
  struct all *a = mmap(0, 4096, 3, MAP_SHARED, f, 0), *b = mmap(0, 4096, 3, MAP_SHARED, f, 0); use("POSIX shared memory", a, b); SHOW(shm_unlink("/nestlab-shared")); SHOW(shm_open("/nestlab-shared", O_RDWR, 0)); SHOW(a->count); munmap(a, 4096); SHOW(b->count);
  int id = shmget(IPC_PRIVATE, sizeof *a, 0600); a = shmat(id, 0, 0); b = shmat(id, 0, 0); shmctl(id, IPC_RMID, 0); use("System V shared memory", a, b);
  a = mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0); b = mremap(a, 0, 4096, MREMAP_MAYMOVE); use("anonymous shared memory", a, b);
  f = memfd_create("shared", 0); ftruncate(f, 4096); a = mmap(0, 4096, 3, MAP_SHARED, f, 0); b = mmap(0, 4096, 3, MAP_SHARED, f, 0); use("memfd", a, b);
  f = open("file", O_RDWR | O_CREAT, 0600); ftruncate(f, 4096); a = mmap(0, 4096, 3, MAP_SHARED, f, 0); b = mmap(0, 4096, 3, MAP_SHARED, f, 0); use("file", a, b);
  sem_t *s = sem_open("/nestlab-sem", O_CREAT | O_EXCL, 0600, 1); SHOW(s != SEM_FAILED); SHOW(sem_open("/nestlab-sem", O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED); SHOW(sem_wait(s)); SHOW(sem_trywait(s)); pid_t p = BESIDE(sem_t *t = sem_open("/nestlab-sem", 0); TELL(sem_wait(t))); SHOW(sem_post(s)); JOIN("sem_open", p); int v; sem_getvalue(s, &v); printf("%d\n", v); struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_nsec += 1000000; if (t.tv_nsec >= 1000000000) t.tv_nsec -= 1000000000, t.tv_sec++; SHOW(sem_timedwait(s, &t)); SHOW(sem_close(s)); SHOW(sem_unlink("/nestlab-sem")); SHOW(sem_unlink("/nestlab-sem")); SHOW(sem_open("/nestlab-sem", 0) == SEM_FAILED);
  return 0;
}
