#include "tool.h"

struct range {
  u32 from, to;
};
struct state {
  struct range ranges[32];
  int count;
  bool fields, only_delimited;
  int delimiter;
};

static bool parse_list(struct state *s, const char *text) {
  while (*text && s->count < (int)COUNT(s->ranges)) {
    u64 from = 1, to = UINT32_MAX;
    const char *end = parse_digits(text, &from);
    if (!end && *text != '-') return false;
    text = end ? end : text;
    if (*text == '-') end = parse_digits(++text, &to), text = end ? end : text;
    else to = from;
    if (from == 0 || to < from) return false;
    s->ranges[s->count++] = (struct range){from, to};
    if (*text == ',') text++;
    else if (*text) return false;
  }
  return s->count > 0;
}

static bool wanted(const struct state *s, u32 position) {
  for (int i = 0; i < s->count; i++)
    if (position >= s->ranges[i].from && position <= s->ranges[i].to) return true;
  return false;
}

static void cut_fields(const struct state *s, const char *line, size_t length) {
  const char *end = line + length, *at = line;
  bool any = false;
  if (!memchr(line, s->delimiter, length)) {
    if (s->only_delimited) return;
    put_bytes(line, length);
  } else
    for (u32 field = 1; at <= end; field++) {
      const char *stop = memchr(at, s->delimiter, end - at);
      if (!stop) stop = end;
      if (wanted(s, field)) {
        if (any) put_char(s->delimiter);
        put_bytes(at, stop - at);
        any = true;
      }
      at = stop + 1;
    }
  put_char('\n');
}

static int run(struct input *in, const char *name, void *state) {
  struct state *s = state;
  struct buffer line = {0};
  (void)name;
  while (input_line(in, &line)) {
    size_t length = line.length - (line.text[line.length - 1] == '\n');
    if (s->fields) {
      cut_fields(s, line.text, length);
      continue;
    }
    for (size_t i = 0; i < length; i++)
      if (wanted(s, i + 1)) put_char(line.text[i]);
    put_char('\n');
  }
  return 0;
}

/* cut -f LIST [-d CHARACTER] [-s] FILE..., cut -c LIST FILE... */
int cut_main(int argc, char **argv) {
  struct options o = {.known = "f:c:b:d:s"};
  struct state s = {.delimiter = '\t'};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'd') s.delimiter = (u8)o.argument[0];
    if (c == 's') s.only_delimited = true;
    if (!strchr("fcb", c)) continue;
    s.fields = c == 'f';
    if (!parse_list(&s, o.argument)) return warn("invalid list '%s'", o.argument), 1;
  }
  if (!s.count) return warn("you must specify a list of bytes, characters, or fields"), 1;
  return each_input(argv + o.index, run, &s);
}
