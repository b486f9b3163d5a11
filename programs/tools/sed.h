/* A compiled sed script. sed.c reads it, sed_run.c runs it. */
#ifndef SED_H
#define SED_H

#include "regex.h"

enum address_kind { ADDRESS_NONE, ADDRESS_LINE, ADDRESS_LAST, ADDRESS_REGEX, ADDRESS_STEP, ADDRESS_COUNT };

struct address {
  u8 kind;
  u64 line, step;
  struct regex *regex; /* NULL: the last one used */
};

struct command {
  struct address from, to;
  bool invert, active; /* active: inside from,to */
  u64 until;
  char name;
  char *text;          /* a, i, c, labels, file names, y's 256-byte map, the replacement */
  struct regex *regex; /* of s */
  bool global, print;
  int occurrence, output; /* output: descriptor of s///w and w, or -1 */
  int target;             /* of b, t, T and { : index to go on at */
};

struct script {
  struct command *commands;
  int count, capacity;
  bool quiet, extended, in_place;
};

struct script sed_compile(const char *text, bool extended);

/* Runs over the files as one stream, or each on its own when it is edited in place; returns the exit status. */
int sed_run(struct script *s, char **paths);

#endif
