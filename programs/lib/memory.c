#include "lib.h"

/* Blocks of powers of two, one free list per size; the header in front of a block holds its size class. */
enum { SMALLEST = 4, CLASSES = 31, HEADER = 8, STEP = 16384 };

struct block {
  u32 class;
  u32 unused;
  struct block *next; /* only while free; the caller's bytes start here */
};

static struct block *available[CLASSES];
static char *heap, *heap_end;

static _Noreturn void exhausted(void) {
  static const char message[] = ": out of memory\n";
  write_all(2, program, strlen(program));
  write_all(2, message, sizeof message - 1);
  leave(2);
}

static char *extend(size_t size) {
  if (!heap) heap = heap_end = (char *)((syscall(SYS_brk, 0) + 15) & ~15);
  if ((size_t)(heap_end - heap) < size) {
    char *wanted = (char *)(((u32)heap + size + STEP - 1) & ~(STEP - 1));
    if (wanted < heap || (char *)syscall(SYS_brk, wanted) != wanted) exhausted();
    heap_end = wanted;
  }
  char *result = heap;
  heap += size;
  return result;
}

void *malloc(size_t size) {
  u32 class = SMALLEST;
  if (size > 0x40000000) size = 0x7fffffff - HEADER;
  while (class < 31 && ((size_t)1 << class) < size + HEADER) class++;
  if (class >= CLASSES) exhausted();
  struct block *b = available[class];
  if (b) available[class] = b->next;
  else b = (struct block *)extend((size_t)1 << class);
  b->class = class;
  return &b->next;
}

static struct block *block_of(void *p) { return (struct block *)((char *)p - HEADER); }

void free(void *p) {
  if (!p) return;
  struct block *b = block_of(p);
  b->next = available[b->class];
  available[b->class] = b;
}

void *realloc(void *p, size_t size) {
  if (!p) return malloc(size);
  size_t usable = ((size_t)1 << block_of(p)->class) - HEADER;
  if (size <= usable) return p;
  void *q = memcpy(malloc(size), p, usable);
  free(p);
  return q;
}

char *copy_bytes(const char *s, size_t length) {
  char *copy = memcpy(malloc(length + 1), s, length);
  copy[length] = 0;
  return copy;
}

char *copy_string(const char *s) { return copy_bytes(s, strlen(s)); }

char *join_path(const char *directory, const char *name) {
  struct buffer b = {0};
  buffer_string(&b, directory);
  if (b.length > 0 && b.text[b.length - 1] != '/') buffer_add(&b, '/');
  buffer_string(&b, name);
  return buffer_text(&b);
}
