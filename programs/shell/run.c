#include "sh.h"

/* Runs trees. A jump (break, return, exit, an error) is sh.skip: everything returns until somebody takes it. */

static void check_errexit(void) {
  if (option('e') && sh.status != 0 && !sh.tested && !sh.skip) sh.skip = SKIP_EXIT;
}

static int run_tested(struct node *n) {
  sh.tested++;
  int status = run(n, 0);
  sh.tested--;
  return status;
}

static _Noreturn void run_child(struct node *n) {
  run(n, RUN_LAST);
  exit_shell(sh.status);
}

static int run_background(struct node *n) {
  struct job *j = new_job(n->text);
  int pid = fork_process(j, true);
  if (pid < 0) {
    forget_job(j);
    return sh.status;
  }
  if (pid == 0) run_child(n);
  put_in_background(j);
  if (sh.interactive && !sh.subshell) {
    say_to(sh.terminal >= 0 ? sh.terminal : 2, "[%d] %d\n", j->number, pid);
  }
  return sh.status = 0;
}

static int run_pipeline(struct node *n) {
  struct job *j = new_job(n->text);
  int input = -1;
  for (struct node *stage = n->left; stage; stage = stage->next) {
    int fds[2] = {-1, -1}, error = stage->next ? pipe(fds) : 0;
    if (error) {
      shell_error("cannot create pipe: %s", error_text(error));
      break;
    }
    int pid = fork_process(j, false);
    if (pid == 0) {
      if (input >= 0) dup2(input, 0), close(input);
      if (stage->next) {
        close(fds[0]);
        if (fds[1] != 1) dup2(fds[1], 1), close(fds[1]);
      }
      run_child(stage);
    }
    if (input >= 0) close(input);
    if (stage->next) close(fds[1]);
    input = fds[0];
    if (pid < 0) break;
  }
  if (input >= 0) close(input);
  if (!j->count) {
    forget_job(j);
    return sh.status;
  }
  return sh.status = wait_job(j);
}

static int run_subshell(struct node *n, int flags) {
  if ((flags & RUN_LAST) && !traps_set()) {
    struct saved_fd *saved = NULL;
    sh.subshell = true;
    if (!redirect_all(n->redirects, &saved)) return sh.status = 2;
    return run(n->left, RUN_LAST);
  }
  struct job *j = new_job(n->text);
  int pid = fork_process(j, false);
  if (pid < 0) {
    forget_job(j);
    return sh.status;
  }
  if (pid == 0) {
    if (!redirect_all(n->redirects, NULL)) exit_shell(2);
    run_child(n->left);
  }
  return sh.status = wait_job(j);
}

/* After a loop's body: takes break and continue that are meant for this loop; true leaves it. */
static bool leave_loop(void) {
  if (sh.skip != SKIP_BREAK && sh.skip != SKIP_CONTINUE) return sh.skip != SKIP_NONE;
  bool leaves = sh.skip == SKIP_BREAK || sh.skip_count > 1;
  if (sh.skip_count > 1) sh.skip_count--;
  else sh.skip = SKIP_NONE;
  return leaves;
}

static int run_loop(struct node *n) {
  int status = 0;
  sh.loops++;
  for (;;) {
    int condition = run_tested(n->left);
    if (sh.skip) {
      if (leave_loop()) break;
      continue;
    }
    if ((condition == 0) == (n->kind == NODE_UNTIL)) break;
    status = run(n->right, 0);
    if (leave_loop()) break;
  }
  sh.loops--;
  if (sh.skip == SKIP_EXIT || sh.skip == SKIP_RETURN || sh.skip == SKIP_ABORT) return sh.status;
  return sh.status = status;
}

static int run_for(struct node *n) {
  int count, status = 0;
  char **fields;
  if (n->has_in) {
    fields = expand_fields(n->words, &count);
    if (sh.skip) return sh.status;
  } else {
    count = sh.parameter_count;
    fields = arena_alloc(&scratch, (count + 1) * sizeof *fields);
    for (int i = 0; i < count; i++) fields[i] = arena_copy(&scratch, sh.parameters[i], strlen(sh.parameters[i]));
  }
  sh.loops++;
  for (int i = 0; i < count; i++) {
    if (!set_variable(n->name, fields[i])) break;
    status = run(n->right, 0);
    if (leave_loop()) break;
  }
  sh.loops--;
  if (sh.skip == SKIP_EXIT || sh.skip == SKIP_RETURN || sh.skip == SKIP_ABORT) return sh.status;
  return sh.status = status;
}

static int run_case(struct node *n, int flags) {
  char *text = expand_string(n->words);
  for (struct case_item *item = n->items; item && !sh.skip; item = item->next) {
    for (struct word *w = item->patterns; w && !sh.skip; w = w->next) {
      char *pattern = expand_pattern(w);
      if (sh.skip || !pattern_match(pattern, text)) continue;
      sh.status = 0;
      return item->body ? run(item->body, flags) : 0;
    }
  }
  return sh.skip ? sh.status : (sh.status = 0);
}

static int run_compound(struct node *n, int flags) {
  switch (n->kind) {
    case NODE_GROUP: return run(n->left, flags);
    case NODE_IF: {
      int condition = run_tested(n->left);
      if (sh.skip) return sh.status;
      if (condition == 0) return run(n->right, flags);
      if (n->other) return run(n->other, flags);
      return sh.status = 0;
    }
    case NODE_WHILE:
    case NODE_UNTIL: return run_loop(n);
    case NODE_FOR: return run_for(n);
    default: return run_case(n, flags);
  }
}

static int run_redirected(struct node *n, int flags) {
  struct saved_fd *saved = NULL;
  if (!n->redirects) return run_compound(n, flags);
  if (redirect_all(n->redirects, &saved)) run_compound(n, 0);
  else if (!sh.skip) sh.status = 2;
  flush();
  restore_fds(saved);
  return sh.status;
}

static int run_one(struct node *n, int flags) {
  switch (n->kind) {
    case NODE_SIMPLE:
      run_simple(n, flags);
      check_errexit();
      break;
    case NODE_PIPELINE:
      run_pipeline(n);
      check_errexit();
      break;
    case NODE_SUBSHELL:
      run_subshell(n, flags);
      check_errexit();
      break;
    case NODE_NOT: sh.status = !run_tested(n->left); break;
    case NODE_AND:
    case NODE_OR:
      run_tested(n->left);
      if (!sh.skip && (sh.status == 0) == (n->kind == NODE_AND)) run(n->right, flags);
      break;
    case NODE_LIST:
      for (struct node *child = n->left; child && !sh.skip; child = child->next) {
        if (child->background) run_background(child);
        else run(child, child->next ? 0 : flags);
      }
      break;
    case NODE_FUNCTION:
      define_function(n->name, n->right, sh.tree);
      sh.status = 0;
      break;
    default: run_redirected(n, flags);
  }
  return sh.status;
}

int run(struct node *n, int flags) {
  if (!n || sh.skip || (option('n') && !sh.interactive)) return sh.status;
  struct arena_mark mark = arena_mark(&scratch);
  sh.line = n->line;
  run_one(n, flags);
  arena_release(&scratch, mark);
  if (signal_pending) {
    run_traps();
    if (sh.interactive && !sh.subshell && sh.interrupted && !traps[SIGINT] && !sh.skip) {
      sh.skip = SKIP_ABORT;
      sh.status = 130;
    }
  }
  return sh.status;
}
