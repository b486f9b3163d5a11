#include "probe.h"

/* Integer work without system calls: shifts, multiplication, division, a table in memory, calls and branches. Result: a
 * checksum. */
const char probe_name[] = "cpu";

static u32 table[1024];

__attribute__((noinline)) static u32 mix(u32 x, u32 y) {
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return x + y * 2654435761u;
}

u32 probe(u32 count, char **argv) {
  (void)argv;
  u32 x = 2463534242u, sum = 0;
  for (u32 i = 0; i < count; i++) {
    x = mix(x, i);
    u32 *slot = &table[x >> 22];
    *slot += x;
    if (*slot & 1) sum += x / ((i & 255) + 3);
    else sum ^= *slot >> (i & 15);
  }
  return sum;
}
