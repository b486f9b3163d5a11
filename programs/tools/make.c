#include "tool.h"

static int make_parents(char *path) {
  for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    int error = mkdir(path, 0777);
    struct stat st;
    if (error && !(stat(path, &st) == 0 && S_ISDIR(st.mode))) return error;
    *slash = '/';
  }
  return 0;
}

/* mkdir [-p] [-m MODE] DIRECTORY... */
int mkdir_main(int argc, char **argv) {
  struct options o = {.known = "pm:v"};
  bool parents = false;
  int c, status = 0, mode = -1;
  while ((c = next_option(&o, argc, argv))) {
    if (c == 'p') parents = true;
    else if (c == 'm' && !parse_mode(o.argument, 0777, 0, true, &mode)) return warn("invalid mode '%s'", o.argument), 1;
    else if (c == '?') return 1;
  }
  if (o.index == argc) {
    warn("missing operand");
    return 1;
  }
  for (int i = o.index; i < argc; i++) {
    struct stat st;
    int error = parents ? make_parents(argv[i]) : 0;
    if (!error) error = mkdir(argv[i], 0777);
    if (error == -EEXIST && parents && stat(argv[i], &st) == 0 && S_ISDIR(st.mode)) continue;
    if (!error && mode >= 0) error = chmod(argv[i], mode);
    if (!error) continue;
    warn("cannot create directory '%s': %s", argv[i], error_text(error));
    status = 1;
  }
  return status;
}

/* touch [-c] [-d @SECONDS] FILE... */
int touch_main(int argc, char **argv) {
  struct options o = {.known = "camd:r:"};
  struct timespec times[2], *set = NULL;
  struct stat st;
  bool create = true;
  i64 seconds;
  int c, status = 0;
  while ((c = next_option(&o, argc, argv))) {
    if (c == 'c') create = false;
    if (c == '?') return 1;
    if (c == 'd') {
      if (*o.argument != '@' || !parse_number(o.argument + 1, &seconds))
        return warn("invalid date '%s' (only @SECONDS)", o.argument), 1;
      times[0] = times[1] = (struct timespec){seconds, 0};
      set = times;
    }
    if (c == 'r') {
      int error = stat(o.argument, &st);
      if (error) return fail(o.argument, error);
      times[0] = st.atime;
      times[1] = st.mtime;
      set = times;
    }
  }
  if (o.index == argc) {
    warn("missing file operand");
    return 1;
  }
  for (int i = o.index; i < argc; i++) {
    int error = syscall(SYS_utimensat, AT_FDCWD, argv[i], set, 0);
    if (error == -ENOENT && !create) continue;
    if (error == -ENOENT) {
      int fd = open(argv[i], O_WRONLY | O_CREAT | O_NOCTTY, 0666);
      error = fd < 0 ? fd : close(fd);
      if (!error && set) error = syscall(SYS_utimensat, AT_FDCWD, argv[i], set, 0);
    }
    if (!error) continue;
    warn("cannot touch '%s': %s", argv[i], error_text(error));
    status = 1;
  }
  return status;
}

static bool deep;

static int change(const char *path, const char *mode) {
  struct stat st;
  int error = stat(path, &st), wanted, mask = umask(0), status = 0;
  umask(mask);
  if (error) {
    warn("cannot access '%s': %s", path, error_text(error));
    return 1;
  }
  if (!parse_mode(mode, st.mode & 07777, mask, S_ISDIR(st.mode), &wanted)) {
    warn("invalid mode: '%s'", mode);
    return 1;
  }
  if ((error = chmod(path, wanted))) {
    warn("changing permissions of '%s': %s", path, error_text(error));
    status = 1;
  }
  char **names;
  int count = deep && S_ISDIR(st.mode) ? read_directory(path, &names) : 0;
  for (int i = 0; i < count; i++) {
    char *inner = join_path(path, names[i]);
    struct stat kind;
    if (lstat(inner, &kind) == 0 && !S_ISLNK(kind.mode)) status |= change(inner, mode);
    free(inner);
  }
  if (count > 0) free_names(names, count);
  return count < 0 ? fail(path, count) : status;
}

/* chmod [-R] MODE FILE... */
int chmod_main(int argc, char **argv) {
  int i = 1, status = 0;
  if (argc > 1 && strcmp(argv[1], "-R") == 0) deep = true, i++;
  if (argc > i && strcmp(argv[i], "--") == 0) i++;
  if (argc - i < 2) {
    warn("missing operand");
    return 1;
  }
  for (int j = i + 1; j < argc; j++) status |= change(argv[j], argv[i]);
  return status;
}

/* mktemp [-d] [TEMPLATE ending in XXXXXX] */
int mktemp_main(int argc, char **argv) {
  struct options o = {.known = "dt"};
  bool directory = false;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == 'd') directory = true;
    else if (c == '?') return 1;
  }
  char *path = copy_string(o.index < argc ? argv[o.index] : "/tmp/tmp.XXXXXX");
  size_t length = strlen(path);
  if (length < 6 || strcmp(path + length - 6, "XXXXXX") != 0) return warn("too few X's in template '%s'", path), 1;
  struct timespec now;
  clock_gettime(0, &now);
  for (u32 try = now.nsec ^ getpid() << 12, last = try + 10000; try != last; try++) {
    u32 n = try * 2654435761u;
    for (size_t i = length - 6; i < length; i++, n /= 36) path[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[n % 36];
    int result = directory ? mkdir(path, 0700) : open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (result == -EEXIST) continue;
    if (result < 0) return fail(path, result);
    say("%s\n", path);
    return 0;
  }
  return fail(path, -EEXIST);
}
