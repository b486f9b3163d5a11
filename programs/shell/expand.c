#include "sh.h"

/* Words to marked text: every byte remembers whether it may be split at and whether it may be a pattern character. */

void text_add(struct text *t, int c, enum mark mark) {
  buffer_add(&t->chars, c);
  buffer_add(&t->marks, mark);
}

void text_string(struct text *t, const char *s, enum mark mark) {
  for (; *s; s++) text_add(t, *s, mark);
}

void text_free(struct text *t) {
  free(t->chars.text);
  free(t->marks.text);
}

/* The value of $name for everything but $@ and $*; NULL when it is not set. */
static const char *parameter_value(const char *name) {
  if (is_digit(*name)) {
    i64 n;
    if (!parse_number(name, &n)) return NULL;
    if (n == 0) return sh.name;
    return n <= sh.parameter_count ? sh.parameters[n - 1] : NULL;
  }
  if (is_alpha(*name) || *name == '_') return get_variable(name);
  switch (*name) {
    case '#': return number_text(sh.parameter_count);
    case '?': return number_text(sh.status);
    case '$': return number_text(sh.shell_pid);
    case '!': return sh.last_background ? number_text(sh.last_background) : NULL;
    case '-': return option_letters();
  }
  return NULL;
}

static bool is_all(const char *name) { return (name[0] == '@' || name[0] == '*') && !name[1]; }

static char separator(void) {
  const char *ifs = get_variable("IFS");
  return ifs ? *ifs : ' ';
}

/* Adds "$@" as separate fields, "$*" as one field with the first byte of IFS between, $@ and $* as separate fields to
 * be split. */
static void add_all(struct text *t, bool quoted, char name, const char *(*change)(const char *value, void *),
                    void *state) {
  for (int i = 0; i < sh.parameter_count; i++) {
    if (i > 0) {
      if (!quoted || name == '@') text_add(t, 0, MARK_BREAK);
      else if (separator()) text_add(t, separator(), MARK_QUOTED);
    }
    if (quoted) text_add(t, 0, MARK_EMPTY);
    const char *value = sh.parameters[i];
    text_string(t, change ? change(value, state) : value, quoted ? MARK_QUOTED : MARK_SPLIT);
  }
  if (quoted && name == '*') text_add(t, 0, MARK_EMPTY);
}

static void add_value(struct text *t, const char *value, bool quoted) {
  if (quoted) text_add(t, 0, MARK_EMPTY);
  text_string(t, value, quoted ? MARK_QUOTED : MARK_SPLIT);
}

struct trimming {
  char *pattern;
  char op;
};

/* ${x%y} and its kin: tries the ends in the order that makes the first match the shortest or the longest. */
static const char *trim(const char *value, void *state) {
  struct trimming *trimming = state;
  size_t length = strlen(value);
  bool suffix = trimming->op == OP_SUFFIX || trimming->op == OP_LONG_SUFFIX;
  bool from_end = trimming->op == OP_SUFFIX || trimming->op == OP_LONG_PREFIX;
  for (size_t i = 0; i <= length; i++) {
    size_t at = from_end ? length - i : i;
    if (suffix) {
      if (pattern_match(trimming->pattern, value + at)) return arena_copy(&scratch, value, at);
    } else {
      if (pattern_match(trimming->pattern, arena_copy(&scratch, value, at))) return value + at;
    }
  }
  return value;
}

static void parameter_error(const struct part *p) {
  char *message = expand_string(p->word);
  if (p->word->parts) shell_error("%s: %s", p->text, message);
  else shell_error(p->colon ? "%s: parameter null or not set" : "%s: parameter not set", p->text);
}

static void assign_default(struct text *t, const struct part *p) {
  if (!valid_name(p->text)) {
    shell_error("%s: bad variable name", p->text);
    return;
  }
  char *value = expand_assignment(p->word);
  if (!sh.skip && set_variable(p->text, value)) add_value(t, value, p->quoted);
}

static void expand_parameter(struct text *t, const struct part *p) {
  bool all = is_all(p->text), set, empty;
  const char *value = all ? NULL : parameter_value(p->text);
  if (all) {
    set = sh.parameter_count > 0;
    empty = sh.parameter_count == 0 || (sh.parameter_count == 1 && !*sh.parameters[0]);
  } else {
    set = value != NULL;
    empty = !value || !*value;
  }
  bool use_word = !set || (p->colon && empty);
  switch (p->op) {
    case OP_BAD: shell_error("Bad substitution"); return;
    case '+':
      if (!use_word) expand_word(t, p->word, true);
      else if (p->quoted) text_add(t, 0, MARK_EMPTY);
      return;
    case '-':
      if (use_word) return expand_word(t, p->word, true);
      break;
    case '=':
      if (use_word) return assign_default(t, p);
      break;
    case '?':
      if (use_word) return parameter_error(p);
      break;
    default:
      if (!set && !all && option('u')) {
        shell_error("%s: parameter not set", p->text);
        return;
      }
  }
  if (p->op == OP_LENGTH) {
    if (all) value = number_text(sh.parameter_count);
    else value = number_text(value ? strlen(value) : 0);
    return add_value(t, value, p->quoted);
  }
  struct trimming trimming = {.op = p->op};
  bool trims = p->op == OP_SUFFIX || p->op == OP_LONG_SUFFIX || p->op == OP_PREFIX || p->op == OP_LONG_PREFIX;
  if (trims) trimming.pattern = expand_pattern(p->word);
  if (all) return add_all(t, p->quoted, *p->text, trims ? trim : NULL, &trimming);
  if (!value) value = "";
  add_value(t, trims ? trim(value, &trimming) : value, p->quoted);
}

/* ~ and ~user at the start of a word or after : in an assignment; returns how many bytes it replaced. */
static size_t expand_tilde(struct text *t, const char *s, size_t length, bool in_assignment) {
  size_t end = 1;
  while (end < length && s[end] != '/' && !(in_assignment && s[end] == ':')) end++;
  if (end == 1) {
    const char *home = get_variable("HOME");
    if (!home) return 0;
    text_add(t, 0, MARK_EMPTY);
    text_string(t, home, MARK_QUOTED);
    return 1;
  }
  char *user = copy_bytes(s + 1, end - 1), *passwd = read_whole("/etc/passwd");
  size_t used = 0;
  for (char *line = passwd; line && *line && !used;) {
    char *stop = strchr(line, '\n'), *field = line;
    if (stop) *stop = 0;
    if (strncmp(line, user, end - 1) == 0 && line[end - 1] == ':') {
      for (int i = 0; i < 5 && field; i++) field = strchr(field, ':'), field = field ? field + 1 : NULL;
      for (; field && *field && *field != ':'; field++) text_add(t, *field, MARK_QUOTED);
      used = end;
    }
    line = stop ? stop + 1 : NULL;
  }
  free(user);
  free(passwd);
  return used;
}

static void add_literal(struct text *t, const struct part *p, bool first, bool in_assignment, bool in_parameter) {
  enum mark mark = p->quoted ? MARK_QUOTED : in_parameter ? MARK_SPLIT : MARK_LITERAL;
  if (p->quoted && p->length == 0) text_add(t, 0, MARK_EMPTY);
  for (size_t i = 0; i < p->length; i++) {
    bool start = (first && i == 0) || (in_assignment && i > 0 && p->text[i - 1] == ':');
    if (start && p->text[i] == '~' && !p->quoted) {
      bool rest_follows = p->next && !memchr(p->text + i, '/', p->length - i);
      size_t used = rest_follows ? 0 : expand_tilde(t, p->text + i, p->length - i, in_assignment);
      if (used) {
        i += used - 1;
        continue;
      }
    }
    text_add(t, p->text[i], mark);
  }
}

static void add_parts(struct text *t, const struct word *w, bool in_assignment, bool in_parameter) {
  for (const struct part *p = w->parts; p && !sh.skip; p = p->next) {
    switch (p->kind) {
      case PART_TEXT: add_literal(t, p, p == w->parts, in_assignment, in_parameter); break;
      case PART_PARAMETER: expand_parameter(t, p); break;
      case PART_COMMAND: add_value(t, capture(p->body), p->quoted); break;
      case PART_ARITHMETIC: {
        i64 n = arithmetic(expand_string(p->word));
        if (!sh.skip) add_value(t, number_text(n), p->quoted);
        break;
      }
    }
  }
}

void expand_word(struct text *t, const struct word *w, bool in_parameter) { add_parts(t, w, false, in_parameter); }

char *text_plain(struct text *t) {
  char *s = arena_alloc(&scratch, t->chars.length + 1), *at = s;
  for (size_t i = 0; i < t->chars.length; i++) {
    if (t->marks.text[i] == MARK_BREAK) *at++ = ' ';
    else if (t->marks.text[i] != MARK_EMPTY) *at++ = t->chars.text[i];
  }
  *at = 0;
  return s;
}

char *text_pattern(struct text *t) {
  char *s = arena_alloc(&scratch, 2 * t->chars.length + 1), *at = s;
  for (size_t i = 0; i < t->chars.length; i++) {
    char c = t->chars.text[i];
    if (t->marks.text[i] == MARK_EMPTY) continue;
    if (t->marks.text[i] == MARK_BREAK) c = ' ';
    if (t->marks.text[i] == MARK_QUOTED && strchr("*?[]\\!^-", c)) *at++ = '\\';
    *at++ = c;
  }
  *at = 0;
  return s;
}

static char *expand_to(const struct word *w, bool in_assignment, char *(*finish)(struct text *)) {
  struct text t = {0};
  add_parts(&t, w, in_assignment, false);
  char *s = finish(&t);
  text_free(&t);
  return s;
}

char *expand_string(const struct word *w) { return expand_to(w, false, text_plain); }
char *expand_pattern(const struct word *w) { return expand_to(w, false, text_pattern); }
char *expand_assignment(const struct word *w) { return expand_to(w, true, text_plain); }

/* PS1, PS2 and PS4 undergo parameter expansion. */
char *expand_prompt(const char *text) {
  struct source s;
  struct parser outer = parser;
  struct tree *tree = malloc(sizeof *tree);
  int status = sh.status;
  bool interactive = sh.interactive;
  if (!strchr(text, '$') && !strchr(text, '`')) {
    free(tree);
    return (char *)text;
  }
  *tree = (struct tree){.uses = 1};
  sh.interactive = false; /* these bytes are not recorded */
  parser = (struct parser){.tree = tree};
  source_push_text(&s, text);
  struct word *w = read_word(MODE_HERE);
  source_pop();
  bool failed = parser.failed;
  parser = outer;
  sh.interactive = interactive;
  char *result = failed ? "$ " : expand_string(w);
  sh.status = status;
  tree_release(tree);
  return result;
}
