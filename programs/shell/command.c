#include "sh.h"

static const char *path_variable(void) {
  const char *path = get_variable("PATH");
  return path ? path : "/bin:/usr/bin";
}

/* The n-th candidate for a name along PATH, in scratch; NULL after the last. */
static char *candidate(const char **path, const char *name) {
  if (!*path) return NULL;
  const char *colon = strchr(*path, ':');
  size_t length = colon ? (size_t)(colon - *path) : strlen(*path);
  char *folder = copy_bytes(length ? *path : ".", length ? length : 1), *file = join_path(folder, name);
  char *result = arena_copy(&scratch, file, strlen(file));
  free(folder);
  free(file);
  *path = colon ? colon + 1 : NULL;
  return result;
}

static bool is_program(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.mode) && access(path, X_OK) == 0;
}

char *find_program(const char *name) {
  if (strchr(name, '/')) return is_program(name) ? (char *)name : NULL;
  const char *path = path_variable();
  for (char *file; (file = candidate(&path, name));)
    if (is_program(file)) return file;
  return NULL;
}

/* A file without a known format is a script for this shell. */
static int try_program(char *file, char **argv, char **env) {
  int error = execve(file, argv, env), count = 0;
  if (error != -ENOEXEC) return error;
  while (argv[count]) count++;
  char **script = arena_alloc(&scratch, (count + 2) * sizeof *script);
  script[0] = "sh";
  script[1] = file;
  for (int i = 1; i <= count; i++) script[i + 1] = argv[i];
  int result = execve("/proc/self/exe", script, env);
  return result < 0 ? execve("/bin/sh", script, env) : result;
}

/* Replaces this process; ends it with 127 or 126 where that fails. */
_Noreturn void exec_program(char **argv) {
  char **env = make_environment();
  int error = -ENOENT;
  flush();
  if (!argv[0][0]) {
    error = -ENOENT;
  } else if (strchr(argv[0], '/')) {
    error = try_program(argv[0], argv, env);
  } else {
    const char *path = path_variable();
    for (char *file; (file = candidate(&path, argv[0]));) {
      int result = try_program(file, argv, env);
      if (result != -ENOENT && result != -ENOTDIR) error = result;
      if (result == -EACCES) continue;
      if (error != -ENOENT) break;
    }
  }
  bool missing = error == -ENOENT;
  if (missing && !strchr(argv[0], '/')) warn("%u: %s: not found", sh.line, argv[0]);
  else warn("%u: %s: %s", sh.line, argv[0], error == -EACCES ? "Permission denied" : error_text(error));
  exit_shell(missing ? 127 : 126);
}

/* Sets NAME=value in front of a command; with saved, so that it can be undone. */
static bool assign_all(struct assignment *list, struct saved_variable **saved, bool export) {
  for (struct assignment *a = list; a; a = a->next) {
    char *value = expand_assignment(a->value);
    if (sh.skip) return false;
    if (saved) *saved = save_variable(a->name, *saved);
    if (!set_variable(a->name, value)) return false;
    if (export) set_variable_flags(a->name, VARIABLE_EXPORT);
  }
  return true;
}

int call_function(struct function *f, int argc, char **argv) {
  struct tree *tree = f->tree, *outer_tree = sh.tree;
  struct saved_variable *outer_locals = sh.locals;
  char **parameters = sh.parameters;
  int count = sh.parameter_count, loops = sh.loops;
  if (sh.functions >= 1000) {
    shell_error("%s: function calls nested too deep", f->name);
    return sh.status;
  }
  tree->uses++;
  sh.tree = tree;
  sh.parameter_count = argc - 1;
  sh.parameters = malloc(argc * sizeof *argv);
  for (int i = 1; i < argc; i++) sh.parameters[i - 1] = copy_string(argv[i]);
  sh.locals = NULL;
  sh.loops = 0;
  sh.functions++;
  run(f->body, 0);
  if (sh.skip == SKIP_RETURN) sh.skip = SKIP_NONE;
  sh.functions--;
  sh.loops = loops;
  restore_variables(sh.locals);
  sh.locals = outer_locals;
  free_names(sh.parameters, sh.parameter_count);
  sh.parameters = parameters;
  sh.parameter_count = count;
  sh.tree = outer_tree;
  tree_release(tree);
  return sh.status;
}

static int run_builtin(const struct builtin *b, int argc, char **argv) {
  const char *outer = program;
  struct buffer name = {0};
  buffer_say(&name, "%s: %u: %s", sh.name, sh.line, b->name);
  program = buffer_text(&name);
  sh.status = b->run(argc, argv);
  int error = flush();
  if (error && !sh.skip) {
    warn("write error: %s", error_text(error));
    sh.status = 1;
  }
  program = outer;
  free(name.text);
  return sh.status;
}

/* Inside this process: redirections and assignments are undone, except those of exec and of special builtins. */
static int run_inside(const struct builtin *b, struct function *f, int argc, char **argv, struct redirect *redirects,
                      struct assignment *assignments) {
  struct saved_fd *saved_fds = NULL;
  struct saved_variable *saved_variables = NULL;
  bool special = b && b->special, keeps = b && strcmp(b->name, "exec") == 0;
  if (!redirect_all(redirects, &saved_fds)) {
    if (!sh.skip) sh.status = 2;
    restore_fds(saved_fds);
    if (special && !sh.interactive && !sh.skip) sh.skip = SKIP_ABORT;
    return sh.status;
  }
  if (assign_all(assignments, special ? NULL : &saved_variables, !special)) {
    if (f) call_function(f, argc, argv);
    else run_builtin(b, argc, argv);
  }
  restore_variables(saved_variables);
  flush();
  if (keeps && !sh.skip) {
    while (saved_fds) {
      struct saved_fd *next = saved_fds->next;
      if (saved_fds->copy >= 0) close(saved_fds->copy);
      free(saved_fds);
      saved_fds = next;
    }
  }
  restore_fds(saved_fds);
  return sh.status;
}

static _Noreturn void run_program(char **argv, struct redirect *redirects, struct assignment *assignments) {
  if (!redirect_all(redirects, NULL)) exit_shell(2);
  if (!assign_all(assignments, NULL, true)) exit_shell(2);
  default_signals();
  exec_program(argv);
}

int run_fields(int argc, char **argv, struct redirect *redirects, struct assignment *assignments, int flags,
               const char *text, bool no_functions) {
  const struct builtin *b = find_builtin(argv[0]);
  struct function *f = no_functions || (b && b->special) ? NULL : find_function(argv[0]);
  if (f || b) return run_inside(f ? NULL : b, f, argc, argv, redirects, assignments);
  if ((flags & RUN_LAST) && !traps_set() && !sh.job_control) run_program(argv, redirects, assignments);
  if ((flags & RUN_LAST) && sh.subshell && !traps_set()) run_program(argv, redirects, assignments);
  struct job *j = new_job(text);
  int pid = fork_process(j, false);
  if (pid == 0) run_program(argv, redirects, assignments);
  if (pid < 0) {
    forget_job(j);
    return sh.status;
  }
  return sh.status = wait_job(j);
}

static void trace(struct assignment *assignments, char **argv) {
  struct buffer line = {0};
  const char *prefix = get_variable("PS4");
  if (prefix) buffer_string(&line, expand_prompt(prefix));
  const char *gap = "";
  for (struct assignment *a = assignments; a; a = a->next) {
    buffer_say(&line, "%s%s=%s", gap, a->name, expand_assignment(a->value));
    gap = " ";
  }
  for (; *argv; argv++) {
    buffer_say(&line, "%s%s", gap, *argv);
    gap = " ";
  }
  buffer_add(&line, '\n');
  flush();
  write_all(2, line.text, line.length);
  free(line.text);
}

int run_simple(struct node *n, int flags) {
  int argc;
  sh.substitution_status = 0;
  char **argv = expand_fields(n->words, &argc);
  if (sh.skip) return sh.status;
  if (option('x')) trace(n->assignments, argv);
  if (argc > 0) return run_fields(argc, argv, n->redirects, n->assignments, flags, n->text, false);
  /* Without a command name, redirections open and close, and assignments stay. */
  struct saved_fd *saved = NULL;
  bool good = redirect_all(n->redirects, &saved);
  restore_fds(saved);
  if (!good) {
    if (!sh.skip) sh.status = 2;
    return sh.status;
  }
  if (assign_all(n->assignments, NULL, false)) sh.status = sh.substitution_status;
  return sh.status;
}

char *capture(struct node *body) {
  int fds[2], error = pipe(fds), n;
  char part[512];
  struct buffer output = {0};
  if (error) {
    shell_error("cannot create pipe: %s", error_text(error));
    return "";
  }
  struct job *j = new_job(NULL);
  bool controlled = sh.job_control;
  sh.job_control = false; /* the child stays in the shell's process group */
  int pid = fork_process(j, false);
  if (pid == 0) {
    close(fds[0]);
    if (fds[1] != 1) dup2(fds[1], 1), close(fds[1]);
    run(body, RUN_LAST);
    exit_shell(sh.status);
  }
  close(fds[1]);
  while (pid > 0 && ((n = read(fds[0], part, sizeof part)) > 0 || n == -EINTR))
    for (int i = 0; i < n; i++)
      if (part[i]) buffer_add(&output, part[i]);
  close(fds[0]);
  if (pid > 0) sh.substitution_status = sh.status = wait_job(j);
  else forget_job(j);
  sh.job_control = controlled;
  while (output.length > 0 && output.text[output.length - 1] == '\n') output.length--;
  char *text = arena_copy(&scratch, buffer_text(&output), output.length);
  free(output.text);
  return text;
}
