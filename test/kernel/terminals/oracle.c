/* A pseudo-terminal of the real kernel, driven by a script on stdin: the oracle of the line discipline's tests.
 * One command a line, one line of output each:
 *   s IFLAG OFLAG LFLAG HEX   settings (HEX: the 19 control characters)      t HEX  type        w HEX  write to the terminal
 *   r N   read up to N bytes without waiting      o  what the screen got      f N  TCFLSH       a  FIONREAD       p  poll */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct settings {
  unsigned iflag, oflag, cflag, lflag;
  unsigned char line, cc[19];
};
enum { GET = 0x5401, SET = 0x5402, FLUSH = 0x540b };

static unsigned char bytes[1 << 16];
static int master, slave;

static int parse(const char *hex) {
  int n = 0;
  for (; hex[0] > ' ' && hex[1] > ' '; hex += 2, n++) {
    unsigned value;
    sscanf(hex, "%2x", &value);
    bytes[n] = value;
  }
  return n;
}

static void show(int n) {
  if (n < 0) printf("-%d", errno);
  for (int i = 0; i < n; i++) printf("%02x", bytes[i]);
  putchar('\n');
}

/* Typed bytes reach the line discipline in a worker of the kernel: give it time. */
static void settle(void) { usleep(8000); }

static void set(char *line) {
  struct settings s;
  char hex[64];
  ioctl(slave, GET, &s);
  sscanf(line, "s %u %u %u %63s", &s.iflag, &s.oflag, &s.lflag, hex);
  parse(hex);
  memcpy(s.cc, bytes, 19);
  printf("%d\n", ioctl(slave, SET, &s));
}

int main(void) {
  static char line[1 << 16];
  int unlock = 0, n;
  unsigned number;
  char name[32];
  master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (master < 0 || ioctl(master, 0x40045431, &unlock) < 0 || ioctl(master, 0x80045430, &number) < 0) return 9;
  snprintf(name, sizeof name, "/dev/pts/%u", number);
  slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (slave < 0) return 9;
  while (fgets(line, sizeof line, stdin)) {
    char *rest = line + 2;
    switch (line[0]) {
    case 's': set(line); break;
    case 't': n = parse(rest); n = write(master, bytes, n); settle(); printf("%d\n", n < 0 ? -errno : n); break;
    case 'w': n = parse(rest); n = write(slave, bytes, n); settle(); printf("%d\n", n < 0 ? -errno : n); break;
    case 'r': show(read(slave, bytes, atoi(rest))); break;
    case 'o': n = read(master, bytes, sizeof bytes); show(n < 0 && errno == EAGAIN ? 0 : n); break;
    case 'f': printf("%d\n", ioctl(slave, FLUSH, atoi(rest))); settle(); break;
    case 'a': n = 0; ioctl(slave, FIONREAD, &n); printf("%d\n", n); break;
    case 'p': {
      struct pollfd p = {slave, POLLIN | POLLOUT, 0};
      poll(&p, 1, 0);
      printf("%d\n", p.revents);
    }
    }
  }
  return 0;
}
