#include "builtin.h"

/* Builtins that steer the shell itself, and the table of all. */

static int do_nothing(int argc, char **argv) {
  (void)argc, (void)argv;
  return 0;
}

static int do_false(int argc, char **argv) {
  (void)argc, (void)argv;
  return 1;
}

static int jump(int argc, char **argv, int skip) {
  i64 n = 1;
  if (argc > 1 && (!parse_number(argv[1], &n) || n < 1)) {
    shell_error("%s: Illegal number: %s", argv[0], argv[1]);
    return sh.status;
  }
  if (sh.loops == 0) return 0;
  sh.skip = skip;
  sh.skip_count = n < sh.loops ? n : sh.loops;
  return 0;
}

static int do_break(int argc, char **argv) { return jump(argc, argv, SKIP_BREAK); }
static int do_continue(int argc, char **argv) { return jump(argc, argv, SKIP_CONTINUE); }

static int leave_with(int argc, char **argv, int skip) {
  i64 n = sh.status;
  if (argc > 1 && (!parse_number(argv[1], &n) || n < 0)) {
    shell_error("%s: Illegal number: %s", argv[0], argv[1]);
    return sh.status;
  }
  sh.skip = skip;
  return skip == SKIP_EXIT ? n & 255 : n;
}

static int do_exit(int argc, char **argv) { return leave_with(argc, argv, SKIP_EXIT); }
static int do_return(int argc, char **argv) { return leave_with(argc, argv, SKIP_RETURN); }

static int do_eval(int argc, char **argv) {
  struct buffer text = {0};
  for (int i = 1; i < argc; i++) {
    if (i > 1) buffer_add(&text, ' ');
    buffer_string(&text, argv[i]);
  }
  const char *outer = program;
  program = sh.name;
  if (!text.length) sh.status = 0;
  else run_text(buffer_text(&text));
  program = outer;
  free(text.text);
  return sh.status;
}

static int do_exec(int argc, char **argv) {
  if (argc < 2) return 0;
  program = sh.name;
  end_job_control();
  default_signals();
  exec_program(argv + 1);
}

static int do_dot(int argc, char **argv) {
  if (argc < 2) {
    shell_error(".: filename argument required");
    return sh.status;
  }
  const char *path = get_variable("PATH");
  char *found = NULL;
  for (bool more = !strchr(argv[1], '/'); more && path && !found;) {
    const char *colon = strchr(path, ':');
    size_t length = colon ? (size_t)(colon - path) : strlen(path);
    char *folder = copy_bytes(length ? path : ".", length ? length : 1);
    found = join_path(folder, argv[1]);
    free(folder);
    if (access(found, R_OK) != 0) free(found), found = NULL;
    path = colon ? colon + 1 : NULL;
  }
  int fd = open(found ? found : argv[1], O_RDONLY, 0);
  free(found);
  if (fd < 0) {
    shell_error(".: cannot open %s: %s", argv[1], error_text(fd));
    return sh.status;
  }
  struct source s;
  const char *outer = program;
  int loops = sh.loops;
  program = sh.name;
  sh.loops = 0;
  sh.status = 0;
  source_push_fd(&s, move_high(fd), false);
  run_source(false);
  close(s.fd);
  source_pop();
  if (sh.skip == SKIP_RETURN) sh.skip = SKIP_NONE;
  sh.loops = loops;
  program = outer;
  return sh.status;
}

static int do_shift(int argc, char **argv) {
  i64 n = 1;
  if (argc > 1 && (!parse_number(argv[1], &n) || n < 0)) {
    shell_error("shift: Illegal number: %s", argv[1]);
    return sh.status;
  }
  if (n > sh.parameter_count) {
    shell_error("shift: can't shift that many");
    return sh.status;
  }
  for (int i = 0; i < n; i++) free(sh.parameters[i]);
  sh.parameter_count -= n;
  memmove(sh.parameters, sh.parameters + n, sh.parameter_count * sizeof *sh.parameters);
  return 0;
}

static int do_set(int argc, char **argv) {
  if (argc == 1) {
    print_variables(0, "");
    return 0;
  }
  argc--;
  argv++;
  char **start = argv;
  if (!set_options(&argc, &argv)) {
    if (!sh.interactive) sh.skip = SKIP_ABORT;
    return 2;
  }
  bool explicit = argv > start && argv[-1][0] == '-' && (!argv[-1][1] || strcmp(argv[-1], "--") == 0);
  if (argc == 0 && !explicit) return 0;
  free_names(sh.parameters, sh.parameter_count);
  sh.parameter_count = argc;
  sh.parameters = malloc((argc + 1) * sizeof *argv);
  for (int i = 0; i < argc; i++) sh.parameters[i] = copy_string(argv[i]);
  return 0;
}

static int do_command(int argc, char **argv) {
  int i = 1;
  char describe = 0;
  for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
    if (strcmp(argv[i], "--") == 0) {
      i++;
      break;
    }
    if (strcmp(argv[i], "-v") == 0 || strcmp(argv[i], "-V") == 0) describe = argv[i][1];
    else if (strcmp(argv[i], "-p") != 0) {
      warn("illegal option %s", argv[i]);
      return 2;
    }
  }
  if (i == argc) return 0;
  if (describe) return describe_names(argc - i, argv + i, describe == 'v');
  run_fields(argc - i, argv + i, NULL, NULL, 0, NULL, true);
  if (sh.skip == SKIP_ABORT && find_builtin(argv[i]))
    sh.skip = SKIP_NONE; /* errors of special builtins end nothing here */
  return sh.status;
}

static int do_times(int argc, char **argv) {
  u32 ticks[4];
  (void)argc, (void)argv;
  syscall(SYS_times, ticks);
  for (int i = 0; i < 4; i++)
    say("%um%u.%02us%c", ticks[i] / 6000, ticks[i] / 100 % 60, ticks[i] % 100, i & 1 ? '\n' : ' ');
  return 0;
}

static const struct builtin builtins[] = {
    {".", do_dot, true},
    {":", do_nothing, true},
    {"[", test_main, false},
    {"bg", do_bg, false},
    {"break", do_break, true},
    {"cd", do_cd, false},
    {"command", do_command, false},
    {"continue", do_continue, true},
    {"echo", echo_main, false},
    {"eval", do_eval, true},
    {"exec", do_exec, true},
    {"exit", do_exit, true},
    {"export", do_export, true},
    {"false", do_false, false},
    {"fg", do_fg, false},
    {"getopts", do_getopts, false},
    {"hash", do_nothing, false},
    {"jobs", do_jobs, false},
    {"kill", do_kill, false},
    {"local", do_local, false},
    {"printf", printf_main, false},
    {"pwd", do_pwd, false},
    {"read", do_read, false},
    {"readonly", do_readonly, true},
    {"return", do_return, true},
    {"set", do_set, true},
    {"shift", do_shift, true},
    {"test", test_main, false},
    {"times", do_times, true},
    {"trap", do_trap, true},
    {"source", do_dot, true},
    {"true", do_nothing, false},
    {"type", do_type, false},
    {"ulimit", do_ulimit, false},
    {"umask", do_umask, false},
    {"unset", do_unset, true},
    {"wait", do_wait, false},
};

const struct builtin *find_builtin(const char *name) {
  for (size_t i = 0; i < COUNT(builtins); i++)
    if (strcmp(builtins[i].name, name) == 0) return &builtins[i];
  return NULL;
}

bool valid_name(const char *s) { return is_name(s, strlen(s)); }
