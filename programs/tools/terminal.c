#include "tool.h"

struct termios {
  u32 iflag, oflag, cflag, lflag;
  u8 line, characters[19];
};

enum {
  ICRNL = 0400,
  IXON = 02000,
  OPOST = 1,
  ONLCR = 4,
  ISIG = 1,
  ICANON = 2,
  ECHO = 8,
  ECHOE = 020,
  ECHOK = 040,
  NOFLSH = 0200,
  TOSTOP = 0400,
  ECHOCTL = 01000,
  ECHOKE = 04000,
  IEXTEN = 0100000
};
enum { VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSWTC, VSTART, VSTOP, VSUSP };

static const struct {
  const char *name;
  u8 flags; /* 0 iflag, 1 oflag, 3 lflag */
  u32 bit;
} modes[] = {
    {"icrnl", 0, ICRNL},   {"ixon", 0, IXON},     {"opost", 1, OPOST},     {"onlcr", 1, ONLCR},   {"isig", 3, ISIG},
    {"icanon", 3, ICANON}, {"iexten", 3, IEXTEN}, {"echo", 3, ECHO},       {"echoe", 3, ECHOE},   {"echok", 3, ECHOK},
    {"noflsh", 3, NOFLSH}, {"tostop", 3, TOSTOP}, {"echoctl", 3, ECHOCTL}, {"echoke", 3, ECHOKE},
};

static const struct {
  const char *name;
  u8 index, usual;
} characters[] = {
    {"intr", VINTR, 3}, {"quit", VQUIT, 28},   {"erase", VERASE, 127}, {"kill", VKILL, 21},
    {"eof", VEOF, 4},   {"start", VSTART, 17}, {"stop", VSTOP, 19},    {"susp", VSUSP, 26},
};

static u32 *flags_of(struct termios *t, int index) {
  return index == 0 ? &t->iflag : index == 1 ? &t->oflag : &t->lflag;
}

static void set_sane(struct termios *t) {
  t->iflag |= ICRNL | IXON;
  t->oflag |= OPOST | ONLCR;
  t->lflag = (t->lflag | ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE) & ~(NOFLSH | TOSTOP);
  for (size_t i = 0; i < COUNT(characters); i++) t->characters[characters[i].index] = characters[i].usual;
}

static void set_raw(struct termios *t) {
  t->iflag = 0;
  t->oflag &= ~OPOST;
  t->lflag &= ~(ISIG | ICANON);
  t->characters[VMIN] = 1;
  t->characters[VTIME] = 0;
}

static bool set_mode(struct termios *t, const char *name) {
  bool off = *name == '-';
  if (strcmp(name, "sane") == 0 || strcmp(name, "cooked") == 0 || strcmp(name, "-raw") == 0) return set_sane(t), true;
  if (strcmp(name, "raw") == 0) return set_raw(t), true;
  for (size_t i = 0; i < COUNT(modes); i++) {
    if (strcmp(modes[i].name, name + off) != 0) continue;
    u32 *flags = flags_of(t, modes[i].flags);
    *flags = off ? *flags & ~modes[i].bit : *flags | modes[i].bit;
    return true;
  }
  return false;
}

static void put_character(const char *name, u8 c) {
  if (c == 0) say("%s = <undef>; ", name);
  else if (c == 127) say("%s = ^?; ", name);
  else if (c < 32) say("%s = ^%c; ", name, c + 64);
  else say("%s = %c; ", name, c);
}

static void show(struct termios *t, const struct winsize *size) {
  say("rows %u; columns %u;\n", size->rows, size->columns);
  for (size_t i = 0; i < COUNT(characters); i++) put_character(characters[i].name, t->characters[characters[i].index]);
  put_char('\n');
  for (size_t i = 0; i < COUNT(modes); i++)
    say("%s%s%s", i ? " " : "", *flags_of(t, modes[i].flags) & modes[i].bit ? "" : "-", modes[i].name);
  put_char('\n');
}

/* stty [-a | size | MODE...] of the terminal on standard input */
int stty_main(int argc, char **argv) {
  enum { TIOCSWINSZ = 0x5414 };
  struct termios t;
  struct winsize size = {0};
  int error = ioctl(0, TCGETS, &t);
  if (error) return fail("standard input", error);
  ioctl(0, TIOCGWINSZ, &size);
  if (argc == 1 || strcmp(argv[1], "-a") == 0) return show(&t, &size), 0;
  if (strcmp(argv[1], "size") == 0) return say("%u %u\n", size.rows, size.columns), 0;
  for (int i = 1; i < argc; i++) {
    i64 n;
    bool sized = i + 1 < argc && parse_number(argv[i + 1], &n);
    if (strcmp(argv[i], "rows") == 0 && sized) size.rows = n, i++;
    else if ((strcmp(argv[i], "cols") == 0 || strcmp(argv[i], "columns") == 0) && sized) size.columns = n, i++;
    else if (!set_mode(&t, argv[i])) return warn("invalid argument '%s'", argv[i]), 1;
  }
  ioctl(0, TIOCSWINSZ, &size);
  error = ioctl(0, TCSETS, &t);
  return error ? fail("standard input", error) : 0;
}
