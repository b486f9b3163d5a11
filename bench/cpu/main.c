/* NAME COUNT: runs the benchmark and prints name, count and checksum. */
#include "bench.h"

int main(int argc, char **argv) {
  i64 count = 1;
  if (argc > 2 || (argc == 2 && !parse_number(argv[1], &count))) {
    warn("usage: %s [count]", name);
    return 2;
  }
  u64 sum = run((u32)count);
  say("%s %u %08x%08x\n", name, (u32)count, (u32)(sum >> 32), (u32)sum);
  return 0;
}
