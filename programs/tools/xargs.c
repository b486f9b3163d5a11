#include "tool.h"

struct batch {
  char **fixed;
  int fixed_count, most, status;
  const char *replace;
  bool quiet;
};

static int run_batch(struct batch *x, char **items, int count) {
  char **argv = malloc((x->fixed_count + count + 1) * sizeof *argv);
  int n = 0;
  for (int i = 0; i < x->fixed_count; i++) {
    char *hit = x->replace ? strstr(x->fixed[i], x->replace) : NULL;
    if (!hit || !*x->replace) {
      argv[n++] = x->fixed[i];
      continue;
    }
    struct buffer b = {0};
    for (char *at = x->fixed[i]; *at;) {
      if (strncmp(at, x->replace, strlen(x->replace)) == 0) buffer_string(&b, items[0]), at += strlen(x->replace);
      else buffer_add(&b, *at++);
    }
    argv[n++] = buffer_text(&b);
  }
  for (int i = 0; i < count && !x->replace; i++) argv[n++] = items[i];
  argv[n] = NULL;
  int status = run_and_wait(argv, NULL);
  if (status) x->status = status > 125 ? status : 123;
  free(argv);
  return x->status;
}

/* Reads one item: blanks and newlines separate, quotes and backslashes protect; with zero or lines, only that byte
 * separates. */
static bool next_item(struct input *in, int separator, struct buffer *item) {
  int c, quote = 0;
  bool any = false;
  item->length = 0;
  while ((c = input_char(in)) >= 0) {
    if (separator >= 0) {
      if (c == separator) {
        if (any || separator == 0) return true;
        continue;
      }
    } else if (quote) {
      if (c == quote) {
        quote = 0;
        continue;
      }
    } else if (is_space(c)) {
      if (any) return true;
      continue;
    } else if (c == '\'' || c == '"') {
      quote = c;
      any = true;
      continue;
    } else if (c == '\\') {
      c = input_char(in);
    }
    buffer_add(item, c);
    any = true;
  }
  return any;
}

/* xargs [-0] [-n COUNT] [-I TEXT] [-r] [COMMAND [ARGUMENT]...] */
int xargs_main(int argc, char **argv) {
  static char *echo[] = {"echo", NULL};
  struct options o = {.known = "+0n:I:r"};
  struct batch x = {.most = 2000};
  struct input in;
  struct buffer item = {0};
  int c, separator = -1, count = 0, runs = 0;
  bool need_items = false;
  i64 n;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == '0') separator = 0;
    if (c == 'r') need_items = true;
    if (c == 'I') x.replace = o.argument, x.most = 1, separator = '\n';
    if (c == 'n' && parse_number(o.argument, &n) && n > 0) x.most = n < 2000 ? n : 2000;
  }
  x.fixed = o.index < argc ? argv + o.index : echo;
  while (x.fixed[x.fixed_count]) x.fixed_count++;
  char **items = malloc(x.most * sizeof *items);
  input_open(&in, 0);
  while (next_item(&in, separator, &item)) {
    items[count++] = copy_bytes(item.length ? item.text : "", item.length);
    if (count < x.most) continue;
    run_batch(&x, items, count);
    runs++;
    while (count > 0) free(items[--count]);
  }
  if (count > 0 || (runs == 0 && !need_items && !x.replace)) run_batch(&x, items, count);
  return x.status;
}
