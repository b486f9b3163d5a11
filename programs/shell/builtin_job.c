#include "builtin.h"

static struct job *job_or_warn(const char *name) {
  struct job *j = find_job(name);
  if (!j) warn("No such job: %s", name);
  return j;
}

int do_fg(int argc, char **argv) {
  struct job *j = job_or_warn(argc > 1 ? argv[1] : "%+");
  if (!j) return 2;
  if (!sh.job_control) return warn("no job control"), 1;
  say("%s\n", j->text ? j->text : "");
  flush();
  j->background = false;
  resume_job(j, true);
  return wait_job(j);
}

int do_bg(int argc, char **argv) {
  static char *current[] = {"bg", "%+", NULL};
  int status = 0;
  if (!sh.job_control) return warn("no job control"), 1;
  if (argc < 2) argc = 2, argv = current;
  for (int i = 1; i < argc; i++) {
    struct job *j = job_or_warn(argv[i]);
    if (!j) {
      status = 2;
      continue;
    }
    say("[%d] %s\n", j->number, j->text ? j->text : "");
    resume_job(j, false);
  }
  return status;
}

/* jobs [-l|-p] [%JOB]... */
int do_jobs(int argc, char **argv) {
  bool long_form = false, pids = false;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (strcmp(argv[i], "-l") == 0) long_form = true;
    else if (strcmp(argv[i], "-p") == 0) pids = true;
    else return warn("illegal option %s", argv[i]), 2;
  }
  while (reap(false)) {
  }
  for (struct job *j = jobs, *next; j; j = next) {
    bool wanted = j->background && i == argc;
    next = j->next;
    for (int k = i; k < argc; k++) wanted |= find_job(argv[k]) == j;
    if (!wanted || !j->count) continue;
    if (pids) say("%d\n", j->group ? j->group : j->processes[0].pid);
    else print_job(j, long_form, 1);
    j->told = true;
    if (job_state(j) == DONE && sh.interactive) forget_job(j);
  }
  return 0;
}

/* A stopped job that is told to end must run to do so. */
static void wake_jobs(int argc, char **argv) {
  const char *name = argc > 2 && strcmp(argv[1], "-s") == 0 ? argv[2] : *argv[1] == '-' ? argv[1] + 1 : "TERM";
  int signal = signal_number(name);
  if (signal != SIGTERM && signal != SIGHUP) return;
  for (int i = 1; i < argc; i++) {
    struct job *j = *argv[i] == '%' ? find_job(argv[i]) : NULL;
    if (j && job_state(j) == STOPPED) resume_job(j, false);
  }
}

/* Replaces %JOB by its process group, then does what the tool does. */
int do_kill(int argc, char **argv) {
  i64 status;
  if (argc == 3 && strcmp(argv[1], "-l") == 0 && parse_number(argv[2], &status)) {
    const char *name = signal_name(status > 128 ? status - 128 : status);
    if (!name) return warn("invalid signal number or exit status: %s", argv[2]), 2;
    say("%s\n", name);
    return 0;
  }
  /* "kill %1" becomes "kill -- -GROUP": a group must not be taken for a signal */
  bool bare = argc > 1 && *argv[1] != '-';
  char **changed = arena_alloc(&scratch, (argc + 2) * sizeof *changed), **at = changed;
  *at++ = argv[0];
  if (bare) *at++ = "--";
  for (int i = 1; i < argc; i++) {
    struct job *j = *argv[i] == '%' ? job_or_warn(argv[i]) : NULL;
    if (*argv[i] == '%' && !j) return 1;
    *at++ = j ? number_text(j->group ? -j->group : j->processes[0].pid) : argv[i];
  }
  *at = NULL;
  int result = kill_main(argc + bare, changed);
  if (result == 0 && argc > 1) wake_jobs(argc, argv);
  return result;
}

/* trap [ACTION|-] SIGNAL..., trap */
int do_trap(int argc, char **argv) {
  int i = 1, status = 0;
  i64 number;
  if (argc > 1 && strcmp(argv[1], "--") == 0) i++;
  if (i == argc) {
    for (int k = 0; k < 65; k++) {
      if (!traps[k]) continue;
      put("trap -- ");
      put_quoted(traps[k]);
      say(" %s\n", signal_name(k));
    }
    return 0;
  }
  const char *action = NULL;
  bool all_reset = argc - i == 1 || parse_number(argv[i], &number);
  if (!all_reset) {
    action = strcmp(argv[i], "-") == 0 ? NULL : argv[i];
    i++;
  }
  for (; i < argc; i++) {
    int signal = signal_number(argv[i]);
    if (signal < 0) {
      warn("%s: bad trap", argv[i]);
      status = 1;
      continue;
    }
    set_trap(signal, action);
  }
  return status;
}

/* Waits until the job has ended or a signal comes; true when it has. */
static bool wait_for_end(struct job *j) {
  while (job_state(j) == RUNNING) {
    if (signal_pending) return false;
    if (!reap(true) && !signal_pending) break;
  }
  return true;
}

static int signalled(void) {
  for (int i = 1; i < 65; i++)
    if (signal_pending && traps[i] && *traps[i]) {
      /* which one it was, run_traps knows; the status only has to exceed 128 */
      return 128 + i;
    }
  return 130;
}

int do_wait(int argc, char **argv) {
  int status = 0;
  if (argc < 2) {
    for (struct job *j = jobs, *next; j; j = next) {
      next = j->next;
      if (!j->background) continue;
      if (!wait_for_end(j)) return signalled();
      if (job_state(j) != DONE) continue;
      if (!sh.interactive) forget_job(j);
    }
    return 0;
  }
  for (int i = 1; i < argc; i++) {
    struct job *j = find_job(argv[i]);
    if (!j) {
      status = 127;
      continue;
    }
    if (!wait_for_end(j)) return signalled();
    i64 pid;
    status = job_status(j);
    if (*argv[i] != '%' && parse_number(argv[i], &pid) && job_state(j) == DONE) {
      for (int k = 0; k < j->count; k++)
        if (j->processes[k].pid == pid)
          status = WIFEXITED(j->processes[k].status) ? WEXITSTATUS(j->processes[k].status)
                                                     : 128 + WTERMSIG(j->processes[k].status);
    }
    if (job_state(j) == DONE && !sh.interactive) forget_job(j);
  }
  return status;
}
