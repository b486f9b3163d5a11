/* Memory: a byte sieve over 2 MiB, and a pass over 8 MiB of words in strides of 64 bytes. */
#include "bench.h"

const char name[] = "sieve";

#define FLAGS (2u << 20)
#define WORDS (2u << 20)
static u8 flag[FLAGS];
static u32 words[WORDS];

u64 run(u32 count) {
  u32 sum = 0;
  for (u32 round = 0; round < count; round++) {
    for (u32 i = 0; i < FLAGS; i++) flag[i] = 1;
    for (u32 i = 2; i * i < FLAGS; i++)
      if (flag[i])
        for (u32 j = i * i; j < FLAGS; j += i) flag[j] = 0;
    for (u32 i = 2; i < FLAGS; i++) sum += flag[i];
    for (u32 stride = 0; stride < 16; stride++)
      for (u32 i = stride; i < WORDS; i += 16) words[i] = words[i] * 5 + i + sum;
    sum += words[round * 7919u % WORDS];
  }
  return sum;
}
