#include "lib.h"

/* Reads decimal digits; returns where they end, or NULL when there are none or they exceed 64 bits. */
const char *parse_digits(const char *s, u64 *value) {
  const char *start = s;
  u64 n = 0;
  for (; is_digit(*s); s++) {
    if (n > 1844674407370955160u) return NULL;
    n = n * 10 + (*s - '0');
  }
  if (s == start) return NULL;
  *value = n;
  return s;
}

/* Reads a whole decimal number with an optional sign and surrounding blanks. */
bool parse_number(const char *s, i64 *value) {
  while (is_space(*s)) s++;
  bool negative = *s == '-';
  if (*s == '-' || *s == '+') s++;
  u64 n;
  s = parse_digits(s, &n);
  if (!s || n > 0x8000000000000000u - !negative) return false;
  while (is_space(*s)) s++;
  *value = negative ? -n : n;
  return *s == 0;
}
