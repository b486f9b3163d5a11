/* What the programs of this folder share: they print what a kernel does, line by line; test/kernel/native.test.ts runs
   each on the real kernel and on ours and compares. Nothing printed may depend on pids, addresses chosen by the kernel or time. */
#ifndef CHECK_H
#define CHECK_H

#include "lib.h"

#define SHOW(call) do { say("%s = %d\n", #call, (int)(call)); flush(); } while (0)
/* Success without its value (addresses, pids), or the error. */
#define OUTCOME(call) do { long r_ = (call); if (r_ < 0 && r_ > -4096) say("%s = %d\n", #call, (int)r_); else say("%s ok\n", #call); } while (0)

extern void signal_restorer(void);
__asm__(".globl rt_restorer\nrt_restorer:\n movl $173, %eax\n int $0x80\n");
extern void rt_restorer(void);

enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGUSR2 = 12 };
enum { SA_NOCLDSTOP = 1, SA_NOCLDWAIT = 2, SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_NODEFER = 0x40000000 };
#define SA_RESETHAND 0x80000000u

static inline int on(int signal, void *handler, u32 flags) {
  struct sigaction a = {(void (*)(int))handler, flags | SA_RESTORER, flags & SA_SIGINFO ? rt_restorer : signal_restorer, 0};
  return syscall(SYS_rt_sigaction, signal, &a, 0, 8);
}

static inline int mask(int how, u64 set) { return syscall(SYS_rt_sigprocmask, how, &set, 0, 8); }
#define BIT(signal) (1ull << ((signal)-1))

/* What is printed is not to be printed twice. */
static inline int flushed_fork(void) { flush(); return fork(); }
#define fork() flushed_fork()

/* A wait status in words. */
static inline void show_status(const char *what, int status) {
  if ((status & 0x7f) == 0) say("%s: exited %d\n", what, status >> 8 & 0xff);
  else if ((status & 0xff) == 0x7f) say("%s: stopped %d\n", what, status >> 8 & 0xff);
  else if (status == 0xffff) say("%s: continued\n", what);
  else say("%s: killed %d%s\n", what, status & 0x7f, status & 0x80 ? " core" : "");
}

/* Runs `body` in a child and shows how it ended. */
#define CHILD(what, ...) do { int status_ = 0; flush(); int pid_ = fork(); if (pid_ == 0) { __VA_ARGS__; exit(0); } \
  int got_ = wait4(pid_, &status_, 0, 0); if (got_ != pid_) say("%s: wait4 = %d\n", what, got_); else show_status(what, status_); } while (0)

static inline i64 lseek(int fd, i64 offset, int whence) { i64 at; int r = syscall(SYS_llseek, fd, (u32)((u64)offset >> 32), (u32)offset, &at, whence); return r < 0 ? r : at; }

static inline void nap(int milliseconds) {
  struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  syscall(SYS_nanosleep, &t, 0);
}
#endif
