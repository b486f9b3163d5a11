/*
 * Runs a program as a shell with job control does: in a process group of its own whose parent, in the same session, waits
 * for it. The kernel treats groups without such a parent (orphaned ones) differently: their stops are discarded. Ends as the
 * program does, and leaves nothing of its session behind, neither then nor when it is told to end.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t program;

/* The session of a process, from /proc/PID/stat behind the name in parentheses; 0 when there is none any more. */
static pid_t session_of(pid_t process) {
  char path[32], text[512], *end;
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  for (end = text; *end; end++) {}
  while (end > text && *end != ')') end--;
  int session = 0;
  return sscanf(end, ") %*c %*d %*d %d", &session) == 1 ? session : 0;
}

static void end_session(void) {
  pid_t self = getpid();
  DIR *processes = opendir("/proc");
  for (struct dirent *entry; processes && (entry = readdir(processes));) {
    pid_t process = atoi(entry->d_name);
    if (process > 0 && process != self && session_of(process) == self) kill(process, SIGKILL);
  }
}

static void told_to_end(int signal) {
  kill(-program, SIGKILL);
  end_session();
  _exit(128 + signal);
}

int main(int argc, char **argv) {
  setsid();
  program = fork();
  if (program == 0) {
    setpgid(0, 0);
    /* As root, the usual niceness, whatever this test's is. */
    setpriority(PRIO_PROCESS, 0, 0);
    execv(argv[1], argv + 1);
    _exit(127);
  }
  setpgid(program, program);
  signal(SIGTERM, told_to_end);
  int status = 0;
  waitpid(program, &status, 0);
  end_session();
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  signal(WTERMSIG(status), SIG_DFL);
  kill(getpid(), WTERMSIG(status));
  return 128;
}
