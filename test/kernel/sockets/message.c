#include "show.h"
static char data[256], ctl[512];
static struct iovec iov = {data, sizeof data};
static struct msghdr m;
static void fresh(int controllen) { memset(&m, 0, sizeof m); m.msg_iov = &iov; m.msg_iovlen = 1; if (controllen) { m.msg_control = ctl; m.msg_controllen = controllen; } memset(ctl, 0, sizeof ctl); iov.iov_base = data; iov.iov_len = sizeof data; }
static int pass(int to, int *fds, int n, int bytes, int flags) {
  fresh(CMSG_SPACE(n * 4)); struct cmsghdr *c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(n * 4); memcpy(CMSG_DATA(c), fds, n * 4); iov.iov_len = bytes; return sendmsg(to, &m, flags);
}
static int take(int from, int room, int flags) {
  fresh(room); int r = recvmsg(from, &m, flags); printf("recvmsg %d %s controllen %d flags %x:", r, r < 0 ? error_name() : "", (int)m.msg_controllen, m.msg_flags);
  if (r >= 0) for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    printf(" [%d %d len %d", c->cmsg_level, c->cmsg_type, (int)c->cmsg_len);
    if (c->cmsg_type == SCM_RIGHTS) for (int i = 0; i < (int)(c->cmsg_len - CMSG_LEN(0)) / 4; i++) { int fd = ((int *)CMSG_DATA(c))[i]; printf(" fd %d flags %d", fd, fcntl(fd, F_GETFD)); }
    if (c->cmsg_type == SCM_CREDENTIALS) { struct ucred *u = (void *)CMSG_DATA(c); printf(" pid %d uid %d gid %d", u->pid == getpid() ? -1 : u->pid, u->uid, u->gid); }
    printf("]");
  }
  printf("\n"); fflush(stdout); return r;
}
int main(void) {
  int p[2], q[2], fds[300];
  signal(SIGPIPE, SIG_IGN);
  socketpair(AF_UNIX, SOCK_STREAM, 0, p); pipe(q);
  SHOW(sendmsg(p[0], (void *)8, 0)); SHOW(recvmsg(p[0], (void *)8, MSG_DONTWAIT)); SHOW(sendmsg(99, &m, 0)); SHOW(sendmsg(open("self", 0), &m, 0));
  fresh(0); m.msg_iovlen = 1025; SHOW(sendmsg(p[0], &m, 0)); fresh(0); iov.iov_len = -1; SHOW(sendmsg(p[0], &m, 0)); fresh(0); m.msg_iov = (void *)8; SHOW(sendmsg(p[0], &m, 0)); fresh(0); m.msg_name = data; m.msg_namelen = -1; SHOW(sendmsg(p[0], &m, 0));
  fresh(0); m.msg_iovlen = 0; SHOW(sendmsg(p[0], &m, 0));
  fresh(8); SHOW(sendmsg(p[0], &m, 0));
  fresh(12); SHOW(sendmsg(p[0], &m, 0));
  fresh(16); ((int *)ctl)[0] = 16; ((int *)ctl)[1] = SOL_SOCKET; ((int *)ctl)[2] = 99; SHOW(sendmsg(p[0], &m, 0)); ((int *)ctl)[1] = 77; iov.iov_len = 1; SHOW(sendmsg(p[0], &m, 0)); take(p[1], 100, 0);
  fresh(16); ((int *)ctl)[0] = 17; ((int *)ctl)[1] = SOL_SOCKET; ((int *)ctl)[2] = SCM_RIGHTS; SHOW(sendmsg(p[0], &m, 0));
  fds[0] = 99; SHOW(pass(p[0], fds, 1, 1, 0)); for (int i = 0; i < 254; i++) fds[i] = q[0];
  static char big[2000]; fresh(0); m.msg_control = big; m.msg_controllen = CMSG_SPACE(254 * 4); struct cmsghdr *c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(254 * 4); memcpy(CMSG_DATA(c), fds, 254 * 4); SHOW(sendmsg(p[0], &m, 0));
  fds[0] = q[0]; fds[1] = q[1];
  SHOW(pass(p[0], fds, 2, 3, 0)); take(p[1], 200, 0); SHOW(write(8, "via", 3) == 3 || 1); 
  char b[10]; SHOW(pass(p[0], fds, 1, 2, 0)); take(p[1], 200, MSG_CMSG_CLOEXEC);
  SHOW(pass(p[0], fds, 2, 2, 0)); take(p[1], CMSG_SPACE(4), 0); SHOW(pass(p[0], fds, 2, 2, 0)); take(p[1], 12, 0); SHOW(pass(p[0], fds, 2, 2, 0)); take(p[1], 4, 0); SHOW(pass(p[0], fds, 2, 2, 0)); take(p[1], 0, 0); SHOW(pass(p[0], fds, 2, 2, 0)); SHOW(read(p[1], b, 10)); SHOW(pass(p[0], fds, 2, 2, 0)); SHOW(recv(p[1], b, 10, 0)); SHOW(pass(p[0], fds, 1, 2, 0)); take(p[1], 15, 0); SHOW(pass(p[0], fds, 2, 2, 0)); take(p[1], 22, 0);
  /* files stop a read on both sides */
  write(p[0], "aa", 2); pass(p[0], fds, 1, 2, 0); write(p[0], "bb", 2); take(p[1], 100, 0); take(p[1], 100, 0);
  pass(p[0], fds, 1, 4, 0); write(p[0], "cc", 2); iov.iov_len = 2; SHOW(recv(p[1], b, 2, 0)); take(p[1], 100, 0);
  pass(p[0], fds, 1, 4, 0); take(p[1], 100, MSG_PEEK); take(p[1], 100, 0);
  SHOW(pass(p[0], fds, 1, 0, 0)); SHOW(recv(p[1], b, 1, MSG_DONTWAIT));
  /* a socket through itself, and its data */
  fds[0] = p[1]; pass(p[0], fds, 1, 1, 0); take(p[1], 100, 0);
  /* the last descriptor is in a message */
  int t[2]; pipe(t); fds[0] = t[0]; pass(p[0], fds, 1, 1, 0); close(t[0]); SHOW(write(t[1], "kept", 4)); take(p[1], 100, 0); SHOW(read(((int *)CMSG_DATA(CMSG_FIRSTHDR(&m)))[0], b, 10));
  pipe(t); fds[0] = t[0]; pass(p[0], fds, 1, 1, 0); close(t[0]); recv(p[1], b, 1, 0); SHOW(write(t[1], "lost", 4));
  /* credentials */
  int on = 1; setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &on, 4); write(p[0], "x", 1); take(p[1], 100, 0); write(p[0], "x", 1); take(p[1], 14, 0); write(p[0], "x", 1); take(p[1], 0, 0);
  struct ucred u = {getpid(), getuid(), getgid()}; fresh(CMSG_SPACE(sizeof u)); c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_CREDENTIALS; c->cmsg_len = CMSG_LEN(sizeof u); memcpy(CMSG_DATA(c), &u, sizeof u); SHOW(sendmsg(p[0], &m, 0)); take(p[1], 100, 0);
  fresh(CMSG_SPACE(sizeof u)); c = CMSG_FIRSTHDR(&m); c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_CREDENTIALS; c->cmsg_len = CMSG_LEN(8); SHOW(sendmsg(p[0], &m, 0));
  on = 0; setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &on, 4); write(p[0], "y", 1); on = 1; setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &on, 4); write(p[0], "z", 1); take(p[1], 100, 0); take(p[1], 100, MSG_DONTWAIT); fds[0] = q[0]; pass(p[0], fds, 1, 1, 0); take(p[1], 200, 0);
  /* names */
  int d1 = socket(AF_UNIX, SOCK_DGRAM, 0), d2 = socket(AF_UNIX, SOCK_DGRAM, 0); bind(d1, ADDR, at("@d1")); bind(d2, ADDR, at("@d2")); struct sockaddr_un from;
  fresh(0); m.msg_name = ADDR; m.msg_namelen = at("@d2"); iov.iov_len = 7; SHOW(sendmsg(d1, &m, 0)); fresh(0); m.msg_name = &from; m.msg_namelen = sizeof from; iov.iov_len = 4; SHOW(recvmsg(d2, &m, 0)); show_un("from", &from, m.msg_namelen); printf("flags %x\n", m.msg_flags);
  sendto(d1, "x", 1, 0, ADDR, at("@d2")); fresh(0); m.msg_name = &from; m.msg_namelen = 3; SHOW(recvmsg(d2, &m, 0)); printf("%d\n", m.msg_namelen);
  /* several at once */
  struct mmsghdr mm[4]; struct iovec v[4]; char bb[4][8]; for (int i = 0; i < 4; i++) { memset(&mm[i], 0, sizeof mm[i]); v[i].iov_base = bb[i]; v[i].iov_len = 2 + i; mm[i].msg_hdr.msg_iov = &v[i]; mm[i].msg_hdr.msg_iovlen = 1; memset(bb[i], 'a' + i, 8); }
  int s[2]; socketpair(AF_UNIX, SOCK_DGRAM, 0, s); SHOW(sendmmsg(s[0], mm, 3, 0)); printf("%d %d %d\n", mm[0].msg_len, mm[1].msg_len, mm[2].msg_len); for (int i = 0; i < 4; i++) v[i].iov_len = 8; SHOW(recvmmsg(s[1], mm, 4, MSG_DONTWAIT, 0)); printf("%d %d %d %c\n", mm[0].msg_len, mm[1].msg_len, mm[2].msg_len, bb[2][0]); SHOW(recvmmsg(s[1], mm, 4, MSG_DONTWAIT, 0)); sendmmsg(s[0], mm, 2, 0); SHOW(recvmmsg(s[1], mm, 4, MSG_WAITFORONE, 0)); SHOW(sendmmsg(99, mm, 1, 0)); SHOW(sendmmsg(s[0], (void *)8, 1, 0)); SHOW(sendmmsg(s[0], mm, 0, 0));
  /* readv, writev, sendfile, splice-like */
  struct iovec w[3] = {{"ab", 2}, {"", 0}, {"cde", 3}}; SHOW(writev(s[0], w, 3)); struct iovec rd[2] = {{bb[0], 2}, {bb[1], 8}}; SHOW(readv(s[1], rd, 2)); printf("%.2s %.3s\n", bb[0], bb[1]);
  return 0;
}
