#include "tool.h"

/* The expression is interpreted from argv for every file; `run` false only skips over it. */
struct context {
  const char *path;
  struct stat st;
  char **at;
};

static int most_depth = INT32_MAX, least_depth, status;
static bool depth_first, has_action;

static bool alternatives(struct context *c, bool run);

static _Noreturn void stop(const char *message, const char *what) {
  warn(message, what);
  exit(1);
}

static bool execute(struct context *c, bool run) {
  char **first = c->at;
  while (*c->at && strcmp(*c->at, ";") != 0) c->at++;
  if (!*c->at) stop("missing argument to '%s'", "-exec");
  int count = c->at++ - first, result;
  if (!run) return true;
  char **argv = malloc((count + 1) * sizeof *argv);
  for (int i = 0; i < count; i++) {
    struct buffer b = {0};
    for (char *s = first[i]; *s;) {
      if (s[0] == '{' && s[1] == '}') buffer_string(&b, c->path), s += 2;
      else buffer_add(&b, *s++);
    }
    argv[i] = buffer_text(&b);
  }
  argv[count] = NULL;
  flush();
  int child = fork();
  if (child == 0) {
    char *env[] = {"env", "--", NULL}; /* env knows how to search PATH */
    char **all = malloc((count + 3) * sizeof *all);
    memcpy(all, env, 2 * sizeof *all);
    memcpy(all + 2, argv, (count + 1) * sizeof *all);
    leave(env_main(count + 2, all));
  }
  while (wait4(child, &result, 0, NULL) == -EINTR) {
  }
  return result == 0;
}

static char *argument(struct context *c, const char *of) {
  if (!*c->at) stop("missing argument to '%s'", of);
  return *c->at++;
}

static bool matches_type(const struct stat *st, const char *type) {
  static const struct {
    char letter;
    int mode;
  } types[] = {{'f', S_IFREG}, {'d', S_IFDIR}, {'l', S_IFLNK}, {'p', S_IFIFO},
               {'c', S_IFCHR}, {'b', S_IFBLK}, {'s', S_IFSOCK}};
  for (size_t i = 0; i < COUNT(types); i++)
    if (types[i].letter == *type) return (int)(st->mode & S_IFMT) == types[i].mode;
  stop("unknown argument to -type: %s", type);
}

static bool name_matches(const char *pattern, const char *path, bool ignore_case) {
  char *copy = copy_string(path), *folded = copy_string(pattern);
  size_t length = strlen(copy);
  while (length > 1 && copy[length - 1] == '/') copy[--length] = 0;
  for (char *s = copy; ignore_case && *s; s++) *s = to_lower(*s);
  for (char *s = folded; ignore_case && *s; s++) *s = to_lower(*s);
  bool result = pattern_match(folded, length == 1 ? copy : base_name(copy));
  free(copy);
  free(folded);
  return result;
}

static bool size_matches(const struct stat *st, const char *text) {
  char sign = *text;
  u64 n, unit = 512;
  const char *end = parse_digits(text + (sign == '+' || sign == '-'), &n);
  if (!end) stop("invalid argument '%s' to -size", text);
  if (*end == 'c') unit = 1;
  if (*end == 'k') unit = 1024;
  if (*end == 'M') unit = 1048576;
  u64 size = (st->size + unit - 1) / unit;
  return sign == '+' ? size > n : sign == '-' ? size < n : size == n;
}

static bool primary(struct context *c, bool run) {
  const char *word = *c->at++;
  if (strcmp(word, "!") == 0 || strcmp(word, "-not") == 0) return !primary(c, run);
  if (strcmp(word, "(") == 0) {
    bool value = alternatives(c, run);
    if (!*c->at || strcmp(*c->at++, ")") != 0) stop("missing )", "");
    return value;
  }
  if (strcmp(word, "-name") == 0) return name_matches(argument(c, word), c->path, false);
  if (strcmp(word, "-iname") == 0) return name_matches(argument(c, word), c->path, true);
  if (strcmp(word, "-path") == 0) return pattern_match(argument(c, word), c->path);
  if (strcmp(word, "-type") == 0) return matches_type(&c->st, argument(c, word));
  if (strcmp(word, "-size") == 0) return size_matches(&c->st, argument(c, word));
  if (strcmp(word, "-empty") == 0) {
    char **names;
    if (!S_ISDIR(c->st.mode)) return S_ISREG(c->st.mode) && c->st.size == 0;
    int count = read_directory(c->path, &names);
    if (count >= 0) free_names(names, count);
    return count == 0;
  }
  if (strcmp(word, "-newer") == 0) {
    struct stat other;
    return stat(argument(c, word), &other) == 0 &&
           (c->st.mtime.sec > other.mtime.sec ||
            (c->st.mtime.sec == other.mtime.sec && c->st.mtime.nsec > other.mtime.nsec));
  }
  if (strcmp(word, "-true") == 0) return true;
  if (strcmp(word, "-maxdepth") == 0 || strcmp(word, "-mindepth") == 0) return argument(c, word), true;
  if (strcmp(word, "-depth") == 0) return true;
  if (strcmp(word, "-print") == 0 || strcmp(word, "-print0") == 0) {
    if (run) put(c->path), put_char(word[6] ? 0 : '\n');
    return true;
  }
  if (strcmp(word, "-exec") == 0) return execute(c, run);
  if (strcmp(word, "-delete") == 0) {
    int error = run ? (S_ISDIR(c->st.mode) ? rmdir(c->path) : unlink(c->path)) : 0;
    if (error) status = fail(c->path, error);
    return error == 0;
  }
  stop("unknown predicate '%s'", word);
}

static bool ends(struct context *c) {
  return !*c->at || strcmp(*c->at, ")") == 0 || strcmp(*c->at, "-o") == 0 || strcmp(*c->at, "-or") == 0;
}

static bool conjunction(struct context *c, bool run) {
  bool value = true;
  while (!ends(c)) {
    if (strcmp(*c->at, "-a") == 0 || strcmp(*c->at, "-and") == 0) c->at++;
    if (!*c->at) break;
    bool next = primary(c, run && value);
    value = value && next;
  }
  return value;
}

static bool alternatives(struct context *c, bool run) {
  bool value = conjunction(c, run);
  while (*c->at && strcmp(*c->at, ")") != 0) {
    c->at++; /* -o */
    bool next = conjunction(c, run && !value);
    value = value || next;
  }
  return value;
}

static void apply(struct context *c, char **expression, int depth) {
  if (depth < least_depth) return;
  c->at = expression;
  bool value = alternatives(c, true);
  if (*c->at) stop("unexpected '%s'", *c->at);
  if (value && !has_action) say("%s\n", c->path);
}

static void visit(const char *path, char **expression, int depth) {
  struct context c = {.path = path};
  int error = lstat(path, &c.st), count;
  char **names;
  if (error) {
    warn("'%s': %s", path, error_text(error));
    status = 1;
    return;
  }
  if (!depth_first) apply(&c, expression, depth);
  if (S_ISDIR(c.st.mode) && depth < most_depth) {
    count = read_directory(path, &names);
    if (count < 0) warn("'%s': %s", path, error_text(count)), status = 1;
    for (int i = 0; i < count; i++) {
      char *inner = join_path(path, names[i]);
      visit(inner, expression, depth + 1);
      free(inner);
    }
    if (count >= 0) free_names(names, count);
  }
  if (depth_first) apply(&c, expression, depth);
}

/* find [PATH]... [EXPRESSION] */
int find_main(int argc, char **argv) {
  int i = 1;
  while (i < argc && argv[i][0] != '-' && strcmp(argv[i], "!") != 0 && strcmp(argv[i], "(") != 0) i++;
  char **expression = argv + i;
  for (char **e = expression; *e; e++) {
    i64 n;
    if (strcmp(*e, "-print") == 0 || strcmp(*e, "-print0") == 0 || strcmp(*e, "-exec") == 0) has_action = true;
    if (strcmp(*e, "-delete") == 0) has_action = depth_first = true;
    if (strcmp(*e, "-depth") == 0) depth_first = true;
    if (strcmp(*e, "-maxdepth") == 0 && e[1] && parse_number(e[1], &n)) most_depth = n;
    if (strcmp(*e, "-mindepth") == 0 && e[1] && parse_number(e[1], &n)) least_depth = n;
  }
  if (i == 1) visit(".", expression, 0);
  for (int k = 1; k < i; k++) visit(argv[k], expression, 0);
  return status;
}
