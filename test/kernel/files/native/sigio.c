#include "show.h"
#include <sys/un.h>
/* Signals of files: FASYNC, owners and F_SETSIG on pipes, sockets and terminals. */
static volatile int count, last, code, band, fdseen;
static void on(int n, siginfo_t *i, void *c) { (void)c; count++; last = n; code = i->si_code; band = n == SIGIO && i->si_code == SI_KERNEL ? 0 : i->si_band; fdseen = n == SIGIO && i->si_code == SI_KERNEL ? 0 : i->si_fd; }
static void told(const char *what) { printf("%s: %d signals, last %d code %d band %x fd %d\n", what, count, last, code, band, fdseen); fflush(stdout); count = last = code = band = fdseen = 0; }
static int toggle(int fd, int on_) { int f = fcntl(fd, F_GETFL); return fcntl(fd, F_SETFL, on_ ? f | O_ASYNC : f & ~O_ASYNC); }
struct owner { int type, pid; };
int main(void) {
  struct sigaction a = {.sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGIO, &a, 0); sigaction(SIGUSR1, &a, 0); sigaction(SIGRTMIN + 1, &a, 0);
  char b[8192]; int p[2]; pipe(p);
  int me = getpid();
  SHOW(fcntl(p[0], F_GETOWN)); SHOW(fcntl(p[0], F_SETOWN, me)); SHOW(fcntl(p[0], F_GETOWN) == me); SHOW(fcntl(p[0], F_SETOWN, 999999)); SHOW(fcntl(p[0], F_SETOWN, -999999)); SHOW(fcntl(p[0], F_SETOWN, 0x80000000)); SHOW(fcntl(p[0], F_GETOWN) == me);
  SHOW(fcntl(p[0], F_GETFL)); SHOW(toggle(p[0], 1)); SHOW(fcntl(p[0], F_GETFL));
  SHOW(write(p[1], "a", 1)); told("first write"); SHOW(write(p[1], "b", 1)); told("second write"); SHOW(read(p[0], b, 1)); told("read");
  SHOW(fcntl(p[0], F_SETSIG, SIGRTMIN + 1)); SHOW(fcntl(p[0], F_GETSIG) == SIGRTMIN + 1); SHOW(write(p[1], "c", 1)); told("real-time");
  SHOW(fcntl(p[0], F_SETSIG, SIGUSR1)); SHOW(write(p[1], "c", 1)); told("usr1"); SHOW(fcntl(p[0], F_SETSIG, SIGIO)); SHOW(write(p[1], "c", 1)); told("sigio by name"); SHOW(fcntl(p[0], F_SETSIG, 65)); SHOW(fcntl(p[0], F_SETSIG, -1)); SHOW(fcntl(p[0], F_SETSIG, 0));
  SHOW(fcntl(p[1], F_SETOWN, me)); SHOW(toggle(p[1], 1)); SHOW(read(p[0], b, 1)); told("room"); SHOW(write(p[1], "d", 1)); told("both ends");
  SHOW(toggle(p[1], 0)); SHOW(read(p[0], b, 1)); told("off");
  SHOW(close(p[1])); told("writer closed"); SHOW(toggle(p[0], 0)); SHOW(close(p[0])); told("reader closed");
  pipe(p); fcntl(p[1], F_SETOWN, me); fcntl(p[1], F_SETSIG, SIGRTMIN + 1); toggle(p[1], 1); close(p[0]); told("reader closed before writer"); close(p[1]); told("none");
  struct owner o; pipe(p);
  SHOW(fcntl(p[0], F_GETOWN_EX, &o)); printf("%d %d\n", o.type, o.pid); o = (struct owner){0, (int)syscall(SYS_gettid)}; SHOW(fcntl(p[0], F_SETOWN_EX, &o)); o.type = 7; SHOW(fcntl(p[0], F_GETOWN_EX, &o)); printf("%d %d\n", o.type, o.pid == me); SHOW(fcntl(p[0], F_GETOWN) == me);
  o = (struct owner){3, me}; SHOW(fcntl(p[0], F_SETOWN_EX, &o)); o = (struct owner){1, 999999}; SHOW(fcntl(p[0], F_SETOWN_EX, &o)); o = (struct owner){2, getpgrp()}; SHOW(fcntl(p[0], F_SETOWN_EX, &o)); SHOW(fcntl(p[0], F_GETOWN) == -getpgrp()); o = (struct owner){0, 0}; SHOW(fcntl(p[0], F_SETOWN_EX, &o)); SHOW(fcntl(p[0], F_GETOWN)); SHOW(fcntl(p[0], F_SETOWN_EX, 8)); SHOW(fcntl(p[0], F_GETOWN_EX, 8));
  toggle(p[0], 1); SHOW(write(p[1], "x", 1)); told("no owner");
  unsigned ids[2] = {7, 7}; SHOW(fcntl(p[0], 17, ids)); printf("%u %u\n", ids[0], ids[1]); SHOW(fcntl(p[0], 17, 8));
  int on1 = 1, off = 0; fcntl(p[0], F_SETOWN, me); SHOW(ioctl(p[0], FIOASYNC, &off)); SHOW(fcntl(p[0], F_GETFL)); SHOW(ioctl(p[0], FIOASYNC, &on1)); SHOW(fcntl(p[0], F_GETFL)); SHOW(write(p[1], "x", 1)); told("ioctl"); SHOW(ioctl(p[0], FIOASYNC, 8)); SHOW(ioctl(p[0], FIOSETOWN, &me));
  close(p[0]); close(p[1]);
  /* A dead owner, a group, another process. */
  pipe(p); int dead = fork(); if (!dead) pause(); SHOW(fcntl(p[0], F_SETOWN, dead)); kill(dead, 9); waitpid(dead, 0, 0); SHOW(fcntl(p[0], F_GETOWN)); toggle(p[0], 1); SHOW(write(p[1], "x", 1)); told("dead owner");
  CHILD("child owner", { setpgid(0, 0); fcntl(p[0], F_SETOWN, -getpid()); write(p[1], "y", 1); told("group"); });
  close(p[0]); close(p[1]);
  /* Sockets. */
  int s[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, s); SHOW(ioctl(s[0], SIOCSPGRP, &me)); int got = 0; SHOW(ioctl(s[0], SIOCGPGRP, &got)); SHOW(got == me); SHOW(ioctl(s[0], FIOSETOWN, &me)); SHOW(ioctl(s[0], FIOGETOWN, &got)); SHOW(got == me);
  fcntl(s[0], F_SETSIG, SIGRTMIN + 1); SHOW(toggle(s[0], 1)); SHOW(write(s[1], "abc", 3)); told("socket data"); SHOW(read(s[0], b, 3)); told("read"); SHOW(write(s[1], "abc", 3)); told("again"); close(s[1]); told("peer closed"); close(s[0]);
  socketpair(AF_UNIX, SOCK_DGRAM, 0, s); fcntl(s[0], F_SETOWN, me); toggle(s[0], 1); SHOW(write(s[1], "abc", 3)); told("datagram"); close(s[0]); close(s[1]); told("closed");
  /* Terminals: the owner is set by FASYNC itself. */
  int m = posix_openpt(O_RDWR | O_NOCTTY); unlockpt(m); int t = open(ptsname(m), O_RDWR | O_NOCTTY); SHOW(fcntl(t, F_GETOWN)); SHOW(toggle(t, 1)); SHOW(fcntl(t, F_GETOWN) == me); SHOW(write(m, "q", 1)); nap(20); told("half a line"); SHOW(write(m, "\n", 1)); nap(20); told("line"); SHOW(toggle(t, 0)); fcntl(m, F_SETOWN, me);
  close(t); close(m);
  /* Regular files keep no such flag; other files take it or not. */
  int f = open("file", O_RDWR | O_CREAT, 0600); SHOW(toggle(f, 1)); SHOW(fcntl(f, F_GETFL)); SHOW(ioctl(f, FIOASYNC, &on1)); int of = open("file", O_RDONLY | O_ASYNC); SHOW(fcntl(of, F_GETFL)); SHOW(toggle(of, 0)); SHOW(fcntl(of, F_GETFL));
  SHOW(fcntl(f, F_SETFL, O_RDWR | O_NOATIME)); SHOW(fcntl(f, F_GETFL)); SHOW(fcntl(f, F_SETFL, 0x7fffffff & ~O_DIRECT & ~O_ASYNC)); SHOW(fcntl(f, F_GETFL));
  int n = open("/dev/null", O_RDWR); SHOW(toggle(n, 1)); SHOW(fcntl(n, F_GETFL)); SHOW(fcntl(n, F_SETFL, O_DIRECT));
  int op = open("file", O_PATH); SHOW(fcntl(op, F_SETOWN, me)); SHOW(fcntl(op, F_GETOWN)); SHOW(fcntl(op, F_SETFL, 0)); SHOW(fcntl(99, F_SETSIG, 0));
  return 0;
}
