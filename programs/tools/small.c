#include "tool.h"

/* Tools of a few lines each. */

int true_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return 0;
}

int false_main(int argc, char **argv) {
  (void)argc, (void)argv;
  return 1;
}

int yes_main(int argc, char **argv) {
  for (;;) {
    if (argc < 2) put("y");
    for (int i = 1; i < argc; i++) {
      if (i > 1) put_char(' ');
      put(argv[i]);
    }
    put_char('\n');
    if (flush() < 0) return 1;
  }
}

int pwd_main(int argc, char **argv) {
  (void)argc, (void)argv;
  char path[4096];
  int n = getcwd(path, sizeof path);
  if (n < 0) return fail(".", n);
  say("%s\n", path);
  return 0;
}

int sync_main(int argc, char **argv) {
  (void)argc, (void)argv;
  syscall(SYS_sync);
  return 0;
}

int clear_main(int argc, char **argv) {
  (void)argc, (void)argv;
  put("\033[H\033[2J\033[3J");
  return 0;
}

int tty_main(int argc, char **argv) {
  (void)argc, (void)argv;
  char path[256];
  if (!isatty(0)) {
    put("not a tty\n");
    return 1;
  }
  int n = readlink("/proc/self/fd/0", path, sizeof path);
  if (n < 0) return fail("/proc/self/fd/0", n);
  put_bytes(path, n);
  put_char('\n');
  return 0;
}

int basename_main(int argc, char **argv) {
  if (argc < 2) {
    warn("missing operand");
    return 1;
  }
  char *s = argv[1];
  size_t length = strlen(s);
  while (length > 1 && s[length - 1] == '/') s[--length] = 0;
  const char *name = length == 1 ? s : base_name(s);
  length = strlen(name);
  size_t suffix = argc > 2 ? strlen(argv[2]) : 0;
  if (suffix && length > suffix && strcmp(name + length - suffix, argv[2]) == 0) length -= suffix;
  put_bytes(name, length);
  put_char('\n');
  return 0;
}

int dirname_main(int argc, char **argv) {
  if (argc < 2) {
    warn("missing operand");
    return 1;
  }
  char *s = argv[1];
  size_t length = strlen(s);
  while (length > 1 && s[length - 1] == '/') length--;
  while (length > 0 && s[length - 1] != '/') length--;
  while (length > 1 && s[length - 1] == '/') length--;
  if (length == 0) put_char('.');
  else put_bytes(s, length);
  put_char('\n');
  return 0;
}

int hostname_main(int argc, char **argv) {
  struct utsname name;
  if (argc > 1) {
    int error = syscall(SYS_sethostname, argv[1], strlen(argv[1]));
    return error ? fail(argv[1], error) : 0;
  }
  uname(&name);
  say("%s\n", name.nodename);
  return 0;
}

int printenv_main(int argc, char **argv) {
  int status = 0;
  for (char **e = environ; argc < 2 && *e; e++) say("%s\n", *e);
  for (int i = 1; i < argc; i++) {
    const char *value = environment(argv[i]);
    if (value) say("%s\n", value);
    else status = 1;
  }
  return status;
}

int whoami_main(int argc, char **argv) {
  (void)argc, (void)argv;
  say("%s\n", account_name("/etc/passwd", syscall(SYS_geteuid32)));
  return 0;
}

int readlink_main(int argc, char **argv) {
  char target[4096];
  int status = argc < 2;
  for (int i = 1; i < argc; i++) {
    int n = readlink(argv[i], target, sizeof target);
    if (n < 0) status = 1;
    else say("%.*s\n", n, target);
  }
  return status;
}

int rmdir_main(int argc, char **argv) {
  int status = 0;
  if (argc < 2) {
    warn("missing operand");
    return 1;
  }
  for (int i = 1; i < argc; i++) {
    int error = rmdir(argv[i]);
    if (error) {
      warn("failed to remove '%s': %s", argv[i], error_text(error));
      status = 1;
    }
  }
  return status;
}
