/* Shape of a benchmark: run(count) does the work `count` times and returns a checksum that depends on all of it. */
#include "lib.h"

extern const char name[];
u64 run(u32 count);
