#include "tool.h"

struct copy {
  const char *input, *output;
  u64 block, count, skip, seek;
  bool truncates, quiet, counted;
};

/* Reads a size with the suffixes c, k, K, M, G. */
static bool parse_size(const char *s, u64 *n) {
  s = parse_digits(s, n);
  if (!s) return false;
  int shift = *s == 'k' || *s == 'K' ? 10 : *s == 'M' ? 20 : *s == 'G' ? 30 : 0;
  if (shift || *s == 'c') s++;
  *n <<= shift;
  return *s == 0;
}

static bool parse_operand(struct copy *c, const char *text) {
  if (strncmp(text, "if=", 3) == 0) return c->input = text + 3, true;
  if (strncmp(text, "of=", 3) == 0) return c->output = text + 3, true;
  if (strncmp(text, "bs=", 3) == 0) return parse_size(text + 3, &c->block) && c->block > 0 && c->block <= 64 << 20;
  if (strncmp(text, "count=", 6) == 0) return c->counted = true, parse_size(text + 6, &c->count);
  if (strncmp(text, "skip=", 5) == 0) return parse_size(text + 5, &c->skip);
  if (strncmp(text, "seek=", 5) == 0) return parse_size(text + 5, &c->seek);
  if (strcmp(text, "conv=notrunc") == 0) return c->truncates = false, true;
  if (strcmp(text, "status=none") == 0) return c->quiet = true;
  return false;
}

/* Skips input blocks: by seeking, or by reading where that cannot be. */
static void skip_input(int fd, const struct copy *c, char *data) {
  i64 position;
  if (c->skip == 0 || seek(fd, c->skip * c->block, SEEK_CUR, &position) == 0) return;
  for (u64 i = 0; i < c->skip; i++)
    if (read(fd, data, c->block) <= 0) return;
}

/* dd [if=FILE] [of=FILE] [bs=SIZE] [count=N] [skip=N] [seek=N] [conv=notrunc] [status=none] */
int dd_main(int argc, char **argv) {
  struct copy c = {.block = 512, .truncates = true};
  u64 full[2] = {0}, part[2] = {0};
  i64 position;
  int in = 0, out = 1, status = 0;
  for (int i = 1; i < argc; i++)
    if (!parse_operand(&c, argv[i])) return warn("unrecognized operand '%s'", argv[i]), 1;
  if (c.input && (in = open(c.input, O_RDONLY, 0)) < 0) {
    warn("failed to open '%s': %s", c.input, error_text(in));
    return 1;
  }
  if (c.output && (out = open(c.output, O_WRONLY | O_CREAT | (c.truncates && !c.seek ? O_TRUNC : 0), 0666)) < 0) {
    warn("failed to open '%s': %s", c.output, error_text(out));
    return 1;
  }
  char *data = malloc(c.block);
  skip_input(in, &c, data);
  if (c.seek) {
    if (c.truncates) syscall(SYS_ftruncate, out, (u32)(c.seek * c.block));
    seek(out, c.seek * c.block, SEEK_SET, &position);
  }
  while (!c.counted || full[0] + part[0] < c.count) {
    int n = read(in, data, c.block);
    if (n == -EINTR) continue;
    if (n < 0) status = fail(c.input ? c.input : "standard input", n);
    if (n <= 0) break;
    *(n == (int)c.block ? &full[0] : &part[0]) += 1;
    int error = write_all(out, data, n);
    if (error) {
      status = fail(c.output ? c.output : "standard output", error);
      break;
    }
    *(n == (int)c.block ? &full[1] : &part[1]) += 1;
  }
  if (!c.quiet) say_to(2, "%llu+%llu records in\n%llu+%llu records out\n", full[0], part[0], full[1], part[1]);
  return status;
}
