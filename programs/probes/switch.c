#include "probe.h"

/* Two processes that yield the processor to each other, COUNT times each. Result: how many yields the parent made. */
const char probe_name[] = "switch";

enum { SYS_sched_yield = 158 };

u32 probe(u32 count, char **argv) {
  (void)argv;
  int status;
  u32 yields = 0;
  int child = fork();
  if (child < 0) give_up("fork", child);
  for (u32 i = 0; i < count; i++) yields += call0(SYS_sched_yield) == 0;
  if (child == 0) exit(0);
  wait4(child, &status, 0, NULL);
  return yields;
}
