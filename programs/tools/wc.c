#include "tool.h"

struct counts {
  u64 lines, words, bytes;
};
struct state {
  struct counts total;
  bool lines, words, bytes, named;
  int files, width;
};

static void print(const struct state *s, const struct counts *c, const char *name) {
  const char *gap = "";
  if (s->lines) say("%*llu", s->width, c->lines), gap = " ";
  if (s->words) say("%s%*llu", gap, s->width, c->words), gap = " ";
  if (s->bytes) say("%s%*llu", gap, s->width, c->bytes);
  if (name) say(" %s", name);
  put_char('\n');
}

static int count(struct input *in, const char *name, void *state) {
  struct state *s = state;
  struct counts c = {0};
  bool word = false;
  int byte;
  while ((byte = input_char(in)) >= 0) {
    c.bytes++;
    c.lines += byte == '\n';
    bool space = is_space(byte);
    c.words += !space && !word;
    word = !space;
  }
  print(s, &c, s->named ? name : NULL);
  s->total.lines += c.lines;
  s->total.words += c.words;
  s->total.bytes += c.bytes;
  s->files++;
  return 0;
}

/* Digits of the sum of the sizes, as coreutils; 7 when a size is not known in advance, 1 when one number is printed. */
static int column_width(char **paths, int columns) {
  u64 sum = 0;
  int width = 1;
  if (columns == 1 && (!*paths || !paths[1])) return 1;
  if (!*paths) return 7;
  for (; *paths; paths++) {
    struct stat st;
    int error = strcmp(*paths, "-") == 0 ? fstat(0, &st) : stat(*paths, &st);
    if (error) continue;
    if (!S_ISREG(st.mode)) width = 7;
    else sum += st.size;
  }
  int digits = 1;
  for (; sum >= 10; sum /= 10) digits++;
  return digits > width ? digits : width;
}

/* wc [-lwc] FILE... */
int wc_main(int argc, char **argv) {
  struct options o = {.known = "lwcm"};
  struct state s = {0};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == 'l') s.lines = true;
    else if (c == 'w') s.words = true;
    else if (c == '?') return 1;
    else s.bytes = true;
  }
  if (!s.lines && !s.words && !s.bytes) s.lines = s.words = s.bytes = true;
  s.named = argv[o.index] != NULL;
  s.width = column_width(argv + o.index, s.lines + s.words + s.bytes);
  int status = each_input(argv + o.index, count, &s);
  if (argc - o.index > 1) print(&s, &s.total, "total");
  return status;
}
