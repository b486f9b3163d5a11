/* Basic and extended regular expressions (POSIX 9, with GNU's \+ \? \| \w \s \b \< \>), without back-references.
 * Leftmost, longest. */
#ifndef REGEX_H
#define REGEX_H

#include "lib.h"

enum { REGEX_EXTENDED = 1, REGEX_IGNORE_CASE = 2, REGEX_GROUPS = 10 };

struct regex;

/* Compiles the pattern; NULL with a message in *error when it is malformed. */
struct regex *regex_compile(const char *pattern, int flags, const char **error);

/* Finds the first match at or after start; groups receives pairs of offsets (-1 where a group took no part). */
bool regex_search(struct regex *r, const char *text, int length, int start, int groups[2 * REGEX_GROUPS]);

/* How many groups the pattern has. */
int regex_groups(const struct regex *r);

#endif
