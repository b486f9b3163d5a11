#include "show.h"
static void handler(int s) { printf("signal %d\n", s); fflush(stdout); }
static void quiet(int s) { (void)s; }
int main(void) {
  char buf[300000] = {0};
  int p[2], q[2];
  struct stat st;
  signal(SIGPIPE, handler);
  SHOW(socket(99, SOCK_STREAM, 0)); SHOW(socket(-1, SOCK_STREAM, 0)); SHOW(socket(AF_UNIX, 99, 0)); SHOW(socket(AF_UNIX, SOCK_RDM, 0)); SHOW(socket(AF_UNIX, SOCK_STREAM, 5)); SHOW(socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
  SHOW(socketpair(AF_INET, SOCK_STREAM, 0, p)); SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, (void *)8)); SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, p));
  int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  SHOW(fcntl(s, F_GETFL)); SHOW(fcntl(s, F_GETFD));
  fstat(s, &st); printf("mode %o\n", st.st_mode);
  SHOW(lseek(s, 0, SEEK_SET)); SHOW(pread(s, buf, 1, 0)); SHOW(ftruncate(s, 0)); SHOW(fsync(s));
  SHOW(all_events(s)); SHOW(read(s, buf, 1)); SHOW(write(s, buf, 1)); SHOW(send(s, buf, 1, 0)); SHOW(recv(s, buf, 1, 0)); SHOW(read(s, buf, 0)); SHOW(write(s, buf, 0));
  name_of(s); peer_of(s);
  SHOW(listen(s, 5)); SHOW(accept(s, 0, 0)); SHOW(shutdown(s, 7)); SHOW(shutdown(s, SHUT_WR)); SHOW(all_events(s));
  close(s);
  int f = open("self", O_RDONLY);
  SHOW(bind(99, ADDR, 10)); SHOW(bind(f, ADDR, 10)); SHOW(connect(99, ADDR, 10)); SHOW(connect(f, ADDR, 10)); SHOW(listen(f, 1)); SHOW(accept(f, 0, 0)); SHOW(getsockname(f, ADDR, 0)); SHOW(shutdown(f, 0)); SHOW(send(f, "", 1, 0)); SHOW(recv(99, buf, 1, 0)); SHOW(setsockopt(f, 1, 1, 0, 0)); SHOW(getsockopt(99, 1, 1, 0, 0)); SHOW(accept4(f, 0, 0, 0x1)); SHOW(accept4(99, 0, 0, 0x1));
  /* names */
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  at("sock");
  SHOW(bind(s, ADDR, 2) == 0); 
  struct sockaddr_un a; socklen_t l = sizeof a; getsockname(s, (void *)&a, &l); printf("auto %d %d\n", l, a.sun_path[0]);
  SHOW(bind(s, ADDR, 2)); SHOW(bind(s, ADDR, at("other")));
  close(s);
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(s, ADDR, 111)); SHOW(bind(s, ADDR, -1)); SHOW(bind(s, ADDR, 200)); SHOW(bind(s, (void *)8, 20)); SHOW(bind(s, ADDR, 1));
  at("x"); un.sun_family = AF_INET; SHOW(bind(s, ADDR, 10));
  SHOW(bind(s, ADDR, at("missing/sock"))); SHOW(bind(s, ADDR, at("/"))); SHOW(bind(s, ADDR, at("self")));
  SHOW(bind(s, ADDR, at("sock"))); name_of(s);
  SHOW(stat("sock", &st)); printf("mode %o\n", st.st_mode);
  SHOW(bind(s, ADDR, at("sock"))); SHOW(bind(s, ADDR, at("sock2"))); SHOW(access("sock2", 0));
  int s2 = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(s2, ADDR, at("sock"))); SHOW(connect(s2, ADDR, at("sock"))); SHOW(connect(s2, ADDR, at("missing"))); SHOW(connect(s2, ADDR, at("self"))); SHOW(connect(s2, ADDR, at("@nobody"))); SHOW(connect(s2, ADDR, 2)); SHOW(connect(s2, ADDR, 1)); SHOW(connect(s2, ADDR, 111));
  SHOW(open("sock", O_RDWR));
  SHOW(listen(s, 1)); SHOW(all_events(s)); SHOW(opt(s, SOL_SOCKET, SO_ACCEPTCONN)); SHOW(listen(s, 1)); SHOW(connect(s, ADDR, at("sock")));
  int d = socket(AF_UNIX, SOCK_DGRAM, 0); SHOW(connect(d, ADDR, at("sock"))); SHOW(sendto(d, "x", 1, 0, ADDR, at("sock")));
  int sp = socket(AF_UNIX, SOCK_SEQPACKET, 0); SHOW(connect(sp, ADDR, at("sock")));
  SHOW(connect(s2, ADDR, at("sock"))); SHOW(connect(s2, ADDR, at("sock"))); SHOW(all_events(s)); SHOW(all_events(s2)); peer_of(s2); name_of(s2);
  SHOW(write(s2, "early", 5));
  int s3 = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), s4 = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), s5 = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  SHOW(connect(s3, ADDR, at("sock"))); SHOW(connect(s4, ADDR, at("sock"))); SHOW(connect(s5, ADDR, at("sock")));
  l = sizeof a;
  int c = accept(s, (void *)&a, &l); show_un("accepted", &a, l); SHOW(c >= 0); name_of(c); peer_of(c);
  SHOW(many(c)); SHOW(read(c, buf, 100)); SHOW(fcntl(c, F_GETFL)); SHOW(many(s));
  struct ucred uc; l = sizeof uc; SHOW(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &uc, &l)); printf("%d %d %d %d\n", uc.pid == getpid(), uc.uid == getuid(), uc.gid == getgid(), l);
  int pc = socket(AF_UNIX, SOCK_STREAM, 0); l = sizeof uc; getsockopt(pc, SOL_SOCKET, SO_PEERCRED, &uc, &l); printf("%d %d %d\n", uc.pid, uc.uid, uc.gid);
  SHOW(connect(s4, ADDR, at("sock")));
  close(s);
  SHOW(read(s3, buf, 1)); SHOW(read(s3, buf, 1)); SHOW(write(s3, buf, 1)); SHOW(all_events(s3));
  SHOW(connect(pc, ADDR, at("sock")));
  unlink("sock");
  close(s2); SHOW(all_events(c)); SHOW(read(c, buf, 1)); SHOW(write(c, buf, 1)); SHOW(send(c, buf, 1, MSG_NOSIGNAL)); close(c);
  /* stream pairs */
  SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, p)); name_of(p[0]); peer_of(p[0]); SHOW(all_events(p[0]));
  SHOW(write(p[0], "hello", 5)); SHOW(write(p[0], "world", 5)); SHOW(many(p[1])); SHOW(recv(p[1], buf, 3, MSG_PEEK)); SHOW(recv(p[1], buf, 100, MSG_PEEK)); SHOW(recv(p[1], buf, 7, 0)); printf("%.7s\n", buf); SHOW(recv(p[1], buf, 3, MSG_WAITALL)); SHOW(recv(p[1], buf, 3, MSG_DONTWAIT)); SHOW(recv(p[1], buf, 0, MSG_DONTWAIT)); SHOW(send(p[0], "", 0, 0)); SHOW(recv(p[1], buf, 1, MSG_OOB | MSG_DONTWAIT) == -1);
  SHOW(sendto(p[0], "x", 1, 0, ADDR, at("@x"))); SHOW(send(p[0], (void *)8, 4, 0)); SHOW(send(p[0], "abc", 3, 0)); SHOW(recv(p[1], (void *)8, 3, 0)); SHOW(recv(p[1], buf, 10, MSG_TRUNC)); SHOW(send(99, "x", 1, 0));
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  int n = 0, bytes = 0, r;
  while (write(p[0], "x", 1) == 1) n++;
  printf("1-byte writes %d\n", n); SHOW(all_events(p[0])); SHOW(write(p[0], "x", 1)); SHOW(ioctl(p[0], TIOCOUTQ, &r)); printf("out %d\n", r);
  while (n > 0) { r = read(p[1], buf, 50); n -= r; } SHOW(all_events(p[0]));
  n = 0; while (write(p[0], buf, 4096) == 4096) n++; printf("4096-byte writes %d\n", n); SHOW(many(p[1])); for (; n > 0; n--) read(p[1], buf, 4096);
  r = write(p[0], buf, sizeof buf); printf("big write %d\n", r); bytes = 0; while (bytes < r) { int k = read(p[1], buf, sizeof buf); printf("read %d\n", k); bytes += k; }
  n = 0; while (write(p[0], buf, 1000) == 1000) n++; printf("1000-byte writes %d\n", n); while (recv(p[1], buf, sizeof buf, MSG_DONTWAIT) > 0);
  SHOW(set(p[0], SOL_SOCKET, SO_SNDBUF, 10000)); SHOW(opt(p[0], SOL_SOCKET, SO_SNDBUF)); n = 0; while ((r = write(p[0], buf, 100)) == 100) n++; printf("100-byte writes %d %d\n", n, r); while (recv(p[1], buf, sizeof buf, MSG_DONTWAIT) > 0);
  SHOW(write(p[0], buf, 30000)); while (recv(p[1], buf, sizeof buf, MSG_DONTWAIT) > 0);
  SHOW(set(p[0], SOL_SOCKET, SO_SNDBUF, 1)); SHOW(opt(p[0], SOL_SOCKET, SO_SNDBUF)); SHOW(set(p[0], SOL_SOCKET, SO_RCVBUF, 1)); SHOW(opt(p[0], SOL_SOCKET, SO_RCVBUF)); SHOW(set(p[0], SOL_SOCKET, SO_RCVBUF, 5000)); SHOW(opt(p[0], SOL_SOCKET, SO_RCVBUF));
  SHOW(shutdown(p[0], SHUT_WR)); SHOW(all_events(p[0])); SHOW(all_events(p[1])); SHOW(read(p[1], buf, 1)); SHOW(write(p[0], "x", 1)); SHOW(write(p[1], "back", 4)); SHOW(read(p[0], buf, 10)); SHOW(shutdown(p[0], SHUT_RD)); SHOW(write(p[1], "x", 1)); SHOW(all_events(p[0])); SHOW(all_events(p[1])); SHOW(read(p[0], buf, 1));
  close(p[0]); SHOW(all_events(p[1])); close(p[1]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, p); write(p[0], "unread", 6); write(p[1], "x", 1); close(p[1]); SHOW(all_events(p[0])); SHOW(opt(p[0], SOL_SOCKET, SO_ERROR)); SHOW(read(p[0], buf, 1)); SHOW(read(p[0], buf, 1)); close(p[0]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, p); write(p[0], "unread", 6); close(p[1]); SHOW(read(p[0], buf, 1)); SHOW(read(p[0], buf, 1)); SHOW(opt(p[0], SOL_SOCKET, SO_ERROR)); close(p[0]);
  /* datagrams */
  socketpair(AF_UNIX, SOCK_DGRAM, 0, p);
  SHOW(all_events(p[0])); SHOW(write(p[0], "hello", 5)); SHOW(write(p[0], "", 0)); SHOW(write(p[0], "world!", 6)); SHOW(many(p[1])); SHOW(recv(p[1], buf, 3, MSG_PEEK)); SHOW(recv(p[1], buf, 3, MSG_TRUNC)); SHOW(recv(p[1], buf, 3, 0)); SHOW(recv(p[1], buf, 30, 0)); SHOW(recv(p[1], buf, 30, MSG_DONTWAIT));
  SHOW(send(p[0], buf, 212992 - 32, 0)); SHOW(send(p[0], buf, 212992 - 31, MSG_DONTWAIT)); SHOW(recv(p[1], buf, sizeof buf, 0)); SHOW(listen(p[0], 1)); SHOW(accept(p[0], 0, 0));
  fcntl(p[0], F_SETFL, O_NONBLOCK); n = 0; while (write(p[0], "x", 1) == 1) n++; printf("datagrams %d\n", n);
  while (recv(p[1], buf, 10, MSG_DONTWAIT) > 0);
  SHOW(shutdown(p[1], SHUT_RD)); SHOW(write(p[0], "x", 1)); SHOW(recv(p[1], buf, 1, 0)); SHOW(recv(p[1], buf, 1, MSG_DONTWAIT)); SHOW(all_events(p[1]));
  close(p[1]); SHOW(write(p[0], "x", 1)); SHOW(write(p[0], "x", 1)); SHOW(all_events(p[0])); close(p[0]);
  int d1 = socket(AF_UNIX, SOCK_DGRAM, 0), d2 = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), d3 = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  bind(d1, ADDR, at("@one")); bind(d2, ADDR, at("@two")); SHOW(bind(d3, ADDR, at("@two"))); name_of(d1);
  SHOW(send(d1, "x", 1, 0)); SHOW(sendto(d2, "x", 1, 0, ADDR, at("@nobody"))); SHOW(sendto(d2, "hi", 2, 0, ADDR, at("@one"))); l = sizeof a; SHOW(recvfrom(d1, buf, 10, 0, (void *)&a, &l)); show_un("from", &a, l); SHOW(sendto(d3, "hi", 2, 0, ADDR, at("@one"))); l = sizeof a; SHOW(recvfrom(d1, buf, 10, 0, (void *)&a, &l)); printf("len %d\n", l);
  l = 4; sendto(d2, "hi", 2, 0, ADDR, at("@one")); SHOW(recvfrom(d1, buf, 10, 0, (void *)&a, &l)); show_un("short", &a, 4); printf("%d\n", l);
  SHOW(connect(d1, ADDR, at("@two"))); SHOW(sendto(d3, "x", 1, 0, ADDR, at("@one"))); SHOW(connect(d3, ADDR, at("@one"))); SHOW(send(d1, "to two", 6, 0)); SHOW(recv(d2, buf, 10, 0)); peer_of(d1);
  n = 0; while (sendto(d2, "x", 1, 0, ADDR, at("@one")) == 1) n++; printf("queue %d %s\n", n, error_name()); SHOW(all_events(d2)); SHOW(connect(d2, ADDR, at("@one"))); SHOW(all_events(d2)); 
  un.sun_family = AF_UNSPEC; SHOW(connect(d1, ADDR, 2)); peer_of(d1); SHOW(send(d1, "x", 1, 0)); SHOW(all_events(d2)); while (recv(d1, buf, 10, MSG_DONTWAIT) > 0); SHOW(all_events(d2)); close(d1); SHOW(send(d2, "x", 1, 0)); SHOW(send(d2, "x", 1, 0)); SHOW(all_events(d2));
  /* sequenced packets */
  socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p); SHOW(write(p[0], "one", 3)); SHOW(write(p[0], "two2", 4)); SHOW(read(p[1], buf, 2)); SHOW(read(p[1], buf, 20)); SHOW(all_events(p[1])); write(p[0], "last", 4); close(p[0]); SHOW(all_events(p[1])); SHOW(read(p[1], buf, 20)); SHOW(read(p[1], buf, 20)); SHOW(write(p[1], buf, 20)); close(p[1]);
  s = socket(AF_UNIX, SOCK_SEQPACKET, 0); SHOW(all_events(s)); SHOW(send(s, "x", 1, 0)); SHOW(recv(s, buf, 1, 0)); SHOW(bind(s, ADDR, at("@seq"))); SHOW(listen(s, 0)); s2 = socket(AF_UNIX, SOCK_SEQPACKET, 0); SHOW(connect(s2, ADDR, at("@seq"))); c = accept(s, 0, 0); SHOW(write(c, "abc", 3)); SHOW(read(s2, buf, 10)); SHOW(sendto(s2, "x", 1, 0, ADDR, at("@none"))); SHOW(recv(s, buf, 1, 0));
  /* options */
  int o = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(opt(o, SOL_SOCKET, SO_TYPE)); SHOW(opt(o, SOL_SOCKET, SO_DOMAIN)); SHOW(opt(o, SOL_SOCKET, SO_PROTOCOL)); SHOW(opt(o, SOL_SOCKET, SO_SNDBUF)); SHOW(opt(o, SOL_SOCKET, SO_RCVBUF)); SHOW(opt(o, SOL_SOCKET, SO_ERROR)); SHOW(opt(o, SOL_SOCKET, SO_RCVLOWAT)); SHOW(opt(o, SOL_SOCKET, SO_SNDLOWAT)); SHOW(opt(o, SOL_SOCKET, 9999)); SHOW(opt(o, IPPROTO_TCP, TCP_NODELAY)); SHOW(set(o, IPPROTO_TCP, TCP_NODELAY, 1)); SHOW(set(o, SOL_SOCKET, 9999, 1)); SHOW(set(o, SOL_SOCKET, SO_TYPE, 1)); SHOW(set(o, SOL_SOCKET, SO_KEEPALIVE, 5)); SHOW(opt(o, SOL_SOCKET, SO_KEEPALIVE)); SHOW(set(o, SOL_SOCKET, SO_REUSEADDR, 7)); SHOW(opt(o, SOL_SOCKET, SO_REUSEADDR)); SHOW(set(o, SOL_SOCKET, SO_REUSEPORT, 1)); SHOW(set(o, SOL_SOCKET, SO_PASSCRED, 1)); SHOW(opt(o, SOL_SOCKET, SO_PASSCRED));
  struct linger lg = {1, 5}; SHOW(setsockopt(o, SOL_SOCKET, SO_LINGER, &lg, 4)); SHOW(setsockopt(o, SOL_SOCKET, SO_LINGER, &lg, 8)); l = sizeof lg; lg.l_linger = 0; SHOW(getsockopt(o, SOL_SOCKET, SO_LINGER, &lg, &l)); printf("%d %d %d\n", lg.l_onoff, lg.l_linger, l);
  struct timeval tv = {0, 40000}; SHOW(setsockopt(o, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv)); tv.tv_usec = 2000000; SHOW(setsockopt(o, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv)); l = sizeof tv; SHOW(getsockopt(o, SOL_SOCKET, SO_RCVTIMEO, &tv, &l)); printf("%ld %ld %d\n", (long)tv.tv_sec, (long)tv.tv_usec, l);
  SHOW(setsockopt(o, SOL_SOCKET, SO_KEEPALIVE, buf, 3)); SHOW(setsockopt(o, SOL_SOCKET, SO_KEEPALIVE, buf, -1)); SHOW(setsockopt(o, SOL_SOCKET, SO_KEEPALIVE, (void *)8, 4)); l = -1; SHOW(getsockopt(o, SOL_SOCKET, SO_TYPE, buf, &l)); l = 2; SHOW(getsockopt(o, SOL_SOCKET, SO_TYPE, buf, &l)); printf("%d\n", l); l = 100; SHOW(getsockopt(o, SOL_SOCKET, SO_TYPE, buf, &l)); printf("%d\n", l);
  /* time limits, signals, waiting */
  socketpair(AF_UNIX, SOCK_STREAM, 0, p); tv.tv_sec = 0; tv.tv_usec = 30000; setsockopt(p[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv); SHOW(read(p[0], buf, 1)); setsockopt(p[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv); n = 0; while ((r = write(p[0], buf, 4096)) == 4096) n++; printf("%d %d %s\n", n, r, error_name());
  struct sigaction sa = {.sa_handler = quiet}; sigaction(SIGALRM, &sa, 0); struct itimerval it = {{0, 0}, {0, 20000}};
  setitimer(ITIMER_REAL, &it, 0); SHOW(read(q[0] = socket(AF_UNIX, SOCK_STREAM, 0), buf, 1));
  socketpair(AF_UNIX, SOCK_STREAM, 0, q); setitimer(ITIMER_REAL, &it, 0); SHOW(read(q[0], buf, 1)); setitimer(ITIMER_REAL, &it, 0); SHOW(recv(q[0], buf, 1, 0)); while (send(q[0], buf, 4096, MSG_DONTWAIT) > 0); setitimer(ITIMER_REAL, &it, 0); SHOW(write(q[0], buf, 4096));
  s = socket(AF_UNIX, SOCK_STREAM, 0); bind(s, ADDR, at("@wait")); listen(s, 0); setitimer(ITIMER_REAL, &it, 0); SHOW(accept(s, 0, 0));
  sa.sa_flags = SA_RESTART; sigaction(SIGALRM, &sa, 0);
  if (fork() == 0) { nap(60); s2 = socket(AF_UNIX, SOCK_STREAM, 0); connect(s2, ADDR, at("@wait")); write(s2, "later", 5); nap(40); _exit(0); }
  setitimer(ITIMER_REAL, &it, 0); c = accept(s, 0, 0); SHOW(c >= 0); setitimer(ITIMER_REAL, &it, 0); SHOW(recv(c, buf, 8, MSG_WAITALL)); wait(0);
  if (fork() == 0) { for (int i = 0; i < 3; i++) { nap(30); int k = accept(s, 0, 0); write(k, "ok", 2); close(k); } _exit(0); }
  for (int i = 0; i < 3; i++) { s2 = socket(AF_UNIX, SOCK_STREAM, 0); SHOW(connect(s2, ADDR, at("@wait"))); if (i == 2) SHOW(read(s2, buf, 5)); }
  wait(0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, p);
  if (fork() == 0) { close(p[0]); int sum = 0; while ((r = read(p[1], buf, 5000)) > 0) sum += r; printf("child got %d\n", sum); fflush(stdout); _exit(0); }
  close(p[1]); bytes = 0; for (int i = 0; i < 10; i++) { r = write(p[0], buf, sizeof buf); bytes += r; } printf("sent %d\n", bytes); fflush(stdout); close(p[0]); wait(0);
  return 0;
}
