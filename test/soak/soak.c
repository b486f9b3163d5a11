/* One thing for a long time: soak MODE COUNT. Prints k/8 when an eighth of it is done, and what it found at the end. */
#include "lib.h"

enum { PARTS = 8, CHUNK = 65536 };
static u32 total, step, part;

/* Says when another eighth is done. */
static void passed(u32 done) {
  while (part < PARTS && done >= (part + 1) * step) {
    say("%d/8\n", (int)++part);
    flush();
  }
}

static void must(long result, const char *what) {
  if (result >= 0) return;
  say("%s: %d\n", what, (int)result);
  exit(1);
}

/* ---- processes */

static u32 forks(void) {
  u32 ended = 0;
  for (u32 i = 0; i < total; i++) {
    int status = -1, pid = syscall(SYS_fork);
    if (pid == 0) syscall(SYS_exit_group, 7);
    must(pid, "fork");
    ended += syscall(SYS_wait4, pid, &status, 0, 0) == pid && status == 7 << 8;
    passed(i + 1);
  }
  return ended;
}

/* ---- signals: one half to itself, one half to and fro between parent and child */

static volatile u32 caught;
static void count(int signal) {
  (void)signal;
  caught++;
}

static u32 signals(void) {
  struct sigaction action = {.handler = count, .flags = SA_RESTORER, .restorer = signal_restorer};
  syscall(SYS_rt_sigaction, SIGUSR1, &action, 0, 8);
  u32 self = syscall(SYS_getpid);
  for (u32 i = 0; i < total / 2; i++) {
    syscall(SYS_kill, self, SIGUSR1);
    passed(i + 1);
  }
  u64 only = 1u << (SIGUSR1 - 1), none = 0;
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &only, 0, 8);
  int child = syscall(SYS_fork);
  must(child, "fork");
  u32 partner = child ? (u32)child : self, rounds = total / 4;
  for (u32 i = 0; i < rounds; i++) {
    if (child) syscall(SYS_kill, partner, SIGUSR1);
    u32 before = caught;
    while (caught == before) syscall(SYS_rt_sigsuspend, &none, 8);
    if (!child) syscall(SYS_kill, partner, SIGUSR1);
    if (child) passed(total / 2 + 2 * i + 2);
  }
  if (!child) syscall(SYS_exit_group, caught - total / 2 == rounds ? 0 : 1);
  int status;
  syscall(SYS_wait4, child, &status, 0, 0);
  return status == 0 ? caught + rounds : 0;
}

/* ---- threads that hand a word to and fro */

static volatile u32 turn, handed;
static u8 stack[16384] __attribute__((aligned(16)));

static void hand(u32 own, u32 rounds) {
  for (u32 i = 0; i < rounds; i++) {
    while (turn != own) syscall(240, &turn, 128, own ^ 1, 0, 0, 0);
    handed++;
    turn = own ^ 1;
    syscall(240, &turn, 129, 1, 0, 0, 0);
    if (own == 0) passed(handed);
  }
}

static void other(void) {
  hand(1, total / 2);
  for (;;) syscall(1, 0);
}

static volatile u32 alive = 1;
static u32 threads(void) {
  u32 *top = (u32 *)(stack + sizeof stack - 64);
  top[4] = (u32)other;
  /* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, CHILD_CLEARTID: the address where `alive` is cleared is the last argument. */
  must(syscall(120, 0x250f00, top, 0, 0, &alive), "clone");
  hand(0, total / 2);
  while (alive) syscall(240, &alive, 0, 1, 0, 0, 0);
  passed(handed);
  return handed;
}

/* ---- bytes: total is in KiB */

static u8 bytes[CHUNK];

static u32 through(int from, int to) {
  u32 chunks = total / (CHUNK / 1024), good = 0;
  int child = syscall(SYS_fork);
  must(child, "fork");
  if (child == 0) {
    syscall(SYS_close, from);
    for (u32 i = 0; i < chunks; i++) {
      *(u32 *)(bytes + (i * 4) % CHUNK) = i;
      if (write_all(to, (char *)bytes, CHUNK) < 0) syscall(SYS_exit_group, 1);
    }
    syscall(SYS_exit_group, 0);
  }
  syscall(SYS_close, to);
  for (u32 i = 0; i < chunks; i++) {
    for (u32 done = 0; done < CHUNK;) {
      int n = syscall(SYS_read, from, bytes + done, CHUNK - done);
      must(n <= 0 ? n - 1 : n, "read");
      done += n;
    }
    good += *(u32 *)(bytes + (i * 4) % CHUNK) == i;
    passed((i + 1) * (CHUNK / 1024));
  }
  int status, end = syscall(SYS_read, from, bytes, 1);
  syscall(SYS_wait4, child, &status, 0, 0);
  return end == 0 && status == 0 ? good * (CHUNK / 1024) : 0;
}

static u32 pipes(void) {
  int ends[2];
  must(syscall(SYS_pipe, ends), "pipe");
  return through(ends[0], ends[1]);
}

static u32 local(void) {
  int ends[2];
  must(syscall(360, 1, 1, 0, ends), "socketpair");
  return through(ends[0], ends[1]);
}

static u32 tcp(void) {
  u32 name[4] = {0x88130002, 0x0100007f, 0, 0};
  int listener = syscall(359, 2, 1, 0), client = syscall(359, 2, 1, 0);
  must(syscall(361, listener, name, 16), "bind");
  must(syscall(363, listener, 1), "listen");
  must(syscall(362, client, name, 16), "connect");
  int served = syscall(364, listener, 0, 0, 0);
  must(served, "accept");
  syscall(SYS_close, listener);
  return through(served, client);
}

/* ---- files */

static void name_of(char *path, u32 i) {
  struct buffer b = {0};
  buffer_say(&b, "/tmp/d/f%d", (int)i);
  strcpy(path, buffer_text(&b));
  free(b.text);
}

static u32 make(u32 i) {
  char path[64];
  name_of(path, i);
  int file = syscall(SYS_open, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (file < 0) return 0;
  u32 written = syscall(SYS_write, file, &i, sizeof i) == sizeof i;
  syscall(SYS_close, file);
  return written;
}

static u32 removal(u32 i) {
  char path[64];
  name_of(path, i);
  return syscall(SYS_unlink, path) == 0;
}

static u32 files(void) {
  u32 good = 0;
  for (u32 i = 0; i < total; i++) {
    good += make(i) && removal(i);
    passed(i + 1);
  }
  return good;
}

/* Empty files that are all there at once: half of them by mknod, half as links to one. */
static u32 kept(void) {
  u32 good = 0;
  for (u32 i = 0; i < total; i++) {
    char path[64];
    name_of(path, i);
    good += syscall(SYS_mknod, path, S_IFREG | 0644, 0) == 0;
    passed(i + 1);
  }
  u32 gone = 0;
  for (u32 i = 0; i < total; i++) gone += removal(i);
  return good == gone ? good : 0;
}

static const struct {
  const char *name;
  u32 (*run)(void);
} modes[] = {{"forks", forks}, {"signals", signals}, {"threads", threads}, {"pipe", pipes}, {"unix", local}, {"tcp", tcp}, {"files", files}, {"kept", kept}};

int main(int argc, char **argv) {
  i64 number = 0;
  if (argc < 3 || !parse_number(argv[2], &number)) return 2;
  total = (u32)number;
  step = total / PARTS;
  syscall(SYS_mkdir, "/tmp/d", 0755);
  for (u32 i = 0; i < COUNT(modes); i++) {
    if (strcmp(argv[1], modes[i].name)) continue;
    u32 found = modes[i].run();
    say("%s %d\n", argv[1], (int)found);
    return found == total ? 0 : 1;
  }
  return 2;
}
