#include "check.h"
enum { setuid32 = 213, setgid32 = 214, setreuid32 = 203, setregid32 = 204, setresuid32 = 208, getresuid32 = 209, setresgid32 = 210, getresgid32 = 211, setfsuid32 = 215, getgroups32 = 205, setgroups32 = 206, getuid16 = 24, setuid16 = 23, setreuid16 = 70, getresuid16 = 165, setresuid16 = 164, capget = 184, prctl = 172 };
static void show(const char *what) { u32 r, e, s, rg, eg, sg; syscall(getresuid32, &r, &e, &s); syscall(getresgid32, &rg, &eg, &sg); say("%s: uid %d %d %d gid %d %d %d fs %d\n", what, r, e, s, rg, eg, sg, (int)syscall(setfsuid32, -1)); }
int main(void) {
  syscall(setgroups32, 0, 0);
  show("start");
  SHOW(syscall(getresuid32, 4, 4, 4));
  SHOW(syscall(getgroups32, 0, 0)); u32 groups[3] = {30, 10, 20}; SHOW(syscall(setgroups32, 3, groups)); SHOW(syscall(getgroups32, 2, groups)); SHOW(syscall(getgroups32, -1, groups)); SHOW(syscall(getgroups32, 3, groups)); say("%d %d %d\n", groups[0], groups[1], groups[2]);
  SHOW(syscall(setgroups32, 70000, groups)); SHOW(syscall(setgroups32, 3, 4));
  CHILD("setuid", { SHOW(syscall(setuid32, 1000)); show("after"); SHOW(syscall(setuid32, 0)); SHOW(syscall(setuid32, -1)); SHOW(kill(1, 0)); SHOW(kill(getppid(), 0)); SHOW(syscall(setgroups32, 0, 0)); SHOW(syscall(setgid32, 5)); });
  CHILD("setreuid", { SHOW(syscall(setreuid32, 1000, 2000)); show("after"); SHOW(syscall(setreuid32, 2000, 1000)); show("swapped"); SHOW(syscall(setreuid32, 0, -1)); SHOW(syscall(setreuid32, -1, 2000)); show("again"); });
  CHILD("setreuid back", { SHOW(syscall(setreuid32, -1, 1000)); show("effective"); SHOW(syscall(setuid32, 0)); show("root again"); });
  CHILD("setresuid", { SHOW(syscall(setresuid32, 1, 2, 3)); show("after"); SHOW(syscall(setresuid32, 3, 1, 2)); show("rotated"); SHOW(syscall(setresuid32, 4, -1, -1)); SHOW(syscall(setresuid32, -1, -1, -1)); SHOW(syscall(setuid32, 2)); show("setuid saved"); });
  CHILD("setresgid", { SHOW(syscall(setresgid32, 7, 8, 9)); show("after"); SHOW(syscall(setregid32, 8, 7)); show("setregid"); SHOW(syscall(setgid32, 70000)); show("big"); SHOW(syscall(47)); SHOW(syscall(50)); });
  CHILD("fsuid", { SHOW(syscall(setfsuid32, 1000)); show("fs"); SHOW(syscall(setresuid32, -1, 50, -1)); show("follows"); });
  CHILD("16 bit", { SHOW(syscall(setuid32, 70000)); SHOW(syscall(getuid16)); u16 ids[3]; SHOW(syscall(getresuid16, ids, ids + 1, ids + 2)); say("%d %d %d\n", ids[0], ids[1], ids[2]); SHOW(syscall(setuid16, 65535)); SHOW(syscall(setresuid16, 65535, 65535, 65535)); SHOW(syscall(setreuid16, 0x1ffff, 65535)); });
  SHOW(umask(022) >= 0); SHOW(umask(07777)); SHOW(umask(0));
  u32 head[2] = {0, 0}, data[6]; SHOW(syscall(capget, head, data)); say("%x\n", head[0]); SHOW(syscall(capget, head, 0)); head[1] = 1 << 29; SHOW(syscall(capget, head, data)); SHOW(syscall(capget, 0, 0));
  char name[17] = {0}; SHOW(syscall(prctl, 15, "0123456789abcdefghij")); SHOW(syscall(prctl, 16, name)); say("%s\n", name); SHOW(syscall(prctl, 15, 4)); SHOW(syscall(prctl, 99999)); SHOW(syscall(prctl, 3)); SHOW(syscall(prctl, 4, 7)); SHOW(syscall(prctl, 1, 100)); SHOW(syscall(prctl, 1, 15)); int sig; SHOW(syscall(prctl, 2, &sig)); SHOW(sig); SHOW(syscall(prctl, 38, 2, 0, 0, 0)); SHOW(syscall(prctl, 38, 1, 0, 0, 0)); SHOW(syscall(prctl, 39, 0, 0, 0, 0));
  /* groups and sessions */
  SHOW(syscall(SYS_getpgid, 1 << 29)); SHOW(syscall(147, 1 << 29)); SHOW(setpgid(0, -1)); SHOW(setpgid(1 << 29, 0)); SHOW(setpgid(-1, 0)); SHOW(setpgid(getppid(), 0));
  CHILD("leader", { SHOW(syscall(SYS_setsid) == getpid()); SHOW(syscall(SYS_setsid)); SHOW(setpgid(0, 0)); SHOW(getpgrp() == getpid()); });
  int pid = fork(); if (pid == 0) { nap(50); exit(0); }
  SHOW(setpgid(pid, 0)); SHOW((int)syscall(SYS_getpgid, pid) == pid); SHOW(setpgid(pid, getpgrp())); SHOW(setpgid(pid, 1 << 29)); wait4(pid, 0, 0, 0); SHOW(setpgid(pid, pid));
  /* limits */
  u32 l[2]; SHOW(syscall(191, 99, l)); SHOW(syscall(191, 7, 4)); l[0] = 10; l[1] = 5; SHOW(syscall(75, 7, l)); l[0] = 64; l[1] = 64; SHOW(syscall(75, 7, l)); SHOW(syscall(191, 7, l)); say("%d %d\n", l[0], l[1]); SHOW(dup2(0, 64)); SHOW(dup2(0, 63)); l[0] = l[1] = 0xffffffff; SHOW(syscall(75, 9, l)); SHOW(syscall(191, 9, l)); say("%x\n", l[0]); SHOW(syscall(76, 9, l)); say("%x\n", l[0]); u32 wide[4]; SHOW(syscall(340, 0, 9, 0, wide)); say("%x %x\n", wide[0], wide[1]); SHOW(syscall(340, 1 << 29, 9, 0, wide)); SHOW(syscall(340, 0, 16, 0, wide));
  SHOW(syscall(96, 0, 0)); SHOW(syscall(97, 0, 0, 5)); SHOW(syscall(96, 0, 0)); SHOW(syscall(34, 3)); SHOW(syscall(96, 0, 0)); SHOW(syscall(96, 5, 0)); SHOW(syscall(96, 0, 1 << 29)); CHILD("nice", { syscall(setuid32, 9); SHOW(syscall(34, -5)); SHOW(syscall(97, 0, 0, 2)); SHOW(syscall(97, 0, 0, 12)); SHOW(syscall(97, 0, 1, 12)); });
  SHOW(syscall(136, -1)); SHOW(syscall(136, 0x400000)); SHOW(syscall(136, -1)); SHOW(syscall(136, 0));
  SHOW(syscall(157, 0)); SHOW(syscall(157, 1 << 29)); SHOW(syscall(159, 1)); SHOW(syscall(160, 1)); SHOW(syscall(159, 0)); SHOW(syscall(159, 55)); SHOW(syscall(158)); u32 cpu = 9; SHOW(syscall(318, &cpu, 0, 0) == 0); SHOW(syscall(318, 4, 0, 0)); SHOW(syscall(242, 0, 3, &cpu)); SHOW(syscall(242, 1 << 29, 128, wide)); SHOW(syscall(386, 0, 0, 0, 0) < 0);
  return 0;
}
