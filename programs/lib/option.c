#include "lib.h"

static bool is_option(const char *word) { return word[0] == '-' && word[1]; }

/* Moves a word that stands behind operands in front of them. */
static void move_forward(char **argv, int from, int to) {
  char *word = argv[from];
  memmove(argv + to + 1, argv + to, (from - to) * sizeof *argv);
  argv[to] = word;
}

/* Finds the next word that holds options and moves it to o->index; false when they end. */
static bool next_word(struct options *o, int argc, char **argv) {
  bool in_order = *o->known == '+'; /* as in GNU getopt: the first operand ends the options */
  int found = o->index;
  while (found < argc && !is_option(argv[found]) && !in_order) found++;
  if (found >= argc || !is_option(argv[found])) return false;
  o->skipped = found - o->index;
  move_forward(argv, found, o->index);
  o->at = argv[o->index++] + 1;
  if (strcmp(o->at, "-") == 0) return false;
  return true;
}

/* Returns the next option letter, 0 when they end (o->index is then the first operand), or '?' after a message. */
int next_option(struct options *o, int argc, char **argv) {
  if (o->index == 0) o->index = 1;
  if ((!o->at || !*o->at) && !next_word(o, argc, argv)) return 0;
  char letter = *o->at++;
  const char *known = letter == ':' || letter == '+' ? NULL : strchr(o->known, letter);
  if (!known) {
    warn("invalid option -- '%c'", letter);
    return '?';
  }
  if (known[1] != ':') return letter;
  if (*o->at) {
    o->argument = o->at;
  } else if (o->index + o->skipped < argc) {
    move_forward(argv, o->index + o->skipped, o->index);
    o->argument = argv[o->index++];
  } else {
    warn("option requires an argument -- '%c'", letter);
    return '?';
  }
  o->at = NULL;
  return letter;
}
