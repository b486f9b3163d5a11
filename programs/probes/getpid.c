#include "probe.h"

/* The null system call. Result: how many calls gave the same process id. */
const char probe_name[] = "getpid";

u32 probe(u32 count, char **argv) {
  (void)argv;
  long self = getpid();
  u32 same = 0;
  for (u32 i = 0; i < count; i++) same += call0(SYS_getpid) == self;
  return same;
}
