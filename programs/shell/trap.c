#include "sh.h"

char *traps[65];
volatile bool signal_pending;
static volatile u8 pending[65];
static u8 ignored_at_start[65]; /* 0 not known, 1 no, 2 yes */

static void on_signal(int signal) {
  pending[signal] = 1;
  signal_pending = true;
  if (signal == SIGINT) sh.interrupted = true;
}

static bool was_ignored(int signal) {
  if (!ignored_at_start[signal]) {
    struct sigaction old = {0};
    syscall(SYS_rt_sigaction, signal, 0, &old, 8);
    ignored_at_start[signal] = old.handler == SIG_IGN ? 2 : 1;
  }
  return ignored_at_start[signal] == 2;
}

/* Sets the disposition that follows from the trap and from being interactive. */
static void arrange(int signal) {
  const char *trap = traps[signal];
  if (signal == 0 || signal == SIGKILL || signal == SIGSTOP) return;
  if (was_ignored(signal) && !sh.interactive) return;
  if (trap) {
    sigaction_set(signal, *trap ? on_signal : SIG_IGN, 0);
  } else if (sh.interactive && !sh.subshell && signal == SIGINT) {
    sigaction_set(signal, on_signal, 0);
  } else if (sh.interactive && !sh.subshell && (signal == SIGTERM || signal == SIGQUIT)) {
    sigaction_set(signal, SIG_IGN, 0);
  } else if (sh.job_control && !sh.subshell && (signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
    sigaction_set(signal, SIG_IGN, 0);
  } else {
    sigaction_set(signal, SIG_DFL, 0);
  }
}

/* Sets a trap: NULL is the default, "" ignores. */
void set_trap(int signal, const char *action) {
  free(traps[signal]);
  traps[signal] = action ? copy_string(action) : NULL;
  arrange(signal);
}

bool traps_set(void) {
  for (int i = 0; i < 65; i++)
    if (traps[i] && *traps[i]) return true;
  return false;
}

/* In a subshell: traps that run something are gone, ignored signals stay ignored. */
void reset_traps(void) {
  for (int i = 0; i < 65; i++) {
    pending[i] = 0;
    if (!traps[i] || !*traps[i]) continue;
    free(traps[i]);
    traps[i] = NULL;
    arrange(i);
  }
  signal_pending = false;
}

/* Before a program runs: what the interactive shell handles for itself is the default again; jobs must stop, whatever
 * was ignored. */
void default_signals(void) {
  static const u8 own[] = {SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < COUNT(own); i++)
    if (!traps[own[i]] && sh.interactive && (sh.job_control || !was_ignored(own[i]))) sigaction_set(own[i], SIG_DFL, 0);
}

void init_signals(void) {
  static const u8 own[] = {SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
  for (size_t i = 0; i < COUNT(own) && sh.interactive; i++) {
    was_ignored(own[i]);
    arrange(own[i]);
  }
}

/* Runs the actions of signals that came since; $? is kept. */
void run_traps(void) {
  if (!signal_pending) return;
  signal_pending = false;
  for (int i = 1; i < 65; i++) {
    if (!pending[i]) continue;
    pending[i] = 0;
    if (!traps[i] || !*traps[i]) continue;
    int status = sh.status;
    char *action = copy_string(traps[i]);
    run_text(action);
    free(action);
    if (sh.skip != SKIP_EXIT) sh.status = status;
  }
}
