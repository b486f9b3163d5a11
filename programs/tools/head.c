#include "tool.h"

struct state {
  i64 count;
  bool bytes, many;
  int files;
};

static void title(struct state *s, const char *name) {
  if (!s->many) return;
  say("%s==> %s <==\n", s->files++ ? "\n" : "", strcmp(name, "-") == 0 ? "standard input" : name);
}

static int head(struct input *in, const char *name, void *state) {
  struct state *s = state;
  int c;
  title(s, name);
  for (i64 left = s->count; left > 0 && (c = input_char(in)) >= 0;) {
    put_char(c);
    left -= s->bytes || c == '\n';
  }
  /* What was read too much goes back, where the file can seek: (head -1; cat) < FILE. */
  i64 position;
  if (in->end > in->start) seek(in->fd, -(i64)(in->end - in->start), SEEK_CUR, &position);
  return 0;
}

static void print_part(struct buffer *b, size_t start) { put_bytes(b->text + start, b->length - start); }

static int from_start(struct state *s, struct input *in) {
  int c;
  for (i64 left = s->count - 1; left > 0 && (c = input_char(in)) >= 0;) left -= s->bytes || c == '\n';
  while ((c = input_char(in)) >= 0) put_char(c);
  return 0;
}

static int tail(struct input *in, const char *name, void *state) {
  struct state *s = state;
  title(s, name);
  if (s->count < 0) {
    s->count = -s->count;
    int status = from_start(s, in);
    s->count = -s->count;
    return status;
  }
  struct buffer kept = {0}, line = {0};
  u64 lines = 0;
  size_t start = 0;
  while (input_line(in, &line)) {
    buffer_put(&kept, line.text, line.length);
    lines++;
    if (s->bytes) start = kept.length > s->count ? kept.length - s->count : 0;
    else
      for (; lines > (u64)s->count; lines--)
        start = (char *)memchr(kept.text + start, '\n', kept.length - start) + 1 - kept.text;
    if (start > 65536 && start > kept.length / 2) {
      memmove(kept.text, kept.text + start, kept.length - start);
      kept.length -= start;
      start = 0;
    }
  }
  if (kept.length) print_part(&kept, start);
  free(kept.text);
  free(line.text);
  return 0;
}

/* Follows a file that grows (tail -f): polls once a second. */
static int follow(const char *path) {
  int fd = open(path, O_RDONLY, 0);
  i64 position;
  if (fd < 0) return fail(path, fd);
  seek(fd, 0, SEEK_END, &position);
  for (;;) {
    struct timespec second = {1, 0};
    int error = flush();
    if (!error) error = copy_fd(fd, 1);
    if (error) return fail(path, error);
    nanosleep(&second, NULL);
  }
}

static bool count_option(struct state *s, const char *text, bool is_tail) {
  i64 n;
  bool from = is_tail && *text == '+';
  if (!parse_number(text, &n)) {
    warn("invalid number of lines: '%s'", text);
    return false;
  }
  if (n < 0) n = -n;
  s->count = from ? (n ? -n : -1) : n;
  return true;
}

static int run(int argc, char **argv, bool is_tail) {
  struct options o = {.known = is_tail ? "n:c:fqs:" : "n:c:q"};
  struct state s = {.count = 10};
  bool quiet = false, follows = false;
  int c;
  if (argc > 1 && argv[1][0] == '-' && is_digit(argv[1][1])) {
    if (!count_option(&s, argv[1] + 1, false)) return 1;
    o.index = 2;
  }
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'q') quiet = true;
    if (c == 'f') follows = true;
    if (c != 'n' && c != 'c') continue;
    s.bytes = c == 'c';
    if (!count_option(&s, o.argument, is_tail)) return 1;
  }
  s.many = !quiet && argc - o.index > 1;
  int status = each_input(argv + o.index, is_tail ? tail : head, &s);
  return follows && o.index < argc ? follow(argv[o.index]) : status;
}

/* head [-n LINES] [-c BYTES] FILE... */
int head_main(int argc, char **argv) { return run(argc, argv, false); }

/* tail [-n [+]LINES] [-c BYTES] [-f] FILE... */
int tail_main(int argc, char **argv) { return run(argc, argv, true); }
