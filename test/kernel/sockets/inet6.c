/* AF_INET6 over the loopback, alone and together with AF_INET. */
#include "show.h"
static struct sockaddr_in6 in6;
static struct sockaddr_in in;
static socklen_t len;
static char buf[70000];
#define IN6 ((struct sockaddr *)&in6), sizeof in6
#define IN ((struct sockaddr *)&in), sizeof in
#define OUT ((len = sizeof in6), (struct sockaddr *)&in6), &len
static int to6(const char *a, int port) { memset(&in6, 0, sizeof in6); in6.sin6_family = AF_INET6; inet_pton(AF_INET6, a, &in6.sin6_addr); in6.sin6_port = htons(port); return 0; }
static int to4(const char *a, int port) { memset(&in, 0, sizeof in); in.sin_family = AF_INET; in.sin_addr.s_addr = inet_addr(a); in.sin_port = htons(port); return 0; }
static int port_of(int fd) { struct sockaddr_in6 a; socklen_t l = sizeof a; getsockname(fd, (void *)&a, &l); return ntohs(a.sin6_port); }
static void show6(const char *what) { char t[99]; if (in6.sin6_family == AF_INET) { printf("%s: v4 %s len %d\n", what, inet_ntoa(((struct sockaddr_in *)&in6)->sin_addr), len); return; } inet_ntop(AF_INET6, &in6.sin6_addr, t, sizeof t); printf("%s: %s family %d len %d port %d flow %d scope %d\n", what, t, in6.sin6_family, len, in6.sin6_port != 0, in6.sin6_flowinfo, in6.sin6_scope_id); fflush(stdout); }
static int sock(int family, int type) { return socket(family, type, 0); }
#define NAME(fd) do { SHOW(getsockname(fd, OUT)); show6("name"); } while (0)
#define PEER(fd) do { SHOW(getpeername(fd, OUT)); show6("peer"); } while (0)
static void settle(void) { nap(5); }
static void v6only(int fd, int v) { setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v, 4); }
/* Whether b can be bound beside a: families, addresses, v6only, reuse. */
static void conflict(int type, const char *a, int aonly, const char *b, int bonly, int reuse, int listening) {
  int s = sock(strchr(a, ':') ? AF_INET6 : AF_INET, type), c = sock(strchr(b, ':') ? AF_INET6 : AF_INET, type), r;
  if (strchr(a, ':')) v6only(s, aonly);
  if (strchr(b, ':')) v6only(c, bonly);
  if (reuse & 1) { set(s, SOL_SOCKET, SO_REUSEADDR, 1); set(c, SOL_SOCKET, SO_REUSEADDR, 1); }
  if (reuse & 2) { set(s, SOL_SOCKET, SO_REUSEPORT, 1); set(c, SOL_SOCKET, SO_REUSEPORT, 1); }
  if (strchr(a, ':')) { to6(a, 0); r = bind(s, IN6); } else { to4(a, 0); r = bind(s, IN); }
  if (r) printf("first %s ", error_name());
  if (listening) listen(s, 1);
  if (strchr(b, ':')) { to6(b, port_of(s)); r = bind(c, IN6); } else { to4(b, port_of(s)); r = bind(c, IN); }
  printf("type %d %s/%d %s/%d reuse %d listening %d: %s", type, a, aonly, b, bonly, reuse, listening, r ? error_name() : "ok");
  if (!r && type == SOCK_STREAM) printf(", listen: %s", listen(c, 1) ? error_name() : "ok");
  printf("\n"); fflush(stdout); close(s); close(c);
}
int main(void) {
  int s, c, a, u, v;
  SHOW(socket(AF_INET6, SOCK_STREAM, IPPROTO_UDP)); SHOW(socket(AF_INET6, SOCK_SEQPACKET, 0)); SHOW(socket(AF_INET6, SOCK_STREAM, -1)); SHOW(socket(AF_INET6, SOCK_RDM, 0));
  s = sock(AF_INET6, SOCK_STREAM); NAME(s); SHOW(getpeername(s, OUT)); SHOW(all_events(s)); SHOW(opt(s, SOL_SOCKET, SO_DOMAIN)); SHOW(opt(s, SOL_SOCKET, SO_PROTOCOL)); SHOW(opt(s, IPPROTO_IPV6, IPV6_V6ONLY)); SHOW(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 7)); SHOW(opt(s, IPPROTO_IPV6, IPV6_V6ONLY)); SHOW(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 0)); SHOW(opt(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS)); SHOW(set(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9)); SHOW(opt(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS)); SHOW(set(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 300)); SHOW(opt(s, IPPROTO_IPV6, IPV6_TCLASS)); SHOW(opt(s, IPPROTO_IPV6, IPV6_RECVPKTINFO)); SHOW(opt(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS)); SHOW(opt(s, IPPROTO_IPV6, 9999)); SHOW(set(s, IPPROTO_IPV6, 9999, 1)); SHOW(opt(s, IPPROTO_IP, IP_TTL)); SHOW(opt(s, IPPROTO_TCP, TCP_MAXSEG)); SHOW(set(s, IPPROTO_IP, IP_TOS, 8)); SHOW(opt(s, IPPROTO_IP, IP_TOS));
  to6("::1", 0); SHOW(bind(s, (void *)&in6, 23)); SHOW(bind(s, (void *)&in6, 24)); SHOW(set(s, IPPROTO_IPV6, IPV6_V6ONLY, 1)); NAME(s); SHOW(bind(s, IN6)); close(s);
  s = sock(AF_INET6, SOCK_STREAM); to4("127.0.0.1", 0); SHOW(bind(s, IN)); SHOW(bind(s, (void *)&in, 28)); to6("2001:db8::77", 0); SHOW(bind(s, IN6)); to6("::ffff:8.8.8.8", 0); SHOW(bind(s, IN6)); to6("::ffff:127.0.0.3", 0); SHOW(bind(s, IN6)); NAME(s); close(s);
  s = sock(AF_INET6, SOCK_STREAM); v6only(s, 1); to6("::ffff:127.0.0.3", 0); SHOW(bind(s, IN6)); to6("::ffff:0.0.0.0", 0); SHOW(bind(s, IN6)); close(s);
  s = sock(AF_INET6, SOCK_STREAM); to6("::ffff:0.0.0.0", 0); SHOW(bind(s, IN6)); NAME(s); listen(s, 1); to6("::1", port_of(s)); c = sock(AF_INET6, SOCK_STREAM); SHOW(connect(c, IN6)); close(c); c = sock(AF_INET, SOCK_STREAM); to4("127.0.0.1", port_of(s)); SHOW(connect(c, IN)); close(c); close(s);
  /* v6 to v6 */
  s = sock(AF_INET6, SOCK_STREAM); to6("::", 0); SHOW(bind(s, IN6)); NAME(s); SHOW(listen(s, 5)); NAME(s); c = sock(AF_INET6, SOCK_STREAM); to6("::1", port_of(s)); SHOW(connect(c, (void *)&in6, 23)); SHOW(connect(c, (void *)&in6, 24)); SHOW(connect(c, IN6)); a = accept(s, OUT); show6("accepted"); NAME(a); NAME(c); PEER(c); PEER(a); SHOW(write(c, "hi", 2)); settle(); SHOW(read(a, buf, 9)); SHOW(opt(a, SOL_SOCKET, SO_DOMAIN)); close(a); close(c);
  /* v4 client of a dual server */
  c = sock(AF_INET, SOCK_STREAM); to4("127.0.0.1", port_of(s)); SHOW(connect(c, IN)); a = accept(s, OUT); show6("accepted"); NAME(a); PEER(c); SHOW(write(a, "hi", 2)); settle(); SHOW(read(c, buf, 9)); close(a); close(c);
  /* v6 client with a mapped address; any address; other families */
  c = sock(AF_INET6, SOCK_STREAM); to6("::ffff:127.0.0.1", port_of(s)); SHOW(connect(c, IN6)); NAME(c); PEER(c); a = accept(s, OUT); show6("accepted"); close(a); close(c);
  c = sock(AF_INET6, SOCK_STREAM); to6("::", port_of(s)); SHOW(connect(c, IN6)); PEER(c); close(accept(s, 0, 0)); close(c);
  c = sock(AF_INET6, SOCK_STREAM); v6only(c, 1); to6("::ffff:127.0.0.1", port_of(s)); SHOW(connect(c, IN6)); to4("127.0.0.1", port_of(s)); SHOW(connect(c, (void *)&in, 28)); to6("::1", 1); SHOW(connect(c, IN6)); to6("::1", port_of(s)); SHOW(connect(c, IN6)); close(accept(s, 0, 0)); close(c);
  c = sock(AF_INET6, SOCK_STREAM); to6("::1", 0); bind(c, IN6); to6("::ffff:127.0.0.1", port_of(s)); SHOW(connect(c, IN6)); close(c);
  close(s);
  /* v6 only server */
  s = sock(AF_INET6, SOCK_STREAM); v6only(s, 1); to6("::", 0); bind(s, IN6); listen(s, 5); c = sock(AF_INET, SOCK_STREAM); to4("127.0.0.1", port_of(s)); SHOW(connect(c, IN)); close(c); c = sock(AF_INET6, SOCK_STREAM); to6("::1", port_of(s)); SHOW(connect(c, IN6)); close(c); close(s);
  /* conflicts */
  const char *names[] = {"0.0.0.0", "127.0.0.1", "::", "::1", "::ffff:127.0.0.1"};
  for (int i = 0; i < 5; i++) for (int j = 0; j < 5; j++) for (int reuse = 0; reuse < 4; reuse++) { conflict(SOCK_STREAM, names[i], 0, names[j], 0, reuse, 0); conflict(SOCK_STREAM, names[i], 0, names[j], 0, reuse, 1); conflict(SOCK_DGRAM, names[i], 0, names[j], 0, reuse, 0); }
  conflict(SOCK_STREAM, "0.0.0.0", 0, "::", 1, 0, 0); conflict(SOCK_STREAM, "::", 1, "0.0.0.0", 0, 0, 1); conflict(SOCK_STREAM, "::", 1, "::", 0, 0, 1); conflict(SOCK_STREAM, "::", 0, "::", 1, 0, 1); conflict(SOCK_DGRAM, "::", 1, "127.0.0.1", 0, 0, 0); conflict(SOCK_STREAM, "::", 1, "::1", 0, 0, 1); conflict(SOCK_STREAM, "::ffff:0.0.0.0", 0, "::1", 0, 0, 1); conflict(SOCK_STREAM, "::ffff:0.0.0.0", 0, "127.0.0.1", 0, 0, 1); conflict(SOCK_STREAM, "::ffff:0.0.0.0", 0, "::", 0, 0, 1);
  /* datagrams */
  u = sock(AF_INET6, SOCK_DGRAM); v = sock(AF_INET6, SOCK_DGRAM); to6("::", 0); SHOW(bind(u, IN6)); to6("::1", port_of(u)); SHOW(sendto(v, "one", 3, 0, (void *)&in6, 23)); SHOW(sendto(v, "one", 3, 0, IN6)); NAME(v); SHOW(recvfrom(u, buf, 9, 0, OUT)); show6("from"); SHOW(sendto(u, "back", 4, 0, IN6)); SHOW(recvfrom(v, buf, 9, 0, OUT)); show6("from");
  c = sock(AF_INET, SOCK_DGRAM); to4("127.0.0.1", port_of(u)); SHOW(sendto(c, "four", 4, 0, IN)); SHOW(recvfrom(u, buf, 9, 0, OUT)); show6("from"); SHOW(sendto(u, "back", 4, 0, IN6)); SHOW(recvfrom(c, buf, 9, 0, OUT)); show6("from");
  to4("127.0.0.1", port_of(u)); SHOW(sendto(v, "mixed", 5, 0, IN)); SHOW(recvfrom(u, buf, 9, 0, OUT)); show6("from"); SHOW(connect(v, IN)); PEER(v); NAME(v); SHOW(send(v, "x", 1, 0)); SHOW(recvfrom(u, buf, 9, 0, OUT)); show6("from"); in6.sin6_family = AF_UNSPEC; SHOW(connect(v, IN6)); to6("::1", port_of(u)); SHOW(connect(v, IN6)); PEER(v); NAME(v); SHOW(send(v, "y", 1, 0)); SHOW(recvfrom(u, buf, 9, 0, OUT)); show6("from"); to6("::1", 0); SHOW(sendto(v, "z", 1, 0, IN6));
  in6.sin6_family = AF_UNIX; SHOW(sendto(v, "z", 1, 0, IN6)); to6("::1", port_of(u)); SHOW(sendto(v, buf, 65528, 0, IN6)); SHOW(sendto(v, buf, 65527, 0, IN6)); SHOW(recv(u, buf, sizeof buf, 0)); close(u); SHOW(send(v, "x", 1, 0)); settle(); SHOW(send(v, "x", 1, 0)); close(v);
  v = sock(AF_INET6, SOCK_DGRAM); v6only(v, 1); to6("::ffff:127.0.0.1", 9); SHOW(sendto(v, "x", 1, 0, IN6)); SHOW(connect(v, IN6)); to4("127.0.0.1", 9); SHOW(sendto(v, "x", 1, 0, IN)); SHOW(connect(v, IN)); close(v);
  return 0;
}
