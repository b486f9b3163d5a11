#include "probe.h"

/* Forks, executes this same file (which then exits at once) or PROGRAM of "probe-exec COUNT PROGRAM", and waits.
 * Result: how many ended with status 0. */
const char probe_name[] = "exec";

enum { AT_EXECFN = 31 };

/* The path that this program was executed by (auxiliary vector, behind the environment). */
static char *own_path(char **argv) {
  u32 *at = (u32 *)environ;
  while (*at) at++;
  for (at++; at[0]; at += 2)
    if (at[0] == AT_EXECFN) return (char *)at[1];
  return argv[0];
}

u32 probe(u32 count, char **argv) {
  char *own[] = {argv[0], "0", NULL};
  if (count == 0) exit(0);
  char *path = argv[2] ? argv[2] : own_path(argv);
  char **arguments = argv[2] ? argv + 2 : own;
  u32 ended = 0;
  for (u32 i = 0; i < count; i++) {
    int status;
    long child = call0(SYS_fork);
    if (child == 0) {
      long error = call3(SYS_execve, (long)path, (long)arguments, (long)environ);
      give_up(path, error);
    }
    if (child < 0) give_up("fork", child);
    ended += call4(SYS_wait4, child, (long)&status, 0, 0) == child && status == 0;
  }
  return ended;
}
