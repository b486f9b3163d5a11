/* Files and descriptors of special kinds: memfd and seals, files without names, leases, SIGIO, dnotify, descriptors that
   stand for processes, the memory of others. */
#include "lines.h"
#include <sys/sendfile.h>

static volatile int *word;
static siginfo_t seen;
static void inform(int s, siginfo_t *i, void *c) { seen = *i; word[60]++; }
static void listen_to(int signal) { struct sigaction a = {0}; a.sa_sigaction = inform; a.sa_flags = SA_SIGINFO; sigaction(signal, &a, 0); }
static char buffer[65536];

static void memory_files(void) {
  IS(syscall(SYS_memfd_create, "x", 0x100));
  IS(syscall(SYS_memfd_create, "x", 8));
  memset(buffer, 'n', 300);
  buffer[249] = 0;
  OK(syscall(SYS_memfd_create, buffer, 0));
  buffer[249] = 'n';
  buffer[250] = 0;
  IS(syscall(SYS_memfd_create, buffer, 0));
  int fd = memfd_create("name", MFD_CLOEXEC), sealed = memfd_create("sealed", MFD_ALLOW_SEALING);
  IS(fcntl(fd, F_GETFD));
  HEX(fcntl(fd, F_GETFL));
  IS(fcntl(fd, F_GET_SEALS));
  IS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
  IS(fcntl(sealed, F_GET_SEALS));
  struct stat st;
  fstat(fd, &st);
  line("stat", "mode %o links %d size %d", st.st_mode, (int)st.st_nlink, (int)st.st_size);
  char path[40], target[100] = "";
  sprintf(path, "/proc/self/fd/%d", fd);
  readlink(path, target, 99);
  line("its link", "%s", target);
  IS(write(sealed, "hello", 5));
  char *shared_map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, sealed, 0);
  IS(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE));
  munmap(shared_map, 4096);
  IS(fcntl(sealed, F_ADD_SEALS, F_SEAL_GROW));
  IS(pwrite(sealed, "x", 1, 4));
  IS(pwrite(sealed, "x", 1, 5));
  IS(ftruncate(sealed, 10));
  IS(ftruncate(sealed, 3));
  IS(fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK));
  IS(ftruncate(sealed, 2));
  IS(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE));
  IS(pwrite(sealed, "x", 1, 0));
  IS((long)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, sealed, 0));
  OK(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, sealed, 0));
  IS(fallocate(sealed, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1));
  HEX(fcntl(sealed, F_GET_SEALS));
  IS(fcntl(sealed, F_ADD_SEALS, F_SEAL_SEAL));
  IS(fcntl(sealed, F_ADD_SEALS, F_SEAL_GROW));
  IS(fcntl(sealed, F_ADD_SEALS, 0x1000));
  sprintf(path, "/proc/self/fd/%d", sealed);
  OK(open(path, O_RDONLY));
  IS(fcntl(open("self", O_RDONLY), F_GET_SEALS));
  int program = memfd_create("program", 0), self = open("self", O_RDONLY), n;
  while ((n = read(self, buffer, sizeof buffer)) > 0) write(program, buffer, n);
  char *args[] = {"x", "run", 0};
  IN_CHILD("a program in a memfd", syscall(SYS_execveat, program, "", args, 0, AT_EMPTY_PATH); _exit(errno));
}

static void nameless(void) {
  IS(open(".", O_TMPFILE | O_RDONLY, 0600));
  IS(open("self", O_TMPFILE | O_RDWR, 0600));
  IS(open("nothing", O_TMPFILE | O_RDWR, 0600));
  int fd = open(".", O_TMPFILE | O_RDWR, 0640);
  if (fd < 0) return;
  struct stat st;
  fstat(fd, &st);
  line("stat", "mode %o links %d", st.st_mode, (int)st.st_nlink);
  IS(write(fd, "text", 4));
  IS(linkat(fd, "", AT_FDCWD, "given", AT_EMPTY_PATH));
  fstat(fd, &st);
  NAMED("links then", st.st_nlink);
  IS(access("given", F_OK));
  int never = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600);
  IS(linkat(never, "", AT_FDCWD, "never", AT_EMPTY_PATH));
  IS(sendfile(open("copy", O_RDWR | O_CREAT, 0600), fd, &(off_t){1}, 2));
  int out = open("copy2", O_RDWR | O_CREAT | O_APPEND, 0600), plain = open("copy3", O_RDWR | O_CREAT, 0600);
  IS(sendfile(out, fd, &(off_t){0}, 2));
  IS(sendfile(plain, out, 0, 2));
  IS(copy_file_range(fd, &(off64_t){0}, plain, 0, 100, 0));
  IS(copy_file_range(fd, &(off64_t){0}, plain, 0, 100, 1));
  IS(copy_file_range(fd, &(off64_t){0}, out, 0, 100, 0));
  IS(copy_file_range(fd, &(off64_t){0}, fd, &(off64_t){2}, 100, 0));
  IS(copy_file_range(fd, &(off64_t){0}, fd, &(off64_t){10}, 2, 0));
  IS(fallocate(plain, 0, 0, 0));
  IS(fallocate(plain, 0, -1, 1));
  IS(fallocate(plain, 0, 0, 1000));
  fstat(plain, &st);
  NAMED("size after fallocate", st.st_size);
  IS(fallocate(plain, FALLOC_FL_KEEP_SIZE, 0, 5000));
  fstat(plain, &st);
  NAMED("size kept", st.st_size);
  IS(fallocate(plain, 0x4000, 0, 10));
  IS(fallocate(plain, FALLOC_FL_PUNCH_HOLE, 0, 10));
  IS(fallocate(open("self", O_RDONLY), 0, 0, 10));
}

static void leases(void) {
  int m = memfd_create("leased", 0);
  char path[40];
  sprintf(path, "/proc/%d/fd/%d", getpid(), m);
  int reader = open(path, O_RDONLY);
  listen_to(SIGIO);
  IS(fcntl(reader, F_GETLEASE));
  IS(fcntl(reader, F_SETLEASE, 77));
  IS(fcntl(reader, F_SETLEASE, F_RDLCK));
  close(m);
  IS(fcntl(reader, F_SETLEASE, F_WRLCK));
  sprintf(path, "/proc/%d/fd/%d", getpid(), reader);
  IS(fcntl(reader, F_SETLEASE, F_RDLCK));
  IS(fcntl(reader, F_GETLEASE));
  OK(open(path, O_RDONLY));
  NAMED("another reader breaks nothing", word[60]);
  IS(open(path, O_RDWR | O_NONBLOCK));
  NAMED("a writer does", word[60]);
  IS(fcntl(reader, F_GETLEASE));
  int child = fork();
  if (child == 0) { word[0] = 1; int fd = open(path, O_RDWR); _exit(fd >= 0 ? 7 : 8); }
  await_number(word, 1);
  await_state(child, "S");
  IS(fcntl(reader, F_SETLEASE, F_UNLCK));
  int status;
  waitpid(child, &status, 0);
  line("the writer waited for it", "%s", status_text(status));
  IS(fcntl(reader, F_GETLEASE));
  int p[2];
  pipe(p);
  IS(fcntl(p[0], F_SETLEASE, F_RDLCK));
}

static void input_signals(void) {
  int s[2];
  listen_to(SIGIO);
  listen_to(40);
  socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  fcntl(s[0], F_SETOWN, getpid());
  word[60] = 0;
  IS(fcntl(s[0], F_SETFL, O_ASYNC));
  HEX(fcntl(s[0], F_GETFL));
  write(s[1], "x", 1);
  await_number(word + 60, 1);
  line("SIGIO", "%d code %d", seen.si_signo, seen.si_code);
  fcntl(s[0], F_SETSIG, 40);
  word[60] = 0;
  write(s[1], "x", 1);
  await_number(word + 60, 1);
  line("F_SETSIG", "%d code %d descriptor %d band %lx", seen.si_signo, seen.si_code, seen.si_fd == s[0], seen.si_band);
  fcntl(s[0], F_SETFL, 0);
  word[60] = 0;
  write(s[1], "x", 1);
  NAMED("without O_ASYNC", word[60]);
  int p[2];
  pipe(p);
  fcntl(p[0], F_SETOWN, getpid());
  fcntl(p[0], F_SETFL, O_ASYNC);
  write(p[1], "x", 1);
  await_number(word + 60, 1);
  NAMED("a pipe", word[60]);
  word[60] = 0;
  struct f_owner_ex { int type, pid; } o = {0, 0}, got;
  o.type = 0;
  o.pid = syscall(SYS_gettid);
  IS(fcntl(p[0], 15, &o));
  IS(fcntl(p[0], 16, &got));
  line("owner", "%d %d", got.type, got.pid == o.pid);
  IS(fcntl(p[0], F_GETOWN) == getpid());
  o.type = 9;
  IS(fcntl(p[0], 15, &o));
  o = (struct f_owner_ex){2, getpgrp()};
  IS(fcntl(p[0], 15, &o));
  IS(fcntl(p[0], F_GETOWN) == -getpgrp());
  IS(fcntl(p[0], F_SETOWN, -getpgrp()));
  fcntl(p[0], 16, &got);
  NAMED("a group's kind", got.type);
}

static int pidfd_open_(int pid, int flags) { return syscall(434, pid, flags); }
static int pidfd_send(int fd, int signal, void *info, int flags) { return syscall(424, fd, signal, info, flags); }
static int pidfd_get(int fd, int target, int flags) { return syscall(438, fd, target, flags); }
static void process_descriptors(void) {
  IS(pidfd_open_(0, 0));
  IS(pidfd_open_(-1, 0));
  IS(pidfd_open_(4194303, 0));
  IS(pidfd_open_(getpid(), 1));
  int child = fork();
  if (child == 0) { word[0] = open("self", O_RDONLY); for (;;) pause(); }
  while (!word[0]) nap(1);
  int fd = pidfd_open_(child, 0), quick = pidfd_open_(child, O_NONBLOCK);
  IS(fcntl(fd, F_GETFD));
  IS(read(fd, buffer, 1));
  struct pollfd p = {fd, POLLIN};
  IS(poll(&p, 1, 0));
  IS(pidfd_send(fd, 0, 0, 0));
  IS(pidfd_send(fd, 65, 0, 0));
  IS(pidfd_send(fd, 0, 0, 0x100));
  IS(pidfd_send(1, 0, 0, 0));
  OK(pidfd_get(fd, word[0], 0));
  IS(pidfd_get(fd, 99, 0));
  IS(pidfd_get(fd, word[0], 1));
  siginfo_t i = {0};
  IS(waitid(P_PIDFD, quick, &i, WEXITED));
  IS(waitid(P_PIDFD, fd, &i, WEXITED | WNOHANG));
  struct iovec here = {buffer, 16}, there = {(void *)word, 16};
  char mine[] = "mine";
  IS(process_vm_readv(child, &here, 1, &there, 1, 0));
  there.iov_base = (void *)8;
  IS(process_vm_readv(child, &here, 1, &there, 1, 0));
  IS(process_vm_readv(4194303, &here, 1, &there, 1, 0));
  IS(process_vm_readv(child, &here, 1, &there, 1, 1));
  IS(syscall(SYS_kcmp, getpid(), child, 0, 1, 1));
  IS(syscall(SYS_kcmp, getpid(), child, 99, 1, 1));
  IS(syscall(SYS_kcmp, getpid(), 4194303, 0, 1, 1));
  IS(pidfd_send(fd, SIGTERM, 0, 0));
  IS(poll(&p, 1, 5000));
  line("ready", "%x", p.revents);
  IS(waitid(P_PIDFD, fd, &i, WEXITED));
  line("how it ended", "%d %d", i.si_code, i.si_status);
  IS(pidfd_send(fd, 0, 0, 0));
  IS(waitid(P_PIDFD, fd, &i, WEXITED));
  IS(poll(&p, 1, 0));
  NAMED("poll when it is reaped", p.revents & POLLIN);
  (void)mine;
}

int main(int argc, char **argv) {
  if (argc > 1) return 44;
  begin();
  word = shared(4096);
  SECTION(memory_files);
  SECTION(nameless);
  SECTION(leases);
  SECTION(input_signals);
  SECTION(process_descriptors);
  return 0;
}
