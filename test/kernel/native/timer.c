#include "check.h"
enum { create = 259, settime = 260, gettime = 261, overrun = 262, delete = 263 };
static volatile int hits, value, code, id, over, most;
static void hit(int s, int *info, void *c) { (void)s; (void)c; hits++; code = info[2]; id = info[3]; over = info[4]; if (over > most) most = over; value = info[5]; }
int main(void) {
  on(SIGALRM, hit, SA_SIGINFO); on(SIGUSR1, hit, SA_SIGINFO); on(40, hit, SA_SIGINFO);
  int t[3], event[16] = {0x1234, SIGUSR1, 0};
  SHOW(syscall(create, 99, 0, t)); SHOW(syscall(create, 0, 0, 4)); SHOW(syscall(create, 0, 4, t)); event[2] = 9; SHOW(syscall(create, 0, event, t)); event[2] = 0; event[1] = 65; SHOW(syscall(create, 0, event, t)); event[1] = 0; SHOW(syscall(create, 0, event, t));
  event[1] = SIGUSR1; event[2] = 4; event[3] = 1; SHOW(syscall(create, 0, event, t));
  SHOW(syscall(create, 1, 0, &t[0])); event[2] = 0; SHOW(syscall(create, 0, event, &t[1])); event[1] = 40; event[2] = 4; event[3] = getpid(); event[0] = 77; SHOW(syscall(create, 7, event, &t[2]));
  SHOW(t[0] != t[1] && t[1] != t[2]);
  int spec[4] = {0, 0, 0, 5000000}, old[4] = {9, 9, 9, 9};
  SHOW(syscall(settime, 99, 0, spec, 0)); SHOW(syscall(settime, t[0], 0, 0, 0)); SHOW(syscall(settime, t[0], 0, 4, 0)); spec[3] = 1000000000; SHOW(syscall(settime, t[0], 0, spec, 0)); spec[3] = 5000000; SHOW(syscall(settime, t[0], 0, spec, 4));
  SHOW(syscall(settime, t[0], 0, spec, old)); say("%d %d %d %d\n", old[0], old[1], old[2], old[3] != 0);
  while (!hits) syscall(SYS_pause);
  say("hits %d code %d id %d value %d over %d\n", hits, code, id == t[0], value == t[0], over); hits = 0;
  SHOW(syscall(gettime, t[0], old)); say("%d %d\n", old[2], old[3]); SHOW(syscall(overrun, t[0])); SHOW(syscall(overrun, 99)); SHOW(syscall(gettime, 99, old)); SHOW(syscall(gettime, t[0], 4));
  SHOW(syscall(settime, t[1], 0, spec, 0)); while (!hits) syscall(SYS_pause); say("value %x id %d\n", value, id == t[1]); hits = 0;
  SHOW(syscall(settime, t[2], 0, spec, 0)); while (!hits) syscall(SYS_pause); say("value %d id %d\n", value, id == t[2]); hits = 0;
  /* overruns while blocked */
  mask(SIG_BLOCK, BIT(40)); spec[1] = 1000000; spec[3] = 1000000; SHOW(syscall(settime, t[2], 0, spec, 0)); nap(30); most = 0; mask(SIG_UNBLOCK, BIT(40)); spec[1] = spec[3] = 0; SHOW(syscall(settime, t[2], 0, spec, 0));
  say("signals %d with overruns %d\n", hits > 0, most > 10); hits = 0;
  /* absolute and in the past */
  struct timespec now; syscall(SYS_clock_gettime, 1, &now); spec[2] = now.sec; spec[3] = now.nsec; SHOW(syscall(settime, t[0], 1, spec, 0)); while (!hits) syscall(SYS_pause); SHOW(hits); hits = 0;
  spec[2] = 1000; SHOW(syscall(settime, t[0], 0, spec, 0)); CHILD("timers are not inherited", { SHOW(syscall(gettime, t[0], old)); });
  SHOW(syscall(delete, t[0])); SHOW(syscall(delete, t[0])); SHOW(syscall(create, 1, 0, &t[0])); SHOW(syscall(delete, t[1])); SHOW(syscall(delete, t[2]));
  event[2] = 1; SHOW(syscall(create, 2, event, &t[1])); spec[2] = 0; spec[3] = 1000; SHOW(syscall(settime, t[1], 0, spec, 0)); nap(5);
  return 0;
}
