#include "builtin.h"

/* Reads words into parts. Quotes disappear here; a part remembers that it was quoted. */

struct builder {
  struct part *first, **last;
  struct buffer literal;
  bool literal_quoted;
};

static struct part *add_part(struct builder *b, enum part_kind kind, bool quoted) {
  struct part *p = tree_alloc(sizeof *p);
  p->kind = kind;
  p->quoted = quoted;
  *b->last = p;
  b->last = &p->next;
  return p;
}

static void add_text(struct builder *b, const char *s, size_t length, bool quoted) {
  struct part *p = add_part(b, PART_TEXT, quoted);
  p->text = arena_copy(&parser.tree->arena, s, length);
  p->length = length;
}

static void finish_literal(struct builder *b) {
  if (b->literal.length == 0) return;
  add_text(b, b->literal.text, b->literal.length, b->literal_quoted);
  b->literal.length = 0;
}

static void add_char(struct builder *b, int c, bool quoted) {
  if (b->literal_quoted != quoted) finish_literal(b);
  b->literal_quoted = quoted;
  buffer_add(&b->literal, c);
}

static void read_parts(struct builder *b, enum word_mode mode);

static struct word *finish_word(struct builder *b) {
  finish_literal(b);
  free(b->literal.text);
  struct word *w = tree_alloc(sizeof *w);
  w->parts = b->first;
  return w;
}

struct word *read_word(enum word_mode mode) {
  struct builder b = {0};
  b.last = &b.first;
  if (enter_nesting()) {
    read_parts(&b, mode);
    parser.depth--;
  }
  return finish_word(&b);
}

/* Parses the commands of $(...) up to its parenthesis, on the same source. */
static struct node *read_commands(enum token last) {
  struct parser outer = parser;
  parser.peeked = false;
  parser.here = NULL;
  struct node *body = parse_inner(last);
  bool failed = parser.failed;
  parser = outer;
  if (failed) parser.failed = true, parser.peeked = true, parser.token = T_END;
  return body;
}

/* Parses what was read already as the commands of a substitution. */
static void add_commands(struct builder *b, const char *text, bool quoted) {
  struct part *p = add_part(b, PART_COMMAND, quoted);
  struct source s;
  bool interactive = sh.interactive;
  u32 line = source->line;
  source_push_text(&s, text);
  s.line = line;
  sh.interactive = false; /* these bytes are recorded already */
  p->body = read_commands(T_END);
  sh.interactive = interactive;
  source_pop();
}

static void read_backquotes(struct builder *b, bool quoted) {
  struct buffer text = {0};
  int c;
  while ((c = next_byte()) >= 0 && c != '`') {
    if (c == '\\') {
      int d = next_byte();
      if (d != '`' && d != '\\' && d != '$' && !(d == '"' && quoted)) buffer_add(&text, '\\');
      c = d;
    }
    if (c >= 0) buffer_add(&text, c);
  }
  if (c < 0) syntax_error("EOF in backquote substitution");
  else add_commands(b, buffer_text(&text), quoted);
  free(text.text);
}

/* Reads on to the quote that closes this one. */
static void copy_quoted(struct buffer *text, int quote) {
  int c;
  while ((c = next_byte()) >= 0) {
    buffer_add(text, c);
    if (c == quote) return;
    if (c == '\\' && quote != '\'' && (c = next_byte()) >= 0) buffer_add(text, c);
  }
}

/* Reads up to the single quote that no backslash protects, without it. */
static void copy_quoted_escapes(struct buffer *text) {
  int c;
  while ((c = next_byte()) >= 0 && c != '\'') {
    buffer_add(text, c);
    if (c == '\\' && (c = next_byte()) >= 0) buffer_add(text, c);
  }
  if (c < 0) syntax_error("Unterminated quoted string");
}

/* After $((: reads up to the closing parentheses. True for "))" together, false where $( (...) ) was meant. */
static bool read_double_parentheses(struct buffer *text) {
  bool together = true;
  int depth = 2, c;
  while ((c = next_char()) >= 0) {
    if (c == '(') depth++;
    if (c == ')' && --depth == 0) return together;
    if (c == ')' && depth == 1) {
      int d = next_char();
      if (d == ')' && together) return true;
      unread(d);
      together = false;
    }
    buffer_add(text, c);
    if (c == '\\' && (c = next_byte()) >= 0) buffer_add(text, c);
    else if (c == '\'' || c == '"' || c == '`') copy_quoted(text, c);
  }
  syntax_error("Missing '))'");
  return true;
}

static void read_arithmetic(struct builder *b, bool quoted) {
  struct buffer text = {0};
  buffer_add(&text, '(');
  if (read_double_parentheses(&text)) {
    struct source s;
    bool interactive = sh.interactive;
    struct part *p = add_part(b, PART_ARITHMETIC, quoted);
    source_push_text(&s, buffer_text(&text) + 1);
    sh.interactive = false;
    p->word = read_word(MODE_ARITHMETIC);
    sh.interactive = interactive;
    source_pop();
  } else {
    add_commands(b, buffer_text(&text), quoted);
  }
  free(text.text);
}

static void read_parenthesized(struct builder *b, bool quoted) {
  int c = next_char();
  if (c == '(') return read_arithmetic(b, quoted);
  unread(c);
  struct part *p = add_part(b, PART_COMMAND, quoted);
  p->body = read_commands(T_CLOSE);
}

static bool is_name_start(int c) { return is_alpha(c) || c == '_'; }
static bool is_special(int c) { return c > 0 && strchr("@*#?-$!", c); }

static char *read_name(int c) {
  struct buffer name = {0};
  if (is_special(c)) {
    buffer_add(&name, c);
  } else {
    bool digits = is_digit(c);
    for (; digits ? is_digit(c) : is_name_start(c) || is_digit(c); c = next_char()) buffer_add(&name, c);
    unread(c);
  }
  char *text = arena_copy(&parser.tree->arena, buffer_text(&name), name.length);
  free(name.text);
  return text;
}

static void bad_substitution(struct part *p, int c) {
  for (int depth = 1; c >= 0; c = next_char()) {
    if (c == '{') depth++;
    if (c == '}' && --depth == 0) break;
  }
  p->op = OP_BAD;
}

static void read_braced(struct builder *b, bool quoted) {
  struct part *p = add_part(b, PART_PARAMETER, quoted);
  int c = next_char();
  if (c == '#') {
    int d = next_char();
    if (is_name_start(d) || is_digit(d) || is_special(d)) {
      p->text = read_name(d);
      c = next_char();
      if (c == '}') p->op = OP_LENGTH;
      else bad_substitution(p, c);
      return;
    }
    unread(d);
  }
  if (!is_name_start(c) && !is_digit(c) && !is_special(c)) {
    p->text = "";
    bad_substitution(p, c);
    return;
  }
  p->text = read_name(c);
  c = next_char();
  if (c == '}') return;
  if (c == ':') {
    p->colon = true;
    c = next_char();
  }
  if (c > 0 && strchr("-=?+", c)) {
    p->op = c;
    p->word = read_word(quoted ? MODE_QUOTED_BRACE : MODE_BRACE);
    return;
  }
  if ((c != '%' && c != '#') || p->colon) {
    bad_substitution(p, c);
    return;
  }
  int d = next_char();
  p->op = c == '%' ? OP_SUFFIX : OP_PREFIX;
  if (d == c) p->op = c == '%' ? OP_LONG_SUFFIX : OP_LONG_PREFIX;
  else unread(d);
  p->word = read_word(MODE_BRACE);
}

/* $'...': escapes as in C, everything else literal. */
static void read_escaped(struct builder *b) {
  struct buffer text = {0};
  copy_quoted_escapes(&text);
  finish_literal(b);
  for (const char *s = buffer_text(&text); *s;) {
    if (*s != '\\') {
      add_char(b, *s++, true);
      continue;
    }
    s++;
    int byte = *s == '\'' || *s == '"' ? (u8)*s++ : read_escape(&s, false);
    if (byte == -2) add_char(b, '\\', true);
    else if (byte > 0) add_char(b, byte, true);
  }
  finish_literal(b);
  if (!text.length) add_text(b, "", 0, true);
  free(text.text);
}

static void read_dollar(struct builder *b, bool quoted) {
  int c = next_char();
  if (c == '\'' && !quoted) return read_escaped(b);
  if (c == '(' || c == '{' || is_name_start(c) || is_digit(c) || is_special(c)) finish_literal(b);
  if (c == '(') {
    read_parenthesized(b, quoted);
  } else if (c == '{') {
    read_braced(b, quoted);
  } else if (is_name_start(c) || is_special(c)) {
    struct part *p = add_part(b, PART_PARAMETER, quoted);
    p->text = read_name(c);
  } else if (is_digit(c)) {
    struct part *p = add_part(b, PART_PARAMETER, quoted);
    char digit[1] = {c};
    p->text = arena_copy(&parser.tree->arena, digit, 1);
  } else {
    unread(c);
    add_char(b, '$', quoted);
  }
}

static void read_single(struct builder *b) {
  int c;
  bool any = false;
  while ((c = next_byte()) >= 0 && c != '\'') {
    add_char(b, c, true);
    any = true;
  }
  if (c < 0) syntax_error("Unterminated quoted string");
  if (any) return;
  finish_literal(b);
  add_text(b, "", 0, true);
}

static void read_double(struct builder *b) {
  finish_literal(b);
  struct part **before = b->last;
  if (!enter_nesting()) return;
  read_parts(b, MODE_QUOTED);
  parser.depth--;
  finish_literal(b);
  if (b->last == before) add_text(b, "", 0, true);
}

/* Bytes that a backslash protects inside quotes, by mode. */
static bool is_escapable(enum word_mode mode, int c) {
  if (c < 0) return false;
  if (mode == MODE_HERE) return strchr("$`\\", c);
  if (mode == MODE_QUOTED_BRACE) return strchr("$`\"\\}", c);
  return strchr("$`\"\\", c);
}

static bool word_ends(enum word_mode mode, int c) {
  switch (mode) {
    case MODE_WORD: return c < 0 || strchr(" \t\n;&|<>()", c);
    case MODE_BRACE:
    case MODE_QUOTED_BRACE: return c < 0 || c == '}';
    case MODE_QUOTED: return c < 0 || c == '"';
    default: return c < 0;
  }
}

static void read_parts(struct builder *b, enum word_mode mode) {
  bool quoted = mode != MODE_WORD && mode != MODE_BRACE;
  while (!parser.failed) {
    int c = next_char();
    if (word_ends(mode, c)) {
      if (mode == MODE_WORD) unread(c);
      else if (c < 0 && mode != MODE_HERE && mode != MODE_ARITHMETIC)
        syntax_error(mode == MODE_QUOTED ? "Unterminated quoted string" : "Missing '}'");
      return;
    }
    if (mode == MODE_ARITHMETIC && c == '"') continue;
    if (c == '$') {
      read_dollar(b, quoted);
    } else if (c == '`') {
      finish_literal(b);
      read_backquotes(b, quoted);
    } else if (c == '\\') {
      int d = next_byte();
      if (d < 0) {
        add_char(b, '\\', quoted);
      } else {
        if (quoted && !is_escapable(mode, d)) add_char(b, '\\', true);
        add_char(b, d, true);
      }
    } else if (c == '\'' && !quoted) {
      read_single(b);
    } else if (c == '"' && mode != MODE_HERE) {
      read_double(b);
    } else {
      add_char(b, c, quoted);
    }
  }
}

/* The text of a word without quotes and expansions, or NULL. */
char *word_plain(const struct word *w) {
  const struct part *p = w->parts;
  return p && !p->next && p->kind == PART_TEXT && !p->quoted ? p->text : NULL;
}
