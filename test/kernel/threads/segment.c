#include "check.h"
#include <asm/ldt.h>
static struct user_desc d(unsigned entry, unsigned base, unsigned limit, int b32, int contents, int rx, int pages, int np, int use) {
  struct user_desc u; memset(&u, 0, sizeof u); u.entry_number = entry; u.base_addr = base; u.limit = limit; u.seg_32bit = b32; u.contents = contents; u.read_exec_only = rx; u.limit_in_pages = pages; u.seg_not_present = np; u.useable = use; return u;
}
static long ldt(int f, struct user_desc u) { return sys(SYS_modify_ldt, f, &u, sizeof u); }
static unsigned char table[65536];
static void dump(const char *what) { memset(table, 0x55, sizeof table); long n = sys(SYS_modify_ldt, 0, table, 64); printf("%s: %ld", what, n); for (int i = 0; i < 64; i++) printf("%s%02x", i % 8 ? "" : " ", table[i]); printf("\n"); }
static volatile int caught;
#include <setjmp.h>
static sigjmp_buf back;
static void on(int s, siginfo_t *i, void *c) { (void)c; caught = s * 1000 + (i->si_code & 0xfff); siglongjmp(back, 1); }
#define FAULTS(what, ...) do { caught = 0; if (!sigsetjmp(back, 1)) { __VA_ARGS__; } __asm__ volatile("movw %w0, %%ds; movw %w0, %%es" ::"r"(flat)); printf("%s: %d\n", what, caught); } while (0)
static int flat;
static int words[4] = {11, 22, 33, 44};
#define SEL(n) ((n) * 8 + 7)
static int load_es(int sel) { int v; __asm__ volatile("pushl %%es; movw %w1, %%es; movl %%es:0, %0; popl %%es" : "=&r"(v) : "r"(sel)); return v; }
/* ES stays loaded while the table changes, or while others run. */
static int load_changed(struct user_desc *u) { int v, r; __asm__ volatile("pushl %%es; movw %w2, %%es; int $0x80; movl %%es:0, %1; popl %%es" : "=a"(r), "=S"(v) : "S"(SEL(8)), "0"(SYS_modify_ldt), "b"(0x11), "c"(u), "d"(16) : "memory"); return v; }
static int load_yielding(int sel) { int v, r; __asm__ volatile("pushl %%es; movw %w2, %%es; int $0x80; movl %%es:0, %1; popl %%es" : "=a"(r), "=S"(v) : "S"(sel), "0"(SYS_sched_yield) : "memory"); return v; }
static unsigned lar(int sel) { unsigned v = 0; __asm__ volatile("lar %1, %0" : "+r"(v) : "r"(sel)); return v; }
static unsigned lsl(int sel) { unsigned v = 0; __asm__ volatile("lsl %1, %0" : "+r"(v) : "r"(sel)); return v; }
static void *thread(void *arg) { ldt(0x11, d(9, (unsigned)&words[2], 0xfff, 1, 0, 0, 0, 0, 0)); *(int *)arg = load_es(SEL(9)); return 0; }
extern char code16[], code16_end[]; 
__asm__(".pushsection .data\n.globl code16\ncode16: .code16\n movw $0x1234, %ax\n addw $0x1111, %ax\n lretl\n .code32\n.globl code16_end\ncode16_end:\n.popsection");
int main(void) {
  struct sigaction a = {0}; a.sa_sigaction = on; a.sa_flags = SA_SIGINFO; sigaction(SIGSEGV, &a, 0); sigaction(SIGBUS, &a, 0); sigaction(SIGILL, &a, 0);
  __asm__("movw %%ds, %w0" : "=r"(flat)); flat &= 0xffff;
  SHOW(sys(SYS_modify_ldt, 0, table, 64)); SHOW(sys(SYS_modify_ldt, 2, table, 64)); SHOW(sys(SYS_modify_ldt, 3, table, 64)); SHOW(sys(SYS_modify_ldt, 1, table, 15)); SHOW(sys(SYS_modify_ldt, 1, 4, 16)); SHOW(sys(SYS_modify_ldt, 0x11, 4, 16)); SHOW(sys(SYS_modify_ldt, -1, 0, 0));
  SHOW(ldt(1, d(8192, 0, 0, 1, 0, 0, 0, 0, 0))); SHOW(ldt(0x11, d(-1, 0, 0, 1, 0, 0, 0, 0, 0))); SHOW(ldt(1, d(1, 0, 5, 1, 3, 0, 0, 1, 0))); SHOW(ldt(0x11, d(1, 0, 5, 1, 3, 0, 0, 0, 0)));
  SHOW(ldt(0x11, d(3, 0x12345678, 0xabcde, 1, 0, 0, 1, 0, 1))); dump("one"); SHOW(ldt(1, d(2, 0x12345678, 0xabcde, 1, 1, 1, 0, 0, 1))); SHOW(ldt(0x11, d(1, 0x87654321, 0xfffff, 1, 2, 1, 1, 0, 0))); SHOW(ldt(0x11, d(4, 0, 5, 1, 3, 0, 0, 1, 0))); SHOW(ldt(0x11, d(5, 0x1000, 0xffff, 0, 0, 0, 0, 0, 0))); dump("five");
  SHOW(ldt(0x11, d(3, 0, 0, 0, 0, 1, 0, 1, 0))); SHOW(ldt(1, d(2, 0, 0, 1, 2, 0, 0, 0, 1))); SHOW(ldt(0x11, d(1, 0, 0, 0, 0, 0, 0, 0, 0))); dump("cleared");
  SHOW(sys(SYS_modify_ldt, 0, table, 65536)); SHOW(sys(SYS_modify_ldt, 0, table, 70000)); SHOW(sys(SYS_modify_ldt, 0, table, 12)); SHOW(sys(SYS_modify_ldt, 0, 4, 12)); SHOW(sys(SYS_modify_ldt, 2, table, 1000)); SHOW(sys(SYS_modify_ldt, 2, 4, 1000));
  SHOW(ldt(0x11, d(7, (unsigned)words, 15, 1, 0, 0, 0, 0, 0))); SHOW(load_es(SEL(7))); printf("%x %x\n", lar(SEL(7)), lsl(SEL(7))); SHOW(lar(SEL(3))); SHOW(lar(SEL(500)));
  int v; FAULTS("past the limit", __asm__ volatile("movw %w1, %%es; movl %%es:13, %0" : "=r"(v) : "r"(SEL(7)))); FAULTS("at the limit", __asm__ volatile("movw %w1, %%es; movl %%es:12, %0" : "=r"(v) : "r"(SEL(7)))); SHOW(v);
  ldt(0x11, d(7, (unsigned)words, 15, 1, 0, 1, 0, 0, 0)); FAULTS("read only", __asm__ volatile("movw %w0, %%es; movl $1, %%es:0" ::"r"(SEL(7)))); SHOW(load_es(SEL(7))); FAULTS("not present", ldt(0x11, d(7, 1, 15, 1, 0, 0, 0, 1, 0)); __asm__ volatile("movw %w0, %%es" ::"r"(SEL(7)))); FAULTS("beyond", __asm__ volatile("movw %w0, %%es" ::"r"(SEL(600)))); FAULTS("empty", __asm__ volatile("movw %w0, %%es" ::"r"(SEL(3)))); FAULTS("wrong rpl", __asm__ volatile("movw %w0, %%es" ::"r"(7 * 8 + 4)));
  ldt(0x11, d(7, (unsigned)words, 0xffff, 1, 1, 0, 0, 0, 0)); FAULTS("expand down below", __asm__ volatile("movw %w1, %%es; movl %%es:0, %0" : "=r"(v) : "r"(SEL(7))));
  ldt(0x11, d(7, (unsigned)words, 0, 1, 0, 0, 1, 0, 0)); printf("%x\n", lsl(SEL(7)));
  /* a register follows its descriptor at the latest when the table changes */
  ldt(0x11, d(8, (unsigned)words, 0xfff, 1, 0, 0, 0, 0, 0)); struct user_desc change = d(8, (unsigned)(words + 1), 0xfff, 1, 0, 0, 0, 0, 0); SHOW(load_changed(&change)); SHOW(load_es(SEL(8)));
  /* fork copies, threads share */
  CHILD("fork", { SHOW(load_es(SEL(8))); ldt(0x11, d(8, (unsigned)words, 0xfff, 1, 0, 0, 0, 0, 0)); SHOW(load_es(SEL(8))); }); SHOW(load_es(SEL(8)));
  CHILD("copied", { dump("child"); });
  pthread_t t; int seen = 0; pthread_create(&t, 0, thread, &seen); pthread_join(t, 0); SHOW(seen); SHOW(load_es(SEL(9)));
  for (int i = 0; i < 3; i++) { int c = fork(); if (c == 0) { ldt(0x11, d(8, (unsigned)(words + i), 0xfff, 1, 0, 0, 0, 0, 0)); for (int k = 0; k < 50; k++) if (load_yielding(SEL(8)) != words[i]) _exit(99); _exit(i); } }
  int sum = 0, s; while (wait(&s) > 0) sum += WEXITSTATUS(s); SHOW(sum);
  /* 16-bit code, called far and returned from far */
  SHOW(mprotect((void *)((unsigned)code16 & ~4095), 8192, 7)); SHOW(ldt(0x11, d(10, (unsigned)code16, code16_end - code16 - 1, 0, 2, 0, 0, 0, 0)));
  struct { unsigned off; unsigned short sel; } __attribute__((packed)) far16 = {0, SEL(10)}; unsigned ax = 0xffff0000; __asm__ volatile("lcall *%1" : "+a"(ax) : "m"(far16) : "memory"); printf("%x\n", ax);
  SHOW(ldt(0x11, d(10, (unsigned)code16, 1, 0, 2, 0, 0, 0, 0))); FAULTS("code limit", __asm__ volatile("lcall *%0" ::"m"(far16) : "memory"));
  /* a 16-bit stack keeps the upper half of ESP over a call and a signal */
  static char small[65536] __attribute__((aligned(65536))); SHOW(ldt(0x11, d(11, (unsigned)small, 0xffff, 0, 0, 0, 0, 0, 0))); unsigned after = 0; int pid = getpid(), got = 0;
  __asm__ volatile("movl %%esp, %%esi; movl %%ss, %%edi; movw %w3, %%ss; movl $0xabcd1000, %%esp; movl $20, %%eax; int $0x80; movl %%esp, %%ecx; movw %%di, %%ss; movl %%esi, %%esp; movl %%ecx, %0; movl %%eax, %1" : "=m"(after), "=m"(got) : "m"(pid), "r"(SEL(11)) : "eax", "ecx", "esi", "edi", "memory"); printf("%x %d\n", after, got == pid);
  SHOW(syscall(SYS_vm86old, 0)); SHOW(errno); SHOW(syscall(SYS_vm86, 0, 0)); SHOW(errno);
  /* thread areas */
  struct user_desc u = d(-1, 0x1000, 5, 1, 0, 0, 0, 0, 1); LIBC(syscall(SYS_set_thread_area, &u)); int slot = u.entry_number; struct user_desc g = d(u.entry_number, 0, 0, 0, 0, 0, 0, 0, 0); LIBC(syscall(SYS_get_thread_area, &g)); SHOW(memcmp(&u, &g, sizeof u)); u = d(u.entry_number, 0, 0, 0, 0, 1, 0, 1, 0); LIBC(syscall(SYS_set_thread_area, &u)); LIBC(syscall(SYS_get_thread_area, &g)); printf("%x %x %x\n", g.base_addr, g.limit, *((unsigned *)&g + 3));
  u = d(slot, 0x1000, 5, 0, 0, 0, 0, 0, 1); LIBC(syscall(SYS_set_thread_area, &u)); u = d(slot, 0x1000, 5, 1, 2, 0, 0, 0, 1); LIBC(syscall(SYS_set_thread_area, &u)); u = d(slot, 0x1000, 5, 1, 1, 1, 1, 0, 0); LIBC(syscall(SYS_set_thread_area, &u)); g = d(slot, 0, 0, 0, 0, 0, 0, 0, 0); LIBC(syscall(SYS_get_thread_area, &g)); printf("%x\n", *((unsigned *)&g + 3)); u = d(4, 0x1000, 5, 1, 0, 0, 0, 0, 1); LIBC(syscall(SYS_set_thread_area, &u)); u = d(5, 0, 0, 1, 0, 0, 0, 0, 1); LIBC(syscall(SYS_set_thread_area, &u)); LIBC(syscall(SYS_get_thread_area, &u));
  return 0;
}
