#include "calls.h"

/*
 * A fuzzer of system calls: calls SEED GENERATIONS UID. The warden starts generations of workers, each with threads and
 * children, which make random calls; it kills what is left of one generation before it starts the next. To be run
 * inside nestlab only.
 */
enum { WORKERS = 3, CALLS = 4000, THREADS = 2, PATIENCE = 40 };

static void on(int signal) {
  struct sigaction action = {.handler = handler, .flags = SA_RESTORER, .restorer = signal_restorer};
  syscall(SYS_rt_sigaction, signal, &action, 0, 8);
}

static u8 thread_stack[THREADS][32768] __attribute__((aligned(16)));
static u32 thread_seed;

static void thread(void) {
  struct flow f;
  begin(&f, thread_seed + (u32)syscall(224), CALLS);
  run(&f);
  for (;;) syscall(SYS_exit, 0);
}

/* clone(2) with a stack on which the new thread returns into `thread`. */
static void start_thread(int n) {
  u32 *top = (u32 *)(thread_stack[n] + sizeof thread_stack[n] - 64);
  memset(top, 0, 16);
  top[4] = (u32)thread;
  syscall(120, 0x50f00, top, 0, 0, 0);
}

/* Descriptors of every kind from 3 on, files in /tmp, and memory to play with. */
static void furnish(void) {
  int pair[2];
  u32 limit[2] = {200, 200};
  syscall(75, 7, limit);
  syscall(SYS_mmap2, ARENA, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | 0x10, -1, 0);
  syscall(SYS_mmap2, PLAY, PLAY_PAGES * PAGE_SIZE / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | 0x10, -1, 0);
  syscall(SYS_mmap2, PLAY + PLAY_PAGES * PAGE_SIZE / 2, PAGE_SIZE * 8, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | 0x10, -1, 0);
  syscall(SYS_mmap2, PLAY + PLAY_PAGES * PAGE_SIZE / 2 + 8 * PAGE_SIZE, PAGE_SIZE * 4, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x10, -1, 0);
  syscall(SYS_chdir, "/tmp");
  syscall(SYS_mkdir, "/tmp/d0", 0777);
  syscall(SYS_mkdir, "/tmp/d1", 0777);
  syscall(SYS_symlink, "f0", "/tmp/l0");
  syscall(SYS_symlink, "../../../..", "/tmp/l1");
  syscall(SYS_mknod, "/tmp/p0", S_IFIFO | 0666, 0);
  int file = syscall(SYS_open, "/tmp/f0", O_RDWR | O_CREAT, 0666);
  syscall(SYS_write, file, ARENA, 10000);
  syscall(SYS_mmap2, PLAY + 56 * PAGE_SIZE, PAGE_SIZE * 4, PROT_READ | PROT_WRITE, MAP_SHARED | 0x10, file, 0);
  syscall(SYS_mmap2, PLAY + 60 * PAGE_SIZE, PAGE_SIZE * 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | 0x10, file, 0);
  syscall(SYS_open, "/tmp/f1", O_RDWR | O_CREAT | O_NONBLOCK, 0666);
  syscall(SYS_open, "/tmp/d0", O_RDONLY | O_DIRECTORY, 0);
  syscall(SYS_open, "/tmp/p0", O_RDWR | O_NONBLOCK, 0);
  syscall(SYS_pipe, pair);
  syscall(331, pair, O_NONBLOCK);
  for (int type = 1; type <= 5; type += type == 2 ? 3 : 1) syscall(360, 1, type, 0, pair);
  for (int type = 1; type <= 2; type++) syscall(359, 2, type | O_NONBLOCK, 0);
  int listener = syscall(359, 2, 1 | O_NONBLOCK, 0);
  u32 name[4] = {0x88130002, 0x0100007f, 0, 0};
  syscall(361, listener, name, 16);
  syscall(363, listener, 5);
  int client = syscall(359, 2, 1 | O_NONBLOCK, 0);
  syscall(362, client, name, 16);
  syscall(364, listener, 0, 0, O_NONBLOCK);
  syscall(328, 1, O_NONBLOCK);
  syscall(322, 1, O_NONBLOCK);
  u32 all[2] = {0x3000, 0};
  syscall(327, -1, all, 8, O_NONBLOCK);
  syscall(332, O_NONBLOCK);
  syscall(292, syscall(332, 0), "/tmp", 0xfff);
  syscall(329, 0);
  syscall(356, "m", 2);
  syscall(SYS_open, "/dev/ptmx", O_RDWR | O_NONBLOCK, 0);
  syscall(SYS_open, "/dev/zero", O_RDWR, 0);
  syscall(SYS_open, "/proc/self/mem", O_RDWR, 0);
}

static void worker(u32 seed, u32 uid) {
  syscall(SYS_setsid);
  if (uid) {
    syscall(206, 0, 0);
    syscall(210, uid, uid, uid);
    syscall(208, uid, uid, uid);
  }
  furnish();
  for (int signal = 1; signal < 32; signal++) on(signal);
  /* What the run itself reads and writes is for some only: it would fill the screen. */
  int null = syscall(SYS_open, "/dev/null", O_RDWR, 0);
  for (int fd = 0; fd < 3 && seed % 16; fd++) syscall(SYS_dup2, null, fd);
  u32 interval[4] = {0, 700, 0, 700};
  syscall(104, 0, interval, 0);
  thread_seed = seed;
  u32 threads = seed % 3;
  for (u32 i = 0; i < threads && i < THREADS; i++) start_thread(i);
  struct flow f;
  begin(&f, seed, CALLS);
  run(&f);
  syscall(SYS_exit_group, 0);
}

/* Waits for a while, then kills everybody else and reaps them all. */
static void sweep(void) {
  struct timespec moment = {0, 1000000};
  for (int n = 0; n < PATIENCE; n++) {
    int pid;
    do pid = syscall(SYS_wait4, -1, 0, WNOHANG | 0x40000000, 0);
    while (pid > 0);
    if (pid < 0) break;
    syscall(SYS_nanosleep, &moment, 0);
  }
  for (int n = 0; n < 50 && syscall(SYS_kill, -1, SIGKILL) == 0; n++) {
    while (syscall(SYS_wait4, -1, 0, WNOHANG | 0x40000000, 0) > 0) {
    }
    syscall(SYS_nanosleep, &moment, 0);
  }
}

int main(int argc, char **argv) {
  i64 seed = 1, generations = 1, uid = 0;
  if (argc < 4 || !parse_number(argv[1], &seed) || !parse_number(argv[2], &generations) || !parse_number(argv[3], &uid)) return 0;
  warden = (u32)syscall(SYS_getpid);
  for (int signal = 1; signal < 65; signal++)
    if (signal != SIGCHLD) {
      struct sigaction action = {.handler = SIG_IGN, .flags = SA_RESTORER, .restorer = signal_restorer};
      syscall(SYS_rt_sigaction, signal, &action, 0, 8);
    }
  for (i64 generation = 0; generation < generations; generation++) {
    for (u32 n = 0; n < WORKERS; n++) {
      int pid = syscall(SYS_fork);
      if (pid == 0) worker((u32)seed * 1000003u + (u32)generation * WORKERS + n, (u32)uid);
    }
    sweep();
  }
  say("%d generations\n", (int)generations);
  return 0;
}
