/* Records, pointers, short string copies and compares, small calls, a little division: ordinary integer code. */
#include "bench.h"

const char name[] = "records";

struct record {
  struct record *next;
  int kind, value;
  char text[32];
};
static struct record pool[64];
static int grid[32][32];

#define CALLED __attribute__((noinline)) static

CALLED int copy(char *to, const char *from) {
  int n = 0;
  while ((to[n] = from[n])) n++;
  return n;
}

CALLED int compare(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (u8)*a - (u8)*b;
}

CALLED int choose(int a, int b) {
  if (a > b) return a - b;
  return a == b ? 1 : (b - a) % 7;
}

CALLED void touch(struct record *r, int i) {
  r->value += i;
  r->kind = (r->kind + 1) & 3;
  switch (r->kind) {
    case 0: grid[i & 31][r->value & 31] += 3; break;
    case 1: grid[r->value & 31][i & 31] -= i; break;
    case 2: r->next = &pool[(i * 7 + r->value) & 63]; break;
    default: r->text[i & 15] = 'a' + (r->value & 15);
  }
}

u64 run(u32 count) {
  u32 seed = 12345, sum = 0;
  char buffer[40];
  for (int i = 0; i < 64; i++) {
    pool[i].next = &pool[(i + 1) & 63];
    copy(pool[i].text, "A STRING OF THIRTY CHARACTERS.");
  }
  struct record *p = pool;
  for (u32 i = 0; i < count; i++) {
    seed = seed * 1103515245u + 12345u;
    touch(p, (int)(seed >> 16) & 0x7fff);
    int length = copy(buffer, p->text);
    int order = compare(buffer, p->next->text);
    sum = sum * 31 + (u32)length + (u32)order + (u32)choose(order, (int)(i % 11));
    if (order > 0) sum ^= (u32)(p->value / (int)(1 + (i & 7)));
    p = p->next;
  }
  for (int i = 0; i < 32; i++)
    for (int j = 0; j < 32; j++) sum = sum * 33 + (u32)grid[i][j];
  return sum;
}
