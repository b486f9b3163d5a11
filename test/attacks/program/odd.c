/* Attacks by what is rare: vectors, exceptions in odd places, calls of old machines, steps and signals between. */
#include "attack.h"

enum { SYS_iopl = 110, SYS_ioperm = 101, SYS_vm86old = 113, SYS_vm86 = 166, SYS_setitimer = 104, SYS_arch_prctl = 384, SYS_get_thread_area = 244 };

static u8 *code;
static u32 stack[1024];
/* Runs some bytes, then goes on at `landing`. */
static struct outcome run_flags(const u8 *bytes, u32 count, u32 flags) {
  if (!code) code = memory((void *)0x30000000, PAGE);
  memset(code, 0xcc, 64);
  memcpy(code, bytes, count);
  code[count] = 0xe9;
  *(u32 *)(code + count + 1) = (u32)landing - (u32)code - count - 5;
  return launch(&(struct registers){.eax = 20, .ebx = 0, .ecx = (u32)stack, .edx = 0, .esi = (u32)stack, .edi = (u32)stack, .ebp = (u32)(stack + 512), .esp = (u32)(stack + 512), .eip = (u32)code, .flags = flags | IF});
}

/* Every vector: what each software interrupt is told to be, with its error code. */
void attack_vectors(void) {
  u32 denied = 0, wrong = 0;
  for (u32 n = 0; n < 256; n++) {
    /* 3 and 4 are open; 128 is the way in. */
    if (n == 3 || n == 4 || n == 128) continue;
    const u8 bytes[] = {0xcd, n};
    struct outcome o = run_flags(bytes, 2, 0);
    if (o.signal == SIGSEGV && o.vector == 13 && o.error == (n << 3 | 2) && o.eip == (u32)code) denied++;
    else wrong++;
  }
  tell("%d denied, %d otherwise\n", denied, wrong);
}

/* Whether an access was one to fetch code is told by processors that have NX. */
#define ODD(name, ...) do { static const u8 b_[] = {__VA_ARGS__}; struct outcome o_ = run_flags(b_, sizeof b_, 0); tell("%s: %s, error %x, at %d\n", name, words(&o_), o_.error & 0xffef, o_.signal ? o_.eip - (u32)code : 0); } while (0)
void attack_exceptions(void) {
  ODD("int 3", 0xcd, 3);
  ODD("int3", 0xcc);
  ODD("int 4", 0xcd, 4);
  ODD("into", 0xb0, 0x7f, 0x04, 1, 0xce);
  ODD("into without overflow", 0x30, 0xc0, 0xce);
  ODD("bound", 0x62, 0x06);
  ODD("divide by 0", 0x31, 0xd2, 0xf7, 0xf2);
  ODD("aam 0", 0xd4, 0);
  ODD("lock nop", 0xf0, 0x90);
  ODD("lock jmp", 0xf0, 0xeb, 0);
  ODD("ud2", 0x0f, 0x0b);
  ODD("mov cs, ax", 0x8e, 0xc8);
  ODD("lea eax, eax", 0x8d, 0xc0);
  ODD("fifteen prefixes", 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90);
  ODD("mov ss, null", 0x31, 0xc0, 0x8e, 0xd0);
  ODD("mov ds, null; load", 0x31, 0xc0, 0x8e, 0xd8, 0xa1, 0, 0, 0, 0x30);
  ODD("pop ss; int3", 0x16, 0x17, 0xcc);
  ODD("hlt behind a prefix", 0x66, 0xf4);
  ODD("rep hlt", 0xf3, 0xf4);
  ODD("lar of null", 0x31, 0xc0, 0x0f, 0x02, 0xc0);
  ODD("unaligned with AC", 0x9c, 0x81, 0x0c, 0x24, 0, 0, 4, 0, 0x9d, 0x8b, 0x41, 1, 0x9c, 0x81, 0x24, 0x24, 0xff, 0xff, 0xfb, 0xff, 0x9d);
  ODD("far jump to itself", 0xea, 0, 0, 0, 0, 0, 0);
  ODD("far return to null", 0x6a, 0, 0x6a, 0, 0xcb);
  ODD("iret to null", 0x9c, 0x6a, 0, 0x6a, 0, 0xcf);
  ODD("xlat", 0xbb, 0, 0, 0, 0x70, 0xd7);
  ODD("jump to 70000000", 0xe9, 0xfb, 0xff, 0xff, 0x3f);
  ODD("store to 70000000", 0xa3, 0, 0, 0, 0x70);
  ODD("load from b8001000", 0xa1, 0, 0x10, 0, 0xb8);
}

/* Ports: kernels that have the calls refuse, others have none. */
void attack_ports(void) {
  const int results[] = {syscall(SYS_iopl, 3), syscall(SYS_iopl, 4), syscall(SYS_ioperm, 0x60, 4, 1), syscall(SYS_ioperm, 0xffff, 0x10000, 1)};
  for (u32 n = 0; n < COUNT(results); n++) tell("%s\n", results[n] < 0 ? "refused" : "ALLOWED");
  static const u8 in[] = {0xe4, 0x60}, out[] = {0xe6, 0x80}, cli[] = {0xfa};
  struct outcome a = run_flags(in, 2, 0), b = run_flags(out, 2, 0), c = run_flags(cli, 1, IOPL);
  tell("in %s", words(&a));
  tell(", out %s", words(&b));
  tell(", cli with IOPL %s\n", words(&c));
}

/* Odd sizes and kinds of descriptors, and virtual 8086 mode. */
void attack_legacy(void) {
  static char table[64];
  u32 d[4] = {8192, 0, 0xfffff, 0x51}, thread[4] = {5, 0, 0xfffff, 0x51};
  tell("modify_ldt %d %d %d %d\n", (int)syscall(SYS_modify_ldt, 0x11, d, 16), (int)syscall(SYS_modify_ldt, 1, d, 8), (int)syscall(SYS_modify_ldt, 3, d, 16), (int)syscall(SYS_modify_ldt, 2, table, 64));
  d[0] = 1, d[3] = 0x51 | 6;
  tell("conforming %d, read %d\n", (int)syscall(SYS_modify_ldt, 0x11, d, 16), (int)syscall(SYS_modify_ldt, 0, table, 64));
  tell("area %d", (int)syscall(SYS_set_thread_area, thread));
  thread[0] = 100;
  tell(" %d", (int)syscall(SYS_set_thread_area, thread));
  thread[0] = -2;
  tell(" %d\n", (int)syscall(SYS_set_thread_area, thread));
  tell("vm86 %s\n", (int)syscall(SYS_vm86, 0, 0) < 0 && (int)syscall(SYS_vm86old, 0) < 0 ? "refused" : "ALLOWED");
}

/* The trap flag from popf over instructions of every kind: how many steps, and where. */
static void flag_steps(const char *name, const u8 *bytes, u32 count, int most) {
  u8 with[64] = {0x9c, 0x81, 0x0c, 0x24, 0, 1, 0, 0, 0x9d};
  memcpy(with + 9, bytes, count);
  static const u8 end[] = {0x9c, 0x81, 0x24, 0x24, 0xff, 0xfe, 0xff, 0xff, 0x9d, 0x90};
  memcpy(with + 9 + count, end, sizeof end);
  steps_left = most;
  struct outcome o = run_flags(with, 9 + count + sizeof end, 0);
  tell("%s: %d left, %s, at", name, steps_left, words(&o));
  for (int k = 0; k < most - steps_left; k++) tell(" %d", step_eip[k] - (u32)code - 9);
  tell("\n");
  steps_left = 0;
}
#define STEPS(name, ...) do { static const u8 b_[] = {__VA_ARGS__}; flag_steps(name, b_, sizeof b_, 14); } while (0)
void attack_flagged(void) {
  STEPS("a call", 0xcd, 0x80);
  STEPS("two calls", 0xcd, 0x80, 0xb8, 20, 0, 0, 0, 0xcd, 0x80);
  STEPS("no call", 0xb8, 0xff, 0xff, 0xff, 0x7f, 0xcd, 0x80);
  STEPS("behind pop ss", 0x16, 0x17, 0xcd, 0x80, 0x90);
  STEPS("a string", 0xb9, 3, 0, 0, 0, 0xf3, 0xaa, 0x90);
  STEPS("a fault", 0xa1, 0, 0, 0, 0x70);
  STEPS("getppid by sysenter's number", 0xb8, 64, 0, 0, 0, 0xcd, 0x80, 0x90, 0x90);
}

/* The same by a tracer: where each step ends. */
static int stop_of(int pid) { int status = 0; wait4(pid, &status, 0, 0); return status; }
__asm__(".globl stepped_code\nstepped_code: movl $20, %eax; int $0x80; movl $64, %eax; int $0x80; pushfl; popl %eax; nop; int3; movl 0x70000000, %eax; nop; nop\n");
extern char stepped_code[];
void attack_stepping(void) {
  static const int requests[] = {9, 32, 31}; /* SINGLESTEP, SYSEMU_SINGLESTEP, SYSEMU */
  for (u32 k = 0; k < COUNT(requests); k++) {
    int pid = fork(), turns = 0;
    if (pid == 0) {
      syscall(SYS_ptrace, 0, 0, 0, 0);
      kill(getpid(), SIGSTOP);
      ((void (*)(void))stepped_code)();
    }
    int status = stop_of(pid);
    syscall(SYS_ptrace, 6, pid, 48, stepped_code);
    syscall(SYS_ptrace, 6, pid, 44, -1);
    tell("request %d:", requests[k]);
    while (turns++ < 16) {
      syscall(SYS_ptrace, requests[k], pid, 0, 0);
      status = stop_of(pid);
      if ((status & 0xff) != 0x7f) break;
      u32 eip = 0, flags = 0;
      syscall(SYS_ptrace, 3, pid, 48, &eip);
      syscall(SYS_ptrace, 3, pid, 56, &flags);
      tell(" %d:%x%s", eip - (u32)stepped_code, status >> 8, flags & TF ? "t" : "");
      if ((status >> 8 & 0xff) == SIGSEGV) break;
    }
    tell("\n");
    kill(pid, SIGKILL);
    stop_of(pid);
  }
}

/* A timer that rings as often as it can, while the program traps in every way. */
static volatile int rings;
static void ring(int signal) { rings++; }
static void fault(u32 at) { *(volatile u32 *)at; }
void attack_alarms(void) {
  static const u32 intervals[] = {1, 3, 10, 50, 200};
  int wrong = 0;
  on(SIGALRM, ring, SA_NODEFER);
  for (u32 k = 0; k < COUNT(intervals); k++) {
    struct { u32 s[4]; } timer = {{0, intervals[k], 0, intervals[k]}}, none = {{0, 0, 0, 0}};
    /* A timer without interval is begun anew by the next call: else nothing but handlers might run. */
    timer.s[1] = 0;
    for (int n = 0; n < 40; n++) {
      double f = 3.0 + n, sum = 0;
      syscall(SYS_setitimer, 0, &timer, 0);
      u32 b = 0x1111 + n, c = 0x2222, d = 0x3333, a = 20;
      __asm__ volatile("int $0x80" : "+a"(a), "+b"(b), "+c"(c), "+d"(d));
      wrong += (int)a != getpid() || b != 0x1111 + n || c != 0x2222 || d != 0x3333;
      for (int m = 0; m < 20; m++) sum += f;
      wrong += sum != 20 * f;
      if (n % 8 == 0) { struct outcome o = attempt(fault, 0); wrong += o.signal != SIGSEGV; }
      __asm__ volatile("pushfl; popl %0" : "=r"(a));
      wrong += (a & (TF | DF | NT | IOPL)) != 0;
    }
    syscall(SYS_setitimer, 0, &none, 0);
  }
  tell("%d wrong, %s\n", wrong, rings > 0 ? "it rang" : "no ring");
}

/* SIGSEGV on a stack that is not there; a frame that only half fits. */
static void handled(int signal) { syscall(SYS_exit, 33); }
void attack_onstack(void) {
  for (u32 t = 0; t <= UNMAPPED_COUNT; t++) {
    int status = 0, half = t == UNMAPPED_COUNT, pid = fork();
    if (pid == 0) {
      struct { u32 at, flags, size; } where = {half ? 0x6ffff000 : unmapped[t], 0, half ? 2 * PAGE : PAGE};
      if (half) last_page();
      run_flags((const u8 *)"\x90", 1, 0);
      int r = syscall(SYS_sigaltstack, &where, 0);
      on(SIGSEGV, handled, SA_ONSTACK);
      if (r < 0) exit(1);
      /* The stack of the moment must not be part of that one, or it is used as it is. */
      run_flags((const u8 *)"\xa1\0\0\0", 5, 0);
      exit(2);
    }
    wait4(pid, &status, 0, 0);
    if ((status & 0x7f) != SIGSEGV) tell("%d: %x\n", t, status);
  }
  tell("done\n");
}

/* Frames for sigreturn with selectors that differ little from the program's own. */
static u32 frame_word, frame_value;
static void forge(int signal, void *info, u32 *context) {
  context[5 + frame_word] = frame_value;
  /* CS, EFLAGS, SS: going on where nothing else matters. */
  if (frame_word >= 15) context[5 + 14] = (u32)landing;
}
static void raise_it(u32 unused) { kill(getpid(), SIGUSR1); }
void attack_handmade(void) {
  u16 cs, ds;
  __asm__("movw %%cs, %0; movw %%ds, %1" : "=r"(cs), "=r"(ds));
  const struct { const char *name; u32 word, value; } forgeries[] = {
    {"cs with RPL 0", 15, cs & ~3}, {"cs with RPL 1", 15, cs & ~3 | 1}, {"cs with RPL 2", 15, cs & ~3 | 2}, {"cs is ds", 15, ds}, {"cs null", 15, 0}, {"cs 3", 15, 3}, {"cs of no LDT", 15, 7}, {"cs beyond", 15, 0xfffb},
    {"ss with RPL 0", 18, ds & ~3}, {"ss with RPL 1", 18, ds & ~3 | 1}, {"ss is cs", 18, cs}, {"ss null", 18, 0}, {"ss 3", 18, 3}, {"ss of no LDT", 18, 15}, {"ss beyond", 18, 0xfff3},
    {"upper half of cs", 15, 0x12340000 | cs}, {"IOPL", 16, 0x3202}, {"VM", 16, 0x20202}, {"NT", 16, 0x4202}, {"RF", 16, 0x10202}, {"no IF", 16, 2}, {"eip 70000000", 14, 0x70000000}, {"eip b8001000", 14, 0xb8001000u},
    {"fpu at 70000000", 19, 0x70000000}, {"fpu at b8001000", 19, 0xb8001000u}, {"fpu odd", 19, (u32)stack + 2},
  };
  for (u32 n = 0; n < COUNT(forgeries); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      on(SIGUSR1, forge, SA_SIGINFO);
      frame_word = forgeries[n].word;
      frame_value = forgeries[n].value;
      landed_cs = 3;
      struct outcome o = attempt(raise_it, 0);
      tell("%s: %s, ring %d, IOPL %x VM %x IF %x\n", forgeries[n].name, words(&o), landed_cs & 3, landed_flags & IOPL, landed_flags & VM, landed_flags & IF);
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if (status) show_status(forgeries[n].name, status), flush();
  }
}

/* Breakpoints of the processor where the guest kernel works: it must not be the one that they stop. */
void attack_watchpoints(void) {
  static const u32 controls[] = {0x10001, 0xd0001, 0xf0001, 0x1};
  int refused = 0, traps = 0, ends = 0;
  static const u32 kernels[] = {0x70000000, 0x70000004, 0x70000100, 0x7000002c, 0xb7ffe010u, 0xb7ffe0a0u, 0xb7fff000u, 0xb8000000u};
  for (u32 n = 0; n < COUNT(kernels); n++) for (u32 k = 0; k < COUNT(controls); k++) {
    int pid = fork();
    if (pid == 0) {
      syscall(SYS_ptrace, 0, 0, 0, 0);
      kill(getpid(), SIGSTOP);
      for (int m = 0; m < 5; m++) getppid();
      exit(7);
    }
    int status = stop_of(pid);
    if (syscall(SYS_ptrace, 6, pid, 252, kernels[n]) < 0 || syscall(SYS_ptrace, 6, pid, 252 + 28, controls[k]) < 0) refused++;
    for (int turns = 0; turns < 30; turns++) {
      syscall(SYS_ptrace, 7, pid, 0, 0);
      status = stop_of(pid);
      if ((status & 0xff) != 0x7f) break;
      traps++;
    }
    ends += status == 0x700;
    if ((status & 0xff) == 0x7f) kill(pid, SIGKILL), stop_of(pid);
  }
  tell("%d traps, %d came to their end\n", traps, ends);
}
