#include "show.h"
#include <sys/timex.h>
/* The clock can be asked how it is steered. */
int main(void){ struct timex t = {0}; int r = adjtimex(&t); printf("%d tick %ld prec %ld tol %ld\n", r >= 0, t.tick, t.precision, t.tolerance); memset(&t,0,sizeof t); SHOW(clock_adjtime(CLOCK_MONOTONIC, &t)); SHOW(clock_adjtime(-1, &t)); SHOW(clock_adjtime(99, &t)); SHOW(syscall(124, 8)); SHOW(syscall(343, 0, 8)); struct { char b[300]; } k = {0}; SHOW(syscall(405, 0, &k) >= 0); printf("%d\n", *(int *)(k.b + 88)); t.modes = ADJ_OFFSET_SS_READ; SHOW(adjtimex(&t) >= 0); CHILD("u", { setuid(65534); t.modes = ADJ_TICK; t.tick = 10000; SHOW(adjtimex(&t)); }); return 0; }
