/* Attacks on what the processor keeps: descriptors, FPU and SSE registers, flags of the one before. */
#include "attack.h"

struct user_desc { u32 entry, base, limit, flags; };
static void peek_gs(u32 at) { __asm__ volatile("movl %%gs:(%0), %%eax" : : "r"(at) : "eax"); }
static void load_gs(u32 s) { __asm__ volatile("movw %w0, %%gs" : : "r"(s)); }

/* Segments of the program's own that lead above the end of its world, and round. */
void attack_segments(void) {
  static const struct { u32 base, limit, flags, at; } tries[] = {
    {0xc0000000u, 0xfffff, 0x51, 0}, {0xc0000000u, 0xfffff, 0x51, 0x100000}, {0x80000000u, 0xfffff, 0x51, 0x40000000}, {0xfffff000u, 0xfffff, 0x51, 0}, {0xfffff000u, 0xfff, 0x41, 0x1004}, {0xfffff000u, 0xfff, 0x45, 0xffffff00u},
    {0x70000000, 0xfffff, 0x51, 0}, {0xbffffff0u, 0xfffff, 0x51, 0x10}, {0, 0xfffff, 0x51, 0xc0000000u}, {0, 0, 0x45, 0xc0000000u}, {0xc0000000u, 0xfffff, 0x53, 0}, {0xc0000000u, 0xfffff, 0x57, 0},
  };
  for (u32 n = 0; n < COUNT(tries); n++) {
    struct user_desc d = {-1, tries[n].base, tries[n].limit, tries[n].flags};
    int r = syscall(SYS_set_thread_area, &d);
    struct outcome o = {0};
    if (r == 0) {
      o = attempt(load_gs, d.entry << 3 | 3);
      if (o.signal == 0) o = attempt(peek_gs, tries[n].at);
      load_gs(0);
      struct user_desc none = {d.entry, 0, 0, 0x28};
      syscall(SYS_set_thread_area, &none);
    }
    tell("%x+%x: %d %s\n", tries[n].base, tries[n].at, r, words(&o));
  }
}

/* The same through a table of its own; far calls through its gates, were there any. */
static void call_ldt(u32 s) { static volatile u32 far[2]; far[0] = (u32)landing; far[1] = s; __asm__ volatile("lcall *%0" : : "m"(*far)); }
void attack_ldt(void) {
  int reached = 0, bad = 0;
  for (u32 contents = 0; contents < 4; contents++) for (u32 flags = 0; flags < 128; flags++) {
    struct user_desc d = {1, 0xc0000000u, 0xfffff, (flags & ~6) | contents << 1};
    if (syscall(SYS_modify_ldt, 1, &d, sizeof d) < 0) continue;
    if (attempt(load_gs, 15).signal == 0 && attempt(peek_gs, 0).signal == 0) bad++;
    load_gs(0);
    if (attempt(call_ldt, 15).signal == 0) reached++;
  }
  tell("%d read, %d reached\n", bad, reached);
}

/* Code of 16 bits that traps: its EIP and ESP are what they are. */
void attack_sixteen(void) {
  struct user_desc d = {2, 0x34000000, 0xffff, 0x2 << 1 | 0x40 & 0};
  int r = syscall(SYS_modify_ldt, 1, &d, sizeof d);
  if (r < 0) { tell("no descriptors: %d\n", r); return; }
  u8 *code = memory((void *)0x34000000, PAGE);
  /* mov eax, 20 (66 b8); int 0x80; then a far jump back to 32 bits: 66 ea landing, cs */
  static const u8 bytes[] = {0x66, 0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0x66, 0xea};
  memcpy(code, bytes, sizeof bytes);
  *(u32 *)(code + sizeof bytes) = (u32)landing;
  u16 cs;
  __asm__("movw %%cs, %0" : "=r"(cs));
  memcpy(code + sizeof bytes + 4, &cs, 2);
  static u32 far[2] = {0, 0x17};
  static u8 jump[] = {0xff, 0x2d, 0, 0, 0, 0};
  *(u32 *)(code + 64 + 2) = (u32)far;
  code[64] = 0xff;
  code[65] = 0x2d;
  static u32 stack[64];
  struct outcome o = launch(&(struct registers){.esp = (u32)&stack[32], .eip = (u32)code + 64, .flags = IF});
  tell("%s\n", words(&o));
}

/* Registers that a new program begins with: nothing of those that ran before. */
void attack_fresh(void) {
  static u8 image[512] __attribute__((aligned(16)));
  __asm__ volatile("fxsave %0" : "=m"(image));
  int set = 0;
  for (u32 n = 32; n < 288; n++) set += image[n] != 0;
  tell("%d bytes set, control %x, tags %x\n", set, *(u16 *)image, image[4]);
  u32 debug = 0;
  u16 fs, gs;
  __asm__ volatile("movw %%fs, %0; movw %%gs, %1" : "=r"(fs), "=r"(gs));
  tell("fs %x gs %x\n", fs, gs);
  (void)debug;
}

/* Two programs that fill the registers with their own pattern and look whether it is still theirs. */
void attack_mixed(void) {
  int fds[2], other[2], wrong = 0;
  pipe(fds);
  pipe(other);
  int pid = fork();
  u32 mine = pid ? 0x13579bdf : 0x2468ace0;
  char c = 0;
  for (int n = 0; n < 40; n++) {
    u64 value = (u64)mine << 20 | n, got = 0;
    __asm__ volatile("fninit; fildll %0; fildll %0; fildll %0" : : "m"(value));
    if (pid) { write(fds[1], &c, 1); read(other[0], &c, 1); }
    else { read(fds[0], &c, 1); write(other[1], &c, 1); }
    for (int k = 0; k < 3; k++) {
      __asm__ volatile("fistpll %0" : "=m"(got));
      if (got != value) wrong++;
    }
  }
  if (pid == 0) exit(wrong);
  int status = 0;
  wait4(pid, &status, 0, 0);
  tell("%d wrong, %d wrong\n", wrong, status >> 8);
}
