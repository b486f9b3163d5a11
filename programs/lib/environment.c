#include "lib.h"

const char *environment(const char *name) {
  size_t length = strlen(name);
  for (char **e = environ; e && *e; e++)
    if (strncmp(*e, name, length) == 0 && (*e)[length] == '=') return *e + length + 1;
  return NULL;
}
