#include "tool.h"

/* Executes by PATH; returns -errno of the most telling failure. */
static int execute(char **argv) {
  if (strchr(argv[0], '/')) return execve(argv[0], argv, environ);
  const char *path = environment("PATH");
  if (!path) path = "/bin:/usr/bin";
  int error = -ENOENT;
  for (;;) {
    const char *colon = strchr(path, ':');
    size_t length = colon ? (size_t)(colon - path) : strlen(path);
    char *folder = copy_bytes(length ? path : ".", length ? length : 1);
    char *file = join_path(folder, argv[0]);
    int result = execve(file, argv, environ);
    if (result != -ENOENT && result != -ENOTDIR) error = result;
    free(folder);
    free(file);
    if (!colon) return error;
    path = colon + 1;
  }
}

static _Noreturn void execute_or_leave(char **argv) {
  int error = execute(argv);
  fail(argv[0], error);
  leave(error == -ENOENT ? 127 : 126);
}

static int run_and_wait(char **argv, struct rusage *usage) {
  int status, child, error = flush();
  if (error) return 1;
  child = fork();
  if (child < 0) return fail("fork", child);
  if (child == 0) execute_or_leave(argv);
  while (wait4(child, &status, 0, usage) == -EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void set(char *assignment) {
  size_t length = strchr(assignment, '=') - assignment + 1, count = 0;
  for (; environ[count]; count++) {
    if (strncmp(environ[count], assignment, length) != 0) continue;
    environ[count] = assignment;
    return;
  }
  char **larger = malloc((count + 2) * sizeof *larger);
  memcpy(larger, environ, count * sizeof *larger);
  larger[count] = assignment;
  larger[count + 1] = NULL;
  environ = larger;
}

static void unset(const char *name) {
  size_t length = strlen(name);
  char **to = environ;
  for (char **from = environ; *from; from++)
    if (strncmp(*from, name, length) != 0 || (*from)[length] != '=') *to++ = *from;
  *to = NULL;
}

/* env [-i] [-u NAME] [NAME=VALUE]... [COMMAND [ARGUMENT]...] */
int env_main(int argc, char **argv) {
  static char *none[] = {NULL};
  struct options o = {.known = "+iu:"};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 125;
    if (c == 'i') environ = none;
    if (c == 'u') unset(o.argument);
  }
  argv += o.index;
  for (; *argv && strchr(*argv, '='); argv++) set(*argv);
  if (*argv) execute_or_leave(argv);
  for (char **e = environ; *e; e++) say("%s\n", *e);
  return 0;
}

static void report(const char *name, u32 seconds, u32 microseconds) { say_to(2, "%s %u.%02u\n", name, seconds, microseconds / 10000); }

/* time COMMAND [ARGUMENT]...: real, user and system seconds on standard error (POSIX time -p) */
int time_main(int argc, char **argv) {
  struct timespec start, end;
  struct rusage usage = {0};
  if (argc > 1 && strcmp(argv[1], "-p") == 0) argc--, argv++;
  if (argc < 2) {
    warn("usage: time COMMAND [ARGUMENT]...");
    return 125;
  }
  clock_gettime(1, &start);
  int status = run_and_wait(argv + 1, &usage);
  clock_gettime(1, &end);
  i64 passed = (end.sec - start.sec) * 1000000ll + (end.nsec - start.nsec) / 1000;
  report("real", passed / 1000000, passed % 1000000);
  report("user", usage.user_sec, usage.user_usec);
  report("sys", usage.system_sec, usage.system_usec);
  return status;
}

/* which NAME... */
int which_main(int argc, char **argv) {
  int status = argc < 2;
  for (int i = 1; i < argc; i++) {
    const char *path = environment("PATH");
    bool found = false;
    if (strchr(argv[i], '/')) path = "";
    for (; path && !found;) {
      const char *colon = strchr(path, ':');
      size_t length = colon ? (size_t)(colon - path) : strlen(path);
      char *folder = copy_bytes(path, length), *file = join_path(folder, argv[i]);
      struct stat st;
      found = stat(file, &st) == 0 && S_ISREG(st.mode) && access(file, X_OK) == 0;
      if (found) say("%s\n", file);
      free(folder);
      free(file);
      path = colon ? colon + 1 : NULL;
    }
    status |= !found;
  }
  return status;
}

struct batch {
  char **fixed;
  int fixed_count, most, status;
  const char *replace;
  bool quiet;
};

static int run_batch(struct batch *x, char **items, int count) {
  char **argv = malloc((x->fixed_count + count + 1) * sizeof *argv);
  int n = 0;
  for (int i = 0; i < x->fixed_count; i++) {
    char *hit = x->replace ? strstr(x->fixed[i], x->replace) : NULL;
    if (!hit || !*x->replace) {
      argv[n++] = x->fixed[i];
      continue;
    }
    struct buffer b = {0};
    for (char *at = x->fixed[i]; *at;) {
      if (strncmp(at, x->replace, strlen(x->replace)) == 0) buffer_string(&b, items[0]), at += strlen(x->replace);
      else buffer_add(&b, *at++);
    }
    argv[n++] = buffer_text(&b);
  }
  for (int i = 0; i < count && !x->replace; i++) argv[n++] = items[i];
  argv[n] = NULL;
  int status = run_and_wait(argv, NULL);
  if (status) x->status = status > 125 ? status : 123;
  free(argv);
  return x->status;
}

/* Reads one item: blanks and newlines separate, quotes and backslashes protect; with zero or lines, only that byte separates. */
static bool next_item(struct input *in, int separator, struct buffer *item) {
  int c, quote = 0;
  bool any = false;
  item->length = 0;
  while ((c = input_char(in)) >= 0) {
    if (separator >= 0) {
      if (c == separator) {
        if (any || separator == 0) return true;
        continue;
      }
    } else if (quote) {
      if (c == quote) {
        quote = 0;
        continue;
      }
    } else if (is_space(c)) {
      if (any) return true;
      continue;
    } else if (c == '\'' || c == '"') {
      quote = c;
      any = true;
      continue;
    } else if (c == '\\') {
      c = input_char(in);
    }
    buffer_add(item, c);
    any = true;
  }
  return any;
}

/* xargs [-0] [-n COUNT] [-I TEXT] [-r] [COMMAND [ARGUMENT]...] */
int xargs_main(int argc, char **argv) {
  static char *echo[] = {"echo", NULL};
  struct options o = {.known = "+0n:I:r"};
  struct batch x = {.most = 2000};
  struct input in;
  struct buffer item = {0};
  int c, separator = -1, count = 0, runs = 0;
  bool need_items = false;
  i64 n;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == '0') separator = 0;
    if (c == 'r') need_items = true;
    if (c == 'I') x.replace = o.argument, x.most = 1, separator = '\n';
    if (c == 'n' && parse_number(o.argument, &n) && n > 0) x.most = n < 2000 ? n : 2000;
  }
  x.fixed = o.index < argc ? argv + o.index : echo;
  while (x.fixed[x.fixed_count]) x.fixed_count++;
  char **items = malloc(x.most * sizeof *items);
  input_open(&in, 0);
  while (next_item(&in, separator, &item)) {
    items[count++] = copy_bytes(item.length ? item.text : "", item.length);
    if (count < x.most) continue;
    run_batch(&x, items, count);
    runs++;
    while (count > 0) free(items[--count]);
  }
  if (count > 0 || (runs == 0 && !need_items && !x.replace)) run_batch(&x, items, count);
  return x.status;
}
