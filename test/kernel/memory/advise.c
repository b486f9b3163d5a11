#include "../show.h"
#define PG 4096
static char *at = (char *)0x30000000;
static char *fresh(int pages, int flags) { return mmap(at, pages * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0); }
static int areas(void) { char line[300]; int n = 0; FILE *f = fopen("/proc/self/maps", "r"); while (fgets(line, 300, f)) { unsigned long a = strtoul(line, 0, 16); if (a >= 0x30000000 && a < 0x31000000) n++; } fclose(f); return n; }
static void present(void *p, int pages) { unsigned char v[64]; if (mincore(p, pages * PG, v) < 0) { printf("mincore -%s\n", strerrorname_np(errno)); return; } for (int i = 0; i < pages; i++) putchar('0' + (v[i] & 1)); putchar('\n'); fflush(stdout); }
int main(void) {
  fresh(8, 0); at[0] = 1; at[PG] = 2;
  for (int a = -1; a < 30; a++) if (a != 9 && a != 12 && a != 13 && a != 14 && a != 15 && a != 25) { printf("%d: ", a); SHOW(madvise(at, 4 * PG, a)); }
  fresh(8, 0); at[0] = 1; at[PG] = 2; present(at, 4); SHOW(madvise(at + PG, PG, MADV_DONTNEED)); present(at, 4); printf("%d %d\n", at[0], at[PG]); SHOW(areas());
  SHOW(madvise(at + 1, PG, MADV_DONTNEED)); SHOW(madvise(at, 1, MADV_DONTNEED)); printf("%d\n", at[0]); SHOW(madvise(at, 0, MADV_DONTNEED)); SHOW(madvise(at, -1, MADV_DONTNEED)); SHOW(madvise((void *)0x40000000, PG, MADV_NORMAL)); SHOW(madvise((void *)0x40000000, 0, MADV_NORMAL)); SHOW(madvise((void *)0x40000000, 0, 77));
  munmap(at + 2 * PG, PG); at[PG] = at[3 * PG] = 5; SHOW(madvise(at, 5 * PG, MADV_DONTNEED)); printf("%d %d\n", at[PG], at[3 * PG]); SHOW(madvise(at, 5 * PG, MADV_DONTFORK)); SHOW(areas()); SHOW(madvise(at, 5 * PG, MADV_DOFORK)); SHOW(areas());
  fresh(8, 0); SHOW(madvise(at, 2 * PG, MADV_FREE)); SHOW(madvise(at, 2 * PG, MADV_POPULATE_READ)); present(at, 4); SHOW(madvise(at, 3 * PG, MADV_POPULATE_WRITE)); present(at, 4); mprotect(at, PG, PROT_READ); SHOW(madvise(at, PG, MADV_POPULATE_WRITE)); mprotect(at, PG, PROT_NONE); SHOW(madvise(at, PG, MADV_POPULATE_READ)); SHOW(madvise(at, 16 * PG, MADV_POPULATE_READ));
  fresh(8, 0); at[0] = 7; SHOW(madvise(at, PG, MADV_WIPEONFORK)); CHILD("wiped", printf("%d\n", at[0]); CHILD("grandchild", at[0] = 3; printf("%d\n", at[0]))); SHOW(madvise(at, PG, MADV_KEEPONFORK)); CHILD("kept", printf("%d\n", at[0]));
  /* files */
  int f = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600); ftruncate(f, 3 * PG); char *s = mmap(0, 4 * PG, 3, MAP_SHARED, f, 0), *p = mmap(0, 4 * PG, 3, MAP_PRIVATE, f, 0); s[0] = 1; p[0] = 2; SHOW(madvise(s, PG, MADV_DONTNEED)); SHOW(madvise(p, PG, MADV_DONTNEED)); printf("%d %d\n", s[0], p[0]); SHOW(madvise(s, PG, MADV_FREE)); SHOW(madvise(p, PG, MADV_FREE)); SHOW(madvise(s, PG, MADV_WIPEONFORK)); SHOW(madvise(s, 4 * PG, MADV_POPULATE_READ)); SHOW(madvise(s, 3 * PG, MADV_POPULATE_WRITE)); SHOW(madvise(s, PG, MADV_WILLNEED)); present(s, 3); present(p, 3); SHOW(msync(s, 4 * PG, MS_SYNC));
  /* process_madvise */
  int other = -1; fflush(stdout); pid_t child = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &other, 0, 0); if (!child) { pause(); _exit(0); }
  struct { void *base; unsigned len; } v[2] = {{at, PG}, {at + PG, 2 * PG}}; SHOW(syscall(440, other, v, 2, MADV_COLD, 0)); SHOW(syscall(440, other, v, 2, MADV_DONTNEED, 0)); SHOW(syscall(440, other, v, 2, MADV_WILLNEED, 0)); SHOW(syscall(440, other, v, 2, MADV_COLD, 1)); SHOW(syscall(440, -1, v, 2, MADV_COLD, 0)); SHOW(syscall(440, 1, v, 2, MADV_COLD, 0)); SHOW(syscall(440, other, 1, 2, MADV_COLD, 0)); SHOW(syscall(440, other, v, 1025, MADV_COLD, 0)); SHOW(syscall(440, other, v, 0, MADV_COLD, 0)); v[1].base = (void *)0x40000000; SHOW(syscall(440, other, v, 2, MADV_COLD, 0)); v[0].base = (void *)0x40000000; SHOW(syscall(440, other, v, 2, MADV_COLD, 0)); SHOW(syscall(440, other, v, 2, 77, 0)); v[0].base = at; CHILD("stranger", drop_root(); SHOW(syscall(440, other, v, 1, MADV_COLD, 0)));
  kill(child, SIGKILL); waitpid(child, 0, 0); SHOW(syscall(440, other, v, 1, MADV_COLD, 0));
  /* barriers, keys, user faults */
  SHOW(syscall(SYS_membarrier, 8, 0)); SHOW(syscall(SYS_membarrier, 16, 0)); SHOW(syscall(SYS_membarrier, 8, 0)); SHOW(syscall(SYS_membarrier, 8, 1)); SHOW(syscall(SYS_membarrier, 32, 0)); SHOW(syscall(SYS_membarrier, 64, 0)); SHOW(syscall(SYS_membarrier, 32, 0)); SHOW(syscall(SYS_membarrier, 1, 0)); SHOW(syscall(SYS_membarrier, 2, 0)); SHOW(syscall(SYS_membarrier, 4, 0)); SHOW(syscall(SYS_membarrier, 512, 0)); SHOW(syscall(SYS_membarrier, 3, 0)); SHOW(syscall(SYS_membarrier, 4096, 0)); SHOW(syscall(SYS_membarrier, 0, 1)); SHOW(syscall(SYS_membarrier, 0, 0) & 127); CHILD("fork", SHOW(syscall(SYS_membarrier, 8, 0)); SHOW(syscall(SYS_membarrier, 512, 0)));
  SHOW(syscall(SYS_pkey_alloc, 1, 0)); SHOW(syscall(SYS_pkey_alloc, 0, 4)); SHOW(syscall(SYS_pkey_alloc, 0, 0)); SHOW(syscall(SYS_pkey_free, 1)); SHOW(syscall(SYS_pkey_mprotect, at, PG, PROT_READ, -1)); SHOW(syscall(SYS_pkey_mprotect, at, PG, PROT_READ, 3));
  return 0;
}
