#include "probe.h"

/* Maps a page, writes to it, unmaps it. Result: how many pages were fresh. */
const char probe_name[] = "mmap";

enum { PAGE = 4096 };

u32 probe(u32 count, char **argv) {
  (void)argv;
  u32 fresh = 0;
  for (u32 i = 0; i < count; i++) {
    long start = syscall(SYS_mmap2, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start < 0 && start > -4096) give_up("mmap", start);
    /* One read-modify-write instruction: one fault, and it proves that the page was zero. */
    __asm__ volatile("addl %1, %0" : "+m"(*(volatile u32 *)start) : "r"(1));
    fresh += *(volatile u32 *)start;
    call2(SYS_munmap, start, PAGE);
  }
  return fresh;
}
