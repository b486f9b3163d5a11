/* Waiting for children: which changes are told, to whom, how often; stops; orphaned groups; SIGCHLD and its flags. */
#include "lines.h"

static int *word;
static volatile int chld, last_code, last_status, last_pid;
static void on_chld(int s, siginfo_t *i, void *c) { chld++; last_code = i->si_code; last_status = i->si_status; last_pid = i->si_pid; }
static void hit(int s) { (void)s; }
/* A child that sleeps, one that ends, one that has ended. */
static int sleeper(void) { int pid = fork(); if (pid == 0) for (;;) pause(); await_state(pid, "S"); return pid; }
static int leaver(int status) { int pid = fork(); if (pid == 0) _exit(status); return pid; }
static int gone(int status) { int pid = leaver(status); await_state(pid, "Z"); return pid; }
static void end(int pid) { kill(pid, SIGKILL); REAP(pid); }
static const char *code_name(int code) {
  static const char *names[] = {"0", "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"};
  return code >= 0 && code <= 6 ? names[code] : "other";
}
static void wait_line(const char *name, int wanted, int options) {
  int status = 0x1234, got = waitpid(wanted, &status, options);
  if (got < 0) line(name, "%s", error_of(errno));
  else if (got == 0) line(name, "nothing, status %s", status == 0x1234 ? "untouched" : "written");
  else line(name, "%s", status_text(status));
}
static void id_line(const char *name, int kind, int id, int options) {
  siginfo_t i;
  memset(&i, 0x11, sizeof i);
  if (waitid(kind, id, &i, options) < 0) line(name, "%s", error_of(errno));
  else if (i.si_pid == 0) line(name, "nothing, signo %d code %d errno %d", i.si_signo, i.si_code, i.si_errno);
  else line(name, "signo %d code %s errno %d uid %d status %d", i.si_signo, code_name(i.si_code), i.si_errno, i.si_uid, i.si_status);
}

static void arguments(void) {
  wait_line("no children", -1, 0);
  wait_line("no children, WNOHANG", -1, WNOHANG);
  wait_line("no children, group 0", 0, WNOHANG);
  int child = sleeper();
  wait_line("child sleeps, WNOHANG", child, WNOHANG);
  wait_line("child sleeps, any, WNOHANG", -1, WNOHANG);
  wait_line("own group, WNOHANG", 0, WNOHANG);
  wait_line("own group by number", -getpgrp(), WNOHANG);
  wait_line("own pid", getpid(), WNOHANG);
  wait_line("parent's pid", getppid(), WNOHANG);
  wait_line("pid that is not", 4194303, WNOHANG);
  wait_line("smallest number", -2147483647 - 1, WNOHANG);
  wait_line("group that is not", -4194303, WNOHANG);
  for (int bit = 0; bit < 32; bit++) {
    char name[32];
    sprintf(name, "wait4, option bit %d", bit);
    int status, r = syscall(SYS_wait4, child, &status, (1u << bit) | WNOHANG, 0);
    line(name, "%s", r < 0 ? error_of(errno) : r ? "something" : "nothing");
  }
  for (int bit = 0; bit < 32; bit++) {
    char name[32];
    sprintf(name, "waitid, option bit %d", bit);
    siginfo_t i;
    int r = syscall(SYS_waitid, P_PID, child, &i, (1u << bit) | WNOHANG, 0);
    line(name, "%s", r < 0 ? error_of(errno) : "nothing");
  }
  id_line("waitid without WNOHANG's companions", P_PID, child, WNOHANG);
  id_line("waitid P_PID 0", P_PID, 0, WEXITED | WNOHANG);
  id_line("waitid P_PID -1", P_PID, -1, WEXITED | WNOHANG);
  id_line("waitid P_PGID 0", P_PGID, 0, WEXITED | WNOHANG);
  id_line("waitid P_PGID -1", P_PGID, -1, WEXITED | WNOHANG);
  id_line("waitid P_PGID own", P_PGID, getpgrp(), WEXITED | WNOHANG);
  id_line("waitid P_ALL", P_ALL, 12345, WEXITED | WNOHANG);
  id_line("waitid of kind 9", 9, child, WEXITED | WNOHANG);
  id_line("waitid P_PIDFD of no descriptor", 3, 99, WEXITED | WNOHANG);
  id_line("waitid P_PIDFD -1", 3, -1, WEXITED | WNOHANG);
  id_line("waitid P_PIDFD of a file", 3, 1, WEXITED | WNOHANG);
  IS(syscall(SYS_wait4, child, 8, WNOHANG, 0));
  IS(syscall(SYS_wait4, child, 0, WNOHANG, 8));
  IS(syscall(SYS_waitid, P_PID, child, 8, WEXITED | WNOHANG, 0));
  end(child);
  wait_line("waited for already", child, 0);
  child = gone(3);
  IS(syscall(SYS_wait4, child, 8, 0, 0));
  wait_line("after EFAULT", child, 0);
  child = gone(4);
  IS(syscall(SYS_waitid, P_PID, child, 8, WEXITED, 0));
  id_line("after EFAULT of waitid", P_PID, child, WEXITED);
  child = gone(5);
  NAMED_OK("wait4 without a status", syscall(SYS_wait4, child, 0, 0, 0));
  child = gone(6);
  NAMED("waitid without a siginfo", syscall(SYS_waitid, P_PID, child, 0, WEXITED, 0));
  child = gone(7);
  int status;
  NAMED("waitpid of old", syscall(SYS_waitpid, child, &status, 0) == child);
  line("waitpid of old, status", "%s", status_text(status));
  IS(waitpid(-1, 0, 0));
}

static void endings(void) {
  IN_CHILD("exit 0", _exit(0));
  IN_CHILD("exit 255", _exit(255));
  IN_CHILD("exit 256", _exit(256));
  IN_CHILD("exit -1", _exit(-1));
  IN_CHILD("exit of one thread", syscall(SYS_exit, 9));
  for (int s = 1; s <= 34; s++) {
    char name[40];
    sprintf(name, "kill itself with %s", signal_name(s));
    if (s == SIGSTOP || s == SIGTSTP || s == SIGTTIN || s == SIGTTOU || s == 32 || s == 33) continue;
    IN_CHILD(name, kill(getpid(), s));
  }
  IN_CHILD("kill itself with 64", kill(getpid(), 64));
  IN_CHILD("abort", abort());
  IN_CHILD("abort ignored", on(SIGABRT, SIG_IGN, 0); abort());
  IN_CHILD("abort caught", on(SIGABRT, hit, 0); abort());
  IN_CHILD("ignored TERM", on(SIGTERM, SIG_IGN, 0); kill(getpid(), SIGTERM); _exit(1));
  IN_CHILD("blocked TERM", block(SIG_BLOCK, SIGTERM); kill(getpid(), SIGTERM); _exit(2));
  IN_CHILD("blocked TERM let through", block(SIG_BLOCK, SIGTERM); kill(getpid(), SIGTERM); block(SIG_UNBLOCK, SIGTERM); _exit(2));
  IN_CHILD("two pending", block(SIG_BLOCK, SIGTERM); block(SIG_BLOCK, SIGHUP); kill(getpid(), SIGTERM); kill(getpid(), SIGHUP);
           sigset_t none; sigemptyset(&none); sigprocmask(SIG_SETMASK, &none, 0));
  IN_CHILD("KILL blocked", sigset_t all; sigfillset(&all); sigprocmask(SIG_SETMASK, &all, 0); kill(getpid(), SIGKILL));
}

static void stops(void) {
  int child = sleeper();
  kill(child, SIGSTOP);
  wait_line("stopped", child, WUNTRACED);
  wait_line("stopped, told twice", child, WUNTRACED | WNOHANG);
  kill(child, SIGSTOP);
  wait_line("stopped again", child, WUNTRACED | WNOHANG);
  kill(child, SIGCONT);
  wait_line("continued", child, WCONTINUED);
  wait_line("continued, told twice", child, WCONTINUED | WNOHANG);
  kill(child, SIGCONT);
  wait_line("continued while it runs", child, WCONTINUED | WNOHANG);
  kill(child, SIGSTOP);
  await_state(child, "T");
  kill(child, SIGCONT);
  wait_line("stop not asked for before continue", child, WUNTRACED | WNOHANG);
  wait_line("but the continue is told", child, WUNTRACED | WCONTINUED | WNOHANG);
  kill(child, SIGSTOP);
  await_state(child, "T");
  kill(child, SIGCONT);
  await_state(child, "S");
  kill(child, SIGSTOP);
  await_state(child, "T");
  wait_line("continue forgotten at the next stop", child, WCONTINUED | WNOHANG);
  wait_line("that stop", child, WUNTRACED | WNOHANG);
  id_line("stop taken by wait4 is taken for waitid", P_PID, child, WSTOPPED | WNOHANG);
  kill(child, SIGTERM);
  nap(5);
  wait_line("TERM while stopped", child, WNOHANG);
  NAMED("state while TERM is pending", state_of(child) == 'T');
  kill(child, SIGCONT);
  wait_line("then continued", child, 0);
  static const int kinds[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  for (int i = 0; i < 4; i++) {
    char name[48];
    child = sleeper();
    kill(child, kinds[i]);
    sprintf(name, "%s", signal_name(kinds[i]));
    wait_line(name, child, WUNTRACED);
    sprintf(name, "%s, then KILL", signal_name(kinds[i]));
    kill(child, SIGKILL);
    wait_line(name, child, WUNTRACED);
  }
  child = fork();
  if (child == 0) { on(SIGTSTP, SIG_IGN, 0); *word = 1; for (;;) pause(); }
  await_number(word, 1);
  await_state(child, "S");
  kill(child, SIGTSTP);
  wait_line("ignored TSTP", child, WUNTRACED | WNOHANG);
  end(child);
  *word = 0;
  child = fork();
  if (child == 0) { block(SIG_BLOCK, SIGTSTP); *word = 1; for (;;) pause(); }
  await_number(word, 1);
  await_state(child, "S");
  kill(child, SIGTSTP);
  wait_line("blocked TSTP", child, WUNTRACED | WNOHANG);
  kill(child, SIGCONT);
  wait_line("CONT takes the pending TSTP away", child, WUNTRACED | WCONTINUED | WNOHANG);
  end(child);
  /* a stop signal takes a pending SIGCONT away */
  block(SIG_BLOCK, SIGCONT);
  block(SIG_BLOCK, SIGTSTP);
  kill(getpid(), SIGCONT);
  kill(getpid(), SIGTSTP);
  sigset_t pending;
  sigpending(&pending);
  NAMED("SIGCONT pending after TSTP", sigismember(&pending, SIGCONT));
  NAMED("SIGTSTP pending", sigismember(&pending, SIGTSTP));
  kill(getpid(), SIGCONT);
  sigpending(&pending);
  NAMED("SIGCONT pending after CONT", sigismember(&pending, SIGCONT));
  NAMED("SIGTSTP pending after CONT", sigismember(&pending, SIGTSTP));
}

static void without_reaping(void) {
  int child = gone(7);
  id_line("WNOWAIT", P_PID, child, WEXITED | WNOWAIT);
  id_line("WNOWAIT again", P_PID, child, WEXITED | WNOWAIT);
  NAMED("kill of a zombie", kill(child, SIGTERM));
  NAMED("kill 0 of a zombie", kill(child, 0));
  NAMED("getpgid of a zombie", getpgid(child) == getpgrp());
  id_line("only stops asked for", P_PID, child, WSTOPPED | WNOHANG);
  id_line("only continues asked for", P_PID, child, WCONTINUED | WNOHANG);
  id_line("reaped", P_PID, child, WEXITED);
  id_line("after that", P_PID, child, WEXITED);
  NAMED("kill after that", kill(child, 0));
  child = sleeper();
  kill(child, SIGSTOP);
  id_line("stop, WNOWAIT", P_PID, child, WSTOPPED | WNOWAIT);
  id_line("stop, taken", P_PID, child, WSTOPPED);
  id_line("stop, taken twice", P_PID, child, WSTOPPED | WNOHANG);
  kill(child, SIGCONT);
  id_line("continue, WNOWAIT", P_PID, child, WCONTINUED | WNOWAIT);
  id_line("continue, taken", P_PID, child, WCONTINUED);
  id_line("continue, taken twice", P_PID, child, WCONTINUED | WNOHANG);
  kill(child, SIGSEGV);
  id_line("killed by SEGV", P_PID, child, WEXITED);
  struct rusage usage;
  siginfo_t i;
  child = gone(0);
  memset(&usage, 0xff, sizeof usage);
  NAMED("rusage of waitid", syscall(SYS_waitid, P_PID, child, &i, WEXITED, &usage));
  NAMED("rusage is written", usage.ru_utime.tv_sec);
}

static void sigchld(void) {
  struct sigaction action = {0};
  action.sa_sigaction = on_chld;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGCHLD, &action, 0);
  int child = leaver(9);
  await_number(&chld, 1);
  line("exit", "%d %s %d %d", chld, code_name(last_code), last_status, last_pid == child);
  REAP(child);
  child = sleeper();
  chld = 0;
  kill(child, SIGSTOP);
  await_number(&chld, 1);
  line("stop", "%d %s %d", chld, code_name(last_code), last_status);
  kill(child, SIGCONT);
  await_number(&chld, 2);
  line("continue", "%d %s %d", chld, code_name(last_code), last_status);
  kill(child, SIGTERM);
  await_number(&chld, 3);
  line("killed", "%d %s %d", chld, code_name(last_code), last_status);
  REAP(child);
  action.sa_flags |= SA_NOCLDSTOP;
  sigaction(SIGCHLD, &action, 0);
  child = sleeper();
  chld = 0;
  kill(child, SIGSTOP);
  wait_line("NOCLDSTOP, the wait", child, WUNTRACED);
  NAMED("NOCLDSTOP, signals at a stop", chld);
  kill(child, SIGCONT);
  wait_line("NOCLDSTOP, the wait for continue", child, WCONTINUED);
  NAMED("NOCLDSTOP, signals at a continue", chld);
  end(child);
  await_number(&chld, 1);
  NAMED("NOCLDSTOP, signals at the end", chld);
  action.sa_flags = SA_SIGINFO | SA_NOCLDWAIT;
  sigaction(SIGCHLD, &action, 0);
  chld = 0;
  child = leaver(1);
  int r;
  while ((r = waitpid(-1, 0, 0)) < 0 && errno == EINTR) ;
  line("NOCLDWAIT, wait", "%s", error_of(errno));
  await_number(&chld, 1);
  NAMED("NOCLDWAIT, signals", chld);
  on(SIGCHLD, SIG_IGN, 0);
  child = leaver(1);
  NAMED("SIGCHLD ignored, wait", waitpid(-1, 0, 0));
  child = sleeper();
  kill(child, SIGSTOP);
  wait_line("SIGCHLD ignored, stop", child, WUNTRACED);
  kill(child, SIGKILL);
  wait_line("SIGCHLD ignored, the end", child, WUNTRACED);
  on(SIGCHLD, SIG_DFL, 0);
  child = gone(2);
  on(SIGCHLD, SIG_IGN, 0);
  wait_line("ignored after the child's end", child, 0);
  on(SIGCHLD, SIG_DFL, 0);
  block(SIG_BLOCK, SIGCHLD);
  chld = 0;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGCHLD, &action, 0);
  int a = gone(1);
  sigset_t pending;
  do sigpending(&pending); while (!sigismember(&pending, SIGCHLD));
  int b = gone(2);
  id_line("the second, left there", P_PID, b, WEXITED | WNOWAIT);
  block(SIG_UNBLOCK, SIGCHLD);
  NAMED("two ends while blocked", chld);
  line("the first is told", "%d %s", last_status, last_pid == a ? "first" : "second");
  REAP(a);
  REAP(b);
  /* the exit signal of clone */
  action.sa_flags = SA_SIGINFO;
  chld = 0;
  sigaction(SIGUSR1, &action, 0);
  child = syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0);
  if (child == 0) _exit(4);
  await_number(&chld, 1);
  line("exit signal USR1", "%d %s %d", chld, code_name(last_code), last_status);
  wait_line("wait without __WCLONE", child, WNOHANG);
  wait_line("wait with __WCLONE", child, __WCLONE);
  child = syscall(SYS_clone, 0, 0, 0, 0, 0);
  if (child == 0) _exit(4);
  wait_line("exit signal 0, __WALL", child, __WALL);
}

static void groups(void) {
  int a = sleeper(), b = sleeper();
  NAMED("setpgid of a child", setpgid(a, a));
  NAMED("setpgid into that group", setpgid(b, a));
  NAMED("setpgid to a group that is not", setpgid(b, 4194303));
  NAMED("setpgid of init", setpgid(1, 1));
  NAMED("setpgid of nobody", setpgid(4194303, 0));
  NAMED("setpgid, negative pid", setpgid(-1, 0));
  NAMED("setpgid, negative group", setpgid(a, -1));
  wait_line("own group is empty", 0, WNOHANG);
  wait_line("the other group", -a, WNOHANG);
  kill(-a, SIGKILL);
  wait_line("killed as a group", -a, 0);
  wait_line("and its second", -a, 0);
  wait_line("and no third", -a, 0);
  NAMED("kill of an empty group", kill(-a, 0));
  NAMED("kill of group 1 of nobody", kill(-4194303, 0));
  int child = fork();
  if (child == 0) { setsid(); *word = 7; for (;;) pause(); }
  await_number(word, 7);
  NAMED("setpgid across sessions", setpgid(child, child));
  NAMED("setpgid of self into another session's group", setpgid(0, child));
  NAMED("getsid of the child", getsid(child) == child);
  NAMED("getpgid of the child", getpgid(child) == child);
  NAMED("getsid of nobody", getsid(4194303));
  NAMED("getpgid of nobody", getpgid(4194303));
  NAMED("getsid -1", getsid(-1));
  end(child);
  NAMED("setsid of a leader", setsid());
  *word = 0;
  child = fork();
  if (child == 0) {
    char *args[] = {"./self", "sleep", 0};
    *word = 1;
    execv("./self", args);
    _exit(1);
  }
  await_number(word, 1);
  while (1) { char path[40], text[20] = {0}; sprintf(path, "/proc/%d/cmdline", child); int fd = open(path, O_RDONLY); read(fd, text, 19); close(fd); if (!strcmp(text, "./self") && !strcmp(text + 7, "sleep")) break; nap(1); }
  NAMED("setpgid after exec", setpgid(child, child));
  end(child);
}

/* A group whose last link to another group of its session ends: SIGHUP and SIGCONT where a member is stopped. */
static void orphans(void) {
  int *log = word + 16;
  int middle = fork();
  if (middle == 0) {
    setsid();
    int parent = fork();
    if (parent == 0) {
      int member = fork();
      if (member == 0) { setpgid(0, 0); for (;;) pause(); }
      setpgid(member, member);
      await_state(member, "S");
      kill(member, SIGSTOP);
      await_state(member, "T");
      log[0] = member;
      _exit(0);
    }
    waitpid(parent, 0, 0);
    log[1] = 1;
    for (;;) pause();
  }
  await_number(&log[1], 1);
  int status;
  NAMED("the orphan comes to the subreaper", getppid() != 1 || 1);
  await_number(word + 17, 1);
  for (int tries = 0; tries < 10000 && state_of(log[0]) == 'T'; tries++) nap(1);
  NAMED("the stopped orphan is no longer stopped", state_of(log[0]) != 'T');
  end(middle);
  /* terminal stops do nothing in an orphaned group */
  int child = fork();
  if (child == 0) { setsid(); *word = 21; for (;;) pause(); }
  await_number(word, 21);
  await_state(child, "S");
  kill(child, SIGTSTP);
  wait_line("TSTP in an orphaned group", child, WUNTRACED | WNOHANG);
  kill(child, SIGTTIN);
  kill(child, SIGTTOU);
  nap(2);
  wait_line("TTIN and TTOU there", child, WUNTRACED | WNOHANG);
  kill(child, SIGSTOP);
  wait_line("STOP there", child, WUNTRACED);
  end(child);
  (void)status;
}

static void subreaper(void) {
  int on_ = -1;
  NAMED("PR_GET_CHILD_SUBREAPER before", prctl(PR_GET_CHILD_SUBREAPER, &on_));
  NUMBER(on_);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_GET_CHILD_SUBREAPER, &on_);
  NAMED("after setting it", on_);
  int child = fork();
  if (child == 0) {
    int own = -1;
    prctl(PR_GET_CHILD_SUBREAPER, &own);
    word[3] = own;
    int grandchild = fork();
    if (grandchild == 0) {
      for (int tries = 0; tries < 10000 && (!word[4] || getppid() == word[4]); tries++) nap(1);
      word[5] = getppid();
      _exit(6);
    }
    word[6] = grandchild;
    word[4] = getpid();
    _exit(0);
  }
  REAP(child);
  int status, got = waitpid(-1, &status, 0);
  NAMED("a fork inherits it", word[3]);
  NAMED("the grandchild is ours", got == word[6]);
  line("its status", "%s", status_text(status));
  NAMED("its getppid", word[5] == getpid());
  /* the parent death signal */
  word[0] = word[1] = 0;
  child = fork();
  if (child == 0) {
    int grandchild = fork();
    if (grandchild == 0) {
      prctl(PR_SET_PDEATHSIG, SIGUSR2);
      int which = 0;
      prctl(PR_GET_PDEATHSIG, &which);
      word[1] = which;
      word[0] = 1;
      for (;;) pause();
    }
    await_number(&word[0], 1);
    _exit(0);
  }
  REAP(child);
  got = waitpid(-1, &status, 0);
  NAMED("PR_GET_PDEATHSIG", word[1]);
  line("ended by the parent's death", "%s", status_text(status));
  IS(prctl(PR_SET_PDEATHSIG, 65));
  IS(prctl(PR_SET_PDEATHSIG, -1));
  IS(prctl(PR_GET_PDEATHSIG, 8));
  IS(prctl(PR_GET_CHILD_SUBREAPER, 8));
}

static void *thread_pause(void *a) { word[10] = syscall(SYS_gettid); for (;;) pause(); }
static void *thread_fork(void *a) { int pid = fork(); if (pid == 0) { *word = 31; _exit(12); } word[11] = pid; return 0; }
static void *thread_exec(void *a) { char *args[] = {"./self", "exit", 0}; execv("./self", args); return 0; }
static void threads(void) {
  pthread_t t;
  int child = fork();
  if (child == 0) { pthread_create(&t, 0, thread_pause, 0); await_number(&word[12], 1); _exit(0); }
  for (int i = 0; i < 10000 && !word[10]; i++) nap(1);
  await_state(word[10], "S");
  kill(child, SIGSTOP);
  wait_line("both threads stop", child, WUNTRACED);
  NAMED("the second is stopped", state_of(word[10]) == 'T');
  kill(child, SIGCONT);
  wait_line("both go on", child, WCONTINUED);
  IS(syscall(SYS_tgkill, child, word[10], 0));
  IS(syscall(SYS_tgkill, word[10], word[10], 0));
  IS(syscall(SYS_tgkill, child, child + 1000000, 0));
  IS(syscall(SYS_tgkill, 0, word[10], 0));
  IS(syscall(SYS_tgkill, child, 0, 0));
  IS(syscall(SYS_tgkill, child, child, 65));
  IS(syscall(SYS_tkill, word[10], 0));
  IS(syscall(SYS_tkill, 0, 0));
  IS(syscall(SYS_tkill, -1, 0));
  NAMED("kill by a thread's number", kill(word[10], 0));
  wait_line("wait for a thread of the child", word[10], WNOHANG);
  word[12] = 1;
  wait_line("exit_group from the first", child, 0);
  child = fork();
  if (child == 0) { pthread_create(&t, 0, thread_pause, 0); syscall(SYS_exit, 3); }
  await_state(child, "Z");
  wait_line("the leader alone has ended", child, WNOHANG);
  kill(child, SIGTERM);
  wait_line("TERM to the rest", child, 0);
  pthread_create(&t, 0, thread_fork, 0);
  pthread_join(t, 0);
  wait_line("a child of another thread", word[11], 0);
  pthread_create(&t, 0, thread_fork, 0);
  pthread_join(t, 0);
  wait_line("with __WNOTHREAD", word[11], __WNOTHREAD);
  wait_line("without", word[11], 0);
  child = fork();
  if (child == 0) { pthread_create(&t, 0, thread_exec, 0); for (;;) pause(); }
  wait_line("exec from the second thread", child, 0);
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "sleep")) for (;;) pause();
  if (argc > 1 && !strcmp(argv[1], "exit")) return getpid() == syscall(SYS_gettid) ? 21 : 22;
  begin();
  word = shared(4096);
  SECTION(arguments);
  SECTION(endings);
  SECTION(stops);
  SECTION(without_reaping);
  SECTION(sigchld);
  SECTION(groups);
  SECTION(orphans);
  SECTION(subreaper);
  SECTION(threads);
  return 0;
}
