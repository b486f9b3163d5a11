/* What ptrace(2) does, line by line: run natively and here, the lines must be equal. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#define PTRACE_SYSEMU_SINGLESTEP 32
#endif

static const char *topic = "";
static int line;
static void say(const char *format, ...) {
  va_list list;
  va_start(list, format);
  printf("%s %d: ", topic, ++line);
  vprintf(format, list);
  va_end(list);
  fflush(stdout);
}
static void begin(const char *name) {
  topic = name;
  line = 0;
}
static long trace(int request, pid_t pid, long address, long data) {
  errno = 0;
  return syscall(SYS_ptrace, request, pid, address, data);
}
static long ask(int request, pid_t pid, long address, long data) {
  long result = trace(request, pid, address, data);
  return result < 0 ? -errno : result;
}
static pid_t self;
static void status(const char *what, pid_t waited, pid_t pid, int st) {
  if (waited != pid) say("%s: wait %d\n", what, waited < 0 ? -errno : (int)waited);
  else if (WIFSTOPPED(st)) say("%s: stopped %#x\n", what, st >> 8);
  else if (WIFSIGNALED(st)) say("%s: signal %d core %d\n", what, WTERMSIG(st), !!WCOREDUMP(st) * 0);
  else if (WIFCONTINUED(st)) say("%s: continued\n", what);
  else say("%s: exit %d\n", what, WEXITSTATUS(st));
}
static int await(const char *what, pid_t pid) {
  int st = 0;
  pid_t got = waitpid(pid, &st, __WALL);
  status(what, got, pid, st);
  return st;
}
static int peek(pid_t pid) {
  int st = 0;
  pid_t got = waitpid(pid, &st, __WALL | WNOHANG);
  return got == pid ? st : -1;
}
static void info(const char *what, pid_t pid) {
  siginfo_t si;
  memset(&si, 0, sizeof si);
  long result = ask(PTRACE_GETSIGINFO, pid, 0, (long)&si);
  if (result < 0) say("%s: siginfo %ld\n", what, result);
  else say("%s: siginfo signo %d code %#x pid %d\n", what, si.si_signo, si.si_code,
           si.si_code <= 0 || si.si_code == SI_USER ? (si.si_pid == pid ? 1 : si.si_pid == self ? 2 : si.si_pid == 0 ? 0 : 3) : -1);
}
static struct user_regs_struct regs_of(pid_t pid) {
  struct user_regs_struct regs;
  memset(&regs, 0, sizeof regs);
  if (trace(PTRACE_GETREGS, pid, 0, (long)&regs) < 0) say("GETREGS %d\n", -errno);
  return regs;
}
static void done(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, 0, __WALL);
}
#define RAW(number, a) ({ long r_; __asm__ volatile("int $0x80" : "=a"(r_) : "0"(number), "b"(a) : "memory"); r_; })

static void errors(void) {
  begin("errors");
  say("no such %ld\n", ask(PTRACE_ATTACH, 999999, 0, 0));
  say("self %ld\n", ask(PTRACE_ATTACH, getpid(), 0, 0));
  say("not mine %ld\n", ask(PTRACE_CONT, 1, 0, 0));
  say("cont self %ld\n", ask(PTRACE_CONT, getpid(), 0, 0));
  say("unknown %ld\n", ask(12345, getpid(), 0, 0));
  pid_t pid = fork();
  if (pid == 0) { for (;;) pause(); }
  say("not attached %ld\n", ask(PTRACE_PEEKUSER, pid, 0, 0));
  say("seize bad address %ld\n", ask(PTRACE_SEIZE, pid, 1, 0));
  say("seize bad options %ld\n", ask(PTRACE_SEIZE, pid, 0, 0x40000000));
  say("attach %ld\n", ask(PTRACE_ATTACH, pid, 0, 0));
  await("attached", pid);
  info("attached", pid);
  say("again %ld\n", ask(PTRACE_ATTACH, pid, 0, 0));
  long word = 0;
  say("options %ld\n", ask(PTRACE_SETOPTIONS, pid, 0, 0x40000000));
  say("bad signal %ld\n", ask(PTRACE_CONT, pid, 0, 65));
  say("unknown %ld\n", ask(12345, pid, 0, 0));
  say("peekuser odd %ld\n", ask(PTRACE_PEEKUSER, pid, 2, (long)&word));
  say("peekuser last %ld\n", ask(PTRACE_PEEKUSER, pid, 280, (long)&word));
  { long r = ask(PTRACE_PEEKUSER, pid, 100, (long)&word); say("peekuser middle %ld %ld\n", r, word); }
  say("peekuser bad data %ld\n", ask(PTRACE_PEEKUSER, pid, 0, 0));
  say("peek null %ld\n", ask(PTRACE_PEEKDATA, pid, 0, (long)&word));
  say("poke null %ld\n", ask(PTRACE_POKEDATA, pid, 0, 1));
  say("peek kernel %ld\n", ask(PTRACE_PEEKDATA, pid, 0xffffe000, (long)&word));
  say("regs bad %ld\n", ask(PTRACE_GETREGS, pid, 0, 0));
  say("set regs bad %ld\n", ask(PTRACE_SETREGS, pid, 0, 0));
  say("listen %ld\n", ask(PTRACE_LISTEN, pid, 0, 0));
  say("interrupt %ld\n", ask(PTRACE_INTERRUPT, pid, 0, 0));
  say("sigmask size %ld\n", ask(PTRACE_GETSIGMASK, pid, 4, (long)&word));
  say("detach bad %ld\n", ask(PTRACE_DETACH, pid, 0, 1000));
  say("detach %ld\n", ask(PTRACE_DETACH, pid, 0, 0));
  say("gone %ld\n", ask(PTRACE_CONT, pid, 0, 0));
  done(pid);
}

static void calls(void) {
  begin("calls");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    RAW(SYS_getppid, 0);
    long r = RAW(SYS_getpid, 1234);
    _exit(r == 4242 ? 1 : r == -ENOSYS ? 2 : r == getpid() ? 3 : 4);
  }
  await("first", pid);
  info("first", pid);
  say("cont with calls %ld\n", ask(PTRACE_SYSCALL, pid, 0, 0));
  await("entry", pid);
  info("entry", pid);
  struct user_regs_struct regs = regs_of(pid);
  say("orig %ld eax %ld\n", regs.orig_eax, regs.eax);
  say("good %ld\n", ask(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD));
  ask(PTRACE_SYSCALL, pid, 0, 0);
  await("exit", pid);
  info("exit", pid);
  regs = regs_of(pid);
  say("orig %ld eax is %d\n", regs.orig_eax, regs.eax == self);
  ask(PTRACE_SYSCALL, pid, 0, 0);
  await("entry", pid);
  unsigned long message = 99;
  { long r = ask(PTRACE_GETEVENTMSG, pid, 0, (long)&message); say("message %ld %lu\n", r, message); }
  regs = regs_of(pid);
  say("getpid %d argument %ld\n", regs.orig_eax == SYS_getpid, regs.ebx);
  unsigned char buffer[128];
  memset(buffer, 0, sizeof buffer);
  long size = ask(0x420e, pid, sizeof buffer, (long)buffer);
  say("syscall info %ld op %d nr %d a0 %d\n", size, buffer[0], *(int *)(buffer + 24), *(int *)(buffer + 32));
  regs.orig_eax = SYS_getppid;
  say("changed %ld\n", ask(PTRACE_SETREGS, pid, 0, (long)&regs));
  ask(PTRACE_SYSCALL, pid, 0, 0);
  await("exit", pid);
  size = ask(0x420e, pid, sizeof buffer, (long)buffer);
  say("syscall info %ld op %d error %d\n", size, buffer[0], buffer[32]);
  regs = regs_of(pid);
  say("parent's pid %d\n", regs.eax == self);
  say("result poked %ld\n", ask(PTRACE_POKEUSER, pid, 24, 4242));
  ask(PTRACE_CONT, pid, 0, 0);
  await("end", pid);
}

static void annul(void) {
  begin("annul");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    long r = RAW(SYS_getpid, 0);
    _exit(r == -ENOSYS ? 2 : r == getpid() ? 3 : r == 77 ? 5 : 4);
  }
  await("first", pid);
  ask(PTRACE_SYSCALL, pid, 0, 0);
  await("entry", pid);
  ask(PTRACE_POKEUSER, pid, 44, -1);
  ask(PTRACE_SYSCALL, pid, 0, 0);
  await("exit", pid);
  struct user_regs_struct regs = regs_of(pid);
  say("orig %ld eax %ld\n", regs.orig_eax, regs.eax);
  ask(PTRACE_CONT, pid, 0, 0);
  await("end", pid);
}

static void sysemu(void) {
  begin("sysemu");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    long r = RAW(SYS_getpid, 0);
    r += RAW(SYS_getpid, 0);
    __asm__ volatile("nop; nop");
    _exit(r);
  }
  await("first", pid);
  ask(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
  for (int i = 0; i < 2; i++) {
    ask(PTRACE_SYSEMU, pid, 0, 0);
    await("entry", pid);
    info("entry", pid);
    struct user_regs_struct regs = regs_of(pid);
    say("getpid %d eax %ld\n", regs.orig_eax == SYS_getpid, regs.eax);
    ask(PTRACE_POKEUSER, pid, 24, 20 + i);
  }
  ask(PTRACE_SYSEMU_SINGLESTEP, pid, 0, 0);
  await("step", pid);
  info("step", pid);
  ask(PTRACE_SYSEMU_SINGLESTEP, pid, 0, 0);
  await("step", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("end", pid);
}

static volatile int handled;
static void handler(int n) { handled = n; }
static void signals(void) {
  begin("signals");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    signal(SIGUSR1, handler);
    signal(SIGUSR2, SIG_IGN);
    raise(SIGUSR1);
    int first = handled;
    handled = 0;
    raise(SIGUSR1);
    int second = handled;
    raise(SIGUSR2);
    raise(SIGHUP);
    raise(SIGCONT);
    handled = 0;
    raise(SIGTERM);
    _exit(first == SIGUSR1 && second == 0 && handled == SIGUSR1 ? 9 : 10);
  }
  await("usr1", pid);
  info("usr1", pid);
  ask(PTRACE_CONT, pid, 0, SIGUSR1);
  await("usr1", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("ignored", pid);
  ask(PTRACE_CONT, pid, 0, SIGUSR2);
  await("hup", pid);
  siginfo_t si;
  ask(PTRACE_GETSIGINFO, pid, 0, (long)&si);
  si.si_value.sival_int = 5;
  say("setsiginfo %ld\n", ask(PTRACE_SETSIGINFO, pid, 0, (long)&si));
  ask(PTRACE_CONT, pid, 0, 0);
  await("cont", pid);
  ask(PTRACE_CONT, pid, 0, SIGCONT);
  await("term", pid);
  ask(PTRACE_CONT, pid, 0, SIGUSR1);
  await("end", pid);
  pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    for (;;) pause();
  }
  await("stop", pid);
  info("stop", pid);
  ask(PTRACE_CONT, pid, 0, SIGSTOP);
  await("group", pid);
  info("group", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  kill(pid, SIGCONT);
  await("cont", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  kill(pid, SIGINT);
  await("int", pid);
  ask(PTRACE_CONT, pid, 0, SIGKILL);
  await("end", pid);
  pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    for (;;) pause();
  }
  await("stop", pid);
  say("kill %ld\n", ask(PTRACE_KILL, pid, 0, 0));
  await("killed", pid);
}

static void steps(void) {
  begin("steps");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    signal(SIGUSR1, handler);
    raise(SIGSTOP);
    __asm__ volatile("int3; xorl %%eax, %%eax; incl %%eax; pushf; popl %%ebx; movl $20, %%eax; int $0x80; nop; nop; int3" ::: "eax", "ebx", "cc", "memory");
    _exit(3);
  }
  await("first", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("int3", pid);
  info("int3", pid);
  struct user_regs_struct regs = regs_of(pid);
  long at = regs.eip;
  for (int i = 0; i < 9; i++) {
    ask(PTRACE_SINGLESTEP, pid, 0, 0);
    await("step", pid);
    info("step", pid);
    regs = regs_of(pid);
    say("at %ld flags %#lx ebx tf %ld\n", regs.eip - at, regs.eflags & 0x100, i < 4 ? 0 : regs.ebx & 0x100);
  }
  ask(PTRACE_SINGLESTEP, pid, 0, SIGUSR1);
  await("into handler", pid);
  info("into handler", pid);
  regs = regs_of(pid);
  say("at handler %d flags %#lx\n", regs.eip == (long)handler, regs.eflags & 0x100);
  long frame_flags = 0;
  ask(PTRACE_PEEKDATA, pid, regs.esp + 8 + 16 * 4, (long)&frame_flags);
  say("frame flags %#lx\n", frame_flags & 0x100);
  ask(PTRACE_CONT, pid, 0, 0);
  await("after", pid);
  done(pid);
}

static int words[4] = {1, 2, 3, 4};
static const int fixed[4] = {5, 6, 7, 8};
static void memory(void) {
  begin("memory");
  int *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  page[0] = 11;
  shared[0] = 12;
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    mprotect(page, 4096, PROT_NONE);
    mprotect(shared, 4096, PROT_READ);
    raise(SIGSTOP);
    int copy = *(volatile const int *)&fixed[1];
    mprotect(page, 4096, PROT_READ);
    _exit(words[1] + copy + page[0] + shared[0]);
  }
  await("first", pid);
  long word = 0;
  { long r = ask(PTRACE_PEEKTEXT, pid, (long)&words[2], (long)&word); say("peek %ld %ld\n", r, word); }
  { long r = ask(PTRACE_PEEKTEXT, pid, (long)&words[2] + 1, (long)&word); say("peek unaligned %ld %#lx\n", r, word); }
  say("poke %ld\n", ask(PTRACE_POKEDATA, pid, (long)&words[1], 20));
  say("poke read-only %ld\n", ask(PTRACE_POKEDATA, pid, (long)&fixed[1], 30));
  say("poke code %ld\n", ask(PTRACE_POKETEXT, pid, (long)memory, 0x90909090));
  { long r = ask(PTRACE_PEEKTEXT, pid, (long)memory, (long)&word); say("peek code %ld %#lx\n", r, word); }
  { long r = ask(PTRACE_PEEKDATA, pid, (long)page, (long)&word); say("peek none %ld %ld\n", r, word); }
  say("poke none %ld\n", ask(PTRACE_POKEDATA, pid, (long)page, 40));
  say("poke shared read-only %ld\n", ask(PTRACE_POKEDATA, pid, (long)shared, 50));
  say("peek over the end %ld\n", ask(PTRACE_PEEKDATA, pid, (long)page + 8190, (long)&word) == -EIO);
  say("ours %d %d %d\n", words[1], page[0], shared[0]);
  ask(PTRACE_CONT, pid, 0, 0);
  await("end", pid);
}

static void registers(void) {
  begin("registers");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    double d = 1.5;
    __asm__ volatile("fldl %0; fldpi; int3; fstp %%st(0); fstp %%st(0)" ::"m"(d));
    _exit(0);
  }
  await("int3", pid);
  struct user_fpregs_struct fp;
  memset(&fp, 0, sizeof fp);
  say("fpregs %ld\n", ask(PTRACE_GETFPREGS, pid, 0, (long)&fp));
  say("cwd %#lx swd %#lx twd %#lx\n", fp.cwd, fp.swd & 0xffff, fp.twd);
  for (int i = 0; i < 5; i++) say("st %#lx\n", fp.st_space[i]);
  unsigned char fx[512] __attribute__((aligned(16)));
  memset(fx, 0, sizeof fx);
  say("fpxregs %ld\n", ask(PTRACE_GETFPXREGS, pid, 0, (long)fx));
  say("fcw %#x fsw %#x ftw %#x\n", *(short *)fx & 0xffff, *(short *)(fx + 2) & 0xffff, fx[4]);
  fp.cwd = 0xffff027f;
  say("set fpregs %ld\n", ask(PTRACE_SETFPREGS, pid, 0, (long)&fp));
  memset(&fp, 0, sizeof fp);
  ask(PTRACE_GETFPREGS, pid, 0, (long)&fp);
  say("cwd %#lx\n", fp.cwd);
  struct user_regs_struct regs = regs_of(pid);
  struct user_regs_struct saved = regs;
  say("eflags fixed %#lx\n", regs.eflags & 0x202);
  regs.eflags = 0xffffffff & ~0x4100;
  say("set flags %ld\n", ask(PTRACE_SETREGS, pid, 0, (long)&regs));
  regs = regs_of(pid);
  say("flags %#lx\n", regs.eflags);
  say("ds 0 %ld\n", ask(PTRACE_POKEUSER, pid, 28, 0));
  say("ds ring 0 %ld\n", ask(PTRACE_POKEUSER, pid, 28, 0x18));
  say("cs 0 %ld\n", ask(PTRACE_POKEUSER, pid, 52, 0));
  say("ss 0 %ld\n", ask(PTRACE_POKEUSER, pid, 64, 0));
  say("fs ring 3 %ld\n", ask(PTRACE_POKEUSER, pid, 36, 3));
  struct iovec v = {&regs, sizeof regs};
  { long r = ask(PTRACE_GETREGSET, pid, 1, (long)&v); say("regset %ld %d\n", r, (int)v.iov_len); }
  v.iov_len = 8;
  { long r = ask(PTRACE_GETREGSET, pid, 1, (long)&v); say("regset short %ld %d\n", r, (int)v.iov_len); }
  v.iov_len = 7;
  say("regset odd %ld\n", ask(PTRACE_GETREGSET, pid, 1, (long)&v));
  say("regset unknown %ld\n", ask(PTRACE_GETREGSET, pid, 77, (long)&v));
  long word = 0;
  { long r = ask(PTRACE_PEEKUSER, pid, 252 + 28, (long)&word); say("dr7 %ld %#lx\n", r, word); }
  say("dr0 %ld\n", ask(PTRACE_POKEUSER, pid, 252, (long)&words[3]));
  say("dr4 %ld\n", ask(PTRACE_POKEUSER, pid, 252 + 16, 0));
  say("dr7 bad kind %ld\n", ask(PTRACE_POKEUSER, pid, 252 + 28, 0x00020001));
  say("dr7 write %ld\n", ask(PTRACE_POKEUSER, pid, 252 + 28, 0x000d0001));
  ask(PTRACE_SETREGS, pid, 0, (long)&saved);
  unsigned user_desc[4] = {0};
  say("thread area %ld\n", ask(PTRACE_GET_THREAD_AREA, pid, 5, (long)user_desc));
  say("thread area %ld\n", ask(PTRACE_GET_THREAD_AREA, pid, -1, (long)user_desc));
  unsigned long long mask = 0;
  { long r = ask(PTRACE_GETSIGMASK, pid, 8, (long)&mask); say("sigmask %ld %llx\n", r, mask); }
  ask(PTRACE_CONT, pid, 0, 0);
  await("end", pid);
}

static void watch(void) {
  begin("watch");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    words[2] = 1;
    words[3] = 77;
    words[0] = *(volatile int *)&words[3];
    words[3] = 78;
    _exit(words[3]);
  }
  await("first", pid);
  say("dr0 %ld\n", ask(PTRACE_POKEUSER, pid, 252, (long)&words[3]));
  say("dr7 %ld\n", ask(PTRACE_POKEUSER, pid, 252 + 28, 0x000d0001));
  for (int i = 0; i < 2; i++) {
    ask(PTRACE_CONT, pid, 0, 0);
    await("hit", pid);
    info("hit", pid);
    long word = 0;
    ask(PTRACE_PEEKDATA, pid, (long)&words[3], (long)&word);
    say("value %ld\n", word);
    ask(PTRACE_PEEKUSER, pid, 252 + 24, (long)&word);
    say("dr6 %#lx\n", word);
    ask(PTRACE_POKEUSER, pid, 252 + 24, 0);
  }
  ask(PTRACE_CONT, pid, 0, 0);
  await("end", pid);
}

static int start(void *unused) { return 5; }
static void births(void) {
  begin("births");
  pid_t pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGSTOP);
    if (fork() == 0) _exit(6);
    wait(0);
    static char stack[4096];
    int flags = CLONE_VM;
    pid_t c = clone(start, stack + 4096, flags, 0);
    waitpid(c, 0, __WCLONE);
    if (vfork() == 0) _exit(7);
    wait(0);
    execl("/proc/self/exe", "self", "child", (char *)0);
    _exit(8);
  }
  await("first", pid);
  say("options %ld\n", ask(PTRACE_SETOPTIONS, pid, 0,
      PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT));
  const char *kinds[] = {"fork", "clone", "vfork"};
  for (int i = 0; i < 3; i++) {
    /* after the clone it went on to the vfork by itself */
    if (i != 2) ask(PTRACE_CONT, pid, 0, 0);
    await(kinds[i], pid);
    info(kinds[i], pid);
    unsigned long child = 0;
    say("message %ld\n", ask(PTRACE_GETEVENTMSG, pid, 0, (long)&child));
    await("child", child);
    info("child", child);
    if (i == 2) ask(PTRACE_CONT, pid, 0, 0);
    ask(PTRACE_CONT, child, 0, 0);
    await("child exits", child);
    unsigned long message = 0;
    ask(PTRACE_GETEVENTMSG, child, 0, (long)&message);
    say("status %lx\n", message);
    ask(PTRACE_CONT, child, 0, 0);
    if (i == 2) {
      await("vfork done", pid);
      ask(PTRACE_GETEVENTMSG, pid, 0, (long)&message);
      say("same %d\n", message == child);
      ask(PTRACE_CONT, pid, 0, 0);
    } else if (i < 2) ask(PTRACE_CONT, pid, 0, 0);
    await("child over", child);
    if (i != 1) {
      await("sigchld", pid);
      if (i == 0) continue;
    }
  }
  ask(PTRACE_CONT, pid, 0, 0);
  await("exec", pid);
  unsigned long former = 0;
  ask(PTRACE_GETEVENTMSG, pid, 0, (long)&former);
  say("same %d\n", former == (unsigned long)pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("exit", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("over", pid);
  pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    execl("/proc/self/exe", "self", "child", (char *)0);
    _exit(8);
  }
  await("exec without options", pid);
  info("exec without options", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("over", pid);
}

static void seize(void) {
  begin("seize");
  pid_t pid = fork();
  if (pid == 0) { for (;;) pause(); }
  say("seize %ld\n", ask(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD));
  say("early %ld\n", ask(PTRACE_CONT, pid, 0, 0));
  say("interrupt %ld\n", ask(PTRACE_INTERRUPT, pid, 0, 0));
  await("interrupt", pid);
  info("interrupt", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  kill(pid, SIGSTOP);
  await("stop", pid);
  ask(PTRACE_CONT, pid, 0, SIGSTOP);
  await("group", pid);
  info("group", pid);
  say("listen %ld\n", ask(PTRACE_LISTEN, pid, 0, 0));
  say("listening %ld\n", ask(PTRACE_CONT, pid, 0, 0));
  kill(pid, SIGCONT);
  await("continued", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  await("cont", pid);
  ask(PTRACE_CONT, pid, 0, 0);
  done(pid);
}

static void others(void) {
  begin("others");
  /* the tracer is not the parent: the parent hears of the end after it */
  int pipe_[2];
  pipe(pipe_);
  pid_t pid = fork();
  if (pid == 0) { for (;;) pause(); }
  pid_t tracer = fork();
  if (tracer == 0) {
    ask(PTRACE_ATTACH, pid, 0, 0);
    int st;
    waitpid(pid, &st, 0);
    write(pipe_[1], "a", 1);
    ask(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &st, 0);
    ask(PTRACE_CONT, pid, 0, SIGTERM);
    siginfo_t si;
    waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
    write(pipe_[1], "b", 1);
    usleep(50000);
    int ok = waitpid(pid, &st, 0) == pid && WIFSIGNALED(st);
    _exit(ok ? 20 : 21);
  }
  char c;
  read(pipe_[0], &c, 1);
  say("hidden %d\n", peek(pid));
  kill(pid, SIGTERM);
  read(pipe_[0], &c, 1);
  say("still hidden %d\n", peek(pid));
  await("tracer", tracer);
  await("ours now", pid);
  /* a tracer that dies lets its tracees go */
  pid = fork();
  if (pid == 0) { for (;;) pause(); }
  tracer = fork();
  if (tracer == 0) {
    ask(PTRACE_ATTACH, pid, 0, 0);
    waitpid(pid, 0, 0);
    _exit(0);
  }
  await("tracer", tracer);
  kill(pid, SIGTERM);
  await("freed", pid);
  pid = fork();
  if (pid == 0) { for (;;) pause(); }
  tracer = fork();
  if (tracer == 0) {
    ask(PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL);
    _exit(0);
  }
  await("tracer", tracer);
  await("killed with it", pid);
  /* SIGCHLD of stops */
  pid = fork();
  if (pid == 0) {
    trace(PTRACE_TRACEME, 0, 0, 0);
    raise(SIGUSR1);
    _exit(0);
  }
  siginfo_t si;
  memset(&si, 0, sizeof si);
  say("waitid %d\n", waitid(P_PID, pid, &si, WSTOPPED | WNOWAIT));
  say("code %d status %d\n", si.si_code, si.si_status);
  await("usr1", pid);
  int st = 0;
  say("taken %d\n", (int)waitpid(pid, &st, WNOHANG));
  say("not without WALL either %d\n", (int)waitpid(pid, &st, WNOHANG | WUNTRACED));
  ask(PTRACE_DETACH, pid, 0, SIGTERM);
  await("end", pid);
}

static void *thread(void *at) {
  *(pid_t *)at = syscall(SYS_gettid);
  for (;;) pause();
}
static void threads(void) {
  begin("threads");
  pid_t *tid = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t pid = fork();
  if (pid == 0) {
    pthread_t t;
    pthread_create(&t, 0, thread, tid);
    for (;;) pause();
  }
  while (!*(volatile pid_t *)tid) usleep(1000);
  say("attach thread %ld\n", ask(PTRACE_ATTACH, *tid, 0, 0));
  await("thread", *tid);
  say("leader %ld\n", ask(PTRACE_ATTACH, pid, 0, 0));
  await("leader", pid);
  struct user_regs_struct a = regs_of(pid), b = regs_of(*tid);
  say("stacks differ %d\n", a.esp != b.esp);
  ask(PTRACE_DETACH, *tid, 0, 0);
  ask(PTRACE_CONT, pid, 0, SIGKILL);
  await("end", pid);
}

int main(int argc, char **argv) {
  if (argc > 1) return 12;
  setvbuf(stdout, 0, _IONBF, 0);
  self = getpid();
  errors();
  calls();
  annul();
  sysemu();
  signals();
  steps();
  memory();
  registers();
  watch();
  births();
  seize();
  others();
  threads();
  return 0;
}
