#include "show.h"
/* Leases (F_SETLEASE) and directory notices (F_NOTIFY). */
static volatile int count, last, code, band, fdseen;
static void on(int n, siginfo_t *i, void *c) { (void)c; count++; last = n; code = i->si_code; band = n == SIGIO && i->si_code == SI_KERNEL ? 0 : i->si_band; fdseen = n == SIGIO && i->si_code == SI_KERNEL ? 0 : i->si_fd; }
static void told(const char *what) { printf("%s: %d signals, last %d code %d band %x fd %d\n", what, count, last, code, band, fdseen); fflush(stdout); count = last = code = band = fdseen = 0; }
static int opened(const char *path, int flags) { int f = open(path, flags, 0600); int e = errno; if (f >= 0) close(f); errno = e; return f < 0 ? -1 : 0; }
int main(void) {
  struct sigaction a = {.sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGIO, &a, 0); sigaction(SIGRTMIN + 1, &a, 0); sigaction(SIGRTMIN + 2, &a, 0);
  int w = open("file", O_RDWR | O_CREAT, 0644); write(w, "0123456789", 10);
  SHOW(fcntl(w, F_GETLEASE)); SHOW(fcntl(w, F_SETLEASE, F_RDLCK)); SHOW(fcntl(w, F_SETLEASE, F_WRLCK)); SHOW(fcntl(w, F_GETLEASE)); SHOW(fcntl(w, F_SETLEASE, F_RDLCK)); SHOW(fcntl(w, F_SETLEASE, F_UNLCK)); SHOW(fcntl(w, F_SETLEASE, F_UNLCK)); SHOW(fcntl(w, F_SETLEASE, 3));
  int r = open("file", O_RDONLY); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); SHOW(fcntl(w, F_SETLEASE, F_WRLCK)); close(w); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); SHOW(fcntl(r, F_GETLEASE)); SHOW(fcntl(r, F_SETLEASE, F_WRLCK)); SHOW(fcntl(r, F_GETLEASE)); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); SHOW(fcntl(r, F_GETOWN) == getpid());
  int r2 = open("file", O_RDONLY); SHOW(fcntl(r2, F_SETLEASE, F_RDLCK)); SHOW(fcntl(r, F_SETLEASE, F_WRLCK)); SHOW(fcntl(r2, F_SETLEASE, F_WRLCK)); SHOW(fcntl(r2, F_SETLEASE, F_UNLCK)); close(r2);
  SHOW(opened("file", O_RDONLY)); told("read lease, reader"); SHOW(opened("file", O_PATH)); told("path only");
  SHOW(opened("file", O_RDWR | O_NONBLOCK)); told("read lease, writer"); SHOW(fcntl(r, F_GETLEASE)); SHOW(opened("file", O_RDWR | O_NONBLOCK)); told("once is enough"); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); SHOW(fcntl(r, F_SETLEASE, F_UNLCK)); SHOW(opened("file", O_RDWR | O_NONBLOCK)); told("given up");
  fcntl(r, F_SETSIG, SIGRTMIN + 1); SHOW(fcntl(r, F_SETLEASE, F_WRLCK)); SHOW(opened("file", O_RDONLY | O_NONBLOCK)); told("write lease, reader"); SHOW(fcntl(r, F_GETLEASE)); SHOW(opened("file", O_WRONLY | O_NONBLOCK)); told("and writer"); SHOW(fcntl(r, F_GETLEASE)); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); SHOW(fcntl(r, F_GETLEASE)); SHOW(fcntl(r, F_SETLEASE, F_UNLCK)); SHOW(fcntl(r, F_GETSIG)); SHOW(fcntl(r, F_GETOWN));
  fcntl(r, F_SETSIG, SIGRTMIN + 1); SHOW(fcntl(r, F_SETLEASE, F_WRLCK)); SHOW(opened("file", O_RDONLY | O_NONBLOCK)); told("asked to share"); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); SHOW(opened("file", O_RDONLY | O_NONBLOCK)); told("shared"); SHOW(fcntl(r, F_SETLEASE, F_UNLCK));
  /* Waiting for a lease to be given up; closing gives it up too; truncate asks. */
  fcntl(r, F_SETSIG, SIGRTMIN + 1); fcntl(r, F_SETLEASE, F_WRLCK);
  int kid = fork(); if (!kid) { close(r); SHOW(open("file", O_RDWR) >= 0); SHOW(truncate("file", 3)); _exit(0); }
  nap(100); told("a child wants it"); int gave = fcntl(r, F_SETLEASE, F_UNLCK), st; waitpid(kid, &st, 0); SHOW(gave); SHOW(st);
  fcntl(r, F_SETLEASE, F_RDLCK); fcntl(r, F_SETSIG, SIGRTMIN + 1); kid = fork(); if (!kid) { close(r); SHOW(truncate("file", 2)); _exit(0); } nap(100); told("a child cuts it"); close(r); waitpid(kid, &st, 0); SHOW(st); struct stat s; stat("file", &s); SHOW(s.st_size);
  r = open("file", O_RDONLY); fcntl(r, F_SETLEASE, F_WRLCK); kid = fork(); if (!kid) { close(r); signal(SIGALRM, on); struct sigaction b = {.sa_sigaction = on, .sa_flags = SA_SIGINFO}; sigaction(SIGALRM, &b, 0); alarm(1); SHOW(open("file", O_RDWR)); _exit(0); } waitpid(kid, &st, 0); told("a child gives up"); close(r);
  r = open("file", O_RDONLY); SHOW(fcntl(r, F_SETLEASE, F_RDLCK)); int d = dup(r); SHOW(fcntl(d, F_GETLEASE)); close(r); SHOW(fcntl(d, F_GETLEASE)); SHOW(unlink("file")); told("unlink"); SHOW(fcntl(d, F_GETLEASE)); close(d);
  int p[2]; pipe(p); SHOW(fcntl(p[0], F_SETLEASE, F_RDLCK)); SHOW(fcntl(p[0], F_GETLEASE)); int dir = open(".", O_RDONLY); SHOW(fcntl(dir, F_SETLEASE, F_RDLCK)); int z = open("/dev/null", O_RDONLY); SHOW(fcntl(z, F_SETLEASE, F_RDLCK));
  chmod(".", 0777); int mine = open("root", O_RDONLY | O_CREAT, 0644); CHILD("another user", { setuid(65534); int f = open("root", O_RDONLY); SHOW(fcntl(f, F_SETLEASE, F_RDLCK)); close(f); f = open("his", O_RDONLY | O_CREAT, 0600); SHOW(fcntl(f, F_SETLEASE, F_RDLCK)); }); close(mine);
  /* F_NOTIFY. */
  mkdir("dir", 0755); int n = open("dir", O_RDONLY); SHOW(fcntl(n, F_SETSIG, SIGRTMIN + 2)); SHOW(fcntl(n, F_NOTIFY, 0)); SHOW(fcntl(n, F_NOTIFY, DN_CREATE)); SHOW(fcntl(n, F_GETOWN) == getpid());
  int f = open("dir/a", O_RDWR | O_CREAT, 0644); told("create"); close(open("dir/b", O_RDWR | O_CREAT, 0644)); told("only once"); SHOW(fcntl(n, F_NOTIFY, DN_MULTISHOT | DN_MODIFY)); SHOW(fcntl(n, F_NOTIFY, DN_MULTISHOT | DN_ACCESS)); write(f, "x", 1); told("modify"); write(f, "x", 1); told("modify"); lseek(f, 0, 0); char c; read(f, &c, 1); told("access"); unlink("dir/b"); told("not asked for");
  SHOW(fcntl(n, F_NOTIFY, DN_MULTISHOT | DN_DELETE | DN_RENAME | DN_ATTRIB | DN_CREATE)); rename("dir/a", "dir/c"); told("rename"); chmod("dir/c", 0600); told("attrib"); unlink("dir/c"); told("delete"); mkdir("dir/s", 0755); told("mkdir"); rename("dir/s", "s"); told("out"); rename("s", "dir/s"); told("in"); SHOW(fcntl(n, F_NOTIFY, 0)); rmdir("dir/s"); told("off"); SHOW(fcntl(z, F_NOTIFY, DN_CREATE)); SHOW(fcntl(z, F_NOTIFY, 0));
  SHOW(fcntl(n, F_NOTIFY, DN_MULTISHOT | DN_CREATE)); int e = dup(n); close(e); mkdir("dir/t", 0755); told("a dup was closed"); SHOW(fcntl(n, F_NOTIFY, DN_MULTISHOT | DN_CREATE)); mkdir("dir/u", 0755); told("asked anew"); close(n); mkdir("dir/v", 0755); told("closed");
  return 0;
}
