/* Large pieces of files in memory, mapped, populated, protected and given up by chance, with parts of them treated apart:
   what is read, written, refused and listed must be what the real kernel shows, whatever lies behind it. */
#include "../show.h"
#include <setjmp.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#define PG 4096
#define MB (1 << 20)
#define PAGES 6144
static char *const base = (char *)0x30000000;
static unsigned state = 1; static unsigned rnd(unsigned n) { state = state * 1103515245 + 12345; return (state >> 8) % n; }
static sigjmp_buf back; static int code; static void fault(int s, siginfo_t *i, void *u) { code = s * 100 + i->si_code; siglongjmp(back, 1); }
static int get(volatile int *p) { code = 0; int v = 0; if (!sigsetjmp(back, 1)) v = *p; return code ? -code : v; }
static int put(volatile int *p, int v) { code = 0; if (!sigsetjmp(back, 1)) *p = v; return code; }
static unsigned hash; static void mix(int v) { hash = (hash ^ v) * 16777619; }
static int fd[2], size[2];
/* A range of pages: whole blocks more often than not. */
static void range(int *at, int *count) { if (rnd(3)) { *at = rnd(6) * 1024; *count = (1 + rnd(2)) * 1024; } else { *at = rnd(PAGES); *count = 1 + rnd(rnd(2) ? 8 : 1500); } if (*at + *count > PAGES) *count = PAGES - *at; }
static void maps(void) { char line[300]; FILE *f = fopen("/proc/self/maps", "r"); while (fgets(line, 300, f)) { unsigned long a, b, o; char rights[5]; sscanf(line, "%lx-%lx %4s %lx", &a, &b, rights, &o); if (a >= 0x30000000 && a < 0x32000000 && rights[3] == 's') printf("  %lx-%lx %s %lx\n", a, b, rights, o); } fclose(f); }
static int *word(int page) { return (int *)(base + page * PG + page % 1000 * 4); }
static void contents(const char *what) { hash = 2166136261u; for (int p = rnd(5); p < PAGES; p += 5) mix(get(word(p))); printf("%s: %08x\n", what, hash); hash = 2166136261u; for (int n = 0; n < 2; n++) { struct stat s; fstat(fd[n], &s); for (int at = 0; at < s.st_size; at += PG) { int v = 0; pread(fd[n], &v, 4, at + (at / PG) % 1000 * 4); mix(v); } printf("  %d bytes, data at %d, hole at %d\n", (int)s.st_size, (int)lseek(fd[n], 5 * PG, SEEK_DATA), (int)lseek(fd[n], 5 * PG, SEEK_HOLE)); } printf("  files: %08x\n", hash); }
static int err(long r) { return r == -1 ? -errno : 0; }
static void step(int depth) {
  int at, count, n = rnd(2); range(&at, &count); char *a = base + at * PG; int len = count * PG;
  switch (rnd(depth ? 14 : 18)) {
  case 0: case 1: case 2: case 3: { int shared = rnd(5), rights = rnd(6) ? 3 : 1, offset = rnd(4) ? (at % 1024 + rnd(2) * 1024) : rnd(2000), flags = MAP_FIXED | (shared ? MAP_SHARED : MAP_PRIVATE) | (rnd(2) ? MAP_POPULATE : 0); printf("mmap %x+%x %d %x fd %d %x: %d\n", at, count, rights, flags, n, offset, err((long)mmap(a, len, rights, flags, fd[n], offset * PG))); break; }
  case 4: printf("munmap %x+%x: %d\n", at, count, err(munmap(a, len))); break;
  case 5: case 6: { int rights = rnd(3) ? rnd(2) * 3 : 1; printf("mprotect %x+%x %d: %d\n", at, count, rights, err(mprotect(a, len, rights))); break; }
  case 7: case 8: { int how = 22 + rnd(2); printf("populate %x+%x %d: %d\n", at, count, how, err(madvise(a, len, how))); break; }
  case 9: printf("dontneed %x+%x: %d\n", at, count, err(madvise(a, len, MADV_DONTNEED))); break;
  case 10: case 11: for (int i = 0; i < 20; i++) { int p = at + rnd(count); printf("%x: %d %d\n", p, put(word(p), state), get(word(at + rnd(count)))); } break;
  case 12: { int to = rnd(3) ? rnd(6) * 1024 : rnd(PAGES), c = to + count > PAGES ? PAGES - to : count; mmap(a, c * PG, 3, MAP_SHARED | MAP_FIXED | (rnd(2) ? MAP_POPULATE : 0), fd[n], (at % 1024) * PG); printf("mremap %x+%x to %x: %d\n", at, c, to, err((long)mremap(a, c * PG, c * PG, MREMAP_MAYMOVE | MREMAP_FIXED, base + to * PG))); break; }
  case 13: { struct iovec l = {&(int){0}, 4}, r = {word(at), 4}; printf("vm %x: %d", at, err(process_vm_readv(getpid(), &l, 1, &r, 1, 0))); printf(" %d", *(int *)l.iov_base); *(int *)l.iov_base = state; printf(" %d\n", err(process_vm_writev(getpid(), &l, 1, &r, 1, 0))); break; }
  case 14: { int to = rnd(3) ? rnd(5) * 1024 : rnd(3000); printf("truncate %d to %x: %d\n", n, to, err(ftruncate(fd[n], to * PG))); break; }
  case 15: printf("punch %d %x+%x: %d\n", n, at, count, err(fallocate(fd[n], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at * PG, len))); break;
  case 16: { int v[4] = {state, 1, 2, 3}; printf("write %d %x: %d\n", n, at, lseek(fd[n], 0, SEEK_END) < 2000 * PG ? 0 : (int)pwrite(fd[n], v, 16, rnd(2000) * PG + rnd(900) * 4)); break; }
  case 17: CHILD("child", for (int i = 0; i < 6; i++) step(1); contents("child"); maps());
  }
}
static void poke(void) {
  fflush(stdout); int s; char *q = mmap(base, 4 * MB, 3, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd[0], 0); *q = 'a'; q[PG] = 'b';
  pid_t pid = fork(); if (!pid) { ptrace(PTRACE_TRACEME); madvise(q, 4 * MB, MADV_POPULATE_WRITE); mprotect(q, 4 * MB, PROT_NONE); raise(SIGSTOP); int a = get((int *)q), b = get((int *)(q + PG)), c = mprotect(q + PG, PG, 3), d = get((int *)(q + PG)), e = get((int *)(q + 2 * PG)); printf("%d %d %d %x %d\n", a, b, c, d, e); fflush(stdout); _exit(0); }
  waitpid(pid, &s, 0); OUTCOME(ptrace(PTRACE_PEEKDATA, pid, q, 0)); OUTCOME(ptrace(PTRACE_POKEDATA, pid, q, 5)); OUTCOME(ptrace(PTRACE_POKEDATA, pid, q + PG, 6)); ptrace(PTRACE_CONT, pid, 0, 0); do waitpid(pid, &s, 0); while (WIFSTOPPED(s) && !ptrace(PTRACE_CONT, pid, 0, WSTOPSIG(s)));
  printf("%x %x\n", *(int *)q, *(int *)(q + PG));
}
/* 8 MiB are taken away and given back, n times. */
static int often(const char *how, int n) {
  int f = memfd_create("blocks", 0); ftruncate(f, 8 * MB); char *p = mmap(base, 8 * MB, 3, MAP_SHARED | MAP_FIXED, f, 0); madvise(p, 8 * MB, MADV_POPULATE_WRITE);
  for (int i = 0; i < n; i++) { if (*how == 'u') { munmap(p, 8 * MB); mmap(p, 8 * MB, 3, MAP_SHARED | MAP_FIXED | MAP_POPULATE, f, 0); } else { mprotect(p, 8 * MB, 0); mprotect(p, 8 * MB, 3); } p[PG * 5] += 1; p[PG * 1030] += 1; }
  printf("%d\n", p[PG * 5] + p[PG * 1030]); return 0;
}
int main(int argc, char **argv) {
  if (argc == 3) return often(argv[1], atoi(argv[2]));
  struct sigaction sa = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER}; sigaction(SIGSEGV, &sa, 0); sigaction(SIGBUS, &sa, 0);
  int first = atoi(argv[1]), last = atoi(argv[2]), steps = atoi(argv[3]);
  for (int seed = first; seed < last; seed++) {
    state = seed * 7919 + 1;
    for (int n = 0; n < 2; n++) { fd[n] = memfd_create("blocks", 0); ftruncate(fd[n], (n + 2) * 4 * MB); }
    if (rnd(2)) poke();
    for (int i = 0; i < steps; i++) { step(0); if (i % 10 == 9) { contents("now"); maps(); } }
    munmap(base, PAGES * PG); close(fd[0]); close(fd[1]);
  }
  return 0;
}
