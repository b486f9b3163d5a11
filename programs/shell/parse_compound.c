#include "parse.h"

/* Commands that begin with a reserved word or a parenthesis. */

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
struct node *parse_compound(void) {
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
