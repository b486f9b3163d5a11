#include "builtin.h"

/* Removes . and .. and double slashes from an absolute path, without looking at links. */
static char *normalize(const char *path) {
  struct buffer out = {0};
  while (*path) {
    while (*path == '/') path++;
    const char *slash = strchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : strlen(path);
    if (length == 2 && path[0] == '.' && path[1] == '.') {
      while (out.length > 0 && out.text[--out.length] != '/') {
      }
    } else if (length > 0 && !(length == 1 && *path == '.')) {
      buffer_add(&out, '/');
      buffer_put(&out, path, length);
    }
    path += length;
  }
  if (out.length == 0) buffer_add(&out, '/');
  return buffer_text(&out);
}

/* cd [-L|-P] [DIRECTORY|-] */
int do_cd(int argc, char **argv) {
  bool physical = false, shown = false;
  char path[4096];
  int i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    if (strcmp(argv[i], "--") == 0) {
      i++;
      break;
    }
    if (strcmp(argv[i], "-P") != 0 && strcmp(argv[i], "-L") != 0) return warn("illegal option %s", argv[i]), 2;
    physical = argv[i][1] == 'P';
  }
  const char *target = i < argc ? argv[i] : get_variable("HOME"), *old = get_variable("PWD");
  if (target && strcmp(target, "-") == 0) {
    target = get_variable("OLDPWD");
    shown = true;
  }
  if (!target) return warn(shown ? "OLDPWD not set" : "HOME not set"), 1;
  if (!*target) target = ".";
  char *joined = *target == '/' || !old ? copy_string(target) : join_path(old, target), *wanted = NULL;
  int error;
  if (!physical && *joined == '/') {
    wanted = normalize(joined);
    error = chdir(wanted);
  } else {
    error = chdir(target);
  }
  if (error) {
    warn("can't cd to %s", target);
    return 2;
  }
  if (!wanted) wanted = getcwd(path, sizeof path) > 0 ? copy_string(path) : copy_string(".");
  if (old) set_variable("OLDPWD", arena_copy(&scratch, old, strlen(old)));
  set_variable("PWD", wanted);
  if (shown) say("%s\n", wanted);
  free(joined);
  free(wanted);
  return 0;
}

int do_pwd(int argc, char **argv) {
  const char *pwd = get_variable("PWD");
  char path[4096];
  if (argc > 1 && strcmp(argv[1], "-P") == 0) pwd = NULL;
  if (!pwd) {
    int n = getcwd(path, sizeof path);
    if (n < 0) return fail(".", n);
    pwd = path;
  }
  say("%s\n", pwd);
  return 0;
}

static bool is_reserved(const char *name) {
  static const char *const words[] = {"!",    "{",  "}",   "case", "do", "done", "elif",  "else",
                                      "esac", "fi", "for", "if",   "in", "then", "until", "while"};
  for (size_t i = 0; i < COUNT(words); i++)
    if (strcmp(words[i], name) == 0) return true;
  return false;
}

/* type, command -V and command -v: how each name would be understood. */
int describe_names(int count, char **names, bool brief) {
  int status = 0;
  for (int i = 0; i < count; i++) {
    const char *name = names[i], *kind = NULL;
    const struct builtin *b = find_builtin(name);
    if (is_reserved(name)) kind = "is a shell keyword";
    else if (b && b->special) kind = "is a special shell builtin";
    else if (find_function(name)) kind = "is a shell function";
    else if (b) kind = "is a shell builtin";
    char *path = kind ? NULL : find_program(name);
    if (kind) brief ? say("%s\n", name) : say("%s %s\n", name, kind);
    else if (path) brief ? say("%s\n", path) : say("%s is %s\n", name, path);
    else {
      if (!brief) say("%s: not found\n", name);
      status = 127;
    }
  }
  return status;
}

int do_type(int argc, char **argv) { return describe_names(argc - 1, argv + 1, false); }

/* umask [-S] [MODE] */
int do_umask(int argc, char **argv) {
  int mask = umask(0), mode;
  umask(mask);
  if (argc > 1 && strcmp(argv[1], "-S") == 0) {
    static const char who[] = "ugo";
    for (int i = 0; i < 3; i++) {
      int bits = ~mask >> (6 - 3 * i) & 7;
      say("%s%c=%s%s%s", i ? "," : "", who[i], bits & 4 ? "r" : "", bits & 2 ? "w" : "", bits & 1 ? "x" : "");
    }
    put_char('\n');
    return 0;
  }
  if (argc < 2) {
    say("%04o\n", mask);
    return 0;
  }
  if (is_digit(*argv[1])) {
    if (!parse_mode(argv[1], 0, 0, false, &mode)) return warn("Illegal number: %s", argv[1]), 2;
    umask(mode);
    return 0;
  }
  if (!parse_mode(argv[1], ~mask & 0777, 0, false, &mode)) return warn("Illegal mode: %s", argv[1]), 2;
  umask(~mode & 0777);
  return 0;
}
