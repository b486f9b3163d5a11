/* Sending and taking signals: arguments, queues and their order, what siginfo says for each source, nested handlers,
   masks, alternate stacks, frames. */
#include "lines.h"
#include <sys/ucontext.h>
#include <sys/mman.h>

static volatile int hits, order[64], ordered;
static siginfo_t seen;
static volatile char *word;
static void hit(int s) { hits++; }
static void note(int s) { if (ordered < 64) order[ordered++] = s; }
static void inform(int s, siginfo_t *i, void *c) { seen = *i; hits++; if (ordered < 64) order[ordered++] = s; }
static void with_info(int signal, int flags) {
  struct sigaction a = {0};
  a.sa_sigaction = inform;
  a.sa_flags = SA_SIGINFO | flags;
  sigaction(signal, &a, 0);
}
static void order_line(const char *name) {
  char text[300] = "";
  for (int i = 0; i < ordered; i++) sprintf(text + strlen(text), "%s%d", i ? " " : "", order[i]);
  line(name, "%s", text);
  ordered = 0;
}
static const char *code_text(int code) {
  static char other[16];
  switch (code) {
    case SI_USER: return "SI_USER";
    case SI_KERNEL: return "SI_KERNEL";
    case SI_QUEUE: return "SI_QUEUE";
    case SI_TIMER: return "SI_TIMER";
    case SI_MESGQ: return "SI_MESGQ";
    case SI_ASYNCIO: return "SI_ASYNCIO";
    case SI_SIGIO: return "SI_SIGIO";
    case SI_TKILL: return "SI_TKILL";
  }
  snprintf(other, sizeof other, "%d", code);
  return other;
}
static void seen_line(const char *name) {
  line(name, "signo %d errno %d %s pid %s uid %d", seen.si_signo, seen.si_errno, code_text(seen.si_code),
       seen.si_pid == getpid() ? "own" : seen.si_pid == 0 ? "0" : "other", seen.si_uid);
  memset(&seen, 0x55, sizeof seen);
}
static void mask_all(int how) { sigset_t all; sigfillset(&all); sigprocmask(how, &all, 0); }

static void arguments(void) {
  static const int numbers[] = {-1, 0, 1, 9, 19, 31, 32, 33, 64, 65, 128, 1000000};
  struct sigaction old;
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    char name[64];
    int n = numbers[i];
    struct { void *handler; unsigned flags; void *restorer; unsigned mask[2]; } action = {SIG_IGN};
    sprintf(name, "rt_sigaction %d", n);
    NAMED(name, syscall(SYS_rt_sigaction, n, &action, 0, 8));
    sprintf(name, "rt_sigaction %d, asked only", n);
    NAMED(name, syscall(SYS_rt_sigaction, n, 0, &action, 8));
    action.handler = SIG_DFL;
    syscall(SYS_rt_sigaction, n, &action, 0, 8);
    sprintf(name, "kill nobody with %d", n);
    NAMED(name, kill(4194303, n));
    if (n > 0 && n < 65 || n == 0) continue;
    sprintf(name, "kill itself with %d", n);
    NAMED(name, kill(getpid(), n));
    sprintf(name, "tgkill itself with %d", n);
    NAMED(name, syscall(SYS_tgkill, getpid(), getpid(), n));
    sprintf(name, "sigqueue itself with %d", n);
    NAMED(name, sigqueue(getpid(), n, (union sigval){0}));
  }
  sigset_t set;
  sigemptyset(&set);
  IS(syscall(SYS_rt_sigaction, SIGUSR1, 0, 0, 4));
  IS(syscall(SYS_rt_sigaction, SIGUSR1, 0, 0, 16));
  IS(syscall(SYS_rt_sigaction, SIGUSR1, 8, 0, 8));
  IS(syscall(SYS_rt_sigaction, SIGUSR1, 0, 8, 8));
  IS(syscall(SYS_rt_sigprocmask, 0, &set, 0, 4));
  IS(syscall(SYS_rt_sigprocmask, 3, &set, 0, 8));
  IS(syscall(SYS_rt_sigprocmask, 3, 0, &set, 8));
  IS(syscall(SYS_rt_sigprocmask, -1, &set, 0, 8));
  IS(syscall(SYS_rt_sigprocmask, 0, 8, 0, 8));
  IS(syscall(SYS_rt_sigprocmask, 0, 0, 8, 8));
  IS(syscall(SYS_rt_sigpending, &set, 8));
  IS(syscall(SYS_rt_sigpending, &set, 4));
  IS(syscall(SYS_rt_sigpending, &set, 9));
  IS(syscall(SYS_rt_sigpending, 8, 8));
  IS(syscall(SYS_rt_sigsuspend, &set, 4));
  IS(syscall(SYS_rt_sigsuspend, 8, 8));
  IS(syscall(SYS_rt_sigtimedwait, &set, 0, 0, 4));
  IS(syscall(SYS_rt_sigtimedwait, 8, 0, 0, 8));
  struct { int s, n; } bad[] = {{0, -1}, {0, 1000000000}, {-1, 0}}, zero = {0, 0};
  IS(syscall(SYS_rt_sigtimedwait, &set, 0, 8, 8));
  IS(syscall(SYS_rt_sigtimedwait, &set, 0, &bad[0], 8));
  IS(syscall(SYS_rt_sigtimedwait, &set, 0, &bad[1], 8));
  IS(syscall(SYS_rt_sigtimedwait, &set, 0, &bad[2], 8));
  IS(syscall(SYS_rt_sigtimedwait, &set, 0, &zero, 8));
  IS(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, 8));
  siginfo_t i = {0};
  i.si_code = SI_USER;
  NAMED("rt_sigqueueinfo to another as if by kill", syscall(SYS_rt_sigqueueinfo, getppid(), 0, &i));
  i.si_code = SI_TKILL;
  NAMED("rt_sigqueueinfo to another as if by tkill", syscall(SYS_rt_sigqueueinfo, getppid(), 0, &i));
  i.si_code = SI_QUEUE;
  NAMED("rt_sigqueueinfo to another", syscall(SYS_rt_sigqueueinfo, getppid(), 0, &i));
  NAMED("rt_sigqueueinfo to nobody", syscall(SYS_rt_sigqueueinfo, 4194303, 0, &i));
  IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), 0, &i));
  IS(syscall(SYS_rt_tgsigqueueinfo, 0, getpid(), 0, &i));
  IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), 0, 0, &i));
  IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), 4194303, 0, &i));
  IS(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), 0, 8));
  IS(kill(0x80000000, 0));
  IS(syscall(SYS_signal, SIGUSR1, SIG_IGN));
  IS(syscall(SYS_signal, SIGUSR1, SIG_DFL));
  IS(syscall(SYS_signal, SIGKILL, SIG_DFL));
  IS(syscall(SYS_signal, 65, SIG_DFL));
  IS(syscall(SYS_sgetmask));
  IS(syscall(SYS_ssetmask, 0xffffffff));
  line("sgetmask of all", "%x", syscall(SYS_sgetmask));
  IS(syscall(SYS_ssetmask, 0) != 0);
  unsigned old_mask = 0x200, was = 7;
  IS(syscall(SYS_sigprocmask, SIG_BLOCK, &old_mask, &was));
  HEX(was);
  IS(syscall(SYS_sigprocmask, 7, &old_mask, 0));
  IS(syscall(SYS_sigprocmask, 0, 8, 0));
  kill(getpid(), SIGUSR1);
  IS(syscall(SYS_sigpending, &was));
  HEX(was);
  IS(syscall(SYS_sigpending, 8));
  on(SIGUSR1, SIG_IGN, 0);
  IS(syscall(SYS_sigpending, &was));
  line("ignoring takes the pending one away", "%x", was);
  struct { void *handler; unsigned mask, flags; void *restorer; } small = {hit, 0x1234, SA_RESTART | SA_NODEFER, 0}, got;
  IS(syscall(SYS_sigaction, SIGUSR2, &small, 0));
  IS(syscall(SYS_sigaction, SIGUSR2, 0, &got));
  line("sigaction of old", "%d mask %x flags %x", got.handler == hit, got.mask, got.flags);
  IS(syscall(SYS_sigaction, SIGKILL, &small, 0));
  IS(syscall(SYS_sigaction, SIGUSR2, 8, 0));
  (void)old;
}

static void flags_kept(void) {
  struct { void *handler; unsigned flags; void *restorer; unsigned mask[2]; } action = {hit}, got;
  for (int bit = 0; bit < 32; bit++) {
    char name[32];
    action.flags = 1u << bit;
    sprintf(name, "flag bit %d", bit);
    syscall(SYS_rt_sigaction, SIGUSR1, &action, 0, 8);
    syscall(SYS_rt_sigaction, SIGUSR1, 0, &got, 8);
    line(name, "%x", got.flags);
  }
  memset(action.mask, 0xff, 8);
  action.flags = 0;
  syscall(SYS_rt_sigaction, SIGUSR1, &action, 0, 8);
  syscall(SYS_rt_sigaction, SIGUSR1, 0, &got, 8);
  line("mask kept", "%x %x", got.mask[0], got.mask[1]);
}

static void queues(void) {
  for (int s = 1; s <= 64; s++) if (s != SIGKILL && s != SIGSTOP && s != 32 && s != 33) with_info(s, 0);
  mask_all(SIG_BLOCK);
  for (int n = 0; n < 3; n++) { kill(getpid(), SIGUSR1); kill(getpid(), 40); }
  sigset_t none;
  sigemptyset(&none);
  /* one at a time */
  struct timespec zero = {0, 0};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, 40);
  siginfo_t i;
  for (int n = 0; n < 5; n++) NAMED("taken by sigtimedwait", sigtimedwait(&set, &i, &zero));
  for (int n = 0; n < 4; n++) { union sigval v = {.sival_int = 100 + n}; sigqueue(getpid(), 41, v); }
  sigemptyset(&set);
  sigaddset(&set, 41);
  for (int n = 0; n < 4; n++) { sigtimedwait(&set, &i, &zero); line("value in order", "%d %s", i.si_value.sival_int, code_text(i.si_code)); }
  sigqueue(getpid(), 50, (union sigval){0});
  sigqueue(getpid(), 36, (union sigval){0});
  kill(getpid(), SIGTERM);
  kill(getpid(), SIGHUP);
  sigfillset(&set);
  for (int n = 0; n < 5; n++) NAMED("lowest first", sigtimedwait(&set, 0, &zero));
  kill(getpid(), SIGSEGV);
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGBUS);
  kill(getpid(), SIGTRAP);
  for (int n = 0; n < 4; n++) NAMED("synchronous ones", sigtimedwait(&set, 0, &zero));
  /* thread's before process's */
  kill(getpid(), SIGHUP);
  syscall(SYS_tgkill, getpid(), getpid(), SIGUSR2);
  for (int n = 0; n < 2; n++) NAMED("thread's before process's", sigtimedwait(&set, 0, &zero));
  syscall(SYS_tgkill, getpid(), getpid(), SIGUSR2);
  kill(getpid(), SIGUSR2);
  sigtimedwait(&set, &i, &zero);
  line("the same for thread and process, first", "%s", code_text(i.si_code));
  sigtimedwait(&set, &i, &zero);
  line("the same for thread and process, second", "%s", code_text(i.si_code));
  kill(getpid(), SIGUSR2);
  sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 5});
  sigtimedwait(&set, &i, &zero);
  line("kill, then sigqueue of a standard one", "%s", code_text(i.si_code));
  NAMED("and no second", sigtimedwait(&set, &i, &zero));
  /* all at once: handlers run in the reverse order of their frames */
  ordered = 0;
  kill(getpid(), 45);
  kill(getpid(), SIGINT);
  kill(getpid(), 35);
  kill(getpid(), SIGUSR2);
  kill(getpid(), 45);
  sigprocmask(SIG_SETMASK, &none, 0);
  order_line("handlers that may nest");
  mask_all(SIG_BLOCK);
  for (int s = 1; s <= 64; s++) if (s != SIGKILL && s != SIGSTOP && s != 32 && s != 33) {
    struct sigaction a = {0};
    a.sa_handler = note;
    sigfillset(&a.sa_mask);
    sigaction(s, &a, 0);
  }
  ordered = 0;
  kill(getpid(), 45);
  kill(getpid(), SIGINT);
  kill(getpid(), 35);
  kill(getpid(), SIGSEGV);
  kill(getpid(), SIGUSR2);
  kill(getpid(), 45);
  kill(getpid(), SIGCHLD);
  sigprocmask(SIG_SETMASK, &none, 0);
  order_line("handlers that may not nest");
  /* the limit of queued signals */
  struct rlimit few = {3, 3};
  setrlimit(RLIMIT_SIGPENDING, &few);
  mask_all(SIG_BLOCK);
  setresuid(-1, -1, -1);
  IN_CHILD("RLIMIT_SIGPENDING", setresuid(12321, 12321, 12321); int n = 0; while (n < 20 && sigqueue(getpid(), 40, (union sigval){0}) == 0) n++;
           line("queued until EAGAIN", "%d %s", n, error_of(errno)); line("kill still works", "%d", kill(getpid(), 40));
           line("and of a standard signal", "%d", kill(getpid(), SIGUSR1)); sigset_t p; sigpending(&p); line("it is pending", "%d", sigismember(&p, SIGUSR1));
           line("sigqueue of a standard signal", "%d %s", sigqueue(getpid(), SIGUSR2, (union sigval){0}), error_of(errno)));
}

static void sources(void) {
  for (int s = 1; s <= 64; s++) if (s != SIGKILL && s != SIGSTOP && s != 32 && s != 33) with_info(s, 0);
  kill(getpid(), SIGUSR1);
  seen_line("kill");
  raise(SIGUSR1);
  seen_line("raise");
  syscall(SYS_tkill, getpid(), SIGUSR1);
  seen_line("tkill");
  syscall(SYS_tgkill, getpid(), getpid(), 40);
  seen_line("tgkill of a real-time one");
  sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 77});
  line("sigqueue's value", "%d", seen.si_value.sival_int);
  seen_line("sigqueue");
  int child = fork();
  if (child == 0) { kill(getppid(), SIGUSR2); _exit(0); }
  REAP(child);
  hits = 0;
  kill(-getpgrp(), SIGUSR2);
  seen_line("kill of the group");
  int p[2], q[2];
  pipe(p);
  pipe(q);
  hits = 0;
  int middle = fork();
  if (middle == 0) {
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGUSR1);
      write(q[1], "x", 1);
      await_number(&hits, 1);
      line("parent's death", "signo %d %s pid %s", seen.si_signo, code_text(seen.si_code), seen.si_pid == getpid() ? "own" : seen.si_pid ? "other" : "0");
      write(p[1], "x", 1);
      _exit(0);
    }
    char c;
    read(q[0], &c, 1);
    _exit(0);
  }
  REAP(middle);
  char c;
  read(p[0], &c, 1);
  pipe(p);
  close(p[0]);
  write(p[1], "x", 1);
  seen_line("SIGPIPE of a pipe");
  socketpair(AF_UNIX, SOCK_STREAM, 0, p);
  close(p[0]);
  hits = 0;
  write(p[1], "x", 1);
  seen_line("SIGPIPE of a socket");
  hits = 0;
  send(p[1], "x", 1, MSG_NOSIGNAL);
  NAMED("MSG_NOSIGNAL", hits);
  struct itimerval soon = {{0, 0}, {0, 1}};
  hits = 0;
  setitimer(ITIMER_REAL, &soon, 0);
  await_number(&hits, 1);
  seen_line("ITIMER_REAL");
  hits = 0;
  setitimer(ITIMER_VIRTUAL, &soon, 0);
  while (!hits) ;
  seen_line("ITIMER_VIRTUAL");
  hits = 0;
  setitimer(ITIMER_PROF, &soon, 0);
  while (!hits) ;
  seen_line("ITIMER_PROF");
  timer_t timer;
  struct sigevent event = {0};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = 42;
  event.sigev_value.sival_int = 4711;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  struct itimerspec once = {{0, 0}, {0, 1}};
  hits = 0;
  timer_settime(timer, 0, &once, 0);
  await_number(&hits, 1);
  line("timer_create", "signo %d %s value %d overrun %d", seen.si_signo, code_text(seen.si_code), seen.si_value.sival_int, seen.si_overrun);
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  struct rlimit small = {100, RLIM_INFINITY};
  int fd = open("limited", O_RDWR | O_CREAT | O_TRUNC, 0600);
  setrlimit(RLIMIT_FSIZE, &small);
  pwrite(fd, "x", 1, 100);
  setrlimit(RLIMIT_FSIZE, &limit);
  seen_line("SIGXFSZ");
  /* forged by rt_sigqueueinfo */
  siginfo_t forged;
  memset(&forged, 0, sizeof forged);
  forged.si_signo = 3;
  forged.si_errno = 44;
  forged.si_code = SI_QUEUE;
  forged.si_pid = 123;
  forged.si_uid = 456;
  forged.si_value.sival_int = 789;
  syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &forged);
  line("forged", "signo %d errno %d %s pid %d uid %d value %d", seen.si_signo, seen.si_errno, code_text(seen.si_code), seen.si_pid, seen.si_uid, seen.si_value.sival_int);
  forged.si_code = SI_USER;
  NAMED("forged as kill to itself", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &forged));
  line("forged as kill", "%s pid %d uid %d", code_text(seen.si_code), seen.si_pid, seen.si_uid);
  forged.si_code = 5;
  NAMED("forged, positive code to itself", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &forged));
  line("forged, positive code", "%d", seen.si_code);
}

static char stack[65536] __attribute__((aligned(16)));
static volatile int inside, altered;
static stack_t told;
static int within(void *at) { return (char *)at >= stack && (char *)at < stack + sizeof stack; }
static void where(int s) { char here; inside = within(&here); sigaltstack(0, &told); stack_t other = {stack, 0, 8192}; altered = sigaltstack(&other, 0) < 0 ? errno : 0; }
static void where_info(int s, siginfo_t *i, void *c) { ucontext_t *u = c; where(s); altered = u->uc_stack.ss_flags; hits++; }
static volatile int depth, deepest;
static void nested(int s) { depth++; if (depth > deepest) deepest = depth; if (deepest < 3) raise(SIGUSR1); depth--; }

static void alternate_stacks(void) {
  stack_t now = {0}, s = {stack, 0, sizeof stack};
  IS(sigaltstack(0, &now));
  line("at first", "sp %d flags %x size %d", (int)now.ss_sp, now.ss_flags, now.ss_size);
  IS(sigaltstack(&s, 0));
  IS(sigaltstack(0, &now));
  line("set", "%d flags %x size %d", now.ss_sp == stack, now.ss_flags, now.ss_size);
  on(SIGUSR1, where, SA_ONSTACK);
  raise(SIGUSR1);
  line("handler with SA_ONSTACK", "inside %d flags %x, changing it there %s", inside, told.ss_flags, error_of(altered));
  on(SIGUSR1, where, 0);
  raise(SIGUSR1);
  line("handler without", "inside %d flags %x, changing it there %s", inside, told.ss_flags, error_of(altered));
  struct sigaction a = {0};
  a.sa_sigaction = where_info;
  a.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaltstack(&s, 0);
  sigaction(SIGUSR1, &a, 0);
  raise(SIGUSR1);
  line("uc_stack's flags", "inside %d %x", inside, altered);
  on(SIGUSR1, nested, SA_ONSTACK | SA_NODEFER);
  raise(SIGUSR1);
  NAMED("nested on it", deepest);
  s.ss_flags = SS_DISABLE;
  IS(sigaltstack(&s, &now));
  line("before it was disabled", "flags %x size %d", now.ss_flags, now.ss_size);
  IS(sigaltstack(0, &now));
  line("disabled", "sp %d flags %x size %d", (int)now.ss_sp, now.ss_flags, now.ss_size);
  for (int bit = 0; bit < 32; bit += bit == 3 ? 25 : 1) {
    char name[40];
    s = (stack_t){stack, 1 << bit, sizeof stack};
    sprintf(name, "ss_flags bit %d", bit);
    NAMED(name, sigaltstack(&s, 0));
  }
  s = (stack_t){stack, 3, sizeof stack};
  NAMED("ss_flags 3", sigaltstack(&s, 0));
  s = (stack_t){stack, 0, 2047};
  NAMED("2047 bytes", sigaltstack(&s, 0));
  s = (stack_t){stack, 0, 2048};
  NAMED("2048 bytes", sigaltstack(&s, 0));
  s = (stack_t){stack, SS_DISABLE, 5};
  NAMED("5 bytes, disabled", sigaltstack(&s, 0));
  s = (stack_t){(void *)16, 0, 8192};
  NAMED("nowhere", sigaltstack(&s, 0));
  NAMED("from a bad address", sigaltstack((void *)8, 0));
  NAMED("to a bad address", sigaltstack(0, (void *)8));
  /* SS_AUTODISARM */
  s = (stack_t){stack, 1u << 31, sizeof stack};
  NAMED("SS_AUTODISARM", sigaltstack(&s, 0));
  sigaltstack(0, &now);
  line("with SS_AUTODISARM", "flags %x size %d", now.ss_flags, now.ss_size);
  sigaction(SIGUSR1, &a, 0);
  raise(SIGUSR1);
  line("in its handler", "inside %d told %x size %d", inside, told.ss_flags, told.ss_size);
  sigaltstack(0, &now);
  line("armed again after it", "%d flags %x size %d", now.ss_sp == stack, now.ss_flags, now.ss_size);
  on(SIGUSR1, where, SA_ONSTACK);
  raise(SIGUSR1);
  line("handler without siginfo", "inside %d told %x", inside, told.ss_flags);
  sigaltstack(0, &now);
  line("after it", "flags %x size %d", now.ss_flags, now.ss_size);
  /* overflow of the alternate stack */
  s = (stack_t){stack, 0, 2048};
  on(SIGUSR1, nested, SA_ONSTACK | SA_NODEFER);
  s = (stack_t){(void *)4096, 0, 8192};
  IN_CHILD("a handler on a stack that is not there", sigaltstack(&s, 0); on(SIGUSR1, hit, SA_ONSTACK); raise(SIGUSR1));
  IN_CHILD("fork keeps it", s = (stack_t){stack, 0, 4096}; sigaltstack(&s, 0); if (fork() == 0) { sigaltstack(0, &now); line("in the child", "flags %x size %d", now.ss_flags, now.ss_size); _exit(0); } wait(0));
}

static void masked(int s) { sigset_t m; sigprocmask(0, 0, &m); unsigned *w = (void *)&m; order[0] = w[0]; order[1] = w[1]; }
static void change_context(int s, siginfo_t *i, void *c) { ucontext_t *u = c; sigaddset((void *)&u->uc_sigmask, SIGHUP); u->uc_mcontext.gregs[REG_EAX] = 4242; }
static void mask_line(const char *name) { sigset_t m; sigprocmask(0, 0, &m); unsigned *w = (void *)&m; line(name, "%x %x", w[0], w[1]); }
static void once(int s) { hits++; if (hits == 1) raise(s); }
static void handlers(void) {
  struct sigaction a = {0};
  a.sa_handler = masked;
  sigemptyset(&a.sa_mask);
  sigaddset(&a.sa_mask, SIGTERM);
  sigaddset(&a.sa_mask, 50);
  sigaddset(&a.sa_mask, SIGKILL);
  sigaction(SIGUSR1, &a, 0);
  raise(SIGUSR1);
  line("mask in a handler", "%x %x", order[0], order[1]);
  mask_line("mask after it");
  a.sa_flags = SA_NODEFER;
  sigaction(SIGUSR1, &a, 0);
  raise(SIGUSR1);
  line("mask with SA_NODEFER", "%x %x", order[0], order[1]);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, 0);
  mask_line("everything blocked");
  sigprocmask(SIG_UNBLOCK, &all, 0);
  on(SIGUSR1, once, SA_RESETHAND | SA_NODEFER);
  IN_CHILD("SA_RESETHAND takes the second one as default", raise(SIGUSR1));
  on(SIGUSR1, hit, SA_RESETHAND);
  raise(SIGUSR1);
  struct sigaction got;
  sigaction(SIGUSR1, 0, &got);
  line("after SA_RESETHAND", "%d flags %x", got.sa_handler == SIG_DFL, got.sa_flags & ~0x04000000);
  hits = 0;
  on(SIGUSR1, once, 0);
  raise(SIGUSR1);
  NAMED("raised in its own handler", hits);
  a.sa_sigaction = change_context;
  a.sa_flags = SA_SIGINFO;
  sigemptyset(&a.sa_mask);
  sigaction(SIGUSR1, &a, 0);
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(SYS_tgkill), "b"(getpid()), "c"(getpid()), "d"(SIGUSR1) : "memory");
  NAMED("EAX changed by the handler", result);
  mask_line("mask changed by the handler");
  block(SIG_UNBLOCK, SIGHUP);
  /* sigsuspend: the mask during the handler and after */
  a.sa_handler = masked;
  a.sa_flags = 0;
  sigaction(SIGUSR1, &a, 0);
  block(SIG_BLOCK, SIGUSR1);
  kill(getpid(), SIGUSR1);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGQUIT);
  IS(sigsuspend(&only));
  line("mask in the handler of sigsuspend", "%x %x", order[0], order[1]);
  mask_line("mask after sigsuspend");
  block(SIG_UNBLOCK, SIGUSR1);
  /* exec and fork */
  kill(getpid(), 0);
  block(SIG_BLOCK, SIGUSR2);
  kill(getpid(), SIGUSR2);
  IN_CHILD("a fork has nothing pending", sigset_t p; sigpending(&p); _exit(sigismember(&p, SIGUSR2)));
  on(SIGHUP, SIG_IGN, 0);
  on(SIGINT, hit, SA_RESTART);
  IN_CHILD("exec", kill(getpid(), SIGUSR2); char *args[] = {"./self", "exec", 0}; execv("./self", args));
}

static volatile int frames;
static void spoil(int s, siginfo_t *i, void *c) {
  ucontext_t *u = c;
  switch (frames) {
    case 0: u->uc_mcontext.gregs[REG_CS] = 0; break;
    case 1: u->uc_mcontext.gregs[REG_SS] = 0; break;
    case 2: u->uc_mcontext.gregs[REG_EIP] = 0; break;
    case 3: u->uc_mcontext.gregs[REG_DS] = 0x1234; break;
    case 4: u->uc_mcontext.gregs[REG_ESP] = 0; break;
    case 5: u->uc_mcontext.fpregs = (void *)8; break;
    case 6: u->uc_mcontext.fpregs = 0; break;
    case 7: u->uc_mcontext.gregs[REG_EFL] |= 0x3000; break;
    case 8: u->uc_mcontext.gregs[REG_EFL] |= 0x100; break;
    case 9: u->uc_mcontext.gregs[REG_GS] = 0; break;
    case 10: u->uc_mcontext.gregs[REG_CS] = 0x10; break;
    case 11: u->uc_mcontext.gregs[REG_EFL] |= 0x20000; break;
    case 12: u->uc_mcontext.gregs[REG_ES] = 0x7; break;
    case 13: u->uc_stack.ss_flags = 99; break;
    case 14: sigfillset((void *)&u->uc_sigmask); break;
    case 15: ((unsigned *)u->uc_mcontext.fpregs)[0] = 0xffff0040; break;
  }
}
static void frames_changed(void) {
  static const char *names[] = {"CS 0", "SS 0", "EIP 0", "DS that is not", "ESP 0", "FPU state nowhere", "no FPU state", "IOPL 3", "TF",
                                "GS 0", "CS of the kernel", "VM flag", "ES of an empty table", "bad stack flags", "full mask", "x87 control word"};
  for (int n = 0; n < 16; n++) {
    int child = fork(), status;
    if (child == 0) {
      struct sigaction a = {0};
      a.sa_sigaction = spoil;
      a.sa_flags = SA_SIGINFO;
      sigaction(SIGUSR1, &a, 0);
      frames = n;
      int pid = getpid(), flags, gs;
      __asm__ volatile("int $0x80\n pushf\n pop %0" : "=a"(flags) : "a"(SYS_tgkill), "b"(pid), "c"(pid), "d"(SIGUSR1) : "memory", "cc");
      syscall(SYS_exit_group, flags & 0x23000 ? 7 : 5);
    }
    waitpid(child, &status, 0);
    line(names[n], "%s", status_text(status));
  }
  IN_CHILD("sigreturn out of nothing", __asm__ volatile("mov $0, %%esp\n mov $119, %%eax\n int $0x80" ::: "memory"));
  IN_CHILD("rt_sigreturn out of nothing", __asm__ volatile("mov $8, %%esp\n mov $173, %%eax\n int $0x80" ::: "memory"));
}

int main(int argc, char **argv) {
  if (argc > 1) {
    sigset_t p, m;
    struct sigaction a, b;
    sigpending(&p);
    sigprocmask(0, 0, &m);
    sigaction(SIGHUP, 0, &a);
    sigaction(SIGINT, 0, &b);
    return sigismember(&p, SIGUSR2) | sigismember(&m, SIGUSR2) << 1 | (a.sa_handler == SIG_IGN) << 2 | (b.sa_handler == SIG_DFL) << 3 | (b.sa_flags == 0) << 4;
  }
  begin();
  SECTION(arguments);
  SECTION(flags_kept);
  SECTION(queues);
  SECTION(sources);
  SECTION(alternate_stacks);
  SECTION(handlers);
  SECTION(frames_changed);
  return 0;
}
