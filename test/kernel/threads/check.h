/* What the programs of this folder share: they print what a kernel does, line by line, for the same program on the real
   kernel and on ours. Nothing printed may depend on pids, addresses or time. */
#ifndef CHECK_H
#define CHECK_H
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
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Raw call: the result, or -errno. */
static inline long sys(long number, ...) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int n = 0; n < 6; n++) a[n] = va_arg(list, long);
  va_end(list);
  long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  return result == -1 ? -errno : result;
}

#define SHOW(call) do { printf("%s = %ld\n", #call, (long)(call)); fflush(stdout); } while (0)
/* Success without its value (descriptors, pids), or the error. */
#define OUTCOME(call) do { long r_ = (call); if (r_ < 0 && r_ > -4096) printf("%s = %ld\n", #call, r_); else printf("%s ok\n", #call); fflush(stdout); } while (0)
/* The same for C library calls. */
#define LIBC(call) do { long r_ = (call); if (r_ == -1) printf("%s: %d\n", #call, errno); else printf("%s = %ld\n", #call, r_); fflush(stdout); } while (0)

static inline void show_status(const char *what, int status) {
  if (WIFEXITED(status)) printf("%s: exited %d\n", what, WEXITSTATUS(status));
  else if (WIFSTOPPED(status)) printf("%s: stopped %d\n", what, WSTOPSIG(status));
  else if (WIFCONTINUED(status)) printf("%s: continued\n", what);
  else printf("%s: killed %d%s\n", what, WTERMSIG(status), WCOREDUMP(status) ? " core" : "");
  fflush(stdout);
}

/* Runs `body` in a child and shows how it ended. */
#define CHILD(what, ...) do { int s_ = 0; fflush(stdout); int p_ = fork(); if (p_ == 0) { __VA_ARGS__; fflush(stdout); _exit(0); } \
  int g_ = waitpid(p_, &s_, 0); if (g_ != p_) printf("%s: waitpid %d\n", what, errno); else show_status(what, s_); } while (0)

static inline void nap(int milliseconds) { usleep(milliseconds * 1000); }
#endif
