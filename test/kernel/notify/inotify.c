#include "show.h"
static int fd;
static void events(const char *what) {
  static char buf[8192] __attribute__((aligned(8))); int n = read(fd, buf, sizeof buf); static unsigned last;
  printf("%s:", what);
  if (n < 0) printf(" %s", error_name());
  for (int i = 0; i < n;) { struct inotify_event *e = (void *)(buf + i); printf(" [%d %x%s len %d %s]", e->wd, e->mask, e->cookie ? (e->cookie == last ? " same" : " new") : "", e->len, e->len ? e->name : "-"); if (e->cookie) last = e->cookie; i += sizeof *e + e->len; }
  printf("\n"); fflush(stdout);
}
static void put(const char *name) { int f = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644); write(f, "x", 1); close(f); }
int main(void) {
  char b[100]; int v;
  SHOW(inotify_init1(1)); SHOW(inotify_init1(IN_CLOEXEC) >= 0); fd = inotify_init1(IN_NONBLOCK); SHOW(fcntl(fd, F_GETFL)); SHOW(read(fd, b, 100)); SHOW(write(fd, b, 1)); SHOW(polled(fd, POLLIN | POLLOUT)); SHOW(lseek(fd, 0, 0));
  mkdir("d", 0755);
  SHOW(inotify_add_watch(fd, "d", 0)); SHOW(inotify_add_watch(fd, "d", 0x80000)); SHOW(inotify_add_watch(99, "d", IN_OPEN)); SHOW(inotify_add_watch(open("self", 0), "d", IN_OPEN)); SHOW(inotify_add_watch(fd, "none", IN_OPEN)); SHOW(inotify_add_watch(fd, "self", IN_OPEN | IN_ONLYDIR)); SHOW(inotify_add_watch(fd, "d", IN_OPEN | IN_MASK_ADD | IN_MASK_CREATE)); SHOW(inotify_add_watch(fd, (void *)8, IN_OPEN)); SHOW(inotify_rm_watch(fd, 5)); SHOW(inotify_rm_watch(99, 5)); SHOW(inotify_rm_watch(open("self", 0), 5));
  SHOW(inotify_add_watch(fd, "d", IN_ALL_EVENTS)); SHOW(inotify_add_watch(fd, "d", IN_ALL_EVENTS)); SHOW(inotify_add_watch(fd, "d", IN_ALL_EVENTS | IN_MASK_CREATE));
  put("d/a"); SHOW(polled(fd, POLLIN)); SHOW(ioctl(fd, 0x541B, &v)); printf("%d\n", v); SHOW(read(fd, b, 20)); events("new file"); put("d/a"); events("again"); int f = open("d/a", O_RDWR); write(f, "ab", 2); write(f, "cd", 2); lseek(f, 0, 0); read(f, b, 1); read(f, b, 1); fchmod(f, 0600); ftruncate(f, 1); events("used"); close(f); events("closed"); f = open("d/a", O_RDONLY); read(f, b, 9); read(f, b, 9); close(f); events("read");
  chmod("d/a", 0644); chown("d/a", -1, -1); truncate("d/a", 0); utimensat(AT_FDCWD, "d/a", 0, 0); struct timespec ts[2] = {{1, 1}, {0, UTIME_OMIT}}; utimensat(AT_FDCWD, "d/a", ts, 0); events("attributes"); 
  SHOW(inotify_add_watch(fd, "d/a", IN_ALL_EVENTS)); link("d/a", "d/b"); events("link"); chmod("d/b", 0640); events("chmod by other name"); unlink("d/b"); events("unlink one"); rename("d/a", "d/c"); events("rename"); put("d/x"); events("x"); rename("d/x", "d/c"); events("replaced"); rename("d/c", "outside"); events("out"); rename("outside", "d/in"); events("in");
  SHOW(inotify_add_watch(fd, "d/in", IN_DELETE_SELF | IN_ATTRIB)); f = open("d/in", O_RDONLY); unlink("d/in"); events("unlinked, open"); close(f); events("closed"); SHOW(inotify_rm_watch(fd, 3));
  mkdir("d/sub", 0755); SHOW(inotify_add_watch(fd, "d/sub", IN_ALL_EVENTS)); events("mkdir"); f = open("d/sub", O_RDONLY | O_DIRECTORY); events("open dir"); syscall(SYS_getdents64, f, b, 100); events("read dir"); close(f); events("close dir"); put("d/sub/deep"); events("deep"); unlink("d/sub/deep"); events("deep gone"); rename("d/sub", "d/sub2"); events("move dir"); rmdir("d/sub2"); events("rmdir"); symlink("nowhere", "d/s"); mknod("d/p", S_IFIFO | 0600, 0); events("special"); unlink("d/s"); unlink("d/p"); events("unlink");
  SHOW(inotify_add_watch(fd, "d", IN_CREATE | IN_ONESHOT)); put("d/one"); put("d/two"); events("oneshot"); SHOW(inotify_add_watch(fd, "d", IN_CREATE)); put("d/three"); put("d/four"); events("create only"); SHOW(inotify_add_watch(fd, "d", IN_DELETE | IN_MASK_ADD)); unlink("d/three"); events("added"); SHOW(inotify_rm_watch(fd, 5)); put("d/z"); events("removed");
  fcntl(fd, F_SETFL, 0); SHOW(inotify_add_watch(fd, "d", IN_CLOSE_WRITE)); if (fork() == 0) { nap(20); put("d/late"); _exit(0); } events("waits"); wait(0);
  char path[64], l[64] = {0}; sprintf(path, "/proc/self/fd/%d", fd); readlink(path, l, 63); printf("%s\n", l);
  int e = epoll_create1(0); struct epoll_event ev = {EPOLLIN}, out; epoll_ctl(e, EPOLL_CTL_ADD, fd, &ev); SHOW(epoll_wait(e, &out, 1, 0)); put("d/more"); SHOW(epoll_wait(e, &out, 1, 0));
  return 0;
}
