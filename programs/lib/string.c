#include "lib.h"

void *memcpy(void *to, const void *from, size_t size) {
  void *result = to;
  size_t words = size >> 2, rest = size & 3;
  __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
  return result;
}

void *memmove(void *to, const void *from, size_t size) {
  if ((char *)to <= (const char *)from || (char *)to >= (const char *)from + size) return memcpy(to, from, size);
  char *target = to;
  const char *source = from;
  while (size-- > 0) target[size] = source[size];
  return to;
}

void *memset(void *to, int byte, size_t size) {
  void *result = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
  return result;
}

int memcmp(const void *a, const void *b, size_t size) {
  const u8 *x = a, *y = b;
  for (; size > 0; size--, x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

void *memchr(const void *from, int byte, size_t size) {
  for (const u8 *p = from; size > 0; size--, p++)
    if (*p == (u8)byte) return (void *)p;
  return NULL;
}

size_t strlen(const char *s) {
  const char *end = s;
  while (*end) end++;
  return end - s;
}

int strcmp(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t size) {
  for (; size > 0; size--, a++, b++)
    if (*a != *b || !*a) return (u8)*a - (u8)*b;
  return 0;
}

char *strcpy(char *to, const char *from) { return memcpy(to, from, strlen(from) + 1); }

char *strchr(const char *s, int c) {
  for (;; s++) {
    if (*s == (char)c) return (char *)s;
    if (!*s) return NULL;
  }
}

char *strrchr(const char *s, int c) {
  const char *found = NULL;
  for (;; s++) {
    if (*s == (char)c) found = s;
    if (!*s) return (char *)found;
  }
}

char *strstr(const char *s, const char *needle) {
  size_t length = strlen(needle);
  for (;; s++) {
    if (strncmp(s, needle, length) == 0) return (char *)s;
    if (!*s) return NULL;
  }
}

bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(int c) { return c >= '0' && c <= '9'; }
bool is_alpha(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
int to_lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
int to_upper(int c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }

/* Says whether the bytes are a POSIX name: letters, digits and underscores, not starting with a digit. */
bool is_name(const char *s, size_t length) {
  if (length == 0 || is_digit(*s)) return false;
  for (size_t i = 0; i < length; i++)
    if (!is_alpha(s[i]) && !is_digit(s[i]) && s[i] != '_') return false;
  return true;
}

const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}
