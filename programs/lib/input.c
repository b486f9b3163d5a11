#include "lib.h"

enum { INPUT_SIZE = 4096 };

void input_open(struct input *in, int fd) {
  *in = (struct input){.fd = fd};
  in->data = malloc(INPUT_SIZE);
}

void input_close(struct input *in) {
  free(in->data);
  if (in->fd > 2) close(in->fd);
}

static bool fill(struct input *in) {
  int n;
  do n = read(in->fd, in->data, INPUT_SIZE);
  while (n == -EINTR);
  if (n < 0) in->error = n;
  in->start = 0;
  in->end = n > 0 ? n : 0;
  return n > 0;
}

/* Returns the next byte or -1 at the end or on an error, which in->error then holds. */
int input_char(struct input *in) {
  if (in->start == in->end && !fill(in)) return -1;
  return (u8)in->data[in->start++];
}

/* Reads a line with its newline, if it has one, into the emptied buffer; false at the end. */
bool input_line(struct input *in, struct buffer *line) {
  line->length = 0;
  while (in->start < in->end || fill(in)) {
    char *from = in->data + in->start;
    char *newline = memchr(from, '\n', in->end - in->start);
    size_t length = newline ? (size_t)(newline + 1 - from) : in->end - in->start;
    buffer_put(line, from, length);
    in->start += length;
    if (newline) break;
  }
  buffer_text(line);
  return line->length > 0;
}

/* Reads a small file as text; NULL when it cannot be read. The caller frees it. */
char *read_whole(const char *path) {
  int fd = open(path, O_RDONLY, 0);
  if (fd < 0) return NULL;
  struct buffer b = {0};
  char part[512];
  int n;
  while ((n = read(fd, part, sizeof part)) > 0) buffer_put(&b, part, n);
  close(fd);
  return buffer_text(&b);
}
