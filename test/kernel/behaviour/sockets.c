/* Sockets: arguments and their errors, states, what arrives and what does not, options, ends and half ends, addresses;
   AF_UNIX of three kinds, TCP and UDP over loopback. Nothing leaves the machine. */
#include "lines.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>

static char buffer[1 << 18];
static void making(void) {
  int s[2];
  OK(socket(AF_UNIX, SOCK_STREAM, 0));
  OK(socket(AF_UNIX, SOCK_STREAM, 1));
  IS(socket(AF_UNIX, SOCK_STREAM, 2));
  OK(socket(AF_UNIX, SOCK_DGRAM, 0));
  OK(socket(AF_UNIX, SOCK_SEQPACKET, 0));
  OK(socket(AF_UNIX, SOCK_RAW, 0));
  IS(socket(AF_UNIX, SOCK_RDM, 0));
  IS(socket(AF_UNIX, 0, 0));
  IS(socket(AF_UNIX, 11, 0));
  IS(socket(AF_UNIX, SOCK_STREAM | 0x1000, 0));
  IS(socket(0, SOCK_STREAM, 0));
  IS(socket(99, SOCK_STREAM, 0));
  IS(socket(-1, SOCK_STREAM, 0));
  OK(socket(AF_INET, SOCK_STREAM, 0));
  OK(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
  IS(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  IS(socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
  IS(socket(AF_INET, SOCK_SEQPACKET, 0));
  IS(socket(AF_INET, SOCK_STREAM, -1));
  IS(socket(AF_INET, SOCK_STREAM, 300));
  OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s));
  HEX(fcntl(s[0], F_GETFL));
  IS(socketpair(AF_INET, SOCK_STREAM, 0, s));
  IS(socketpair(AF_UNIX, SOCK_STREAM | 0x4000000, 0, s));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  IS(fcntl(fd, F_GETFD));
  HEX(fcntl(fd, F_GETFL));
  struct stat st;
  fstat(fd, &st);
  line("mode of a socket", "%o", st.st_mode);
  IS(lseek(fd, 0, SEEK_SET));
  IS(pread(fd, buffer, 1, 0));
  IS(ftruncate(fd, 0));
  IS(fsync(fd));
  IS(mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0));
  char path[40];
  sprintf(path, "/proc/self/fd/%d", fd);
  IS(open(path, O_RDWR));
}

static struct sockaddr_un named(const char *name) { struct sockaddr_un a = {AF_UNIX}; strcpy(a.sun_path, name); return a; }
static void not_sockets(void) {
  int fd = open("self", O_RDONLY), p[2];
  struct sockaddr_un a = named("x");
  socklen_t length = sizeof a;
  pipe(p);
  for (int bad = 0; bad < 2; bad++) {
    int s = bad ? 99 : fd;
    IS(bind(s, (void *)&a, sizeof a));
    IS(connect(s, (void *)&a, sizeof a));
    IS(listen(s, 1));
    IS(accept(s, 0, 0));
    IS(getsockname(s, (void *)&a, &length));
    IS(getpeername(s, (void *)&a, &length));
    IS(send(s, "x", 1, 0));
    IS(recv(s, buffer, 1, 0));
    IS(shutdown(s, SHUT_RD));
    IS(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &length, 4));
    IS(getsockopt(s, SOL_SOCKET, SO_TYPE, buffer, &length));
    length = sizeof a;
  }
}

static void name_line(const char *name, int fd, int (*get)(int, struct sockaddr *, socklen_t *)) {
  struct sockaddr_un a;
  memset(&a, 'z', sizeof a);
  socklen_t length = sizeof a;
  if (get(fd, (void *)&a, &length) < 0) { line(name, "%s", error_of(errno)); return; }
  ((char *)&a)[length < sizeof a ? length : sizeof a - 1] = 0;
  line(name, "family %d length %d %s%s", a.sun_family, length, length > 2 && !a.sun_path[0] ? "@" : "", length > 2 ? a.sun_path + !a.sun_path[0] : "");
}
#define LENGTH(text) (2 + strlen(text))
static void unix_names(void) {
  struct sockaddr_un a = named("sock"), b = named("other"), abstract = {AF_UNIX, "\0hidden"}, none = {AF_UNIX};
  int s = socket(AF_UNIX, SOCK_STREAM, 0), t = socket(AF_UNIX, SOCK_STREAM, 0);
  name_line("not bound", s, getsockname);
  name_line("not connected", s, getpeername);
  IS(bind(s, (void *)&a, 1));
  IS(bind(s, (void *)&a, 111));
  IS(bind(s, (void *)&a, -1));
  a.sun_family = AF_INET;
  IS(bind(s, (void *)&a, LENGTH("sock")));
  a.sun_family = AF_UNIX;
  IS(bind(s, (void *)&a, LENGTH("sock")));
  name_line("bound without a zero", s, getsockname);
  IS(bind(s, (void *)&b, sizeof b));
  IS(bind(t, (void *)&a, sizeof a));
  a = named("nowhere/sock");
  IS(bind(t, (void *)&a, sizeof a));
  a = named("self/sock");
  IS(bind(t, (void *)&a, sizeof a));
  a = named("");
  IS(bind(t, (void *)&abstract, LENGTH("xhidden")));
  char name[100];
  name_line("abstract", t, getsockname);
  int u = socket(AF_UNIX, SOCK_STREAM, 0);
  IS(bind(u, (void *)&abstract, LENGTH("xhidden")));
  IS(bind(u, (void *)&none, 2));
  socklen_t length = sizeof a;
  getsockname(u, (void *)&a, &length);
  line("autobound", "length %d starts with %d", length, a.sun_path[0]);
  a = named("sock");
  int c = socket(AF_UNIX, SOCK_STREAM, 0);
  IS(connect(c, (void *)&a, sizeof a));
  IS(listen(c, 1));
  IS(listen(s, 1));
  IS(connect(c, (void *)&a, sizeof a));
  IS(connect(c, (void *)&a, sizeof a));
  IS(connect(s, (void *)&a, sizeof a));
  name_line("peer of the client", c, getpeername);
  name_line("client's own", c, getsockname);
  int peer = accept(s, (void *)&b, &length);
  NAMED("accepted", peer >= 0);
  name_line("accepted's own", peer, getsockname);
  name_line("accepted's peer", peer, getpeername);
  int d = socket(AF_UNIX, SOCK_DGRAM, 0);
  IS(connect(d, (void *)&a, sizeof a));
  IS(sendto(d, "x", 1, 0, (void *)&a, sizeof a));
  IS(send(d, "x", 1, 0));
  IS(listen(d, 1));
  IS(accept(d, 0, 0));
  a = named("missing");
  IS(connect(c, (void *)&a, sizeof a));
  int e = socket(AF_UNIX, SOCK_STREAM, 0);
  IS(connect(e, (void *)&a, sizeof a));
  a = named("self");
  IS(connect(e, (void *)&a, sizeof a));
  a = named("sock");
  close(s);
  IS(connect(e, (void *)&a, sizeof a));
  unlink("sock");
  IS(connect(e, (void *)&a, sizeof a));
  IS(send(e, "x", 1, MSG_NOSIGNAL));
  IS(recv(e, buffer, 1, 0));
  IS(shutdown(e, SHUT_RD));
  IS(accept(e, 0, 0));
  length = 4;
  getsockname(peer, (void *)&b, &length);
  NAMED("length of a cut name", length);
}

static void streams(void) {
  int s[2];
  on(SIGPIPE, SIG_IGN, 0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  IS(send(s[0], "hello", 5, 0));
  IS(recv(s[1], buffer, 2, MSG_PEEK));
  IS(recv(s[1], buffer, 2, 0));
  IS(recv(s[1], buffer, 100, MSG_DONTWAIT));
  IS(recv(s[1], buffer, 100, MSG_DONTWAIT));
  IS(recv(s[1], buffer, 0, MSG_DONTWAIT));
  IS(send(s[0], "", 0, 0));
  IS(recv(s[1], buffer, 100, MSG_DONTWAIT));
  IS(send(s[0], "abcdef", 6, MSG_MORE));
  IS(recv(s[1], buffer, 6, MSG_WAITALL));
  IS(recv(s[1], buffer, 6, MSG_TRUNC | MSG_DONTWAIT));
  IS(recv(s[1], buffer, 1, MSG_ERRQUEUE | MSG_DONTWAIT));
  int count;
  write(s[0], "12345", 5);
  IS(ioctl(s[1], FIONREAD, &count));
  NUMBER(count);
  IS(shutdown(s[0], 7));
  IS(shutdown(s[0], SHUT_WR));
  IS(write(s[0], "x", 1));
  IS(read(s[1], buffer, 100));
  IS(read(s[1], buffer, 100));
  IS(write(s[1], "back", 4));
  IS(read(s[0], buffer, 100));
  IS(shutdown(s[0], SHUT_RD));
  IS(read(s[0], buffer, 100));
  IS(write(s[1], "x", 1));
  close(s[0]);
  IS(write(s[1], "x", 1));
  IS(read(s[1], buffer, 1));
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  write(s[0], "unread", 6);
  write(s[1], "lost", 4);
  close(s[1]);
  NAMED("the other end closed with data unread", read(s[0], buffer, 1));
  NAMED("and then", read(s[0], buffer, 1));
  /* packets */
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s);
  IS(send(s[0], "hello", 5, 0));
  IS(send(s[0], "world!", 6, 0));
  IS(recv(s[1], buffer, 2, 0));
  IS(recv(s[1], buffer, 100, 0));
  send(s[0], "hello", 5, 0);
  IS(recv(s[1], buffer, 2, MSG_TRUNC));
  struct iovec v = {buffer, 3};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
  send(s[0], "hello", 5, 0);
  IS(recvmsg(s[1], &m, 0));
  HEX(m.msg_flags);
  IS(send(s[0], "", 0, 0));
  IS(recv(s[1], buffer, 100, MSG_DONTWAIT));
  close(s[0]);
  IS(recv(s[1], buffer, 100, 0));
  IS(send(s[1], "x", 1, 0));
  /* datagrams */
  socketpair(AF_UNIX, SOCK_DGRAM, 0, s);
  IS(send(s[0], "", 0, 0));
  IS(send(s[0], "abc", 3, 0));
  IS(recv(s[1], buffer, 10, 0));
  IS(recv(s[1], buffer, 10, 0));
  IS(recv(s[1], buffer, 10, MSG_DONTWAIT));
  IS(send(s[0], buffer, sizeof buffer, MSG_DONTWAIT));
  IS(shutdown(s[1], SHUT_RD));
  IS(send(s[0], "x", 1, 0));
  close(s[1]);
  IS(send(s[0], "x", 1, 0));
  IS(recv(s[0], buffer, 1, MSG_DONTWAIT));
}

static void rights(void) {
  int s[2], fds[3] = {open("self", O_RDONLY), open("/dev/null", O_RDWR), 99};
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  char control[256];
  struct iovec v = {"x", 1}, w = {buffer, 10};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control};
  struct cmsghdr *c = (void *)control;
  for (int count = 1; count <= 3; count++) {
    char name[40];
    m.msg_controllen = CMSG_SPACE(4 * count);
    *c = (struct cmsghdr){CMSG_LEN(4 * count), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(c), fds, 4 * count);
    sprintf(name, "send %d descriptors", count);
    NAMED(name, sendmsg(s[0], &m, 0));
  }
  struct msghdr r = {.msg_iov = &w, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  NAMED("receive one", recvmsg(s[1], &r, MSG_CMSG_CLOEXEC));
  line("it", "length %d flags %x cloexec %d", (int)r.msg_controllen, r.msg_flags, fcntl(*(int *)CMSG_DATA(c), F_GETFD));
  r.msg_controllen = CMSG_SPACE(4);
  NAMED("room for one of two", recvmsg(s[1], &r, 0));
  line("what came", "length %d flags %x", (int)c->cmsg_len, r.msg_flags);
  m.msg_controllen = CMSG_SPACE(4);
  *c = (struct cmsghdr){CMSG_LEN(4), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(c), fds, 4);
  sendmsg(s[0], &m, 0);
  NAMED("read takes the byte alone", read(s[1], buffer, 1));
  c->cmsg_level = 77;
  NAMED("another level", sendmsg(s[0], &m, 0));
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = 77;
  NAMED("another kind", sendmsg(s[0], &m, 0));
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = 5;
  NAMED("a short header", sendmsg(s[0], &m, 0));
  c->cmsg_len = 1000;
  NAMED("a header longer than its room", sendmsg(s[0], &m, 0));
  struct ucred me = {getpid(), 0, 0}, other = {1, 0, 0};
  m.msg_controllen = CMSG_SPACE(sizeof me);
  *c = (struct cmsghdr){CMSG_LEN(sizeof me), SOL_SOCKET, SCM_CREDENTIALS};
  memcpy(CMSG_DATA(c), &me, sizeof me);
  NAMED("credentials", sendmsg(s[0], &m, 0));
  IN_CHILD("another's credentials", setresuid(1000, 1000, 1000); memcpy(CMSG_DATA(c), &other, sizeof me); IS(sendmsg(s[0], &m, 0)));
  int one = 1;
  setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &one, 4);
  read(s[1], buffer, 10);
  send(s[0], "y", 1, 0);
  r.msg_controllen = sizeof control;
  recvmsg(s[1], &r, 0);
  struct ucred *got = (void *)CMSG_DATA(c);
  line("SO_PASSCRED", "type %d pid %d uid %d", c->cmsg_type, got->pid == getpid(), got->uid);
  socklen_t length = sizeof me;
  IS(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &me, &length));
  line("SO_PEERCRED", "%d %d %d", me.pid == getpid(), me.uid, me.gid);
  int listening = socket(AF_UNIX, SOCK_STREAM, 0);
  IS(getsockopt(listening, SOL_SOCKET, SO_PEERCRED, &me, &length));
  line("SO_PEERCRED of nobody", "%d %d %d", me.pid, me.uid, me.gid);
}

static void options(void) {
  int fds[3] = {socket(AF_INET, SOCK_STREAM, 0), socket(AF_INET, SOCK_DGRAM, 0), socket(AF_UNIX, SOCK_STREAM, 0)};
  static const char *kinds[] = {"TCP", "UDP", "unix"};
  static const struct { const char *name; int level, option; } list[] = {
    {"SO_TYPE", SOL_SOCKET, SO_TYPE}, {"SO_DOMAIN", SOL_SOCKET, SO_DOMAIN}, {"SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL}, {"SO_ERROR", SOL_SOCKET, SO_ERROR},
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN}, {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR}, {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE}, {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE}, {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT}, {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT}, {"SO_PASSCRED", SOL_SOCKET, SO_PASSCRED},
    {"SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP}, {"SO_PRIORITY", SOL_SOCKET, SO_PRIORITY}, {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE}, {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
    {"option 9999", SOL_SOCKET, 9999}, {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY}, {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG}, {"TCP_CORK", IPPROTO_TCP, TCP_CORK},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE}, {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT}, {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT}, {"TCP option 999", IPPROTO_TCP, 999}, {"IP_TTL", IPPROTO_IP, IP_TTL}, {"IP_TOS", IPPROTO_IP, IP_TOS},
    {"level 12345", 12345, 1}};
  for (int k = 0; k < 3; k++)
    for (unsigned n = 0; n < sizeof list / sizeof *list; n++) {
      char name[64];
      /* Kernels differ. */
      if (list[n].option == SO_PASSCRED && k < 2) continue;
      int value = -99, one = 1;
      socklen_t length = 4;
      sprintf(name, "%s %s", kinds[k], list[n].name);
      if (getsockopt(fds[k], list[n].level, list[n].option, &value, &length) < 0) line(name, "%s", error_of(errno));
      else line(name, "%d, %d bytes", value, length);
      if (list[n].option == TCP_MAXSEG && list[n].level == IPPROTO_TCP) continue;
      sprintf(name, "set %s %s", kinds[k], list[n].name);
      NAMED(name, setsockopt(fds[k], list[n].level, list[n].option, &one, 4));
      sprintf(name, "set %s %s of 1 byte", kinds[k], list[n].name);
      NAMED(name, setsockopt(fds[k], list[n].level, list[n].option, &one, 1));
    }
  int value = 0;
  socklen_t length = 2;
  IS(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &value, &length));
  NUMBER(length);
  length = -1;
  IS(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &value, &length));
  value = 5000;
  setsockopt(fds[2], SOL_SOCKET, SO_SNDBUF, &value, 4);
  length = 4;
  getsockopt(fds[2], SOL_SOCKET, SO_SNDBUF, &value, &length);
  NAMED("SO_SNDBUF is doubled", value);
  value = 1;
  setsockopt(fds[2], SOL_SOCKET, SO_RCVBUF, &value, 4);
  getsockopt(fds[2], SOL_SOCKET, SO_RCVBUF, &value, &length);
  NAMED("the least SO_RCVBUF", value);
  struct timeval t = {1, 1000000};
  IS(setsockopt(fds[2], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
  t.tv_usec = 500000;
  IS(setsockopt(fds[2], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
  IS(setsockopt(fds[2], SOL_SOCKET, SO_RCVTIMEO, &t, 4));
  length = sizeof t;
  IS(getsockopt(fds[2], SOL_SOCKET, SO_RCVTIMEO, &t, &length));
  line("SO_RCVTIMEO", "%d %d", (int)t.tv_sec, (int)t.tv_usec);
}

static struct sockaddr_in local(int port) { struct sockaddr_in a = {AF_INET, htons(port)}; a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); return a; }
static void tcp(void) {
  on(SIGPIPE, SIG_IGN, 0);
  struct sockaddr_in a = local(0), b;
  socklen_t length = sizeof a;
  int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);
  IS(bind(s, (void *)&a, 15));
  a.sin_family = AF_UNIX;
  IS(bind(s, (void *)&a, sizeof a));
  a = local(0);
  a.sin_addr.s_addr = htonl(0x01020304);
  IS(bind(s, (void *)&a, sizeof a));
  a = local(0);
  IS(connect(s, (void *)&a, 15));
  IS(recv(s, buffer, 1, 0));
  IS(send(s, "x", 1, 0));
  IS(getpeername(s, (void *)&b, &length));
  IS(accept(s, 0, 0));
  IS(shutdown(socket(AF_INET, SOCK_STREAM, 0), SHUT_RDWR));
  IS(bind(s, (void *)&a, sizeof a));
  IS(bind(s, (void *)&a, sizeof a));
  length = sizeof a;
  getsockname(s, (void *)&a, &length);
  NAMED("connect before listen", connect(c, (void *)&a, sizeof a));
  close(c);
  c = socket(AF_INET, SOCK_STREAM, 0);
  IS(listen(s, 5));
  int twin = socket(AF_INET, SOCK_STREAM, 0);
  IS(bind(twin, (void *)&a, sizeof a));
  int one = 1;
  setsockopt(twin, SOL_SOCKET, SO_REUSEADDR, &one, 4);
  IS(bind(twin, (void *)&a, sizeof a));
  IS(connect(c, (void *)&a, sizeof a));
  IS(connect(c, (void *)&a, sizeof a));
  length = sizeof b;
  int d = accept(s, (void *)&b, &length);
  struct sockaddr_in own;
  length = sizeof own;
  getsockname(c, (void *)&own, &length);
  NAMED("accept tells the client's port", own.sin_port == b.sin_port && b.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
  IS(send(c, "hello", 5, 0));
  IS(recv(d, buffer, 100, 0));
  IS(recv(d, buffer, 100, MSG_DONTWAIT));
  IS(sendto(c, "x", 1, 0, (void *)&a, sizeof a));
  IS(recv(d, buffer, 1, MSG_WAITALL));
  struct pollfd q;
  IS(shutdown(c, SHUT_WR));
  IS(recv(d, buffer, 1, 0));
  IS(send(c, "x", 1, 0));
  IS(send(d, "back", 4, 0));
  IS(recv(c, buffer, 100, 0));
  q = (struct pollfd){d, POLLIN | POLLOUT | POLLRDHUP};
  poll(&q, 1, 0);
  line("poll of a half closed one", "%x", q.revents);
  close(d);
  IS(recv(c, buffer, 1, 0));
  close(c);
  /* closed with data unread: a reset */
  c = socket(AF_INET, SOCK_STREAM, 0);
  connect(c, (void *)&a, sizeof a);
  d = accept(s, 0, 0);
  send(c, "unread", 6, 0);
  q = (struct pollfd){d, POLLIN};
  poll(&q, 1, 5000);
  close(d);
  q = (struct pollfd){c, POLLERR};
  poll(&q, 1, 5000);
  IS(recv(c, buffer, 1, 0));
  IS(recv(c, buffer, 1, 0));
  IS(send(c, "x", 1, 0));
  close(c);
  /* a linger of 0: a reset */
  c = socket(AF_INET, SOCK_STREAM, 0);
  connect(c, (void *)&a, sizeof a);
  d = accept(s, 0, 0);
  struct linger l = {1, 0};
  setsockopt(c, SOL_SOCKET, SO_LINGER, &l, sizeof l);
  close(c);
  q = (struct pollfd){d, POLLIN};
  poll(&q, 1, 5000);
  NAMED("recv after a linger of 0", recv(d, buffer, 1, 0));
  NAMED("and again", recv(d, buffer, 1, 0));
  close(d);
  /* not blocking */
  c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int r = connect(c, (void *)&a, sizeof a);
  line("connect that does not wait", "%s", r < 0 ? error_of(errno) : "0");
  q = (struct pollfd){c, POLLOUT};
  IS(poll(&q, 1, 5000));
  length = 4;
  getsockopt(c, SOL_SOCKET, SO_ERROR, &one, &length);
  NAMED("SO_ERROR then", one);
  IS(connect(c, (void *)&a, sizeof a));
  close(s);
  close(c);
  c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  r = connect(c, (void *)&a, sizeof a);
  line("connect to nobody", "%s", r < 0 ? error_of(errno) : "0");
  q = (struct pollfd){c, POLLOUT};
  poll(&q, 1, 5000);
  line("poll of it", "%x", q.revents);
  getsockopt(c, SOL_SOCKET, SO_ERROR, &one, &length);
  line("its error", "%s", error_of(one));
  getsockopt(c, SOL_SOCKET, SO_ERROR, &one, &length);
  NAMED("told once", one);
  c = socket(AF_INET, SOCK_STREAM, 0);
  NAMED("connect to nobody, waiting", connect(c, (void *)&a, sizeof a));
  IN_CHILD("ports of root", setresuid(1000, 1000, 1000); struct sockaddr_in p = local(80); _exit(bind(socket(AF_INET, SOCK_STREAM, 0), (void *)&p, sizeof p) < 0 ? errno : 0));
}

static void udp(void) {
  struct sockaddr_in a = local(0), b = local(0), from;
  socklen_t length = sizeof a;
  int s = socket(AF_INET, SOCK_DGRAM, 0), t = socket(AF_INET, SOCK_DGRAM, 0);
  bind(s, (void *)&a, sizeof a);
  bind(t, (void *)&b, sizeof b);
  getsockname(s, (void *)&a, &length);
  getsockname(t, (void *)&b, &length);
  IS(send(s, "x", 1, 0));
  IS(sendto(s, "x", 1, 0, (void *)&b, 5));
  IS(sendto(s, "hello", 5, 0, (void *)&b, sizeof b));
  IS(sendto(s, "", 0, 0, (void *)&b, sizeof b));
  IS(sendto(s, buffer, 65507, 0, (void *)&b, sizeof b));
  IS(sendto(s, buffer, 65508, 0, (void *)&b, sizeof b));
  length = sizeof from;
  IS(recvfrom(t, buffer, 2, MSG_TRUNC, (void *)&from, &length));
  NAMED("from", from.sin_port == a.sin_port);
  IS(recv(t, buffer, 10, 0));
  IS(recv(t, buffer, 100000, 0));
  IS(recv(t, buffer, 10, MSG_DONTWAIT));
  IS(connect(s, (void *)&b, sizeof b));
  IS(send(s, "abc", 3, 0));
  IS(recv(t, buffer, 10, MSG_PEEK));
  int count;
  IS(ioctl(t, FIONREAD, &count));
  NUMBER(count);
  IS(recv(t, buffer, 10, 0));
  int third = socket(AF_INET, SOCK_DGRAM, 0);
  sendto(third, "stranger", 8, 0, (void *)&a, sizeof a);
  NAMED("a stranger's", recv(s, buffer, 10, MSG_DONTWAIT));
  IS(sendto(s, "x", 1, 0, (void *)&a, sizeof a));
  IS(recv(s, buffer, 10, MSG_DONTWAIT));
  struct sockaddr none = {AF_UNSPEC};
  IS(connect(s, &none, sizeof none));
  IS(getpeername(s, (void *)&from, &length));
  close(t);
  connect(s, (void *)&b, sizeof b);
  IS(send(s, "x", 1, 0));
  struct pollfd q = {s, POLLERR};
  poll(&q, 1, 5000);
  IS(send(s, "x", 1, 0));
  IS(recv(s, buffer, 1, MSG_DONTWAIT));
  IS(shutdown(s, SHUT_WR));
  IS(send(s, "x", 1, MSG_NOSIGNAL));
  IS(listen(s, 1));
  int broadcast = socket(AF_INET, SOCK_DGRAM, 0);
  a.sin_addr.s_addr = -1;
  IS(sendto(broadcast, "x", 1, 0, (void *)&a, sizeof a));
  int timed = socket(AF_INET, SOCK_DGRAM, 0);
  a = local(0);
  bind(timed, (void *)&a, sizeof a);
  struct timeval tv = {0, 1000};
  setsockopt(timed, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
  NAMED("recv until its time", recv(timed, buffer, 1, 0));
}

int main(void) {
  begin();
  SECTION(making);
  SECTION(not_sockets);
  SECTION(unix_names);
  SECTION(streams);
  SECTION(rights);
  SECTION(options);
  SECTION(tcp);
  SECTION(udp);
  return 0;
}
