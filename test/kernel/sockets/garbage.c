/* Sockets that only messages hold which nobody can receive: they are closed. A pipe in such a message tells when. */
#include "show.h"
static void give(int over, int n, ...) {
  int fds[4]; __builtin_va_list v; __builtin_va_start(v, n);
  for (int i = 0; i < n; i++) fds[i] = __builtin_va_arg(v, int);
  char control[CMSG_SPACE(16)]; struct iovec io = {"x", 1}; struct msghdr m = {0, 0, &io, 1, control, CMSG_SPACE(n * 4)};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(n * 4); memcpy(CMSG_DATA(c), fds, n * 4);
  if (sendmsg(over, &m, 0) != 1) printf("sendmsg %s\n", error_name());
}
static int p[2];
/* Another socket's end makes the kernel look. */
static void look(const char *what) { int u[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, u); close(u[0]); close(u[1]); nap(50); char b; fcntl(p[0], F_SETFL, O_NONBLOCK); errno = 0; int r = read(p[0], &b, 1); printf("%s: %s\n", what, r == 0 ? "closed" : error_name()); fflush(stdout); }
static void start(void) { if (p[0]) close(p[0]); pipe(p); }
int main(void) {
  int a[2], b[2];
  start(); socketpair(AF_UNIX, SOCK_STREAM, 0, a); give(a[1], 2, a[0], p[1]); close(p[1]); look("held"); close(a[0]); look("other end held"); close(a[1]); look("a socket in itself");
  start(); socketpair(AF_UNIX, SOCK_DGRAM, 0, a); give(a[1], 1, a[1]); give(a[0], 2, a[0], p[1]); close(p[1]); close(a[0]); close(a[1]); look("each in the other, datagrams");
  start(); socketpair(AF_UNIX, SOCK_STREAM, 0, a); socketpair(AF_UNIX, SOCK_STREAM, 0, b); give(a[0], 1, b[1]); give(b[0], 2, a[1], p[1]); close(p[1]); close(a[0]); close(a[1]); look("a way in left"); close(b[1]); look("a way in left"); close(b[0]); look("a circle of two");
  start(); socketpair(AF_UNIX, SOCK_STREAM, 0, a); give(a[0], 1, p[1]); close(p[1]); close(a[0]); look("not received"); close(a[1]); look("receiver closed");
  int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0); start(); at("@garbage"); bind(s, ADDR, 10); listen(s, 5); connect(c, ADDR, 10); give(c, 2, s, p[1]); close(p[1]); close(s); look("a listener in what it has not accepted, client held"); close(c); look("a listener in what it has not accepted");
  for (int i = 0; i < 2000; i++) { socketpair(AF_UNIX, SOCK_STREAM, 0, a); give(a[1], 1, a[0]); give(a[0], 1, a[1]); close(a[0]); close(a[1]); }
  start(); close(p[1]); look("many");
  SHOW(open("/dev/null", O_RDONLY));
  return 0;
}
