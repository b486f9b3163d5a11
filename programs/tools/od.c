#include "tool.h"

struct state {
  struct buffer data;
  u64 skip, limit;
};

static int collect(struct input *in, const char *name, void *state) {
  struct state *s = state;
  int c;
  (void)name;
  while (s->data.length < s->limit && (c = input_char(in)) >= 0) {
    if (s->skip > 0) s->skip--;
    else buffer_add(&s->data, c);
  }
  return 0;
}

static void put_named(u8 byte) {
  static const char letters[] = "\0"
                                "0\aa\bb\tt\nn\vv\ff\rr";
  for (size_t i = 0; i < sizeof letters - 1; i += 2) {
    if (byte != (u8)letters[i]) continue;
    say("  \\%c", letters[i + 1]);
    return;
  }
  if (byte >= 32 && byte < 127) say("   %c", byte);
  else say(" %03o", byte);
}

static void put_group(const u8 *p, size_t left, char kind, int size) {
  u64 value = 0;
  for (int i = 0; i < size && (size_t)i < left; i++) value |= (u64)p[i] << (8 * i);
  if (kind == 'c') put_named(*p);
  else if (kind == 'x') say(" %0*llx", size * 2, value);
  else if (kind == 'o') say(" %0*llo", (size * 8 + 2) / 3, value);
  else if (kind == 'd')
    say(" %*lld",
        size == 1   ? 4
        : size == 2 ? 6
        : size == 4 ? 11
                    : 20,
        (i64)(value << (64 - 8 * size)) >> (64 - 8 * size));
  else say(" %*llu", size == 1 ? 3 : size == 2 ? 5 : size == 4 ? 10 : 20, value);
}

static void put_address(char radix, u64 at) {
  if (radix == 'd') say("%07llu", at);
  else if (radix == 'x') say("%06llx", at);
  else if (radix == 'o') say("%07llo", at);
}

static bool parse_amount(const char *s, u64 *n) {
  if (s[0] == '0' && s[1] == 'x') {
    *n = 0;
    for (s += 2; *s; s++) *n = *n * 16 + (is_digit(*s) ? *s - '0' : to_lower(*s) - 'a' + 10);
    return true;
  }
  s = parse_digits(s, n);
  return s && !*s;
}

/* od [-A doxn] [-t TYPE] [-bcxd] [-j SKIP] [-N COUNT] [-v] FILE... */
int od_main(int argc, char **argv) {
  struct options o = {.known = "A:t:bcdxoj:N:v"};
  struct state s = {.limit = ~0ull};
  char kind = 'o', radix = 'o';
  int c, size = 2;
  bool verbose = false, starred = false;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'A') radix = o.argument[0];
    if (c == 'v') verbose = true;
    if (c == 'b') kind = 'o', size = 1;
    if (c == 'c') kind = 'c', size = 1;
    if (c == 'd') kind = 'u', size = 2;
    if (c == 'x') kind = 'x', size = 2;
    if (c == 'o') kind = 'o', size = 2;
    if (c == 'j' && !parse_amount(o.argument, &s.skip)) return warn("invalid amount '%s'", o.argument), 1;
    if (c == 'N' && !parse_amount(o.argument, &s.limit)) return warn("invalid amount '%s'", o.argument), 1;
    if (c == 't') {
      kind = o.argument[0];
      size = kind == 'c' ? 1 : is_digit(o.argument[1]) ? o.argument[1] - '0' : 4;
      if (!strchr("cxoud", kind) || !strchr("\1\2\4\10", size)) return warn("invalid type string '%s'", o.argument), 1;
    }
  }
  u64 base = s.skip;
  int status = each_input(argv + o.index, collect, &s);
  const u8 *data = (const u8 *)s.data.text;
  for (size_t at = 0; at < s.data.length; at += 16) {
    size_t left = s.data.length - at < 16 ? s.data.length - at : 16;
    bool same = at >= 16 && left == 16 && memcmp(data + at, data + at - 16, 16) == 0;
    if (same && !verbose) {
      if (!starred) put("*\n");
      starred = true;
      continue;
    }
    starred = false;
    put_address(radix, base + at);
    for (size_t i = 0; i < left; i += size) put_group(data + at + i, left - i, kind, size);
    put_char('\n');
  }
  if (radix != 'n') {
    put_address(radix, base + s.data.length);
    put_char('\n');
  }
  return status;
}

/* hexdump [-C] [-s SKIP] [-n COUNT] [-v] FILE...; without -C, 16-bit words */
int hexdump_main(int argc, char **argv) {
  struct options o = {.known = "Cs:n:v"};
  struct state s = {.limit = ~0ull};
  bool canonical = false, verbose = false, starred = false;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'C') canonical = true;
    if (c == 'v') verbose = true;
    if (c == 's' && !parse_amount(o.argument, &s.skip)) return warn("invalid amount '%s'", o.argument), 1;
    if (c == 'n' && !parse_amount(o.argument, &s.limit)) return warn("invalid amount '%s'", o.argument), 1;
  }
  u64 base = s.skip;
  int status = each_input(argv + o.index, collect, &s);
  const u8 *data = (const u8 *)s.data.text;
  for (size_t at = 0; at < s.data.length; at += 16) {
    size_t left = s.data.length - at < 16 ? s.data.length - at : 16;
    if (!verbose && at >= 16 && left == 16 && memcmp(data + at, data + at - 16, 16) == 0) {
      if (!starred) put("*\n");
      starred = true;
      continue;
    }
    starred = false;
    say(canonical ? "%08llx " : "%07llx", base + at);
    for (size_t i = 0; i < 16; i += canonical ? 1 : 2) {
      if (canonical && i == 8) put_char(' ');
      if (i >= left) put(canonical ? "   " : "     ");
      else if (canonical) say(" %02x", data[at + i]);
      else say(" %04x", data[at + i] | (i + 1 < left ? data[at + i + 1] << 8 : 0));
    }
    if (canonical) {
      put("  |");
      for (size_t i = 0; i < left; i++) put_char(data[at + i] >= 32 && data[at + i] < 127 ? data[at + i] : '.');
      put_char('|');
    }
    put_char('\n');
  }
  if (s.data.length) say(canonical ? "%08llx\n" : "%07llx\n", base + s.data.length);
  return status;
}
