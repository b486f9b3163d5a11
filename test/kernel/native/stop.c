#include "check.h"
enum { VM = 0x100, FS = 0x200, FILES = 0x400, SIGHAND = 0x800, THREAD = 0x10000 };
/* Stopping and continuing a process of three threads, again and again. */
int spawn(int flags, void *stack, void (*fn)(void));
__asm__(".globl spawn\nspawn: pushl %ebx; movl 8(%esp), %ebx; movl 12(%esp), %ecx; movl 16(%esp), %edx; subl $16, %ecx; movl %edx, (%ecx)\n"
  "xorl %edx, %edx; xorl %esi, %esi; xorl %edi, %edi; movl $120, %eax; int $0x80; testl %eax, %eax; jnz 1f; popl %eax; call *%eax\n1: popl %ebx; ret\n");
static char stacks[2][8192];
static void sleeper(void) { for (;;) nap(1000); }
static void spinner(void) { for (;;) syscall(158); }
int main(void) {
  int status, pid = fork();
  if (pid == 0) {
    spawn(VM | FS | FILES | SIGHAND | THREAD, stacks[0] + 8192, sleeper);
    spawn(VM | FS | FILES | SIGHAND | THREAD, stacks[1] + 8192, spinner);
    for (;;) syscall(SYS_pause);
  }
  nap(20);
  for (int i = 0; i < 5; i++) {
    kill(pid, SIGSTOP);
    SHOW(wait4(pid, &status, WUNTRACED, 0) == pid);
    show_status("stopped", status);
    kill(pid, SIGCONT);
    if (i % 2) { SHOW(wait4(pid, &status, WCONTINUED, 0) == pid); show_status("continued", status); }
  }
  kill(pid, SIGSTOP);
  SHOW(wait4(pid, &status, WUNTRACED, 0) == pid);
  kill(pid, SIGKILL);
  SHOW(wait4(pid, &status, 0, 0) == pid);
  show_status("killed while stopped", status);
  return 0;
}
