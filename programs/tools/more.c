#include "tool.h"

enum { ICANON = 2, ECHO = 8, LFLAG = 3 };

static int terminal;

static void set_raw(bool raw) {
  static u32 saved[16];
  u32 changed[16];
  if (raw) {
    ioctl(terminal, TCGETS, saved);
    memcpy(changed, saved, sizeof changed);
    changed[LFLAG] &= ~(ICANON | ECHO);
    ioctl(terminal, TCSETS, changed);
  } else {
    ioctl(terminal, TCSETS, saved);
  }
}

/* Asks at the bottom of a page; returns how many lines to show next, 0 to quit. */
static int ask(int page) {
  u8 key = 'q';
  put("\033[7m--More--\033[0m");
  flush();
  set_raw(true);
  int n = read(terminal, &key, 1);
  set_raw(false);
  put("\r\033[K");
  if (n != 1 || key == 'q' || key == 3) return 0;
  return key == '\n' || key == '\r' || key == 'j' ? 1 : page;
}

static int page_file(struct input *in, const char *name, void *state) {
  int *left = state, c;
  struct winsize size = {24, 80, 0, 0};
  u32 column = 0;
  (void)name;
  ioctl(1, TIOCGWINSZ, &size);
  int page = size.rows > 2 ? size.rows - 1 : 23;
  if (*left == 0) *left = page;
  while ((c = input_char(in)) >= 0) {
    if (*left == 0 && (*left = ask(page)) == 0) exit(0);
    put_char(c);
    column = c == '\n' ? 0 : column + 1;
    if (c == '\n' || column >= size.columns) column = 0, --*left;
  }
  return 0;
}

/* more FILE...: a page at a time on a terminal, otherwise as cat */
int more_main(int argc, char **argv) {
  int left = 0;
  if (!isatty(1)) return cat_main(argc, argv);
  terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC, 0);
  if (terminal < 0) terminal = 2;
  return each_input(argv + 1, page_file, &left);
}
