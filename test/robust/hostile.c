/* Programs that mean harm: each mode does one bad thing as hard as it can. What it prints and how it ends is literal in
   hostile.test.ts. */
#include "../kernel/native/check.h"

#define forever for (;;)
enum { PROT_EXEC = 4, MAP_FIXED = 0x10, MAP_NORESERVE = 0x4000 };

static void *map(void *at, size_t size, int rights, int flags) {
  return (void *)syscall(SYS_mmap2, at, size, rights, flags | MAP_ANONYMOUS, -1, 0);
}
static bool failed(const void *p) { return (u32)p > 0xfffff000u; }

static int depth(int n) {
  volatile char room[512];
  room[0] = n;
  return depth(n + 1) + room[0];
}
static void stack(void) { depth(0); }

/* The handler needs the stack that is used up. */
static void again(int s) { (void)s; depth(0); }
static void stack_handler(void) { on(SIGSEGV, again, 0); depth(0); }

static void bombs(void) { forever fork(); }
static void chain(void) { forever if (fork()) forever syscall(SYS_pause); }

static void touch_all(void) {
  forever {
    char *p = map(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    if (failed(p)) { say("mmap = %d\n", (int)p); flush(); exit(3); }
    for (u32 n = 0; n < 1 << 20; n += 4096) p[n] = 1;
  }
}
static void touch_forks(void) {
  for (int n = 0; n < 6; n++) if (fork() == 0) touch_all();
  touch_all();
}
static void shared_all(void) {
  forever {
    char *p = map(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED);
    for (u32 n = 0; n < 1 << 20; n += 4096) p[n] = 1;
  }
}
static void heap(void) {
  u32 end = syscall(SYS_brk, 0);
  forever {
    u32 next = syscall(SYS_brk, end + 65536);
    if (next == end) { say("brk\n"); flush(); exit(4); }
    for (u32 at = end; at < next; at += 4096) *(volatile char *)at = 1;
    end = next;
  }
}
/* Page tables without pages: a byte in every four megabytes, by every process. */
static void tables(void) {
  fork(); fork(); fork();
  char *p = map((void *)0x10000000, 0x90000000u, PROT_READ, MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED);
  if (failed(p)) exit(5);
  int sum = 0;
  forever for (u32 at = 0; at < 0x90000000u; at += 1 << 22) sum += p[at];
}
/* Areas without end. */
static void areas(void) {
  u32 n = 0;
  char *p = map((void *)0x10000000, 0x60000000, PROT_READ, MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED);
  for (; n < 200000; n++) {
    int r = syscall(125, p + n * 8192, 4096, PROT_READ | PROT_WRITE);
    if (r < 0) break;
  }
  say("areas %s\n", n < 200000 ? "limited" : "unlimited");
}
static void pipes(void) {
  static char block[65536];
  int fds[2], n = 0, r;
  while ((r = syscall(SYS_pipe, fds)) == 0) {
    n++;
    syscall(SYS_fcntl64, fds[1], F_SETFL, O_NONBLOCK);
    while (write(fds[1], block, sizeof block) > 0) {}
  }
  say("pipes %d = %d\n", n, r);
}
static void pipe_forks(void) {
  for (int n = 0; n < 8; n++) if (fork() == 0) { pipes(); forever syscall(SYS_pause); }
  pipes();
}
static void fill(void) {
  static char block[65536];
  int fd = open("/tmp/fill", O_WRONLY | O_CREAT, 0644), r;
  i64 sum = 0;
  while ((r = write(fd, block, sizeof block)) > 0) sum += r;
  say("file %d = %d\n", (int)sum, r);
  int names = 0;
  char path[] = "/tmp/n/00000";
  syscall(SYS_mkdir, "/tmp/n", 0777);
  for (; names < 99999; names++) {
    for (int d = 11, v = names; d >= 7; d--, v /= 10) path[d] = '0' + v % 10;
    if ((r = syscall(SYS_mkdir, path, 0777)) < 0) break;
  }
  say("names %d\n", r);
  syscall(SYS_close, fd);
  say("unlink %d\n", (int)syscall(SYS_unlink, "/tmp/fill"));
  fd = open("/tmp/more", O_WRONLY | O_CREAT, 0644);
  say("open %d\n", fd < 0 ? fd : 0);
}
static void links(void) {
  char from[] = "/tmp/l00", to[] = "/tmp/l00";
  syscall(SYS_symlink, "/tmp/l00", "/tmp/l00");
  SHOW(open("/tmp/l00", O_RDONLY, 0));
  syscall(SYS_unlink, "/tmp/l00");
  syscall(SYS_symlink, "/dev/null", "/tmp/l00");
  for (int n = 1; n < 60; n++) {
    to[6] = '0' + n / 10; to[7] = '0' + n % 10;
    from[6] = '0' + (n - 1) / 10; from[7] = '0' + (n - 1) % 10;
    syscall(SYS_symlink, from, to);
  }
  SHOW(open("/tmp/l39", O_RDONLY, 0) > 0);
  SHOW(open("/tmp/l40", O_RDONLY, 0));
  /* Directories of links to links: a path that would be a million steps. */
  syscall(SYS_mkdir, "/tmp/d", 0777);
  syscall(SYS_symlink, "/tmp/d", "/tmp/d/a");
  syscall(SYS_symlink, "a/a/a/a/a/a/a/a/a/a", "/tmp/d/b");
  syscall(SYS_symlink, "b/b/b/b/b/b/b/b/b/b", "/tmp/d/c");
  syscall(SYS_symlink, "c/c/c/c/c/c/c/c/c/c", "/tmp/d/e");
  SHOW(syscall(SYS_access, "/tmp/d/e", 0));
  static char path[5000];
  for (int n = 0; n < 4999; n += 2) { path[n] = '.'; path[n + 1] = '/'; }
  SHOW(open(path, O_RDONLY, 0));
  path[4094] = 0;
  SHOW(open(path, O_RDONLY, 0) > 0);
}
static void closes(void) {
  for (int fd = 0; fd < 2000; fd++) syscall(SYS_close, fd);
  int fd = open("/dev/null", O_RDWR, 0);
  int status = fd != 0 || write(1, "x", 1) != -EBADF;
  if (fork() == 0) { char *argv[] = {"/bin/hostile", "nothing", 0}; execve(argv[0], argv, environ); exit(1); }
  int child = -1;
  wait4(-1, &child, 0, 0);
  exit(status ? 1 : child == 0 ? 33 : 2);
}
static void self_exec(void) {
  static int rounds;
  (void)rounds;
  char *argv[] = {"/bin/hostile", "self_exec", 0};
  forever execve(argv[0], argv, environ);
}
static void unmap_stack(void) { syscall(SYS_munmap, 0x80000000u, 0x40000000u); }
static void unmap_text(void) { syscall(SYS_munmap, 0x08048000, 0x1000000); }
static void unmap_all(void) { syscall(SYS_munmap, 0, 0xc0000000u); }
static void map_over(void) { map((void *)0x08048000, 0x100000, PROT_READ, MAP_PRIVATE | MAP_FIXED); }
static void write_text(void) { *(volatile char *)(u32)&write_text = 0; }
static void change_text(void) {
  u32 page = (u32)&unmap_all & ~4095u;
  say("mprotect = %d\n", (int)syscall(125, page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC));
  flush();
  /* This very function: HLT wherever it goes on. */
  volatile unsigned char *code = (volatile unsigned char *)&unmap_all;
  memset((void *)code, 0xf4, 64);
  unmap_all();
}
static volatile int count;
static void counted(int s) { (void)s; count++; }
static void storm(void) {
  for (int s = 1; s < 32; s++) on(s, counted, SA_NODEFER);
  for (int n = 0; n < 3; n++) fork();
  for (int n = 0; n < 600; n++) syscall(SYS_kill, n & 1 ? 0 : getpid(), n % 2 ? SIGUSR1 : 1 + n % 8);
  exit(count > 200 ? 21 : 1);
}
/* The handler of a signal that it raises again and again: deeper and deeper. */
static void deeper(int s) { syscall(SYS_kill, getpid(), s); }
static void storm_nested(void) { on(SIGUSR1, deeper, SA_NODEFER); deeper(SIGUSR1); }
static void segv(int s) { (void)s; *(volatile int *)8 = 1; }
static void segv_in_segv(void) { on(SIGSEGV, segv, 0); segv(0); }
static void segv_nodefer(void) { on(SIGSEGV, segv, SA_NODEFER); segv(0); }
static void ignored(int s) { (void)s; }
static void segv_return(void) { on(SIGSEGV, ignored, 0); struct timespec soon = {0, 0}; (void)soon; segv(0); }
static void segv_blocked(void) { on(SIGSEGV, ignored, 0); mask(SIG_BLOCK, ~0ull); segv(0); }
static u32 seed = 1;
static u32 word(void) { seed ^= seed << 13; seed ^= seed >> 17; seed ^= seed << 5; return seed * 2654435761u; }
/* sigreturn over random frames, in many children. */
static void garbage_frames(void) {
  int died = 0, rounds = 400;
  for (int n = 0; n < rounds; n++) {
    u32 random = word();
    if (fork() == 0) {
      static u32 frame[400];
      seed = random | 1;
      for (int i = 0; i < 400; i++) frame[i] = word() % 3 ? word() : word() % 4 ? (u32)&frame[word() % 400] : word() & 0xff;
      struct { struct timespec interval, value; } timer = {{0, 500}, {0, 500}};
      syscall(104, 0, &timer, 0);
      __asm__ volatile("movl %0, %%esp; int $0x80" : : "r"(&frame[64]), "a"(n & 1 ? 173 : 119));
      exit(0);
    }
    int status;
    while (wait4(-1, &status, WUNTRACED, 0) == -EINTR) {}
    if ((status & 0xff) == 0x7f) { syscall(SYS_kill, -1, SIGKILL); wait4(-1, &status, 0, 0); }
    if (status & 0x7f) died++;
  }
  say("died %s\n", died > rounds / 2 ? "mostly" : "seldom");
}
static void arguments(void) {
  static char *many[40000];
  static char big[140000];
  char *argv[] = {"/bin/hostile", "nothing", big, 0};
  memset(big, 'x', sizeof big - 1);
  SHOW(execve(argv[0], argv, environ));
  big[131071] = 0;
  int status;
  if (fork() == 0) { execve(argv[0], argv, environ); exit(1); }
  wait4(-1, &status, 0, 0);
  say("131071: %d\n", status);
  big[60] = 0;
  for (int n = 0; n < 39999; n++) many[n] = big;
  SHOW(execve("/bin/hostile", many, environ));
  SHOW(execve("/bin/hostile", (char **)0xbffffffe, environ));
  SHOW(execve("/bin/hostile", (char **)0x8, environ));
  SHOW(execve((char *)8, many, environ));
}
static void script(const char *text, size_t length) {
  int fd = open("/tmp/s", O_WRONLY | O_CREAT | O_TRUNC, 0755);
  write(fd, text, length);
  syscall(SYS_close, fd);
  char *argv[] = {"/tmp/s", 0};
  int status = 0;
  if (fork() == 0) exit(-execve("/tmp/s", argv, environ));
  wait4(-1, &status, 0, 0);
  say("%d ", status >> 8);
}
#define SCRIPT(text) script(text, sizeof text - 1)
static void scripts(void) {
  static char line[70000];
  syscall(SYS_symlink, "/bin/hostile", "/tmp/h");
  SCRIPT("#!/tmp/s\n");
  SCRIPT("#!");
  SCRIPT("#!\n");
  SCRIPT("#! \t \n");
  SCRIPT("#!/");
  SCRIPT("#!/tmp\n");
  SCRIPT("#!/nonexistent\n");
  SCRIPT("#!/bin/hostile nothing\n");
  SCRIPT("#!  /bin/hostile   nothing   \n");
  SCRIPT("#!/bin/hostile nothing");
  SCRIPT("#!/bin/hostile\0nothing\n");
  SCRIPT("#!\0\0\0");
  SCRIPT("");
  SCRIPT("\n");
  SCRIPT("\177ELF");
  memset(line, 'a', sizeof line);
  memcpy(line, "#!/", 3);
  script(line, sizeof line);
  memcpy(line, "#!/tmp/h nothing ", 17);
  script(line, sizeof line);
  line[254] = '\n';
  script(line, sizeof line);
  memset(line, '/', sizeof line);
  memcpy(line, "#!", 2);
  memcpy(line + 200, "bin/hostile nothing\n", 20);
  script(line, sizeof line);
  memset(line, ' ', sizeof line);
  memcpy(line, "#!", 2);
  script(line, sizeof line);
  say("\n");
}
static void nothing(void) {}

static const struct { const char *name; void (*run)(void); } modes[] = {
#define MODE(f) {#f, f}
  MODE(stack), MODE(stack_handler), MODE(bombs), MODE(chain), MODE(touch_all), MODE(touch_forks), MODE(shared_all), MODE(heap),
  MODE(tables), MODE(areas), MODE(pipes), MODE(pipe_forks), MODE(fill), MODE(links), MODE(closes), MODE(self_exec),
  MODE(unmap_stack), MODE(unmap_text), MODE(unmap_all), MODE(map_over), MODE(write_text), MODE(change_text), MODE(storm),
  MODE(storm_nested), MODE(segv_in_segv), MODE(segv_nodefer), MODE(segv_return), MODE(segv_blocked), MODE(garbage_frames),
  MODE(arguments), MODE(scripts), MODE(nothing),
};

int main(int argc, char **argv) {
  for (size_t n = 0; argc > 1 && n < sizeof modes / sizeof *modes; n++)
    if (strcmp(modes[n].name, argv[1]) == 0) { modes[n].run(); flush(); exit(0); }
  exit(99);
}
