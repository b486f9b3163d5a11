#include "regex.h"
#include "tool.h"

/* Values are strings; numbers are made where an operator needs them (POSIX expr). */
static char **at;

static _Noreturn void stop(const char *message, const char *what) {
  warn(message, what);
  flush();
  leave(2);
}

static char *from_number(i64 n) {
  struct buffer b = {0};
  buffer_say(&b, "%lld", n);
  return buffer_text(&b);
}

static i64 number(const char *s) {
  i64 n;
  if (!*s || is_space(*s) || !parse_number(s, &n)) stop("non-integer argument", "");
  return n;
}

static bool is_null(const char *s) {
  i64 n;
  return !*s || (parse_number(s, &n) && n == 0);
}

static bool take(const char *op) {
  if (!*at || strcmp(*at, op) != 0) return false;
  at++;
  return true;
}

static char *any_of(void);

static char *match(const char *text, const char *pattern) {
  struct buffer anchored = {0};
  const char *error;
  int groups[2 * REGEX_GROUPS];
  if (*pattern != '^') buffer_add(&anchored, '^');
  buffer_string(&anchored, pattern);
  struct regex *r = regex_compile(buffer_text(&anchored), 0, &error);
  if (!r) stop("%s", error);
  bool found = regex_search(r, text, strlen(text), 0, groups);
  if (!regex_groups(r)) return from_number(found ? groups[1] : 0);
  return found && groups[2] >= 0 ? copy_bytes(text + groups[2], groups[3] - groups[2]) : copy_string("");
}

static char *value(void) {
  if (!*at) stop("syntax error: missing argument", "");
  if (take("(")) {
    char *inner = any_of();
    if (!take(")")) stop("syntax error: expecting ')'", "");
    return inner;
  }
  if (at[1] && take("length")) return from_number(strlen(value()));
  if (at[1] && take("match")) {
    char *text = value();
    return match(text, value());
  }
  if (at[1] && take("substr")) {
    char *text = value();
    i64 from = number(value()), length = number(value()), size = strlen(text);
    if (from < 1 || length < 1 || from > size) return copy_string("");
    return copy_bytes(text + from - 1, length < size - from + 1 ? length : size - from + 1);
  }
  if (at[1] && take("index")) {
    char *text = value(), *set = value();
    for (char *s = text; *s; s++)
      if (strchr(set, *s)) return from_number(s - text + 1);
    return from_number(0);
  }
  return *at++;
}

static char *matched(void) {
  char *left = value();
  while (take(":")) left = match(left, value());
  return left;
}

static char *product(void) {
  char *left = matched();
  for (;;) {
    bool times = take("*"), over = !times && take("/");
    if (!times && !over && !take("%")) return left;
    i64 m = number(left), n = number(matched());
    if (!times && n == 0) stop("division by zero", "");
    left = from_number(times ? m * n : over ? m / n : m % n);
  }
}

static char *sum(void) {
  char *left = product();
  for (;;) {
    bool plus = take("+");
    if (!plus && !take("-")) return left;
    i64 m = number(left), n = number(product());
    left = from_number(plus ? m + n : m - n);
  }
}

static char *comparison(void) {
  static const char *const ops[] = {"<=", ">=", "!=", "==", "=", "<", ">"};
  char *left = sum();
  for (size_t i = 0; i < COUNT(ops);) {
    if (!take(ops[i])) {
      i++;
      continue;
    }
    char *right = sum();
    i64 m, n;
    int order;
    if (parse_number(left, &m) && parse_number(right, &n)) order = m < n ? -1 : m > n;
    else order = strcmp(left, right);
    bool result[] = {order <= 0, order >= 0, order != 0, order == 0, order == 0, order < 0, order > 0};
    left = from_number(result[i]);
    i = 0;
  }
  return left;
}

static char *all_of(void) {
  char *left = comparison();
  while (take("&")) {
    char *right = comparison();
    if (is_null(left) || is_null(right)) left = "0";
  }
  return left;
}

static char *any_of(void) {
  char *left = all_of();
  while (take("|")) {
    char *right = all_of();
    if (is_null(left)) left = is_null(right) ? "0" : right;
  }
  return left;
}

/* expr EXPRESSION */
int expr_main(int argc, char **argv) {
  at = argv + 1;
  if (argc > 1 && strcmp(*at, "--") == 0) at++;
  if (!*at) stop("missing operand", "");
  char *result = any_of();
  if (*at) stop("syntax error: unexpected argument '%s'", *at);
  say("%s\n", result);
  return is_null(result);
}
