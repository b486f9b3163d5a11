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

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/un.h>

static struct sockaddr_un un;
/* An AF_UNIX address; a name that begins with '@' is abstract. Its length. */
static int at(const char *name) {
  memset(&un, 0, sizeof un);
  un.sun_family = AF_UNIX;
  strcpy(un.sun_path, name);
  int n = 2 + strlen(name) + 1;
  if (name[0] == '@') { un.sun_path[0] = 0; n--; }
  return n;
}
#define ADDR ((struct sockaddr *)&un)
static void show_un(const char *what, struct sockaddr_un *a, int len) {
  printf("%s: len %d family %d", what, len, len >= 2 ? a->sun_family : -1);
  for (int i = 2; i < len; i++) { char c = ((char *)a)[i]; if (c >= 32 && c < 127) printf(" %c", c); else printf(" \\%d", c); }
  printf("\n"); fflush(stdout);
}
static void name_of(int fd) { struct sockaddr_un a; socklen_t l = sizeof a; int r = getsockname(fd, (void *)&a, &l); if (r < 0) printf("getsockname %s\n", error_name()); else show_un("name", &a, l); }
static void peer_of(int fd) { struct sockaddr_un a; socklen_t l = sizeof a; int r = getpeername(fd, (void *)&a, &l); if (r < 0) printf("getpeername %s\n", error_name()); else show_un("peer", &a, l); }
static int opt(int fd, int level, int name) { int v = -99; socklen_t l = 4; if (getsockopt(fd, level, name, &v, &l) < 0) return -1; return v; }
static int set(int fd, int level, int name, int v) { return setsockopt(fd, level, name, &v, 4); }
static int many(int fd) { int v = -1; if (ioctl(fd, FIONREAD, &v) < 0) return -1; return v; }
static int all_events(int fd) { return polled(fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM | POLLRDBAND | POLLWRBAND); }
