/* A bytecode interpreter that searches Collatz sequences: nearly every branch is an indirect jump. */
#include "bench.h"

const char name[] = "bytecode";

enum { PUSH, LOAD, STORE, SUBTRACT, TRIPLE, HALVE, AND, IF_ZERO, JUMP, LESS, INCREMENT, MIX, HALT };

/* for (n = 1; n < LIMIT; n++) for (x = n; x != 1; steps++) x = x & 1 ? 3 * x + 1 : x / 2; variables: n, x, steps */
enum { OUTER = 4, LOOP = 8, EVEN = 32, DONE = 39, END = 56 };
static int code[] = {
  PUSH, 1, STORE, 0,
  LOAD, 0, STORE, 1,                           /* OUTER */
  LOAD, 1, PUSH, 1, SUBTRACT, IF_ZERO, DONE,   /* LOOP */
  LOAD, 2, INCREMENT, STORE, 2,
  LOAD, 1, AND, 1, IF_ZERO, EVEN,
  LOAD, 1, TRIPLE, INCREMENT, JUMP, EVEN + 3,
  LOAD, 1, HALVE, STORE, 1, JUMP, LOOP,        /* EVEN */
  LOAD, 0, MIX, LOAD, 0, INCREMENT, STORE, 0,  /* DONE */
  LOAD, 0, PUSH, 0, LESS, IF_ZERO, END, JUMP, OUTER,
  HALT,
};

u64 run(u32 count) {
  u32 stack[16], variable[4] = {0}, *top = stack, sum = 0, steps = 0;
  for (int *p = code; p < code + COUNT(code) - 1; p++)
    if (p[0] == PUSH && p[1] == 0 && p[2] == LESS) p[1] = (int)count;
  for (const int *pc = code;;) {
    steps++;
    switch (*pc++) {
      case PUSH: *top++ = (u32)*pc++; break;
      case LOAD: *top++ = variable[*pc++]; break;
      case STORE: variable[*pc++] = *--top; break;
      case SUBTRACT: top--, top[-1] -= *top; break;
      case TRIPLE: top[-1] *= 3; break;
      case HALVE: top[-1] >>= 1; break;
      case AND: top[-1] &= (u32)*pc++; break;
      case IF_ZERO: pc = *--top == 0 ? code + *pc : pc + 1; break;
      case JUMP: pc = code + *pc; break;
      case LESS: top--, top[-1] = top[-1] < *top; break;
      case INCREMENT: top[-1]++; break;
      case MIX: sum = sum * 31 + (*--top ^ variable[2]); break;
      case HALT: return (u64)sum << 32 | steps;
    }
  }
}
