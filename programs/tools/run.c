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

_Noreturn void execute_or_leave(char **argv) {
  int error = execute(argv);
  fail(argv[0], error);
  leave(error == -ENOENT ? 127 : 126);
}

int run_and_wait(char **argv, struct rusage *usage) {
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

static void report(const char *name, u32 seconds, u32 microseconds) {
  say_to(2, "%s %u.%02u\n", name, seconds, microseconds / 10000);
}

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

static int timed_child;

static void on_alarm(int signal) {
  (void)signal;
  kill(timed_child, SIGTERM);
}

/* timeout SECONDS COMMAND [ARGUMENT]...: 124 when the time was up */
int timeout_main(int argc, char **argv) {
  enum { SYS_alarm = 27 };
  i64 seconds;
  int status;
  if (argc < 3 || !parse_number(argv[1], &seconds) || seconds < 0)
    return warn("usage: timeout SECONDS COMMAND [ARGUMENT]..."), 125;
  timed_child = fork();
  if (timed_child < 0) return fail("fork", timed_child), 125;
  if (timed_child == 0) execute_or_leave(argv + 2);
  sigaction_set(SIGALRM, on_alarm, 0);
  syscall(SYS_alarm, (u32)seconds);
  while (wait4(timed_child, &status, 0, NULL) == -EINTR) {
  }
  bool in_time = syscall(SYS_alarm, 0) > 0 || seconds == 0;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return in_time ? 128 + WTERMSIG(status) : 124;
}
