#include "tool.h"

struct call {
  char **arguments;
  int status;
  bool stop;
};

struct field {
  bool left, zero, plus, space, hash;
  int width, precision;
};

static const char *take(struct call *c) { return *c->arguments ? *c->arguments++ : NULL; }

/* Reads a number as C does: sign, 0x, 0, or a quote before a character. */
static i64 take_number(struct call *c) {
  const char *text = take(c), *s = text;
  if (!s || !*s) return 0;
  if (*s == '\'' || *s == '"') return (u8)s[1];
  while (is_space(*s)) s++;
  bool negative = *s == '-';
  if (*s == '-' || *s == '+') s++;
  u32 base = 10;
  if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) base = 16, s += 2;
  else if (s[0] == '0') base = 8;
  u64 n = 0;
  const char *start = s;
  for (;; s++) {
    u32 digit = is_digit(*s) ? *s - '0' : is_alpha(*s) ? to_lower(*s) - 'a' + 10 : 99;
    if (digit >= base) break;
    n = n * base + digit;
  }
  if (s == start || *s) {
    warn("%s: %s", text, s == start ? "expected a numeric value" : "value not completely converted");
    c->status = 1;
  }
  return negative ? -n : n;
}

static void put_padded(const struct field *f, const char *sign, const char *body, int length, bool zero) {
  int total = length + strlen(sign);
  if (!f->left && !zero)
    for (int i = total; i < f->width; i++) put_char(' ');
  put(sign);
  if (zero)
    for (int i = total; i < f->width; i++) put_char('0');
  put_bytes(body, length);
  if (f->left)
    for (int i = total; i < f->width; i++) put_char(' ');
}

static void put_number(const struct field *f, i64 value, char kind) {
  bool is_signed = kind == 'd' || kind == 'i', negative = is_signed && value < 0;
  u64 n = negative ? -(u64)value : (u64)value;
  u32 base = kind == 'o' ? 8 : to_lower(kind) == 'x' ? 16 : 10;
  const char *digits = kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  const char *sign = negative ? "-" : is_signed && f->plus ? "+" : is_signed && f->space ? " " : "";
  if (f->hash && n && base == 16) sign = kind == 'X' ? "0X" : "0x";
  char text[80], *at = text + sizeof text;
  while (n > 0) *--at = digits[n % base], n /= base;
  int least = f->precision < 0 ? 1 : f->precision;
  if (f->hash && base == 8 && (at == text + sizeof text || *at != '0') && text + sizeof text - at >= least)
    least = text + sizeof text - at + 1;
  while (text + sizeof text - at < least && at > text) *--at = '0';
  put_padded(f, sign, at, text + sizeof text - at, f->zero && !f->left && f->precision < 0);
}

/* %b: an argument with escapes. */
static void put_interpreted(struct call *c, const struct field *f, const char *s) {
  struct buffer b = {0};
  while (*s && !c->stop) {
    if (*s != '\\') {
      buffer_add(&b, *s++);
      continue;
    }
    s++;
    int byte = read_escape(&s, *s == '0');
    if (byte == -1) c->stop = true;
    else buffer_add(&b, byte < 0 ? '\\' : byte);
  }
  if (f->precision >= 0 && (size_t)f->precision < b.length) b.length = f->precision;
  put_padded(f, "", buffer_text(&b), b.length, false);
  free(b.text);
}

static int read_width(struct call *c, const char **at) {
  int n = 0;
  if (**at == '*') {
    ++*at;
    return take_number(c);
  }
  for (; is_digit(**at); ++*at) n = n * 10 + **at - '0';
  return n;
}

static const char *conversion(struct call *c, const char *s) {
  struct field f = {.precision = -1};
  for (;; s++) {
    if (*s == '-') f.left = true;
    else if (*s == '0') f.zero = true;
    else if (*s == '+') f.plus = true;
    else if (*s == ' ') f.space = true;
    else if (*s == '#') f.hash = true;
    else break;
  }
  f.width = read_width(c, &s);
  if (f.width < 0) f.left = true, f.width = -f.width;
  if (*s == '.') {
    s++;
    f.precision = read_width(c, &s);
  }
  while (*s == 'l' || *s == 'h') s++;
  const char *text;
  switch (*s) {
    case '%': put_char('%'); break;
    case 'c':
      text = take(c);
      put_padded(&f, "", text ? text : "", text && *text ? 1 : 0, false);
      break;
    case 's': {
      text = take(c);
      if (!text) text = "";
      int length = strlen(text);
      if (f.precision >= 0 && f.precision < length) length = f.precision;
      put_padded(&f, "", text, length, false);
      break;
    }
    case 'b':
      text = take(c);
      put_interpreted(c, &f, text ? text : "");
      break;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': put_number(&f, take_number(c), *s); break;
    default:
      warn("%%%c: invalid conversion specification", *s);
      c->status = 1;
      c->stop = true;
      return *s ? s + 1 : s;
  }
  return s + 1;
}

/* printf FORMAT ARGUMENT...: the format is used again until the arguments are used up. */
int printf_main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--") == 0) argc--, argv++;
  if (argc < 2) {
    warn("usage: printf FORMAT [ARGUMENT]...");
    return 2;
  }
  struct call c = {argv + 2, 0, false};
  char **before;
  do {
    before = c.arguments;
    for (const char *s = argv[1]; *s && !c.stop;) {
      if (*s == '%') {
        s = conversion(&c, s + 1);
      } else if (*s == '\\') {
        s++;
        int byte = read_escape(&s, false);
        if (byte == -1) put("\\c"); /* ends only what %b writes */
        else put_char(byte < 0 ? '\\' : byte);
      } else {
        put_char(*s++);
      }
    }
  } while (*c.arguments && c.arguments != before && !c.stop);
  return c.status;
}
