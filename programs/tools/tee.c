#include "tool.h"

/* tee [-a] FILE... */
int tee_main(int argc, char **argv) {
  struct options o = {.known = "ai"};
  int c, flags = O_WRONLY | O_CREAT | O_TRUNC, status = 0, count = 1, n;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'a') flags = O_WRONLY | O_CREAT | O_APPEND;
    if (c == 'i') sigaction_set(SIGINT, SIG_IGN, 0);
  }
  int *fds = malloc((argc + 1) * sizeof *fds);
  fds[0] = 1;
  for (int i = o.index; i < argc; i++) {
    int fd = open(argv[i], flags, 0666);
    if (fd < 0) status = fail(argv[i], fd);
    else fds[count++] = fd;
  }
  char data[4096];
  while ((n = read(0, data, sizeof data)) > 0 || n == -EINTR) {
    for (int i = 0; i < count && n > 0; i++) {
      int error = write_all(fds[i], data, n);
      if (error) status = fail("write error", error);
    }
  }
  return n < 0 ? fail("read error", n) : status;
}
