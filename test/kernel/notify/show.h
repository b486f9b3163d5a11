/* What the programs of this folder share: each prints what the kernel does, line by line, and nothing that depends on
   pids, addresses or time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The value of a call, or its error by name. */
static const char *error_name(void) { return strerrorname_np(errno); }
#define SHOW(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1) printf("%s = -1 %s\n", #call, error_name()); \
  else printf("%s = %ld\n", #call, r_); fflush(stdout); } while (0)
/* Success without its value. */
#define OUTCOME(call) do { errno = 0; long r_ = (long)(call); if (r_ == -1) printf("%s = -1 %s\n", #call, error_name()); \
  else printf("%s ok\n", #call); fflush(stdout); } while (0)
static void nap(int ms) { struct timespec t = {ms / 1000, ms % 1000 * 1000000}; nanosleep(&t, 0); }
static int polled(int fd, int events) { struct pollfd p = {fd, events, 0}; return poll(&p, 1, 0) < 0 ? -1 : p.revents; }
