#include "sh.h"

struct parser parser;

void *tree_alloc(size_t size) { return memset(arena_alloc(&parser.tree->arena, size), 0, size); }

static const char *const token_texts[] = {
    [T_END] = "end of file", [T_NEWLINE] = "newline", [T_AND] = "&&",     [T_OR] = "||",         [T_CASE_END] = ";;",
    [T_AMPERSAND] = "&",     [T_SEMICOLON] = ";",     [T_PIPE] = "|",     [T_OPEN] = "(",        [T_CLOSE] = ")",
    [T_LESS] = "<",          [T_GREAT] = ">",         [T_HERE] = "<<",    [T_HERE_TABS] = "<<-", [T_LESS_AND] = "<&",
    [T_GREAT_AND] = ">&",    [T_LESS_GREAT] = "<>",   [T_CLOBBER] = ">|", [T_APPEND] = ">>",
};

/* Reports once, and lets every parsing function return: tokens are at their end from now on. */
void syntax_error(const char *what) {
  if (parser.failed) return;
  if (!sh.interrupted) {
    const char *found = parser.token == T_WORD ? (parser.plain ? parser.plain : "word") : token_texts[parser.token];
    if (what) warn("%u: Syntax error: %s", source->line, what);
    else warn("%u: Syntax error: \"%s\" unexpected", source->line - (parser.token == T_NEWLINE), found);
  }
  parser.failed = true;
  parser.peeked = true;
  parser.token = T_END;
}

enum { MOST_NESTING = 1000 };

bool enter_nesting(void) {
  if (parser.depth >= MOST_NESTING) {
    syntax_error("nested too deeply");
    return false;
  }
  parser.depth++;
  return true;
}

static void read_here_documents(void) {
  while (parser.here) {
    struct here *h = parser.here;
    struct buffer body = {0}, line = {0};
    parser.here = h->next;
    for (;;) {
      int c;
      bool any = false;
      line.length = 0;
      while ((c = h->redirect->literal ? next_byte() : next_char()) >= 0 && c != '\n') {
        any = true;
        if (h->redirect->strip_tabs && c == '\t' && line.length == 0) continue;
        buffer_add(&line, c);
        if (c == '\\' && !h->redirect->literal && (c = next_byte()) >= 0) {
          if (c == '\n') {
            unread(c);
            continue;
          }
          buffer_add(&line, c);
        }
      }
      if (strcmp(buffer_text(&line), h->delimiter) == 0 || (c < 0 && !any)) break;
      buffer_put(&body, line.text, line.length);
      if (c < 0) break;
      buffer_add(&body, '\n');
    }
    if (h->redirect->literal) {
      struct part *p = tree_alloc(sizeof *p);
      p->kind = PART_TEXT;
      p->quoted = true;
      p->length = body.length;
      p->text = arena_copy(&parser.tree->arena, buffer_text(&body), body.length);
      h->redirect->word = tree_alloc(sizeof *h->redirect->word);
      h->redirect->word->parts = p;
    } else {
      struct source s;
      struct parser outer = parser;
      source_push_text(&s, buffer_text(&body));
      h->redirect->word = read_word(MODE_HERE);
      source_pop();
      bool failed = parser.failed;
      parser = outer;
      if (failed) syntax_error("bad here-document");
    }
    free(body.text);
    free(line.text);
  }
}

static enum token after(int expected, enum token two, enum token one) {
  int c = next_char();
  if (c == expected) return two;
  unread(c);
  return one;
}

static enum token read_less(void) {
  int c = next_char();
  if (c == '&') return T_LESS_AND;
  if (c == '>') return T_LESS_GREAT;
  if (c == '<') return after('-', T_HERE_TABS, T_HERE);
  unread(c);
  return T_LESS;
}

static enum token read_great(void) {
  int c = next_char();
  if (c == '>') return T_APPEND;
  if (c == '&') return T_GREAT_AND;
  if (c == '|') return T_CLOBBER;
  unread(c);
  return T_GREAT;
}

static enum token read_token(void) {
  int c;
  parser.number = -1;
  parser.word = NULL;
  parser.plain = NULL;
  do c = next_char();
  while (c == ' ' || c == '\t');
  if (c == '#') {
    while (c >= 0 && c != '\n') c = next_byte();
  }
  parser.token_start = recorded.length - (c >= 0);
  switch (c) {
    case -1: return T_END;
    case '\n': read_here_documents(); return T_NEWLINE;
    case '&': return after('&', T_AND, T_AMPERSAND);
    case '|': return after('|', T_OR, T_PIPE);
    case ';': return after(';', T_CASE_END, T_SEMICOLON);
    case '(': return T_OPEN;
    case ')': return T_CLOSE;
    case '<': return read_less();
    case '>': return read_great();
  }
  unread(c);
  size_t start = parser.token_start;
  struct word *w = read_word(MODE_WORD);
  if (parser.failed) return T_END;
  parser.token_start = start;
  parser.word = w;
  parser.plain = word_plain(w);
  c = next_char();
  unread(c);
  if ((c == '<' || c == '>') && parser.plain) {
    const char *s = parser.plain;
    while (is_digit(*s)) s++;
    if (!*s && s > parser.plain && s - parser.plain < 4) {
      i64 n;
      parse_number(parser.plain, &n);
      next_char();
      enum token t = c == '<' ? read_less() : read_great();
      parser.number = n;
      return t;
    }
  }
  return T_WORD;
}

enum token peek_token(void) {
  if (parser.peeked) return parser.token;
  parser.token = T_END;
  enum token t = read_token();
  if (parser.failed) return T_END;
  parser.token = t;
  parser.peeked = true;
  return t;
}

void skip_token(void) {
  if (!parser.failed) parser.peeked = false;
}
