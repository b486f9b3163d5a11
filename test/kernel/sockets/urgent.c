/* Out-of-band data of TCP: the mark, the signal, inline. */
#include "show.h"
static struct sockaddr_in in; static char buf[1000];
#define IN ((struct sockaddr *)&in), sizeof in
static int to(const char *a, int port) { memset(&in, 0, sizeof in); in.sin_family = AF_INET; in.sin_addr.s_addr = inet_addr(a); in.sin_port = htons(port); return 0; }
static int port_of(int fd) { struct sockaddr_in a; socklen_t l = sizeof a; getsockname(fd, (void *)&a, &l); return ntohs(a.sin_port); }
static int mark(int fd) { int v = -1; if (ioctl(fd, SIOCATMARK, &v) < 0) return -1; return v; }
static void got(int fd, int n, int flags) { memset(buf, 0, sizeof buf); errno = 0; int r = recv(fd, buf, n, flags | MSG_DONTWAIT); printf("recv %d flags %d = %d %s '%s' mark %d in %d events %x\n", n, flags, r, r < 0 ? error_name() : "", buf, mark(fd), many(fd), all_events(fd)); fflush(stdout); }
static volatile int urgent;
static void handler(int s) { urgent++; }
static int s, c, a;
static void fresh(void) { if (c) { close(c); close(a); } c = socket(AF_INET, SOCK_STREAM, 0); to("127.0.0.1", port_of(s)); connect(c, IN); a = accept(s, 0, 0); }
#define SETTLE nap(5)
int main(void) {
  signal(SIGURG, handler); signal(SIGPIPE, SIG_IGN);
  s = socket(AF_INET, SOCK_STREAM, 0); to("127.0.0.1", 0); bind(s, IN); listen(s, 5);
  fresh(); printf("mark %d\n", mark(a)); got(a, 1, MSG_OOB); SHOW(fcntl(a, F_SETOWN, getpid())); SHOW(send(c, "abcX", 4, MSG_OOB)); SETTLE; printf("urgent %d mark %d in %d events %x\n", urgent, mark(a), many(a), all_events(a)); got(a, 100, 0); got(a, 1, MSG_OOB | MSG_PEEK); got(a, 1, MSG_OOB); got(a, 1, MSG_OOB); write(c, "def", 3); SETTLE; got(a, 100, 0); got(a, 1, MSG_OOB);
  fresh(); fcntl(a, F_SETOWN, getpid()); urgent = 0; send(c, "abcX", 4, MSG_OOB); write(c, "def", 3); SETTLE; got(a, 2, 0); got(a, 100, 0); got(a, 100, 0); got(a, 1, MSG_OOB); printf("urgent %d\n", urgent);
  fresh(); send(c, "abcX", 4, MSG_OOB); write(c, "def", 3); SETTLE; got(a, 1, MSG_OOB); got(a, 100, 0); got(a, 100, 0); got(a, 100, 0);
  fresh(); send(c, "X", 1, MSG_OOB); SETTLE; got(a, 100, 0); got(a, 1, MSG_OOB); got(a, 10, 0);
  fresh(); send(c, "X", 1, MSG_OOB); send(c, "Y", 1, MSG_OOB); SETTLE; got(a, 1, MSG_OOB); got(a, 100, 0); got(a, 100, 0); got(a, 1, MSG_OOB);
  fresh(); send(c, "abX", 3, MSG_OOB); send(c, "cdY", 3, MSG_OOB); SETTLE; got(a, 100, 0); got(a, 100, 0); got(a, 1, MSG_OOB); got(a, 100, 0);
  fresh(); set(a, SOL_SOCKET, SO_OOBINLINE, 1); send(c, "abcX", 4, MSG_OOB); write(c, "def", 3); SETTLE; got(a, 1, MSG_OOB); got(a, 100, 0); got(a, 100, 0); got(a, 100, 0);
  fresh(); set(a, SOL_SOCKET, SO_OOBINLINE, 1); send(c, "X", 1, MSG_OOB); SETTLE; printf("mark %d events %x\n", mark(a), all_events(a)); got(a, 100, 0); printf("mark %d\n", mark(a));
  fresh(); send(c, "abX", 3, MSG_OOB); SETTLE; got(a, 2, MSG_PEEK); got(a, 100, MSG_PEEK); got(a, 100, MSG_WAITALL); got(a, 3, 0); got(a, 0, MSG_OOB); got(a, 5, MSG_OOB);
  fresh(); send(c, "abX", 3, MSG_OOB); close(c); c = 0; SETTLE; got(a, 100, 0); got(a, 1, MSG_OOB); got(a, 1, 0); got(a, 1, MSG_OOB); close(a);
  fresh(); SHOW(send(c, "", 0, MSG_OOB)); SETTLE; got(a, 1, MSG_OOB); struct { struct iovec i; struct msghdr m; } q = {{buf, 10}}; q.m.msg_iov = &q.i; q.m.msg_iovlen = 1; send(c, "aZ", 2, MSG_OOB); SETTLE; SHOW(recvmsg(a, &q.m, MSG_OOB)); printf("flags %x '%c'\n", q.m.msg_flags, buf[0]); got(a, 10, 0); SHOW(mark(s));
  fresh(); 
  int u[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, u); SHOW(send(u[0], "x", 1, MSG_OOB)); SHOW(mark(u[1]));
  return 0;
}
