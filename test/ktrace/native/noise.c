/* Children make calls of ktrace(2) and pagetables(2) at random until they end or break; the kernel must not. */
#define _GNU_SOURCE
#include "ktrace.h"
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static unsigned seed;
static unsigned below(unsigned bound) {
  seed = seed * 1103515245 + 12345;
  return (seed >> 8) % bound;
}

static const char *const TEXTS[] = {
    "tick { }",
    "syscall:*:entry { @[name, arg0] = count(); }",
    "syscall:getppid:entry { return(w); }",
    "syscall:*:return /ret < 0/ { @[ret] = hist(elapsed); return(-1); }",
    "syscall:getppid:entry { save(f); restore(f); }",
    "syscall:getppid:entry { goto(e); }",
    "syscall:*:entry /mode == app/ { save(f); limit(0x0fffffff); mode = kernel; }",
    "fault:* { save(f); signal(SIGUSR1); }",
    "fault:* { restore(f); }",
    "signal:* /number != 9/ { @s[name] = count(); restore(f); }",
    "syscall:*:entry { signal(SIGUSR1); limit(0xbfffffff); }",
    "demand, switch { @[tid] = count(); }",
    "syscall:getppid:entry { pagetable(w); }",
    "syscall:*:entry { @[str(arg0), str(arg1, w)] = sum(arg2); }",
    "syscall:*:entry { goto(e",
    "",
};

static char *area;
static const unsigned SPECIAL[] = {0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 99, 4096, 0x1000, 0x08048000, 0x10000000, 0x7fffffff, 0x80000000, 0xbffff000, 0xc0000000, 0xfffff000, 0xffffffff};

static int any(void) {
  switch (below(4)) {
  case 0: return SPECIAL[below(sizeof SPECIAL / sizeof *SPECIAL)];
  case 1: return (int)area + below(8192);
  case 2: return below(10);
  default: return below(1 << 24) << 8 | below(256);
  }
}

static void *idle(void *unused) {
  for (int n = 0; n < 20; n++) getppid();
  return 0;
}

static void one(void) {
  static const int MEMORY[] = {91, 125, 192, 219, 163, 150, 151, 123, 20, 4};
  switch (below(12)) {
  case 0: case 1: {
    struct name names[3] = {{"f", FRAME, (uint32_t)area + 96 * below(40), 0}, {"e", ENTRY, any(), below(2) ? (int)area : 0}, {"w", WORD, (uint32_t)area + 4 * below(1024), 0}};
    load(TEXTS[below(sizeof TEXTS / sizeof *TEXTS)], names, 3);
    return;
  }
  case 2: attach(1 + below(6), below(3) ? 0 : any(), below(9)); return;
  case 3: call(KTRACE, 3 + below(3), 1 + below(6), any(), any()); return;
  case 4: call(KTRACE, any(), any(), any(), any()); return;
  case 5: call(RESUME, any(), any(), any(), any()); return;
  case 6: call(509, 1, any() & ~4095, any() & ~4095, 0); return;
  case 7: {
    int words[7] = {MEMORY[below(10)], any(), any(), any(), any(), any(), any()};
    call(509, 2, below(4), (int)words, 0);
    return;
  }
  case 8: if (below(8) == 0) call(509, 3, below(4), 0, 0); return;
  case 9: call(509, 4, below(4), 0, 0); return;
  case 10: if (below(4) == 0) { int child = fork(); if (child == 0) { getppid(); _exit(0); } if (child > 0) waitpid(child, 0, 0); } return;
  case 11: if (below(8) == 0) { pthread_t it; if (pthread_create(&it, 0, idle, 0) == 0) pthread_join(it, 0); } getppid(); return;
  }
}

int main(int argc, char **argv) {
  setvbuf(stdout, 0, _IONBF, 0);
  area = shared(8192);
  signal(SIGUSR1, SIG_IGN);
  int ended = 0;
  for (int n = 0; n < 300; n++) {
    int child = fork(), status;
    if (child == 0) {
      seed = atoi(argv[1]) * 1000 + n;
      for (int m = 0; m < 60; m++) one();
      _exit(0);
    }
    /* Some scripts keep their thread busy for ever, whatever comes. */
    for (int turn = 0; turn < 20 && waitpid(child, &status, WNOHANG) == 0; turn++) usleep(1000);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    ended += status == 0;
  }
  printf("%d\n", ended > 20 && ended < 300);
  return 0;
}
