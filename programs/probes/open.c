#include "probe.h"

/* Opens and closes /etc/passwd. Result: how many opens succeeded. */
const char probe_name[] = "open";

u32 probe(u32 count, char **argv) {
  (void)argv;
  u32 opened = 0;
  for (u32 i = 0; i < count; i++) {
    long fd = call3(SYS_open, (long)"/etc/passwd", O_RDONLY, 0);
    opened += call1(SYS_close, fd) == 0;
  }
  return opened;
}
