#include "parse.h"

/* Simple commands, with their assignments and redirections, and function definitions. */

static struct redirect *parse_redirect(void) {
  static const u8 kinds[] = {
      [T_LESS] = REDIRECT_IN,       [T_GREAT] = REDIRECT_OUT,       [T_CLOBBER] = REDIRECT_OUT,
      [T_APPEND] = REDIRECT_APPEND, [T_LESS_GREAT] = REDIRECT_BOTH, [T_LESS_AND] = REDIRECT_DUP,
      [T_GREAT_AND] = REDIRECT_DUP, [T_HERE] = REDIRECT_HERE,       [T_HERE_TABS] = REDIRECT_HERE,
  };
  enum token t = peek_token();
  struct redirect *r = tree_alloc(sizeof *r);
  bool output = t == T_GREAT || t == T_APPEND || t == T_GREAT_AND || t == T_CLOBBER;
  r->kind = kinds[t];
  r->clobber = t == T_CLOBBER;
  r->fd = parser.number >= 0 ? parser.number : output;
  skip_token();
  if (peek_token() != T_WORD) {
    syntax_error(NULL);
    return r;
  }
  r->word = parser.word;
  if (r->kind == REDIRECT_HERE) {
    struct here *h = tree_alloc(sizeof *h), **last = &parser.here;
    struct buffer text = {0};
    for (struct part *p = parser.word->parts; p; p = p->next) {
      r->literal |= p->quoted;
      if (p->kind == PART_TEXT) buffer_put(&text, p->text, p->length);
    }
    h->redirect = r;
    h->delimiter = arena_copy(&parser.tree->arena, buffer_text(&text), text.length);
    free(text.text);
    r->strip_tabs = t == T_HERE_TABS;
    while (*last) last = &(*last)->next;
    *last = h;
  }
  skip_token();
  return r;
}

bool at_redirect(void) {
  enum token t = peek_token();
  return t >= T_LESS && t <= T_APPEND;
}

void parse_redirects(struct redirect **last) {
  while (at_redirect() && !parser.failed) {
    *last = parse_redirect();
    last = &(*last)->next;
  }
}

/* NAME=value at the start of a command: splits the word, or returns NULL. */
static struct assignment *as_assignment(struct word *w) {
  struct part *p = w->parts;
  if (!p || p->kind != PART_TEXT || p->quoted) return NULL;
  char *equals = strchr(p->text, '=');
  if (!equals || !is_name(p->text, equals - p->text)) return NULL;
  struct assignment *a = tree_alloc(sizeof *a);
  a->name = arena_copy(&parser.tree->arena, p->text, equals - p->text);
  a->value = tree_alloc(sizeof *a->value);
  a->value->parts = p->next;
  size_t rest = p->length - (equals + 1 - p->text);
  if (rest > 0) {
    struct part *value = tree_alloc(sizeof *value);
    value->kind = PART_TEXT;
    value->text = equals + 1;
    value->length = rest;
    value->next = p->next;
    a->value->parts = value;
  }
  return a;
}

static struct node *parse_function(char *name) {
  struct node *n = new_node(NODE_FUNCTION);
  skip_token();
  if (peek_token() != T_CLOSE) {
    syntax_error(NULL);
    return n;
  }
  skip_token();
  skip_newlines();
  n->name = name;
  n->right = parse_compound();
  if (!n->right) syntax_error(NULL);
  return n;
}

struct node *parse_simple(void) {
  struct node *n = new_node(NODE_SIMPLE);
  struct word **last_word = &n->words;
  struct assignment **last_assignment = &n->assignments;
  struct redirect **last_redirect = &n->redirects;
  for (;;) {
    enum token t = peek_token();
    if (at_redirect()) {
      *last_redirect = parse_redirect();
      last_redirect = &(*last_redirect)->next;
    } else if (t == T_WORD) {
      struct assignment *a = n->words ? NULL : as_assignment(parser.word);
      if (a) {
        *last_assignment = a;
        last_assignment = &a->next;
      } else {
        *last_word = parser.word;
        last_word = &parser.word->next;
      }
      char *plain = parser.plain;
      skip_token();
      bool alone = n->words && !n->words->next && !n->assignments && !n->redirects;
      if (alone && peek_token() == T_OPEN) {
        if (plain && valid_name(plain)) return parse_function(plain);
        syntax_error(NULL);
      }
    } else {
      break;
    }
    if (parser.failed) return n;
  }
  if (!n->words && !n->assignments && !n->redirects) syntax_error(NULL);
  return n;
}
