#include "tool.h"

struct set {
  u8 bytes[512];
  int count;
};

static const char *const classes[] = {"alpha", "digit", "alnum",  "upper", "lower", "space",
                                      "blank", "punct", "xdigit", "cntrl", "print", "graph"};

static void add(struct set *s, int byte) {
  if (s->count < (int)sizeof s->bytes) s->bytes[s->count++] = byte;
}

static int one(const char **at) {
  if (**at != '\\' || !(*at)[1]) return (u8) * (*at)++;
  ++*at;
  int byte = read_escape(at, false);
  return byte >= 0 ? byte : (u8) * (*at)++;
}

/* Expands a-z, [:class:] and escapes. */
static void expand(struct set *s, const char *text) {
  while (*text) {
    const char *end;
    if (text[0] == '[' && text[1] == ':' && (end = strstr(text + 2, ":]"))) {
      char class[16] = "[:";
      bool known = false, matched;
      for (size_t i = 0; i < COUNT(classes); i++) known |= strncmp(classes[i], text + 2, end - text - 2) == 0;
      if (known && end - text < 10) {
        memcpy(class + 2, text + 2, end - text - 2);
        strcpy(class + (end - text), ":]]");
        for (int c = 0; c < 256; c++)
          if (bracket_match(class, c, false, &matched) && matched) add(s, c);
        text = end + 2;
        continue;
      }
    }
    int low = one(&text), high = low;
    if (text[0] == '-' && text[1]) {
      text++;
      high = one(&text);
    }
    for (int c = low; c <= high; c++) add(s, c);
  }
}

/* tr [-cCds] SET1 [SET2] */
int tr_main(int argc, char **argv) {
  struct options o = {.known = "cCds"};
  bool complement = false, delete = false, squeeze = false;
  bool in_first[256] = {0}, squeezed[256] = {0};
  u8 map[256];
  struct set first = {0}, second = {0};
  int c, last = -1;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'c' || c == 'C') complement = true;
    if (c == 'd') delete = true;
    if (c == 's') squeeze = true;
  }
  int count = argc - o.index;
  if (count < 1 || count > 2 || (count == 1 && !delete && !squeeze))
    return warn(count < 1 ? "missing operand" : "wrong number of operands"), 1;
  expand(&first, argv[o.index]);
  if (count > 1) expand(&second, argv[o.index + 1]);
  for (int i = 0; i < first.count; i++) in_first[first.bytes[i]] = true;
  if (complement) {
    first.count = 0;
    for (int i = 0; i < 256; i++) {
      in_first[i] = !in_first[i];
      if (in_first[i]) add(&first, i);
    }
  }
  for (int i = 0; i < 256; i++) map[i] = i;
  if (second.count && !delete)
    for (int i = 0; i < first.count; i++) map[first.bytes[i]] = second.bytes[i < second.count ? i : second.count - 1];
  for (int i = 0; squeeze && count > 1 && i < second.count; i++) squeezed[second.bytes[i]] = true;
  for (int i = 0; squeeze && count == 1 && i < 256; i++) squeezed[i] = in_first[i];
  struct input in;
  input_open(&in, 0);
  while ((c = input_char(&in)) >= 0) {
    if (delete && in_first[c]) continue;
    int out = map[c];
    if (out == last && squeezed[out]) continue;
    put_char(out);
    last = out;
  }
  return in.error ? fail("read error", in.error) : 0;
}
