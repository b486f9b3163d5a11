/* Which pages of a shared mapping were written, as /proc/self/smaps tells it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PG = 4096, PAGES = 2100 };

static void report(const char *when, char *at) {
  char line[256], start[16];
  int within = 0, clean = 0, dirty = 0, kib;
  FILE *smaps = fopen("/proc/self/smaps", "r");
  snprintf(start, sizeof start, "%lx-", (unsigned long)at);
  while (fgets(line, sizeof line, smaps)) {
    if (strchr(line, '-') && strchr(line, '-') < strchr(line, ' ')) within = strncmp(line, start, strlen(start)) == 0;
    if (!within) continue;
    if (sscanf(line, "Shared_Clean: %d", &kib) == 1 || sscanf(line, "Private_Clean: %d", &kib) == 1) clean += kib;
    if (sscanf(line, "Shared_Dirty: %d", &kib) == 1 || sscanf(line, "Private_Dirty: %d", &kib) == 1) dirty += kib;
  }
  fclose(smaps);
  printf("%s: clean %d dirty %d\n", when, clean, dirty);
}

int main(void) {
  int file = memfd_create("pages", 0);
  ftruncate(file, PAGES * PG);
  char *at = mmap(0, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  report("new", at);
  at[0] = 1;
  at[5 * PG] = 1;
  report("two written", at);
  volatile char seen = at[7 * PG] + at[2000 * PG];
  report("two read", at);
  at[7 * PG] = 1;
  report("one of them written", at);
  munmap(at, 8 * PG);
  report("unmapped", at + 8 * PG);
  return 0;
}
