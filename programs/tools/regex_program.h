/* The instructions that regex.c emits and regex_search.c runs. */
#ifndef REGEX_PROGRAM_H
#define REGEX_PROGRAM_H

#include "types.h"

enum {
  MATCH_BYTE,
  MATCH_ANY,
  MATCH_SET,
  LINE_START,
  LINE_END,
  WORD_EDGE,
  WORD_INSIDE,
  WORD_START,
  WORD_END,
  SPLIT,
  JUMP,
  SAVE,
  FINISH
};

struct instruction {
  int kind;
  int x, y; /* SPLIT and JUMP: distances; x is tried first */
};

struct thread {
  int at;
  int groups[20];
};

struct regex {
  struct instruction *code;
  int length, capacity, groups;
  u8 (*sets)[32];
  int set_count;
  struct thread *threads[2]; /* allocated by the first search */
  u32 *seen, generation;
};

#endif
