#include "../show.h"
#include <setjmp.h>
#define PG 4096
static char *at = (char *)0x30000000;
static sigjmp_buf back; static int code; static void fault(int s, siginfo_t *i, void *u) { code = s * 100 + i->si_code; siglongjmp(back, 1); }
static int r(volatile char *p) { code = 0; if (!sigsetjmp(back, 1)) (void)*p; return code; }
static int w(volatile char *p) { code = 0; if (!sigsetjmp(back, 1)) *p = 1; return code; }
static char *map(void *a, unsigned len, int prot, int flags, int fd, unsigned off) { return mmap(a, len, prot, flags, fd, off); }
static void maps(const char *what) { printf("%s:\n", what); char line[300]; FILE *f = fopen("/proc/self/maps", "r"); while (fgets(line, 300, f)) { unsigned long a, b; char rights[5], *name = strchr(line, '/'); sscanf(line, "%lx-%lx %4s", &a, &b, rights); if (a >= 0x30000000 && a < 0x3a000000) printf("  %lx-%lx %s %s", a, b, rights, name ? strrchr(name, '/') : "\n"); } fclose(f); fflush(stdout); }
#define AP (MAP_ANONYMOUS | MAP_PRIVATE)
int main(void) {
  struct sigaction sa = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER}; sigaction(SIGSEGV, &sa, 0); sigaction(SIGBUS, &sa, 0);
  OUTCOME(map(at, 4 * PG, 3, AP | MAP_FIXED, -1, 0)); SHOW(map(at, PG, 3, AP | MAP_FIXED_NOREPLACE, -1, 0)); SHOW(map(at + PG / 2, PG, 3, AP | MAP_FIXED_NOREPLACE, -1, 0)); OUTCOME(map(at + 4 * PG, PG, 3, AP | MAP_FIXED_NOREPLACE, -1, 0));
  SHOW(map(0, PG, 3, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0)); SHOW(map(0, PG, 3, 0x10 | MAP_ANONYMOUS, -1, 0)); SHOW(map(0, PG, 3, MAP_ANONYMOUS | MAP_SHARED | MAP_GROWSDOWN, -1, 0)); SHOW(map((void *)0x1000, PG, 3, AP | MAP_FIXED, -1, 0) == (void *)0x1000 || errno == EPERM); SHOW(map(0, 0, 3, AP, -1, 0)); SHOW(map(0, 0xfffff000, 3, AP, -1, 0)); SHOW(map(0, 0xffffffff, 3, AP, -1, 0));
  int f = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600), ro = open("data", O_RDONLY), wo = open("data", O_WRONLY), d = open(".", O_RDONLY), pp[2], path = open("data", O_PATH); pipe(pp); char page[PG]; for (int i = 0; i < 6; i++) { memset(page, 'a' + i, PG); write(f, page, PG); }
  SHOW(map(0, PG, 1, MAP_SHARED, wo, 0)); SHOW(map(0, PG, 3, MAP_SHARED, ro, 0)); OUTCOME(map(0, PG, 3, MAP_PRIVATE, ro, 0)); SHOW(map(0, PG, 1, MAP_PRIVATE, d, 0)); SHOW(map(0, PG, 1, MAP_PRIVATE, pp[0], 0)); SHOW(map(0, PG, 1, MAP_PRIVATE, path, 0)); SHOW(map(0, PG, 1, MAP_PRIVATE, 99, 0)); SHOW(map(0, PG, 1, MAP_SHARED_VALIDATE | 0x80000, f, 0)); OUTCOME(map(0, PG, 1, MAP_SHARED_VALIDATE | 0x4000000, f, 0)); SHOW(map(0, PG, 1, MAP_SHARED_VALIDATE | 0x200000, f, 0)); OUTCOME(map((void *)0x36000000, PG, 1, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, f, 0)); OUTCOME(map(0, PG, 1, MAP_SHARED_VALIDATE | MAP_POPULATE, f, 0)); SHOW(map(0, PG, 1, MAP_PRIVATE | MAP_GROWSDOWN, f, 0)); SHOW(syscall(90, 1)); { unsigned a[6] = {0, PG, 1, MAP_PRIVATE, f, 5}; SHOW(syscall(90, a)); a[5] = PG; char *o = (char *)syscall(90, a); printf("%c\n", *o); }
  OUTCOME(syscall(SYS_mmap2, 0, PG, 1, MAP_PRIVATE, f, 0xffffffff)); OUTCOME(syscall(SYS_mmap2, 0, 2 * PG, 1, MAP_PRIVATE, f, 0xffffffff)); SHOW(r((char *)syscall(SYS_mmap2, 0, PG, 1, MAP_PRIVATE, f, 0xfffff)));
  /* remap_file_pages */
  char *s = map((void *)0x31000000, 4 * PG, 3, MAP_SHARED | MAP_FIXED, f, 0); SHOW(syscall(257, s, PG, 0, 5, 0)); printf("%c %c\n", s[0], s[PG]); SHOW(syscall(257, s + PG, 2 * PG, 0, 0, 0)); printf("%c %c %c %c\n", s[0], s[PG], s[2 * PG], s[3 * PG]); maps("remapped"); SHOW(syscall(257, s, PG, 3, 1, 0)); SHOW(syscall(257, at, PG, 0, 1, 0)); SHOW(syscall(257, s, 0, 0, 1, 0)); SHOW(syscall(257, s + 3 * PG, 2 * PG, 0, 1, 0)); SHOW(syscall(257, 0x39000000, PG, 0, 1, 0)); SHOW(syscall(257, s + 100, PG + 5, 0, 2, 0)); printf("%c\n", s[0]);
  /* the end of the file */
  char *e = map((void *)0x32000000, 8 * PG, 3, MAP_SHARED | MAP_FIXED, f, 0), *p = map((void *)0x33000000, 8 * PG, 3, MAP_PRIVATE | MAP_FIXED, f, 0); SHOW(r(e + 5 * PG)); SHOW(r(e + 6 * PG)); SHOW(w(e + 6 * PG)); SHOW(w(p + 5 * PG)); SHOW(w(p + 6 * PG)); ftruncate(f, 3 * PG + 100); SHOW(r(e + 3 * PG)); printf("%c %d\n", e[3 * PG + 99], e[3 * PG + 100]); SHOW(r(e + 4 * PG)); SHOW(r(p + 5 * PG)); e[3 * PG + 200] = 'x'; ftruncate(f, 6 * PG); printf("%d\n", e[3 * PG + 200]); SHOW(r(e + 5 * PG)); printf("%d\n", p[5 * PG]); SHOW(read(f, (void *)(e + 7 * PG), 10)); lseek(f, 0, 0); SHOW(read(f, e + 7 * PG, 10)); SHOW(write(f, e + 7 * PG, 10));
  /* private and shared views */
  pwrite(f, "file", 4, 0); printf("%.4s %.4s\n", e, p); p[0] = 'P'; pwrite(f, "FILE", 4, 0); printf("%.4s %.4s\n", e, p); memcpy(e, "map.", 4); pread(f, page, 4, 0); printf("%.4s\n", page); CHILD("fork", p[1] = 'c'; e[1] = 'C'; printf("%.4s %.4s\n", e, p)); printf("%.4s %.4s\n", e, p);
  /* rights */
  char *x = map((void *)0x34000000, 3 * PG, PROT_READ, AP | MAP_FIXED, -1, 0); SHOW(r(x)); SHOW(w(x)); SHOW(mprotect(x + PG, PG, PROT_NONE)); SHOW(r(x + PG)); maps("three"); SHOW(mprotect(x, 3 * PG, 3)); maps("one"); SHOW(mprotect(x, 4 * PG, PROT_READ)); SHOW(w(x)); SHOW(mprotect(x, 5, PROT_WRITE)); SHOW(r(x)); SHOW(mprotect(x + 1, 5, PROT_WRITE)); SHOW(mprotect((void *)0xfffff000, 2 * PG, 1)); SHOW(mprotect(x, -PG, 1)); SHOW(mprotect(x, PG, 0x20)); SHOW(mprotect(x, PG, PROT_GROWSDOWN)); SHOW(mprotect(x, PG, PROT_GROWSDOWN | PROT_GROWSUP)); SHOW(mprotect(x, PG, PROT_GROWSUP)); SHOW(mprotect(x, PG, 8));
  { char *q = map((void *)0x35000000, PG, 1, MAP_SHARED | MAP_FIXED, ro, 0); SHOW(mprotect(q, PG, 3)); q = map((void *)0x35000000, PG, 1, MAP_PRIVATE | MAP_FIXED, ro, 0); SHOW(mprotect(q, PG, 3)); SHOW(w(q)); }
  /* growing down */
  char *g = map((void *)0x36200000, PG, 3, AP | MAP_FIXED | MAP_GROWSDOWN, -1, 0); SHOW(w(g - 1)); SHOW(w(g - 3 * PG)); maps("grown"); SHOW(mprotect(g, PG, PROT_READ | PROT_GROWSDOWN)); SHOW(w(g - PG)); SHOW(r(g - PG)); map((void *)(g - 0x80000), PG, 3, AP | MAP_FIXED, -1, 0); SHOW(r(g - 0x60000)); SHOW(r(g - 0x10000));
  /* overcommit: the heuristic refuses what alone is more than all memory */
  { char *a = map(0, 0x60000000, PROT_NONE, AP, -1, 0), *b = map(0, 0x20000000, 3, AP | MAP_NORESERVE, -1, 0); printf("%d %d\n", a != MAP_FAILED, b != MAP_FAILED); munmap(a, 0x60000000); munmap(b, 0x20000000); } char *big = map(0, 64 << 20, PROT_NONE, AP, -1, 0); SHOW(mprotect(big, 32 << 20, 3)); SHOW(w(big + (16 << 20))); SHOW(munmap(big, 64 << 20)); SHOW(r(big));
  /* limits */
  CHILD("address space", struct rlimit l = {300 << 20, 300 << 20}; munmap((void *)0, 0); l.rlim_cur = l.rlim_max = 16 << 20; setrlimit(RLIMIT_AS, &l); SHOW(map(0, 32 << 20, 3, AP, -1, 0)); SHOW((long)sbrk(32 << 20)));
  CHILD("data", struct rlimit l = {1 << 20, 1 << 20}; setrlimit(RLIMIT_DATA, &l); SHOW(map(0, 2 << 20, 3, AP, -1, 0)); OUTCOME(map(0, 2 << 20, 1, AP, -1, 0)); OUTCOME(map(0, 2 << 20, 3, MAP_ANONYMOUS | MAP_SHARED, -1, 0)); SHOW((long)sbrk(2 << 20)));
  CHILD("areas", int n = 0; for (;;) { if (mmap((void *)(0x40000000 + n * 2 * PG), PG, n & 1 ? 1 : 3, AP | MAP_FIXED, -1, 0) == MAP_FAILED) break; n++; } SHOW(errno); printf("%d\n", n > 65000 && n < 65531); SHOW(munmap((void *)0x40000000, PG)));
  /* brk */
  { char *b = sbrk(0); SHOW(brk(b + 10 * PG)); SHOW(w(b + 10 * PG - 1)); SHOW(brk(b)); SHOW((char *)syscall(SYS_brk, 1) == b); SHOW((char *)syscall(SYS_brk, 0xffffffff) == b); char *q = map((char *)(((long)b + 5 * PG) & -PG), PG, 3, AP | MAP_FIXED, -1, 0); SHOW(brk(b + 10 * PG)); SHOW(sbrk(0) == b); SHOW(munmap(q, PG)); SHOW(brk(b + 10 * PG)); SHOW(brk(b)); }
  SHOW(msync(e, PG, 8)); SHOW(msync(e, PG, MS_ASYNC | MS_SYNC)); SHOW(msync(e + 1, PG, MS_SYNC)); SHOW(msync((void *)0x39000000, PG, MS_SYNC)); SHOW(msync(e, 0, MS_SYNC)); SHOW(msync(e, -1, MS_SYNC)); SHOW(munmap(e + 1, PG)); SHOW(munmap(e, 0)); SHOW(munmap((void *)0xfffff000, 2 * PG)); SHOW(munmap((void *)0x39000000, PG));
  return 0;
}
