/* Descriptors: dup, fcntl, flags, pipes and their atomicity, locks of three kinds, what fork and exec do to them. */
#include "lines.h"

static int *word;
static char buffer[1 << 20];

static void duplicates(void) {
  int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  NAMED("lowest first", fd);
  IS(dup(fd));
  IS(dup(-1));
  IS(dup(99));
  IS(dup2(fd, fd));
  IS(dup2(99, 99));
  IS(dup2(99, 5));
  IS(dup2(fd, 10));
  IS(dup2(fd, -1));
  IS(dup2(fd, 1 << 20));
  IS(dup3(fd, fd, 0));
  IS(dup3(fd, fd, O_CLOEXEC));
  IS(dup3(99, 99, 0));
  IS(dup3(fd, 11, O_CLOEXEC));
  IS(fcntl(11, F_GETFD));
  IS(dup3(fd, 11, 0));
  IS(fcntl(11, F_GETFD));
  IS(dup3(fd, 11, O_NONBLOCK));
  IS(dup3(fd, 11, -1));
  IS(dup3(99, 11, 0));
  IS(fcntl(fd, F_DUPFD, 0));
  IS(fcntl(fd, F_DUPFD, 20));
  IS(fcntl(fd, F_DUPFD, 20));
  IS(fcntl(fd, F_DUPFD_CLOEXEC, 30));
  IS(fcntl(30, F_GETFD));
  IS(fcntl(fd, F_DUPFD, -1));
  IS(fcntl(fd, F_DUPFD, 1 << 20));
  IS(fcntl(99, F_DUPFD, 0));
  struct rlimit limit, few = {25, 1024};
  getrlimit(RLIMIT_NOFILE, &limit);
  few.rlim_max = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &few);
  IS(fcntl(fd, F_DUPFD, 25));
  IS(fcntl(fd, F_DUPFD, 24));
  IS(fcntl(fd, F_DUPFD, 24));
  IS(dup2(fd, 25));
  IS(dup2(fd, 26));
  IS(dup2(30, 24));
  for (int n = 0; n < 30; n++) dup(fd);
  IS(dup(fd));
  IS(open("file", O_RDONLY));
  int p[2] = {-7, -7};
  IS(pipe(p));
  line("pipe left untouched", "%d %d", p[0], p[1]);
  close(7);
  IS(pipe(p));
  IS(dup(fd));
  IS(socket(AF_UNIX, SOCK_STREAM, 0));
  IS(epoll_create1(0));
  IS(eventfd(0, 0));
  setrlimit(RLIMIT_NOFILE, &limit);
  IS(close(7));
  IS(close(7));
  IS(close(-1));
  IS(syscall(436, 3, 2, 0));
  IS(syscall(436, 3, 5, 8));
  IS(syscall(436, 12, 24, 0));
  IS(fcntl(20, F_GETFD));
  IS(syscall(436, 8, 10, 4));
  IS(fcntl(10, F_GETFD));
  IS(syscall(436, 5, 100000, 0));
  IS(fcntl(10, F_GETFD));
  IS(lseek(fd, 100, SEEK_SET));
  int shared_position = dup(fd), own = open("file", O_RDONLY);
  IS(lseek(shared_position, 0, SEEK_CUR));
  IS(lseek(own, 0, SEEK_CUR));
}

static void status_flags(void) {
  int fd = open("file", O_RDWR | O_CREAT | O_APPEND, 0600);
  HEX(fcntl(fd, F_GETFL));
  IS(fcntl(fd, F_SETFL, O_NONBLOCK));
  HEX(fcntl(fd, F_GETFL));
  IS(fcntl(fd, F_SETFL, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_EXCL | O_CLOEXEC));
  HEX(fcntl(fd, F_GETFL));
  IS(fcntl(fd, F_SETFL, O_NOATIME));
  HEX(fcntl(fd, F_GETFL));
  IS(fcntl(fd, F_SETFL, 0));
  HEX(fcntl(fd, F_GETFL));
  IS(fcntl(fd, F_GETFD));
  IS(fcntl(fd, F_SETFD, 1));
  IS(fcntl(fd, F_GETFD));
  IS(fcntl(fd, F_SETFD, 0xfffe));
  IS(fcntl(fd, F_GETFD));
  IS(fcntl(fd, 9999));
  IS(fcntl(99, F_GETFL));
  IS(fcntl(fd, F_GETOWN));
  IS(fcntl(fd, F_SETOWN, getpid()));
  IS(fcntl(fd, F_GETOWN) == getpid());
  IS(fcntl(fd, F_SETOWN, 4194303));
  IS(fcntl(fd, F_SETOWN, 0));
  IS(fcntl(fd, F_GETOWN));
  IS(fcntl(fd, F_GETSIG));
  IS(fcntl(fd, F_SETSIG, 65));
  IS(fcntl(fd, F_SETSIG, 40));
  IS(fcntl(fd, F_GETSIG));
  IS(fcntl(fd, F_GETPIPE_SZ));
  int path = open("file", O_PATH);
  HEX(fcntl(path, F_GETFL));
  IS(fcntl(path, F_SETFL, 0));
  IS(read(path, buffer, 1));
  IS(write(path, buffer, 1));
  IS(lseek(path, 0, SEEK_SET));
  IS(ftruncate(path, 0));
  IS(fchmod(path, 0600));
  IS(fchown(path, -1, -1));
  IS(fsync(path));
  IS(ioctl(path, FIONREAD, buffer));
  IS(fcntl(path, F_SETOWN, getpid()));
  IS(flock(path, LOCK_SH));
  struct stat st;
  IS(fstat(path, &st));
  IS(dup(path) >= 0);
  IS(mmap(0, 4096, PROT_READ, MAP_PRIVATE, path, 0));
  int p[2];
  pipe(p);
  IS(lseek(p[0], 0, SEEK_CUR));
  IS(pread(p[0], buffer, 1, 0));
  IS(pwrite(p[1], buffer, 1, 0));
  IS(write(p[0], buffer, 1));
  IS(read(p[1], buffer, 1));
  IS(ftruncate(p[1], 0));
  IS(fsync(p[1]));
  IS(fdatasync(p[0]));
  IS(fallocate(p[1], 0, 0, 10));
  IS(posix_fadvise(p[1], 0, 0, 0));
  IS(mmap(0, 4096, PROT_READ, MAP_PRIVATE, p[0], 0));
  HEX(fcntl(p[0], F_GETFL));
  HEX(fcntl(p[1], F_GETFL));
  int read_only = open("file", O_RDONLY), write_only = open("file", O_WRONLY), odd = open("file", 3);
  IS(write(read_only, "x", 1));
  IS(read(write_only, buffer, 1));
  IS(ftruncate(read_only, 0));
  NAMED("open with access mode 3", odd >= 0);
  IS(read(odd, buffer, 1));
  IS(write(odd, buffer, 1));
  IS(lseek(fd, -1, SEEK_SET));
  IS(lseek(fd, 0, 9));
  IS(lseek(fd, 10, SEEK_END));
  ftruncate(fd, 100);
  IS(read(fd, buffer, -1));
  IS(write(fd, buffer, 0));
  IS(pread(fd, buffer, 10, -1));
  IS(pwrite(fd, buffer, 10, -1));
  IS(readv(fd, (void *)buffer, -1));
  IS(readv(fd, (void *)buffer, 1025));
  struct iovec negative[2] = {{buffer, 10}, {buffer, -1}}, empty[2] = {{0, 0}, {0, 0}};
  IS(readv(fd, negative, 2));
  IS(writev(fd, negative, 2));
  IS(writev(fd, empty, 2));
  IS(preadv(fd, empty, 2, -1));
}

static void open_flags(void) {
  mkdir("directory", 0700);
  symlink("file", "link");
  symlink("nowhere", "dangling");
  symlink("loop", "loop");
  symlink("directory", "to-directory");
  close(open("file", O_RDWR | O_CREAT, 0600));
#define OPEN(path, flags) do { errno = 0; int fd_ = open(path, flags, 0600); line("open(" path ", " #flags ")", "%s", fd_ < 0 ? error_of(errno) : "ok"); if (fd_ >= 0) close(fd_); } while (0)
  OPEN("nowhere", O_RDONLY);
  OPEN("nowhere", O_RDONLY | O_EXCL);
  OPEN("file", O_CREAT | O_EXCL);
  OPEN("dangling", O_RDONLY);
  OPEN("dangling", O_CREAT | O_EXCL);
  OPEN("dangling", O_RDONLY | O_NOFOLLOW);
  OPEN("link", O_RDONLY | O_NOFOLLOW);
  OPEN("link", O_PATH | O_NOFOLLOW);
  OPEN("loop", O_RDONLY);
  OPEN("loop", O_RDONLY | O_CREAT);
  OPEN("directory", O_RDONLY);
  OPEN("directory", O_WRONLY);
  OPEN("directory", O_RDWR);
  OPEN("directory", O_RDONLY | O_CREAT);
  OPEN("directory", O_RDONLY | O_TRUNC);
  OPEN("directory", O_RDONLY | O_CREAT | O_EXCL);
  OPEN("directory/", O_RDONLY | O_CREAT);
  OPEN("new/", O_RDONLY | O_CREAT);
  OPEN("file/", O_RDONLY);
  OPEN("file/x", O_RDONLY);
  OPEN("file/.", O_RDONLY);
  OPEN("file/..", O_RDONLY);
  OPEN("file", O_RDONLY | O_DIRECTORY);
  OPEN("directory", O_RDONLY | O_DIRECTORY);
  OPEN("new", O_RDONLY | O_DIRECTORY | O_CREAT);
  OPEN("to-directory", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  OPEN("to-directory/", O_RDONLY | O_NOFOLLOW);
  OPEN("to-directory/..", O_RDONLY | O_NOFOLLOW);
  OPEN("", O_RDONLY);
  OPEN("", O_CREAT);
  OPEN(".", O_RDONLY | O_CREAT);
  OPEN("..", O_WRONLY);
  OPEN("/", O_RDWR);
  OPEN("//", O_RDONLY);
  OPEN("/..", O_RDONLY);
  OPEN("file", O_RDONLY | O_TRUNC);
  OPEN("file", O_PATH | O_CREAT | O_EXCL | O_TRUNC);
  OPEN("file", O_RDONLY | O_ASYNC);
  OPEN("file", O_RDWR | O_SYNC);
  OPEN("file", O_RDWR | 0x80000000);
  OPEN("/dev/null", O_RDONLY | O_DIRECTORY);
  OPEN("/dev/null", O_RDWR | O_CREAT | O_TRUNC);
  OPEN("/dev/null/x", O_RDONLY);
  OPEN("self", O_WRONLY);
  OPEN("self", O_RDWR | O_TRUNC);
  memset(buffer, 'n', 256);
  buffer[255] = 0;
  NAMED_OK("name of 255", open(buffer, O_RDWR | O_CREAT, 0600));
  NAMED_OK("unlink it", unlink(buffer));
  buffer[255] = 'n';
  buffer[256] = 0;
  NAMED_OK("name of 256", open(buffer, O_RDWR | O_CREAT, 0600));
  for (int i = 0; i < 4096; i += 2) buffer[i] = '.', buffer[i + 1] = '/';
  buffer[4095] = 0;
  NAMED_OK("path of 4095", open(buffer, O_RDONLY));
  buffer[4095] = '/';
  buffer[4096] = 0;
  NAMED_OK("path of 4096", open(buffer, O_RDONLY));
  for (int n = 0; n < 42; n++) { char a[16], b[16]; sprintf(a, "s%d", n); sprintf(b, "s%d", n + 1); symlink(b, a); }
  close(open("s42", O_RDWR | O_CREAT, 0600));
  NAMED_OK("forty links", open("s2", O_RDONLY));
  NAMED_OK("forty-one links", open("s1", O_RDONLY));
  mkfifo("fifo", 0600);
  OPEN("fifo", O_WRONLY | O_NONBLOCK);
  OPEN("fifo", O_RDONLY | O_NONBLOCK);
  OPEN("fifo", O_RDWR | O_NONBLOCK);
  OPEN("fifo", O_RDWR);
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un a = {AF_UNIX, "socket"};
  bind(s, (void *)&a, sizeof a);
  OPEN("socket", O_RDWR);
  OPEN("socket", O_PATH);
  struct { unsigned long long flags, mode, resolve; } how = {O_RDONLY};
  NAMED_OK("openat2", syscall(437, AT_FDCWD, "file", &how, 24));
  NAMED_OK("openat2 of 23 bytes", syscall(437, AT_FDCWD, "file", &how, 23));
  how.mode = 0600;
  NAMED_OK("openat2, mode without O_CREAT", syscall(437, AT_FDCWD, "file", &how, 24));
  how.mode = 0;
  how.flags = O_RDONLY | 0x80000000;
  NAMED_OK("openat2, unknown flag", syscall(437, AT_FDCWD, "file", &how, 24));
  how.flags = O_RDONLY;
  how.resolve = 0x04;
  NAMED_OK("openat2, no symlinks", syscall(437, AT_FDCWD, "link", &how, 24));
  how.resolve = 0x08;
  NAMED_OK("openat2, beneath", syscall(437, AT_FDCWD, "/", &how, 24));
  NAMED_OK("openat2, beneath, up", syscall(437, AT_FDCWD, "directory/../..", &how, 24));
  NAMED_OK("openat2, beneath, up and down", syscall(437, AT_FDCWD, "directory/../file", &how, 24));
  how.resolve = 0x10;
  NAMED_OK("openat2, in root", syscall(437, AT_FDCWD, "/file", &how, 24));
  how.resolve = 0x1000;
  NAMED_OK("openat2, unknown resolve", syscall(437, AT_FDCWD, "file", &how, 24));
}

static void pipes(void) {
  int p[2];
  IS(pipe2(p, O_NONBLOCK | O_CLOEXEC));
  IS(fcntl(p[0], F_GETFD));
  IS(pipe2(p, 1));
  IS(pipe2(p, O_APPEND));
  IS(fcntl(p[1], F_GETPIPE_SZ));
  IS(write(p[1], buffer, sizeof buffer));
  IS(write(p[1], buffer, 1));
  struct pollfd q = {p[1], POLLOUT};
  poll(&q, 1, 0);
  line("poll of a full one", "%x", q.revents);
  IS(read(p[0], buffer, 1));
  IS(write(p[1], buffer, 1));
  IS(read(p[0], buffer, 4094));
  IS(write(p[1], buffer, 1));
  IS(read(p[0], buffer, 1));
  q.revents = 0;
  poll(&q, 1, 0);
  line("poll with a page free", "%x", q.revents);
  IS(write(p[1], buffer, 4097));
  IS(write(p[1], buffer, 4096));
  int left;
  IS(ioctl(p[0], FIONREAD, &left));
  NUMBER(left);
  IS(fcntl(p[1], F_SETPIPE_SZ, 4096));
  IS(fcntl(p[1], F_SETPIPE_SZ, 100000));
  IS(fcntl(p[1], F_GETPIPE_SZ));
  IS(fcntl(p[1], F_SETPIPE_SZ, 0));
  IS(fcntl(p[1], F_SETPIPE_SZ, -1));
  IS(read(p[0], buffer, sizeof buffer));
  IS(fcntl(p[1], F_SETPIPE_SZ, 1));
  IS(write(p[1], buffer, 4096));
  IS(write(p[1], buffer, 4096));
  IS(read(p[0], buffer, 10));
  IS(write(p[1], buffer, 10));
  IS(write(p[1], buffer, 11));
  IS(read(p[0], buffer, 0));
  close(p[1]);
  IS(read(p[0], buffer, sizeof buffer));
  IS(read(p[0], buffer, 1));
  q.fd = p[0];
  q.events = POLLIN;
  poll(&q, 1, 0);
  line("poll without a writer", "%x", q.revents);
  pipe2(p, O_NONBLOCK);
  IS(read(p[0], buffer, 1));
  IS(read(p[0], buffer, 0));
  close(p[0]);
  on(SIGPIPE, SIG_IGN, 0);
  IS(write(p[1], buffer, 1));
  IS(write(p[1], buffer, 0));
  q = (struct pollfd){p[1], POLLOUT | POLLIN};
  poll(&q, 1, 0);
  line("poll without a reader", "%x", q.revents);
  /* packets */
  IS(pipe2(p, O_DIRECT | O_NONBLOCK));
  IS(write(p[1], "abcde", 5));
  IS(write(p[1], "fgh", 3));
  IS(read(p[0], buffer, 3));
  IS(read(p[0], buffer, 100));
  IS(read(p[0], buffer, 100));
  /* writes of at most PIPE_BUF bytes do not mix */
  pipe(p);
  fcntl(p[1], F_SETPIPE_SZ, 8192);
  int writers[4], mixed = 0, total = 0;
  for (int n = 0; n < 4; n++) {
    writers[n] = fork();
    if (writers[n] == 0) {
      close(p[0]);
      char mine[3000];
      memset(mine, 'a' + n, sizeof mine);
      for (int i = 0; i < 20; i++) write(p[1], mine, sizeof mine);
      _exit(0);
    }
  }
  close(p[1]);
  char *got = mmap(0, 1 << 18, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int r; (r = read(p[0], got + total, 777)) > 0; total += r) ;
  for (int at = 0; at + 3000 <= total; at += 3000) for (int i = 1; i < 3000; i++) mixed += got[at + i] != got[at];
  NUMBER(total);
  NUMBER(mixed);
  for (int n = 0; n < 4; n++) REAP(writers[n]);
  /* splice and tee */
  int a[2], b[2];
  pipe2(a, O_NONBLOCK);
  pipe2(b, O_NONBLOCK);
  int file = open("spliced", O_RDWR | O_CREAT | O_TRUNC, 0600);
  IS(write(a[1], "0123456789", 10));
  IS(tee(a[0], b[1], 4, 0));
  IS(splice(a[0], 0, b[1], 0, 3, 0));
  IS(read(b[0], buffer, 100));
  line("teed and spliced", "%.7s", buffer);
  IS(splice(a[0], 0, file, 0, 100, 0));
  IS(splice(a[0], 0, file, 0, 100, SPLICE_F_NONBLOCK));
  IS(splice(file, 0, file, 0, 1, 0));
  IS(splice(a[0], 0, a[1], 0, 1, 0));
  IS(tee(a[0], a[1], 1, 0));
  IS(tee(file, a[1], 1, 0));
  loff_t at = 2;
  IS(splice(file, &at, a[1], 0, 3, 0));
  NUMBER(at);
  IS(splice(a[0], &at, file, 0, 1, 0));
  IS(splice(a[0], 0, file, 0, 1, 0x80));
  IS(splice(99, 0, a[1], 0, 1, 0));
  IS(vmsplice(file, 0, 0, 0));
}

static void lock_line(const char *name, int fd, int command, int kind, int whence, int start, int length) {
  struct flock l = {kind, whence, start, length};
  NAMED(name, fcntl(fd, command, &l));
}
static void who_line(const char *name, int fd, int command, int kind, int start, int length) {
  struct flock l = {kind, SEEK_SET, start, length, command == F_OFD_GETLK ? 0 : 77};
  int r = fcntl(fd, command, &l);
  if (r < 0) line(name, "%s", error_of(errno));
  else line(name, "%s %d from %d to %d pid %s", l.l_type == F_UNLCK ? "free" : l.l_type == F_WRLCK ? "writer" : "reader", l.l_whence, (int)l.l_start, (int)l.l_len,
            l.l_pid == getppid() ? "parent" : l.l_pid == getpid() ? "own" : l.l_pid == 77 ? "untouched" : l.l_pid == -1 ? "-1" : l.l_pid == 0 ? "0" : "other");
}
static int other(void (*body)(int), int fd) { int pid = fork(); if (pid == 0) { body(fd); _exit(0); } REAP(pid); return 0; }
static void look_1(int fd) {
  who_line("child sees", fd, F_GETLK, F_WRLCK, 0, 0);
  who_line("child sees, from 15", fd, F_GETLK, F_WRLCK, 15, 1);
  who_line("child sees, from 20", fd, F_GETLK, F_WRLCK, 20, 0);
  who_line("child would read", fd, F_GETLK, F_RDLCK, 0, 5);
  lock_line("child locks", fd, F_SETLK, F_WRLCK, SEEK_SET, 12, 1);
  lock_line("child locks behind", fd, F_SETLK, F_WRLCK, SEEK_SET, 30, 1);
  lock_line("child unlocks", fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0);
  lock_line("child locks still not", fd, F_SETLK, F_WRLCK, SEEK_SET, 12, 1);
}
static void look_2(int fd) {
  who_line("after the split", fd, F_GETLK, F_WRLCK, 0, 0);
  who_line("in the hole", fd, F_GETLK, F_WRLCK, 13, 2);
  who_line("behind the hole", fd, F_GETLK, F_WRLCK, 13, 0);
}
static void look_3(int fd) { who_line("after another descriptor was closed", fd, F_GETLK, F_WRLCK, 0, 0); }
static void look_4(int fd) { who_line("a reader's", fd, F_GETLK, F_WRLCK, 0, 0); lock_line("child reads too", fd, F_SETLK, F_RDLCK, SEEK_SET, 0, 10); lock_line("child may not write", fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 10); }
static void look_5(int fd) { int own = open("locked", O_RDWR); NAMED("child shares the description", flock(fd, LOCK_EX | LOCK_NB)); NAMED("child's own", flock(own, LOCK_EX | LOCK_NB)); NAMED("child's own, shared", flock(own, LOCK_SH | LOCK_NB)); }
static void look_6(int fd) { who_line("an open file description's", fd, F_GETLK, F_WRLCK, 0, 0); who_line("seen by another description", open("locked", O_RDWR), F_OFD_GETLK, F_WRLCK, 0, 0); who_line("seen by its own", fd, F_OFD_GETLK, F_WRLCK, 0, 0); }

static void locks(void) {
  int fd = open("locked", O_RDWR | O_CREAT | O_TRUNC, 0600);
  ftruncate(fd, 100);
  lock_line("write lock", fd, F_SETLK, F_WRLCK, SEEK_SET, 10, 10);
  who_line("own is no obstacle", fd, F_GETLK, F_WRLCK, 0, 0);
  other(look_1, fd);
  lock_line("unlock the middle", fd, F_SETLK, F_UNLCK, SEEK_SET, 13, 2);
  other(look_2, fd);
  close(open("locked", O_RDONLY));
  other(look_3, fd);
  lock_line("read lock", fd, F_SETLK, F_RDLCK, SEEK_SET, 0, 0);
  other(look_4, fd);
  lock_line("from the end", fd, F_SETLK, F_WRLCK, SEEK_END, -10, 5);
  lseek(fd, 50, SEEK_SET);
  lock_line("from the position", fd, F_SETLK, F_WRLCK, SEEK_CUR, -10, 5);
  lock_line("negative length", fd, F_SETLK, F_WRLCK, SEEK_SET, 10, -5);
  lock_line("negative length past 0", fd, F_SETLK, F_WRLCK, SEEK_SET, 3, -5);
  lock_line("negative start", fd, F_SETLK, F_WRLCK, SEEK_SET, -1, 5);
  lock_line("bad whence", fd, F_SETLK, F_WRLCK, 7, 0, 5);
  lock_line("bad kind", fd, F_SETLK, 9, SEEK_SET, 0, 5);
  lock_line("bad kind asked", fd, F_GETLK, 9, SEEK_SET, 0, 5);
  lock_line("unlock asked", fd, F_GETLK, F_UNLCK, SEEK_SET, 0, 5);
  lock_line("no descriptor", 99, F_SETLK, F_WRLCK, SEEK_SET, 0, 5);
  int read_only = open("locked", O_RDONLY), write_only = open("locked", O_WRONLY);
  lock_line("write lock of a reader", read_only, F_SETLK, F_WRLCK, SEEK_SET, 0, 5);
  lock_line("read lock of a writer", write_only, F_SETLK, F_RDLCK, SEEK_SET, 0, 5);
  lock_line("write lock of a reader, asked", read_only, F_GETLK, F_WRLCK, SEEK_SET, 0, 5);
  int p[2];
  pipe(p);
  lock_line("lock of a pipe", p[0], F_SETLK, F_RDLCK, SEEK_SET, 0, 5);
  IS(flock(p[0], LOCK_EX | LOCK_NB));
  IS(flock(99, LOCK_EX));
  IS(flock(fd, 0));
  IS(flock(fd, LOCK_EX | LOCK_SH));
  IS(flock(fd, 16));
  IS(flock(fd, LOCK_EX | LOCK_NB));
  int second = open("locked", O_RDWR);
  IS(flock(second, LOCK_EX | LOCK_NB));
  IS(flock(second, LOCK_SH | LOCK_NB));
  IS(flock(fd, LOCK_SH | LOCK_NB));
  IS(flock(second, LOCK_SH | LOCK_NB));
  IS(flock(fd, LOCK_EX | LOCK_NB));
  IS(flock(second, LOCK_SH | LOCK_NB));
  IS(flock(second, LOCK_UN));
  IS(flock(fd, LOCK_EX | LOCK_NB));
  other(look_5, fd);
  IS(flock(second, LOCK_SH | LOCK_NB));
  close(fd);
  IS(flock(second, LOCK_EX | LOCK_NB));
  struct flock l = {F_WRLCK, SEEK_SET, 0, 10};
  l.l_pid = 0;
  NAMED("open file description lock", fcntl(second, F_OFD_SETLK, &l));
  int third = open("locked", O_RDWR);
  NAMED("another of the same process", fcntl(third, F_OFD_SETLK, &l));
  other(look_6, second);
  l.l_pid = 5;
  NAMED("with a pid", fcntl(third, F_OFD_SETLK, &l));
  /* deadlock */
  word[0] = word[1] = 0;
  fd = open("deadlock", O_RDWR | O_CREAT, 0600);
  lock_line("first takes 0", fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 1);
  int child = fork();
  if (child == 0) {
    struct flock m = {F_WRLCK, SEEK_SET, 1, 1};
    fcntl(fd, F_SETLK, &m);
    m.l_start = 0;
    word[0] = 1;
    int r = fcntl(fd, F_SETLKW, &m);
    word[1] = r < 0 ? errno : 1000;
    _exit(0);
  }
  await_number(word, 1);
  await_state(child, "S");
  lock_line("first waits for 1", fd, F_SETLKW, F_WRLCK, SEEK_SET, 1, 1);
  lock_line("first gives 0 up", fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 1);
  REAP(child);
  NAMED("second got 0", word[1]);
  /* a waiter's end, a holder's end */
  lock_line("held", fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 1);
  word[0] = 0;
  child = fork();
  if (child == 0) { struct flock m = {F_WRLCK, SEEK_SET, 0, 1}; word[0] = 1; fcntl(fd, F_SETLKW, &m); _exit(5); }
  await_number(word, 1);
  await_state(child, "S");
  kill(child, SIGKILL);
  REAP(child);
  lock_line("after the waiter's end", fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 1);
  word[0] = 0;
  child = fork();
  if (child == 0) { struct flock m = {F_WRLCK, SEEK_SET, 0, 1}; fcntl(fd, F_SETLK, &m); word[0] = 1; pause(); }
  await_number(word, 1);
  lock_line("while held", fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 1);
  kill(child, SIGKILL);
  lock_line("waits for the holder's end", fd, F_SETLKW, F_WRLCK, SEEK_SET, 0, 1);
  REAP(child);
}

static void over_exec(void) {
  int kept = open("file", O_RDWR | O_CREAT, 0600), lost = open("file", O_RDWR | O_CLOEXEC), p[2];
  pipe(p);
  char *args[] = {"./self", "descriptors", 0};
  struct flock l = {F_WRLCK, SEEK_SET, 0, 1};
  fcntl(kept, F_SETLK, &l);
  fcntl(kept, F_SETFL, O_APPEND);
  IN_CHILD("in a child whose locks are not inherited", l.l_type = F_WRLCK; _exit(fcntl(kept, F_SETLK, &l) < 0));
  int child = fork();
  if (child == 0) { execv("./self", args); _exit(99); }
  int status;
  waitpid(child, &status, 0);
  line("what the program found", "%s", status_text(status));
  (void)lost;
}

int main(int argc, char **argv) {
  if (argc > 1) return (fcntl(3, F_GETFD) == 0) | (fcntl(4, F_GETFD) < 0) << 1 | ((fcntl(3, F_GETFL) & O_APPEND) != 0) << 2 | (fcntl(5, F_GETFD) == 0) << 3;
  begin();
  word = shared(4096);
  SECTION(duplicates);
  SECTION(status_flags);
  SECTION(open_flags);
  SECTION(pipes);
  SECTION(locks);
  SECTION(over_exec);
  return 0;
}
