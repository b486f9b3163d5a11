/* Attacks of a program that is in ring 1 itself, on the host: a hostile guest kernel, and what its ring 3 could try. */
#include "attack.h"

enum { RING1 = 508, KTRACE = 510, ENTER = 1, TABLES, GATE };
enum { INNER = 0x70000000, SEEN = 0x70400000, INNER_CODE = 0x91, INNER_DATA = 0x99 };
/* The host kernel: its descriptor tables, stack, text, LDT; where other kernels are; the last page. */
static const u32 host[] = {0xc0000000u, 0xc0100000u, 0xc0100100u, 0xc0101ffcu, 0xc0102000u, 0xc0110000u, 0xe0000000u, 0xfffff000u};

static u32 got;
static void peek(u32 at) { got = *(volatile u32 *)at; }
static void poke(u32 at) { *(volatile u32 *)at = 0; }
static void peek_gs(u32 at) { __asm__ volatile("movl %%gs:(%1), %0" : "=r"(got) : "r"(at)); }
static void peek_fs(u32 at) { __asm__ volatile("movl %%fs:(%1), %0" : "=r"(got) : "r"(at)); }
static void load_gs(u32 s) { __asm__ volatile("movw %w0, %%gs" : : "r"(s)); }
static int ring(void) { u16 cs; __asm__ volatile("movw %%cs, %0" : "=r"(cs)); return cs & 3; }
static int enter(void) {
  mapped((void *)INNER, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  return syscall(RING1, ENTER, INNER, 0x71000000);
}
static int local(u32 n, u32 base, u32 limit, u32 flags) { u32 d[4] = {n, base, limit, flags}; return syscall(SYS_modify_ldt, 0x11, d, sizeof d); }
/* Goes on in ring 3, in a child, from which no way leads back. */
static void outside(void (*what)(void)) {
  int status, pid = fork();
  if (pid == 0) {
    u32 esp;
    __asm__ volatile("movl %%esp, %0" : "=r"(esp));
    __asm__ volatile("pushl $0x7b; pushl %0; pushfl; pushl $0x73; pushl %1; iret" : : "r"(esp - 4096), "r"(what));
  }
  wait4(pid, &status, 0, 0);
  if (status) show_status("outside", status), flush();
}

/* Descriptors made in ring 3, and registers loaded there, before the thread is in ring 1; then the same made within. */
void attack_ring_segments(void) {
  int reads = 0, tried = 0;
  for (int when = 0; when < 2; when++) for (u32 t = 0; t < COUNT(host); t++) for (u32 k = 0; k < 4; k++) {
    int status, pid = fork();
    if (pid == 0) {
      const u32 offsets[] = {0, 0x1000, host[t], host[t] + 0x1000};
      u32 base = host[t] - offsets[k], d[4] = {-1, base, 0xfffff, 0x51};
      attempt(peek, 0);
      if (when == 1) enter();
      local(1, base, 0xfffff, 0x11);
      syscall(SYS_set_thread_area, d);
      u32 s = d[0] << 3 | 3;
      if (when == 0) {
        __asm__ volatile("movw %w0, %%gs; movw %w1, %%fs" : : "r"(s), "r"(0x0f));
        enter();
      } else if (attempt(load_gs, s).signal) exit(ring() == 1 ? 0 : 50);
      int n = attempt(peek_gs, offsets[k]).signal == 0;
      n += attempt(peek_fs, offsets[k]).signal == 0;
      exit(ring() == 1 ? n : 50);
    }
    wait4(pid, &status, 0, 0);
    tried++;
    reads += status >> 8;
    if (status & 0x7f) show_status("segments", status), flush();
  }
  tell("%d tried, %d read\n", tried, reads);
}

/* The host as deputy of ring 1, and of ring 3: its own memory, page tables, pages of ring 1. */
static int fds[2];
static int asked_for(u32 at) {
  u32 vector[2] = {at, 4}, own = 0, ours[2] = {(u32)&own, 4};
  int done = 0;
  write(fds[1], "1234", 4);
  done += read(fds[0], (void *)at, 4) > 0;
  done += syscall(SYS_getcwd, at, 64) > 0;
  done += clock_gettime(0, (struct timespec *)at) == 0;
  done += syscall(SYS_process_vm_writev, getpid(), ours, 1, vector, 1, 0) > 0;
  done += syscall(SYS_process_vm_readv, getpid(), vector, 1, ours, 1, 0) > 0;
  done += syscall(SYS_rt_sigaction, SIGUSR2, 0, at, 8) == 0;
  return done;
}
static void ask_outside(void) {
  tell("ring %d: its own %s, ring 1's %d, page tables' %d\n", ring(), asked_for(0x34000000) > 4 ? "all" : "NOT ALL", asked_for(INNER), asked_for(SEEN));
  exit(0);
}
void attack_ring_deputy(void) {
  pipe(fds);
  memory((void *)0x34000000, PAGE);
  enter();
  int tables = syscall(RING1, TABLES, SEEN), done = 0;
  for (u32 t = 0; t < COUNT(host); t++) done += asked_for(host[t]);
  tell("ring %d: tables %d, the host's %d, page tables written %d\n", ring(), tables, done, read(fds[0], (void *)SEEN, 4) > 0);
  outside(ask_outside);
}

/* Everything that changes mappings, over the page tables; then what they say is true. */
void attack_ring_tables(void) {
  enter();
  attempt(peek, 0);
  syscall(RING1, TABLES, SEEN);
  u32 at = SEEN + (0x08048000 >> 10);
  int writes = 0;
  bool shown = attempt(peek, at).signal == 0 && (got & 5) == 5;
  for (u32 n = 0; n < 0x400000; n += 0x10000) writes += attempt(poke, SEEN + n).signal == 0;
  const int results[] = {syscall(SYS_mprotect, SEEN, PAGE, 7), syscall(SYS_madvise, SEEN, PAGE, 4), syscall(SYS_mremap, SEEN, PAGE, PAGE, 3, 0x36000000), syscall(SYS_mremap, SEEN + PAGE, PAGE, 2 * PAGE, 1)};
  for (u32 n = 0; n < 0x400000; n += 0x10000) writes += (attempt(poke, SEEN + n).signal == 0) + (attempt(poke, 0x36000000 + n).signal == 0);
  tell("%d written, %s:", writes, shown ? "its code is present" : "NOT SHOWN");
  for (u32 n = 0; n < COUNT(results); n++) tell(" %s", results[n] < 0 && results[n] > -4096 ? "refused" : "done");
  tell("\n");
  u8 *over = mapped((void *)SEEN, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  if (!failed(over)) attempt(poke, SEEN);
  syscall(SYS_munmap, SEEN, 0x400000);
  tell("after munmap: %s\n", attempt(peek, SEEN).signal ? "SIGSEGV" : "STILL THERE");
  int status, pid = fork();
  if (pid == 0) exit(attempt(peek, SEEN).signal == SIGSEGV && ring() == 1 ? 0 : 1);
  wait4(pid, &status, 0, 0);
  show_status("a child", status);
  flush();
}

/* Ways from ring 3 to ring 1 that nobody has opened. */
static u32 far[2];
static void far_call(u32 s) { far[0] = (u32)peek; far[1] = s; __asm__ volatile("lcall *%0" : : "m"(*far)); }
static void far_jump(u32 s) { far[0] = (u32)landing; far[1] = s; __asm__ volatile("ljmp *%0" : : "m"(*far)); }
static void far_return(u32 s) { __asm__ volatile("pushl $0x99; pushl %%esp; pushfl; pushl %0; pushl $landing; iret" : : "r"(s)); }
static void load_stack(u32 s) { __asm__ volatile("movw %w0, %%ss" : : "r"(s)); }
static void inner_call(u32 s) { __asm__ volatile("int $0x81" : : "a"(20)); }
static void forge(int signal, void *info, u32 *context) { context[5 + 15] = INNER_CODE; context[5 + 18] = INNER_DATA; }
static void raise_it(u32 unused) { kill(getpid(), SIGUSR1); }
static void try_outside(void) {
  static const struct { const char *name; void (*way)(u32); u32 value; } ways[] = {
    {"far call", far_call, INNER_CODE}, {"far jump", far_jump, INNER_CODE}, {"iret", far_return, INNER_CODE}, {"iret of RPL 3", far_return, INNER_CODE | 3}, {"ss", load_stack, INNER_DATA}, {"gs", load_gs, INNER_DATA | 3}, {"int 0x81", inner_call, 0}, {"sigreturn", raise_it, 0},
    {"read", peek, INNER}, {"write", poke, INNER}, {"the page tables", peek, SEEN},
  };
  on(SIGUSR1, forge, SA_SIGINFO);
  tell("ring %d, call %d %d %d\n", ring(), (int)syscall(RING1, ENTER, INNER, 0x71000000), (int)syscall(RING1, TABLES, SEEN), (int)syscall(RING1, GATE, INNER, INNER + PAGE));
  for (u32 n = 0; n < COUNT(ways); n++) {
    struct outcome o = attempt(ways[n].way, ways[n].value);
    tell("%s: %s, ring %d\n", ways[n].name, o.signal ? "SIGSEGV" : "back", ring());
  }
  exit(0);
}
void attack_ring_outside(void) {
  enter();
  syscall(RING1, TABLES, SEEN);
  outside(try_outside);
}

/* Gates that lead nowhere, on stacks that are none: the thread that takes them gets the signal. */
static void through_gate(void) {
  __asm__ volatile("int $0x80" : : "a"(20));
  __asm__ volatile("movl $1, %eax; movl $3, %ebx; int $0x80; hlt");
}
void attack_ring_gates(void) {
  static const struct { const char *name; u32 entry, stack; } gates[] = {
    {"no entry", 0x60000000, INNER + PAGE}, {"no stack", (u32)INNER, 0x60000000}, {"stack 0", (u32)INNER, 4}, {"the page tables as stack", INNER, SEEN + PAGE}, {"entry in them", SEEN, INNER + PAGE}, {"the host as entry", 0xc0102000u, INNER + PAGE}, {"the host as stack", INNER, 0xc0102000u}, {"odd stack", INNER, INNER + 2},
  };
  for (u32 n = 0; n < COUNT(gates); n++) {
    int status, pid = fork();
    if (pid == 0) {
      enter();
      syscall(RING1, TABLES, SEEN);
      *(u8 *)INNER = 0xf4; /* hlt */
      int r = syscall(RING1, GATE, gates[n].entry, gates[n].stack);
      if (r < 0) { tell("%s: %d\n", gates[n].name, r); exit(0); }
      u32 esp;
      __asm__ volatile("movl %%esp, %0" : "=r"(esp));
      __asm__ volatile("pushl $0x7b; pushl %0; pushfl; pushl $0x73; pushl %1; iret" : : "r"(esp - 4096), "r"(through_gate));
    }
    wait4(pid, &status, 0, 0);
    if (status) show_status(gates[n].name, status), flush();
  }
}

/* A script leads to ring 1 without any page for it: no way to the host either. */
void attack_ring_script(void) {
  static char mistake[256];
  static const char text[] = "syscall:getppid:entry { ring(1); }";
  u32 l[6] = {(u32)text, sizeof text - 1, 0, 0, (u32)mistake, sizeof mistake};
  int s = syscall(KTRACE, 1, l), reads = 0;
  attempt(peek, 0);
  syscall(KTRACE, 2, s, 0, 0);
  getppid();
  for (u32 t = 0; t < COUNT(host); t++) reads += (attempt(peek, host[t]).signal == 0) + (attempt(poke, host[t]).signal == 0);
  tell("ring %d, %d reached\n", ring(), reads);
}
