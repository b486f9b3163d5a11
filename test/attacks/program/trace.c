/* Attacks through the calls that look into other programs, and on what the kernel below might be asked by mistake. */
#include "attack.h"

enum { TRACEME, PEEKTEXT, PEEKDATA, PEEKUSER, POKETEXT, POKEDATA, POKEUSER, CONT, PTKILL, GETREGS = 12, SETREGS = 13, ATTACH = 16, DETACH = 17, SEIZE = 0x4206 };
extern int victim;

/* The secret of the victim: how this program would look at it. */
void attack_others(void) {
  static char buffer[256];
  struct buffer path = {0};
  u32 word;
  u32 own[2] = {(u32)buffer, 64}, its[2] = {0x0804c000, 64};
  const int pids[] = {1, 2, victim, getppid()};
  for (u32 n = 0; n < COUNT(pids); n++) {
    int pid = pids[n];
    static const char *const files[] = {"mem", "maps", "environ", "auxv", "stack", "syscall", "fd/1", "pagemap", "exe", "cwd", "root"};
    tell("%s: attach %d seize %d peek %d vm %d", n == 0 ? "init" : n == 1 ? "first" : n == 2 ? "victim" : "parent", (int)syscall(SYS_ptrace, ATTACH, pid, 0, 0), (int)syscall(SYS_ptrace, SEIZE, pid, 0, 0),
      (int)syscall(SYS_ptrace, PEEKDATA, pid, 0x08048000, &word), (int)syscall(SYS_process_vm_readv, pid, own, 1, its, 1, 0));
    tell(" write %d kill %d files", (int)syscall(SYS_process_vm_writev, pid, own, 1, its, 1, 0), kill(pid, SIGKILL));
    for (u32 k = 0; k < COUNT(files); k++) {
      path.length = 0;
      buffer_say(&path, "/proc/%d/%s", pid, files[k]);
      int fd = open(buffer_text(&path), 0, 0);
      tell(" %d", fd < 0 ? fd : read(fd, buffer, 64));
      if (fd >= 0) close(fd);
    }
    int fd = syscall(SYS_pidfd_open, pid, 0);
    tell(" descriptor %d\n", fd < 0 ? fd : (int)syscall(SYS_pidfd_getfd, fd, 0, 0));
  }
  static const char *const names[] = {"/proc/kcore", "/proc/kmem", "/dev/mem", "/dev/kmem", "/dev/port", "/proc/kallsyms", "/dev/root", "/dev/sda", "/etc/secret"};
  for (u32 n = 0; n < COUNT(names); n++) {
    int fd = open(names[n], 0, 0);
    tell("%s %d\n", names[n], fd < 0 ? fd : read(fd, buffer, 64));
  }
}

/* Processes that nobody can see in /proc: those of the kernel below would be such. */
void attack_pids(void) {
  struct buffer path = {0};
  struct stat st;
  int hidden = 0, seen = 0;
  for (int pid = 1; pid < 1000; pid++) {
    int r = kill(pid, 0);
    path.length = 0;
    buffer_say(&path, "/proc/%d", pid);
    bool there = stat(buffer_text(&path), &st) == 0;
    if (r != -ESRCH && !there) hidden++;
    if (there) seen++;
    if (!there && syscall(SYS_ptrace, ATTACH, pid, 0, 0) != -ESRCH) hidden++;
  }
  tell("%d hidden, %s\n", hidden, seen > 2 ? "some seen" : "none seen");
}

/* Descriptors that were never opened here: the stub's process has those of the guest kernel. */
void attack_descriptors(void) {
  int valid = 0, maps = 0, reads = 0;
  char byte;
  for (int fd = 3; fd < 1100; fd++) {
    valid += fcntl(fd, F_GETFD, 0) >= 0;
    maps += !failed(mapped(0, PAGE, PROT_READ, MAP_SHARED, fd, 0));
    reads += read(fd, &byte, 1) >= 0;
  }
  tell("%d open, %d mapped, %d read\n", valid, maps, reads);
  struct buffer path = {0};
  int links = 0;
  for (int fd = 3; fd < 64; fd++) {
    path.length = 0;
    buffer_say(&path, "/proc/self/fd/%d", fd);
    links += open(buffer_text(&path), O_RDWR, 0) >= 0;
  }
  tell("%d by name\n", links);
}

/* A program that its parent traces: registers that no program may have, given by the tracer. */
static int stop_of(int pid) { int status = 0; wait4(pid, &status, 0, 0); return status; }
void attack_tracer(void) {
  static const struct { const char *name; u32 offset, value; } pokes[] = {
    {"cs 60", 52, 0x60}, {"cs 0", 52, 0}, {"cs 61", 52, 0x61}, {"ss 68", 64, 0x68}, {"ds 68", 28, 0x68}, {"fs 61", 36, 0x61}, {"gs ldt 4", 40, 4}, {"eip c0000000", 48, 0xc0000000u}, {"eip stub", 48, 0xbfffe000u}, {"eip stub 7", 48, 0xbfffe00bu},
    {"esp stub", 60, 0xbffff800u}, {"flags", 56, 0xffffffffu & ~TF}, {"orig_eax", 44, 0x7fffffff},
  };
  for (u32 n = 0; n < COUNT(pokes); n++) {
    int pid = fork();
    if (pid == 0) {
      syscall(SYS_ptrace, TRACEME, 0, 0, 0);
      kill(getpid(), SIGSTOP);
      exit(7);
    }
    stop_of(pid);
    int r = syscall(SYS_ptrace, POKEUSER, pid, pokes[n].offset, pokes[n].value);
    int one = syscall(SYS_ptrace, CONT, pid, 0, 0), status = stop_of(pid);
    if ((status & 0xff) == 0x7f) { syscall(SYS_ptrace, PTKILL, pid, 0, 0); stop_of(pid); }
    tell("%s: %d, then %x\n", pokes[n].name, r, status);
  }
}

/* Breakpoints and watchpoints of the processor, on addresses of the stub. */
void attack_breakpoints(void) {
  static const u32 places[] = {0xbfffa000u, 0xbfffb000u, 0xbfffc000u, 0xbfffc040u, 0xbfffd000u, 0xbfffe000u, 0xbfffe00bu, 0xbfffe040u, 0xbffff000u, 0xbffff004u, 0xc0000000u};
  static const u32 controls[] = {0x1, 0x10001, 0x30001, 0xf0001};
  int refused = 0, survived = 0, ended = 0;
  for (u32 n = 0; n < COUNT(places); n++) for (u32 k = 0; k < COUNT(controls); k++) {
    int pid = fork();
    if (pid == 0) {
      syscall(SYS_ptrace, TRACEME, 0, 0, 0);
      kill(getpid(), SIGSTOP);
      u8 *fresh = memory(0, 8 * PAGE);
      for (u32 i = 0; i < 8; i++) fresh[i * PAGE] = i;
      syscall(SYS_munmap, fresh, 8 * PAGE);
      exit(7);
    }
    stop_of(pid);
    int r = syscall(SYS_ptrace, POKEUSER, pid, 252, places[n]);
    if (r < 0) refused++;
    else syscall(SYS_ptrace, POKEUSER, pid, 252 + 28, controls[k]);
    int status;
    for (int turns = 0; turns < 50; turns++) {
      syscall(SYS_ptrace, CONT, pid, 0, 0);
      status = stop_of(pid);
      if ((status & 0xff) != 0x7f) break;
    }
    if (status == 0x700) survived++;
    else { ended++; syscall(SYS_ptrace, PTKILL, pid, 0, 0); stop_of(pid); tell("%x %x: %x\n", places[n], controls[k], status); }
  }
  tell("%d survived, %d ended\n", survived, ended);
}

/* The root below, with its /proc, when this kernel's own is taken away. */
void attack_unmount(void) {
  static char buffer[512];
  tell("umount %d\n", (int)syscall(SYS_umount, "/proc"));
  static const char *const names[] = {"/proc/self/mem", "/proc/self/maps", "/proc/1/status", "/proc/1/mem", "/proc/kcore", "/proc/self/fd/3", "/proc/self/exe", "/proc/version"};
  int leaks = 0;
  for (u32 n = 0; n < COUNT(names); n++) {
    int fd = open(names[n], 0, 0), r = fd < 0 ? fd : (int)syscall(SYS_pread64, fd, buffer, 512, 0x70004000, 0);
    if (r > 0 || (fd >= 0 && read(fd, buffer, 512) > 0)) leaks++;
    if (readlink(names[n], buffer, 512) > 0) leaks++;
    if (fd >= 0) {
      u8 *page = mapped(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0x70004);
      if (!failed(page) && readable((u32)page)) leaks++;
    }
  }
  int fd = open("/proc", O_DIRECTORY, 0), count = fd < 0 ? fd : getdents64(fd, buffer, sizeof buffer);
  tell("%d leaks, %s\n", leaks, count > 100 ? "the processes below are listed" : "nothing is listed");
}

/* Device nodes that would be the kernel's memory or its disks. */
void attack_devices(void) {
  static const struct { int mode; u32 device; } nodes[] = {{S_IFCHR, 0x101}, {S_IFCHR, 0x102}, {S_IFCHR, 0x104}, {S_IFCHR, 0x10b}, {S_IFBLK, 0x800}, {S_IFBLK, 0x100}, {S_IFCHR, 0xa00}, {S_IFCHR, 0x0500}};
  char buffer[16];
  for (u32 n = 0; n < COUNT(nodes); n++) {
    int made = mknod("/tmp/node", nodes[n].mode | 0666, nodes[n].device), fd = open("/tmp/node", n == 7 ? 1 : 0, 0);
    tell("%d: made %d, opened %s\n", n, made, fd < 0 ? "not" : read(fd, buffer, 16) > 0 ? "READ" : "empty");
    unlink("/tmp/node");
  }
}
