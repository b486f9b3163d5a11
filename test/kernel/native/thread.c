#include "check.h"
enum { VM = 0x100, FS = 0x200, FILES = 0x400, SIGHAND = 0x800, VFORK = 0x4000, THREAD = 0x10000, SETTLS = 0x80000, PARENT_SETTID = 0x100000, CLEARTID = 0x200000, SETTID = 0x1000000, clone_ = 120, futex_ = 240, gettid_ = 224, set_thread_area = 243, get_thread_area = 244, exit_ = 1, tgkill_ = 270 };
/* clone with a function on a new stack */
int spawn(int flags, void *stack, int *ptid, u32 *tls, int *ctid, void (*fn)(void *), void *arg);
__asm__(".globl spawn\nspawn: pushl %ebx; pushl %esi; pushl %edi; movl 16(%esp), %ebx; movl 20(%esp), %ecx; movl 36(%esp), %edx; movl 40(%esp), %eax; subl $16, %ecx; movl %edx, (%ecx); movl %eax, 4(%ecx)\n"
  "movl 24(%esp), %edx; movl 28(%esp), %esi; movl 32(%esp), %edi; movl $120, %eax; int $0x80; testl %eax, %eax; jnz 1f; popl %eax; call *%eax; movl %eax, %ebx; movl $1, %eax; int $0x80\n1: popl %edi; popl %esi; popl %ebx; ret\n");
int quick_fork(void);
__asm__(".globl quick_fork\nquick_fork: popl %edx; movl $190, %eax; int $0x80; jmp *%edx\n");
static volatile int word, tid, ctid, ran, sum;
static char stacks[4][16384];
static void body(void *arg) { ran = (int)arg; tid = syscall(gettid_); syscall(exit_, 0); }
static void join(volatile int *c) { int v; while ((v = *c)) syscall(futex_, c, 0, v, 0); }
static void adder(void *arg) { for (int i = 0; i < 1000; i++) { sum += (int)arg; if (i % 100 == 0) syscall(158); } syscall(exit_, 0); }
static void tlsread(void *arg) { (void)arg; int v; __asm__ volatile("movl %%gs:0, %0" : "=r"(v)); ran = v; syscall(exit_, 0); }
static void grouper(void *arg) { (void)arg; nap(10); syscall(SYS_exit_group, 42); }
static void sleeper(void *arg) { (void)arg; for (;;) nap(1000); }
static volatile int handler_tid; static void hit(int s) { (void)s; handler_tid = syscall(gettid_); }
static void execer(void *arg) { char *argv[] = {"self", "after-exec", 0}; (void)arg; execve("self", argv, environ); syscall(exit_, 9); }
#define THREADS (VM | FS | FILES | SIGHAND | THREAD)
int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "after-exec")) { SHOW((int)syscall(gettid_) == getpid()); return 21; }
  SHOW(syscall(clone_, THREAD, 0, 0, 0, 0)); SHOW(syscall(clone_, SIGHAND, 0, 0, 0, 0)); SHOW(syscall(clone_, THREAD | SIGHAND, 0, 0, 0, 0));
  int ptid = 0; ctid = 1;
  int r = spawn(THREADS | PARENT_SETTID | CLEARTID, stacks[0] + 16384, &ptid, 0, (int *)&ctid, body, (void *)77);
  SHOW(r == ptid); join(&ctid); say("ran %d tid %d pid differs %d\n", ran, tid == r, r != getpid());
  ctid = 1; spawn(THREADS | SETTID | CLEARTID, stacks[0] + 16384, 0, 0, (int *)&ctid, body, (void *)78); join(&ctid); SHOW(ran);
  int c1 = 1, c2 = 1; spawn(THREADS | CLEARTID, stacks[0] + 16384, 0, 0, &c1, adder, (void *)1); spawn(THREADS | CLEARTID, stacks[1] + 16384, 0, 0, &c2, adder, (void *)1000); join(&c1); join(&c2); SHOW(sum);
  /* TLS */
  static int area = 4711; u32 desc[4] = {(u32)-1, (u32)&area, 0xfffff, 0x51}; SHOW(syscall(set_thread_area, desc)); u32 entry = desc[0];
  u32 got[4] = {entry}; SHOW(syscall(get_thread_area, got)); say("base %d limit %x flags %x\n", got[1] == (u32)&area, got[2], got[3]);
  __asm__ volatile("movw %w0, %%gs" ::"r"(entry * 8 + 3)); int v; __asm__ volatile("movl %%gs:0, %0" : "=r"(v)); SHOW(v);
  static int other = 1147; u32 desc2[4] = {entry, (u32)&other, 0xfffff, 0x51}; ctid = 1; spawn(THREADS | CLEARTID | SETTLS, stacks[0] + 16384, 0, desc2, (int *)&ctid, tlsread, 0); join(&ctid); SHOW(ran); __asm__ volatile("movl %%gs:0, %0" : "=r"(v)); SHOW(v);
  CHILD("tls survives fork", { int w; __asm__ volatile("movl %%gs:0, %0" : "=r"(w)); exit(w == 4711); });
  u32 more[4] = {(u32)-1, 0x1000, 1, 0x41}; SHOW(syscall(set_thread_area, more)); more[0] = (u32)-1; SHOW(syscall(set_thread_area, more)); more[0] = (u32)-1; SHOW(syscall(set_thread_area, more)); more[0] = 1; SHOW(syscall(set_thread_area, more)); SHOW(syscall(set_thread_area, 4)); more[0] = entry; more[3] = 0x40; SHOW(syscall(set_thread_area, more)); got[0] = 3; SHOW(syscall(get_thread_area, got));
  /* futex */
  word = 1; struct timespec tiny = {0, 5000000}; SHOW(syscall(futex_, &word, 0, 2, 0)); SHOW(syscall(futex_, &word, 0, 1, &tiny)); SHOW(syscall(futex_, &word, 1, 1, 0)); SHOW(syscall(futex_, (u32)&word + 1, 1, 1, 0)); SHOW(syscall(futex_, 4, 0, 1, 0)); SHOW(syscall(futex_, &word, 99, 1, 0)); SHOW(syscall(futex_, &word, 9, 1, &tiny, 0, 0)); SHOW(syscall(futex_, &word, 3, 1, 0, &sum, 0)); SHOW(syscall(futex_, &word, 4, 1, 0, &sum, 7));
  int *shared = (int *)syscall(SYS_mmap2, 0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0); int pid = fork(); if (pid == 0) { nap(10); shared[0] = 1; exit(syscall(futex_, shared, 1, 1, 0)); } SHOW(syscall(futex_, shared, 0, 0, 0)); int woken; wait4(pid, &woken, 0, 0); show_status("woken", woken);
  /* ends */
  CHILD("exit_group in a thread", { spawn(THREADS, stacks[0] + 16384, 0, 0, 0, grouper, 0); spawn(THREADS, stacks[1] + 16384, 0, 0, 0, sleeper, 0); for (;;) nap(1000); });
  CHILD("leader exits first", { spawn(THREADS, stacks[0] + 16384, 0, 0, 0, grouper, 0); syscall(exit_, 5); });
  CHILD("killed", { spawn(THREADS, stacks[1] + 16384, 0, 0, 0, sleeper, 0); nap(5); kill(getpid(), SIGTERM); nap(1000); });
  CHILD("exec in a thread", { spawn(THREADS, stacks[0] + 16384, 0, 0, 0, execer, 0); for (;;) nap(1000); });
  on(SIGUSR1, hit, 0); r = spawn(THREADS, stacks[1] + 16384, 0, 0, 0, sleeper, 0); nap(5); syscall(tgkill_, getpid(), r, SIGUSR1); nap(20); SHOW(handler_tid == r); mask(SIG_BLOCK, BIT(SIGUSR1)); kill(getpid(), SIGUSR1); nap(20); SHOW(handler_tid == r); 
  /* vfork and posix_spawn's clone */
  int shared_word = 0; volatile int *sw = &shared_word; pid = quick_fork(); if (pid == 0) { *sw = 5; syscall(exit_, 0); } SHOW(*sw); wait4(pid, 0, 0, 0);
  pid = spawn(VM | VFORK | SIGCHLD, stacks[2] + 16384, 0, 0, 0, body, (void *)99); SHOW(ran); int status; SHOW(wait4(pid, &status, 0, 0) == pid); show_status("vfork", status);
  flush(); syscall(SYS_exit_group, 0);
}
