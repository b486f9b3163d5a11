#include "sed.h"
#include "tool.h"

struct stream {
  struct script *script;
  char **paths; /* the next ones */
  const char *path;
  struct input in;
  bool open, pending, pending_newline;
  struct buffer next; /* read ahead, to know the last line */
  struct buffer space, hold, appended;
  bool missing_newline;
  bool newline; /* whether the line in the pattern space ended in one */
  u64 line;
  int status, quit; /* quit: exit code + 1 */
  struct regex *last_regex;
};

static bool open_next(struct stream *x) {
  while (*x->paths) {
    const char *path = *x->paths++;
    int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY, 0);
    if (fd < 0) {
      warn("can't read %s: %s", path, error_text(fd));
      x->status = 2;
      continue;
    }
    input_open(&x->in, fd);
    x->path = path;
    return x->open = true;
  }
  return false;
}

/* Fills x->next; false at the end of all files (of this file, when they are edited in place). */
static bool look_ahead(struct stream *x) {
  while (!x->pending) {
    if (!x->open && (x->script->in_place || !open_next(x))) return false;
    if (input_line(&x->in, &x->next)) {
      x->pending_newline = x->next.text[x->next.length - 1] == '\n';
      if (x->pending_newline) x->next.length--;
      return x->pending = true;
    }
    if (x->in.error) x->status = fail(x->path, x->in.error);
    input_close(&x->in);
    x->open = false;
  }
  return true;
}

static bool read_next(struct stream *x, bool append) {
  if (!look_ahead(x)) return false;
  if (append) buffer_add(&x->space, '\n');
  else x->space.length = 0;
  buffer_put(&x->space, x->next.text, x->next.length);
  buffer_text(&x->space);
  x->newline = x->pending_newline;
  x->pending = false;
  x->line++;
  return true;
}

static bool search(struct stream *x, struct regex *regex, int start, int *groups) {
  if (regex) x->last_regex = regex;
  if (!x->last_regex) {
    warn("no previous regular expression");
    exit(1);
  }
  return regex_search(x->last_regex, x->space.text, x->space.length, start, groups);
}

static bool matches(struct stream *x, const struct address *a) {
  int groups[2 * REGEX_GROUPS];
  switch (a->kind) {
    case ADDRESS_LINE: return x->line == a->line;
    case ADDRESS_LAST: return !look_ahead(x);
    case ADDRESS_REGEX: return search(x, a->regex, 0, groups);
    case ADDRESS_STEP:
      return a->step == 0 ? x->line == a->line : x->line >= a->line && (x->line - a->line) % a->step == 0;
  }
  return true;
}

static bool selected(struct stream *x, struct command *c) {
  if (c->to.kind == ADDRESS_NONE) return matches(x, &c->from);
  if (c->active) {
    if (c->until) {
      if (x->line >= c->until) c->active = false;
      return x->line <= c->until;
    }
    if (matches(x, &c->to)) c->active = false;
    return true;
  }
  if (!matches(x, &c->from)) return false;
  c->until = c->to.kind == ADDRESS_LINE ? c->to.line : c->to.kind == ADDRESS_COUNT ? x->line + c->to.line : 0;
  c->active = c->to.kind == ADDRESS_LINE || c->to.kind == ADDRESS_COUNT ? c->until > x->line : true;
  return true;
}

/* A last line without its newline stays so, unless something follows it. */
static void finish_line(struct stream *x) {
  if (x->missing_newline) put_char('\n');
  x->missing_newline = false;
}

static void put_space(struct stream *x) {
  finish_line(x);
  put_bytes(x->space.text, x->space.length);
  if (x->newline || look_ahead(x)) put_char('\n');
  else x->missing_newline = true;
}

static void put_text(struct stream *x, const struct buffer *b) {
  if (!b->length) return;
  finish_line(x);
  put_bytes(b->text, b->length);
}

static void write_space(struct stream *x, int fd) {
  flush();
  if (x->newline) buffer_add(&x->space, '\n');
  write_all(fd, x->space.text, x->space.length);
  x->space.length -= x->newline;
  buffer_text(&x->space);
}

static void add_replacement(struct buffer *out, const char *text, const char *space, const int *groups) {
  char fold = 0, once = 0;
  for (; *text; text++) {
    int group = -1;
    if (*text == '&') group = 0;
    if (*text == '\\' && text[1]) {
      text++;
      if (is_digit(*text)) group = *text - '0';
      else if (strchr("ULE", *text)) {
        fold = *text == 'E' ? 0 : *text;
        continue;
      } else if (*text == 'u' || *text == 'l') {
        once = to_upper(*text);
        continue;
      }
    }
    const char *from = space + groups[group < 0 ? 0 : 2 * group], *to = space + groups[group < 0 ? 0 : 2 * group + 1];
    char escaped = text[-1] == '\\' && *text == 'n' ? '\n' : text[-1] == '\\' && *text == 't' ? '\t' : *text;
    if (group < 0) from = &escaped, to = from + 1;
    else if (groups[2 * group] < 0) continue;
    for (; from < to; from++) {
      char how = once ? once : fold;
      buffer_add(out, how == 'U' ? to_upper(*from) : how == 'L' ? to_lower(*from) : *from);
      once = 0;
    }
  }
}

static bool substitute(struct stream *x, struct command *c) {
  struct buffer out = {0};
  int groups[2 * REGEX_GROUPS], at = 0, count = 0, last_end = -1;
  bool done = false;
  while (at <= (int)x->space.length && search(x, c->regex, at, groups)) {
    bool empty = groups[0] == groups[1];
    buffer_put(&out, x->space.text + at, groups[0] - at);
    at = groups[1];
    if (!(empty && groups[0] == last_end)) {
      count++;
      if (count >= c->occurrence) {
        add_replacement(&out, c->text, x->space.text, groups);
        done = true;
      } else {
        buffer_put(&out, x->space.text + groups[0], groups[1] - groups[0]);
      }
    }
    last_end = groups[1];
    if (done && !c->global) break;
    if (empty) {
      if (at >= (int)x->space.length) break;
      buffer_add(&out, x->space.text[at++]);
    }
  }
  if (!done) {
    free(out.text);
    return false;
  }
  if (at < (int)x->space.length) buffer_put(&out, x->space.text + at, x->space.length - at);
  free(x->space.text);
  x->space = out;
  buffer_text(&x->space);
  if (c->print) put_space(x);
  if (c->output >= 0) write_space(x, c->output);
  return true;
}

static void append_file(struct stream *x, const char *path) {
  char *text = read_whole(path);
  if (text) buffer_string(&x->appended, text);
  free(text);
}

static void list_space(struct stream *x) {
  static const char letters[] = "\aa\bb\ff\nn\rr\tt\vv\\\\";
  u32 column = 0;
  for (size_t i = 0; i < x->space.length; i++) {
    u8 byte = x->space.text[i];
    const char *l = letters;
    while (*l && (u8)*l != byte) l += 2;
    u32 width = *l ? 2 : byte < 32 || byte > 126 ? 4 : 1;
    if (column + width > 69) put("\\\n"), column = 0;
    if (*l) say("\\%c", l[1]);
    else if (width == 4) say("\\%03o", byte);
    else put_char(byte);
    column += width;
  }
  put("$\n");
}

static void finish_cycle(struct stream *x, bool print) {
  if (print && !x->script->quiet) put_space(x);
  put_text(x, &x->appended);
  x->appended.length = 0;
}

enum { NEXT_COMMAND, END_CYCLE, DELETE, RESTART };

static void copy_buffer(struct buffer *to, const struct buffer *from, bool append) {
  if (append) buffer_add(to, '\n');
  else to->length = 0;
  if (from->length) buffer_put(to, from->text, from->length);
  buffer_text(to);
}

static int run_command(struct stream *x, struct command *c, int *at, bool *substituted) {
  switch (c->name) {
    case '=': say("%llu\n", x->line); break;
    case 'a': buffer_string(&x->appended, c->text); break;
    case 'i': put(c->text); break;
    case 'c':
      if (!c->active || c->invert) put(c->text);
      return DELETE;
    case 'd': return DELETE;
    case 'D': {
      char *newline = memchr(x->space.text, '\n', x->space.length);
      if (!newline) return DELETE;
      size_t used = newline + 1 - x->space.text;
      memmove(x->space.text, newline + 1, x->space.length - used + 1);
      x->space.length -= used;
      return RESTART;
    }
    case 'g': copy_buffer(&x->space, &x->hold, false); break;
    case 'G': copy_buffer(&x->space, &x->hold, true); break;
    case 'h': copy_buffer(&x->hold, &x->space, false); break;
    case 'H': copy_buffer(&x->hold, &x->space, true); break;
    case 'x': {
      struct buffer swap = x->space;
      x->space = x->hold;
      x->hold = swap;
      buffer_text(&x->space);
      break;
    }
    case 'l': list_space(x); break;
    case 'n':
      if (!look_ahead(x)) {
        x->quit = 1;
        return END_CYCLE;
      }
      finish_cycle(x, true);
      read_next(x, false);
      break;
    case 'N':
      if (!look_ahead(x)) {
        x->quit = 1;
        return END_CYCLE;
      }
      put_text(x, &x->appended);
      x->appended.length = 0;
      read_next(x, true);
      break;
    case 'p': put_space(x); break;
    case 'P': {
      char *newline = memchr(x->space.text, '\n', x->space.length);
      put_bytes(x->space.text, newline ? (size_t)(newline - x->space.text) : x->space.length);
      put_char('\n');
      break;
    }
    case 'q':
    case 'Q': x->quit = c->target + 1; return c->name == 'q' ? END_CYCLE : DELETE;
    case 'r': append_file(x, c->text); break;
    case 's': *substituted |= substitute(x, c); break;
    case 'b': *at = c->target; break;
    case 't':
    case 'T':
      if (*substituted == (c->name == 't')) *at = c->target;
      *substituted = false;
      break;
    case 'w': write_space(x, c->output); break;
    case 'y':
      for (size_t i = 0; i < x->space.length; i++) x->space.text[i] = c->text[(u8)x->space.text[i]];
      break;
  }
  return NEXT_COMMAND;
}

static int run_cycle(struct stream *x) {
  struct script *s = x->script;
  bool substituted = false;
  for (int at = 0; at < s->count;) {
    struct command *c = &s->commands[at++];
    if (c->name == '}' || c->name == ':') continue;
    if (selected(x, c) == c->invert) {
      if (c->name == '{') at = c->target;
      continue;
    }
    int result = run_command(x, c, &at, &substituted);
    if (result != NEXT_COMMAND) return result;
  }
  return END_CYCLE;
}

static void run_stream(struct stream *x) {
  for (bool more = read_next(x, false); more && !x->quit;) {
    int result = run_cycle(x);
    finish_cycle(x, result == END_CYCLE);
    if (x->quit || result == RESTART) continue;
    more = read_next(x, false);
  }
}

/* Writes to a new file beside the old one, then takes its place. */
static int edit(struct script *s, char *path) {
  struct stat st;
  char *one[] = {path, NULL}, *other = join_path(path, "");
  struct stream x = {.script = s, .paths = one};
  other[strlen(other) - 1] = '~';
  int error = stat(path, &st);
  if (error) {
    warn("can't read %s: %s", path, error_text(error));
    return 4;
  }
  int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC, st.mode & 0777), saved = dup(1);
  if (fd < 0) return fail(other, fd);
  flush();
  dup2(fd, 1);
  close(fd);
  if (open_next(&x)) run_stream(&x);
  error = flush();
  dup2(saved, 1);
  close(saved);
  if (!error) error = rename(other, path);
  return error ? fail(path, error) : x.status;
}

int sed_run(struct script *s, char **paths) {
  static char *standard[] = {"-", NULL};
  struct stream x = {.script = s, .paths = *paths ? paths : standard};
  if (!s->in_place) {
    run_stream(&x);
    return x.quit > 1 ? x.quit - 1 : x.status;
  }
  int status = 0;
  for (; *paths; paths++) {
    for (int i = 0; i < s->count; i++) s->commands[i].active = false;
    int result = edit(s, *paths);
    if (result) status = result;
  }
  return status;
}
