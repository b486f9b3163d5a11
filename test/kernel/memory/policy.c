#include "../show.h"
#define PG 4096
static unsigned long mask[64]; static int mode;
#define get(flags, addr, max) syscall(SYS_get_mempolicy, &mode, mask, max, addr, flags)
static void now(const char *what) { mode = -1; mask[0] = -1; long r = get(0, 0, 64); printf("%s: %ld mode %x mask %lx\n", what, r, mode, mask[0]); fflush(stdout); }
int main(void) {
  char *p = mmap(0, 4 * PG, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); p[0] = 1;
  now("default"); SHOW(get(0, p, 64)); SHOW(get(2, p, 64)); SHOW(mode); SHOW(get(3, p, 64)); SHOW(mode); SHOW(get(1, 0, 64)); SHOW(get(4, 0, 64)); printf("%lx\n", mask[0]); SHOW(get(8, 0, 64)); SHOW(get(2, 0x39000000, 64)); SHOW(get(0, 0, 0)); SHOW(get(6, 0, 64)); SHOW(syscall(SYS_get_mempolicy, 0, 0, 0, 0, 0)); SHOW(syscall(SYS_get_mempolicy, 1, 0, 0, 0, 0)); SHOW(syscall(SYS_get_mempolicy, &mode, 1, 64, 0, 0)); SHOW(syscall(SYS_get_mempolicy, &mode, 0, 64, p, 3));
  for (int m = 0; m < 8; m++) for (unsigned long b = 0; b < 4; b++) { mask[0] = b; printf("mode %d mask %lx: ", m, b); SHOW(syscall(SYS_set_mempolicy, m, mask, 33)); now("  now"); }
  mask[0] = 1; SHOW(syscall(SYS_set_mempolicy, 2 | 1 << 15, mask, 33)); now("static"); SHOW(syscall(SYS_set_mempolicy, 2 | 1 << 15 | 1 << 14, mask, 33)); SHOW(syscall(SYS_set_mempolicy, 3, mask, 33)); now("interleave"); SHOW(get(1, 0, 64)); SHOW(mode); SHOW(syscall(SYS_set_mempolicy, 2, 1, 33)); SHOW(syscall(SYS_set_mempolicy, 2, mask, 0)); SHOW(syscall(SYS_set_mempolicy, 2, mask, 1 << 20)); CHILD("fork", now("child")); SHOW(syscall(SYS_set_mempolicy, 0, 0, 0)); now("default");
  mask[0] = 1;
  SHOW(syscall(SYS_mbind, p, 4 * PG, 2, mask, 33, 0)); SHOW(syscall(SYS_mbind, p + 1, 4 * PG, 2, mask, 33, 0)); SHOW(syscall(SYS_mbind, p, 4 * PG, 9, mask, 33, 0)); SHOW(syscall(SYS_mbind, 0x39000000, PG, 2, mask, 33, 0)); SHOW(syscall(SYS_mbind, p, PG, 2, mask, 33, 64)); SHOW(syscall(SYS_mbind, p, PG, 2, mask, 33, 3)); SHOW(syscall(SYS_mbind, p, 0, 2, mask, 33, 3));
  void *pages[3] = {p, p + PG, (void *)0x39000000}; int status[3] = {7, 7, 7}, nodes[3] = {0, 0, 0}; SHOW(syscall(SYS_move_pages, 0, 3, pages, 0, status, 0)); printf("%d %d %d\n", status[0], status[1], status[2]); SHOW(syscall(SYS_move_pages, 0, 1, pages, nodes, status, 2)); printf("%d\n", status[0]); SHOW(syscall(SYS_move_pages, 0, 1, pages, 0, status, 1)); SHOW(syscall(SYS_move_pages, 0, 1, 1, 0, status, 0)); nodes[0] = 5; SHOW(syscall(SYS_move_pages, 0, 1, pages, nodes, status, 2)); SHOW(syscall(SYS_migrate_pages, 0, 33, mask, mask)); SHOW(syscall(SYS_migrate_pages, 99999, 33, mask, mask));
  return 0;
}
