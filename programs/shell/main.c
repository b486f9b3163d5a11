#include "sh.h"

enum { MOST_SOURCES = 1000 };

struct shell sh = {.name = "sh", .terminal = -1};

/* Reports an error that ends a script; an interactive shell goes back to its prompt. */
void shell_error(const char *f, ...) {
  struct buffer b = {0};
  va_list arguments;
  va_start(arguments, f);
  format(&b, f, arguments);
  va_end(arguments);
  say_to(2, "%s: %u: %s\n", sh.name, sh.line, buffer_text(&b));
  free(b.text);
  sh.status = 2;
  if (!sh.skip) sh.skip = SKIP_ABORT;
}

/* Runs the EXIT trap and ends the process. */
_Noreturn void exit_shell(int status) {
  sh.status = status;
  sh.skip = SKIP_NONE;
  char *action = traps[0];
  traps[0] = NULL;
  if (action) {
    run_text(action);
    if (sh.skip != SKIP_EXIT) sh.status = status;
  }
  flush();
  end_job_control();
  leave(sh.status & 255);
}

static bool interrupted_prompt(void) {
  if (!sh.interrupted || !sh.interactive || sh.subshell) return false;
  sh.interrupted = false;
  if (traps[SIGINT]) run_traps();
  signal_pending = false;
  write_all(2, "\n", 1);
  sh.status = 130;
  return true;
}

static bool refuse_exit(void) {
  static bool warned;
  for (struct job *j = jobs; j && !warned; j = j->next) {
    if (job_state(j) != STOPPED) continue;
    warned = true;
    say_to(2, "You have stopped jobs.\n");
    return true;
  }
  return false;
}

/* Reads and runs the current source to its end. */
int run_source(bool last_may_exec) {
  static int depth; /* of eval, . and traps inside each other */
  if (depth >= MOST_SOURCES) {
    shell_error("commands nested too deeply");
    return sh.status;
  }
  depth++;
  struct parser outer_parser = parser;
  struct tree *outer_tree = sh.tree;
  bool ended = false, prompts = source->interactive;
  while (!ended && !sh.skip) {
    struct tree *tree;
    struct node *n = parse_command(&tree, &ended);
    bool failed = parser.failed;
    if (prompts && interrupted_prompt()) ended = false;
    else if (failed) {
      sh.status = 2;
      if (prompts) {
        source->start = source->end = 0;
        source->pushed_count = 0;
      } else {
        sh.skip = SKIP_ABORT;
      }
      ended = false;
    } else if (ended && prompts && refuse_exit()) {
      ended = false;
    }
    if (n && !failed && !option('n')) {
      sh.tree = tree;
      if (prompts) sh.interrupted = false;
      run(n, last_may_exec && source_ended() ? RUN_LAST : 0);
      flush();
    }
    tree_release(tree);
    if (!prompts) continue;
    if (sh.skip == SKIP_EXIT && refuse_exit()) sh.skip = SKIP_NONE;
    if (sh.skip == SKIP_ABORT || sh.skip == SKIP_BREAK || sh.skip == SKIP_CONTINUE ||
        (sh.skip == SKIP_RETURN && !sh.functions))
      sh.skip = SKIP_NONE;
    sh.loops = 0;
    interrupted_prompt();
  }
  depth--;
  parser = outer_parser;
  sh.tree = outer_tree;
  return sh.status;
}

int run_text(const char *text) {
  struct source s;
  source_push_text(&s, text);
  bool interactive = sh.interactive;
  run_source(false);
  sh.interactive = interactive;
  source_pop();
  return sh.status;
}

static void run_file(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return;
  struct source s;
  source_push_fd(&s, move_high(fd), false);
  run_source(false);
  close(s.fd);
  source_pop();
  if (sh.skip == SKIP_RETURN || sh.skip == SKIP_ABORT) sh.skip = SKIP_NONE;
}

static void read_profiles(void) {
  run_file("/etc/profile");
  const char *home = get_variable("HOME");
  if (!home || sh.skip) return;
  char *path = join_path(home, ".profile");
  run_file(path);
  free(path);
}

static void init_variables(void) {
  char path[4096];
  struct stat a, b;
  import_environment();
  const char *given = get_variable("PWD");
  bool good = given && *given == '/' && stat(given, &a) == 0 && stat(".", &b) == 0 && a.dev == b.dev && a.ino == b.ino;
  if (!good && getcwd(path, sizeof path) > 0) set_variable("PWD", path);
  set_variable("IFS", " \t\n");
  set_variable("OPTIND", "1");
  set_variable("LINENO", "1");
  set_variable("PPID", number_text(getppid()));
  if (!get_variable("PATH")) set_variable("PATH", "/bin:/usr/bin");
  if (!get_variable("PS1")) set_variable("PS1", syscall(SYS_geteuid32) ? "$ " : "# ");
  if (!get_variable("PS2")) set_variable("PS2", "> ");
  if (!get_variable("PS4")) set_variable("PS4", "+ ");
}

static void set_parameters(char **argv, int count) {
  sh.parameter_count = count;
  sh.parameters = malloc((count + 1) * sizeof *argv);
  for (int i = 0; i < count; i++) sh.parameters[i] = copy_string(argv[i]);
}

static _Noreturn void cannot_open(const char *path, int error) {
  say_to(2, "sh: 0: cannot open %s: %s\n", path, error_text(error));
  leave(error == -ENOENT ? 127 : 126);
}

/* sh [-abefilmnsuvx] [-o NAME]... [-c TEXT [NAME [ARGUMENT]...] | FILE [ARGUMENT]...] */
int main(int argc, char **argv) {
  struct source s;
  bool login = argc > 0 && argv[0][0] == '-';
  program = "sh";
  sh.shell_pid = getpid();
  sh.line = 1;
  init_variables();
  argc--;
  argv++;
  if (!set_options(&argc, &argv)) return 2;
  login |= option('l');
  bool has_text = option('c'), from_input = !has_text && (argc == 0 || option('s'));
  sh.options['c' - 'a'] = false; /* -c is set -C's letter in this table */
  const char *text = NULL;
  int fd = 0;
  if (has_text) {
    if (argc == 0) {
      warn("-c requires an argument");
      return 2;
    }
    text = *argv;
    argc--;
    argv++;
    if (argc > 0) {
      sh.name = *argv;
      argc--;
      argv++;
    }
  } else if (!from_input) {
    fd = open(*argv, O_RDONLY, 0);
    if (fd < 0) cannot_open(*argv, fd);
    fd = move_high(fd);
    sh.name = *argv;
    argc--;
    argv++;
  }
  program = sh.name;
  set_parameters(argv, argc);
  sh.interactive = option('i') || (from_input && isatty(0) && isatty(2));
  sh.options['i' - 'a'] = sh.interactive;
  init_signals();
  if (sh.interactive) init_job_control();
  if (login) read_profiles();
  if (text) source_push_text(&s, text);
  else source_push_fd(&s, fd, sh.interactive && from_input);
  if (!sh.skip) run_source(text != NULL && !sh.interactive);
  if (sh.interactive && from_input && !sh.skip) write_all(2, "\n", 1);
  exit_shell(sh.status);
}
