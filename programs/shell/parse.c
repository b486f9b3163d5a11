#include "sh.h"

/* The grammar of POSIX 2.10, by recursive descent. After a syntax error every function returns at once. */

static const char *const closing_words[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};

static struct node *new_node(enum node_kind kind) {
  struct node *n = tree_alloc(sizeof *n);
  n->kind = kind;
  n->line = source->line;
  return n;
}

static bool at_word(const char *word) { return peek_token() == T_WORD && parser.plain && strcmp(parser.plain, word) == 0; }

static bool take_word(const char *word) {
  if (!at_word(word)) return false;
  skip_token();
  return true;
}

static void expect_word(const char *word) {
  if (!take_word(word)) {
    peek_token();
    syntax_error(NULL);
  }
}

static bool at_closing_word(void) {
  for (size_t i = 0; i < COUNT(closing_words); i++)
    if (at_word(closing_words[i])) return true;
  return false;
}

static void skip_newlines(void) {
  while (peek_token() == T_NEWLINE) skip_token();
}

static struct node *parse_list(void);
static struct node *parse_and_or(void);

/* A list that must not be empty. */
static struct node *parse_body(void) {
  struct node *n = parse_list();
  if (!n) syntax_error(NULL);
  return n;
}

static struct redirect *parse_redirect(void) {
  static const u8 kinds[] = {
    [T_LESS] = REDIRECT_IN, [T_GREAT] = REDIRECT_OUT, [T_CLOBBER] = REDIRECT_OUT, [T_APPEND] = REDIRECT_APPEND, [T_LESS_GREAT] = REDIRECT_BOTH,
    [T_LESS_AND] = REDIRECT_DUP, [T_GREAT_AND] = REDIRECT_DUP, [T_HERE] = REDIRECT_HERE, [T_HERE_TABS] = REDIRECT_HERE,
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

static bool at_redirect(void) {
  enum token t = peek_token();
  return t >= T_LESS && t <= T_APPEND;
}

static void parse_redirects(struct redirect **last) {
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

static struct node *parse_compound(void);

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

static struct node *parse_simple(void) {
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

static struct node *parse_if(void) {
  struct node *n = new_node(NODE_IF);
  n->left = parse_body();
  expect_word("then");
  n->right = parse_body();
  if (take_word("elif")) {
    n->other = parse_if();
    return n;
  }
  if (take_word("else")) n->other = parse_body();
  expect_word("fi");
  return n;
}

static struct node *parse_do(void) {
  expect_word("do");
  struct node *body = parse_body();
  expect_word("done");
  return body;
}

static struct node *parse_loop(enum node_kind kind) {
  struct node *n = new_node(kind);
  n->left = parse_body();
  n->right = parse_do();
  return n;
}

static struct node *parse_for(void) {
  struct node *n = new_node(NODE_FOR);
  struct word **last = &n->words;
  if (peek_token() != T_WORD || !parser.plain || !valid_name(parser.plain)) {
    syntax_error("Bad for loop variable");
    return n;
  }
  n->name = parser.plain;
  skip_token();
  bool separated = peek_token() == T_NEWLINE;
  skip_newlines();
  if (take_word("in")) {
    n->has_in = true;
    while (peek_token() == T_WORD) {
      *last = parser.word;
      last = &parser.word->next;
      skip_token();
    }
    if (peek_token() != T_SEMICOLON && peek_token() != T_NEWLINE) syntax_error(NULL);
    skip_token();
  } else if (!separated && peek_token() == T_SEMICOLON) {
    skip_token();
  }
  skip_newlines();
  n->right = parse_do();
  return n;
}

static struct node *parse_case(void) {
  struct node *n = new_node(NODE_CASE);
  struct case_item **last = &n->items;
  if (peek_token() != T_WORD) {
    syntax_error(NULL);
    return n;
  }
  n->words = parser.word;
  skip_token();
  skip_newlines();
  expect_word("in");
  skip_newlines();
  while (!parser.failed && !take_word("esac")) {
    struct case_item *item = tree_alloc(sizeof *item);
    struct word **last_pattern = &item->patterns;
    if (peek_token() == T_OPEN) skip_token();
    do {
      if (peek_token() == T_PIPE) skip_token();
      if (peek_token() != T_WORD) {
        syntax_error(NULL);
        return n;
      }
      *last_pattern = parser.word;
      last_pattern = &parser.word->next;
      skip_token();
    } while (peek_token() == T_PIPE);
    if (peek_token() != T_CLOSE) syntax_error(NULL);
    skip_token();
    item->body = parse_list();
    *last = item;
    last = &item->next;
    if (peek_token() == T_CASE_END) {
      skip_token();
      skip_newlines();
    } else if (!at_word("esac")) {
      syntax_error(NULL);
    }
  }
  return n;
}

/* A command that begins with a reserved word or a parenthesis, with its redirections; NULL when there is none. */
static struct node *parse_compound(void) {
  struct node *n;
  if (peek_token() == T_OPEN) {
    skip_token();
    n = new_node(NODE_SUBSHELL);
    n->left = parse_body();
    if (peek_token() != T_CLOSE) syntax_error(NULL);
    skip_token();
  } else if (take_word("{")) {
    n = new_node(NODE_GROUP);
    n->left = parse_body();
    expect_word("}");
  } else if (take_word("if")) {
    n = parse_if();
  } else if (take_word("while")) {
    n = parse_loop(NODE_WHILE);
  } else if (take_word("until")) {
    n = parse_loop(NODE_UNTIL);
  } else if (take_word("for")) {
    n = parse_for();
  } else if (take_word("case")) {
    n = parse_case();
  } else {
    return NULL;
  }
  parse_redirects(&n->redirects);
  return n;
}

static char *text_since(size_t start) {
  if (!sh.interactive) return NULL;
  peek_token();
  size_t end = parser.token_start < start ? start : parser.token_start;
  while (end > start && is_space(recorded.text[end - 1])) end--;
  return arena_copy(&parser.tree->arena, recorded.text + start, end - start);
}

static struct node *parse_pipeline(void) {
  peek_token();
  size_t start = parser.token_start;
  bool negated = false;
  while (take_word("!")) negated = !negated, start = start;
  struct node *first = NULL, **last = &first;
  int count = 0;
  for (;;) {
    if (at_closing_word()) syntax_error(NULL);
    struct node *n = parse_compound();
    if (!n) n = parse_simple();
    if (parser.failed) return n;
    *last = n;
    last = &n->next;
    count++;
    if (peek_token() != T_PIPE) break;
    skip_token();
    skip_newlines();
  }
  struct node *n = first;
  if (count > 1) {
    n = new_node(NODE_PIPELINE);
    n->left = first;
  }
  n->text = text_since(start);
  if (!negated) return n;
  struct node *not = new_node(NODE_NOT);
  not->left = n;
  return not;
}

static struct node *parse_and_or(void) {
  peek_token();
  size_t start = parser.token_start;
  struct node *n = parse_pipeline();
  while (!parser.failed && (peek_token() == T_AND || peek_token() == T_OR)) {
    struct node *parent = new_node(peek_token() == T_AND ? NODE_AND : NODE_OR);
    skip_token();
    skip_newlines();
    parent->left = n;
    parent->right = parse_pipeline();
    n = parent;
    n->text = text_since(start);
  }
  return n;
}

static bool list_ends(void) {
  enum token t = peek_token();
  return t == T_END || t == T_CLOSE || t == T_CASE_END || at_closing_word();
}

/* Commands up to a closing word or token; NULL when there are none. */
static struct node *parse_list(void) {
  struct node *first = NULL, **last = &first;
  skip_newlines();
  while (!list_ends() && !parser.failed) {
    struct node *n = parse_and_or();
    *last = n;
    last = &n->next;
    enum token t = peek_token();
    n->background = t == T_AMPERSAND;
    if (t != T_AMPERSAND && t != T_SEMICOLON && t != T_NEWLINE) break;
    skip_token();
    skip_newlines();
  }
  if (!first || (!first->next && !first->background)) return first;
  struct node *list = new_node(NODE_LIST);
  list->left = first;
  return list;
}

struct node *parse_inner(enum token last) {
  struct node *n = parse_list();
  if (!parser.failed && peek_token() != last) syntax_error(NULL);
  return n;
}

/* Reads one line's commands (more, where they go on). *ended says that there are no more; NULL is an empty line or an error. */
struct node *parse_command(struct tree **tree, bool *ended) {
  struct node *first = NULL, **last = &first;
  parser = (struct parser){.tree = malloc(sizeof(struct tree))};
  *parser.tree = (struct tree){.uses = 1};
  *tree = parser.tree;
  *ended = false;
  recorded.length = 0;
  source->fresh = true;
  if (peek_token() == T_END && !parser.failed) {
    *ended = true;
    return NULL;
  }
  while (peek_token() != T_NEWLINE && peek_token() != T_END && !parser.failed) {
    struct node *n = parse_and_or();
    *last = n;
    last = &n->next;
    enum token t = peek_token();
    n->background = t == T_AMPERSAND;
    if (t == T_AMPERSAND || t == T_SEMICOLON) skip_token();
    else break;
  }
  if (!parser.failed && peek_token() != T_NEWLINE && peek_token() != T_END) syntax_error(NULL);
  if (parser.failed) return NULL;
  if (!first || (!first->next && !first->background)) return first;
  struct node *list = new_node(NODE_LIST);
  list->left = first;
  return list;
}
