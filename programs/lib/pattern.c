#include "lib.h"

static const struct {
  const char *name;
  const char *ranges; /* pairs: first, last */
} classes[] = {
    {"alpha", "azAZ"},   {"digit", "09"},     {"alnum", "azAZ09"},   {"upper", "AZ"},      {"lower", "az"},
    {"space", "\t\r  "}, {"blank", "\t\t  "}, {"punct", "!/:@[`{~"}, {"xdigit", "09afAF"}, {"cntrl", "\1\37\177\177"},
    {"print", " ~"},     {"graph", "!~"},
};

static bool in_class(const char *name, size_t length, int c) {
  for (size_t i = 0; i < COUNT(classes); i++) {
    if (strncmp(classes[i].name, name, length) != 0 || classes[i].name[length]) continue;
    for (const char *r = classes[i].ranges; *r; r += 2)
      if (c >= r[0] && c <= r[1]) return true;
  }
  return false;
}

/* Matches one byte against the bracket expression after '['; returns where it ends, or NULL when it never ends. */
const char *bracket_match(const char *p, int c, bool escapes, bool *matched) {
  bool invert = *p == '!' || *p == '^', found = false;
  if (invert) p++;
  for (const char *start = p; *p != ']' || p == start;) {
    if (!*p) return NULL;
    const char *end;
    if (p[0] == '[' && p[1] == ':' && (end = strstr(p + 2, ":]"))) {
      found |= in_class(p + 2, end - p - 2, c);
      p = end + 2;
      continue;
    }
    if (escapes && *p == '\\' && p[1]) p++;
    int low = (u8)*p++, high = low;
    if (p[0] == '-' && p[1] && p[1] != ']') {
      p++;
      if (escapes && *p == '\\' && p[1]) p++;
      high = (u8)*p++;
    }
    found |= c >= low && c <= high;
  }
  *matched = found != invert;
  return p + 1;
}

/* Matches a whole text against *, ?, [...] and \ (POSIX 2.13); one retry point is enough, because * is greedy last. */
bool pattern_match(const char *p, const char *s) {
  const char *retry_p = NULL, *retry_s = NULL;
  for (;;) {
    bool matched = false;
    const char *next = p + 1;
    if (*p == '*') {
      retry_p = ++p;
      retry_s = s;
      continue;
    }
    if (!*s && !*p) return true;
    if (*s && *p) {
      const char *end;
      if (*p == '?') matched = true;
      else if (*p == '[' && (end = bracket_match(p + 1, (u8)*s, true, &matched))) next = end;
      else if (*p == '\\' && p[1]) matched = p[1] == *s, next = p + 2;
      else matched = *p == *s;
    }
    if (matched) {
      p = next;
      s++;
    } else {
      if (!retry_p || !*retry_s) return false;
      p = retry_p;
      s = ++retry_s;
    }
  }
}
