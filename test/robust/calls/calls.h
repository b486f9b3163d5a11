/* What the parts of the fuzzer of system calls share. calls.inc is made from the call table (test/robust/calls.ts). */
#ifndef CALLS_H
#define CALLS_H

#include "lib.h"

enum { PAGES = 24, PAGE_SIZE = 4096, ARENA_SIZE = PAGES * PAGE_SIZE };
enum { PLAY_PAGES = 64 };
#define ARENA ((u8 *)0x20000000)
#define PLAY ((u8 *)0x30000000)
/* Never readable: a page before and a page behind the arena are not mapped. */
#define ARENA_END (ARENA + ARENA_SIZE)

/* One flow of calls: what it draws its random numbers from, how many calls are left to it, and in which process it began. */
struct flow {
  u32 state;
  int left;
  u32 pid, parent, group;
};

/* xorshift32 (Marsaglia 2003), with a multiplication at the end */
static inline u32 next(struct flow *f) {
  u32 x = f->state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  f->state = x;
  return x * 0x2c1b3c6du;
}

static inline u32 below(struct flow *f, u32 end) {
  return (u32)((u64)next(f) * end >> 32);
}

static inline bool one_in(struct flow *f, u32 n) {
  return below(f, n) == 0;
}

/* values.c: words, addresses, paths and structures that calls may take for good, or nearly */
u32 word(struct flow *f);
u32 address(struct flow *f);
u32 descriptor(struct flow *f);
u32 process(struct flow *f);
u32 small(struct flow *f);
u32 path(struct flow *f);
u32 structure(struct flow *f, int kind);
void handler(int signal);

/* table.c: the words of one call; which calls harm their caller */
extern const u8 harms[512];
struct words {
  u32 number, args[6];
};
void draw(struct flow *f, struct words *w);
void redraw(struct flow *f, struct words *w);

/* flow.c */
void begin(struct flow *f, u32 seed, int calls);
void run(struct flow *f);

extern u32 warden;

#endif
