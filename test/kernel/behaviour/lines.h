/* What the programs of this folder share. Each prints lines `name: value`, one assertion each; behaviour.test.ts runs a
   program on the real kernel and on ours and compares line by line. A line may depend on nothing but the kernel's rules:
   not on pids, addresses, time, or which of two processes is faster. Who must wait for a sleeper looks at its state in
   /proc; nobody waits for a time. */
#ifndef LINES_H
#define LINES_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The section that runs, said before each name. */
static const char *section_name = "main";

/* One assertion. A name holds no `: `. */
static void line(const char *name, const char *format, ...) {
  char text[600];
  int length = snprintf(text, sizeof text, "%s - %s: ", section_name, name);
  if (length > 400) length = 400;
  va_list values;
  va_start(values, format);
  length += vsnprintf(text + length, sizeof text - length - 1, format, values);
  va_end(values);
  if (length > (int)sizeof text - 2) length = sizeof text - 2;
  text[length++] = '\n';
  write(1, text, length);
}

static const char *error_of(int number) {
  static char other[16];
  const char *name = number == ENOTSUP ? "EOPNOTSUPP" : strerrorname_np(number);
  if (name) return name;
  snprintf(other, sizeof other, "E%d", number);
  return other;
}

static void result_line(const char *name, long result) {
  if (result == -1) line(name, "%s", error_of(errno));
  else line(name, "%ld", result);
}

/* A call's value, or its error. */
#define IS(call) do { errno = 0; result_line(#call, (long)(call)); } while (0)
#define NAMED(name, call) do { errno = 0; result_line(name, (long)(call)); } while (0)
/* Success without its value, or the error. */
#define OK(call) do { errno = 0; long ok_ = (long)(call); line(#call, "%s", ok_ == -1 ? error_of(errno) : "ok"); } while (0)
#define NAMED_OK(name, call) do { errno = 0; long ok_ = (long)(call); line(name, "%s", ok_ == -1 ? error_of(errno) : "ok"); } while (0)
/* A number, and one in hexadecimal. */
#define NUMBER(value) line(#value, "%ld", (long)(value))
#define HEX(value) line(#value, "%lx", (unsigned long)(value))

static const char *signal_name(int signal) {
  static char other[16];
  const char *name = signal > 0 && signal < 32 ? sigabbrev_np(signal) : 0;
  if (name) snprintf(other, sizeof other, "SIG%s", name);
  else snprintf(other, sizeof other, "signal %d", signal);
  return other;
}

/* A wait status in words. */
static const char *status_text(int status) {
  static char text[48];
  if (WIFEXITED(status)) snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
  else if (WIFCONTINUED(status)) snprintf(text, sizeof text, "continued");
  else if (WIFSTOPPED(status)) snprintf(text, sizeof text, "stopped by %s", signal_name(WSTOPSIG(status)));
  else snprintf(text, sizeof text, "killed by %s%s", signal_name(WTERMSIG(status)), WCOREDUMP(status) ? ", core" : "");
  return text;
}

static void nap(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&time, &time) < 0 && errno == EINTR) ;
}

/* The letter of a thread's state in /proc, 0 when there is none. */
static int state_of(int tid) {
  char path[40], text[256];
  snprintf(path, sizeof path, "/proc/%d/stat", tid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  int length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = 0;
  char *end = strrchr(text, ')');
  return end ? end[2] : 0;
}

/* Until a thread's state is one of these; 0 after about ten seconds. */
static int await_state(int tid, const char *states) {
  for (int tries = 0; tries < 10000; tries++) {
    int state = state_of(tid);
    if (state && strchr(states, state)) return state;
    nap(1);
  }
  return 0;
}

/* Until a number in shared memory is there; 0 after about ten seconds. */
static int await_number(volatile int *number, int wanted) {
  for (int tries = 0; tries < 10000; tries++) {
    if (*number == wanted) return 1;
    nap(1);
  }
  return 0;
}

/* Memory that children share. */
static void *shared(int bytes) {
  return mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void on(int signal, void *handler, int flags) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(signal, &action, 0);
}

static void block(int how, int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  sigprocmask(how, &set, 0);
}

/* How a child ended that runs these statements. */
#define IN_CHILD(name, ...) do { int pid_ = fork(), status_ = 0; if (pid_ == 0) { __VA_ARGS__; _exit(0); } \
  int got_ = waitpid(pid_, &status_, 0); line(name, "%s", got_ == pid_ ? status_text(status_) : error_of(errno)); } while (0)
#define REAP(pid) do { int status_ = 0, got_; while ((got_ = waitpid(pid, &status_, 0)) < 0 && errno == EINTR) ; } while (0)

static void too_long(int signal) { (void)signal; }

/* Runs a section in a process group of its own and says how it ended; none may take more than 20 seconds. */
static void section(const char *name, void (*body)(void)) {
  section_name = name;
  int pid = fork(), status = 0;
  if (pid == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    on(SIGALRM, SIG_DFL, 0);
    body();
    _exit(0);
  }
  setpgid(pid, pid);
  on(SIGALRM, too_long, 0);
  alarm(20);
  if (waitpid(pid, &status, 0) != pid) {
    line("took too long", "yes");
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
  }
  alarm(0);
  kill(-pid, SIGKILL);
  line("ended", "%s", status_text(status));
  while (waitpid(-1, &status, __WALL) > 0) ;
}
#define SECTION(body) section(#body, body)

/* First of all: no terminal, orphans come to us, default actions, a known umask, no core files. */
static void begin(void) {
  int pid = fork(), status;
  if (pid == 0) {
    /* Nothing may go on when the test gives up. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int s = 1; s <= 64; s++) on(s, SIG_DFL, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    umask(022);
    struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    return;
  }
  waitpid(pid, &status, 0);
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 99);
}
#endif
