#include "sh.h"

enum { BLOCK = 4096 };

struct source *source;
struct buffer recorded;

static void push(struct source *s) {
  s->previous = source;
  s->line = 1;
  source = s;
}

void source_push_text(struct source *s, const char *text) {
  *s = (struct source){.text = text, .fd = -1};
  push(s);
}

/* Standard input is shared with the commands that are run, so a pipe is read byte by byte; a script's own descriptor is
 * read in blocks. */
void source_push_fd(struct source *s, int fd, bool interactive) {
  *s = (struct source){.fd = fd, .interactive = interactive, .bytewise = fd == 0 && !isatty(0)};
  s->data = malloc(BLOCK);
  push(s);
}

void source_pop(void) {
  if (source->data) free(source->data);
  source = source->previous;
}

static void prompt(struct source *s) {
  const char *text = get_variable(s->fresh ? "PS1" : "PS2");
  if (s->fresh) report_jobs();
  s->fresh = false;
  flush();
  char *expanded = expand_prompt(text ? text : "");
  write_all(2, expanded, strlen(expanded));
}

static bool fill(struct source *s) {
  if (s->text || s->done) return false;
  if (s->interactive) prompt(s);
  for (;;) {
    int n = read(s->fd, s->data, s->bytewise ? 1 : BLOCK);
    if (n == -EINTR) {
      if (sh.interactive && sh.interrupted) return false;
      run_traps();
      if (sh.skip) return false;
      continue;
    }
    s->start = 0;
    s->end = n > 0 ? n : 0;
    if (n <= 0 && !s->interactive) s->done = true;
    return n > 0;
  }
}

int next_byte(void) {
  struct source *s = source;
  int c;
  if (s->pushed_count > 0) c = s->pushed[--s->pushed_count];
  else if (s->text && *s->text) c = (u8)*s->text++;
  else if (s->start < s->end || fill(s)) c = (u8)s->data[s->start++];
  else return -1;
  if (c == '\n') s->line++;
  if (sh.interactive) buffer_add(&recorded, c);
  return c;
}

void unread(int c) {
  if (c < 0) return;
  if (c == '\n') source->line--;
  source->pushed[source->pushed_count++] = c;
  if (sh.interactive && recorded.length > 0) recorded.length--;
}

int next_char(void) {
  for (;;) {
    int c = next_byte();
    if (c != '\\') return c;
    int d = next_byte();
    if (d == '\n') continue;
    unread(d);
    return c;
  }
}

/* Says whether a text source has nothing left but blanks and newlines. */
bool source_ended(void) {
  if (!source->text || source->pushed_count) return false;
  for (const char *s = source->text; *s; s++)
    if (!is_space(*s)) return false;
  return true;
}
