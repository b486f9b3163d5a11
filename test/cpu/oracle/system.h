/*
 * The few Linux system calls and types that the freestanding i386 oracle programs need: there is no 32-bit libc
 * to lean on. Structure layouts are those of arch/x86/include/uapi/asm (i386 side).
 */
#ifndef SYSTEM_H
#define SYSTEM_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

enum {
  SYS_exit = 1,
  SYS_read = 3,
  SYS_write = 4,
  SYS_munmap = 91,
  SYS_modify_ldt = 123,
  SYS_ftruncate = 93,
  SYS_setitimer = 104,
  SYS_mprotect = 125,
  SYS_rt_sigaction = 174,
  SYS_sigaltstack = 186,
  SYS_mmap2 = 192,
  SYS_sched_setaffinity = 241,
  SYS_memfd_create = 356,
};

enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGVTALRM = 26 };
enum { ITIMER_VIRTUAL = 1 };
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20 };

/* EBX and EBP carry arguments 1 and 6, so the sixth goes through the stack. */
static inline int syscall6(int n, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f) {
  int r;
  __asm__ volatile("push %[f]\n\tpush %%ebp\n\tmov 4(%%esp),%%ebp\n\tint $0x80\n\tpop %%ebp\n\tadd $4,%%esp"
                   : "=a"(r)
                   : "0"(n), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "m"(f)
                   : "memory", "cc");
  return r;
}
#define syscall3(n, a, b, c) syscall6(n, (u32)(a), (u32)(b), (u32)(c), 0, 0, 0)

struct sigaction {
  void *handler;
  u32 flags;
  void *restorer;
  u32 mask[2];
};
enum { SA_SIGINFO = 4, SA_RESTORER = 0x04000000, SA_ONSTACK = 0x08000000, SA_NODEFER = 0x40000000 };

struct stack {
  void *base;
  u32 flags;
  u32 size;
};

/* struct sigcontext_32: what the kernel saved of the interrupted program. */
struct sigcontext {
  u32 gs, fs, es, ds;
  u32 edi, esi, ebp, esp, ebx, edx, ecx, eax;
  u32 trapno, err, eip, cs, eflags, esp_at_signal, ss;
  u8 *fpstate; /* a 112-byte FSAVE image, then the 512-byte FXSAVE image */
  u32 oldmask, cr2;
};

struct ucontext {
  u32 flags;
  struct ucontext *link;
  struct stack stack;
  struct sigcontext mcontext;
};

struct user_desc {
  u32 entry, base, limit, bits;
};

#endif
