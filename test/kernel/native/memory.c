#include "check.h"
enum { SYS_mprotect = 125, SYS_mremap = 163, SYS_msync = 144, SYS_mlock = 150, SYS_mincore = 218, SYS_madvise = 219, SYS_mmap = 90, SYS_setrlimit = 75, MAP_FIXED = 0x10, MAP_NOREPLACE = 0x100000, NONE = 0, EXEC = 4 };
static void *map(u32 address, u32 length, int prot, int flags, int fd, u32 page) { return (void *)syscall(SYS_mmap2, address, length, prot, flags, fd, page); }
#define AP (MAP_ANONYMOUS | MAP_PRIVATE)
static volatile int touch_code;
static void *skip;
struct context { u32 r[14]; u32 ip; };
static void fault(int s, int *info, u32 *uc) { touch_code = s * 100 + info[2]; uc[5 + 14] = (u32)skip; }
static int reads(volatile char *p) { touch_code = 0; skip = &&out; __asm__ goto("movb (%0), %%al" ::"r"(p) : "eax" : out); out: return touch_code; }
static int writes(volatile char *p) { touch_code = 0; skip = &&out; __asm__ goto("movb $1, (%0)" ::"r"(p) : "memory" : out); out: return touch_code; }
int main(void) {
  on(SIGSEGV, fault, SA_SIGINFO); on(7, fault, SA_SIGINFO);
  u32 base = 0x30000000;
  SHOW(map(base, 0, 3, AP, -1, 0));
  SHOW(map(base + 1, 4096, 3, AP | MAP_FIXED, -1, 0));
  SHOW(map(base, 0xfffff000, 3, AP, -1, 0));
  SHOW(map(base, 4096, 3, MAP_ANONYMOUS, -1, 0));
  SHOW(map(base, 4096, 3, MAP_ANONYMOUS | 3, -1, 0));
  SHOW(map(base, 4096, 3, MAP_PRIVATE, -1, 0));
  SHOW(map(base, 4096, 3, MAP_PRIVATE, 99, 0));
  SHOW(map(base, 3 * 4096, 3, AP | MAP_FIXED, -1, 0) == (void *)base);
  SHOW(map(base, 4096, 3, AP | MAP_NOREPLACE, -1, 0));
  SHOW(map(base + 4096 * 3, 4096, 3, AP, -1, 0) == (void *)(base + 4096 * 3));
  SHOW(reads((char *)base)); SHOW(writes((char *)base)); SHOW(reads((char *)base));
  SHOW(reads((char *)base + 4096 * 4)); SHOW(writes((char *)base - 1));
  SHOW(syscall(SYS_mprotect, base + 1, 4096, 1));
  SHOW(syscall(SYS_mprotect, base, 4096 * 5, 1));
  SHOW(writes((char *)base + 8192));
  SHOW(syscall(SYS_mprotect, base, 4096 * 4, 3));
  SHOW(writes((char *)base + 8192));
  SHOW(syscall(SYS_mprotect, base, 4096, 0x40));
  SHOW(syscall(SYS_mprotect, base, 0, 1));
  SHOW(syscall(SYS_mprotect, base + 4096, 4096, NONE));
  SHOW(reads((char *)base + 4096)); SHOW(writes((char *)base + 4096));
  SHOW(reads((char *)base + 8192));
  *(int *)(base + 8192) = 77;
  SHOW(syscall(SYS_mprotect, base + 8192, 4096, NONE)); SHOW(syscall(SYS_mprotect, base + 8192, 4096, PROT_READ));
  SHOW(*(int *)(base + 8192)); SHOW(writes((char *)base + 8192));
  SHOW(syscall(SYS_munmap, base + 1, 4096)); SHOW(syscall(SYS_munmap, base, 0)); SHOW(syscall(SYS_munmap, 0xfffff000, 8192));
  SHOW(syscall(SYS_munmap, base + 4096, 4096)); SHOW(reads((char *)base + 4096)); SHOW(reads((char *)base)); SHOW(syscall(SYS_munmap, base + 4096, 4096));
  /* mremap */
  SHOW(syscall(SYS_mremap, base, 4096, 8192, 0, 0) == (int)base);
  SHOW(syscall(SYS_mremap, base, 8192, 4096 * 8, 0, 0));
  SHOW(syscall(SYS_mremap, base + 1, 4096, 8192, 1, 0)); SHOW(syscall(SYS_mremap, 0x20000000, 4096, 8192, 1, 0)); SHOW(syscall(SYS_mremap, base, 4096, 0, 1, 0));
  SHOW(syscall(SYS_mremap, base, 4096, 8192, 8, 0)); SHOW(syscall(SYS_mremap, base, 4096, 8192, 2, 0x31000000));
  *(int *)base = 1234;
  SHOW(syscall(SYS_mremap, base, 8192, 4096 * 8, 3, 0x31000000) == 0x31000000);
  SHOW(*(int *)0x31000000); SHOW(reads((char *)base)); SHOW(writes((char *)0x31007000)); SHOW(reads((char *)0x31008000));
  SHOW(syscall(SYS_mremap, 0x31000000, 4096 * 8, 4096, 0, 0) == 0x31000000); SHOW(reads((char *)0x31001000));
  SHOW(syscall(SYS_mremap, 0x31000000, 8192, 16384, 1, 0));
  /* fork and sharing */
  int *private = map(0x32000000, 4096, 3, AP | MAP_FIXED, -1, 0), *shared = map(0x33000000, 4096, 3, MAP_ANONYMOUS | MAP_SHARED | MAP_FIXED, -1, 0);
  *private = 1; *shared = 1;
  CHILD("writer", { *private = 2; *shared = 2; });
  say("private %d shared %d\n", *private, *shared);
  CHILD("munmap in child", { syscall(SYS_munmap, shared, 4096); syscall(SYS_munmap, private, 4096); });
  say("private %d shared %d\n", *private, *shared);
  /* madvise, mincore, msync, mlock */
  SHOW(syscall(SYS_madvise, private, 4096, 4)); SHOW(*private);
  SHOW(syscall(SYS_madvise, shared, 4096, 4)); SHOW(*shared);
  SHOW(syscall(SYS_madvise, 1, 4096, 4)); SHOW(syscall(SYS_madvise, private, 4096, 77)); SHOW(syscall(SYS_madvise, 0x34000000, 4096, 4));
  SHOW(syscall(SYS_madvise, private, 8192, 4)); SHOW(syscall(SYS_madvise, private, 0, 4));
  *private = 5;
  SHOW(syscall(SYS_madvise, private, 4096, 18)); CHILD("wipe", exit(*private)); SHOW(*private); SHOW(syscall(SYS_madvise, shared, 4096, 18));
  SHOW(syscall(SYS_madvise, private, 4096, 10)); CHILD("dontfork", { on(SIGSEGV, SIG_DFL, 0); exit(*private); });
  unsigned char vec[4] = {9, 9, 9, 9};
  map(0x35000000, 8192, 3, AP | MAP_FIXED, -1, 0); *(char *)0x35001000 = 1;
  SHOW(syscall(SYS_mincore, 0x35000000, 8192, vec)); say("%d %d\n", vec[0] & 1, vec[1] & 1);
  SHOW(syscall(SYS_mincore, 0x35000000, 8192 + 4096, vec)); SHOW(syscall(SYS_mincore, 0x35000001, 4096, vec)); SHOW(syscall(SYS_mincore, 0x35000000, 4096, 0));
  SHOW(syscall(SYS_msync, 0x35000000, 8192, 4)); SHOW(syscall(SYS_msync, 0x35000000, 8192, 5)); SHOW(syscall(SYS_msync, 0x35000000, 8192, 64)); SHOW(syscall(SYS_msync, 0x35000001, 1, 4)); SHOW(syscall(SYS_msync, 0x35000000, 16384, 1));
  SHOW(syscall(SYS_mlock, 0x35000000, 8192)); SHOW(syscall(SYS_mlock, 0x36000000, 4096));
  /* brk */
  u32 heap = syscall(SYS_brk, 0);
  SHOW(syscall(SYS_brk, heap + 10000) == (int)(heap + 10000)); SHOW(writes((char *)heap + 9999)); SHOW(syscall(SYS_brk, heap) == (int)heap); SHOW(syscall(SYS_brk, 4) == (int)heap); SHOW(syscall(SYS_brk, 0xffffffff) == (int)heap);
  SHOW(syscall(SYS_brk, heap + 4096) == (int)(heap + 4096)); SHOW(*(char *)heap);
  /* file mappings */
  int fd = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600); char text[5000]; memset(text, 'a', 5000); write(fd, text, 5000);
  char *f = map(0x37000000, 4096 * 3, 3, MAP_SHARED | MAP_FIXED, fd, 0);
  say("%c %d %d\n", f[0], f[4999], f[5000]); SHOW(reads(f + 8192)); SHOW(writes(f + 8192)); SHOW(writes(f + 100));
  lseek(fd, 100, 0); read(fd, text, 1); SHOW(text[0]);
  char *p = map(0x38000000, 8192, 3, MAP_PRIVATE | MAP_FIXED, fd, 0); p[5] = 'z'; say("%c %c\n", p[5], f[5]); f[6] = 'y'; f[4097] = 'q'; say("%c %c\n", p[6], p[4097]);
  int ro = open("data", O_RDONLY, 0), wo = open("data", O_WRONLY, 0);
  SHOW(map(0x39000000, 4096, 3, MAP_SHARED, ro, 0)); SHOW(map(0x39000000, 4096, 1, MAP_SHARED, wo, 0)); SHOW(map(0x39000000, 4096, 1, MAP_PRIVATE, wo, 0));
  SHOW(map(0x39000000, 4096, 1, MAP_SHARED | MAP_FIXED, ro, 0) == (void *)0x39000000); SHOW(syscall(SYS_mprotect, 0x39000000, 4096, 3));
  SHOW(map(0x3a000000, 4096, 3, MAP_PRIVATE | MAP_FIXED, ro, 1) == (void *)0x3a000000); SHOW(*(char *)0x3a000000);
  u32 args[6] = {0x3b000000, 4096, 1, MAP_PRIVATE | MAP_FIXED, (u32)ro, 100}; SHOW(syscall(SYS_mmap, args)); args[5] = 4096; SHOW(syscall(SYS_mmap, args) == 0x3b000000); SHOW(*(char *)0x3b000000);
  syscall(SYS_ftruncate, fd, 10); SHOW(reads(f + 4096)); SHOW(reads(p + 4096)); SHOW(reads(f + 20)); SHOW(f[20]);
  int dir = open(".", O_RDONLY, 0), fds[2]; pipe(fds);
  SHOW(map(0x3c000000, 4096, 1, MAP_PRIVATE, dir, 0)); SHOW(map(0x3c000000, 4096, 1, MAP_PRIVATE, fds[0], 0));
  close(fd); SHOW(f[0]); unlink("data"); SHOW(p[6]);
  /* arguments across a hole */
  map(0x3d000000, 8192, 3, AP | MAP_FIXED, -1, 0); syscall(SYS_munmap, 0x3d001000, 4096);
  write(fds[1], "abcdef", 6); SHOW(read(fds[0], (char *)0x3d001000, 4)); memset((char *)0x3d000000, 'w', 4096);
  SHOW(write(fds[1], (char *)0x3d001000, 4)); SHOW(open((char *)0x3d000ffe, 0, 0)); SHOW(syscall(SYS_uname, 0x3d000ff0));
  SHOW(syscall(SYS_wait4, -1, 0x3d000ffe, 0, 0));
  /* stack */
  SHOW(writes((char *)((u32)__builtin_frame_address(0) - 1000000)));
  SHOW(writes((char *)((u32)__builtin_frame_address(0) - 9000000)));
  u32 limit[2] = {64 << 20, 64 << 20}; SHOW(syscall(SYS_setrlimit, 9, limit)); SHOW(map(0, 128 << 20, 3, AP, -1, 0));
  return 0;
}
