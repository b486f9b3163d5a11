/* Attacks on what stays behind when the view of memory changes: translations, copies of code, pages of two names. */
#include "attack.h"

enum { SYS_shmget = 395, SYS_shmctl = 396, SYS_shmat = 397, SYS_shmdt = 398 };

static u32 got;
static void peek(u32 at) { got = *(volatile u32 *)at; }
static void poke(u32 at) { *(volatile u8 *)at = 0x5a; }
static void jump(u32 at) { ((void (*)(void))at)(); }

/* The guest kernel has just touched its memory: is it still there when control comes back? */
static void kernel_works(int how) {
  static char buffer[2 * PAGE];
  struct timespec t;
  int status, pid;
  switch (how) {
    case 0: getpid(); break;
    case 1: getcwd(buffer, sizeof buffer); break;
    case 2: attempt(peek, 0); break;
    case 3: memset(memory((void *)0x36000000, 4 * PAGE), 1, 4 * PAGE); break;
    case 4: clock_gettime(1, &t); break;
    case 5: syscall(158); break;
    case 6: kill(getpid(), 0); break;
    default: pid = fork(); if (pid == 0) exit(0); wait4(pid, &status, 0, 0);
  }
}
void attack_stale(void) {
  int reached = 0, tried = 0;
  for (int how = 0; how < 8; how++) for (u32 t = 0; t < UNMAPPED_COUNT; t++) {
    kernel_works(how);
    reached += attempt(peek, unmapped[t]).signal == 0;
    kernel_works(how);
    reached += attempt(poke, unmapped[t]).signal == 0;
    kernel_works(how);
    reached += attempt(jump, unmapped[t]).signal != SIGSEGV;
    tried += 3;
  }
  tell("%d tried, %d reached\n", tried, reached);
}

/* The same of pages of one's own: touched, taken away, touched. */
void attack_dropped(void) {
  u8 *page = (u8 *)0x31000000;
  int wrong = 0;
  for (int n = 0; n < 40; n++) {
    memory(page, 2 * PAGE);
    page[0] = n, page[PAGE] = n;
    if (n % 4 == 0) syscall(SYS_munmap, page, PAGE), wrong += attempt(peek, (u32)page).signal != SIGSEGV;
    else if (n % 4 == 1) syscall(SYS_mprotect, page, PAGE, PROT_READ), wrong += attempt(poke, (u32)page).signal != SIGSEGV || page[0] != n;
    else if (n % 4 == 2) syscall(SYS_mprotect, page, PAGE, 0), wrong += attempt(peek, (u32)page).signal != SIGSEGV;
    else syscall(SYS_mremap, page, PAGE, PAGE, 3, page + 16 * PAGE), wrong += attempt(peek, (u32)page).signal != SIGSEGV || page[16 * PAGE] != n;
    wrong += page[PAGE] != n;
  }
  tell("%d wrong\n", wrong);
}

/* Code that the kernel puts where code has just run: the kernel writes through a mapping of its own. */
void attack_deposit(void) {
  u8 *code = memory((void *)0x31000000, 2 * PAGE);
  int fds[2], sum = 0;
  pipe(fds);
  for (int n = 0; n < 100; n++) {
    u8 bytes[] = {0xb8, n, 0, 0, 0, 0xc3};
    u8 *at = code + PAGE - 3 * (n & 1);
    write(fds[1], bytes, sizeof bytes);
    read(fds[0], at, sizeof bytes);
    sum += ((int (*)(void))at)();
  }
  tell("%d\n", sum);
}

/* One page in two processes: one writes the code, the other runs it, in turn. */
void attack_aliases(void) {
  int there[2], back[2], sum = 0, fd = syscall(SYS_memfd_create, "x", 0), status;
  u8 byte = 0;
  syscall(SYS_ftruncate, fd, PAGE);
  pipe(there), pipe(back);
  int pid = fork();
  if (pid == 0) {
    u8 *run = mapped(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    while (close(there[1]), read(there[0], &byte, 1) == 1) {
      byte = ((int (*)(void))run)();
      write(back[1], &byte, 1);
    }
    exit(0);
  }
  u8 *store = mapped(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  for (int n = 0; n < 60; n++) {
    u8 bytes[] = {0xb8, n, 0, 0, 0, 0xc3};
    memcpy(store, bytes, sizeof bytes);
    write(there[1], &byte, 1);
    read(back[0], &byte, 1);
    sum += byte == n;
  }
  close(there[1]);
  wait4(pid, &status, 0, 0);
  tell("%d of 60\n", sum);
}

/* The same address in two processes: other data, other code, and a page that only one of them has. */
void attack_twins(void) {
  int there[2], back[2], wrong = 0, status;
  u8 *page = memory((void *)0x31000000, PAGE), byte = 0;
  pipe(there), pipe(back);
  int pid = fork(), child = pid == 0;
  int in = child ? there[0] : back[0], out = child ? back[1] : there[1];
  u32 mine = child ? 0x11110000 : 0x22220000;
  if (child) memory((void *)0x32000000, PAGE);
  for (int n = 0; n < 40; n++) {
    if (child) read(in, &byte, 1);
    u8 bytes[] = {0xb8, 0, 0, 0, 0, 0xc3};
    *(u32 *)(bytes + 1) = mine + n;
    if (n > 0) wrong += ((u32(*)(void))page)() != mine + n - 1;
    memcpy(page, bytes, sizeof bytes);
    wrong += ((u32(*)(void))page)() != mine + n;
    wrong += (attempt(poke, 0x32000000).signal == 0) != child;
    write(out, &byte, 1);
    if (!child) read(in, &byte, 1);
  }
  if (child) exit(wrong);
  wait4(pid, &status, 0, 0);
  tell("%d wrong, %d wrong\n", wrong, status >> 8);
}

/* Accesses of every size across the last byte. */
static u32 place;
static void access_of(u32 kind) {
  switch (kind) {
    case 0: __asm__ volatile("movb (%0), %%al" : : "r"(place) : "eax"); break;
    case 1: __asm__ volatile("movw (%0), %%ax" : : "r"(place) : "eax"); break;
    case 2: __asm__ volatile("movl (%0), %%eax" : : "r"(place) : "eax"); break;
    case 3: __asm__ volatile("fldl (%0); fstp %%st(0)" : : "r"(place)); break;
    case 4: __asm__ volatile("fldt (%0); fstp %%st(0)" : : "r"(place)); break;
    case 5: __asm__ volatile("movb %%al, (%0)" : : "r"(place)); break;
    case 6: __asm__ volatile("movl %%eax, (%0)" : : "r"(place)); break;
    case 7: __asm__ volatile("fldz; fstpt (%0)" : : "r"(place)); break;
    case 8: __asm__ volatile("fnstenv (%0)" : : "r"(place)); break;
    case 9: __asm__ volatile("movl %%esp, %%ecx; leal 4(%0), %%esp; pushl %%eax; movl %%ecx, %%esp" : : "r"(place) : "ecx"); break;
    case 10: __asm__ volatile("pushal; movl %%esp, %%ebx; leal 32(%0), %%esp; pushal; movl %%ebx, %%esp; popal" : : "a"(place)); break;
    case 11: __asm__ volatile("cld; movl %0, %%esi; lodsl" : : "r"(place) : "eax", "esi"); break;
    case 12: __asm__ volatile("lock; incl (%0)" : : "r"(place)); break;
    case 13: __asm__ volatile("sidt (%0)" : : "r"(place)); break;
    default: __asm__ volatile("bound %%eax, (%0)" : : "r"(place), "a"(0));
  }
}
void attack_straddle(void) {
  static const u8 sizes[] = {1, 2, 4, 8, 10, 1, 4, 10, 28, 4, 32, 4, 4, 6, 8};
  u32 end = 0x70000000;
  last_page();
  for (u32 kind = 0; kind < COUNT(sizes); kind++) {
    /* sidt is answered by some kernels in their own way */
    if (kind == 13) continue;
    int within = 0, across = 0;
    for (u32 back = 40; back > 0; back--) {
      place = end - back;
      memset((void *)(end - 64), 0, 64);
      struct outcome o = attempt(access_of, kind);
      if (sizes[kind] <= back) within += o.signal == 0;
      else across += o.signal == 0;
    }
    tell("%d bytes: %d within, %d across\n", sizes[kind], within, across);
  }
}

/* String instructions that run over the end: what is left to do when they stop. */
static u32 left;
static void move_over(u32 how) {
  static u8 buffer[256];
  u32 edge = 0x70000000 - 16;
  memset((void *)edge, 0, 16);
  if (how == 0) __asm__ volatile("cld; rep movsb" : : "S"(edge), "D"(buffer), "c"(64));
  if (how == 1) __asm__ volatile("cld; rep movsl" : : "S"(buffer), "D"(edge), "c"(64));
  if (how == 2) __asm__ volatile("cld; rep stosl" : : "D"(edge), "c"(64), "a"(0));
  if (how == 3) __asm__ volatile("cld; rep lodsw" : : "S"(edge), "c"(64));
  if (how == 4) __asm__ volatile("cld; repe scasb" : : "D"(edge), "c"(64), "a"(0));
  if (how == 5) __asm__ volatile("cld; repe cmpsl" : : "S"(edge), "D"(buffer), "c"(64));
}
static void over_handler(int signal, void *info, u32 *context) {
  left = context[5 + 10];
  syscall(SYS_exit, (left & 0x7f) | (signal == SIGSEGV ? 0x80 : 0));
}
void attack_strings(void) {
  last_page();
  for (int how = 0; how < 6; how++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      attempt(peek, 0);
      on(SIGSEGV, over_handler, SA_SIGINFO | SA_ONSTACK);
      move_over(how);
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    tell("%d: %s, %d left\n", how, status & 0x8000 ? "SIGSEGV" : "went on", status >> 8 & 0x7f);
  }
}

/* The kernel's own ways to a program's memory. */
void attack_selfmem(void) {
  /* Another user than the one that began may not be looked into, unless it says so. */
  syscall(172, 4, 1);
  int fd = open("/proc/self/mem", O_RDWR, 0), reached = 0, tried = 0;
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) {
    u32 word = 0, own[2] = {(u32)&word, 4}, its[2] = {unmapped[t], 4};
    int results[] = {
      syscall(SYS_pread64, fd, &word, 4, unmapped[t], 0), syscall(181, fd, &word, 4, unmapped[t], 0),
      syscall(SYS_process_vm_readv, getpid(), own, 1, its, 1, 0), syscall(SYS_process_vm_writev, getpid(), own, 1, its, 1, 0),
      syscall(240, unmapped[t], 1, 1), syscall(SYS_madvise, unmapped[t], PAGE, 4),
    };
    tell("%x:", unmapped[t]);
    for (u32 n = 0; n < COUNT(results); n++) tell(" %d", results[n]);
    tell("\n");
  }
  int status, pid = fork();
  if (pid == 0) {
    syscall(SYS_ptrace, 0, 0, 0, 0);
    kill(getpid(), SIGSTOP);
    exit(0);
  }
  wait4(pid, &status, 0, 0);
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) {
    u32 word;
    reached += syscall(SYS_ptrace, 2, pid, unmapped[t], &word) >= 0;
    reached += syscall(SYS_ptrace, 5, pid, unmapped[t], 0x5a5a5a5a) >= 0;
    tried += 2;
  }
  kill(pid, SIGKILL);
  wait4(pid, &status, 0, 0);
  tell("%d tried by ptrace, %d reached\n", tried, reached);
}

/* Mappings across the end and over all that lies above; shared memory there. */
void attack_across(void) {
  u32 end = edge();
  int id = syscall(SYS_shmget, 0, 4 * PAGE, 0x3c0), fd = syscall(SYS_memfd_create, "x", 0);
  syscall(SYS_ftruncate, fd, 4 * PAGE);
  const u32 places[] = {end - PAGE, end, end + PAGE, 0xc0000000u, 0xfffff000u};
  for (u32 n = 0; n < COUNT(places); n++) {
    u32 at = places[n];
    if (n > 0 && at <= end - PAGE) continue;
    int results[] = {
      syscall(SYS_shmat, id, at, 0x4000), syscall(SYS_shmat, id, at, 0),
      (int)mapped((void *)at, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0),
      (int)mapped((void *)at, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0),
      (int)mapped((void *)at, -at, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0),
      syscall(SYS_mprotect, at, 4 * PAGE, 7), syscall(SYS_munmap, at, -at), syscall(SYS_brk, at + 4 * PAGE) == at + 4 * PAGE ? 0 : -12,
    };
    tell(n == 0 ? "a page before the end:" : n == 1 ? "the end:" : n == 2 ? "a page after it:" : "%x:", at);
    for (u32 k = 0; k < COUNT(results); k++) tell(" %d", results[k]);
    tell("\n");
  }
  syscall(SYS_shmctl, id, 0, 0);
}

/* Programs whose segments, stack or entry lie where no program may be. */
void attack_elf(void) {
  static const struct { const char *name; u32 address, size, entry; } programs[] = {
    {"its own", 0x08048000, PAGE, 0x08048080}, {"segment in the middle", 0x70000000, PAGE, 0x70000080}, {"segment above the stack", 0xbffff000u, PAGE, 0xbffff080u}, {"the kernel's", 0xc0000000u, PAGE, 0xc0000080u},
    {"the last page", 0xfffff000u, PAGE, 0xfffff080u}, {"around the top", 0x08048000, 0xf8000000u, 0x08048080}, {"long", 0x08048000, 0x70000000, 0x08048080}, {"entry above", 0x08048000, PAGE, 0xc0000000u}, {"size less than none", 0x08048000, -1, 0x08048080},
  };
  for (u32 n = 0; n < COUNT(programs); n++) {
    u32 image[PAGE / 4] = {0x464c457f, 0x010101, 0, 0, 0x30002, 1, programs[n].entry, 52, 0, 0, 0x200034, 1, 0, /* program header */ 1, 0, programs[n].address, programs[n].address, 0x90, programs[n].size, 7, PAGE};
    /* mov eax, 1; mov ebx, 7; int 0x80 */
    static const u8 code[] = {0xb8, 1, 0, 0, 0, 0xbb, 7, 0, 0, 0, 0xcd, 0x80};
    memcpy((u8 *)image + 0x80, code, sizeof code);
    int status = 0, pid = fork();
    if (pid == 0) {
      int fd = syscall(SYS_memfd_create, "program", 0);
      write(fd, image, sizeof image);
      struct buffer path = {0};
      buffer_say(&path, "/proc/self/fd/%d", fd);
      char *argv[] = {"program", 0};
      int r = execve(buffer_text(&path), argv, 0);
      exit(100 - r);
    }
    wait4(pid, &status, 0, 0);
    /* A file that is refused early is an error, one that is refused late kills. */
    tell("%s: %s\n", programs[n].name, status == 0x700 ? "ran" : (status & 0x7f) == SIGSEGV || (status & 0x7f) == SIGKILL || status >> 8 > 100 ? "refused" : "WENT WRONG");
  }
}
