#include "sed.h"
#include "tool.h"

struct reader {
  const char *at;
  struct script s;
  int open_blocks[64], depth;
};

static _Noreturn void stop(const char *message) {
  warn("%s", message);
  flush();
  leave(1);
}

static void blanks(struct reader *r) {
  while (*r->at == ' ' || *r->at == '\t') r->at++;
}

/* Reads up to an unescaped delimiter. An escaped delimiter loses its backslash, \n becomes a newline where asked. */
static char *delimited(struct reader *r, char delimiter, bool regex) {
  struct buffer b = {0};
  bool bracket = false;
  for (; *r->at && (*r->at != delimiter || bracket); r->at++) {
    char c = *r->at;
    if (regex && c == '[' && !bracket) {
      bracket = true;
      buffer_add(&b, c);
      if (r->at[1] == '^') buffer_add(&b, *++r->at);
      if (r->at[1] == ']') buffer_add(&b, *++r->at);
      continue;
    }
    if (regex && c == ']') bracket = false;
    if (c == '\\' && !bracket && r->at[1]) {
      r->at++;
      if (*r->at != delimiter) buffer_add(&b, '\\');
      buffer_add(&b, *r->at);
      continue;
    }
    if (c == '\n' && regex) break;
    buffer_add(&b, c);
  }
  if (*r->at != delimiter) stop("unterminated address regex or `s' command");
  r->at++;
  return buffer_text(&b);
}

static struct regex *compile(const char *pattern, int flags) {
  const char *error;
  if (!*pattern) return NULL;
  struct regex *regex = regex_compile(pattern, flags, &error);
  if (!regex) stop(error);
  return regex;
}

static bool read_address(struct reader *r, struct address *a, bool second) {
  int flags = r->s.extended ? REGEX_EXTENDED : 0;
  char c = *r->at;
  if (is_digit(c)) {
    r->at = parse_digits(r->at, &a->line);
    a->kind = ADDRESS_LINE;
    if (*r->at == '~') {
      const char *end = parse_digits(r->at + 1, &a->step);
      if (!end) stop("bad address");
      r->at = end;
      a->kind = ADDRESS_STEP;
    }
  } else if (c == '$') {
    r->at++;
    a->kind = ADDRESS_LAST;
  } else if (second && c == '+') {
    const char *end = parse_digits(r->at + 1, &a->line);
    if (!end) stop("bad address");
    r->at = end;
    a->kind = ADDRESS_COUNT;
  } else if (c == '/' || c == '\\') {
    r->at += c == '\\' ? 2 : 1;
    char *pattern = delimited(r, r->at[-1], true);
    if (*r->at == 'I') r->at++, flags |= REGEX_IGNORE_CASE;
    a->regex = compile(pattern, flags);
    a->kind = ADDRESS_REGEX;
  } else {
    return false;
  }
  return true;
}

static int open_output(const char *path) {
  if (strcmp(path, "/dev/stdout") == 0) return 1;
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) fail(path, fd), leave(4);
  return fd;
}

static char *rest_of_line(struct reader *r) {
  blanks(r);
  const char *end = strchr(r->at, '\n');
  size_t length = end ? (size_t)(end - r->at) : strlen(r->at);
  char *text = copy_bytes(r->at, length);
  r->at += length;
  return text;
}

static void read_substitution(struct reader *r, struct command *c) {
  int flags = r->s.extended ? REGEX_EXTENDED : 0;
  char delimiter = *r->at++;
  char *pattern = delimited(r, delimiter, true);
  c->text = delimited(r, delimiter, false);
  c->occurrence = 1;
  for (;; r->at++) {
    if (*r->at == 'g') c->global = true;
    else if (*r->at == 'p') c->print = true;
    else if (*r->at == 'i' || *r->at == 'I') flags |= REGEX_IGNORE_CASE;
    else if (is_digit(*r->at)) {
      u64 n;
      r->at = parse_digits(r->at, &n) - 1;
      c->occurrence = n;
    } else if (*r->at == 'w') {
      r->at++;
      c->output = open_output(rest_of_line(r));
      break;
    } else break;
  }
  c->regex = compile(pattern, flags);
}

static void read_map(struct reader *r, struct command *c) {
  char delimiter = *r->at++;
  const char *from = delimited(r, delimiter, false), *to = delimited(r, delimiter, false);
  c->text = malloc(256);
  for (int i = 0; i < 256; i++) c->text[i] = i;
  while (*from && *to) {
    char key = *from++, value = *to++;
    if (key == '\\' && *from) key = *from++ == 'n' ? '\n' : from[-1];
    if (value == '\\' && *to) value = *to++ == 'n' ? '\n' : to[-1];
    c->text[(u8)key] = value;
  }
  if (*from || *to) stop("strings for `y' command are different lengths");
}

/* The text of a, i and c: after a backslash and newline, or on the same line; a backslash continues it. */
static void read_text(struct reader *r, struct command *c) {
  struct buffer b = {0};
  blanks(r);
  if (*r->at == '\\') {
    r->at++;
    blanks(r);
    if (*r->at == '\n') r->at++;
  }
  for (; *r->at && *r->at != '\n'; r->at++) {
    if (*r->at == '\\' && r->at[1]) r->at++;
    buffer_add(&b, *r->at);
  }
  buffer_add(&b, '\n');
  c->text = buffer_text(&b);
}

static void read_label(struct reader *r, struct command *c) {
  blanks(r);
  size_t length = 0;
  while (r->at[length] && !strchr(";\n}", r->at[length])) length++;
  while (length > 0 && is_space(r->at[length - 1])) length--;
  c->text = copy_bytes(r->at, length);
  r->at += length;
}

static struct command *new_command(struct script *s) {
  if (s->count == s->capacity)
    s->commands = realloc(s->commands, (s->capacity = s->capacity * 2 + 16) * sizeof *s->commands);
  struct command *c = &s->commands[s->count++];
  *c = (struct command){.output = -1};
  return c;
}

static void read_command(struct reader *r) {
  struct command *c = new_command(&r->s);
  if (read_address(r, &c->from, false)) {
    blanks(r);
    if (*r->at == ',') {
      r->at++;
      blanks(r);
      if (!read_address(r, &c->to, true)) stop("unexpected `,'");
    }
  }
  for (blanks(r); *r->at == '!'; blanks(r)) c->invert = true, r->at++;
  c->name = *r->at ? *r->at++ : 0;
  switch (c->name) {
    case '{':
      if (r->depth == 64) stop("too many {");
      r->open_blocks[r->depth++] = r->s.count - 1;
      return;
    case '}':
      if (r->depth == 0) stop("unexpected `}'");
      r->s.commands[r->open_blocks[--r->depth]].target = r->s.count;
      break;
    case 's': read_substitution(r, c); break;
    case 'y': read_map(r, c); break;
    case 'a':
    case 'i':
    case 'c': read_text(r, c); break;
    case ':':
    case 'b':
    case 't':
    case 'T': read_label(r, c); break;
    case 'r': c->text = rest_of_line(r); break;
    case 'w': c->output = open_output(rest_of_line(r)); break;
    case 'q':
    case 'Q': {
      u64 code = 0;
      blanks(r);
      const char *end = parse_digits(r->at, &code);
      if (end) r->at = end;
      c->target = code;
      break;
    }
    case '=':
    case 'd':
    case 'D':
    case 'g':
    case 'G':
    case 'h':
    case 'H':
    case 'l':
    case 'n':
    case 'N':
    case 'p':
    case 'P':
    case 'x': break;
    default: stop(c->name ? "unknown command" : "missing command");
  }
  blanks(r);
  if (*r->at == '}' || *r->at == '#' || !*r->at) return;
  if (*r->at != ';' && *r->at != '\n') stop("extra characters after command");
  r->at++;
}

static void resolve_labels(struct script *s) {
  for (int i = 0; i < s->count; i++) {
    struct command *c = &s->commands[i];
    if (!c->name || !strchr("btT", c->name)) continue;
    c->target = s->count;
    bool known = !*c->text;
    for (int k = 0; k < s->count && !known; k++)
      if (s->commands[k].name == ':' && strcmp(s->commands[k].text, c->text) == 0) c->target = k, known = true;
    if (!known) stop("can't find label for jump");
  }
}

struct script sed_compile(const char *text, bool extended) {
  struct reader r = {.at = text, .s = {.extended = extended}};
  for (;;) {
    while (is_space(*r.at) || *r.at == ';') r.at++;
    if (*r.at == '#') {
      while (*r.at && *r.at != '\n') r.at++;
      continue;
    }
    if (!*r.at) break;
    read_command(&r);
  }
  if (r.depth) stop("unmatched `{'");
  resolve_labels(&r.s);
  return r.s;
}

/* sed [-nErsi] [-e SCRIPT]... [-f FILE]... [SCRIPT] FILE... */
int sed_main(int argc, char **argv) {
  struct options o = {.known = "nErsie:f:"};
  struct buffer text = {0};
  bool quiet = false, extended = false, in_place = false, given = false;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'n') quiet = true;
    if (c == 'E' || c == 'r') extended = true;
    if (c == 'i') in_place = true;
    if (c != 'e' && c != 'f') continue;
    const char *part = c == 'e' ? o.argument : read_whole(o.argument);
    if (!part) return fail(o.argument, -ENOENT);
    if (given) buffer_add(&text, '\n');
    buffer_string(&text, part);
    given = true;
  }
  if (!given) {
    if (o.index == argc) return warn("usage: sed [-nEi] [-e SCRIPT]... [FILE]..."), 1;
    buffer_string(&text, argv[o.index++]);
  }
  if (strncmp(buffer_text(&text), "#n\n", 3) == 0) quiet = true;
  struct script s = sed_compile(text.text, extended);
  s.quiet = quiet;
  s.in_place = in_place;
  return sed_run(&s, argv + o.index);
}
