/* What comes beside datagrams: where they were sent to, their time to live, when they came; and echo sockets. */
#include "show.h"
#include <netinet/ip_icmp.h>
#include <sched.h>
static char buf[2000], control[512];
static union { struct sockaddr a; struct sockaddr_in in; struct sockaddr_in6 in6; char room[64]; } from;
static int to(int family, const char *a, int port) { memset(&from, 0, sizeof from); from.a.sa_family = family; if (family == AF_INET) { from.in.sin_port = htons(port); inet_pton(family, a, &from.in.sin_addr); return sizeof from.in; } from.in6.sin6_port = htons(port); inet_pton(family, a, &from.in6.sin6_addr); return sizeof from.in6; }
static int port_of(int fd) { struct sockaddr_in6 a; socklen_t l = sizeof a; getsockname(fd, (void *)&a, &l); return ntohs(a.sin6_port); }
static void got(int fd, int room) {
  struct iovec io = {buf, sizeof buf}; struct msghdr m = {&from, sizeof from, &io, 1, control, room};
  int n = recvmsg(fd, &m, MSG_DONTWAIT);
  printf("recvmsg %d %s flags %x name %d:", n, n < 0 ? error_name() : "", m.msg_flags, m.msg_namelen);
  for (struct cmsghdr *c = n < 0 ? 0 : CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    printf(" [%d %d len %d:", c->cmsg_level, c->cmsg_type, c->cmsg_len);
    if (c->cmsg_level != SOL_SOCKET) for (int i = 0; i < c->cmsg_len - sizeof *c; i++) printf(" %d", CMSG_DATA(c)[i]);
    else { struct timeval t; time_t now = time(0); memcpy(&t, CMSG_DATA(c), sizeof t); printf(" %d", t.tv_sec <= now && t.tv_sec > now - 10); }
    printf("]");
  }
  printf("\n"); fflush(stdout);
}
static void echo(int family, const char *address, int type) {
  unsigned char q[16] = {type, 0, 9, 9, 7, 7, 0, 5, 'd', 'a', 't', 'a'}; struct sockaddr_in6 a; socklen_t l = sizeof a;
  int s = socket(family, SOCK_DGRAM, family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6), n = to(family, address, 0);
  printf("echo %s\n", address);
  if (s < 0) { printf("%s\n", error_name()); return; }
  if (family == AF_INET) set(s, IPPROTO_IP, IP_RECVTTL, 1); else set(s, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
  SHOW(opt(s, SOL_SOCKET, SO_PROTOCOL)); SHOW(all_events(s)); SHOW(send(s, q, 12, 0)); SHOW(sendto(s, q, 7, 0, &from.a, n)); SHOW(sendto(s, q, 12, 0, &from.a, n - 5)); q[0] = 3; SHOW(sendto(s, q, 12, 0, &from.a, n)); q[0] = type; q[1] = 1; SHOW(sendto(s, q, 12, 0, &from.a, n)); q[1] = 0; SHOW(sendto(s, q, 12, 0, &from.a, n)); nap(5); SHOW(all_events(s)); SHOW(many(s));
  int id = port_of(s); SHOW(id != 0); got(s, sizeof control); printf("type %d code %d id %d seq %d %.4s port %d\n", buf[0], buf[1], ntohs(*(unsigned short *)(buf + 4)) == id, buf[7], buf + 8, from.in.sin_port);
  SHOW(recv(s, buf, 99, MSG_DONTWAIT)); to(family, address, 0); SHOW(connect(s, &from.a, n)); SHOW(send(s, q, 8, 0)); nap(5); SHOW(recv(s, buf, 99, MSG_DONTWAIT)); int t = socket(family, SOCK_DGRAM, family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6); to(family, address, 4321); SHOW(bind(t, &from.a, n)); SHOW(port_of(t)); SHOW(listen(t, 1)); close(t); close(s);
}
int main(void) {
  if (unshare(CLONE_NEWNET)) unshare(CLONE_NEWUSER | CLONE_NEWNET);
  struct { char name[16]; short flags; char rest[30]; } up = {"lo", 1};
  int s = socket(AF_INET, SOCK_DGRAM, 0), c, n; ioctl(s, SIOCSIFFLAGS, &up); close(s);
  int f = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY); write(f, "0 2147483647", 12); close(f); nap(1500);
  s = socket(AF_INET, SOCK_DGRAM, 0); n = to(AF_INET, "0.0.0.0", 0); bind(s, &from.a, n); c = socket(AF_INET, SOCK_DGRAM, 0); n = to(AF_INET, "127.0.0.7", port_of(s)); connect(c, &from.a, n);
  send(c, "x", 1, 0); got(s, sizeof control); SHOW(set(s, IPPROTO_IP, IP_PKTINFO, 1)); SHOW(set(s, IPPROTO_IP, IP_RECVTTL, 1)); SHOW(set(s, IPPROTO_IP, IP_RECVTOS, 1)); set(c, IPPROTO_IP, IP_TTL, 33); set(c, IPPROTO_IP, IP_TOS, 8); send(c, "x", 1, 0); got(s, sizeof control); send(c, "x", 1, 0); got(s, 30); send(c, "x", 1, 0); got(s, 0); SHOW(set(s, SOL_SOCKET, SO_TIMESTAMP, 1)); SHOW(opt(s, SOL_SOCKET, SO_TIMESTAMP)); send(c, "x", 1, 0); got(s, sizeof control); SHOW(set(s, SOL_SOCKET, SO_TIMESTAMPNS, 1)); SHOW(opt(s, SOL_SOCKET, SO_TIMESTAMP)); SHOW(opt(s, SOL_SOCKET, SO_TIMESTAMPNS)); send(c, "x", 1, 0); got(s, sizeof control); close(s); close(c);
  s = socket(AF_INET6, SOCK_DGRAM, 0); n = to(AF_INET6, "::", 0); bind(s, &from.a, n); c = socket(AF_INET6, SOCK_DGRAM, 0); n = to(AF_INET6, "::1", port_of(s)); connect(c, &from.a, n); set(s, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1); set(s, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1); set(s, IPPROTO_IPV6, IPV6_RECVTCLASS, 1); send(c, "x", 1, 0); got(s, sizeof control); close(c); c = socket(AF_INET, SOCK_DGRAM, 0); n = to(AF_INET, "127.0.0.1", port_of(s)); sendto(c, "y", 1, 0, &from.a, n); got(s, sizeof control); close(s); close(c);
  echo(AF_INET, "127.0.0.1", 8); echo(AF_INET6, "::1", 128);
  return 0;
}
