#include "show.h"
#include <termios.h>
/* Packet mode of a pseudo-terminal, as screen uses it. */
static void rd(int m) { unsigned char b[64]; int n = read(m, b, 64); printf("read %d:", n); for (int i = 0; i < n; i++) printf(" %02x", b[i]); printf("\n"); fflush(stdout); }
int main(void) {
  int m = posix_openpt(O_RDWR | O_NOCTTY), on = 1, off = 0, got = 7; SHOW(ioctl(m, 0x80045439, &got)); SHOW(got); unlockpt(m); SHOW(ioctl(m, 0x80045439, &got)); SHOW(got); SHOW(ioctl(m, 0x80045438, &got)); SHOW(got); SHOW(ioctl(m, TIOCPKT, 8)); SHOW(ioctl(m, TIOCPKT, &on)); SHOW(ioctl(m, 0x80045438, &got)); SHOW(got);
  int t = open(ptsname(m), O_RDWR | O_NOCTTY); SHOW(write(t, "ab\n", 3)); nap(20); rd(m); struct pollfd p = {m, POLLIN | POLLPRI, 0}; SHOW(poll(&p, 1, 0)); SHOW(p.revents);
  struct termios a; tcgetattr(t, &a); a.c_iflag &= ~IXON; tcsetattr(t, TCSANOW, &a); nap(20); SHOW(poll(&p, 1, 0)); printf("%x\n", p.revents); rd(m); SHOW(poll(&p, 1, 0)); a.c_iflag |= IXON; tcsetattr(t, TCSANOW, &a); nap(20); rd(m); write(t, "xyz", 3); nap(20); char one[2]; SHOW(read(m, one, 2)); printf("%d %c\n", one[0], one[1]); rd(m); SHOW(ioctl(m, TIOCPKT, &off)); write(t, "q", 1); nap(20); rd(m); SHOW(ioctl(t, TIOCPKT, &on)); return 0;
}
