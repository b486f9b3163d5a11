#include "builtin.h"

enum { SYS_prlimit64 = 340 };
enum { SOFT = 1, HARD = 2 };

struct limit {
  u64 soft, hard;
};

static const struct {
  char letter;
  u8 number;
  u16 unit;
  const char *name;
} limits[] = {
    {'t', 0, 1, "time(seconds)"},
    {'f', 1, 512, "file(blocks)"},
    {'d', 2, 1024, "data(kbytes)"},
    {'s', 3, 1024, "stack(kbytes)"},
    {'c', 4, 512, "coredump(blocks)"},
    {'m', 5, 1024, "memory(kbytes)"},
    {'p', 6, 1, "process"},
    {'n', 7, 1, "nofiles"},
    {'l', 8, 1024, "locked memory(kbytes)"},
    {'v', 9, 1024, "vmemory(kbytes)"},
    {'w', 10, 1, "locks"},
};

static void put_limit(u64 value, u32 unit) {
  if (value == ~0ull) put("unlimited\n");
  else say("%llu\n", value / unit);
}

/* ulimit [-HS] [-a | -LETTER] [VALUE|unlimited] */
int do_ulimit(int argc, char **argv) {
  struct limit l;
  int i = 1, which = 1, sides = 0;
  bool all = false;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    for (const char *s = argv[i] + 1; *s; s++) {
      if (*s == 'H') sides |= HARD;
      else if (*s == 'S') sides |= SOFT;
      else if (*s == 'a') all = true;
      else {
        which = -1;
        for (size_t k = 0; k < COUNT(limits); k++)
          if (limits[k].letter == *s) which = k;
        if (which < 0) return warn("Illegal option -%c", *s), 2;
      }
    }
  }
  for (size_t k = 0; all && k < COUNT(limits); k++) {
    syscall(SYS_prlimit64, 0, limits[k].number, 0, &l);
    say("%-22s", limits[k].name);
    put_limit(sides == HARD ? l.hard : l.soft, limits[k].unit);
  }
  if (all) return 0;
  syscall(SYS_prlimit64, 0, limits[which].number, 0, &l);
  if (i == argc) return put_limit(sides == HARD ? l.hard : l.soft, limits[which].unit), 0;
  u64 value = ~0ull;
  const char *end = parse_digits(argv[i], &value);
  if (strcmp(argv[i], "unlimited") != 0 && (!end || *end)) return warn("bad number"), 2;
  if (end) value *= limits[which].unit;
  if (sides != HARD) l.soft = value;
  if (sides != SOFT) l.hard = value;
  int error = syscall(SYS_prlimit64, 0, limits[which].number, &l, 0);
  return error ? (warn("error setting limit: %s", error_text(error)), 2) : 0;
}
