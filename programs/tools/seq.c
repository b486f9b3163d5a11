#include "tool.h"

/* seq [-w] [-s SEPARATOR] [FIRST [STEP]] LAST, whole numbers */
int seq_main(int argc, char **argv) {
  const char *separator = "\n";
  i64 n[3] = {1, 1, 1};
  bool equal_width = false;
  int i = 1, width = 0;
  for (; i < argc && argv[i][0] == '-' && !is_digit(argv[i][1]); i++) {
    if (strcmp(argv[i], "-w") == 0) equal_width = true;
    else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc) separator = argv[++i];
    else if (argv[i][1] == 's' && argv[i][2]) separator = argv[i] + 2;
    else return warn("invalid option '%s'", argv[i]), 1;
  }
  int count = argc - i;
  if (count < 1 || count > 3) return warn(count < 1 ? "missing operand" : "extra operand '%s'", argv[argc - 1]), 1;
  for (int k = 0; k < count; k++)
    if (!parse_number(argv[i + k], &n[k])) return warn("invalid integer argument: '%s'", argv[i + k]), 1;
  i64 first = count > 1 ? n[0] : 1, step = count > 2 ? n[1] : 1, last = n[count - 1];
  if (step == 0) return warn("invalid Zero increment value: '0'"), 1;
  for (int side = 0; equal_width && side < 2; side++) {
    i64 value = side ? last : first;
    int digits = value < 0 ? 2 : 1;
    for (u64 rest = value < 0 ? -value : value; rest >= 10; rest /= 10) digits++;
    if (digits > width) width = digits;
  }
  bool any = false;
  for (i64 value = first; step > 0 ? value <= last : value >= last; value += step) {
    if (any) put(separator);
    any = true;
    if (value < 0 && width) say("-%0*llu", width - 1, (u64)-value);
    else say("%0*lld", width, value);
  }
  if (any) put_char('\n');
  return 0;
}
