#include "check.h"
enum { gettime = 265, getres = 266, gettime64 = 403, getres64 = 406, sleep_on = 267, sleep_on64 = 407, setitimer = 104, getitimer = 105, gettimeofday = 78, settimeofday = 79, times_ = 43, getrusage_ = 77, time_ = 13 };
static volatile int hits[65];
static void hit(int s) { hits[s]++; }
int main(void) {
  struct timespec a, b;
  SHOW(syscall(gettime, 0, &a)); SHOW(syscall(gettime, 1, &a)); SHOW(syscall(gettime, 99, &a)); SHOW(syscall(gettime, 0, 4)); SHOW(syscall(gettime, 2, &a)); SHOW(syscall(gettime, 3, &a)); SHOW(syscall(gettime, 4, &a)); SHOW(syscall(gettime, 5, &a)); SHOW(syscall(gettime, 6, &a)); SHOW(syscall(gettime, 7, &a)); SHOW(syscall(gettime, 11, &a)); SHOW(syscall(gettime, -1, &a)); SHOW(syscall(gettime, 10, &a)); SHOW(syscall(gettime, 12, &a));
  SHOW(syscall(getres, 0, &a)); say("%d %d\n", a.sec, a.nsec); SHOW(syscall(getres, 1, 0)); SHOW(syscall(getres, 99, 0)); SHOW(syscall(getres, 6, &a)); say("%d\n", a.nsec);
  i64 wide[2]; SHOW(syscall(gettime64, 0, wide)); SHOW(wide[0] > 900000000); SHOW(syscall(getres64, 0, wide));
  syscall(gettime, 1, &a); nap(30); syscall(gettime, 1, &b); i64 d = (i64)(b.sec - a.sec) * 1000000000 + b.nsec - a.nsec; SHOW(d >= 30000000 && d < 3000000000ll);
  struct timespec t = {0, 1000000000}; SHOW(nanosleep(&t, 0)); t.nsec = -1; SHOW(nanosleep(&t, 0)); t.sec = -1; t.nsec = 0; SHOW(nanosleep(&t, 0)); t.sec = 0; SHOW(nanosleep(&t, 0)); SHOW(nanosleep((void *)4, 0)); t.nsec = 5000000; SHOW(nanosleep(&t, (void *)4));
  SHOW(syscall(sleep_on, 0, 0, &t, 0)); SHOW(syscall(sleep_on, 1, 1, &t, 0)); SHOW(syscall(sleep_on, 3, 0, &t, 0)); SHOW(syscall(sleep_on, 4, 0, &t, 0)); SHOW(syscall(sleep_on, 77, 0, &t, 0)); wide[0] = 0; wide[1] = 1000; SHOW(syscall(sleep_on64, 1, 0, wide, 0)); SHOW(syscall(sleep_on, 0, 1, &t, 0));
  SHOW(syscall(gettimeofday, &a, 0)); u32 zone[2] = {7, 7}; SHOW(syscall(gettimeofday, 0, zone)); say("%d %d\n", zone[0], zone[1]); SHOW(syscall(gettimeofday, 4, 0)); SHOW(syscall(time_, 4)); SHOW(syscall(time_, 0) > 900000000);
  /* interval timers */
  on(SIGALRM, hit, 0); on(26, hit, 0); on(27, hit, 0);
  u32 it[4] = {0, 20000, 0, 10000}, old[4]; SHOW(syscall(setitimer, 0, it, old)); say("%d %d %d %d\n", old[0], old[1], old[2], old[3]);
  while (hits[SIGALRM] < 3) syscall(SYS_pause);
  SHOW(syscall(getitimer, 0, old)); say("interval %d value in range %d\n", old[1], old[3] <= 20000);
  it[1] = it[3] = 0; SHOW(syscall(setitimer, 0, it, 0)); SHOW(syscall(getitimer, 0, old)); say("%d %d\n", old[1], old[3]); SHOW(syscall(setitimer, 9, it, 0)); SHOW(syscall(getitimer, 9, old)); it[3] = 1000000; SHOW(syscall(setitimer, 0, it, 0)); SHOW(syscall(setitimer, 0, 4, 0)); SHOW(syscall(setitimer, 0, 0, 0));
  it[3] = 10000; SHOW(syscall(setitimer, 1, it, 0)); while (!hits[26]) ; say("virtual %d\n", hits[26]); SHOW(syscall(setitimer, 2, it, 0)); while (!hits[27]) ; say("prof %d\n", hits[27]);
  hits[SIGALRM] = 0; SHOW(syscall(27, 1)); CHILD("alarm is not inherited", exit(syscall(27, 0))); SHOW(syscall(27, 0)); SHOW(syscall(27, 5)); SHOW(syscall(27, 0)); SHOW(hits[SIGALRM]);
  u32 tms[4]; SHOW(syscall(times_, tms) != -1); SHOW(syscall(times_, 0) != -1); OUTCOME(syscall(times_, 4));
  u32 usage[18]; SHOW(syscall(getrusage_, 0, usage)); SHOW(usage[4] > 0); SHOW(syscall(getrusage_, -1, usage)); SHOW(syscall(getrusage_, 5, usage)); SHOW(syscall(getrusage_, 0, 4)); SHOW(syscall(getrusage_, 1, usage));
  u8 info[64]; SHOW(syscall(116, info)); SHOW(syscall(116, 4)); char r[40]; SHOW(syscall(355, r, 40, 0)); SHOW(syscall(355, r, 40, 8)); SHOW(syscall(355, 4, 40, 0)); SHOW(syscall(355, 4, 0, 0)); SHOW(syscall(355, r, 40, 6));
  return 0;
}
