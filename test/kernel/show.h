/* What the programs of this folder share: they print what a kernel does, line by line; ipc.test.ts runs each on the
   real kernel and on ours and compares. Nothing printed may depend on pids, identifiers, addresses or time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHOW(call) do { errno = 0; long r_ = (long)(call); if (r_ < 0 && errno) printf("%s = -%s\n", #call, strerrorname_np(errno)); else printf("%s = %ld\n", #call, r_); fflush(stdout); } while (0)
/* Success without its value, or the error. */
#define OUTCOME(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1) printf("%s = -%s\n", #call, strerrorname_np(errno)); else printf("%s ok\n", #call); fflush(stdout); } while (0)

static void show_status(const char *what, int status) {
  if (WIFEXITED(status)) printf("%s: exited %d\n", what, WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) printf("%s: killed %d\n", what, WTERMSIG(status));
  fflush(stdout);
}

/* Runs `body` in a child and waits for it. */
#define CHILD(what, ...) do { fflush(stdout); pid_t pid_ = fork(); if (pid_ == 0) { __VA_ARGS__; fflush(stdout); _exit(0); } int s_; waitpid(pid_, &s_, 0); show_status(what, s_); } while (0)
/* Runs `body` in a child beside us, which has a moment to get to its wait. */
#define BESIDE(...) ({ fflush(stdout); pid_t pid_ = fork(); if (pid_ == 0) { __VA_ARGS__; fflush(stdout); _exit(0); } nap(60); pid_; })
#define JOIN(what, pid) do { int s_; waitpid(pid, &s_, 0); show_status(what, s_); } while (0)

/* Ends the process: 100, or the error. Who waits beside us must not print: which of two prints first is chance. */
#define TELL(call) do { errno = 0; long r_ = (long)(call); _exit(r_ < 0 ? errno : 100); } while (0)

static inline void nap(int ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000}; while (nanosleep(&t, &t) < 0 && errno == EINTR); }
static inline void drop_root(void) { setresgid(1234, 1234, 1234); setresuid(1234, 1234, 1234); }
static inline void nothing(int s) { (void)s; }
static inline void on(int sig, void (*f)(int), int flags) { struct sigaction a = {.sa_handler = f, .sa_flags = flags}; sigaction(sig, &a, 0); }
/* A namespace of our own where we may; the limits of identifiers are then those of a fresh system. */
static inline void alone(void) { unshare(CLONE_NEWIPC); }
