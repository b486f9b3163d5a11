/* Threads that share counters, a timer's signals, a child and a pipe: what depends on when anything happens is printed. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;
static volatile unsigned turns[3];
static unsigned seen[16];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void tick(int signal) { seen[ticks++ & 15] = turns[0] + turns[1] + turns[2]; }

static void *count(void *argument) {
  long n = (long)argument;
  for (unsigned i = 0; i < 60000; i++) {
    turns[n] += i & 3;
    if (i % 500 == 0) {
      pthread_mutex_lock(&lock);
      if (i % 20000 == 0) printf("%ld: %u %u %u\n", n, turns[0], turns[1], turns[2]);
      pthread_mutex_unlock(&lock);
    }
  }
  return NULL;
}

int main(int argc, char **argv) {
  struct itimerval every = {{0, 700}, {0, 700}};
  signal(SIGALRM, tick);
  setitimer(ITIMER_REAL, &every, NULL);
  pthread_t threads[3];
  for (long n = 0; n < 3; n++) pthread_create(&threads[n], NULL, count, (void *)n);
  for (int n = 0; n < 3; n++) pthread_join(threads[n], NULL);
  int ends[2];
  if (pipe(ends) < 0) return 1;
  if (fork() == 0) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    dprintf(ends[1], "child at %ld.%09ld", (long)now.tv_sec, now.tv_nsec);
    _exit(0);
  }
  char text[64] = "";
  while (read(ends[0], text, sizeof text - 1) < 0) continue;
  while (wait(NULL) < 0) continue;
  struct itimerval never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &never, NULL);
  printf("%s, ticks: %d\n", text, (int)ticks);
  for (int n = 0; n < 16; n++) printf("%u%c", seen[n], n == 15 ? '\n' : ' ');
  return 0;
}
