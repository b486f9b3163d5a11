#include "parse.h"

/* Lists and pipelines, by recursive descent. */

static const char *const closing_words[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};

struct node *new_node(enum node_kind kind) {
  struct node *n = tree_alloc(sizeof *n);
  n->kind = kind;
  n->line = source->line;
  return n;
}

bool at_word(const char *word) { return peek_token() == T_WORD && parser.plain && strcmp(parser.plain, word) == 0; }

bool take_word(const char *word) {
  if (!at_word(word)) return false;
  skip_token();
  return true;
}

void expect_word(const char *word) {
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

void skip_newlines(void) {
  while (peek_token() == T_NEWLINE) skip_token();
}

/* A list that must not be empty. */
struct node *parse_body(void) {
  struct node *n = parse_list();
  if (!n) syntax_error(NULL);
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
  while (take_word("!")) negated = !negated;
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

struct node *parse_list(void) {
  struct node *first = NULL, **last = &first;
  if (!enter_nesting()) return NULL;
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
  parser.depth--;
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

/* Reads one line's commands (more, where they go on). *ended says that there are no more; NULL is an empty line or an
 * error. */
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
