#include "sys.h"

_Noreturn void exit(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

int main(void) {
  static const char text[] = "Hello from nestlab\n";
  return write(1, text, sizeof text - 1) == sizeof text - 1 ? 0 : 1;
}
