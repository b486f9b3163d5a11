#include "lib.h"

const char *program = "nestlab";

static char held[4096];
static size_t held_length;
static int held_error;

int write_all(int fd, const char *data, size_t length) {
  while (length > 0) {
    int n = write(fd, data, length);
    if (n == -EINTR) continue;
    if (n < 0) return n;
    data += n;
    length -= n;
  }
  return 0;
}

/* Writes what is held; returns 0 or the first -errno since the last flush, which is then forgotten. */
int flush(void) {
  int error = write_all(1, held, held_length);
  if (held_error) error = held_error;
  held_length = 0;
  held_error = 0;
  return error;
}

void put_bytes(const char *s, size_t length) {
  while (length > 0) {
    if (held_length == sizeof held) {
      int error = write_all(1, held, held_length);
      if (error) held_error = error;
      held_length = 0;
    }
    size_t n = sizeof held - held_length;
    if (n > length) n = length;
    memcpy(held + held_length, s, n);
    held_length += n;
    s += n;
    length -= n;
  }
}

void put_char(int c) {
  char byte = c;
  put_bytes(&byte, 1);
}

void put(const char *s) { put_bytes(s, strlen(s)); }

static void put_digits(struct buffer *b, u64 n, u32 base, const char *sign, int width, bool zero, bool left) {
  char digits[24];
  int length = 0, total;
  do digits[length++] = "0123456789abcdef"[n % base];
  while ((n /= base) > 0);
  total = length + strlen(sign);
  if (!zero && !left)
    for (; total < width; total++) buffer_add(b, ' ');
  buffer_string(b, sign);
  if (zero)
    for (; total < width; total++) buffer_add(b, '0');
  while (length > 0) buffer_add(b, digits[--length]);
  for (; total < width; total++) buffer_add(b, ' ');
}

/* Formats %s %c %d %u %x %o %% with -, 0, a width (or *), a precision for %s, and ll. */
void format(struct buffer *b, const char *f, va_list arguments) {
  for (; *f; f++) {
    if (*f != '%') {
      buffer_add(b, *f);
      continue;
    }
    bool left = false, zero = false;
    int width = 0, precision = -1, wide = 0;
    for (f++; *f == '-' || *f == '0'; f++) *f == '-' ? (left = true) : (zero = true);
    if (*f == '*') width = va_arg(arguments, int), f++;
    else
      for (; is_digit(*f); f++) width = width * 10 + *f - '0';
    if (*f == '.') {
      f++;
      if (*f == '*') precision = va_arg(arguments, int), f++;
      else
        for (precision = 0; is_digit(*f); f++) precision = precision * 10 + *f - '0';
    }
    for (; *f == 'l'; f++) wide++;
    if (*f == 's') {
      const char *s = va_arg(arguments, const char *);
      int length = 0, total;
      while (length != precision && s[length]) length++;
      if (!left)
        for (total = length; total < width; total++) buffer_add(b, ' ');
      buffer_put(b, s, length);
      if (left)
        for (total = length; total < width; total++) buffer_add(b, ' ');
    } else if (*f == 'd') {
      i64 n = wide > 1 ? va_arg(arguments, i64) : va_arg(arguments, int);
      put_digits(b, n < 0 ? -(u64)n : (u64)n, 10, n < 0 ? "-" : "", width, zero, left);
    } else if (*f == 'u' || *f == 'x' || *f == 'o') {
      u64 n = wide > 1 ? va_arg(arguments, u64) : va_arg(arguments, u32);
      put_digits(b, n, *f == 'u' ? 10 : *f == 'x' ? 16 : 8, "", width, zero, left);
    } else if (*f == 'c') {
      buffer_add(b, va_arg(arguments, int));
    } else {
      buffer_add(b, *f);
    }
  }
}

void say(const char *f, ...) {
  struct buffer b = {0};
  va_list arguments;
  va_start(arguments, f);
  format(&b, f, arguments);
  va_end(arguments);
  put_bytes(b.text, b.length);
  free(b.text);
}

/* Appends formatted text. */
void buffer_say(struct buffer *b, const char *f, ...) {
  va_list arguments;
  va_start(arguments, f);
  format(b, f, arguments);
  va_end(arguments);
}

/* Writes formatted text to a descriptor at once, after everything that standard output holds. */
void say_to(int fd, const char *f, ...) {
  struct buffer b = {0};
  va_list arguments;
  int error = flush();
  if (error) held_error = error;
  va_start(arguments, f);
  format(&b, f, arguments);
  va_end(arguments);
  write_all(fd, b.text, b.length);
  free(b.text);
}

/* Writes "program: message\n" to standard error, after everything that standard output holds. */
void warn(const char *f, ...) {
  struct buffer b = {0};
  va_list arguments;
  int error = flush();
  if (error) held_error = error;
  buffer_string(&b, program);
  buffer_string(&b, ": ");
  va_start(arguments, f);
  format(&b, f, arguments);
  va_end(arguments);
  buffer_add(&b, '\n');
  write_all(2, b.text, b.length);
  free(b.text);
}

/* Reports a path and -errno; returns exit status 1. */
int fail(const char *path, int error) {
  warn("%s: %s", path, error_text(error));
  return 1;
}

_Noreturn void leave(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

_Noreturn void exit(int status) {
  int error = flush();
  if (error) {
    warn("write error: %s", error_text(error));
    if (status == 0) status = 1;
  }
  leave(status);
}
