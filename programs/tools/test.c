#include "tool.h"

struct parse {
  char **at, **end;
  bool error;
};

static bool either(struct parse *p);

static bool is_binary(const char *s) {
  static const char *const all[] = {"=",   "==",  "!=",  "<",   ">",   "-eq", "-ne",
                                    "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"};
  for (size_t i = 0; i < COUNT(all); i++)
    if (strcmp(all[i], s) == 0) return true;
  return false;
}

static bool is_unary(const char *s) { return s[0] == '-' && s[1] && !s[2] && strchr("bcdefghknprsStuwxzLO", s[1]); }

static i64 number(struct parse *p, const char *s) {
  i64 n = 0;
  if (parse_number(s, &n)) return n;
  warn("Illegal number: %s", s);
  p->error = true;
  return 0;
}

static int compare_times(const struct timespec *a, const struct timespec *b) {
  if (a->sec != b->sec) return a->sec < b->sec ? -1 : 1;
  return a->nsec < b->nsec ? -1 : a->nsec > b->nsec;
}

static bool binary(struct parse *p, const char *a, const char *op, const char *b) {
  struct stat x = {0}, y = {0};
  if (*op != '-') {
    int order = strcmp(a, b);
    return *op == '=' ? order == 0 : *op == '!' ? order != 0 : *op == '<' ? order < 0 : order > 0;
  }
  bool has_x = strchr("noe", op[1]) && stat(a, &x) == 0, has_y = strchr("noe", op[1]) && stat(b, &y) == 0;
  if (strcmp(op, "-ef") == 0) return has_x && has_y && same_file(&x, &y);
  if (strcmp(op, "-nt") == 0) return has_x && (!has_y || compare_times(&x.mtime, &y.mtime) > 0);
  if (strcmp(op, "-ot") == 0) return has_y && (!has_x || compare_times(&x.mtime, &y.mtime) < 0);
  i64 m = number(p, a), n = number(p, b);
  if (op[1] == 'e') return m == n;
  if (op[1] == 'n') return m != n;
  if (op[1] == 'l') return op[2] == 't' ? m < n : m <= n;
  return op[2] == 't' ? m > n : m >= n;
}

static bool unary(struct parse *p, char op, const char *a) {
  struct stat st;
  switch (op) {
    case 'n': return *a != 0;
    case 'z': return *a == 0;
    case 't': return isatty(number(p, a));
    case 'r': return access(a, R_OK) == 0;
    case 'w': return access(a, W_OK) == 0;
    case 'x': return access(a, X_OK) == 0;
    case 'h':
    case 'L': return lstat(a, &st) == 0 && S_ISLNK(st.mode);
  }
  if (stat(a, &st) != 0) return false;
  switch (op) {
    case 'b': return (st.mode & S_IFMT) == S_IFBLK;
    case 'c': return (st.mode & S_IFMT) == S_IFCHR;
    case 'd': return S_ISDIR(st.mode);
    case 'f': return S_ISREG(st.mode);
    case 'g': return st.mode & 02000;
    case 'k': return st.mode & 01000;
    case 'p': return (st.mode & S_IFMT) == S_IFIFO;
    case 's': return st.size > 0;
    case 'S': return (st.mode & S_IFMT) == S_IFSOCK;
    case 'u': return st.mode & 04000;
    case 'O': return st.uid == (u32)syscall(SYS_geteuid32);
  }
  return true;
}

static bool primary(struct parse *p) {
  int left = p->end - p->at;
  if (left == 0) {
    warn("argument expected");
    p->error = true;
    return false;
  }
  if (left >= 3 && is_binary(p->at[1])) {
    p->at += 3;
    return binary(p, p->at[-3], p->at[-2], p->at[-1]);
  }
  if (left >= 2 && strcmp(*p->at, "!") == 0) {
    p->at++;
    return !primary(p);
  }
  if (left >= 2 && strcmp(*p->at, "(") == 0) {
    p->at++;
    bool value = either(p);
    if (p->at == p->end || strcmp(*p->at, ")") != 0) {
      warn("closing paren expected");
      p->error = true;
      return false;
    }
    p->at++;
    return value;
  }
  if (left >= 2 && is_unary(*p->at)) {
    p->at += 2;
    return unary(p, p->at[-2][1], p->at[-1]);
  }
  return *(*p->at++) != 0;
}

static bool both(struct parse *p) {
  bool value = primary(p);
  while (p->at < p->end && strcmp(*p->at, "-a") == 0) {
    p->at++;
    bool right = primary(p);
    value = value && right;
  }
  return value;
}

static bool either(struct parse *p) {
  bool value = both(p);
  while (p->at < p->end && strcmp(*p->at, "-o") == 0) {
    p->at++;
    bool right = both(p);
    value = value || right;
  }
  return value;
}

/* The fixed meanings of up to four arguments come first (POSIX test), then the grammar with -a, -o and parentheses. */
static bool evaluate(struct parse *p) {
  char **a = p->at;
  int count = p->end - p->at;
  if (count == 0) return false;
  if (count == 3 && is_binary(a[1])) {
    p->at += 3;
    return binary(p, a[0], a[1], a[2]);
  }
  if (count > 1 && count <= 4 && strcmp(a[0], "!") == 0) {
    p->at++;
    return !evaluate(p);
  }
  if (count == 1) {
    p->at++;
    return *a[0] != 0;
  }
  if (count == 3 && strcmp(a[0], "(") == 0 && strcmp(a[2], ")") == 0) {
    p->at += 3;
    return *a[1] != 0;
  }
  return either(p);
}

/* test EXPRESSION, [ EXPRESSION ] */
int test_main(int argc, char **argv) {
  if (strcmp(base_name(argv[0]), "[") == 0 && strcmp(argv[--argc], "]") != 0) {
    warn("missing ]");
    return 2;
  }
  struct parse p = {argv + 1, argv + argc, false};
  bool value = evaluate(&p);
  if (!p.error && p.at != p.end) {
    warn("%s: unexpected operator", *p.at);
    p.error = true;
  }
  return p.error ? 2 : !value;
}
