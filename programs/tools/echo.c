#include "tool.h"

static bool is_option(const char *s) {
  if (*s != '-' || !s[1]) return false;
  for (s++; *s; s++)
    if (!strchr("neE", *s)) return false;
  return true;
}

/* Writes with escapes read; false when \c ends everything. */
static bool put_escaped(const char *s) {
  while (*s) {
    if (*s != '\\') {
      put_char(*s++);
      continue;
    }
    s++;
    int byte = read_escape(&s, true);
    if (byte == -1) return false;
    put_char(byte < 0 ? '\\' : byte);
  }
  return true;
}

/* echo [-neE] WORD... */
int echo_main(int argc, char **argv) {
  bool newline = true, escapes = false;
  int i = 1;
  for (; i < argc && is_option(argv[i]); i++) {
    for (const char *o = argv[i] + 1; *o; o++) {
      if (*o == 'n') newline = false;
      else escapes = *o == 'e';
    }
  }
  for (int first = i; i < argc; i++) {
    if (i > first) put_char(' ');
    if (!escapes) put(argv[i]);
    else if (!put_escaped(argv[i])) return 0;
  }
  if (newline) put_char('\n');
  return 0;
}
