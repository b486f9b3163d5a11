#include "check.h"
enum { setrlimit = 75, clone3 = 435 };
static volatile int hits;
static void hit(int s) { (void)s; hits++; }
static void spin(void) { volatile u32 n = 0; for (;;) n++; }
static void limit(int resource, u32 soft, u32 hard) { u32 l[2] = {soft, hard}; SHOW(syscall(setrlimit, resource, l)); }
int main(void) {
  CHILD("inherited", { limit(0, 1, 10); int status, pid = fork(); if (pid == 0) spin(); wait4(pid, &status, 0, 0); exit(status); });
  CHILD("file size", { limit(1, 10, 10); on(25, hit, 0); int fd = open("big", O_WRONLY | O_CREAT | O_TRUNC, 0600); SHOW(write(fd, "0123456789abcdef", 16)); SHOW(write(fd, "x", 1)); SHOW(hits); });
  CHILD("file size, not caught", { limit(1, 10, 10); int fd = open("big", O_WRONLY | O_CREAT | O_TRUNC, 0600); write(fd, "0123456789", 10); write(fd, "x", 1); });
  CHILD("data", { limit(2, 1 << 20, 1 << 20); u32 heap = syscall(45, 0); SHOW(syscall(45, heap + (4 << 20)) == (int)heap); SHOW(syscall(SYS_mmap2, 0, 4 << 20, 3, 0x22, -1, 0)); });
  u32 args[22] = {0};
  SHOW(syscall(clone3, args, 32)); SHOW(syscall(clone3, args, 8192)); SHOW(syscall(clone3, 4, 64)); args[0] = 17; SHOW(syscall(clone3, args, 64)); args[0] = 0; args[10] = 4096; SHOW(syscall(clone3, args, 64)); args[10] = 0; args[8] = 99; SHOW(syscall(clone3, args, 64));
  args[8] = SIGCHLD; flush(); int status, pid = syscall(clone3, args, 64); if (pid == 0) exit(6); SHOW(wait4(pid, &status, 0, 0) == pid); show_status("clone3", status);
  return 0;
}
