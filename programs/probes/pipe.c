#include "probe.h"

/* One byte to another process and back, through two pipes. Result: sum of the bytes that came back (each is the sent
 * one plus 1). */
const char probe_name[] = "pipe";

u32 probe(u32 count, char **argv) {
  (void)argv;
  int there[2], back[2], status;
  u8 byte = 0;
  u32 sum = 0;
  if (pipe(there) < 0 || pipe(back) < 0) give_up("pipe", -24);
  int child = fork();
  if (child < 0) give_up("fork", child);
  if (child == 0) {
    close(there[1]);
    close(back[0]);
    while (call3(SYS_read, there[0], (long)&byte, 1) == 1) {
      byte++;
      call3(SYS_write, back[1], (long)&byte, 1);
    }
    exit(0);
  }
  close(there[0]);
  close(back[1]);
  for (u32 i = 0; i < count; i++) {
    byte = i;
    call3(SYS_write, there[1], (long)&byte, 1);
    call3(SYS_read, back[0], (long)&byte, 1);
    sum += byte;
  }
  close(there[1]);
  wait4(child, &status, 0, NULL);
  return sum;
}
