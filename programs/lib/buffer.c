#include "lib.h"

static void reserve(struct buffer *b, size_t more) {
  if (b->length + more <= b->capacity) return;
  size_t capacity = b->capacity * 2 + 24;
  if (capacity < b->length + more) capacity = b->length + more;
  b->text = realloc(b->text, capacity);
  b->capacity = capacity;
}

void buffer_add(struct buffer *b, int c) {
  reserve(b, 1);
  b->text[b->length++] = c;
}

void buffer_put(struct buffer *b, const char *s, size_t length) {
  reserve(b, length);
  memcpy(b->text + b->length, s, length);
  b->length += length;
}

void buffer_string(struct buffer *b, const char *s) { buffer_put(b, s, strlen(s)); }

/* Ends the text with a NUL that does not count as part of it. */
char *buffer_text(struct buffer *b) {
  reserve(b, 1);
  b->text[b->length] = 0;
  return b->text;
}
