/* What the programs of this folder share: each prints what the kernel does, line by line, and nothing that depends on
   pids, addresses, inode numbers or time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The value of a call, or its error by name. */
static const char *error_name(void) { return strerrorname_np(errno); }
#define SHOW(call) do { errno = 0; long long r_ = (long long)(call); if (r_ == -1) printf("%s = -1 %s\n", #call, error_name()); \
  else printf("%s = %lld\n", #call, r_); fflush(stdout); } while (0)
/* Success without its value. */
#define OUTCOME(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1) printf("%s = -1 %s\n", #call, error_name()); \
  else printf("%s ok\n", #call); fflush(stdout); } while (0)
static void nap(int ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000}; while (nanosleep(&t, &t) < 0 && errno == EINTR); }
/* Runs `body` in a child and shows how it ended. */
#define CHILD(what, ...) do { fflush(stdout); int pid_ = fork(); if (pid_ == 0) { __VA_ARGS__; fflush(stdout); _exit(0); } \
  int s_; waitpid(pid_, &s_, 0); printf("%s: %s %d\n", what, WIFEXITED(s_) ? "exit" : "signal", WIFEXITED(s_) ? WEXITSTATUS(s_) : WTERMSIG(s_)); } while (0)
