#include "../show.h"
#define PG 4096
static char *at = (char *)0x30000000;
static char *fresh(int pages, int flags) { munmap(at, 0x1000000); return mmap(at, pages * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0); }
static void maps(const char *what) { printf("%s:\n", what); char line[300]; FILE *f = fopen("/proc/self/maps", "r"); while (fgets(line, 300, f)) { unsigned long a, b, o; char rights[5]; sscanf(line, "%lx-%lx %4s %lx", &a, &b, rights, &o); if (a >= 0x30000000 && a < 0x3a000000) printf("  %lx-%lx %s %lx\n", a, b, rights, o); } fclose(f); fflush(stdout); }
static long re(void *a, unsigned o, unsigned n, int flags, void *to) { return syscall(SYS_mremap, a, o, n, flags, to); }
int main(void) {
  fresh(4, 0); at[0] = 1; at[3 * PG] = 4;
  SHOW(re(at + 1, PG, PG, 0, 0)); SHOW(re(at, PG, 0, 0, 0)); SHOW(re(at, PG, PG, 8, 0)); SHOW(re(at, PG, PG, 2, 0)); SHOW(re(at, PG, PG, 4, 0)); SHOW(re(at, PG, 2 * PG, 5, 0)); SHOW(re((void *)0x39000000, PG, PG, 0, 0)); SHOW(re((void *)0x39000000, PG, 2 * PG, 1, 0)); SHOW(re(at, 0, PG, 1, 0)); SHOW(re(at, 8 * PG, PG, 0, 0)); maps("cut");
  fresh(4, 0); SHOW(re(at, 4 * PG, 2 * PG, 0, 0) == (long)at); SHOW(re(at, 2 * PG, 6 * PG, 0, 0) == (long)at); maps("grown in place"); mmap(at + 6 * PG, PG, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); SHOW(re(at, 6 * PG, 7 * PG, 0, 0)); SHOW(re(at, 2 * PG, 7 * PG, 0, 0)); SHOW(re(at, 7 * PG, 8 * PG, 1, 0)); SHOW(re(at, -PG, PG, 0, 0)); SHOW(re(at, PG, -PG, 1, 0)); SHOW(re(at, 1, 2 * PG + 1, 0, 0));
  /* moves */
  fresh(4, 0); at[0] = 1; at[3 * PG] = 4; SHOW(re(at, 4 * PG, 4 * PG, 3, (void *)0x31000000) == 0x31000000); at = (char *)0x31000000; printf("%d %d\n", at[0], at[3 * PG]); maps("moved"); SHOW(re(at, 4 * PG, 4 * PG, 3, at + PG)); SHOW(re(at, 4 * PG, 4 * PG, 3, (void *)0x32000001)); SHOW(re(at, 4 * PG, 4 * PG, 3, (void *)0xfffff000)); SHOW(re(at + PG, 2 * PG, 5 * PG, 3, (void *)0x32000000) == 0x32000000); maps("middle, longer"); SHOW(re((void *)0x32000000, 5 * PG, PG, 3, (void *)0x33000000) == 0x33000000); maps("shorter"); SHOW(re(at, PG, PG, 3, (void *)0x33000000) == 0x33000000); printf("%d\n", *(char *)0x33000000); maps("over another");
  munmap((void *)0x30000000, 0x9000000); at = (char *)0x30000000; fresh(4, 0); memset(at, 7, 4 * PG); SHOW(re(at, 4 * PG, 4 * PG, 5, 0) != -1); maps("dontunmap"); printf("%d\n", at[0]); munmap((void *)0x30000000, 0x9000000); fresh(4, 0); at[PG] = 3; SHOW(re(at, 4 * PG, 4 * PG, 7, (void *)0x31000000) == 0x31000000); printf("%d %d\n", at[PG], at[0x1000000 + PG]); maps("dontunmap fixed");
  /* several areas */
  munmap((void *)0x30000000, 0x9000000); fresh(4, 0); mprotect(at + PG, PG, PROT_READ); SHOW(re(at, 4 * PG, 8 * PG, 1, 0)); SHOW(re(at, 4 * PG, 2 * PG, 0, 0) == (long)at); maps("cut over areas");
  /* shared */
  munmap((void *)0x30000000, 0x9000000); char *s = mmap(at, 2 * PG, 3, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0); s[0] = 5; SHOW(re(s, 0, 2 * PG, 3, (void *)0x31000000) == 0x31000000); printf("%d\n", *(char *)0x31000000); *(char *)0x31000001 = 6; printf("%d\n", s[1]); maps("twice"); SHOW((unsigned)re(s, 0, 2 * PG, 1, 0) < 0xfffff000u); munmap((void *)0x31000000, PG * 2);
  int f = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600); char page[PG]; for (int i = 0; i < 4; i++) { memset(page, 'a' + i, PG); write(f, page, PG); } s = mmap((void *)0x32000000, 2 * PG, 3, MAP_SHARED | MAP_FIXED, f, PG); SHOW(re(s, 2 * PG, 3 * PG, 0, 0) == (long)s); printf("%c\n", s[2 * PG]); SHOW(re(s + PG, PG, PG, 3, (void *)0x33000000) == 0x33000000); printf("%c %c\n", *(char *)0x33000000, s[0]); maps("file"); char *p = mmap((void *)0x34000000, 2 * PG, 3, MAP_PRIVATE | MAP_FIXED, f, 0); p[0] = 'P'; SHOW(re(p, 2 * PG, 2 * PG, 3, (void *)0x35000000) == 0x35000000); printf("%c %c\n", *(char *)0x35000000, *(char *)0x35001000); SHOW((unsigned)re((void *)0x35000000, 2 * PG, 2 * PG, 5, 0) < 0xfffff000u); printf("%c\n", *(char *)0x35000000);
  CHILD("limit", struct rlimit l = {1 << 20, 1 << 20}; setrlimit(RLIMIT_AS, &l); SHOW(re((void *)0x32000000, PG, 4 << 20, 1, 0)));
  return 0;
}
