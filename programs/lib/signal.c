#include "lib.h"

static const struct {
  const char *name, *text;
} signals[] = {
    [0] = {"EXIT", "Exit"},
    [1] = {"HUP", "Hangup"},
    [2] = {"INT", "Interrupt"},
    [3] = {"QUIT", "Quit"},
    [4] = {"ILL", "Illegal instruction"},
    [5] = {"TRAP", "Trace/breakpoint trap"},
    [6] = {"ABRT", "Aborted"},
    [7] = {"BUS", "Bus error"},
    [8] = {"FPE", "Floating point exception"},
    [9] = {"KILL", "Killed"},
    [10] = {"USR1", "User defined signal 1"},
    [11] = {"SEGV", "Segmentation fault"},
    [12] = {"USR2", "User defined signal 2"},
    [13] = {"PIPE", "Broken pipe"},
    [14] = {"ALRM", "Alarm clock"},
    [15] = {"TERM", "Terminated"},
    [16] = {"STKFLT", "Stack fault"},
    [17] = {"CHLD", "Child exited"},
    [18] = {"CONT", "Continued"},
    [19] = {"STOP", "Stopped (signal)"},
    [20] = {"TSTP", "Stopped"},
    [21] = {"TTIN", "Stopped (tty input)"},
    [22] = {"TTOU", "Stopped (tty output)"},
    [23] = {"URG", "Urgent I/O condition"},
    [24] = {"XCPU", "CPU time limit exceeded"},
    [25] = {"XFSZ", "File size limit exceeded"},
    [26] = {"VTALRM", "Virtual timer expired"},
    [27] = {"PROF", "Profiling timer expired"},
    [28] = {"WINCH", "Window changed"},
    [29] = {"IO", "I/O possible"},
    [30] = {"PWR", "Power failure"},
    [31] = {"SYS", "Bad system call"},
};

/* The name without SIG, or NULL. */
const char *signal_name(int signal) { return signal >= 0 && signal < SIGNALS ? signals[signal].name : NULL; }

/* What a shell says of a process that the signal ended. */
const char *signal_text(int signal) { return signal > 0 && signal < SIGNALS ? signals[signal].text : "Unknown signal"; }

/* Reads a number or a name with or without SIG, in either case; -1 when there is no such signal. */
int signal_number(const char *name) {
  i64 n;
  if (is_digit(*name)) return parse_number(name, &n) && n <= 64 ? (int)n : -1;
  char upper[16];
  size_t length = strlen(name);
  if (length >= sizeof upper) return -1;
  for (size_t i = 0; i <= length; i++) upper[i] = to_upper(name[i]);
  const char *plain = strncmp(upper, "SIG", 3) == 0 ? upper + 3 : upper;
  for (int i = 0; i < SIGNALS; i++)
    if (strcmp(signals[i].name, plain) == 0) return i;
  return -1;
}
