/* What parse.c, parse_simple.c and parse_compound.c share of the grammar (POSIX 2.10). After a syntax error every
 * function returns at once. */
#ifndef PARSE_H
#define PARSE_H

#include "sh.h"

struct node *new_node(enum node_kind kind);
bool at_word(const char *word);
bool take_word(const char *word);
void expect_word(const char *word);
void skip_newlines(void);
struct node *parse_list(void);     /* up to a closing word or token; NULL when there are no commands */
struct node *parse_body(void);     /* a list that must not be empty */
struct node *parse_compound(void); /* NULL when neither a reserved word nor a parenthesis is here */
struct node *parse_simple(void);   /* also NAME() compound */
void parse_redirects(struct redirect **last);
bool at_redirect(void);

#endif
