/* The library that hello, the shell, the tools and the probes share. */
#ifndef LIB_H
#define LIB_H

#include "sys.h"

/* string.c: as in the C standard */
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *from, int byte, size_t size);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);
char *strcpy(char *to, const char *from);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *needle);
bool is_space(int c);
bool is_digit(int c);
bool is_alpha(int c);
bool is_name(const char *s, size_t length);
int to_lower(int c);
int to_upper(int c);
const char *base_name(const char *path);

/* memory.c: exits with a message when there is no memory */
void *malloc(size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
char *copy_string(const char *s);
char *copy_bytes(const char *s, size_t length);
char *join_path(const char *directory, const char *name);

/* buffer.c: a growing byte array; text is NUL-terminated after buffer_text */
struct buffer {
  char *text;
  size_t length, capacity;
};
void buffer_add(struct buffer *b, int c);
void buffer_put(struct buffer *b, const char *s, size_t length);
void buffer_string(struct buffer *b, const char *s);
char *buffer_text(struct buffer *b);

/* number.c */
bool parse_number(const char *s, i64 *value);
const char *parse_digits(const char *s, u64 *value);

/* output.c: one buffer for standard output, flushed by exit; standard error is written at once */
extern const char *program;
void put_char(int c);
void put_bytes(const char *s, size_t length);
void put(const char *s);
void say(const char *format, ...);
void warn(const char *format, ...);
int fail(const char *path, int error);
int flush(void);
void format(struct buffer *b, const char *format, va_list arguments);
void buffer_say(struct buffer *b, const char *format, ...);
void say_to(int fd, const char *format, ...);
_Noreturn void exit(int status);
_Noreturn void leave(int status);

/* input.c: buffered lines */
struct input {
  int fd, error;
  size_t start, end;
  char *data;
};
void input_open(struct input *in, int fd);
void input_close(struct input *in);
int input_char(struct input *in);
bool input_line(struct input *in, struct buffer *line);
int write_all(int fd, const char *data, size_t length);
char *read_whole(const char *path);

/* error.c, signal.c */
const char *error_text(int error);
const char *signal_name(int signal);
const char *signal_text(int signal);
int signal_number(const char *name);

/* environment.c */
const char *environment(const char *name);

/* directory.c: sorted names without . and .. ; returns -errno or the count */
int read_directory(const char *path, char ***names);
void free_names(char **names, int count);
void sort(void **items, size_t count, int (*compare)(const void *, const void *));

/* option.c: POSIX options, as getopt; -- ends them; they may follow operands unless `known` begins with + */
struct options {
  const char *known, *at, *argument;
  int index, skipped;
};
int next_option(struct options *o, int argc, char **argv);

/* pattern.c: shell patterns, and the bracket expression that regular expressions share */
const char *bracket_match(const char *p, int c, bool escapes, bool *matched);
bool pattern_match(const char *pattern, const char *text);

/* calendar.c: proleptic Gregorian, UTC */
struct calendar {
  int year, month, day, hour, minute, second, weekday, yearday;
};
void calendar_of(i64 seconds, struct calendar *c);
void calendar_put(struct buffer *b, const char *format, i64 seconds, int nanoseconds);

/* account.c: names of /etc/passwd and /etc/group */
char *account_name(const char *file, u32 id);

/* permission.c */
bool parse_mode(const char *text, int old, int mask, bool directory, int *mode);
void mode_text(int mode, char text[11]);

#endif
