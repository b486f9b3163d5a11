/* Attacks on control: jumps, traps and frames that the program makes up. */
#include "attack.h"

static const char executed[] = "EXECUTED\n";
static u32 hostile_stack[256] __attribute__((aligned(64)));

/* A stack on which the stub would find calls to make. */
static u32 forge(u32 number, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f) {
  u32 record[] = {number, a, b, c, d, e, f};
  for (u32 n = 0; n < 30; n++) memcpy(&hostile_stack[n * 7], record, sizeof record);
  hostile_stack[210] = 0;
  return (u32)hostile_stack;
}

/* From every byte of every page that is there beside the program's own. */
void attack_bytes(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs));
  for (int n = 0; n < count; n++) for (u32 page = runs[n].from; page < runs[n].to && page < runs[n].from + 3 * PAGE; page += PAGE) {
    int by[32] = {0}, back = 0;
    /* What lies in a page of data is changed by every exception: no call that shows, no count. */
    u32 call = runs[n].writable ? SYS_getppid : SYS_write;
    /* The guest kernel's own code, where a tower has it here: its traps are this program's own calls. */
    if (!runs[n].writable && memcmp((void *)(page + PAGE - 32), "nestlab guest kernel", 20) == 0) continue;
    for (u32 at = page; at < page + PAGE; at++) {
      struct registers r = {.eax = call, .ebx = 2, .ecx = (u32)executed, .edx = sizeof executed - 1, .eip = at, .flags = IF};
      r.esp = forge(call, 2, (u32)executed, sizeof executed - 1, 0, 0, 0);
      struct outcome o = launch(&r);
      if (o.signal) by[o.signal]++;
      else back++;
    }
    tell("%x:", page);
    if (runs[n].writable) { tell(" tried\n"); continue; }
    for (int s = 1; s < 32; s++) if (by[s]) tell(" %s %d", s == SIGSEGV ? "SIGSEGV" : s == SIGTRAP ? "SIGTRAP" : s == SIGILL ? "SIGILL" : s == SIGFPE ? "SIGFPE" : "SIGBUS", by[s]);
    tell(back ? " back %d\n" : "\n", back);
  }
}

/* Calls that the stub would make, were it let: each descriptor mapped as if it were the guest kernel's memory. */
void attack_batch(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs)), mapped_there = 0, tries = 0;
  for (int n = 0; n < count; n++) for (u32 fd = 0; fd < 24; fd++) for (int where = 0; where < 2; where++) {
    u32 esp = forge(SYS_mmap2, 0x20000000, PAGE, 7, MAP_SHARED | MAP_FIXED, fd, 0);
    if (where == 1) {
      if (!runs[n].writable) continue;
      memcpy((void *)runs[n].from, hostile_stack, sizeof hostile_stack);
      esp = runs[n].from;
    }
    for (int k = 0; k < count; k++) {
      launch(&(struct registers){.esp = esp, .eip = runs[k].from, .flags = IF});
      tries++;
      mapped_there += readable(0x20000000);
    }
  }
  tell("%s, %d mapped\n", tries ? "tried" : "nothing there", mapped_there);
}

/* The guest kernel's own code, where it can be seen: every stub, with the handle that lies in its first page. */
static void peek(u32 at) { hostile_stack[0] = *(u32 *)at; }
void attack_resume(void) {
  static const u32 places[] = {0x70000000, 0x6f000000, 0x7f000000};
  int by[32] = {0}, handle = 0;
  for (u32 n = 0; n < COUNT(places); n++) if (attempt(peek, places[n]).signal == 0 && !listed(places[n])) handle = hostile_stack[0];
  if (handle) { tell("the handle can be read\n"); return; }
  struct run runs[32];
  int count = strangers(runs, COUNT(runs));
  for (int n = 0; n < count; n++) {
    if (runs[n].writable) continue;
    for (u32 at = runs[n].from; at < runs[n].from + PAGE - 7; at++) {
      if (*(u8 *)at != 0x0f || *(u8 *)(at + 1) != 0xb9) continue;
      for (u32 guess = 0; guess < 200; guess++) by[launch(&(struct registers){.ebp = guess, .edi = (u32)hostile_stack, .esp = (u32)hostile_stack + 512, .eip = at, .flags = IF}).signal]++;
    }
  }
  tell(by[SIGILL] + by[SIGSEGV] + by[0] == 0 ? "no stubs\n" : by[0] ? "WENT ON\n" : "refused\n");
}

/* The trap instruction itself, placed in every strange page that can be written, and at the very end of the own ones. */
void attack_trap(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs));
  for (int n = 0; n < count; n++) if (runs[n].writable) {
    u8 *at = (u8 *)runs[n].from + 0x200;
    at[0] = 0xcd;
    at[1] = 0x80;
    struct registers r = {.eax = SYS_write, .ebx = 2, .ecx = (u32)executed, .edx = sizeof executed - 1, .eip = (u32)at, .flags = IF, .esp = (u32)hostile_stack};
    struct outcome o = launch(&r);
    tell("int 0x80 at %x: %s\n", (u32)at, o.signal == SIGSEGV ? "SIGSEGV" : words(&o));
  }
  /* The last page is the stack's, with the words of the command line at its end. */
  u8 *last = (u8 *)edge() - PAGE;
  syscall(SYS_mprotect, last, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
  last[PAGE - 2] = 0xcd;
  last[PAGE - 1] = 0x80;
  forge(0, 0, 0, 0, 0, 0, 0);
  struct registers r = {.eax = SYS_write, .ebx = 1, .ecx = (u32)"its own call\n", .edx = 13, .eip = (u32)last + PAGE - 2, .flags = IF, .esp = (u32)hostile_stack};
  struct outcome o = launch(&r);
  tell("after the last page: %s\n", o.signal ? "SIGSEGV" : "back");
}

/* Other ways in than int 0x80. */
static u8 *code;
static struct outcome run(const u8 *bytes, u32 count, u32 eax) {
  if (!code) code = memory((void *)0x30000000, PAGE);
  memset(code, 0xcc, 64);
  memcpy(code, bytes, count);
  code[count] = 0xe9; /* jmp landing */
  *(u32 *)(code + count + 1) = (u32)landing - (u32)code - count - 5;
  return launch(&(struct registers){.eax = eax, .ebx = 2, .ecx = (u32)executed, .edx = sizeof executed - 1, .esp = (u32)hostile_stack + 512, .ebp = (u32)hostile_stack + 512, .eip = (u32)code, .flags = IF});
}
#define RUN(name, eax, ...) do { static const u8 b_[] = {__VA_ARGS__}; struct outcome o_ = run(b_, sizeof b_, eax); tell("%s: %s\n", name, words(&o_)); } while (0)
void attack_entries(void) {
  RUN("sysenter", SYS_write, 0x0f, 0x34);
  RUN("syscall", SYS_write, 0x0f, 0x05);
  RUN("sysexit", SYS_write, 0x0f, 0x35);
  RUN("int 0x81", SYS_write, 0xcd, 0x81);
  RUN("int 0x82", SYS_write, 0xcd, 0x82);
  RUN("int 0x20", SYS_write, 0xcd, 0x20);
  RUN("int 0x2e", SYS_write, 0xcd, 0x2e);
  RUN("int 14", SYS_write, 0xcd, 14);
  RUN("int 13", SYS_write, 0xcd, 13);
  RUN("int 8", SYS_write, 0xcd, 8);
  RUN("int 2", SYS_write, 0xcd, 2);
  RUN("int 1", SYS_write, 0xcd, 1);
  RUN("int 3", SYS_write, 0xcd, 3);
  RUN("int3", SYS_write, 0xcc);
  RUN("into", SYS_write, 0xb0, 0x7f, 0x04, 1, 0xce);
  RUN("icebp", SYS_write, 0xf1);
  RUN("ud1", SYS_write, 0x0f, 0xb9, 0x05, 1, 0, 0, 0);
  RUN("ud2", SYS_write, 0x0f, 0x0b);
  RUN("vsyscall ffffe000", SYS_write, 0xb8, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xe0);
  RUN("vsyscall ffffe400", SYS_write, 0xb8, 0x00, 0xe4, 0xff, 0xff, 0xff, 0xe0);
  RUN("vsyscall ffffe414", SYS_write, 0xb8, 0x14, 0xe4, 0xff, 0xff, 0xff, 0xe0);
  RUN("kernel c0000000", SYS_write, 0xb8, 0, 0, 0, 0xc0, 0xff, 0xe0);
  RUN("kernel c0100000", SYS_write, 0xb8, 0, 0, 0x10, 0xc0, 0xff, 0xe0);
}

/* What only rings below may do. */
void attack_privileged(void) {
  RUN("hlt", 0, 0xf4);
  RUN("cli", 0, 0xfa);
  RUN("sti", 0, 0xfb);
  RUN("in", 0, 0xe4, 0x60);
  RUN("out", 0, 0xe6, 0x80);
  RUN("insb", 0, 0x6c);
  RUN("outsb", 0, 0x6e);
  RUN("lgdt", 0, 0x0f, 0x01, 0x14, 0x24);
  RUN("lidt", 0, 0x0f, 0x01, 0x1c, 0x24);
  RUN("lldt", 0, 0x0f, 0x00, 0xd0);
  RUN("ltr", 0, 0x0f, 0x00, 0xd8);
  RUN("lmsw", 0, 0x0f, 0x01, 0xf0);
  RUN("clts", 0, 0x0f, 0x06);
  RUN("invd", 0, 0x0f, 0x08);
  RUN("wbinvd", 0, 0x0f, 0x09);
  RUN("invlpg", 0, 0x0f, 0x01, 0x38);
  RUN("mov eax, cr0", 0, 0x0f, 0x20, 0xc0);
  RUN("mov cr0, eax", 0, 0x0f, 0x22, 0xc0);
  RUN("mov cr3, eax", 0, 0x0f, 0x22, 0xd8);
  RUN("mov cr4, eax", 0, 0x0f, 0x22, 0xe0);
  RUN("mov dr0, eax", 0, 0x0f, 0x23, 0xc0);
  RUN("mov eax, dr7", 0, 0x0f, 0x21, 0xf8);
  RUN("rdmsr", 0, 0x0f, 0x32);
  RUN("wrmsr", 0, 0x0f, 0x30);
}

static void to_selector(u32 s) {
  static volatile u32 far[2];
  far[0] = (u32)landing;
  far[1] = s & 0xffff;
  if (s >> 16 == 0) __asm__ volatile("ljmp *%0" : : "m"(*far));
  else if (s >> 16 == 1) __asm__ volatile("lcall *%0" : : "m"(*far));
  else if (s >> 16 == 2) __asm__ volatile("pushl %0; pushl %1; lret" : : "r"(s & 0xffff), "r"(landing));
  else __asm__ volatile("pushl $0x3f2ff; pushl %0; pushl %1; iret" : : "r"(s & 0xffff), "r"(landing));
}
static void load_selector(u32 s) {
  u16 v = s;
  if (s >> 16 == 0) __asm__ volatile("movw %0, %%fs; xorl %%eax, %%eax; movw %%ax, %%fs" : : "r"(v) : "eax");
  else if (s >> 16 == 1) __asm__ volatile("movw %0, %%gs; xorl %%eax, %%eax; movw %%ax, %%gs" : : "r"(v) : "eax");
  else __asm__ volatile("movw %%ss, %%cx; movw %0, %%ss; movw %%cx, %%ss" : : "r"(v) : "ecx");
}
/* Every selector of the GDT's and the LDT's first entries, with every RPL, loaded and jumped through. */
void attack_selectors(void) {
  static const char *const loads[] = {"fs", "gs", "ss"}, *const jumps[] = {"ljmp", "lcall", "lret", "iret"};
  for (u32 kind = 0; kind < COUNT(loads); kind++) {
    tell("%s:", loads[kind]);
    for (u32 s = 0; s < 0x200; s++) if (attempt(load_selector, kind << 16 | s).signal == 0) tell(" %x", s);
    tell("\n");
  }
  for (u32 kind = 0; kind < COUNT(jumps); kind++) {
    tell("%s:", jumps[kind]);
    for (u32 s = 0; s < 0x200; s++) {
      struct outcome o = attempt(to_selector, kind << 16 | s);
      if (o.signal == 0) tell(" %x lands at %x with %x", s, landed_cs, landed_flags & (IOPL | VM));
    }
    tell("\n");
  }
}

/* Flags that a program must not have, and a task return that is none. */
static void flags_of(u32 f) { __asm__ volatile("pushl %0; popfl; pushfl; popl %%ss:landed_flags; pushl $0x202; popfl" : : "r"(f)); }
static void task_return(u32 f) { __asm__ volatile("pushl $0x4202; popfl; iret"); (void)f; }
void attack_flags(void) {
  static const u32 tries[] = {IOPL, VM, NT, RF, AC, 0xffffffff & ~TF, 0};
  for (u32 n = 0; n < COUNT(tries); n++) {
    struct outcome o = attempt(flags_of, tries[n]);
    tell("popf %x: %s, IOPL %x VM %x IF %x\n", tries[n], words(&o), landed_flags & IOPL, landed_flags & VM, landed_flags & IF);
  }
  struct outcome o = attempt(task_return, 0);
  tell("iret with NT: %s\n", words(&o));
}

/* Single steps across the trap: how many, and where they stop. */
static void stepped(u32 number) {
  __asm__ volatile("pushfl; orl $0x100, (%%esp); popfl; nop; int $0x80; nop; nop; pushfl; andl $~0x100, (%%esp); popfl" : : "a"(number), "b"(0) : "ecx", "edx");
}
void attack_step(void) {
  static const u32 calls[] = {20, 0x7fffffff, SYS_getppid};
  for (u32 n = 0; n < COUNT(calls); n++) {
    steps_left = 12;
    attempt(stepped, calls[n]);
    tell("%d steps left, at", steps_left);
    for (int k = 0; k < 12 - steps_left; k++) tell(" %d", step_eip[k] - step_eip[0]);
    tell("\n");
    steps_left = 0;
  }
}

/* Numbers that are no calls, or words to the kernel itself: the result, and that the registers stay. */
void attack_numbers(void) {
  static const u32 numbers[] = {0x7fffffff, 0x80000000u, 0xffffffffu, -512, -513, -514, -516, -517, 0x40000014, 1000, 17, 0x8014};
  for (u32 n = 0; n < COUNT(numbers); n++) {
    u32 a, b = 0x11111111, c = 0x22222222, d = 0x33333333, s = 0x44444444, i = 0x55555555;
    __asm__ volatile("int $0x80" : "=a"(a), "+b"(b), "+c"(c), "+d"(d), "+S"(s), "+D"(i) : "0"(numbers[n]));
    bool kept = b == 0x11111111 && c == 0x22222222 && d == 0x33333333 && s == 0x44444444 && i == 0x55555555;
    tell("%x: %d%s\n", numbers[n], (int)a, kept ? "" : " CHANGED");
  }
  for (int value = -511; value >= -517; value--) {
    struct outcome o = launch(&(struct registers){.eax = value, .esp = (u32)hostile_stack + 512, .eip = 0x00001000, .flags = IF});
    tell("%d at a fault: %d, %s\n", value, (int)o.eax, words(&o));
  }
}

/* Stacks that lie where no stack of a program may. */
void attack_stack(void) {
  static const u32 places[] = {0, 4, 0x70001000, 0xb7ffe010u, 0xb7fff004u, 0xb7fff100u, 0xb7fff7f0u, 0xb7fff804u, 0xb7fff810u, 0xb7fff900u, 0xb7fffb00u, 0xb7fffc00u, 0xb8000000u, 0xb8000004u, 0xbfffa000u, 0xbfffa010u, 0xbfffb000u, 0xbfffb010u, 0xbfffb400u, 0xbfffc000u, 0xbfffc004u, 0xbfffc100u, 0xbfffc800u, 0xbfffd000u, 0xbfffd004u, 0xbfffd100u, 0xbfffd800u, 0xbfffe000u, 0xbfffe004u, 0xbfffe800u, 0xbffff000u, 0xbffff001u, 0xbffff004u, 0xbffff100u, 0xbffff2d8u,
    0xbffff400u, 0xbffff800u, 0xbffffffcu, 0xc0000000u, 0xc0000004u, 0xfffffffcu};
  for (u32 n = 0; n < COUNT(places); n++) {
    struct outcome o = launch(&(struct registers){.eax = 1, .esp = places[n], .eip = 0x00001000, .flags = IF});
    if (o.signal != SIGSEGV || o.address != 0x1000 || o.vector != 14) tell("%x: %s\n", places[n], words(&o));
  }
  for (u32 n = 0; n < COUNT(places); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      struct { u32 at, flags, size; } off = {0, 2, 0};
      syscall(SYS_sigaltstack, &off, 0);
      launch(&(struct registers){.esp = places[n], .eip = 0x00001000, .flags = IF});
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if (status != 0 && status != 99 << 8 && (status & 0x7f) != SIGSEGV) tell("%x without another stack: status %x\n", places[n], status);
  }
  tell("done\n");
}
