/* Attacks on pages: reading, writing and moving what is not the program's. */
#include "attack.h"

/* What the processor lets be read beside the list of the kernel, and whether the secret is in it. */
void attack_pages(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs));
  u32 at = 0;
  for (int n = 0; n < count; n++) {
    tell("%x-%x %s\n", runs[n].from, runs[n].to, runs[n].writable ? "writable" : "readable");
    if (!at) at = hunt(runs[n].from, runs[n].to);
  }
  char word[28] = {0};
  if (at) memcpy(word, (void *)at, 27);
  tell(at ? "leak: %s\n" : "no secret\n", word);
}

/* Changes the secret wherever it can be written. */
void attack_deface(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs)), changed = 0;
  for (int n = 0; n < count; n++) {
    if (!runs[n].writable) continue;
    for (u32 at = runs[n].from; (at = hunt(at, runs[n].to)); at++) *(u8 *)at ^= 0x20, changed++;
  }
  tell(changed ? "changed\n" : "nothing to change\n");
}

enum { SMALL = 16 * PAGE };
static const u8 patterns[] = {0xff, 0x00, 0xcc, 0x5a};

/* Overwrites the few pages that can be written there, then asks much of the guest kernel. */
void attack_scribble(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs));
  for (u32 p = 0; p < COUNT(patterns); p++) {
    for (int n = 0; n < count; n++) if (runs[n].writable && runs[n].to - runs[n].from <= SMALL) memset((void *)runs[n].from, patterns[p], runs[n].to - runs[n].from);
    u8 *fresh = memory(0, 64 * PAGE);
    for (u32 n = 0; n < 64; n++) fresh[n * PAGE] = n;
    syscall(SYS_mprotect, fresh, 32 * PAGE, PROT_READ);
    syscall(SYS_munmap, fresh + 16 * PAGE, PAGE);
    int sum = 0;
    for (u32 n = 0; n < 64; n++) if (n != 16) sum += fresh[n * PAGE];
    CHILD("a child", exit(getpid() == getppid()));
    tell("%d\n", sum);
  }
}

/* Overwrites everything that can be written: the end of a guest kernel that protects nothing. */
void attack_ruin(void) {
  struct run runs[32];
  int count = strangers(runs, COUNT(runs)), large = 0;
  for (int n = 0; n < count; n++) {
    if (!runs[n].writable || runs[n].to - runs[n].from <= SMALL) continue;
    large++;
    memset((void *)runs[n].from, 0xff, runs[n].to - runs[n].from);
  }
  tell(large ? "STILL THERE\n" : "nothing to ruin\n");
}

static const u32 edges[] = {0x6ffff000u, 0x70000000u, 0xb7ffd000u, 0xb7ffe000u, 0xb7fff000u, 0xb8000000u, 0xb8001000u, 0xbfff0000u, 0xbfff8000u, 0xbfff9000u, 0xbfffa000u, 0xbfffb000u, 0xbfffc000u, 0xbfffd000u, 0xbfffe000u, 0xbffff000u, 0xc0000000u, 0xffffe000u, 0xfffff000u};

u32 edge(void) {
  enum { NOREPLACE = 0x100000, EXISTS = -17 };
  for (u32 n = 0; n < COUNT(edges); n++) {
    void *p = mapped((void *)edges[n], PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | NOREPLACE, -1, 0);
    if ((int)p == EXISTS) continue;
    if (failed(p)) return edges[n];
    syscall(SYS_munmap, p, PAGE);
  }
  return 0;
}

/* Every call that changes mappings, over everything above the end. */
void attack_remap(void) {
  u32 end = edge();
  tell("mappable below %x\n", end);
  for (u32 n = 0; n < COUNT(edges); n++) {
    u32 at = edges[n];
    if (at < end) continue;
    u8 *own = memory(0, PAGE);
    int results[] = {
      (int)memory((void *)at, PAGE),
      (int)memory((void *)(end - PAGE), 2 * PAGE),
      syscall(SYS_munmap, at, PAGE),
      syscall(SYS_munmap, end - PAGE, at - end + 2 * PAGE),
      syscall(SYS_mprotect, at, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC),
      syscall(SYS_mremap, at, PAGE, 2 * PAGE, 1),
      syscall(SYS_mremap, own, PAGE, PAGE, 3, at),
      syscall(SYS_madvise, at, PAGE, 4),
      syscall(SYS_remap_file_pages, at, PAGE, 0, 0, 0),
      syscall(SYS_mincore, at, PAGE, own),
    };
    bool refused = true;
    for (u32 k = 0; k < COUNT(results); k++) refused = refused && results[k] < 0 && results[k] > -4096;
    tell("%x:", at);
    for (u32 k = 0; k < COUNT(results); k++) tell(" %d", results[k]);
    tell(refused ? " refused\n" : " ALLOWED\n");
  }
  struct run runs[32];
  int count = strangers(runs, COUNT(runs));
  for (int n = 0; n < count; n++) tell("still %x-%x %s\n", runs[n].from, runs[n].to, runs[n].writable ? "writable" : "readable");
}

/* A stack, and the heap, that grow as far as they can. */
static void push_down(u32 at) { for (u32 n = 0; n < 64; n++) *(volatile u32 *)(at - n * PAGE) = n; }
void attack_growth(void) {
  u32 end = edge();
  u32 top = syscall(SYS_brk, 0), heap = syscall(SYS_brk, end);
  tell("brk: %s\n", heap == top ? "refused" : "GREW");
  u8 *down = mapped((void *)(end - 4 * PAGE), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
  tell("grows down: %s\n", failed(down) ? "refused" : "mapped");
  u8 *above = mapped((void *)end, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
  tell("above the end: %d\n", (int)above);
  struct outcome o = attempt(push_down, end + 63 * PAGE);
  tell("pushed through the end: %s\n", o.signal ? "SIGSEGV" : "WENT");
}

/* The kernel as deputy: buffers that are not the program's. */
void attack_deputy(void) {
  static const u32 places[] = {0x70000000, 0x70001000, 0x70010000, 0x70fff000, 0xb7ffe000u, 0xb7fff000u, 0xb8000000u, 0xbfffa000u, 0xbfffb000u, 0xbfffc000u, 0xbfffd000u, 0xbfffe000u, 0xbffff000u, 0xbffffffcu, 0xc0000000u, 0xc0100000u, 0xfffff000u, 0xfffffff0u};
  int fds[2];
  pipe(fds);
  u32 end = edge();
  for (u32 n = 0; n < COUNT(places); n++) {
    u32 at = places[n];
    if (at < end) continue;
    write(fds[1], "0123456789abcdef", 16);
    struct { u32 at, size; } vector = {at, 16};
    int results[] = {
      write(fds[1], (void *)at, 16), read(fds[0], (void *)at, 16), syscall(146, fds[1], &vector, 1), syscall(SYS_getcwd, at, 4096),
      open((char *)at, 0, 0), syscall(SYS_rt_sigaction, SIGUSR1, at, 0, 8), syscall(SYS_rt_sigaction, SIGUSR1, 0, at, 8),
      syscall(SYS_set_thread_area, at), stat("/", (struct stat *)at), clock_gettime(0, (struct timespec *)at), syscall(SYS_wait4, -1, at, WNOHANG, 0),
      syscall(240, at, 0, 1, 0, 0, 0),
    };
    char rest[64];
    int drained = read(fds[0], rest, 64);
    tell("%x:", at);
    for (u32 k = 0; k < COUNT(results); k++) tell(" %d", results[k]);
    tell(" %d\n", drained);
  }
}

/* Code that changes itself, within a page, across two, and through a second mapping of the same page. */
void attack_self(void) {
  u8 *code = memory((void *)0x30000000, 2 * PAGE);
  int sum = 0;
  for (int n = 0; n < 200; n++) {
    u8 *at = code + PAGE - 4 + n % 4; /* mov eax, n; ret: across the two pages */
    u8 bytes[] = {0xb8, n, 0, 0, 0, 0xc3};
    memcpy(at, bytes, sizeof bytes);
    sum += ((int (*)(void))at)();
  }
  int fd = syscall(SYS_memfd_create, "x", 0);
  syscall(SYS_ftruncate, fd, PAGE);
  u8 *store = mapped(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *run = mapped(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  for (int n = 0; n < 200; n++) {
    u8 bytes[] = {0xb8, n, 0, 0, 0, 0xc3};
    memcpy(store + 16, bytes, sizeof bytes);
    sum += ((int (*)(void))(run + 16))();
  }
  tell("%d\n", sum);
}

/* One thread maps and unmaps a page under the other, which traps on it and makes calls that read it. */
static volatile int racing = 1;
static u8 thread_stack[16384] __attribute__((aligned(16)));
static u8 *const ground = (u8 *)0x31000000;
__asm__(".globl start_thread\nstart_thread: pushl %ebx; pushl %esi; movl 12(%esp), %ecx; movl 16(%esp), %esi\n"
  " movl %esi, (%ecx); movl $120, %eax; movl $0x00010f00, %ebx; xorl %edx, %edx; int $0x80\n"
  " testl %eax, %eax; jz 1f; popl %esi; popl %ebx; ret\n"
  "1: popl %eax; call *%eax; movl $1, %eax; xorl %ebx, %ebx; int $0x80\n");
extern int start_thread(void *stack, void (*body)(void));
static void remapper(void) {
  for (u32 n = 0; racing; n++) {
    mapped(ground, PAGE, n & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (n % 3 == 0) syscall(SYS_munmap, ground, PAGE);
    if (n % 16 == 0) syscall(158);
  }
}
static void tread(u32 at) { *(volatile u32 *)at += 1; }
void attack_race(void) {
  int fds[2], wrong = 0;
  pipe(fds);
  start_thread(thread_stack + sizeof thread_stack - 64, remapper);
  for (int n = 0; n < 300; n++) {
    struct outcome o = attempt(tread, (u32)ground);
    if (o.signal && (o.signal != SIGSEGV || o.address != (u32)ground)) wrong++;
    int r = write(fds[1], ground, 4);
    if (r == 4) {
      u32 value;
      read(fds[0], &value, 4);
      if (value > 300) wrong++;
    } else if (r != -EFAULT) wrong++;
    if (n % 8 == 0) syscall(158);
  }
  racing = 0;
  tell("%d wrong\n", wrong);
}
