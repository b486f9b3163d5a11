/* exec and its limits, vfork, clone's sharing, credentials, resource limits, priorities, prctl, sessions and terminals. */
#include "lines.h"
#include <linux/capability.h>
#include <sys/utsname.h>
#include <linux/sched.h>
#include <termios.h>

static volatile int *word;
static char *self[] = {"./self", "0", 0};
static void write_file(const char *name, const char *text, int mode) { int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600); write(fd, text, strlen(text)); close(fd); chmod(name, mode); }
static void copy_self(const char *name, int mode) { char b[65536]; int in = open("self", O_RDONLY), out = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600), n; while ((n = read(in, b, sizeof b)) > 0) write(out, b, n); close(in); close(out); chmod(name, mode); }
#define RUN(name, ...) IN_CHILD(name, __VA_ARGS__; line(name, "%s", error_of(errno)); _exit(100))
static char big[1 << 18];

static void programs(void) {
  IS(execve("nothing", self, environ));
  IS(execve("", self, environ));
  IS(execve(".", self, environ));
  IS(execve("self/x", self, environ));
  write_file("empty", "", 0755);
  write_file("text", "just text\n", 0755);
  write_file("not-executable", "#!./self 7\n", 0644);
  write_file("script", "#!./self 7\n", 0755);
  write_file("script-space", "#!   ./self    8   \n", 0755);
  write_file("script-two", "#! ./self 9 10\n", 0755);
  write_file("script-none", "#!\n", 0755);
  write_file("script-nowhere", "#!./nothing\n", 0755);
  write_file("script-script", "#!./script\n", 0755);
  write_file("script-no-newline", "#!./self 11", 0755);
  write_file("script-itself", "#!./script-itself\n", 0755);
  write_file("broken", "\177ELF\1\1\1", 0755);
  IS(execve("empty", self, environ));
  IS(execve("text", self, environ));
  IS(execve("not-executable", self, environ));
  RUN("script", execve("script", self, environ));
  RUN("script with blanks", execve("script-space", self, environ));
  RUN("script with two words", execve("script-two", self, environ));
  IS(execve("script-none", self, environ));
  IS(execve("script-nowhere", self, environ));
  RUN("script of a script", execve("script-script", self, environ));
  RUN("script without a newline", execve("script-no-newline", self, environ));
  IS(execve("script-itself", self, environ));
  IS(execve("broken", self, environ));
  copy_self("copy", 0755);
  int writer = open("copy", O_WRONLY);
  IS(execve("copy", self, environ));
  close(writer);
  RUN("after its writer closed", execve("copy", self, environ));
  int child = fork();
  if (child == 0) { char *args[] = {"./copy", "pause", 0}; execv("copy", args); _exit(9); }
  char path[40], text[64] = "";
  sprintf(path, "/proc/%d/cmdline", child);
  while (1) { int fd = open(path, O_RDONLY); int n = read(fd, text, 60); close(fd); if (n > 0 && !memcmp(text, "./copy\0pause", 12)) break; nap(1); }
  IS(open("copy", O_WRONLY));
  IS(open("copy", O_RDWR | O_TRUNC));
  IS(truncate("copy", 10));
  OK(open("copy", O_RDONLY));
  IS(unlink("copy"));
  sprintf(path, "/proc/%d/exe", child);
  char where[300] = "";
  readlink(path, where, 299);
  line("exe of what was removed", "%s", strrchr(where, '/') ? strrchr(where, '/') + 1 : where);
  kill(child, SIGKILL);
  REAP(child);
  /* arguments */
  RUN("no argument at all", char *none[] = {0}; execve("self", none, environ));
  RUN("argument list 0", execve("self", 0, 0));
  memset(big, 'a', 131072);
  RUN("argument of 131071", big[131071] = 0; char *args[] = {"self", big, 0}; execve("self", args, 0));
  RUN("argument of 131072", big[131072] = 0; char *args[] = {"self", big, 0}; execve("self", args, 0));
  RUN("two megabytes", big[131000] = 0; char *args[20] = {"self"}; for (int n = 1; n < 18; n++) args[n] = big; execve("self", args, 0));
  RUN("less than two", big[131000] = 0; char *args[20] = {"self"}; for (int n = 1; n < 15; n++) args[n] = big; execve("self", args, 0));
  RUN("a small stack", struct rlimit l = {1 << 19, 1 << 19}; setrlimit(RLIMIT_STACK, &l); big[131000] = 0; char *args[] = {"self", big, 0}; execve("self", args, 0));
  RUN("a small stack and a little", struct rlimit l = {1 << 19, 1 << 19}; setrlimit(RLIMIT_STACK, &l); big[100000] = 0; char *args[] = {"self", big, 0}; execve("self", args, 0));
  /* what exec keeps and what not */
  RUN("kept over exec", umask(0123); chdir("/"); alarm(1000); nice(3); prctl(PR_SET_NAME, "other"); prctl(PR_SET_DUMPABLE, 0); prctl(PR_SET_PDEATHSIG, 0); sigset_t m; sigemptyset(&m); sigaddset(&m, 50); sigprocmask(SIG_BLOCK, &m, 0);
      stack_t st = {big, 0, 8192}; sigaltstack(&st, 0); mlockall(MCL_CURRENT); char path[300]; sprintf(path, "/proc/self/exe"); char *args[] = {"self", "look", 0}; execve(path, args, 0));
  int dir = open(".", O_RDONLY), exe = open("self", O_RDONLY), closing = open("self", O_RDONLY | O_CLOEXEC), script = open("script", O_RDONLY);
  RUN("execveat", syscall(SYS_execveat, dir, "self", self, 0, 0));
  RUN("execveat of a descriptor", syscall(SYS_execveat, exe, "", self, 0, AT_EMPTY_PATH));
  RUN("execveat of one to be closed", syscall(SYS_execveat, closing, "", self, 0, AT_EMPTY_PATH));
  RUN("execveat of a script", syscall(SYS_execveat, script, "", self, 0, AT_EMPTY_PATH));
  IS(syscall(SYS_execveat, exe, "", self, 0, 0));
  IS(syscall(SYS_execveat, dir, "", self, 0, AT_EMPTY_PATH));
  RUN("execveat of a script to be closed", syscall(SYS_execveat, open("script", O_RDONLY | O_CLOEXEC), "", self, 0, AT_EMPTY_PATH));
  symlink("self", "to-self");
  RUN("execveat of a link that is not followed", syscall(SYS_execveat, dir, "to-self", self, 0, AT_SYMLINK_NOFOLLOW));
  IS(syscall(SYS_execveat, 99, "self", self, 0, 0));
}

static int in_thread(void *a) { word[0]++; return 3; }
static int open_in_thread(void *a) { word[1] = open("self", O_RDONLY); chdir("/"); umask(0111); return 0; }
static char stack[32768] __attribute__((aligned(16)));
static void clones(void) {
  int status, pid;
  pid = vfork();
  if (pid == 0) { word[0] = 5; _exit(4); }
  NAMED("vfork waits for the child's end", word[0]);
  waitpid(pid, &status, 0);
  line("and it ended", "%s", status_text(status));
  static volatile int local;
  local = 1;
  pid = vfork();
  if (pid == 0) { local = 2; execve("self", self, 0); _exit(5); }
  NAMED("vfork shares memory", local);
  waitpid(pid, &status, 0);
  line("until exec", "%s", status_text(status));
  pid = vfork();
  if (pid == 0) { kill(getpid(), SIGKILL); }
  waitpid(pid, &status, 0);
  line("killed in vfork", "%s", status_text(status));
  pid = vfork();
  if (pid == 0) { execve("nothing", self, 0); _exit(errno); }
  waitpid(pid, &status, 0);
  line("exec failed in vfork", "%s", status_text(status));
  word[0] = 0;
  pid = clone(in_thread, stack + sizeof stack, SIGCHLD, 0);
  waitpid(pid, &status, 0);
  line("clone with a stack", "%s %d", status_text(status), word[0]);
  pid = clone(open_in_thread, stack + sizeof stack, CLONE_FILES | CLONE_FS | CLONE_VM | SIGCHLD, 0);
  waitpid(pid, &status, 0);
  NAMED("CLONE_FILES", fcntl(word[1], F_GETFD));
  char here[200];
  line("CLONE_FS", "%s %o", getcwd(here, 200), umask(022));
  pid = clone(open_in_thread, stack + sizeof stack, SIGCHLD, 0);
  waitpid(pid, &status, 0);
  NAMED("without CLONE_FILES", fcntl(word[1] + 1, F_GETFD));
  static const struct { const char *name; unsigned flags; } bad[] = {
    {"CLONE_THREAD alone", CLONE_THREAD}, {"CLONE_SIGHAND alone", CLONE_SIGHAND}, {"CLONE_THREAD and SIGHAND", CLONE_THREAD | CLONE_SIGHAND},
    {"CLONE_FS and NEWNS", CLONE_FS | CLONE_NEWNS}, {"CLONE_NEWUSER and FS", CLONE_NEWUSER | CLONE_FS}, {"CLONE_PIDFD and PARENT_SETTID", CLONE_PIDFD | CLONE_PARENT_SETTID}};
  for (int n = 0; n < 6; n++) NAMED(bad[n].name, syscall(SYS_clone, bad[n].flags | SIGCHLD, 0, 8, 0, 0));
  struct clone_args args = {0};
  NAMED("clone3 of 0 bytes", syscall(435, &args, 0));
  NAMED("clone3 of 63 bytes", syscall(435, &args, 63));
  NAMED("clone3 of too many", syscall(435, &args, 8192));
  args.exit_signal = 65;
  NAMED("clone3 with signal 65", syscall(435, &args, 64));
  args.exit_signal = SIGCHLD;
  args.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
  NAMED("clone3 thread with a signal", syscall(435, &args, 64));
  args.flags = 0xff;
  NAMED("clone3 with a signal in its flags", syscall(435, &args, 64));
  args.flags = 1ull << 40;
  NAMED("clone3 with unknown flags", syscall(435, &args, 64));
  args.flags = 0;
  args.stack_size = 100;
  NAMED("clone3, size without a stack", syscall(435, &args, 64));
  args.stack_size = 0;
  args.stack = (long)stack;
  NAMED("clone3, stack without a size", syscall(435, &args, 64));
  args.stack = 0;
  pid = syscall(435, &args, 64);
  if (pid == 0) _exit(33);
  waitpid(pid, &status, 0);
  line("clone3", "%s", status_text(status));
  IS(unshare(0));
  IS(unshare(CLONE_FILES));
  IS(unshare(CLONE_FS));
  IS(unshare(1));
  IS(unshare(CLONE_THREAD));
}

static void ids(const char *name) {
  uid_t r, e, s;
  gid_t a, b, c;
  getresuid(&r, &e, &s);
  getresgid(&a, &b, &c);
  line(name, "%d %d %d, %d %d %d", r, e, s, a, b, c);
}
#define ID_CHILD(name, ...) IN_CHILD(name, __VA_ARGS__; ids(name " - ids"); _exit(0))
static void caps(const char *name) {
  struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct d[2] = {0};
  int r = syscall(SYS_capget, &h, d);
  line(name, "%d chown %d kill %d setuid %d, permitted setuid %d", r, d[0].effective & 1, d[0].effective >> 5 & 1, d[0].effective >> 7 & 1, d[0].permitted >> 7 & 1);
}
static void credentials(void) {
  ids("at first");
  ID_CHILD("setuid of root", IS(setuid(1000)));
  ID_CHILD("seteuid of root", IS(seteuid(1000)); IS(setuid(2000)); IS(setuid(0)));
  ID_CHILD("setreuid swaps", IS(setreuid(1000, 2000)); IS(setreuid(2000, 1000)); IS(setreuid(3000, -1)); IS(setreuid(-1, 3000)));
  ID_CHILD("setreuid of root keeps", IS(setreuid(1000, 0)); IS(setreuid(0, 1000)));
  ID_CHILD("setresuid", IS(setresuid(1, 2, 3)); IS(setresuid(3, 1, 2)); IS(setresuid(4, -1, -1)); IS(setresuid(-1, -1, -1)); IS(setuid(4)); IS(setuid(3)));
  ID_CHILD("setgid of root", IS(setgid(1000)); IS(setgid(2000)));
  ID_CHILD("setgid of others", IS(setuid(1000)); IS(setgid(1000)); IS(setgid(0)); IS(setegid(5)));
  ID_CHILD("setregid", IS(setregid(5, 6)); setuid(7); IS(setregid(6, 5)); IS(setregid(8, -1)));
  ID_CHILD("setresgid", IS(setresgid(5, 6, 7)); setuid(7); IS(setresgid(7, 5, 6)); IS(setresgid(0, -1, -1)));
  ID_CHILD("setfsuid", IS(setfsuid(1000)); IS(setfsuid(-1)); IS(setfsgid(1000)); IS(setfsgid(-1)); setuid(5); IS(setfsuid(6)); IS(setfsuid(-1)));
  IS(setuid(-1));
  IS(setresuid(-1, -1, -1));
  IN_CHILD("groups", gid_t g[4] = {5, 1, 5, 3}; IS(setgroups(4, g)); IS(getgroups(0, 0)); gid_t got[4]; IS(getgroups(3, got)); IS(getgroups(4, got)); line("kept in order", "%d %d %d %d", got[0], got[1], got[2], got[3]); IS(setgroups(65537, g)); IS(setgroups(-1, g)); IS(getgroups(-1, got)); setuid(5); IS(setgroups(0, 0)); IS(getgroups(0, 0)));
  IN_CHILD("sixteen bits", IS(syscall(SYS_setuid, 0xffff)); IS(syscall(SYS_setreuid, 0xffff, 0xffff)); setresuid(70000, 70000, 70000); IS(syscall(SYS_getuid)); IS(syscall(SYS_geteuid)); IS(getuid()));
  caps("capabilities of root");
  IN_CHILD("capabilities after setuid", setresuid(1000, 1000, 1000); caps("of others"));
  IN_CHILD("capabilities of an effective user", setresuid(0, 1000, 0); caps("effective user"); setresuid(-1, 0, -1); caps("effective root again"));
  IN_CHILD("PR_SET_KEEPCAPS", IS(prctl(PR_SET_KEEPCAPS, 1)); IS(prctl(PR_GET_KEEPCAPS)); setresuid(1000, 1000, 1000); caps("kept"));
  IN_CHILD("kill across users", int target = getppid(); setresuid(1000, 1000, 1000); IS(kill(target, 0)); IS(kill(1, 0)); IS(kill(getpid(), 0)));
  IN_CHILD("real user's signal", int p[2]; pipe(p); int other = fork(); if (other == 0) { setresuid(1000, 2000, 2000); write(p[1], "x", 1); pause(); } char c; read(p[0], &c, 1); setresuid(3000, 1000, 1000); IS(kill(other, 0)); IS(kill(other, SIGKILL)));
  copy_self("setuid-self", 04755);
  chown("setuid-self", 1000, -1);
  chmod("setuid-self", 04755);
  char *args[] = {"x", "ids", 0};
  RUN("a set-user-id program", setresuid(2000, 2000, 2000); execv("./setuid-self", args));
  chown("setuid-self", 1000, 3000);
  chmod("setuid-self", 02755);
  RUN("a set-group-id program", setresuid(2000, 2000, 2000); execv("./setuid-self", args));
  chmod("setuid-self", 02744);
  RUN("set-group-id without the group's right to execute", execv("./setuid-self", args));
  chmod("setuid-self", 04755);
  RUN("set-user-id with no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); setresuid(2000, 2000, 2000); execv("./setuid-self", args));
  IS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  IS(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  IS(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
  IS(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void limits(void) {
  struct rlimit l = {5, 4}, got;
  IS(setrlimit(RLIMIT_NOFILE, &l));
  IS(getrlimit(16, &got));
  IS(getrlimit(-1, &got));
  IS(setrlimit(16, &l));
  l = (struct rlimit){10, 20};
  IN_CHILD("lowered", IS(setrlimit(RLIMIT_NOFILE, &l)); getrlimit(RLIMIT_NOFILE, &got); line("lowered to", "%d %d", (int)got.rlim_cur, (int)got.rlim_max); setuid(1000); l.rlim_max = 40; IS(setrlimit(RLIMIT_NOFILE, &l)); l.rlim_max = 20; IS(setrlimit(RLIMIT_NOFILE, &l)); l.rlim_cur = 20; IS(setrlimit(RLIMIT_NOFILE, &l)); l.rlim_cur = 21; IS(setrlimit(RLIMIT_NOFILE, &l)));
  IN_CHILD("above nr_open", l.rlim_cur = 10; l.rlim_max = 1 << 30; IS(setrlimit(RLIMIT_NOFILE, &l)); l.rlim_max = RLIM_INFINITY; IS(setrlimit(RLIMIT_NOFILE, &l)));
  IN_CHILD("inherited over fork and exec", l = (struct rlimit){11, 22}; setrlimit(RLIMIT_NOFILE, &l); if (fork() == 0) { char *args[] = {"x", "limit", 0}; execv("self", args); } int s; wait(&s); _exit(WEXITSTATUS(s)));
  int child = fork();
  if (child == 0) { pause(); _exit(0); }
  IS(prlimit(child, RLIMIT_NOFILE, 0, &got));
  l = (struct rlimit){12, 13};
  IS(prlimit(child, RLIMIT_NOFILE, &l, 0));
  IS(prlimit(child, RLIMIT_NOFILE, 0, &got));
  line("set in the child", "%d %d", (int)got.rlim_cur, (int)got.rlim_max);
  IS(prlimit(4194303, RLIMIT_NOFILE, 0, &got));
  IN_CHILD("another user's", setresuid(1000, 1000, 1000); IS(prlimit(child, RLIMIT_NOFILE, 0, &got)); IS(prlimit(0, RLIMIT_NOFILE, 0, &got)));
  kill(child, SIGKILL);
  REAP(child);
  int fd = open("limited", O_RDWR | O_CREAT | O_TRUNC, 0600);
  IN_CHILD("RLIMIT_FSIZE", l = (struct rlimit){100, 100}; setrlimit(RLIMIT_FSIZE, &l); on(SIGXFSZ, SIG_IGN, 0); char b[200]; IS(write(fd, b, 200)); IS(write(fd, b, 1)); IS(pwrite(fd, b, 10, 95)); IS(ftruncate(fd, 101)); IS(ftruncate(fd, 100)); IS(fallocate(fd, 0, 0, 200)); IS(pwrite(fd, b, 0, 200)));
  IN_CHILD("RLIMIT_FSIZE's signal", l = (struct rlimit){100, 100}; setrlimit(RLIMIT_FSIZE, &l); pwrite(fd, "x", 1, 100));
  IN_CHILD("RLIMIT_CPU's signal", l = (struct rlimit){1, 5}; setrlimit(RLIMIT_CPU, &l); for (;;) ;);
  IN_CHILD("RLIMIT_NPROC", setresuid(54321, 54321, 54321); l = (struct rlimit){1, 1}; setrlimit(RLIMIT_NPROC, &l); IS(fork()));
  IN_CHILD("RLIMIT_NPROC of root", l = (struct rlimit){1, 1}; setrlimit(RLIMIT_NPROC, &l); int pid = fork(); if (pid == 0) _exit(0); _exit(pid > 0));
  IN_CHILD("RLIMIT_STACK", l = (struct rlimit){1 << 16, 1 << 16}; setrlimit(RLIMIT_STACK, &l); volatile char room[1 << 18]; room[0] = 1; _exit(room[0]));
  IN_CHILD("priorities", IS(getpriority(PRIO_PROCESS, 0)); IS(setpriority(PRIO_PROCESS, 0, 50)); IS(getpriority(PRIO_PROCESS, 0)); IS(syscall(SYS_getpriority, PRIO_PROCESS, 0)); IS(setpriority(PRIO_PROCESS, 0, -5)); IS(nice(-3)); IS(getpriority(9, 0)); IS(setpriority(-1, 0, 0)); IS(getpriority(PRIO_PROCESS, 4194303)); setuid(1000); IS(setpriority(PRIO_PROCESS, 0, 3)); IS(setpriority(PRIO_PROCESS, 0, 2)); IS(nice(-1)); IS(setpriority(PRIO_PROCESS, getppid(), 5)); IS(setpriority(PRIO_USER, 4444, 5)));
  IN_CHILD("scheduling", struct sched_param p = {0}; IS(sched_getscheduler(0)); IS(sched_setscheduler(0, SCHED_OTHER, &p)); p.sched_priority = 1; IS(sched_setscheduler(0, SCHED_OTHER, &p)); IS(sched_setscheduler(0, 77, &p)); p.sched_priority = 100; IS(sched_setscheduler(0, SCHED_FIFO, &p)); IS(sched_getscheduler(4194303)); IS(sched_get_priority_max(SCHED_FIFO)); IS(sched_get_priority_min(SCHED_RR)); IS(sched_get_priority_max(SCHED_OTHER)); IS(sched_get_priority_max(99)); IS(sched_yield()); setuid(1000); p.sched_priority = 5; IS(sched_setscheduler(0, SCHED_FIFO, &p)); p.sched_priority = 0; IS(sched_setscheduler(0, SCHED_BATCH, &p)); IS(sched_getscheduler(0)); IS(sched_setscheduler(0, SCHED_BATCH | 0x40000000, &p)); IS(sched_getscheduler(0)); if (fork() == 0) { IS(sched_getscheduler(0)); _exit(0); } wait(0));
}

static void controls(void) {
  IS(prctl(9999, 0, 0, 0, 0));
  IS(prctl(PR_GET_DUMPABLE));
  IS(prctl(PR_SET_DUMPABLE, 2));
  IS(prctl(PR_SET_DUMPABLE, 0));
  IS(prctl(PR_GET_DUMPABLE));
  char name[20] = "a name that is too long";
  IS(prctl(PR_SET_NAME, name));
  IS(prctl(PR_GET_NAME, name));
  line("its name", "%s", name);
  IS(prctl(PR_GET_TIMING));
  IS(prctl(PR_SET_TIMING, 1));
  IS(prctl(PR_GET_SECCOMP));
  IS(prctl(PR_CAPBSET_READ, 0));
  IS(prctl(PR_CAPBSET_READ, 64));
  IS(prctl(PR_GET_SECUREBITS));
  IS(prctl(PR_GET_TID_ADDRESS, 8));
  IS(prctl(PR_GET_UNALIGN, name));
  IS(prctl(PR_GET_ENDIAN, name));
  IS(prctl(PR_GET_TIMERSLACK) > 0);
  IS(personality(0xffffffff));
  IS(personality(0x0040000));
  IS(personality(0xffffffff));
  IS(personality(0));
  IS(getpid() == syscall(SYS_gettid));
  IS(syscall(SYS_set_tid_address, &name) == getpid());
  IS(syscall(SYS_getpgid, 0) == getpgrp());
  IS(syscall(SYS_getsid, 0) == getpid());
  IS(syscall(SYS_ptrace, 99, 0, 0, 0));
  IS(syscall(SYS_seccomp, 99, 0, 0));
  IS(syscall(SYS_getrandom, name, 10, 8));
  IS(syscall(SYS_membarrier, 99, 0, 0));
  IN_CHILD("seccomp strict, write", prctl(PR_SET_SECCOMP, 1); write(1, "", 0); syscall(SYS_exit, 4));
  IN_CHILD("seccomp strict, getpid", prctl(PR_SET_SECCOMP, 1); syscall(SYS_getpid); syscall(SYS_exit, 4));
  IN_CHILD("seccomp strict, exit_group", prctl(PR_SET_SECCOMP, 1); syscall(SYS_exit_group, 4));
}

/* A session with a terminal of its own. */
static void terminals(void) {
  int number = 0, unlock = 0, master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  ioctl(master, TIOCSPTLCK, &unlock);
  ioctl(master, TIOCGPTN, &number);
  char path[32];
  sprintf(path, "/dev/pts/%d", number);
  IS(open("/dev/tty", O_RDWR));
  int child = fork();
  if (child == 0) {
    setsid();
    int tty = open(path, O_RDWR);
    NAMED("the terminal's session", tcgetsid(tty) == getpid());
    NAMED("its foreground group", tcgetpgrp(tty) == getpgrp());
    NAMED("/dev/tty", open("/dev/tty", O_RDWR) >= 0);
    IS(tcsetpgrp(tty, 4194303));
    IS(tcsetpgrp(tty, -1));
    IS(tcsetpgrp(tty, getppid()));
    IS(ioctl(tty, TIOCSCTTY, 0));
    int back = fork();
    if (back == 0) {
      setpgid(0, 0);
      *word = 1;
      char c;
      read(tty, &c, 1);
      _exit(1);
    }
    int status;
    waitpid(back, &status, WUNTRACED);
    line("background read", "%s", status_text(status));
    tcsetpgrp(tty, back);
    kill(back, SIGCONT);
    write(master, "x\n", 2);
    waitpid(back, &status, WUNTRACED);
    line("in the foreground", "%s", status_text(status));
    on(SIGTTOU, SIG_IGN, 0);
    tcsetpgrp(tty, getpgrp());
    on(SIGTTOU, SIG_DFL, 0);
    back = fork();
    if (back == 0) { setpgid(0, 0); on(SIGTTIN, SIG_IGN, 0); char c; errno = 0; int r = read(tty, &c, 1); _exit(r < 0 ? errno : 100); }
    waitpid(back, &status, WUNTRACED);
    line("background read, SIGTTIN ignored", "%s", status_text(status));
    back = fork();
    if (back == 0) { setpgid(0, 0); tcsetpgrp(tty, getpgrp()); _exit(1); }
    waitpid(back, &status, WUNTRACED);
    line("background tcsetpgrp", "%s", status_text(status));
    kill(back, SIGKILL);
    waitpid(back, &status, 0);
    struct termios t;
    tcgetattr(tty, &t);
    t.c_lflag |= TOSTOP;
    tcsetattr(tty, TCSANOW, &t);
    back = fork();
    if (back == 0) { setpgid(0, 0); write(tty, "y", 1); _exit(1); }
    waitpid(back, &status, WUNTRACED);
    line("background write with TOSTOP", "%s", status_text(status));
    kill(back, SIGKILL);
    waitpid(back, &status, 0);
    static const struct { char key; const char *name; } keys[] = {{3, "^C"}, {28, "^\\"}, {26, "^Z"}};
    for (int n = 0; n < 3; n++) {
      word[1] = 0;
      back = fork();
      if (back == 0) { setpgid(0, 0); on(SIGTTOU, SIG_IGN, 0); tcsetpgrp(tty, getpgrp()); on(SIGTTOU, SIG_DFL, 0); word[1] = 1; for (;;) pause(); }
      await_number(word + 1, 1);
      write(master, &keys[n].key, 1);
      waitpid(back, &status, WUNTRACED);
      line(keys[n].name, "%s", status_text(status));
      kill(back, SIGKILL);
      waitpid(back, &status, WUNTRACED);
    }
    on(SIGTTOU, SIG_IGN, 0);
    tcsetpgrp(tty, getpgrp());
    close(master);
    word[2] = 1;
    pause();
    _exit(9);
  }
  await_number(word + 2, 1);
  await_state(child, "S");
  close(master);
  int status;
  waitpid(child, &status, 0);
  line("the session's leader when the master closes", "%s", status_text(status));
}

int main(int argc, char **argv) {
  if (argc == 0 || !argv[0] || !*argv[0]) return 50 + argc;
  if (argc > 1 && !strcmp(argv[1], "pause")) for (;;) pause();
  if (argc > 1 && !strcmp(argv[1], "look")) {
    char name[20] = "", here[20];
    sigset_t m;
    stack_t s;
    prctl(PR_GET_NAME, name);
    sigprocmask(0, 0, &m);
    sigaltstack(0, &s);
    section_name = "programs";
    line("found after exec", "umask %o cwd %s alarm %d nice %d dumpable %d mask %d stack %x name %s", umask(0), getcwd(here, 20), alarm(0) > 0, getpriority(PRIO_PROCESS, 0), prctl(PR_GET_DUMPABLE), sigismember(&m, 50), s.ss_flags, !strcmp(name, "other") ? "kept" : "new");
    return 0;
  }
  if (argc > 1 && !strcmp(argv[1], "limit")) { struct rlimit l; getrlimit(RLIMIT_NOFILE, &l); return l.rlim_cur + l.rlim_max; }
  if (argc > 1 && !strcmp(argv[1], "ids")) { section_name = "credentials"; ids("ids of the program"); caps("its capabilities"); return 0; }
  if (argc > 1 && *argv[1] >= '0' && *argv[1] <= '9') return atoi(argv[1]) + (strchr(argv[1], ' ') ? 40 : 0);
  if (argc > 1) return argc + 20;
  begin();
  word = shared(4096);
  chmod(".", 0755);
  SECTION(programs);
  SECTION(clones);
  SECTION(credentials);
  SECTION(limits);
  SECTION(controls);
  SECTION(terminals);
  return 0;
}
