#include "tool.h"

/* rev, nl, fold, paste, comm: small filters of lines */

static int reverse_bytes(struct input *in, const char *name, void *state) {
  struct buffer line = {0};
  (void)name, (void)state;
  while (input_line(in, &line)) {
    bool ended = line.text[line.length - 1] == '\n';
    for (size_t i = line.length - ended; i > 0; i--) put_char(line.text[i - 1]);
    if (ended) put_char('\n');
  }
  return 0;
}

int rev_main(int argc, char **argv) {
  (void)argc;
  return each_input(argv + 1, reverse_bytes, NULL);
}

struct numbering {
  bool all;
  u32 line;
};

static int number_lines(struct input *in, const char *name, void *state) {
  struct numbering *n = state;
  struct buffer line = {0};
  (void)name;
  while (input_line(in, &line)) {
    if (n->all || line.text[0] != '\n') say("%6u\t", ++n->line);
    else put("       ");
    put_bytes(line.text, line.length);
    if (line.text[line.length - 1] != '\n') put_char('\n');
  }
  return 0;
}

/* nl [-b a|t] FILE... */
int nl_main(int argc, char **argv) {
  struct options o = {.known = "b:"};
  struct numbering n = {0};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    n.all = *o.argument == 'a';
  }
  return each_input(argv + o.index, number_lines, &n);
}

static int fold_lines(struct input *in, const char *name, void *state) {
  int width = *(int *)state, column = 0, c;
  (void)name;
  while ((c = input_char(in)) >= 0) {
    int next = c == '\n' ? 0 : c == '\t' ? (column | 7) + 1 : column + 1;
    if (next > width && column > 0) {
      put_char('\n');
      next = c == '\t' ? 8 : 1;
    }
    put_char(c);
    column = next;
  }
  return 0;
}

/* fold [-w WIDTH] FILE... */
int fold_main(int argc, char **argv) {
  struct options o = {.known = "w:b"};
  int width = 80, c;
  i64 n;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c != 'w') continue;
    if (!parse_number(o.argument, &n) || n < 1) return warn("invalid number of columns: '%s'", o.argument), 1;
    width = n;
  }
  return each_input(argv + o.index, fold_lines, &width);
}

static bool take_line(struct input *in, struct buffer *line) {
  if (!input_line(in, line)) return false;
  if (line->text[line->length - 1] == '\n') line->text[--line->length] = 0;
  return true;
}

static int open_all(struct input *inputs, char **paths, int count) {
  for (int i = 0; i < count; i++) {
    int fd = strcmp(paths[i], "-") == 0 ? 0 : open(paths[i], O_RDONLY, 0);
    if (fd < 0) return fail(paths[i], fd);
    input_open(&inputs[i], fd);
  }
  return 0;
}

/* paste [-s] [-d CHARACTERS] FILE... */
int paste_main(int argc, char **argv) {
  struct options o = {.known = "sd:"};
  const char *delimiters = "\t";
  bool serial = false;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 's') serial = true;
    if (c == 'd') delimiters = *o.argument ? o.argument : "\t";
  }
  static char *standard[] = {"-", NULL};
  char **paths = o.index < argc ? argv + o.index : standard;
  int count = o.index < argc ? argc - o.index : 1, cycle = strlen(delimiters);
  struct input *inputs = malloc(count * sizeof *inputs);
  bool *ended = memset(malloc(count), 0, count);
  struct buffer line = {0}, row = {0};
  if (open_all(inputs, paths, count)) return 1;
  for (int i = 0; serial && i < count; i++) {
    for (int k = 0; take_line(&inputs[i], &line); k++) {
      if (k) put_char(delimiters[(k - 1) % cycle]);
      put_bytes(line.text, line.length);
    }
    put_char('\n');
  }
  for (bool any = !serial; any;) {
    any = false;
    row.length = 0;
    for (int i = 0; i < count; i++) {
      if (i) buffer_add(&row, delimiters[(i - 1) % cycle]);
      if (ended[i] || !take_line(&inputs[i], &line)) {
        ended[i] = true;
        continue;
      }
      any = true;
      buffer_put(&row, line.text, line.length);
    }
    if (!any) break;
    put_bytes(row.text, row.length);
    put_char('\n');
  }
  return 0;
}

/* comm [-123] A B, both sorted */
int comm_main(int argc, char **argv) {
  struct options o = {.known = "123"};
  bool hidden[4] = {0}, has[2];
  struct input in[2];
  struct buffer line[2] = {0};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    hidden[c - '0'] = true;
  }
  if (argc - o.index != 2) return warn("two operands, please"), 1;
  if (open_all(in, argv + o.index, 2)) return 1;
  for (int i = 0; i < 2; i++) has[i] = take_line(&in[i], &line[i]);
  while (has[0] || has[1]) {
    int order = !has[0] ? 1 : !has[1] ? -1 : strcmp(line[0].text, line[1].text);
    int column = order < 0 ? 1 : order > 0 ? 2 : 3;
    if (!hidden[column]) {
      for (int i = 1; i < column; i++)
        if (!hidden[i]) put_char('\t');
      say("%s\n", line[column == 2].text);
    }
    if (order <= 0) has[0] = take_line(&in[0], &line[0]);
    if (order >= 0) has[1] = take_line(&in[1], &line[1]);
  }
  return 0;
}
