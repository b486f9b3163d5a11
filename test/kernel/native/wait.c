#include "check.h"
enum { SYS_waitid = 284, SYS_waitpid = 7 };
static int chld; 
static void count(int s) { (void)s; chld++; }
int main(void) {
  int status, pid;
  SHOW(wait4(-1, &status, 0, 0));
  SHOW(wait4(12345678, &status, 0, 0));
  SHOW(wait4(-1, &status, 0x123456, 0));
  SHOW(wait4(-2147483647 - 1, &status, 0, 0));
  CHILD("exit 7", exit(7));
  CHILD("exit 256+5", exit(261));
  CHILD("kill -9", kill(getpid(), SIGKILL));
  CHILD("kill -TERM", kill(getpid(), SIGTERM));
  CHILD("null write", *(volatile int *)0 = 1);
  CHILD("divide", { volatile int zero = 0; volatile int x = 1 / zero; (void)x; });
  CHILD("illegal", __asm__ volatile("ud2"));
  CHILD("hlt", __asm__ volatile("hlt"));
  CHILD("int3", __asm__ volatile("int3"));
  CHILD("int 0x81", __asm__ volatile("int $0x81"));
  CHILD("RT signal", kill(getpid(), 40));
  CHILD("USR1 blocked then exit", { mask(SIG_BLOCK, BIT(SIGUSR1)); kill(getpid(), SIGUSR1); exit(3); });

  on(SIGCHLD, count, SA_RESTART);
  /* stop and continue */
  pid = fork();
  if (pid == 0) { for (;;) syscall(SYS_pause); }
  kill(pid, SIGSTOP);
  SHOW(wait4(pid, &status, WUNTRACED, 0) == pid);
  show_status("stop", status);
  SHOW(wait4(pid, &status, WUNTRACED | WNOHANG, 0));
  say("SIGCHLD %d\n", chld);
  kill(pid, SIGTERM);
  SHOW(wait4(pid, &status, WNOHANG, 0));
  kill(pid, SIGCONT);
  SHOW(wait4(pid, &status, 0, 0) == pid);
  show_status("after TERM while stopped, then CONT", status);
  pid = fork();
  if (pid == 0) { for (;;) syscall(SYS_pause); }
  kill(pid, SIGTSTP);
  SHOW(wait4(pid, &status, WUNTRACED, 0) == pid);
  show_status("tstp", status);
  kill(pid, SIGCONT);
  SHOW(wait4(pid, &status, WCONTINUED, 0) == pid);
  show_status("cont", status);
  kill(pid, SIGSTOP);
  int info[32] = {0};
  SHOW(syscall(SYS_waitid, 1, pid, info, WUNTRACED | 0x1000000, 0));
  say("waitid: signo %d errno %d code %d pid %d status %d\n", info[0], info[1], info[2], info[3] == pid, info[5]);
  SHOW(syscall(SYS_waitid, 1, pid, info, WUNTRACED, 0));
  info[0] = info[3] = 99;
  SHOW(syscall(SYS_waitid, 1, pid, info, WUNTRACED | WNOHANG, 0));
  say("waitid nothing: signo %d pid %d\n", info[0], info[3]);
  kill(pid, SIGKILL);
  SHOW(syscall(SYS_waitid, 1, pid, info, 4 | 0x1000000, 0));
  say("waitid: code %d status %d\n", info[2], info[5]);
  SHOW(syscall(SYS_waitid, 1, pid, info, 4, 0));
  say("waitid: code %d status %d\n", info[2], info[5]);
  SHOW(syscall(SYS_waitid, 1, pid, info, 4, 0));
  SHOW(syscall(SYS_waitid, 1, 0, info, 4, 0));
  SHOW(syscall(SYS_waitid, 9, 0, info, 4, 0));
  SHOW(syscall(SYS_waitid, 0, 0, info, 0, 0));
  SHOW(syscall(SYS_waitid, 0, 0, info, 1, 0));
  /* groups */
  int a = fork();
  if (a == 0) { setpgid(0, 0); exit(1); }
  setpgid(a, a);
  SHOW(wait4(0, &status, 0, 0));
  SHOW(wait4(-a, &status, 0, 0) == a);
  show_status("group", status);
  /* ignored SIGCHLD */
  on(SIGCHLD, SIG_IGN, 0);
  pid = fork();
  if (pid == 0) exit(1);
  SHOW(wait4(pid, &status, 0, 0));
  on(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
  pid = fork();
  if (pid == 0) exit(1);
  SHOW(wait4(-1, &status, 0, 0));
  on(SIGCHLD, SIG_DFL, 0);
  SHOW(wait4(-1, (int *)1, 0, 0));
  pid = fork();
  if (pid == 0) exit(1);
  nap(20);
  SHOW(wait4(-1, (int *)1, WNOHANG, 0));
  /* orphan */
  int p[2];
  pipe(p);
  pid = fork();
  if (pid == 0) {
    if (fork() == 0) { nap(30); char c = getppid() == 1 ? 'y' : 'n'; (void)c; write(p[1], "o", 1); exit(0); }
    exit(0);
  }
  wait4(pid, &status, 0, 0);
  char c;
  read(p[0], &c, 1);
  say("orphan %c\n", c);
  /* __WCLONE */
  SHOW(wait4(-1, &status, 0x80000000, 0));
  on(SIGUSR1, SIG_IGN, 0);
  flush();
  pid = syscall(120, SIGUSR1, 0, 0, 0, 0);
  if (pid == 0) exit(4);
  nap(10);
  SHOW(wait4(pid, &status, 0, 0));
  SHOW(wait4(pid, &status, 0x80000000, 0) == pid);
  return 0;
}
