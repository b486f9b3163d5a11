/* Errors of datagrams that nobody took (IP_RECVERR, MSG_ERRQUEUE), TCP_INFO, connections to a full backlog. */
#include "show.h"
#include <linux/errqueue.h>
static struct sockaddr_in in; static char buf[2000], control[512]; static socklen_t len;
#define IN ((struct sockaddr *)&in), sizeof in
static int to(const char *a, int port) { memset(&in, 0, sizeof in); in.sin_family = AF_INET; in.sin_addr.s_addr = inet_addr(a); in.sin_port = htons(port); return 0; }
static int port_of(int fd) { struct sockaddr_in a; socklen_t l = sizeof a; getsockname(fd, (void *)&a, &l); return ntohs(a.sin_port); }
static void got(int fd, int room, int flags) {
  struct iovec io = {buf, sizeof buf}; struct sockaddr_in from = {0}; struct msghdr m = {&from, sizeof from, &io, 1, control, room};
  int n = recvmsg(fd, &m, flags);
  printf("recvmsg %d %s", n, n < 0 ? error_name() : "");
  if (n >= 0) { printf(" '%.*s' flags %x name %d %s %d:", n, buf, m.msg_flags, m.msg_namelen, inet_ntoa(from.sin_addr), from.sin_port != 0); for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) { printf(" [%d %d len %d:", c->cmsg_level, c->cmsg_type, c->cmsg_len); for (int i = 0; i < c->cmsg_len - sizeof *c; i++) printf(" %d", CMSG_DATA(c)[i]); printf("]"); } }
  printf("\n"); fflush(stdout);
}
/* TCP_INFO's state, once no acknowledgement is on its way. */
static int state(int fd) {
  struct tcp_info i;
  for (int tries = 0; tries < 200; tries++, nap(5)) {
    socklen_t l = sizeof i;
    memset(&i, 255, sizeof i);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &l)) return -1;
    if (i.tcpi_state != 4 && i.tcpi_state != 9 && i.tcpi_state != 11) break;
  }
  return i.tcpi_state;
}
int main(void) {
  int s, c, a;
  int d = socket(AF_INET, SOCK_DGRAM, 0); to("127.0.0.1", 0); bind(d, IN); int port = port_of(d); close(d);
  c = socket(AF_INET, SOCK_DGRAM, 0); got(c, sizeof control, MSG_ERRQUEUE); SHOW(set(c, IPPROTO_IP, IP_RECVERR, 1)); to("127.0.0.1", port); SHOW(sendto(c, "lost", 4, 0, IN)); nap(5); SHOW(all_events(c)); SHOW(opt(c, SOL_SOCKET, SO_ERROR)); SHOW(all_events(c)); got(c, sizeof control, MSG_ERRQUEUE); got(c, sizeof control, MSG_ERRQUEUE); SHOW(all_events(c)); SHOW(sendto(c, "lost again", 10, 0, IN)); nap(5); SHOW(recv(c, buf, 9, MSG_DONTWAIT)); got(c, 0, MSG_ERRQUEUE); SHOW(sendto(c, "1", 1, 0, IN)); nap(5); SHOW(sendto(c, "2", 1, 0, IN)); SHOW(sendto(c, "3", 1, 0, IN)); nap(5); got(c, sizeof control, MSG_ERRQUEUE); SHOW(opt(c, SOL_SOCKET, SO_ERROR)); got(c, sizeof control, MSG_ERRQUEUE); SHOW(opt(c, SOL_SOCKET, SO_ERROR)); SHOW(all_events(c)); close(c);
  c = socket(AF_INET, SOCK_DGRAM, 0); set(c, IPPROTO_IP, IP_RECVERR, 1); connect(c, IN); SHOW(send(c, "lost", 4, 0)); nap(5); SHOW(recv(c, buf, 9, MSG_DONTWAIT)); got(c, sizeof control, MSG_ERRQUEUE); close(c);
  s = socket(AF_INET, SOCK_STREAM, 0); SHOW(state(s)); got(s, 10, MSG_ERRQUEUE); to("127.0.0.1", 0); bind(s, IN); listen(s, 5); SHOW(state(s)); c = socket(AF_INET, SOCK_STREAM, 0); to("127.0.0.1", port_of(s)); connect(c, IN); a = accept(s, 0, 0); SHOW(state(c)); got(c, 10, MSG_ERRQUEUE); shutdown(c, SHUT_WR); nap(5); SHOW(state(c)); SHOW(state(a)); close(a); nap(5); SHOW(state(c)); close(c);
  len = 3; char v[300]; SHOW(getsockopt(s, IPPROTO_TCP, TCP_INFO, v, &len)); printf("%d\n", len); len = 104; SHOW(getsockopt(s, IPPROTO_TCP, TCP_INFO, v, &len)); printf("%d\n", len);
  close(s); s = socket(AF_INET, SOCK_STREAM, 0); to("127.0.0.1", 0); bind(s, IN); listen(s, 0); to("127.0.0.1", port_of(s)); for (int i = 0; i < 3; i++) { c = socket(AF_INET, SOCK_STREAM, 0); struct timeval t = {0, 300000}; setsockopt(c, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t); SHOW(connect(c, IN)); SHOW(state(c)); }
  return 0;
}
