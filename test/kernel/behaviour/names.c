/* Names: making, linking, renaming and removing them, the *at calls and their flags, directories while they change, modes. */
#include "lines.h"
#include <dirent.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

static void make(const char *path) { close(open(path, O_RDWR | O_CREAT, 0644)); }
static void stat_line(const char *name, const char *path) {
  struct stat s;
  if (lstat(path, &s) < 0) line(name, "%s", error_of(errno));
  else line(name, "mode %o links %d size %d", s.st_mode, S_ISDIR(s.st_mode) ? 0 : (int)s.st_nlink, S_ISDIR(s.st_mode) ? 0 : (int)s.st_size);
}

static void making(void) {
  make("file");
  symlink("file", "link");
  symlink("nowhere", "dangling");
  IS(mkdir("a", 0755));
  IS(mkdir("a", 0755));
  IS(mkdir("file", 0755));
  IS(mkdir("dangling", 0755));
  IS(mkdir("b/", 0755));
  IS(mkdir("c/.", 0755));
  IS(mkdir("nowhere/d", 0755));
  IS(mkdir("file/d", 0755));
  IS(mkdir(".", 0755));
  IS(mkdir("..", 0755));
  IS(mkdir("/", 0755));
  IS(mkdir("", 0755));
  IS(mkdir("sticky", 07777));
  stat_line("mode with umask", "sticky");
  umask(0);
  IS(mkdir("open", 07777));
  stat_line("mode without umask", "open");
  chmod("open", 02777);
  IS(mkdir("open/inherits", 0755));
  stat_line("set-group-id inherited", "open/inherits");
  make("open/file");
  stat_line("but not by a file", "open/file");
  umask(022);
  line("umask", "%o", umask(07777));
  line("umask kept", "%o", umask(022));
  IS(mknod("fifo", S_IFIFO | 0644, 0));
  stat_line("a fifo", "fifo");
  IS(mknod("regular", S_IFREG | 0644, 0));
  IS(mknod("regular", S_IFREG | 0644, 0));
  IS(mknod("without-kind", 0644, 0));
  stat_line("without a kind", "without-kind");
  IS(mknod("directory", S_IFDIR | 0755, 0));
  IS(mknod("link-kind", S_IFLNK | 0755, 0));
  IS(mknod("odd-kind", 0150000, 0));
  IS(mknod("sock", S_IFSOCK | 0755, 0));
  stat_line("a socket's name", "sock");
  IS(mknod("trailing/", S_IFREG | 0644, 0));
  IS(symlink("target", "file"));
  IS(symlink("", "empty"));
  IS(symlink("target", ""));
  IS(symlink("target", "new/"));
  IS(symlink("target", "link"));
  stat_line("a link", "link");
  char text[20] = "...................";
  IS(readlink("link", text, 20));
  IS(readlink("link", text, 2));
  line("cut off, no zero", "%.4s", text);
  IS(readlink("link", text, 0));
  IS(readlink("link", text, -1));
  IS(readlink("file", text, 20));
  IS(readlink("a", text, 20));
  IS(readlink("link/", text, 20));
  IS(readlink("nothing", text, 20));
  IS(readlink("", text, 20));
  IS(chmod("file", 0177777));
  stat_line("mode cut", "file");
  IS(chmod("dangling", 0600));
  IS(fchmodat(AT_FDCWD, "link", 0600, 0));
  IS(syscall(452, AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
  IS(syscall(452, AT_FDCWD, "file", 0600, 1));
  IS(access("file", 8));
  IS(access("file", R_OK | W_OK));
  IS(access("file", X_OK));
  IS(access("a", X_OK));
  IS(access("dangling", F_OK));
  IS(access("", F_OK));
  IS(syscall(439, AT_FDCWD, "file", R_OK, AT_EACCESS));
  IS(syscall(439, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
  IS(syscall(439, AT_FDCWD, "file", R_OK, 1));
  IS(truncate("file", -1));
  IS(truncate("a", 0));
  IS(truncate("dangling", 0));
  IS(truncate("file", 1000));
  IS(truncate("file/", 0));
  stat_line("truncated", "file");
}

static void linking(void) {
  make("one");
  mkdir("dir", 0755);
  symlink("one", "soft");
  IS(link("one", "two"));
  stat_line("two names", "one");
  IS(link("one", "two"));
  IS(link("dir", "dir2"));
  IS(link("nothing", "three"));
  IS(link("one", "dir/three"));
  IS(link("one", "nowhere/three"));
  IS(link("one", "new/"));
  IS(link("one/", "four"));
  IS(link("one", ""));
  IS(link("soft", "five"));
  stat_line("link to a link", "five");
  IS(linkat(AT_FDCWD, "soft", AT_FDCWD, "six", AT_SYMLINK_FOLLOW));
  stat_line("link through a link", "six");
  IS(linkat(AT_FDCWD, "one", AT_FDCWD, "seven", 1));
  IS(linkat(AT_FDCWD, "", AT_FDCWD, "seven", 0));
  IS(linkat(open("one", O_PATH), "", AT_FDCWD, "seven", AT_EMPTY_PATH));
  stat_line("after all links", "one");
  IS(linkat(99, "one", AT_FDCWD, "eight", 0));
  IS(linkat(open("one", O_RDONLY), "one", AT_FDCWD, "eight", 0));
  IS(unlink("two"));
  IS(unlink("two"));
  IS(unlink("dir"));
  IS(unlink("one/"));
  IS(unlink("dir/"));
  IS(unlink(""));
  IS(unlink("/"));
  IS(unlink("."));
  IS(unlink("soft/"));
  IS(rmdir("one"));
  IS(rmdir("soft"));
  IS(rmdir("dir"));
  IS(rmdir("."));
  IS(rmdir("dir/."));
  IS(rmdir("dir/.."));
  IS(rmdir(".."));
  IS(rmdir("/"));
  IS(rmdir(""));
  IS(unlinkat(AT_FDCWD, "dir", 0));
  IS(unlinkat(AT_FDCWD, "dir", AT_REMOVEDIR));
  IS(unlinkat(AT_FDCWD, "one", AT_REMOVEDIR));
  IS(unlinkat(AT_FDCWD, "one", 1));
  IS(unlinkat(AT_FDCWD, "dir/three", 0));
  IS(unlinkat(AT_FDCWD, "dir/", AT_REMOVEDIR));
  int fd = open("one", O_RDWR);
  unlink("one"), unlink("six"), unlink("seven");
  struct stat s;
  fstat(fd, &s);
  NAMED("links of a file without a name", s.st_nlink);
  IS(write(fd, "alive", 5));
  char path[40];
  sprintf(path, "/proc/self/fd/%d", fd);
  NAMED("stat by its descriptor", stat(path, &s));
  NAMED_OK("open by its descriptor", open(path, O_RDONLY));
  NAMED("link by its descriptor", linkat(AT_FDCWD, path, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
}

static void renaming(void) {
  make("file"), make("other");
  mkdir("dir", 0755), mkdir("dir/sub", 0755), mkdir("empty", 0755), mkdir("full", 0755);
  make("full/x");
  symlink("dir", "to-dir");
  symlink("file", "to-file");
  link("file", "same");
  IS(rename("file", "same"));
  stat_line("both names of one file stay", "file");
  IS(rename("file", "file"));
  IS(rename("nothing", "new"));
  IS(rename("file", "dir"));
  IS(rename("dir", "file"));
  IS(rename("dir", "full"));
  IS(rename("dir", "dir/sub/x"));
  IS(rename("dir", "dir/sub"));
  IS(rename("dir/sub", "dir"));
  IS(rename("dir", "dir"));
  IS(rename(".", "new"));
  IS(rename("dir/.", "new"));
  IS(rename("dir/..", "new"));
  IS(rename("file", "."));
  IS(rename("", "new"));
  IS(rename("file", ""));
  IS(rename("file", "new/"));
  IS(rename("file/", "new"));
  IS(rename("file", "nowhere/new"));
  IS(rename("file", "other/new"));
  IS(rename("to-dir/", "new"));
  IS(rename("to-dir", "moved"));
  stat_line("the link itself moved", "moved");
  IS(rename("to-file", "other"));
  stat_line("a link in another's place", "other");
  IS(rename("dir", "empty"));
  IS(rename("empty/", "dir/"));
  IS(rename("/", "new"));
  IS(rename("file", "/"));
  IS(renameat2(AT_FDCWD, "file", AT_FDCWD, "full", RENAME_NOREPLACE));
  IS(renameat2(AT_FDCWD, "file", AT_FDCWD, "fresh", RENAME_NOREPLACE));
  IS(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "full", RENAME_EXCHANGE));
  stat_line("exchanged, first", "fresh");
  stat_line("exchanged, second", "full");
  IS(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "nothing", RENAME_EXCHANGE));
  IS(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "fresh/x", RENAME_EXCHANGE));
  IS(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "full", RENAME_EXCHANGE | RENAME_NOREPLACE));
  IS(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "full", 0x100));
  IS(rename("/proc/self/stat", "here"));
  /* a directory that is open or current */
  mkdir("current", 0755);
  int d = open("current", O_RDONLY);
  chdir("current");
  IS(rmdir("../current"));
  char text[100];
  errno = 0;
  NAMED("getcwd in a removed directory", syscall(SYS_getcwd, text, 100));
  IS(open("new", O_RDWR | O_CREAT, 0600));
  IS(mkdir("new", 0755));
  IS(open(".", O_RDONLY) >= 0);
  IS(access("..", F_OK));
  IS(unlinkat(d, "x", 0));
  IS(syscall(SYS_getdents64, d, text, 100));
  struct stat s;
  fstat(d, &s);
  NAMED("links of a removed directory", s.st_nlink);
}

static void at_flags(void) {
  make("file");
  mkdir("dir", 0755);
  make("dir/inner");
  symlink("file", "link");
  int dir = open("dir", O_RDONLY), file = open("file", O_RDWR), path = open("dir", O_PATH);
  struct stat s;
  char buffer[300];
  struct timespec times[2] = {{100, 0}, {200, 0}}, bad[2] = {{0, 1000000000}, {0, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
#define AT(call) IS(call)
  AT(openat(dir, "inner", O_RDONLY) >= 0);
  AT(openat(path, "inner", O_RDONLY) >= 0);
  AT(openat(file, "inner", O_RDONLY));
  AT(openat(99, "inner", O_RDONLY));
  AT(openat(-5, "inner", O_RDONLY));
  AT(openat(99, "/proc", O_RDONLY) >= 0);
  AT(openat(dir, "", O_RDONLY));
  AT(openat(dir, "../file", O_RDONLY) >= 0);
  for (int bit = 0; bit < 17; bit++) {
    char name[40];
    sprintf(name, "fstatat, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_fstatat64, AT_FDCWD, "link", buffer, 1 << bit));
    sprintf(name, "statx, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_statx, AT_FDCWD, "link", 1 << bit, 0x7ff, buffer));
    sprintf(name, "faccessat2, flag %x", 1 << bit);
    NAMED(name, syscall(439, AT_FDCWD, "link", 0, 1 << bit));
    sprintf(name, "fchownat, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_fchownat, AT_FDCWD, "link", -1, -1, 1 << bit));
    sprintf(name, "linkat, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_linkat, AT_FDCWD, "link", AT_FDCWD, "linked", 1 << bit));
    unlink("linked");
    sprintf(name, "unlinkat, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_unlinkat, AT_FDCWD, "nothing", 1 << bit));
    sprintf(name, "utimensat, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_utimensat, AT_FDCWD, "link", 0, 1 << bit));
    sprintf(name, "renameat2, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_renameat2, AT_FDCWD, "nothing", AT_FDCWD, "new", 1 << bit));
    /* Bit 16 came with Linux 6.14. */
    if (bit == 16) continue;
    sprintf(name, "execveat, flag %x", 1 << bit);
    NAMED(name, syscall(SYS_execveat, AT_FDCWD, "nothing", 0, 0, 1 << bit));
  }
  AT(syscall(SYS_fstatat64, file, "", buffer, AT_EMPTY_PATH));
  AT(syscall(SYS_fstatat64, AT_FDCWD, "", buffer, AT_EMPTY_PATH));
  AT(syscall(SYS_fstatat64, file, "", buffer, 0));
  AT(syscall(SYS_fstatat64, 99, "", buffer, AT_EMPTY_PATH));
  AT(syscall(SYS_statx, file, "", AT_EMPTY_PATH, 0x7ff, buffer));
  AT(syscall(SYS_statx, file, "", AT_EMPTY_PATH, 0x80000000, buffer));
  AT(syscall(SYS_statx, AT_FDCWD, "file", 0x6000, 0x7ff, buffer));
  AT(fchownat(file, "", -1, -1, AT_EMPTY_PATH));
  AT(fchownat(file, "", -1, -1, 0));
  AT(utimensat(AT_FDCWD, "file", times, 0));
  stat("file", &s);
  line("times", "%ld %ld", (long)s.st_atime, (long)s.st_mtime);
  AT(utimensat(AT_FDCWD, "file", bad, 0));
  AT(utimensat(AT_FDCWD, "file", now, 0));
  stat("file", &s);
  line("one now, one left", "%d %ld", s.st_atime > 1000, (long)s.st_mtime);
  AT(syscall(SYS_utimensat, file, 0, times, 0));
  AT(syscall(SYS_utimensat, AT_FDCWD, 0, times, 0));
  AT(syscall(SYS_utimensat, file, 0, times, AT_SYMLINK_NOFOLLOW));
  AT(syscall(SYS_utimensat, file, "", times, AT_EMPTY_PATH));
  AT(syscall(SYS_futimesat, AT_FDCWD, "file", 0));
  AT(mkdirat(file, "x", 0755));
  AT(mkdirat(dir, "x", 0755));
  AT(symlinkat("target", dir, "y"));
  AT(readlinkat(dir, "y", buffer, 100));
  AT(readlinkat(open("link", O_PATH | O_NOFOLLOW), "", buffer, 100));
  AT(readlinkat(file, "", buffer, 100));
  AT(readlinkat(dir, "", buffer, 100));
  AT(readlinkat(AT_FDCWD, "", buffer, 100));
  AT(fchdir(file));
  AT(fchdir(99));
  AT(fchdir(path));
  AT(access("inner", F_OK));
  AT(chdir("inner"));
  AT(chdir(".."));
  AT(chdir(""));
  AT(chdir("nothing"));
  AT(chdir("link/x"));
  AT(syscall(SYS_getcwd, buffer, 1));
  AT(syscall(SYS_getcwd, buffer, 0));
  AT(chroot("file"));
  AT(chroot("nothing"));
}

struct entry { unsigned long long ino; long long off; unsigned short length; unsigned char type; char name[]; };
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static void directories(void) {
  mkdir("d", 0755);
  char path[40], buffer[4096];
  for (int n = 0; n < 30; n++) { sprintf(path, "d/f%02d", n); make(path); }
  mkdir("d/sub", 0755);
  symlink("x", "d/link");
  mkfifo("d/fifo", 0644);
  int fd = open("d", O_RDONLY | O_DIRECTORY);
  IS(syscall(SYS_getdents64, fd, buffer, 10));
  IS(syscall(SYS_getdents64, fd, buffer, 0));
  IS(syscall(SYS_getdents64, 99, buffer, 4096));
  IS(syscall(SYS_getdents64, open("d/f00", O_RDONLY), buffer, 4096));
  int names = 0, r, kinds[16] = {0}, calls = 0;
  char *list[64];
  while ((r = syscall(SYS_getdents64, fd, buffer, 300)) > 0) {
    calls++;
    for (int at = 0; at < r;) {
      struct entry *e = (void *)(buffer + at);
      list[names++] = strdup(e->name);
      kinds[e->type & 15]++;
      if (e->length % 8) line("record length", "%d", e->length);
      at += e->length;
    }
  }
  qsort(list, names, sizeof *list, compare);
  NUMBER(names);
  line("first and last", "%s %s %s", list[0], list[1], list[names - 1]);
  line("kinds", "directories %d files %d links %d fifos %d", kinds[DT_DIR], kinds[DT_REG], kinds[DT_LNK], kinds[DT_FIFO]);
  NAMED("more than one call", calls > 1);
  IS(syscall(SYS_getdents64, fd, buffer, 4096));
  IS(lseek(fd, 0, SEEK_SET));
  names = 0;
  while ((r = syscall(SYS_getdents, fd, buffer, 4096)) > 0) for (int at = 0; at < r; at += ((struct { long ino, off; unsigned short length; } *)(buffer + at))->length) names++;
  line("again by the old call", "%d", names);
  /* removing all while reading */
  lseek(fd, 0, SEEK_SET);
  int removed = 0;
  while ((r = syscall(SYS_getdents64, fd, buffer, 200)) > 0)
    for (int at = 0; at < r;) {
      struct entry *e = (void *)(buffer + at);
      if (e->name[0] == 'f') { sprintf(path, "d/%s", e->name); if (unlink(path) == 0) removed++; }
      at += e->length;
    }
  line("removed while reading", "%d", removed);
  IS(rmdir("d"));
  rmdir("d/sub"), unlink("d/link");
  IS(rmdir("d"));
  IS(syscall(SYS_getdents64, fd, buffer, 4096));
  lseek(fd, 0, SEEK_SET);
  IS(syscall(SYS_getdents64, fd, buffer, 4096));
  DIR *p = opendir("/proc/self/fd");
  int fds = 0;
  while (readdir(p)) fds++;
  NAMED("descriptors seen in /proc/self/fd", fds > 5);
}

static void permissions(void) {
  make("private");
  chmod("private", 0600);
  make("readable");
  chmod("readable", 0644);
  make("writable");
  chmod("writable", 0666);
  mkdir("closed", 0700), make("closed/x");
  mkdir("listed", 0744), make("listed/x");
  mkdir("passable", 0711), make("passable/x");
  mkdir("sticky", 01777), make("sticky/roots");
  mkdir("open", 0777), make("open/roots");
  chmod("sticky", 01777), chmod("open", 0777), chmod("writable", 0666);
  int fd = open("private", O_RDWR);
  int child = fork(), status;
  if (child == 0) {
    setgroups(0, 0);
    setresgid(12321, 12321, 12321);
    setresuid(12321, 12321, 12321);
    IS(open("private", O_RDONLY));
    OK(open("readable", O_RDONLY));
    IS(open("readable", O_WRONLY));
    OK(open("writable", O_RDWR));
    IS(open("writable", O_RDONLY | O_NOATIME));
    OK(open("private", O_PATH));
    IS(open("closed/x", O_RDONLY));
    IS(access("closed/x", F_OK));
    IS(open("closed", O_RDONLY));
    OK(open("listed", O_RDONLY));
    IS(open("listed/x", O_RDONLY));
    OK(open("passable/x", O_RDONLY));
    IS(open("passable", O_RDONLY));
    IS(open("new", O_RDWR | O_CREAT, 0600));
    IS(mkdir("new", 0700));
    IS(unlink("writable"));
    IS(rename("writable", "w2"));
    IS(link("writable", "open/w"));
    IS(link("private", "open/p"));
    OK(open("sticky/own", O_RDWR | O_CREAT, 0600));
    IS(unlink("sticky/roots"));
    IS(rename("sticky/roots", "sticky/mine"));
    IS(rename("sticky/own", "sticky/roots"));
    IS(unlink("sticky/own"));
    IS(unlink("open/roots"));
    IS(chmod("readable", 0666));
    IS(chown("readable", 12321, -1));
    IS(chown("readable", -1, -1));
    OK(open("open/own", O_RDWR | O_CREAT, 0666));
    IS(chown("open/own", 0, -1));
    IS(chown("open/own", -1, 12321));
    IS(chown("open/own", -1, 0));
    IS(chmod("open/own", 06755));
    struct stat s;
    stat("open/own", &s);
    line("set-id bits kept by the owner", "%o", s.st_mode);
    int own = open("open/own", O_RDWR);
    write(own, "x", 1);
    stat("open/own", &s);
    line("and lost at a write", "%o", s.st_mode);
    chmod("open/own", 06755);
    chown("open/own", -1, 12321);
    stat("open/own", &s);
    line("and at a chown", "%o", s.st_mode);
    chmod("open/own", 06755);
    truncate("open/own", 0);
    stat("open/own", &s);
    line("and at a truncate", "%o", s.st_mode);
    chmod("open/own", 0);
    IS(open("open/own", O_RDONLY));
    struct timespec times[2] = {{1, 0}, {2, 0}};
    IS(utimensat(AT_FDCWD, "readable", times, 0));
    IS(utimensat(AT_FDCWD, "writable", times, 0));
    IS(utimensat(AT_FDCWD, "writable", 0, 0));
    IS(utimensat(AT_FDCWD, "readable", 0, 0));
    IS(utimensat(AT_FDCWD, "open/own", times, 0));
    IS(truncate("readable", 0));
    IS(chroot("."));
    IS(mknod("open/dev", S_IFCHR | 0600, 0x103));
    OK(mknod("open/fifo", S_IFIFO | 0600, 0));
    NAMED("write by root's descriptor", write(fd, "x", 1));
    NAMED("chmod by root's descriptor", fchmod(fd, 0666));
    IS(access("private", R_OK));
    IS(access("readable", R_OK));
    IS(access("readable", W_OK));
    IS(access("./self", X_OK));
    IS(execl("readable", "x", 0));
    IS(execl("open", "x", 0));
    IS(mount("none", ".", "tmpfs", 0, ""));
    IS(umount2(".", 0));
    IS(symlink("a", "open/link"));
    IS(syscall(SYS_umount, "open"));
    _exit(0);
  }
  waitpid(child, &status, 0);
  line("the other user", "%s", status_text(status));
  /* access goes by the real user, faccessat with AT_EACCESS by the effective one */
  IN_CHILD("real and effective users", setresuid(12321, 0, 0); _exit((access("private", R_OK) == 0) | (faccessat(AT_FDCWD, "private", R_OK, AT_EACCESS) == 0) << 1 | (open("private", O_RDONLY) >= 0) << 2));
  IN_CHILD("a group", chown("private", 0, 777); chmod("private", 0060); gid_t g = 777; setgroups(1, &g); setresgid(5, 5, 5); setresuid(5, 5, 5); _exit((open("private", O_RDWR) >= 0) | (access("private", W_OK) == 0) << 1));
  IN_CHILD("the owner's bits count for the owner", chown("private", 5, 5); chmod("private", 0077); setresgid(5, 5, 5); setresuid(5, 5, 5); _exit(open("private", O_RDONLY) >= 0));
  IN_CHILD("the group's bits count for the group", chown("private", 6, 5); chmod("private", 0707); setresgid(5, 5, 5); setresuid(5, 5, 5); _exit(open("private", O_RDONLY) >= 0));
  chown("private", 0, 0);
  chmod("private", 0);
  OK(open("private", O_RDWR));
  IS(access("private", X_OK));
  IS(access("private", W_OK));
}

/* Directories of their own, so that sections do not meet each other's names. */
#define IN_FOLDER(body) do { mkdir(#body, 0755); chdir(#body); if (access("self", F_OK)) link("../self", "self"); SECTION(body); chdir(".."); } while (0)
int main(void) {
  begin();
  IN_FOLDER(making);
  IN_FOLDER(linking);
  IN_FOLDER(renaming);
  IN_FOLDER(at_flags);
  IN_FOLDER(directories);
  chmod(".", 0755);
  IN_FOLDER(permissions);
  return 0;
}
