#include "tool.h"

static int reverse(struct input *in, const char *name, void *state) {
  (void)name, (void)state;
  struct buffer all = {0};
  int c;
  while ((c = input_char(in)) >= 0) buffer_add(&all, c);
  for (size_t end = all.length; end > 0;) {
    size_t start = end - 1;
    while (start > 0 && all.text[start - 1] != '\n') start--;
    put_bytes(all.text + start, end - start);
    end = start;
  }
  free(all.text);
  return 0;
}

/* tac FILE...: lines in reverse */
int tac_main(int argc, char **argv) {
  (void)argc;
  return each_input(argv + 1, reverse, NULL);
}

/* cmp [-s] A B */
int cmp_main(int argc, char **argv) {
  struct options o = {.known = "s"};
  bool silent = false;
  struct input in[2];
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 2;
    silent = true;
  }
  if (argc - o.index != 2) return warn("two operands, please"), 2;
  for (int i = 0; i < 2; i++) {
    const char *path = argv[o.index + i];
    int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY, 0);
    if (fd < 0) return fail(path, fd), 2;
    input_open(&in[i], fd);
  }
  for (u64 byte = 1, line = 1;; byte++) {
    int a = input_char(&in[0]), b = input_char(&in[1]);
    if (a == b && a < 0) return 0;
    if (a != b) {
      const char *short_one = argv[o.index + (b < 0)];
      if (!silent && (a < 0 || b < 0))
        byte == 1 ? warn("EOF on %s which is empty", short_one)
                  : warn("EOF on %s after byte %llu", short_one, byte - 1);
      else if (!silent) say("%s %s differ: char %llu, line %llu\n", argv[o.index], argv[o.index + 1], byte, line);
      return 1;
    }
    line += a == '\n';
  }
}
