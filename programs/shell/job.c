#include "sh.h"

enum { MOST_FINISHED = 500 };

struct job *jobs;
static u32 terminal_modes[16];
static int original_group;

struct job *new_job(const char *text) {
  struct job *j = malloc(sizeof *j), **last = &jobs;
  *j = (struct job){.text = text ? copy_string(text) : NULL};
  while (*last) last = &(*last)->next;
  *last = j;
  return j;
}

void forget_job(struct job *j) {
  for (struct job **at = &jobs; *at; at = &(*at)->next) {
    if (*at != j) continue;
    *at = j->next;
    free(j->processes);
    free(j->text);
    free(j);
    return;
  }
}

static void forget_all(void) {
  while (jobs) forget_job(jobs);
}

int job_state(const struct job *j) {
  int state = DONE;
  for (int i = 0; i < j->count; i++) {
    if (j->processes[i].state == RUNNING) return RUNNING;
    if (j->processes[i].state == STOPPED) state = STOPPED;
  }
  return state;
}

static int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : WIFSTOPPED(status) ? 128 + WSTOPSIG(status) : 128 + WTERMSIG(status);
}

int job_status(const struct job *j) {
  if (job_state(j) == STOPPED)
    for (int i = 0; i < j->count; i++)
      if (j->processes[i].state == STOPPED) return exit_code(j->processes[i].status);
  for (int i = j->count - 1; i >= 0 && option('p'); i--) /* pipefail: the last stage that failed */
    if (j->processes[i].status) return exit_code(j->processes[i].status);
  return j->count ? exit_code(j->processes[j->count - 1].status) : 0;
}

static void take_terminal(int group) {
  if (sh.terminal >= 0) ioctl(sh.terminal, TIOCSPGRP, &group);
}

/* Forks a process of the job. The child is a subshell: own group, no jobs, no traps; in the background without job
 * control it reads /dev/null. */
int fork_process(struct job *j, bool background) {
  flush();
  int pid = fork();
  if (pid < 0) {
    shell_error("cannot fork: %s", error_text(pid));
    return pid;
  }
  bool controlled = sh.job_control && !sh.subshell;
  if (pid == 0) {
    int own = getpid();
    if (controlled) {
      int group = j->group ? j->group : own;
      setpgid(0, group);
      if (!background) take_terminal(group);
    }
    bool first = j->count == 0;
    sh.subshell = true;
    forget_all();
    reset_traps();
    default_signals();
    if (background && !controlled) {
      sigaction_set(SIGINT, SIG_IGN, 0);
      sigaction_set(SIGQUIT, SIG_IGN, 0);
      if (first) {
        close(0);
        open("/dev/null", O_RDONLY, 0);
      }
    }
    return 0;
  }
  if (j->count == 0) j->group = controlled ? pid : 0;
  if (controlled) setpgid(pid, j->group);
  j->processes = realloc(j->processes, (j->count + 1) * sizeof *j->processes);
  j->processes[j->count++] = (struct process){.pid = pid};
  return pid;
}

static void note(int pid, int status) {
  for (struct job *j = jobs; j; j = j->next) {
    for (int i = 0; i < j->count; i++) {
      struct process *p = &j->processes[i];
      if (p->pid != pid || p->state == DONE) continue;
      if (WIFCONTINUED(status)) {
        p->state = RUNNING;
        return;
      }
      p->status = status;
      p->state = WIFSTOPPED(status) ? STOPPED : DONE;
      j->told = false;
      return;
    }
  }
}

/* Waits for any child's change; false when there is none (or, with block, a signal came). */
bool reap(bool block) {
  int status, pid = wait4(-1, &status, (block ? 0 : WNOHANG) | (sh.job_control ? WUNTRACED | WCONTINUED : 0), NULL);
  if (pid <= 0) return false;
  note(pid, status);
  return true;
}

static void tell_death(const struct job *j) {
  int status = j->processes[j->count - 1].status, signal = WTERMSIG(status);
  if (!WIFSIGNALED(status)) return;
  if (signal == SIGINT && sh.interactive) write_all(2, "\n", 1);
  if (signal == SIGINT || signal == SIGPIPE) return;
  say_to(2, "%s%s\n", signal_text(signal), status & 0x80 ? " (core dumped)" : "");
}

static void give_number(struct job *j) {
  if (j->number) return;
  for (struct job *other = jobs; other; other = other->next)
    if (other->number >= j->number) j->number = other->number;
  j->number++;
}

/* Waits for a foreground job; returns its status. A finished job is forgotten, a stopped one gets a number. */
int wait_job(struct job *j) {
  while (job_state(j) == RUNNING) {
    int status, pid = wait4(-1, &status, sh.job_control && !sh.subshell ? WUNTRACED : 0, NULL);
    if (pid == -EINTR) continue;
    if (pid < 0) break;
    note(pid, status);
  }
  int state = job_state(j), status = job_status(j);
  if (sh.job_control && !sh.subshell && j->group) {
    take_terminal(getpgrp());
    if (state == STOPPED || status >= 128) ioctl(sh.terminal, TCSETS, terminal_modes);
    else ioctl(sh.terminal, TCGETS, terminal_modes);
  }
  if (state == STOPPED) {
    j->background = true;
    give_number(j);
    j->told = true;
    write_all(2, "\n", 1);
    print_job(j, false, 2);
    return status;
  }
  tell_death(j);
  /* C-c ends the whole command line, not only the program that it reached. */
  if (sh.job_control && !sh.subshell && status == 128 + SIGINT && !sh.skip) sh.skip = SKIP_ABORT;
  forget_job(j);
  return status;
}

void put_in_background(struct job *j) {
  int finished = 0;
  j->background = true;
  give_number(j);
  sh.last_background = j->processes[j->count - 1].pid;
  for (struct job *other = jobs, *next; other; other = next) {
    next = other->next;
    if (other != j && job_state(other) == DONE && ++finished > MOST_FINISHED) forget_job(other);
  }
}

static char marker(const struct job *j) {
  const struct job *current = NULL, *previous = NULL;
  for (const struct job *other = jobs; other; other = other->next) {
    if (!other->background) continue;
    previous = current;
    current = other;
  }
  return j == current ? '+' : j == previous ? '-' : ' ';
}

/* "[1]+ Running   text" */
void print_job(struct job *j, bool long_form, int fd) {
  const struct process *last = &j->processes[j->count - 1];
  struct buffer state = {0};
  int code = WEXITSTATUS(last->status);
  switch (job_state(j)) {
    case RUNNING: buffer_string(&state, "Running"); break;
    case STOPPED: buffer_string(&state, "Stopped"); break;
    default:
      if (!WIFEXITED(last->status)) buffer_string(&state, signal_text(WTERMSIG(last->status)));
      else if (code == 0) buffer_string(&state, "Done");
      else buffer_say(&state, "Done(%d)", code);
  }
  struct buffer line = {0};
  buffer_say(&line, "[%d] %c ", j->number, marker(j));
  if (long_form) buffer_say(&line, "%d ", j->group ? j->group : j->processes[0].pid);
  buffer_say(&line, "%-24s%s\n", buffer_text(&state), j->text ? j->text : "");
  flush();
  write_all(fd, line.text, line.length);
  free(line.text);
  free(state.text);
}

/* Before a prompt: says which background jobs have ended or stopped, and forgets those that ended. */
void report_jobs(void) {
  while (reap(false)) {
  }
  for (struct job *j = jobs, *next; j; j = next) {
    next = j->next;
    if (!j->background || j->told || job_state(j) == RUNNING) continue;
    print_job(j, false, 2);
    j->told = true;
    if (job_state(j) == DONE) forget_job(j);
  }
}

/* %N, %%, %+, %-, %text, or a process id; NULL when there is none. */
struct job *find_job(const char *name) {
  struct job *found = NULL, *previous = NULL;
  i64 n;
  if (*name != '%') {
    if (!parse_number(name, &n)) return NULL;
    for (struct job *j = jobs; j; j = j->next)
      for (int i = 0; i < j->count; i++)
        if (j->processes[i].pid == n) return j;
    return NULL;
  }
  bool current = !name[1] || strcmp(name, "%%") == 0 || strcmp(name, "%+") == 0, other = strcmp(name, "%-") == 0;
  for (struct job *j = jobs; j; j = j->next) {
    if (!j->background) continue;
    bool hit = current || other;
    if (!hit)
      hit = is_digit(name[1]) ? parse_number(name + 1, &n) && j->number == n
                              : j->text && strncmp(j->text, name + 1, strlen(name + 1)) == 0;
    if (!hit) continue;
    previous = found;
    found = j;
  }
  return other ? previous : found;
}

void resume_job(struct job *j, bool foreground) {
  for (int i = 0; i < j->count; i++)
    if (j->processes[i].state == STOPPED) j->processes[i].state = RUNNING;
  if (foreground) take_terminal(j->group);
  kill(j->group ? -j->group : j->processes[0].pid, SIGCONT);
}

/* Takes the terminal, as the leader of a process group of its own. */
void init_job_control(void) {
  int fd = open("/dev/tty", O_RDWR, 0), group;
  sh.terminal = -1;
  if (fd < 0) fd = dup(2);
  if (fd < 0) return;
  sh.terminal = move_high(fd);
  while (ioctl(sh.terminal, TIOCGPGRP, &group) == 0 && group != getpgrp()) kill(0, SIGTTIN);
  if (ioctl(sh.terminal, TIOCGPGRP, &group) != 0) {
    warn("can't access tty; job control turned off");
    return;
  }
  sh.job_control = true;
  sh.options['m' - 'a'] = true;
  init_signals();
  original_group = group;
  setpgid(0, getpid());
  take_terminal(getpid());
  ioctl(sh.terminal, TCGETS, terminal_modes);
}

/* Gives the terminal back to whom it was taken from: the shell ends, or becomes another program. */
void end_job_control(void) {
  if (!sh.job_control || sh.subshell) return;
  take_terminal(original_group);
  setpgid(0, original_group);
}
