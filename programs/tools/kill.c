#include "tool.h"

static int list_signals(void) {
  for (int i = 1; i < SIGNALS; i++) say("%2d %s%s", i, signal_name(i), i % 4 == 0 || i == SIGNALS - 1 ? "\n" : "\t");
  return 0;
}

/* kill [-SIGNAL | -s SIGNAL] PID..., kill -l */
int kill_main(int argc, char **argv) {
  int number = SIGTERM, i = 1, status = 0;
  if (argc > 1 && strcmp(argv[1], "-l") == 0) return list_signals();
  if (argc > 2 && strcmp(argv[1], "-s") == 0) number = signal_number(argv[2]), i = 3;
  else if (argc > 1 && argv[1][0] == '-' && strcmp(argv[1], "--") != 0) number = signal_number(argv[1] + 1), i = 2;
  if (number < 0) {
    warn("%s: invalid signal specification", argv[i - 1]);
    return 1;
  }
  if (i < argc && strcmp(argv[i], "--") == 0) i++;
  if (i >= argc) {
    warn("usage: kill [-SIGNAL] PID...");
    return 1;
  }
  for (; i < argc; i++) {
    i64 pid;
    int error = parse_number(argv[i], &pid) ? kill(pid, number) : -EINVAL;
    if (error) status = fail(argv[i], error);
  }
  return status;
}
