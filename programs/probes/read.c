#include "file.h"

/* Reads the same 4 KiB of a file. Result: bytes read / 4096. */
const char probe_name[] = "read";

u32 probe(u32 count, char **argv) {
  (void)argv;
  int fd = scratch_file();
  u32 bytes = 0;
  for (u32 i = 0; i < count; i++) bytes += call5(SYS_pread64, fd, (long)block, BLOCK, 0, 0) / BLOCK;
  return bytes;
}
