/* A tracer ends while its tracee is stopped for a signal: one of which it has heard is lost, one of which it has not takes effect. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void try(int waits, int signal) {
  int told[2], status;
  pid_t tracee;
  if (pipe(told)) return;
  pid_t tracer = fork();
  if (tracer == 0) {
    pid_t child = fork();
    if (child == 0) {
      pid_t own = getpid();
      ptrace(PTRACE_TRACEME, 0, 0, 0);
      if (write(told[1], &own, sizeof own) < 0) _exit(1);
      if (signal) raise(signal);
      else __asm__ volatile("int3");
      _exit(42);
    }
    siginfo_t info;
    waitid(P_PID, child, &info, WSTOPPED | __WALL | (waits ? 0 : WNOWAIT));
    _exit(0);
  }
  if (read(told[0], &tracee, sizeof tracee) != sizeof tracee) return;
  waitpid(tracer, &status, 0);
  if (waitpid(tracee, &status, WUNTRACED) != tracee) status = -1;
  printf("%s, %s: %x\n", waits ? "waited" : "looked", signal ? strsignal(signal) : "int3", status & ~0x80);
  fflush(stdout);
  if (WIFSTOPPED(status)) {
    kill(tracee, SIGKILL);
    waitpid(tracee, &status, 0);
  }
  close(told[0]);
  close(told[1]);
}

int main(void) {
  static const int signals[] = {SIGUSR1, 0, SIGSTOP, SIGTSTP};
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (int waits = 0; waits < 2; waits++)
    for (unsigned n = 0; n < sizeof signals / sizeof *signals; n++) try(waits, signals[n]);
  return 0;
}
