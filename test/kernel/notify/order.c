/* What comes first: nothing to read, or a buffer that is not there. */
#include "show.h"
#define BAD ((void *)8)
static char buf[70000];
int main(void) {
  int p[2], e, t, s, i, n;
  pipe2(p, O_NONBLOCK); SHOW(read(p[0], BAD, 4)); SHOW(read(p[0], BAD, 0)); SHOW(write(p[1], BAD, 4)); write(p[1], "abcd", 4); SHOW(read(p[0], BAD, 4)); SHOW(read(p[0], buf, 4)); while (write(p[1], buf, 4096) > 0); SHOW(write(p[1], BAD, 4)); SHOW(write(p[1], BAD, 0)); close(p[0]); signal(SIGPIPE, SIG_IGN); SHOW(write(p[1], BAD, 4)); SHOW(write(p[1], BAD, 0)); close(p[1]); pipe(p); close(p[1]); SHOW(read(p[0], BAD, 4)); close(p[0]);
  e = eventfd(0, EFD_NONBLOCK); SHOW(read(e, BAD, 4)); SHOW(read(e, BAD, 8)); SHOW(write(e, BAD, 4)); SHOW(write(e, BAD, 8)); write(e, "\1\0\0\0\0\0\0\0", 8); read(e, buf, 8); SHOW(write(e, "\376\377\377\377\377\377\377\377", 8)); SHOW(write(e, BAD, 8)); SHOW(write(e, "\1\0\0\0\0\0\0\0", 8)); close(e);
  e = eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE); SHOW(read(e, buf, 8)); printf("%d\n", buf[0]); SHOW(read(e, buf, 9)); SHOW(read(e, buf, 8)); SHOW(read(e, buf, 8)); close(e);
  t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK); SHOW(read(t, BAD, 4)); SHOW(read(t, BAD, 8)); struct itimerspec it = {{0, 0}, {0, 1}}; timerfd_settime(t, 0, &it, 0); nap(2); SHOW(read(t, buf, 8)); SHOW(write(t, buf, 8)); close(t);
  sigset_t set; sigemptyset(&set); sigaddset(&set, SIGUSR1); sigprocmask(SIG_BLOCK, &set, 0); s = signalfd(-1, &set, SFD_NONBLOCK); SHOW(read(s, BAD, 100)); SHOW(read(s, BAD, 128)); kill(getpid(), SIGUSR1); SHOW(read(s, buf, 128)); close(s);
  i = inotify_init1(IN_NONBLOCK); SHOW(read(i, BAD, 4)); SHOW(read(i, BAD, 100)); inotify_add_watch(i, ".", IN_CREATE); close(open("x", O_CREAT | O_RDWR, 0644)); unlink("x"); SHOW(read(i, BAD, 4)); n = read(i, buf, 100); SHOW(n); close(i);
  int u[2]; socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, u); SHOW(read(u[0], BAD, 4)); SHOW(write(u[1], BAD, 4)); write(u[1], "abcd", 4); SHOW(read(u[0], BAD, 4)); SHOW(read(u[0], buf, 4)); while (write(u[1], buf, 4096) > 0); SHOW(write(u[1], BAD, 4)); close(u[1]); while (read(u[0], buf, 70000) > 0); SHOW(read(u[0], BAD, 4)); SHOW(write(u[0], BAD, 4)); close(u[0]);
  socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, u); SHOW(read(u[0], BAD, 4)); SHOW(write(u[1], BAD, 4)); write(u[1], "abcd", 4); SHOW(read(u[0], BAD, 4)); close(u[0]); close(u[1]);
  /* blocking ones wait first */
  pipe(p); if (fork() == 0) { nap(20); write(p[1], "late", 4); _exit(0); } struct timespec a, b; clock_gettime(CLOCK_MONOTONIC, &a); SHOW(read(p[0], BAD, 4)); clock_gettime(CLOCK_MONOTONIC, &b); printf("waited %d\n", (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 >= 15); wait(0);
  e = eventfd(0, 0); if (fork() == 0) { nap(20); write(e, "\1\0\0\0\0\0\0\0", 8); _exit(0); } clock_gettime(CLOCK_MONOTONIC, &a); SHOW(read(e, BAD, 8)); clock_gettime(CLOCK_MONOTONIC, &b); printf("waited %d\n", (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 >= 15); wait(0);
  return 0;
}
