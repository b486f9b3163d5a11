#include "check.h"
/* Random calls with boundary arguments, from forked children; run on our kernel only (test/kernel/fuzz.test.ts): it must stay up.
   argv[1] = seed, argv[2] = children. */
static u32 state;
static u32 next(void) { state ^= state << 13; state ^= state >> 17; state ^= state << 5; return state; }
static char pages[4 * 4096] __attribute__((aligned(4096)));
static void nothing(int s) { (void)s; }
static u32 value(void) {
  static const u32 edges[] = {0, 1, 2, 3, 4, 5, 7, 8, 10, 12, 16, 31, 32, 63, 64, 100, 128, 255, 256, 1000, 4095, 4096, 4097, 65535, 65536, 0x10000000, 0x7fffffff, 0x80000000, 0x80000001,
    0xbfffe000, 0xbfffffff, 0xc0000000, 0xfffff000, 0xfffffffc, 0xffffffff, 0xfffffffe, 0xffffff9c, 0xffff, 0x1ff, 0644, 0xc1, 0x42, 0x80042, 0x100 | 0x11, 0x32, 0x22};
  switch (next() % 6) {
  case 0: return (u32)pages + next() % sizeof pages;
  case 1: return (u32)pages + 4096 * (next() % 5) - next() % 16;
  case 2: return next() % 12;
  case 3: return next();
  default: return edges[next() % (sizeof edges / sizeof *edges)];
  }
}
static void fill(void) {
  u32 *w = (u32 *)pages;
  for (int i = 0; i < 1024; i++) w[next() % (sizeof pages / 4)] = value();
  memcpy(pages + 4096 - 5, "/tmp", 5); memcpy(pages, "self", 5); memcpy(pages + 64, "/proc/self/exe", 15); memcpy(pages + 128, "x", 2); memcpy(pages + 3 * 4096, ".", 2);
}
static void child(int calls) {
  u32 it[4] = {0, 400, 0, 400};
  for (int i = 0; i < calls; i++) {
    int n = next() % 450;
    if (n == 1 || n == 252 || n == 119 || n == 173) continue;
    if (n == 88 || n == 379) continue;
    for (int s = 1; s < 65; s++) if (next() % 8 == 0) on(s, nothing, next() % 2 ? SA_RESTART : 0);
    on(SIGALRM, nothing, 0);
    mask(SIG_SETMASK, 0);
    syscall(104, 0, it, 0);
    fill();
    int r = syscall(n, value(), value(), value(), value(), value(), value());
    if (r == 0 && (n == 2 || n == 190 || n == 120)) syscall(252, 0);
  }
}
int main(int argc, char **argv) {
  i64 seed = 1, children = 20;
  if (argc > 1) parse_number(argv[1], &seed);
  if (argc > 2) parse_number(argv[2], &children);
  state = (u32)seed * 2654435761u | 1;
  for (int i = 0; i < children; i++) {
    u32 before = next();
    int pid = fork();
    if (pid == 0) { state = before | 1; syscall(SYS_setsid); child(60); syscall(252, 0); }
    for (int waited = 0; wait4(pid, 0, WNOHANG, 0) == 0; waited++) { nap(2); if (waited == 6) kill(-1, SIGKILL); if (waited > 20) break; }
    kill(-1, SIGKILL);
    while (wait4(-1, 0, WNOHANG, 0) > 0) ;
  }
  say("up\n");
  return 0;
}
