#include "sh.h"

struct chunk {
  struct chunk *previous;
  size_t used, size;
  char data[];
};

enum { CHUNK = 2032 };

struct arena scratch;

void *arena_alloc(struct arena *a, size_t size) {
  size = (size + 7) & ~7;
  struct chunk *c = a->chunks;
  if (!c || c->size - c->used < size) {
    size_t room = size > CHUNK ? size : CHUNK;
    c = malloc(sizeof *c + room);
    c->previous = a->chunks;
    c->used = 0;
    c->size = room;
    a->chunks = c;
  }
  void *p = c->data + c->used;
  c->used += size;
  return p;
}

char *arena_copy(struct arena *a, const char *s, size_t length) {
  char *copy = arena_alloc(a, length + 1);
  memcpy(copy, s, length);
  copy[length] = 0;
  return copy;
}

struct arena_mark arena_mark(struct arena *a) {
  return (struct arena_mark){a->chunks, a->chunks ? a->chunks->used : 0};
}

void arena_release(struct arena *a, struct arena_mark mark) {
  while (a->chunks != mark.chunk) {
    struct chunk *previous = a->chunks->previous;
    free(a->chunks);
    a->chunks = previous;
  }
  if (a->chunks) a->chunks->used = mark.used;
}

void arena_free(struct arena *a) { arena_release(a, (struct arena_mark){NULL, 0}); }

/* A number as text in scratch. */
char *number_text(i64 n) {
  struct buffer b = {0};
  buffer_say(&b, "%lld", n);
  char *text = arena_copy(&scratch, b.text, b.length);
  free(b.text);
  return text;
}

void tree_release(struct tree *t) {
  if (--t->uses > 0) return;
  arena_free(&t->arena);
  free(t);
}
