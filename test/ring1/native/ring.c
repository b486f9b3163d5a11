/* ring1(2): part of a program in ring 1, its pages for that ring alone, the page tables, and a gate. */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

enum { RING1 = 508, ENTER = 1, TABLES, GATE };
enum { BASE = 0x70000000, SEEN = 0x70400000, OWN = 0x70800000, HOST = 0xc0100000 };
#define IS(text, value) printf("%s: %d\n", text, (int)(value)), fflush(stdout)

static int trap(int vector, int number, int a, int b, int c) {
  int result;
  if (vector == 0x80) __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
  else __asm__ volatile("int $0x81" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}
static int ring1(int op, int a, int b) { return trap(0x80, RING1, op, a, b); }

static int ring(void) {
  int cs;
  __asm__ volatile("mov %%cs, %0" : "=r"(cs));
  return cs & 3;
}

/* What an access or an instruction raises: the signal, the vector, the error code, and the ring of the handler. */
static sigjmp_buf back;
static volatile int raised[4];
static void handler(int signal, siginfo_t *info, void *context) {
  greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
  raised[0] = signal, raised[1] = regs[REG_TRAPNO], raised[2] = regs[REG_ERR], raised[3] = ring();
  siglongjmp(back, 1);
}
#define TRY(text, ...)                                                                                                 \
  do {                                                                                                                 \
    if (sigsetjmp(back, 1) == 0) {                                                                                     \
      __VA_ARGS__;                                                                                                     \
      printf("%s: goes on in ring %d\n", text, ring());                                                                \
    } else printf("%s: signal %d trap %d error %d in ring %d\n", text, raised[0], raised[1], raised[2], raised[3]);    \
    fflush(stdout);                                                                                                    \
  } while (0)

static void watch(void) {
  struct sigaction act = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_NODEFER};
  for (const int *s = (int[]){SIGSEGV, SIGBUS, SIGILL, SIGTRAP, 0}; *s; s++) sigaction(*s, &act, 0);
}

/* Calls a function in ring 3, from which no way leads back: in a child. */
static void outside(void (*what)(void)) {
  if (fork() == 0) {
    uint32_t esp;
    __asm__ volatile("mov %%esp, %0" : "=r"(esp));
    __asm__ volatile("pushl $0x7b\n pushl %0\n pushfl\n pushl $0x73\n pushl %1\n iret" ::"r"(esp - 4096), "r"(what));
  }
  int status;
  wait(&status);
  if (WIFSIGNALED(status)) IS("ended by signal", WTERMSIG(status));
}

static volatile int *const page = (void *)BASE;
static volatile uint32_t *const tables = (void *)SEEN;
static uint32_t entry(uint32_t address) { return tables[address >> 12]; }

static void reader(void) {
  IS("ring", ring());
  TRY("read a page of ring 1", (void)*page);
  TRY("write one", *page = 1);
  TRY("read the page tables", (void)*tables);
  TRY("jump into one", ((void (*)(void))OWN)());
  TRY("int 0x81", trap(0x81, SYS_getpid, 0, 0, 0));
  IS("a buffer there, write", syscall(SYS_write, 1, BASE, 5) < 0 ? -errno : 0);
  IS("a buffer there, read", syscall(SYS_getcwd, BASE, 64) < 0 ? -errno : 0);
  IS("ENTER", ring1(ENTER, BASE, OWN));
  IS("TABLES", ring1(TABLES, OWN, 0));
  IS("GATE", ring1(GATE, (int)reader, OWN));
  TRY("load a selector of ring 1", __asm__ volatile("mov %0, %%fs" ::"r"(0x99)));
  TRY("far jump to ring 1", __asm__ volatile("ljmp $0x91, $0"));
  _exit(0);
}

/* A frame of a handler that names ring 1. */
static void forge(int signal, siginfo_t *info, void *context) {
  greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
  regs[REG_CS] = 0x91, regs[REG_SS] = 0x99;
}
static void forger(void) {
  struct sigaction act = {.sa_sigaction = forge, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &act, 0);
  TRY("a signal frame of ring 1", raise(SIGUSR1));
  _exit(0);
}

static volatile int noted;
static void note(int signal) { noted = ring(); }

static int set(int number, unsigned entry, unsigned base, unsigned limit, int pages) {
  struct user_desc d = {.entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = 1, .limit_in_pages = pages, .useable = 1};
  if (number == SYS_modify_ldt) return syscall(SYS_modify_ldt, 1, &d, sizeof d) ? -errno : 0;
  return syscall(SYS_set_thread_area, &d) ? -errno : d.entry_number;
}
static int peek(int selector, uint32_t offset) {
  int value;
  __asm__ volatile("push %%fs\n mov %1, %%fs\n mov %%fs:(%2), %0\n pop %%fs" : "=&r"(value) : "r"(selector), "r"(offset));
  return value;
}

void gate(void), application(void), come_back(void);
uint32_t saved;
__asm__(".text\n"
        "gate: addl $700, %eax\n cmpl $799, %eax\n je 1f\n iret\n"
        "1: mov saved, %esp\n ret\n"
        "application: movl $20, %eax\n int $0x80\n movl %eax, answer\n movl $99, %eax\n int $0x80\n"
        ".data\nanswer: .long 0\n.text\n");
extern int answer;
static void run_application(void) {
  __asm__ volatile("call 2f\n jmp 3f\n"
                   "2: mov %%esp, saved\n pushl $0x7b\n pushl %0\n pushfl\n pushl $0x73\n pushl $application\n iret\n"
                   "3:" ::"r"(OWN + 8192) : "eax", "memory");
}

int main(int argc, char **argv) {
  if (argc > 1) return IS("after exec, ring", ring()), 0;
  watch();
  IS("operation 0", ring1(0, 0, 0));
  IS("not aligned", ring1(ENTER, BASE + 4096, OWN));
  IS("backwards", ring1(ENTER, OWN, BASE));
  IS("beyond the top", ring1(ENTER, BASE, 0xc0400000));
  IS("TABLES from ring 3", ring1(TABLES, SEEN, 0));
  IS("GATE from ring 3", ring1(GATE, (int)gate, OWN));
  mmap((void *)BASE, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  page[0] = 7;
  IS("ring", ring());
  IS("ENTER", ring1(ENTER, BASE, OWN));
  IS("ring", ring());
  IS("the page", page[0]);
  IS("ENTER again", ring1(ENTER, BASE, OWN));
  IS("by the other vector", trap(0x81, SYS_getpid, 0, 0, 0) == getpid());

  IS("TABLES elsewhere", ring1(TABLES, OWN, 0));
  IS("TABLES over pages", ring1(TABLES, BASE, 0));
  IS("TABLES", ring1(TABLES, SEEN, 0));
  IS("read-only, for supervisors", tables[(SEEN >> 12) + (SEEN >> 22)] & 7);
  IS("the page there: present, writable", entry(BASE) & 7);
  IS("an application's page", entry((uint32_t)&noted) & 5);
  page[1024];
  IS("read: dirty", entry(BASE + 4096) >> 6 & 1);
  page[1024] = 1;
  IS("written: dirty", entry(BASE + 4096) >> 6 & 1);
  TRY("write a page table", tables[BASE >> 12] = 0);

  TRY("hlt", __asm__ volatile("hlt"));
  TRY("cli", __asm__ volatile("cli"));
  TRY("mov cr3", __asm__ volatile("mov %%eax, %%cr3" ::"a"(0)));
  TRY("lgdt", __asm__ volatile("lgdt (%0)" ::"r"(page)));
  TRY("ltr", __asm__ volatile("ltr %%ax" ::"a"(0x80)));
  TRY("invlpg", __asm__ volatile("invlpg (%0)" ::"r"(page)));
  TRY("in", __asm__ volatile("inb $0x80, %%al" ::: "eax"));
  TRY("read the host kernel", (void)*(volatile int *)HOST);
  TRY("write its GDT", *(volatile int *)HOST = 0);
  TRY("by the stack segment", __asm__ volatile("mov %%ss:(%0), %%eax" ::"r"(HOST) : "eax"));
  TRY("jump there", ((void (*)(void))(HOST + 0x2000))());
  TRY("load a selector of ring 0", __asm__ volatile("mov %0, %%fs" ::"r"(0x68)));
  IS("a TLS segment around the top", set(SYS_set_thread_area, -1, 0x100000, 0xfffff, 1) > 0);
  TRY("read what is its own through it", peek(0x3b, BASE - 0x100000));
  TRY("read the host kernel through it", peek(0x3b, HOST - 0x100000));
  IS("an LDT segment that lies there", set(SYS_modify_ldt, 0, HOST, 0xfff, 0));
  TRY("read through it", peek(7, 0));
  IS("an LDT segment around the top", set(SYS_modify_ldt, 1, 0x1000, 0xfffff, 1));
  TRY("read the host kernel through that", peek(15, HOST - 0x1000));

  signal(SIGUSR1, note);
  raise(SIGUSR1);
  IS("handler in ring", noted);
  IS("and back in ring", ring());
  outside(reader);
  outside(forger);
  if (fork() == 0) {
    IS("a child, ring", ring());
    IS("its page", page[0]);
    IS("its page tables, of another directory", tables[(SEEN >> 12) + (SEEN >> 22)] >> 12 != 0);
    TRY("writes one", tables[BASE >> 12] = 0);
    execl("./self", "./self", "exec", (char *)0);
  }
  wait(0);
  IS("unmap the page tables", munmap((void *)SEEN, 1 << 22));
  TRY("read them", (void)*tables);

  mmap((void *)OWN, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  *(volatile int *)OWN = *(volatile int *)(OWN + 4096) = 0;
  IS("GATE beyond the top", ring1(GATE, HOST, OWN));
  /* Until it is gone int 0x80 of this program leads there too. */
  int set = ring1(GATE, (int)gate, OWN + 4096);
  run_application();
  int numbered = trap(0x81, RING1, GATE, 0, 0);
  IS("GATE", set);
  IS("the gate answered", answer);
  IS("no gate any more", numbered);
  IS("calls by int 0x80 again", getpid() > 0);
  return 0;
}
