#include "probe.h"

_Noreturn void exit(int status) {
  for (;;) call1(SYS_exit_group, status);
}

static void put(int fd, const char *s) {
  size_t length = 0;
  while (s[length]) length++;
  write(fd, s, length);
}

static char *put_decimal(char *at, u32 n) {
  char digits[10];
  int length = 0;
  do digits[length++] = '0' + n % 10;
  while ((n /= 10) > 0);
  while (length > 0) *at++ = digits[--length];
  return at;
}

_Noreturn void give_up(const char *what, long error) {
  char number[12];
  *put_decimal(number, -error) = 0;
  put(2, "probe-");
  put(2, probe_name);
  put(2, ": ");
  put(2, what);
  put(2, ": errno ");
  put(2, number);
  put(2, "\n");
  exit(1);
}

static bool parse_count(const char *s, u32 *count) {
  u32 n = 0;
  if (!*s) return false;
  for (; *s; s++) {
    if (*s < '0' || *s > '9' || n > (UINT32_MAX - 9) / 10) return false;
    n = n * 10 + (*s - '0');
  }
  *count = n;
  return true;
}

/* probe-NAME COUNT prints "NAME COUNT RESULT". */
int main(int argc, char **argv) {
  u32 count;
  if (argc < 2 || !parse_count(argv[1], &count)) {
    put(2, "usage: probe-");
    put(2, probe_name);
    put(2, " COUNT\n");
    return 2;
  }
  u32 result = probe(count, argv);
  char line[64], *at = line;
  for (const char *s = probe_name; *s; s++) *at++ = *s;
  *at++ = ' ';
  at = put_decimal(at, count);
  *at++ = ' ';
  at = put_decimal(at, result);
  *at++ = '\n';
  return write(1, line, at - line) == at - line ? 0 : 1;
}
