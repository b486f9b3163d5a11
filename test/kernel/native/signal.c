#include "check.h"
enum { SYS_rt_sigpending = 176, SYS_rt_sigtimedwait = 177, SYS_rt_sigqueueinfo = 178, SYS_sigaltstack = 186, SYS_tgkill = 270, SYS_tkill = 238,
  SYS_sigaction = 67, SYS_signal = 48, SYS_alarm = 27, SYS_gettid = 224, SYS_setitimer = 104, SYS_sgetmask = 68, SYS_sigpending = 73, SYS_sigprocmask = 126 };
static volatile int hits, order[64];
static void hit(int s) { order[hits++ & 63] = s; }
static void show_hits(const char *what) {
  say("%s: %d hits:", what, hits);
  for (int i = 0; i < hits; i++) say(" %d", order[i]);
  say("\n");
  hits = 0;
}
static u64 current(void) { u64 m; syscall(SYS_rt_sigprocmask, 0, 0, &m, 8); return m; }
static void show_mask(int s) { hit(s); u64 m = current(); say("in handler %d mask %x %x\n", s, (u32)m, (u32)(m >> 32)); }

struct context { u32 gs, fs, es, ds, di, si, bp, sp, bx, dx, cx, ax, trapno, err, ip, cs, flags, sp_at, ss, fpstate, oldmask, cr2; };
struct ucontext { u32 flags, link, sp, sflags, size; struct context mc; u64 mask; };
static void *skip_to;
static void fault(int s, int *info, struct ucontext *uc) {
  say("signal %d code %d trapno %d err %d", s, info[2], uc->mc.trapno, uc->mc.err);
  if (s == 11 || s == 7) say(" addr %x cr2 %x", info[3], s == 11 ? uc->mc.cr2 : 0);
  say(" addr==ip %d sp_at==sp %d\n", info[3] == (int)uc->mc.ip, uc->mc.sp == uc->mc.sp_at);
  if (skip_to) uc->mc.ip = (u32)skip_to;
}
static void queued(int s, int *info, void *uc) { (void)uc; say("rt %d code %d value %x pid ok %d uid %d\n", s, info[2], info[5], info[3] == getpid(), info[4]); }

static void nested(int s) { hit(s); if (s == SIGUSR1) { kill(getpid(), SIGUSR2); say("after kill in handler: %d\n", hits); } }

#define TRY(text) do { skip_to = &&CAT(after, __LINE__); __asm__ goto(text ::: "memory", "eax", "edx", "ecx" : CAT(after, __LINE__)); CAT(after, __LINE__):; } while (0)
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)

static char altstack[8192];
static void on_alt(int s) { char here; hit(s); say("on alt %d\n", &here >= altstack && &here < altstack + sizeof altstack);
  u32 st[3]; syscall(SYS_sigaltstack, 0, st); say("flags %x size %d\n", st[1], st[2]);
  u32 off[3] = {0, 2, 0}; SHOW(syscall(SYS_sigaltstack, off, 0)); }

int main(void) {
  /* bad arguments */
  SHOW(syscall(SYS_rt_sigaction, 0, 0, 0, 8));
  SHOW(syscall(SYS_rt_sigaction, 65, 0, 0, 8));
  SHOW(syscall(SYS_rt_sigaction, SIGKILL, 0, 0, 8));
  SHOW(on(SIGKILL, hit, 0));
  SHOW(on(SIGSTOP, SIG_IGN, 0));
  SHOW(syscall(SYS_rt_sigaction, SIGUSR1, 0, 0, 4));
  SHOW(syscall(SYS_rt_sigaction, SIGUSR1, 4, 0, 8));
  SHOW(syscall(SYS_rt_sigaction, SIGUSR1, 0, 4, 8));
  SHOW(syscall(SYS_rt_sigprocmask, 5, &hits, 0, 8));
  SHOW(syscall(SYS_rt_sigprocmask, 5, 0, 0, 8));
  SHOW(syscall(SYS_rt_sigprocmask, 0, 4, 0, 8));
  SHOW(kill(getpid(), 65));
  SHOW(kill(getpid(), 0));
  SHOW(kill(getpid(), -1));
  SHOW(kill(1 << 30, 0));
  SHOW(kill(-(1 << 30), 0));
  SHOW(syscall(SYS_tkill, -1, 0));
  SHOW(syscall(SYS_tkill, 1 << 29, 0));
  SHOW(syscall(SYS_tgkill, 1 << 29, getpid(), 0));
  SHOW(syscall(SYS_tgkill, getpid(), getpid(), 0));
  /* masks */
  mask(SIG_SETMASK, ~0ull);
  say("all blocked: %x %x\n", (u32)current(), (u32)(current() >> 32));
  mask(SIG_SETMASK, 0);
  /* order of delivery */
  on(SIGUSR1, hit, 0); on(SIGUSR2, hit, 0); on(SIGHUP, hit, 0); on(40, hit, 0); on(35, hit, 0);
  mask(SIG_BLOCK, BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGHUP) | BIT(40) | BIT(35));
  kill(getpid(), 40); kill(getpid(), SIGUSR2); kill(getpid(), 35); kill(getpid(), 40); kill(getpid(), SIGUSR1); kill(getpid(), SIGUSR1); kill(getpid(), SIGHUP);
  u64 pending; syscall(SYS_rt_sigpending, &pending, 8);
  say("pending %x %x\n", (u32)pending, (u32)(pending >> 32));
  mask(SIG_SETMASK, 0);
  show_hits("unblocked");
  /* masks in handlers */
  struct sigaction a = {show_mask, SA_RESTORER, signal_restorer, BIT(SIGHUP) | BIT(50)};
  syscall(SYS_rt_sigaction, SIGUSR1, &a, 0, 8);
  kill(getpid(), SIGUSR1);
  say("mask after %x %x\n", (u32)current(), (u32)(current() >> 32));
  a.flags |= SA_NODEFER; syscall(SYS_rt_sigaction, SIGUSR1, &a, 0, 8);
  kill(getpid(), SIGUSR1);
  on(SIGUSR1, show_mask, SA_RESETHAND);
  kill(getpid(), SIGUSR1);
  syscall(SYS_rt_sigaction, SIGUSR1, 0, &a, 8);
  say("after RESETHAND: handler %d flags %x\n", (int)a.handler, a.flags);
  on(SIGUSR1, show_mask, 0x7fffffff);
  syscall(SYS_rt_sigaction, SIGUSR1, 0, &a, 8);
  say("flags kept %x\n", a.flags);
  hits = 0;
  on(SIGUSR1, nested, 0); on(SIGUSR2, nested, 0);
  kill(getpid(), SIGUSR1);
  show_hits("nested");
  /* discarding */
  mask(SIG_BLOCK, BIT(SIGUSR1));
  kill(getpid(), SIGUSR1);
  on(SIGUSR1, SIG_IGN, 0);
  syscall(SYS_rt_sigpending, &pending, 8);
  say("pending after ignore %x\n", (u32)pending);
  on(SIGCHLD, SIG_DFL, 0);
  mask(SIG_BLOCK, BIT(SIGCHLD));
  kill(getpid(), SIGCHLD);
  syscall(SYS_rt_sigpending, &pending, 8);
  say("blocked SIGCHLD pending %x\n", (u32)pending);
  mask(SIG_SETMASK, 0);
  /* siginfo of exceptions */
  on(SIGSEGV, fault, SA_SIGINFO); on(SIGBUS, fault, SA_SIGINFO); on(SIGILL, fault, SA_SIGINFO); on(SIGFPE, fault, SA_SIGINFO); on(SIGTRAP, fault, SA_SIGINFO);
  TRY("movl $0, 0x10"); 
  TRY("movl 0x12345, %%eax");
  TRY("movl 0xfffffffc, %%eax");
  TRY("movl $0, _start");
  TRY("ud2");
  TRY("xorl %%eax, %%eax; divl %%eax");
  TRY("hlt");
  TRY("int3");
  TRY("int $3");
  TRY("movb $0x7f, %%al; addb $1, %%al; into");
  TRY("int $0x81");
  TRY("int $13");
  TRY("inb $0x60, %%al");
  TRY("cli");
  TRY("movl $0x1234, %%eax; movw %%ax, %%es");
  TRY("pushl $0x100; pushl $0; popl %%eax; popl %%eax; movl %%cr0, %%eax");
  TRY("lidt 0");
  TRY(".byte 0xf1");
  TRY("fninit; pushl $0; movw $0x33a, (%%esp); fldcw (%%esp); popl %%eax; fldz; fld1; fdivp; fwait");
  __asm__ volatile("fninit");
  TRY("fninit; pushl $0x33e; fldcw (%%esp); popl %%eax; fldz; fldz; fdivp; fwait");
  __asm__ volatile("fninit");
  static char edges[2][16];
  (void)edges;
  /* queue with values */
  on(36, queued, SA_SIGINFO);
  mask(SIG_BLOCK, BIT(36));
  int info[32] = {36, 0, -1, getpid(), 0, 0x1111};
  SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), 36, info));
  info[5] = 0x2222;
  SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), 36, info));
  info[2] = 0;
  SHOW(syscall(SYS_rt_sigqueueinfo, getppid(), 36, info));
  mask(SIG_UNBLOCK, BIT(36));
  /* sigtimedwait */
  mask(SIG_BLOCK, BIT(37) | BIT(SIGUSR2));
  u64 set = BIT(37) | BIT(SIGUSR2);
  struct timespec zero = {0, 0}, tiny = {0, 1000000}, bad = {0, 1000000000}, negative = {-1, 0};
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, &zero, 8));
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, &tiny, 8));
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, &bad, 8));
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, &negative, 8));
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, &tiny, 4));
  kill(getpid(), 37);
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, 0, 8));
  say("info %d %d %d\n", info[0], info[2], info[3] == getpid());
  on(SIGUSR1, hit, 0);
  int pid = fork();
  if (pid == 0) { nap(20); kill(getppid(), SIGUSR1); exit(0); }
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, 0, 8));
  show_hits("timedwait interrupted");
  wait4(pid, 0, 0, 0);
  pid = fork();
  if (pid == 0) { nap(20); kill(getppid(), SIGUSR2); exit(0); }
  SHOW(syscall(SYS_rt_sigtimedwait, &set, info, 0, 8));
  wait4(pid, 0, 0, 0);
  show_hits("timedwait woken");
  mask(SIG_SETMASK, 0);
  /* alternate stack */
  u32 st[3] = {(u32)altstack, 0, 1000};
  SHOW(syscall(SYS_sigaltstack, st, 0));
  st[2] = sizeof altstack; st[1] = 7;
  SHOW(syscall(SYS_sigaltstack, st, 0));
  st[1] = 0;
  SHOW(syscall(SYS_sigaltstack, st, 0));
  on(SIGUSR1, on_alt, SA_ONSTACK);
  kill(getpid(), SIGUSR1);
  syscall(SYS_sigaltstack, 0, st);
  say("outside: flags %x\n", st[1]);
  st[1] = 2; syscall(SYS_sigaltstack, st, 0); syscall(SYS_sigaltstack, 0, st);
  say("disabled: %x %x %x\n", st[0], st[1], st[2]);
  hits = 0;
  CHILD("stack overflow without altstack", { __asm__ volatile("1: pushl %eax; jmp 1b"); });
  CHILD("bad handler", { on(SIGUSR1, (void *)16, 0); on(SIGSEGV, SIG_DFL, 0); kill(getpid(), SIGUSR1); });
  CHILD("no room for frame", { on(SIGUSR1, hit, 0); on(SIGSEGV, SIG_DFL, 0); __asm__ volatile("movl %0, %%ebx; movl $10, %%ecx; movl $37, %%eax; movl $64, %%esp; int $0x80" ::"r"(getpid())); });
  CHILD("forged return", { on(SIGSEGV, SIG_DFL, 0); __asm__ volatile("movl $8, %esp; movl $119, %eax; int $0x80"); });
  CHILD("blocked SEGV", { on(SIGSEGV, hit, 0); mask(SIG_BLOCK, BIT(SIGSEGV)); *(volatile int *)0 = 0; });
  CHILD("ignored SEGV", { on(SIGSEGV, SIG_IGN, 0); *(volatile int *)0 = 0; });
  CHILD("SEGV in SEGV", { on(SIGSEGV, (void *)0x20, 0); *(volatile int *)0 = 0; });
  /* alarm and old interfaces */
  on(SIGALRM, hit, 0);
  SHOW(syscall(SYS_alarm, 100));
  SHOW(syscall(SYS_alarm, 0));
  SHOW(syscall(SYS_alarm, 0));
  SHOW(syscall(SYS_signal, SIGUSR1, hit) != 0);
  SHOW(syscall(SYS_signal, SIGUSR1, SIG_DFL) == (int)hit);
  SHOW(syscall(SYS_signal, SIGKILL, SIG_DFL));
  SHOW(syscall(SYS_signal, 65, SIG_DFL));
  u32 old[4] = {(u32)hit, 0x10, SA_RESTORER, (u32)signal_restorer}, was[4];
  SHOW(syscall(SYS_sigaction, SIGUSR1, old, 0));
  SHOW(syscall(SYS_sigaction, SIGUSR1, 0, was));
  say("old %d %x %x\n", was[0] == old[0], was[1], was[2]);
  SHOW(syscall(SYS_sgetmask));
  return 0;
}
