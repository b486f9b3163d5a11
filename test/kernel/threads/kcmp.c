#include "check.h"
#include <sys/epoll.h>
struct slot { uint32_t efd, tfd, toff; };
int main(void) { int e = epoll_create1(0), p[2]; pipe(p); int d = dup(p[0]); struct epoll_event ev = {EPOLLIN, {0}}; epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev); struct slot s = {e, p[0], 0}; int me = getpid();
 SHOW(sys(SYS_kcmp, me, me, 7, p[0], &s)); SHOW(sys(SYS_kcmp, me, me, 7, d, &s)); SHOW(sys(SYS_kcmp, me, me, 7, p[1], &s) > 0); s.toff = 1; SHOW(sys(SYS_kcmp, me, me, 7, p[0], &s)); s.toff = 0; s.tfd = p[1]; SHOW(sys(SYS_kcmp, me, me, 7, p[0], &s)); s.efd = 1; SHOW(sys(SYS_kcmp, me, me, 7, p[0], &s)); s.efd = 99; SHOW(sys(SYS_kcmp, me, me, 7, p[0], &s)); SHOW(sys(SYS_kcmp, me, me, 7, 99, &s)); SHOW(sys(SYS_kcmp, me, me, 7, p[0], 4)); return 0; }
