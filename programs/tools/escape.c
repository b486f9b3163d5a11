#include "tool.h"

static int digit_value(int c, int base) {
  int value = is_digit(c) ? c - '0' : to_lower(c) >= 'a' && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10 : 99;
  return value < base ? value : -1;
}

int read_escape(const char **at, bool octal_needs_zero) {
  static const char letters[] = "a\ab\be\033f\fn\nr\rt\tv\v\\\\";
  const char *s = *at;
  for (const char *l = letters; *l; l += 2) {
    if (*s != l[0]) continue;
    *at = s + 1;
    return (u8)l[1];
  }
  if (*s == 'c') {
    *at = s + 1;
    return -1;
  }
  int value = 0, count = 0, most = 3;
  if (*s == 'x' && digit_value(s[1], 16) >= 0) {
    for (s++; count < 2 && digit_value(*s, 16) >= 0; count++) value = value * 16 + digit_value(*s++, 16);
    *at = s;
    return value;
  }
  if (octal_needs_zero) {
    if (*s != '0') return -2;
    s++;
  } else if (digit_value(*s, 8) < 0) {
    return -2;
  }
  for (; count < most && digit_value(*s, 8) >= 0; count++) value = value * 8 + digit_value(*s++, 8);
  *at = s;
  return value & 255;
}
