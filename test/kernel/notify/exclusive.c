/* EPOLLEXCLUSIVE: of several instances that wait for one file one is woken. Threads on one instance. */
#include "show.h"
static int counts[4], e[4], p[2];
static void *waiter(void *v) { int i = (int)v; struct epoll_event ev; int n = epoll_wait(e[i], &ev, 1, 700); if (n > 0) __sync_fetch_and_add(&counts[i], 1); return 0; }
static int round_(int flags, int closing) {
  pthread_t t[3]; int sum = 0; char b;
  pipe2(p, O_NONBLOCK);
  for (int i = 0; i < 3; i++) { struct epoll_event ev = {EPOLLIN | flags}; e[i] = epoll_create1(0); epoll_ctl(e[i], EPOLL_CTL_ADD, p[0], &ev); counts[i] = 0; }
  for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, waiter, (void *)i);
  nap(200); write(p[1], "x", 1);
  for (int i = 0; i < 3; i++) { pthread_join(t[i], 0); sum += counts[i]; close(e[i]); }
  close(p[0]); close(p[1]);
  return sum;
}
int main(void) {
  SHOW(round_(0, 0)); SHOW(round_(EPOLLET, 0)); SHOW(round_(EPOLLEXCLUSIVE, 0)); SHOW(round_(EPOLLEXCLUSIVE | EPOLLET, 0));
  /* threads on one instance: edge-triggered one is woken */
  for (int et = 0; et < 2; et++) { pipe(p); struct epoll_event ev = {EPOLLIN | (et ? EPOLLET : 0)}; e[0] = epoll_create1(0); epoll_ctl(e[0], EPOLL_CTL_ADD, p[0], &ev); counts[0] = 0; pthread_t t[3]; for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, waiter, 0); nap(200); write(p[1], "x", 1); for (int i = 0; i < 3; i++) pthread_join(t[i], 0); printf("one instance, edge %d: %d\n", et, counts[0]); close(p[0]); close(p[1]); close(e[0]); }
  return 0;
}
