#include "show.h"
/* Everything that sockets hold is given back: memory is small, the rounds are many. */
int main(void) {
  static char buf[9000]; struct sockaddr_in in; socklen_t l; int fd[3], n;
  signal(SIGPIPE, SIG_IGN);
  for (int round = 0; round < 800; round++) {
    int p[2]; socketpair(AF_UNIX, round % 2 ? SOCK_STREAM : SOCK_DGRAM, 0, p);
    write(p[0], buf, sizeof buf); write(p[0], buf, 10); if (round % 3 == 0) read(p[1], buf, 5000);
    char c[CMSG_SPACE(4)]; struct iovec v = {buf, 5}; struct msghdr m = {0, 0, &v, 1, c, sizeof c, 0}; struct cmsghdr *h = CMSG_FIRSTHDR(&m); h->cmsg_level = SOL_SOCKET; h->cmsg_type = SCM_RIGHTS; h->cmsg_len = CMSG_LEN(4); int t[2]; pipe(t); write(t[1], buf, 5000); memcpy(CMSG_DATA(h), t, 4); sendmsg(p[0], &m, 0);
    if (round % 5 == 0) for (int i = 0; i < 3; i++) recv(p[1], buf, 9000, MSG_DONTWAIT);
    close(t[0]); close(t[1]); close(p[round & 1]); close(p[!(round & 1)]);
    int s = socket(AF_INET, SOCK_STREAM, 0); memset(&in, 0, sizeof in); in.sin_family = AF_INET; in.sin_addr.s_addr = htonl(INADDR_LOOPBACK); bind(s, (void *)&in, sizeof in); listen(s, 5); l = sizeof in; getsockname(s, (void *)&in, &l);
    int a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM, 0); connect(a, (void *)&in, l); connect(b, (void *)&in, l); int x = accept(s, 0, 0); write(a, buf, sizeof buf); write(b, buf, 100); write(x, buf, 100); if (round % 2) read(x, buf, 4000); close(s); close(a); close(x); close(b);
    int u = socket(AF_INET, SOCK_DGRAM, 0), w = socket(AF_INET, SOCK_DGRAM, 0); in.sin_port = 0; bind(u, (void *)&in, l); getsockname(u, (void *)&in, &l); for (int i = 0; i < 3; i++) sendto(w, buf, 5000, 0, (void *)&in, l); close(u); close(w);
    int e = epoll_create1(0), ev = eventfd(0, 0), ti = timerfd_create(CLOCK_MONOTONIC, 0), in1 = inotify_init1(0); struct epoll_event ee = {EPOLLIN}; epoll_ctl(e, EPOLL_CTL_ADD, ev, &ee); epoll_ctl(e, EPOLL_CTL_ADD, ti, &ee); struct itimerspec its = {{100, 0}, {100, 0}}; timerfd_settime(ti, 0, &its, 0); inotify_add_watch(in1, ".", IN_ALL_EVENTS); close(round & 1 ? e : ev); close(round & 1 ? ev : e); close(ti); close(in1);
  }
  n = socket(AF_UNIX, SOCK_STREAM, 0); printf("first free descriptor %d\n", n);
  return 0;
}
