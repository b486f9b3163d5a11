/* What the processor's exceptions become: signal, code, address, trap number, where the instruction pointer stands. */
#include "lines.h"
#include <sys/ucontext.h>
#include <setjmp.h>
#include <fenv.h>

static sigjmp_buf back;
static volatile int signo, code, trap, error, skip;
static volatile unsigned address, eip, flags;
static char *page;
static void caught(int s, siginfo_t *i, void *c) {
  ucontext_t *u = c;
  signo = s;
  code = i->si_code;
  address = (unsigned)i->si_addr;
  trap = u->uc_mcontext.gregs[REG_TRAPNO];
  /* Without the bit that says fetch: a processor without NX does not set it. */
  error = u->uc_mcontext.gregs[REG_ERR] & ~(trap == 14 ? 0x10 : 0);
  eip = u->uc_mcontext.gregs[REG_EIP];
  flags = u->uc_mcontext.gregs[REG_EFL];
  siglongjmp(back, 1);
}
static const char *place(unsigned a) {
  static char text[40];
  if (a == eip) return "EIP";
  if (a >= (unsigned)page && a < (unsigned)page + 0x10000) snprintf(text, sizeof text, "page + %x", a - (unsigned)page);
  else snprintf(text, sizeof text, "%x", a);
  return text;
}
#define FAULT(name, ...) do { signo = 0; if (sigsetjmp(back, 1) == 0) { __VA_ARGS__; } \
  if (signo) line(name, "%s code %d address %s trap %d error %x", signal_name(signo), code, place(address), trap, error); else line(name, "nothing"); } while (0)
#define ASM(text) __asm__ volatile("pusha\n" text "\npopa")

static void catch_all(void) {
  static const int list[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
  struct sigaction a = {0};
  a.sa_sigaction = caught;
  a.sa_flags = SA_SIGINFO;
  for (int i = 0; i < 6; i++) sigaction(list[i], &a, 0);
  page = mmap((void *)0x50000000, 0x10000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static volatile int sink, zero, one = 1;
static void addresses(void) {
  catch_all();
  munmap(page + 0x1000, 0x1000);
  mprotect(page + 0x2000, 0x1000, PROT_READ);
  mprotect(page + 0x3000, 0x1000, PROT_NONE);
  mprotect(page + 0x4000, 0x1000, PROT_READ | PROT_EXEC);
  FAULT("read of 0", sink = *(volatile int *)0);
  FAULT("write to 0", *(volatile int *)0 = 1);
  FAULT("read of the highest byte", sink = *(volatile char *)0xffffffff);
  FAULT("write above the highest address", *(volatile char *)0xffffe000 = 1);
  FAULT("read of an unmapped page", sink = page[0x1000]);
  FAULT("write to an unmapped page", page[0x1fff] = 1);
  FAULT("read of a read-only page", sink = page[0x2000]);
  FAULT("write to a read-only page", page[0x2004] = 1);
  FAULT("read of a page without rights", sink = page[0x3005]);
  FAULT("write to a page without rights", page[0x3006] = 1);
  FAULT("write to an executable page", page[0x4007] = 1);
  FAULT("write across into an unmapped page", *(volatile int *)(page + 0xffe) = 1);
  FAULT("read across out of an unmapped page", sink = *(volatile int *)(page + 0xffe));
  FAULT("write to the program's text", *(volatile char *)&addresses = 1);
  FAULT("jump to 0", ((void (*)(void))0)());
  FAULT("jump to an unmapped page", ((void (*)(void))(page + 0x1004))());
  FAULT("jump to a page without rights", ((void (*)(void))(page + 0x3004))());
  IN_CHILD("push on an unmapped stack", ASM("mov $0x50001800, %esp\n push %eax"));
  int fd = open("short", O_RDWR | O_CREAT | O_TRUNC, 0600);
  write(fd, "abc", 3);
  char *file = mmap(page + 0x8000, 0x2000, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
  FAULT("read behind the end, same page", sink = file[100]; line("behind the end", "%d", sink));
  FAULT("read of a page behind the end", sink = file[0x1001]);
  FAULT("write to a page behind the end", file[0x1002] = 1);
  ftruncate(fd, 0x1001);
  FAULT("after the file grew", sink = file[0x1002]);
  ftruncate(fd, 0);
  FAULT("after the file shrank", sink = file[0x1]);
  file = mmap(page + 0x8000, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
  FAULT("private page of an empty file", file[5] = 1);
  file = mmap(page + 0x8000, 0x1000, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
  ftruncate(fd, 10);
  FAULT("write to a read-only file page", file[5] = 1);
  FAULT("misaligned with AC", ASM("pushf\n orl $0x40000, (%esp)\n popf\n mov 0x50000001, %eax\n pushf\n andl $~0x40000, (%esp)\n popf"));
}

static void arithmetic(void) {
  catch_all();
  FAULT("division by zero", sink = one / zero);
  FAULT("remainder by zero", sink = one % zero);
  FAULT("smallest by -1", ASM("mov $0x80000000, %eax\n mov $-1, %edx\n mov $-1, %ecx\n idivl %ecx"));
  FAULT("quotient too large", ASM("mov $1, %edx\n mov $0, %eax\n mov $1, %ecx\n divl %ecx"));
  FAULT("byte division", ASM("mov $0x1000, %eax\n mov $1, %ecx\n divb %cl"));
  FAULT("aam 0", __asm__ volatile(".byte 0xd4, 0" ::: "eax"));
  FAULT("into with overflow", ASM("mov $0x7fffffff, %eax\n add $1, %eax\n into"));
  FAULT("into without", ASM("xor %eax, %eax\n into"));
  FAULT("bound", static const int bounds[2] = {1, 5}; __asm__ volatile("mov $7, %%eax\n bound %%eax, %0" ::"m"(bounds) : "eax"));
  FAULT("bound within", static const int bounds[2] = {1, 5}; __asm__ volatile("mov $5, %%eax\n bound %%eax, %0" ::"m"(bounds) : "eax"));
  static const struct { const char *name; unsigned short control; int which; } fpu[] = {
    {"x87 division by zero", 0x37b, 0}, {"x87 invalid", 0x37e, 1}, {"x87 overflow", 0x377, 2}, {"x87 underflow", 0x36f, 3}, {"x87 inexact", 0x35f, 4}, {"x87 denormal", 0x37d, 5}, {"x87 stack underflow", 0x37e, 6}};
  for (int n = 0; n < 7; n++) {
    unsigned short control = fpu[n].control;
    static const long double huge = 1e4000L, small = 1e-4000L;
    static const float tiny = 1e-40f;
    FAULT(fpu[n].name, __asm__ volatile("fninit\n fldcw %0" ::"m"(control));
          switch (fpu[n].which) {
            case 0: __asm__ volatile("fld1\n fldz\n fdivrp\n fwait"); break;
            case 1: __asm__ volatile("fldz\n fldz\n fdivrp\n fwait"); break;
            case 2: __asm__ volatile("fldt %0\n fmul %%st(0)\n fwait" ::"m"(huge)); break;
            case 3: __asm__ volatile("fldt %0\n fmul %%st(0)\n fwait" ::"m"(small)); break;
            case 4: __asm__ volatile("fld1\n fldpi\n fdivrp\n fwait"); break;
            case 5: __asm__ volatile("flds %0\n fwait" ::"m"(tiny)); break;
            case 6: __asm__ volatile("fstp %st(0)\n fwait"); break;
          });
    __asm__ volatile("fninit");
  }
}

static void instructions(void) {
  catch_all();
  FAULT("ud2", ASM("ud2"));
  FAULT("an opcode that is none", ASM(".byte 0x0f, 0xff, 0xc0"));
  FAULT("lock where it may not be", ASM(".byte 0xf0, 0x90"));
  FAULT("fifteen prefixes", ASM(".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90"));
  FAULT("int3", ASM("int3"));
  line("EIP after int3", "%d", *(unsigned char *)(eip - 1) == 0xcc);
  FAULT("int 3", ASM(".byte 0xcd, 3"));
  FAULT("int 1", ASM("int $1"));
  FAULT("icebp", ASM(".byte 0xf1"));
  FAULT("int 4", ASM("int $4"));
  FAULT("int 0", ASM("int $0"));
  FAULT("int 14", ASM("int $14"));
  FAULT("int 0x81", ASM("int $0x81"));
  FAULT("int 255", ASM("int $255"));
  FAULT("hlt", ASM("hlt"));
  FAULT("cli", ASM("cli"));
  FAULT("sti", ASM("sti"));
  FAULT("in", ASM("in $0x80, %al"));
  FAULT("out", ASM("out %al, $0x80"));
  FAULT("mov from cr0", ASM("mov %cr0, %eax"));
  FAULT("mov to cr3", ASM("mov %eax, %cr3"));
  FAULT("mov from db7", ASM("mov %db7, %eax"));
  FAULT("lgdt", ASM("lgdt 0x50000000"));
  FAULT("ltr", ASM("ltr %ax"));
  FAULT("clts", ASM("clts"));
  FAULT("invlpg", ASM("invlpg 0x50000000"));
  FAULT("wbinvd", ASM("wbinvd"));
  FAULT("rdmsr", ASM("mov $0x10, %ecx\n rdmsr"));
  FAULT("sysexit", ASM("sysexit"));
  FAULT("trap flag", ASM("pushf\n orl $0x100, (%esp)\n popf\n nop\n nop"));
  FAULT("segment that is not", ASM("mov $0xfff8, %eax\n mov %eax, %es"));
  FAULT("segment of the local table", ASM("mov $0xf, %eax\n mov %eax, %es"));
  FAULT("segment of the kernel", ASM("mov $0x18, %eax\n mov %eax, %es"));
  FAULT("null segment loaded", ASM("push %es\n xor %eax, %eax\n mov %eax, %es\n pop %es"));
  FAULT("null segment used", ASM("push %gs\n pop %ebx\n xor %eax, %eax\n mov %eax, %es\n mov %es:(%esp), %eax"));
  ASM("push %ds\n pop %es");
  FAULT("far jump to no segment", ASM("ljmp $0xfff8, $0"));
  FAULT("far jump to selector 0", ASM("ljmp $0, $0"));
  FAULT("iret to the kernel's ring", ASM("pushf\n push $0x8\n push $0\n iret"));
  FAULT("iret to a wrong address", ASM("pushf\n push %cs\n push $0x20\n iret"));
}

/* Blocked or ignored, an exception's signal ends the process; so does one in its own handler. */
static void again(int s) { sink = *(volatile int *)0; }
static void ends(void) {
  IN_CHILD("SIGSEGV ignored", on(SIGSEGV, SIG_IGN, 0); sink = *(volatile int *)0);
  IN_CHILD("SIGSEGV blocked", block(SIG_BLOCK, SIGSEGV); sink = *(volatile int *)0);
  IN_CHILD("SIGSEGV blocked and caught", on(SIGSEGV, again, 0); block(SIG_BLOCK, SIGSEGV); sink = *(volatile int *)0);
  IN_CHILD("SIGSEGV within its handler", on(SIGSEGV, again, 0); sink = *(volatile int *)0);
  IN_CHILD("SIGFPE ignored", on(SIGFPE, SIG_IGN, 0); sink = one / zero);
  IN_CHILD("SIGTRAP ignored", on(SIGTRAP, SIG_IGN, 0); ASM("int3"));
  IN_CHILD("SIGILL ignored", on(SIGILL, SIG_IGN, 0); ASM("ud2"));
  IN_CHILD("sent SIGSEGV ignored", on(SIGSEGV, SIG_IGN, 0); kill(getpid(), SIGSEGV); _exit(3));
  IN_CHILD("sent SIGSEGV blocked", block(SIG_BLOCK, SIGSEGV); kill(getpid(), SIGSEGV); _exit(4));
  IN_CHILD("no stack for a handler", on(SIGUSR1, again, 0); int pid = getpid();
           __asm__ volatile("mov $0, %%esp\n int $0x80" ::"a"(SYS_kill), "b"(pid), "c"(SIGUSR1)));
  IN_CHILD("no stack for SIGSEGV's handler", on(SIGSEGV, again, 0); __asm__ volatile("mov $0, %esp\n push %eax"));
  IN_CHILD("endless recursion", struct rlimit small = {1 << 20, 1 << 20}; setrlimit(RLIMIT_STACK, &small);
           __asm__ volatile("1: push %eax\n jmp 1b"));
  IN_CHILD("endless recursion on an alternate stack", struct rlimit small = {1 << 20, 1 << 20}; setrlimit(RLIMIT_STACK, &small);
           catch_all(); struct sigaction a; sigaction(SIGSEGV, 0, &a); a.sa_flags |= SA_ONSTACK; sigaction(SIGSEGV, &a, 0);
           stack_t s = {page, 0, 0x8000}; sigaltstack(&s, 0);
           if (sigsetjmp(back, 1) == 0) __asm__ volatile("1: push %eax\n jmp 1b"); line("code at the stack's end", "%d", code); _exit(9));
}

/* The same bad addresses in calls are errors, not signals. */
static void calls(void) {
  catch_all();
  int p[2];
  pipe(p);
  FAULT("write from nowhere", IS(write(p[1], (void *)8, 4)));
  FAULT("read to nowhere", write(p[1], "x", 1); IS(read(p[0], (void *)8, 4)));
  FAULT("stat of nowhere", IS(syscall(SYS_stat64, 8, page)));
  FAULT("a call that is none", IS(syscall(9999)));
  FAULT("call -1", IS(syscall(-1)));
  FAULT("call 0x80000001", IS(syscall(0x80000001)));
}

int main(void) {
  begin();
  SECTION(addresses);
  SECTION(arithmetic);
  SECTION(instructions);
  SECTION(ends);
  SECTION(calls);
  return 0;
}
