#include "tool.h"

struct line {
  char *text;
  u32 length;
};
struct lines {
  struct line **items;
  size_t count, capacity;
};
struct key {
  u32 first, last; /* fields, from 1; last 0 is the end of the line */
  bool numeric, reverse, own;
};

static bool numeric, reverse, unique, stable, ignore_case;
static int separator = -1;
static struct key keys[8];
static int key_count;

static int read_lines(struct input *in, const char *name, void *state) {
  struct lines *all = state;
  struct buffer line = {0};
  (void)name;
  while (input_line(in, &line)) {
    if (line.text[line.length - 1] == '\n') line.length--;
    if (all->count == all->capacity)
      all->items = realloc(all->items, (all->capacity = all->capacity * 2 + 64) * sizeof *all->items);
    struct line *l = malloc(sizeof *l);
    l->length = line.length;
    l->text = copy_bytes(line.text, line.length);
    all->items[all->count++] = l;
  }
  return 0;
}

/* Finds the start of a field (from 1) or, one past the last field, the end of the line. */
static const char *field_start(const char *s, const char *end, u32 field) {
  for (u32 i = 1; i < field && s < end; i++) {
    if (separator >= 0) {
      while (s < end && (u8)*s != separator) s++;
      if (s < end) s++;
    } else {
      while (s < end && (*s == ' ' || *s == '\t')) s++;
      while (s < end && *s != ' ' && *s != '\t') s++;
    }
  }
  return s;
}

static const char *field_end(const char *s, const char *end) {
  if (separator >= 0) {
    while (s < end && (u8)*s != separator) s++;
    return s;
  }
  while (s < end && (*s == ' ' || *s == '\t')) s++;
  while (s < end && *s != ' ' && *s != '\t') s++;
  return s;
}

/* Compares two decimal numbers of any length with fractions, as sort -n: text that is no number counts as 0. */
static int compare_numbers(const char *a, const char *a_end, const char *b, const char *b_end) {
  const char *start[2] = {a, b}, *end[2] = {a_end, b_end}, *whole[2], *fraction[2];
  bool negative[2];
  size_t length[2];
  for (int i = 0; i < 2; i++) {
    const char *s = start[i];
    while (s < end[i] && (*s == ' ' || *s == '\t')) s++;
    negative[i] = s < end[i] && *s == '-';
    s += negative[i];
    while (s < end[i] && *s == '0') s++;
    whole[i] = s;
    while (s < end[i] && is_digit(*s)) s++;
    length[i] = s - whole[i];
    fraction[i] = s < end[i] && *s == '.' ? s + 1 : end[i];
    bool zero = length[i] == 0;
    for (const char *f = fraction[i]; zero && f < end[i] && is_digit(*f); f++) zero = *f == '0';
    if (zero) negative[i] = false;
  }
  if (negative[0] != negative[1]) return negative[0] ? -1 : 1;
  int order = length[0] != length[1] ? (length[0] < length[1] ? -1 : 1) : memcmp(whole[0], whole[1], length[0]);
  for (int i = 0; order == 0; i++) {
    int x = fraction[0] + i < end[0] && is_digit(fraction[0][i]) ? fraction[0][i] : 0;
    int y = fraction[1] + i < end[1] && is_digit(fraction[1][i]) ? fraction[1][i] : 0;
    if (!x && !y) break;
    order = (x ? x : '0') - (y ? y : '0');
  }
  return negative[0] ? -order : order;
}

static int compare_text(const char *a, size_t m, const char *b, size_t n) {
  for (size_t i = 0; i < m && i < n; i++) {
    int x = (u8)a[i], y = (u8)b[i];
    if (ignore_case) x = to_upper(x), y = to_upper(y);
    if (x != y) return x - y;
  }
  return m < n ? -1 : m > n;
}

static int compare_by(const struct key *k, const struct line *x, const struct line *y) {
  const char *x_end = x->text + x->length, *y_end = y->text + y->length;
  const char *a = field_start(x->text, x_end, k->first), *b = field_start(y->text, y_end, k->first);
  if (k->last) {
    x_end = field_end(field_start(x->text, x_end, k->last), x_end);
    y_end = field_end(field_start(y->text, y_end, k->last), y_end);
  }
  if (x_end < a) x_end = a;
  if (y_end < b) y_end = b;
  int order =
      (k->own ? k->numeric : numeric) ? compare_numbers(a, x_end, b, y_end) : compare_text(a, x_end - a, b, y_end - b);
  return (k->own ? k->reverse : reverse) ? -order : order;
}

static int compare_keys(const struct line *x, const struct line *y) {
  static const struct key whole = {1, 0, false, false, false};
  int order = 0;
  for (int i = 0; i < key_count && order == 0; i++) order = compare_by(&keys[i], x, y);
  return key_count ? order : compare_by(&whole, x, y);
}

static int compare(const void *a, const void *b) {
  const struct line *x = a, *y = b;
  int order = compare_keys(x, y);
  if (order == 0 && !unique && !stable && (key_count || numeric || ignore_case)) {
    int m = x->length, n = y->length;
    order = memcmp(x->text, y->text, m < n ? m : n);
    if (order == 0) order = m - n;
    if (reverse) order = -order;
  }
  return order;
}

static bool add_key(const char *s) {
  u64 first, last = 0;
  struct key k = {0};
  s = parse_digits(s, &first);
  if (!s || first == 0 || key_count == COUNT(keys)) return false;
  for (int side = 0; side < 2; side++) {
    if (*s == '.') return false;
    for (; *s && strchr("nrb", *s); s++) {
      k.own = true;
      k.numeric |= *s == 'n';
      k.reverse |= *s == 'r';
    }
    if (side || *s != ',') break;
    s = parse_digits(s + 1, &last);
    if (!s) return false;
  }
  k.first = first;
  k.last = last;
  keys[key_count++] = k;
  return *s == 0;
}

/* sort [-nrusf] [-k FIELD[,FIELD][nr]] [-t CHARACTER] [-o FILE] FILE... */
int sort_main(int argc, char **argv) {
  struct options o = {.known = "nrusfk:t:o:"};
  struct lines all = {0};
  const char *output = NULL;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 2;
    if (c == 'n') numeric = true;
    if (c == 'r') reverse = true;
    if (c == 'u') unique = true;
    if (c == 's') stable = true;
    if (c == 'f') ignore_case = true;
    if (c == 't') separator = (u8)o.argument[0];
    if (c == 'o') output = o.argument;
    if (c == 'k' && !add_key(o.argument)) return warn("invalid key '%s'", o.argument), 2;
  }
  if (each_input(argv + o.index, read_lines, &all)) return 2;
  sort((void **)all.items, all.count, compare);
  if (output) {
    int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) return fail(output, fd), 2;
    dup2(fd, 1);
  }
  for (size_t i = 0; i < all.count; i++) {
    if (unique && i > 0 && compare_keys(all.items[i - 1], all.items[i]) == 0) continue;
    put_bytes(all.items[i]->text, all.items[i]->length);
    put_char('\n');
  }
  return 0;
}
