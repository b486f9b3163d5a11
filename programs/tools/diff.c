#include "tool.h"

/* The shortest edit script (Myers 1986), shown as normal or unified output. */

struct text {
  struct buffer data;
  char **lines;
  int count;
  bool open_end; /* the last line has no newline */
};

struct change {
  int a, a_count, b, b_count; /* lines from a replaced by lines from b, counted from 0 */
};

static int context = -1;
static bool brief;

static bool load(struct text *t, const char *path) {
  int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY, 0), capacity = 0;
  if (fd < 0) return fail(path, fd), false;
  struct input in;
  struct buffer line = {0};
  input_open(&in, fd);
  while (input_line(&in, &line)) {
    t->open_end = line.text[line.length - 1] != '\n';
    if (!t->open_end) line.length--;
    if (t->count == capacity) t->lines = realloc(t->lines, (capacity = capacity * 2 + 64) * sizeof *t->lines);
    t->lines[t->count++] = copy_bytes(line.text, line.length);
  }
  free(line.text);
  input_close(&in);
  return true;
}

static bool same(const struct text *a, int i, const struct text *b, int j) {
  bool a_open = a->open_end && i == a->count - 1, b_open = b->open_end && j == b->count - 1;
  return a_open == b_open && strcmp(a->lines[i], b->lines[j]) == 0;
}

/* Runs the greedy algorithm and keeps each round's furthest points; returns the number of rounds. */
static int search(const struct text *a, const struct text *b, int ***rounds) {
  int most = a->count + b->count, size = 2 * most + 3, *v = malloc(size * sizeof *v), middle = most + 1;
  memset(v, 0, size * sizeof *v);
  *rounds = malloc((most + 1) * sizeof **rounds);
  for (int d = 0;; d++) {
    for (int k = -d; k <= d; k += 2) {
      bool down = k == -d || (k != d && v[middle + k - 1] < v[middle + k + 1]);
      int x = down ? v[middle + k + 1] : v[middle + k - 1] + 1, y = x - k;
      while (x < a->count && y < b->count && same(a, x, b, y)) x++, y++;
      v[middle + k] = x;
      if (x >= a->count && y >= b->count) {
        free(v);
        return d;
      }
    }
    (*rounds)[d] = memcpy(malloc((2 * d + 1) * sizeof *v), v + middle - d, (2 * d + 1) * sizeof *v);
  }
}

/* Walks back from the end; returns the changes in order. */
static int changes_of(const struct text *a, const struct text *b, struct change **changes) {
  int **rounds, d = search(a, b, &rounds), x = a->count, y = b->count, count = 0;
  struct change *list = malloc((d + 1) * sizeof *list);
  for (; d > 0; d--) {
    int k = x - y, *v = rounds[d - 1] + d - 1; /* v[k] for -(d-1) <= k <= d-1 */
    bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
    int previous = down ? k + 1 : k - 1, start = v[previous], at_x = down ? start : start + 1;
    y -= x - at_x; /* back along the diagonal */
    x = at_x;
    if (down) y--;
    else x--;
    struct change *last = count ? &list[count - 1] : NULL;
    if (last && last->a == x + !down && last->b == y + down) {
      last->a = x, last->b = y;
      last->a_count += !down;
      last->b_count += down;
    } else {
      list[count++] = (struct change){x, !down, y, down};
    }
    free(rounds[d - 1]);
  }
  free(rounds);
  for (int i = 0; i < count / 2; i++) {
    struct change swap = list[i];
    list[i] = list[count - 1 - i];
    list[count - 1 - i] = swap;
  }
  *changes = list;
  return count;
}

static void put_line(const char *prefix, const struct text *t, int i) {
  say("%s%s\n", prefix, t->lines[i]);
  if (t->open_end && i == t->count - 1) put("\\ No newline at end of file\n");
}

static void put_range(int start, int count) {
  if (count > 1) say("%d,%d", start + 1, start + count);
  else say("%d", count ? start + 1 : start);
}

static void put_normal(const struct text *a, const struct text *b, const struct change *c) {
  put_range(c->a, c->a_count);
  put_char(!c->a_count ? 'a' : !c->b_count ? 'd' : 'c');
  put_range(c->b, c->b_count);
  put_char('\n');
  for (int i = 0; i < c->a_count; i++) put_line("< ", a, c->a + i);
  if (c->a_count && c->b_count) put("---\n");
  for (int i = 0; i < c->b_count; i++) put_line("> ", b, c->b + i);
}

static void put_hunk_range(char sign, int start, int count) {
  say("%c%d", sign, count ? start + 1 : start);
  if (count != 1) say(",%d", count);
}

static void put_unified(const struct text *a, const struct text *b, const struct change *changes, int count) {
  for (int i = 0, next; i < count; i = next) {
    for (next = i + 1; next < count && changes[next].a - changes[next - 1].a - changes[next - 1].a_count <= 2 * context;
         next++) {
    }
    const struct change *first = &changes[i], *last = &changes[next - 1];
    int before = first->a < context ? first->a : context, end = last->a + last->a_count, rest = a->count - end;
    int after = rest < context ? rest : context, from = first->a - before;
    put("@@ ");
    put_hunk_range('-', from, end + after - from);
    put_char(' ');
    put_hunk_range('+', first->b - before, last->b + last->b_count + after - (first->b - before));
    put(" @@\n");
    int at = from;
    for (const struct change *c = first; c <= last; c++) {
      for (; at < c->a; at++) put_line(" ", a, at);
      for (int k = 0; k < c->a_count; k++) put_line("-", a, c->a + k);
      for (int k = 0; k < c->b_count; k++) put_line("+", b, c->b + k);
      at = c->a + c->a_count;
    }
    for (; at < end + after; at++) put_line(" ", a, at);
  }
}

static void put_header(const char *sign, const char *path) {
  struct stat st = {0};
  struct buffer b = {0};
  stat(path, &st);
  calendar_put(&b, "%Y-%m-%d %H:%M:%S.%N %z", st.mtime.sec, st.mtime.nsec);
  say("%s %s\t%s\n", sign, path, buffer_text(&b));
  free(b.text);
}

/* diff [-u] [-U LINES] [-q] A B */
int diff_main(int argc, char **argv) {
  struct options o = {.known = "uU:q"};
  struct text a = {0}, b = {0};
  struct change *changes;
  i64 n;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 2;
    if (c == 'u') context = 3;
    if (c == 'q') brief = true;
    if (c == 'U' && (!parse_number(o.argument, &n) || (context = n) < 0)) return warn("invalid context length"), 2;
  }
  if (argc - o.index != 2) return warn("two operands, please"), 2;
  const char *left = argv[o.index], *right = argv[o.index + 1];
  if (!load(&a, left) || !load(&b, right)) return 2;
  int count = changes_of(&a, &b, &changes);
  if (count == 0) return 0;
  if (brief) {
    say("Files %s and %s differ\n", left, right);
  } else if (context >= 0) {
    put_header("---", left);
    put_header("+++", right);
    put_unified(&a, &b, changes, count);
  } else {
    for (int i = 0; i < count; i++) put_normal(&a, &b, &changes[i]);
  }
  return 1;
}
