#include "../show.h"
#include <sys/mman.h>
#define PG 4096
static char *at = (char *)0x30000000;
static void limit(long soft) { struct rlimit r = {soft, soft}; setrlimit(RLIMIT_MEMLOCK, &r); }
static char *fresh(int pages, int flags) { return mmap(at, pages * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1, 0); }
static void locked(const char *what) { char line[200]; FILE *f = fopen("/proc/self/status", "r"); while (fgets(line, 200, f)) if (!strncmp(line, "VmLck", 5)) printf("%s: %s", what, line); fclose(f); fflush(stdout); }
static void present(int pages) { unsigned char v[64]; if (mincore(at, pages * PG, v) < 0) { printf("mincore -%s\n", strerrorname_np(errno)); return; } for (int i = 0; i < pages; i++) putchar('0' + (v[i] & 1)); putchar('\n'); fflush(stdout); }
static int areas(void) { char line[300]; int n = 0; FILE *f = fopen("/proc/self/maps", "r"); while (fgets(line, 300, f)) { unsigned long a = strtoul(line, 0, 16); if (a >= 0x30000000 && a < 0x31000000) n++; } fclose(f); return n; }
int main(void) {
  drop_root(); limit(8 * PG);
  fresh(10, 0); present(10); SHOW(mlock(at + 5, 3 * PG)); present(10); locked("four"); SHOW(areas()); SHOW(mlock(at, 4 * PG)); locked("same"); SHOW(mlock(at, 8 * PG)); locked("eight"); SHOW(mlock(at, 9 * PG)); SHOW(mlock(at + 8 * PG, PG)); SHOW(munlock(at + PG, PG)); locked("seven"); SHOW(areas()); SHOW(munlock(at, 10 * PG)); locked("none"); SHOW(areas());
  SHOW(mlock(at, 0)); SHOW(mlock(at + 9 * PG, 2 * PG)); locked("partly"); SHOW(munlock(at + 9 * PG, 2 * PG)); SHOW(mlock((void *)0x40000000, PG)); SHOW(munlock((void *)0x40000000, PG));
  fresh(10, 0); SHOW(syscall(SYS_mlock2, at, 3 * PG, 1)); present(4); at[0] = 1; present(4); SHOW(syscall(SYS_mlock2, at, PG, 2)); locked("on fault");
  SHOW(madvise(at, PG, MADV_DONTNEED)); SHOW(madvise(at, PG, 24)); present(4); SHOW(madvise(at + 3 * PG, PG, MADV_DONTNEED)); SHOW(madvise(at, PG, MADV_PAGEOUT)); SHOW(madvise(at, PG, MADV_COLD)); SHOW(msync(at, PG, MS_INVALIDATE | MS_SYNC)); SHOW(msync(at + 3 * PG, PG, MS_INVALIDATE | MS_SYNC)); CHILD("not inherited", locked("child"));
  SHOW(mprotect(at, PG, PROT_READ)); SHOW(areas()); SHOW(mprotect(at, PG, PROT_READ | PROT_WRITE)); SHOW(areas());
  SHOW((long)mremap(at, 3 * PG, 9 * PG, MREMAP_MAYMOVE)); munlock(at, 10 * PG);
  OUTCOME((long)fresh(4, MAP_LOCKED)); present(4); locked("map locked"); SHOW((long)mmap(0, 5 * PG, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0)); munlock(at, 4 * PG);
  SHOW(mlockall(0)); SHOW(mlockall(8)); SHOW(mlockall(4)); SHOW(mlockall(MCL_CURRENT)); SHOW(mlockall(MCL_FUTURE)); OUTCOME((long)fresh(6, 0)); present(6); locked("future"); SHOW((long)mmap((void *)0x38000000, 3 * PG, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); { char *b = sbrk(0); SHOW((long)sbrk(3 * PG) == -1); SHOW((long)sbrk(0) == (long)b); } CHILD("not inherited", OUTCOME((long)mmap((void *)0x38000000, 30 * PG, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))); SHOW(munlockall()); locked("unlocked"); OUTCOME((long)mmap((void *)0x38000000, 30 * PG, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); SHOW(mlockall(MCL_FUTURE | MCL_ONFAULT)); fresh(6, 0); present(6); locked("on fault"); munlockall();
  limit(0); SHOW(mlock(at, PG)); SHOW(mlock(at, 0)); SHOW(mlockall(MCL_FUTURE)); SHOW((long)mmap(0, PG, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0)); SHOW(munlock(at, PG)); SHOW(munlockall());
  return 0;
}
