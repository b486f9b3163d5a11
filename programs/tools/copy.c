#include "tool.h"

static bool recursive, preserve, follow_links = true, force;

static void keep_attributes(const char *to, const struct stat *st) {
  struct timespec times[2] = {st->atime, st->mtime};
  if (!preserve) return;
  syscall(SYS_lchown32, to, st->uid, st->gid);
  if (!S_ISLNK(st->mode)) chmod(to, st->mode & 07777);
  syscall(SYS_utimensat, AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
}

static int copy_link(const char *from, const char *to) {
  char target[4096];
  int n = readlink(from, target, sizeof target - 1);
  if (n < 0) return fail(from, n);
  target[n] = 0;
  int error = symlink(target, to);
  if (error == -EEXIST && unlink(to) == 0) error = symlink(target, to);
  return error ? fail(to, error) : 0;
}

static int copy_file(const char *from, const char *to, const struct stat *st) {
  int source = open(from, O_RDONLY, 0);
  if (source < 0) {
    warn("cannot open '%s' for reading: %s", from, error_text(source));
    return 1;
  }
  int target = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->mode & 0777);
  if (target < 0 && force && unlink(to) == 0) target = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->mode & 0777);
  if (target < 0) {
    close(source);
    warn("cannot create regular file '%s': %s", to, error_text(target));
    return 1;
  }
  int error = copy_fd(source, target);
  close(source);
  close(target);
  return error ? fail(to, error) : 0;
}

static int copy(const char *from, const char *to);

static int copy_directory(const char *from, const char *to, const struct stat *st) {
  char **names;
  int count = read_directory(from, &names), status = 0; /* before the target exists: it may lie inside */
  if (count < 0) return fail(from, count);
  int error = mkdir(to, (st->mode & 0777) | 0700);
  if (error && error != -EEXIST) status = fail(to, error);
  for (int i = 0; i < count && status == 0; i++) {
    char *inner_from = join_path(from, names[i]), *inner_to = join_path(to, names[i]);
    status |= copy(inner_from, inner_to);
    free(inner_from);
    free(inner_to);
  }
  free_names(names, count);
  return status;
}

static int copy(const char *from, const char *to) {
  struct stat st, other;
  int error = follow_links ? stat(from, &st) : lstat(from, &st);
  if (error) {
    warn("cannot stat '%s': %s", from, error_text(error));
    return 1;
  }
  if (stat(to, &other) == 0 && same_file(&st, &other)) {
    warn("'%s' and '%s' are the same file", from, to);
    return 1;
  }
  int status;
  if (S_ISDIR(st.mode) && !recursive) {
    warn("-r not specified; omitting directory '%s'", from);
    return 1;
  }
  if (S_ISDIR(st.mode)) status = copy_directory(from, to, &st);
  else if (S_ISLNK(st.mode)) status = copy_link(from, to);
  else if (recursive && !S_ISREG(st.mode)) status = (error = mknod(to, st.mode, st.rdev)) ? fail(to, error) : 0;
  else status = copy_file(from, to, &st);
  if (status == 0) keep_attributes(to, &st);
  return status;
}

static int make_link(const char *from, const char *to, bool symbolic) {
  int error = symbolic ? symlink(from, to) : link(from, to);
  if (error == -EEXIST && force && unlink(to) == 0) error = symbolic ? symlink(from, to) : link(from, to);
  if (!error) return 0;
  warn("failed to create %s link '%s': %s", symbolic ? "symbolic" : "hard", to, error_text(error));
  return 1;
}

static int move(const char *from, const char *to) {
  int error = rename(from, to);
  if (error == -EXDEV) {
    recursive = preserve = true;
    follow_links = false;
    return copy(from, to) || remove_tree(from);
  }
  if (!error) return 0;
  warn("cannot move '%s' to '%s': %s", from, to, error_text(error));
  return 1;
}

static int soft(const char *from, const char *to) { return make_link(from, to, true); }
static int hard(const char *from, const char *to) { return make_link(from, to, false); }

/* Applies the action to (operand, last operand), or into the last operand where that is a directory. */
static int each_pair(char **operands, int count, bool plain_target, int (*action)(const char *, const char *)) {
  struct stat st;
  int status = 0;
  if (count == 1 && (action == soft || action == hard)) return action(operands[0], base_name(operands[0]));
  if (count < 2) {
    warn(count == 0 ? "missing file operand" : "missing destination file operand after '%s'", operands[0]);
    return 1;
  }
  const char *target = operands[count - 1];
  bool directory = !plain_target && stat(target, &st) == 0 && S_ISDIR(st.mode);
  if (!directory && count > 2) {
    warn("target '%s' is not a directory", target);
    return 1;
  }
  if (!directory) return action(operands[0], target);
  for (int i = 0; i < count - 1; i++) {
    char *name = copy_string(operands[i]);
    for (size_t length = strlen(name); length > 1 && name[length - 1] == '/';) name[--length] = 0;
    char *to = join_path(target, base_name(name));
    status |= action(operands[i], to);
    free(to);
    free(name);
  }
  return status;
}

/* cp [-rRapfdL] FROM... TO */
int cp_main(int argc, char **argv) {
  struct options o = {.known = "rRapfdPL"};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (strchr("rRa", c)) recursive = true;
    if (strchr("rRadP", c)) follow_links = false;
    if (strchr("ap", c)) preserve = true;
    if (c == 'f') force = true;
    if (c == 'L') follow_links = true;
  }
  return each_pair(argv + o.index, argc - o.index, false, copy);
}

/* mv [-f] FROM... TO */
int mv_main(int argc, char **argv) {
  struct options o = {.known = "fT"};
  int c;
  while ((c = next_option(&o, argc, argv)))
    if (c == '?') return 1;
  return each_pair(argv + o.index, argc - o.index, false, move);
}

/* ln [-sfn] FROM... TO */
int ln_main(int argc, char **argv) {
  struct options o = {.known = "sfnT"};
  bool symbolic = false, plain = false;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 's') symbolic = true;
    if (c == 'f') force = true;
    if (c == 'n' || c == 'T') plain = true;
  }
  struct stat st;
  bool is_link = o.index < argc && lstat(argv[argc - 1], &st) == 0 && S_ISLNK(st.mode);
  return each_pair(argv + o.index, argc - o.index, plain && is_link, symbolic ? soft : hard);
}
