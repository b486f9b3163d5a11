#include "lib.h"

/* Returns the next option letter, 0 when they end (o->index is then the first operand), or '?' after a message. */
int next_option(struct options *o, int argc, char **argv) {
  if (o->index == 0) o->index = 1;
  if (!o->at || !*o->at) {
    if (o->index >= argc || argv[o->index][0] != '-' || !argv[o->index][1]) return 0;
    o->at = argv[o->index++] + 1;
    if (strcmp(o->at, "-") == 0) return 0;
  }
  char letter = *o->at++;
  const char *known = letter == ':' ? NULL : strchr(o->known, letter);
  if (!known) {
    warn("invalid option -- '%c'", letter);
    return '?';
  }
  if (known[1] != ':') return letter;
  if (*o->at) o->argument = o->at;
  else if (o->index < argc) o->argument = argv[o->index++];
  else {
    warn("option requires an argument -- '%c'", letter);
    return '?';
  }
  o->at = NULL;
  return letter;
}
