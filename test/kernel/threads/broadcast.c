#include "check.h"
#include <grp.h>
#include <sys/fsuid.h>
static volatile int go, uids[4];
static void *f(void *a) { while (!go) nap(1); uids[(long)a] = syscall(SYS_getuid32) * 10000 + syscall(SYS_getegid32); return 0; }
static void *raw(void *a) { LIBC(syscall(SYS_setresuid32, 5, 6, 7)); printf("%ld %ld\n", syscall(SYS_getuid32), syscall(SYS_geteuid32)); fflush(stdout); go = 2; nap(100); return 0; }
int main(void) {
  pthread_t t[4];
  CHILD("broadcast", { for (long n = 0; n < 4; n++) pthread_create(t + n, 0, f, (void *)n); nap(20); SHOW(setgroups(0, 0)); SHOW(setgid(1000)); SHOW(setuid(2000)); go = 1; for (int n = 0; n < 4; n++) { pthread_join(t[n], 0); printf("%d\n", uids[n]); } SHOW(setuid(0)); });
  CHILD("one alone", { pthread_create(t, 0, raw, 0); while (go != 2) nap(1); printf("%ld %ld\n", syscall(SYS_getuid32), syscall(SYS_geteuid32)); fflush(stdout); pthread_join(t[0], 0); });
  return 0;
}
