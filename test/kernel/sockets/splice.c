#include "show.h"
#include <sys/sendfile.h>
static void drain(int fd, const char *what) { char b[20000]; int n = recv(fd, b, sizeof b, MSG_DONTWAIT); if (n < 0 && errno == ENOTSOCK) { fcntl(fd, F_SETFL, O_NONBLOCK); n = read(fd, b, sizeof b); } printf("%s: %d %s %.8s\n", what, n, n < 0 ? error_name() : "", n > 0 ? b : ""); fflush(stdout); }
int main(void) {
  int p[2], q[2], s[2]; char b[20000]; memset(b, 'x', sizeof b); signal(SIGPIPE, SIG_IGN);
  pipe(p); pipe(q); socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  int f = open("file", O_CREAT | O_RDWR | O_TRUNC, 0644); write(f, "0123456789abcdef", 16); loff_t off = 4; int n = open("/dev/null", O_RDWR);
  SHOW(splice(99, 0, p[1], 0, 1, 0)); SHOW(splice(f, 0, f, 0, 1, 0)); SHOW(splice(p[0], 0, p[1], 0, 1, 0)); SHOW(splice(f, 0, p[1], 0, 1, 0x10)); SHOW(splice(f, 0, p[1], 0, 0, 0)); SHOW(splice(f, &off, p[1], &off, 1, 0)); SHOW(splice(p[1], 0, f, 0, 1, 0)); SHOW(splice(f, 0, p[0], 0, 1, 0)); SHOW(splice(f, (void *)8, p[1], 0, 1, 0)); SHOW(splice(p[0], 0, q[1], 0, 10, SPLICE_F_NONBLOCK)); SHOW(splice(s[0], &off, p[1], 0, 1, 0)); SHOW(splice(s[0], 0, p[1], 0, 1, SPLICE_F_NONBLOCK));
  SHOW(splice(f, &off, p[1], 0, 5, 0)); printf("%lld\n", (long long)off); drain(p[0], "piece"); fcntl(p[0], F_SETFL, 0); lseek(f, 0, SEEK_SET); SHOW(splice(f, 0, p[1], 0, 100, 0)); SHOW(lseek(f, 0, SEEK_CUR)); SHOW(splice(f, 0, p[1], 0, 100, 0));
  SHOW(tee(p[0], q[1], 6, 0)); SHOW(tee(p[0], p[1], 6, 0)); SHOW(tee(f, q[1], 6, 0)); SHOW(tee(p[0], q[1], 0, 0)); SHOW(tee(p[0], q[1], 5, 0x20)); drain(q[0], "teed"); fcntl(q[0], F_SETFL, 0); SHOW(splice(p[0], 0, q[1], 0, 3, 0)); drain(q[0], "part"); fcntl(q[0], F_SETFL, 0); SHOW(splice(p[0], 0, s[0], 0, 100, 0)); drain(s[1], "to socket"); 
  write(s[0], "from socket", 11); SHOW(splice(s[1], 0, p[1], 0, 100, 0)); off = 2; SHOW(splice(p[0], 0, f, &off, 100, 0)); printf("%lld\n", (long long)off); lseek(f, 0, SEEK_SET); drain(f, "file"); fcntl(f, F_SETFL, O_APPEND); write(p[1], "z", 1); SHOW(splice(p[0], 0, f, 0, 1, 0)); SHOW(splice(p[0], 0, n, 0, 1, 0)); fcntl(f, F_SETFL, 0);
  struct iovec v[2] = {{"ab", 2}, {"cde", 3}}; SHOW(vmsplice(p[1], v, 2, 0)); SHOW(vmsplice(f, v, 2, 0)); SHOW(vmsplice(99, v, 2, 0)); SHOW(vmsplice(p[1], v, 2, 0x20)); SHOW(vmsplice(p[1], v, 2000, 0)); SHOW(vmsplice(p[1], (void *)8, 1, 0)); char back[8] = {0}; struct iovec r = {back, 8}; SHOW(vmsplice(p[0], &r, 1, 0)); printf("%s\n", back); SHOW(vmsplice(p[0], &r, 1, SPLICE_F_NONBLOCK)); SHOW(vmsplice(p[1], v, 0, 0));
  fcntl(p[1], F_SETPIPE_SZ, 8192); SHOW(write(p[1], b, 8192)); SHOW(tee(p[0], q[1], 100000, 0)); SHOW(splice(f, 0, p[1], 0, 1, SPLICE_F_NONBLOCK)); SHOW(splice(p[0], 0, n, 0, 100000, 0)); close(p[1]); SHOW(splice(p[0], 0, n, 0, 1, 0)); close(q[0]); lseek(f, 0, SEEK_SET); SHOW(splice(f, 0, q[1], 0, 1, 0));
  lseek(f, 0, SEEK_SET); SHOW(sendfile(s[0], f, 0, 100)); drain(s[1], "sendfile"); off_t o = 3; SHOW(sendfile(s[0], f, &o, 4)); drain(s[1], "sendfile"); SHOW(sendfile(f, s[0], 0, 4)); SHOW(sendfile(99, f, 0, 4));
  fcntl(s[0], F_SETFL, O_NONBLOCK); while (write(s[0], b, sizeof b) > 0); lseek(f, 0, SEEK_SET); SHOW(sendfile(s[0], f, 0, 4)); SHOW(lseek(f, 0, SEEK_CUR));
  int d[2]; pipe2(d, O_DIRECT); write(d[1], "one", 3); write(d[1], "second", 6); SHOW(read(d[0], b, 2)); SHOW(read(d[0], b, 100)); SHOW(fcntl(d[1], F_GETFL) & ~O_LARGEFILE); SHOW(fcntl(d[0], F_GETFL)); SHOW(pipe2(d, 0x1000)); write(d[1], b, 5000); SHOW(read(d[0], b, 9000)); SHOW(read(d[0], b, 9000));
  return 0;
}
