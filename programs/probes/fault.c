#include "probe.h"

/* Writes to fresh anonymous pages, in regions of 1024 pages: up to 1024, COUNT adds only faults. Result: sum of what
 * was written. */
const char probe_name[] = "fault";

enum { PAGE = 4096, REGION = 1024 };

u32 probe(u32 count, char **argv) {
  (void)argv;
  u32 sum = 0;
  for (u32 done = 0; done < count;) {
    u32 pages = count - done < REGION ? count - done : REGION;
    long start = syscall(SYS_mmap2, 0, REGION * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start < 0 && start > -4096) give_up("mmap", start);
    volatile u32 *page = (volatile u32 *)start;
    for (u32 i = 0; i < pages; i++) page[i * (PAGE / 4)] = i;
    for (u32 i = 0; i < pages; i++) sum += page[i * (PAGE / 4)];
    call2(SYS_munmap, start, REGION * PAGE);
    done += pages;
  }
  return sum;
}
