#include "sh.h"

/* $((...)): C's expressions on 64-bit numbers, with assignments. */

struct evaluation {
  const char *at;
  int unused; /* depth of operands that && || ?: do not evaluate */
  int depth;
};

static i64 expression(struct evaluation *e);
static i64 conditional(struct evaluation *e);

static void fail_at(struct evaluation *e, const char *what) {
  if (!sh.skip) shell_error("arithmetic expression: %s: \"%s\"", what, e->at);
  e->at = "";
}

static void blanks(struct evaluation *e) {
  while (is_space(*e->at)) e->at++;
}

static i64 number(struct evaluation *e) {
  u64 n = 0;
  u32 base = 10;
  if (*e->at == '0') {
    base = 8;
    if (e->at[1] == 'x' || e->at[1] == 'X') base = 16, e->at += 2;
  }
  for (;; e->at++) {
    u32 digit = is_digit(*e->at) ? *e->at - '0' : is_alpha(*e->at) ? to_lower(*e->at) - 'a' + 10 : 99;
    if (digit >= base) break;
    n = n * base + digit;
  }
  if (is_alpha(*e->at) || is_digit(*e->at) || *e->at == '_') fail_at(e, "bad number");
  return n;
}

static i64 variable(struct evaluation *e, const char *name) {
  const char *value = get_variable(name);
  if (!value && option('u') && !e->unused) {
    shell_error("%s: parameter not set", name);
    return 0;
  }
  if (!value || !*value) return 0;
  if (e->depth > 100) {
    fail_at(e, "too deep");
    return 0;
  }
  struct evaluation inner = {value, e->unused, e->depth + 1};
  i64 n = expression(&inner);
  if (*inner.at) fail_at(&inner, "expecting EOF");
  return n;
}

static void store(struct evaluation *e, const char *name, i64 n) {
  if (!e->unused && !sh.skip) set_variable(name, number_text(n));
}

static i64 apply(struct evaluation *e, int op, i64 a, i64 b) {
  switch (op) {
    case '*': return a * b;
    case '+': return a + b;
    case '-': return a - b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    case 'l': return (u64)a << (b & 63);
    case 'r': return a >> (b & 63);
    case '<': return a < b;
    case '>': return a > b;
    case '(': return a <= b;
    case ')': return a >= b;
    case '=': return a == b;
    case '!': return a != b;
  }
  if (b == 0) {
    if (!e->unused) fail_at(e, "division by zero");
    return 0;
  }
  if (b == -1) return op == '/' ? -(u64)a : 0; /* the one quotient that does not fit must not trap */
  return op == '/' ? a / b : a % b;
}

static const struct {
  const char *text;
  u8 op, level;
} operators[] = {
    {"<<", 'l', 7}, {">>", 'r', 7}, {"<=", '(', 6}, {">=", ')', 6}, {"==", '=', 5}, {"!=", '!', 5},
    {"*", '*', 9},  {"/", '/', 9},  {"%", '%', 9},  {"+", '+', 8},  {"-", '-', 8},  {"<", '<', 6},
    {">", '>', 6},  {"&", '&', 4},  {"^", '^', 3},  {"|", '|', 2},
};

/* Finds the binary operator here, -1 when there is none; && || and assignments are not among them. */
static int operator_at(const char *s) {
  for (size_t i = 0; i < COUNT(operators); i++) {
    size_t length = strlen(operators[i].text);
    if (strncmp(s, operators[i].text, length) != 0) continue;
    if (length == 1 && s[0] == s[1] && (*s == '&' || *s == '|')) return -1;
    if (s[length] == '=' && operators[i].level != 5 && operators[i].level != 6) return -1;
    return i;
  }
  return -1;
}

static bool take(struct evaluation *e, const char *text) {
  blanks(e);
  if (strncmp(e->at, text, strlen(text)) != 0) return false;
  e->at += strlen(text);
  return true;
}

/* What follows a name: assignment, ++ or --, or nothing. */
static i64 named(struct evaluation *e) {
  const char *start = e->at;
  while (is_alpha(*e->at) || is_digit(*e->at) || *e->at == '_') e->at++;
  char *name = arena_copy(&scratch, start, e->at - start);
  blanks(e);
  if (e->at[0] == '=' && e->at[1] != '=') {
    e->at++;
    i64 n = conditional(e);
    store(e, name, n);
    return n;
  }
  if ((e->at[0] == '+' || e->at[0] == '-') && e->at[0] == e->at[1]) {
    i64 n = variable(e, name);
    store(e, name, *e->at == '+' ? n + 1 : n - 1);
    e->at += 2;
    return n;
  }
  for (size_t i = 0; i < COUNT(operators); i++) {
    size_t length = strlen(operators[i].text);
    if (operators[i].level == 5 || operators[i].level == 6) continue;
    if (strncmp(e->at, operators[i].text, length) != 0 || e->at[length] != '=' || e->at[length + 1] == '=') continue;
    e->at += length + 1;
    i64 old = variable(e, name), n = conditional(e);
    n = apply(e, operators[i].op, old, n);
    store(e, name, n);
    return n;
  }
  return variable(e, name);
}

static i64 unary(struct evaluation *e) {
  blanks(e);
  char c = *e->at;
  if (++e->depth > 500) {
    fail_at(e, "too deep");
    return 0;
  }
  i64 n = 0;
  if ((c == '+' || c == '-') && e->at[1] == c && (is_alpha(e->at[2]) || e->at[2] == '_')) {
    const char *start = e->at += 2;
    while (is_alpha(*e->at) || is_digit(*e->at) || *e->at == '_') e->at++;
    char *name = arena_copy(&scratch, start, e->at - start);
    n = variable(e, name) + (c == '+' ? 1 : -1);
    store(e, name, n);
  } else if (c == '+' || c == '-' || c == '!' || c == '~') {
    e->at++;
    n = unary(e);
    n = c == '-' ? -(u64)n : c == '!' ? !n : c == '~' ? ~n : n;
  } else if (c == '(') {
    e->at++;
    n = expression(e);
    if (!take(e, ")")) fail_at(e, "expecting ')'");
  } else if (is_digit(c)) {
    n = number(e);
  } else if (is_alpha(c) || c == '_') {
    n = named(e);
  } else {
    fail_at(e, "expecting primary");
  }
  e->depth--;
  return n;
}

static i64 binary(struct evaluation *e, int level) {
  i64 left = unary(e);
  for (;;) {
    blanks(e);
    int i = operator_at(e->at);
    if (i < 0 || operators[i].level < level) return left;
    e->at += strlen(operators[i].text);
    left = apply(e, operators[i].op, left, binary(e, operators[i].level + 1));
  }
}

static i64 both(struct evaluation *e) {
  i64 left = binary(e, 2);
  while (take(e, "&&")) {
    e->unused += !left;
    i64 right = binary(e, 2);
    e->unused -= !left;
    left = left && right;
  }
  return left;
}

static i64 either(struct evaluation *e) {
  i64 left = both(e);
  while (take(e, "||")) {
    e->unused += left != 0;
    i64 right = both(e);
    e->unused -= left != 0;
    left = left || right;
  }
  return left;
}

static i64 conditional(struct evaluation *e) {
  i64 condition = either(e);
  if (!take(e, "?")) return condition;
  e->unused += !condition;
  i64 yes = expression(e);
  e->unused -= !condition;
  if (!take(e, ":")) fail_at(e, "expecting ':'");
  e->unused += condition != 0;
  i64 no = conditional(e);
  e->unused -= condition != 0;
  return condition ? yes : no;
}

static i64 expression(struct evaluation *e) {
  i64 n = conditional(e);
  while (take(e, ",")) n = conditional(e);
  return n;
}

i64 arithmetic(const char *text) {
  struct evaluation e = {text, 0, 0};
  blanks(&e);
  if (!*e.at) return 0;
  i64 n = expression(&e);
  blanks(&e);
  if (*e.at) fail_at(&e, "expecting EOF");
  return n;
}
