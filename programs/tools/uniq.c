#include "tool.h"

struct state {
  bool counted, repeated, unique, ignore_case;
};

static bool equal(const struct buffer *a, const struct buffer *b, bool ignore_case) {
  if (a->length != b->length) return false;
  for (size_t i = 0; i < a->length; i++) {
    int x = a->text[i], y = b->text[i];
    if (ignore_case ? to_lower(x) != to_lower(y) : x != y) return false;
  }
  return true;
}

static void finish(const struct state *s, const struct buffer *line, u32 count) {
  if (count == 0 || (s->repeated && count < 2) || (s->unique && count > 1)) return;
  if (s->counted) say("%7u ", count);
  put_bytes(line->text, line->length);
  put_char('\n');
}

static int run(struct input *in, const char *name, void *state) {
  struct state *s = state;
  struct buffer line = {0}, previous = {0};
  u32 count = 0;
  (void)name;
  while (input_line(in, &line)) {
    if (line.text[line.length - 1] == '\n') line.length--;
    if (count && equal(&line, &previous, s->ignore_case)) {
      count++;
      continue;
    }
    finish(s, &previous, count);
    struct buffer swap = previous;
    previous = line;
    line = swap;
    count = 1;
  }
  finish(s, &previous, count);
  return 0;
}

/* uniq [-cdui] [INPUT [OUTPUT]] */
int uniq_main(int argc, char **argv) {
  struct options o = {.known = "cdui"};
  struct state s = {0};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'c') s.counted = true;
    if (c == 'd') s.repeated = true;
    if (c == 'u') s.unique = true;
    if (c == 'i') s.ignore_case = true;
  }
  char *input[] = {o.index < argc ? argv[o.index] : "-", NULL};
  if (argc - o.index > 1) {
    int fd = open(argv[o.index + 1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) return fail(argv[o.index + 1], fd);
    dup2(fd, 1);
  }
  return each_input(input, run, &s);
}
