/* What is left of a connection when its ends are closed, and who may have its port. */
#include "show.h"
static struct sockaddr_in in; static socklen_t len; static char buf[1000];
#define IN ((struct sockaddr *)&in), sizeof in
static int to(const char *a, int port) { memset(&in, 0, sizeof in); in.sin_family = AF_INET; in.sin_addr.s_addr = inet_addr(a); in.sin_port = htons(port); return 0; }
static int port_of(int fd) { struct sockaddr_in a; socklen_t l = sizeof a; getsockname(fd, (void *)&a, &l); return ntohs(a.sin_port); }
static int tcp(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static int server(int reuse) { int s = tcp(); if (reuse) set(s, SOL_SOCKET, SO_REUSEADDR, 1); to("127.0.0.1", 0); bind(s, IN); listen(s, 5); return s; }
static int client(int s) { int c = tcp(); to("127.0.0.1", port_of(s)); if (connect(c, IN) < 0) printf("connect %s\n", error_name()); return c; }
/* Ends by state (TCP_*), once none is on its way: an acknowledgement may take its time. */
static void states(int port) {
  int n[16];
  for (int tries = 0; tries < 200; tries++) {
    char line[300];
    nap(5);
    memset(n, 0, sizeof n);
    FILE *f = fopen("/proc/net/tcp", "r");
    while (fgets(line, 300, f)) {
      unsigned la, lp, ra, rp, st;
      if (sscanf(line, " %*d: %x:%x %x:%x %x", &la, &lp, &ra, &rp, &st) == 5 && (lp == port || rp == port)) n[st & 15]++;
    }
    fclose(f);
    if (!n[2] && !n[3] && !n[4] && !n[9] && !n[11]) break;
  }
  printf("states");
  for (int i = 0; i < 16; i++) if (n[i]) printf(" %d:%d", i, n[i]);
  printf("\n");
  fflush(stdout);
}
static void again(int port, int reuse) { int s = tcp(); if (reuse) set(s, SOL_SOCKET, SO_REUSEADDR, 1); to("127.0.0.1", port); int r = bind(s, IN); printf("again reuse %d: %s", reuse, r ? error_name() : "ok"); if (!r) printf(" listen %s", listen(s, 1) ? error_name() : "ok"); printf("\n"); close(s); }
int main(void) {
  int s, c, a, p;
  signal(SIGPIPE, SIG_IGN);
  for (int reuse = 0; reuse < 2; reuse++) {
    printf("== reuse %d\n", reuse);
    /* the server ends first */
    s = server(reuse); p = port_of(s); c = client(s); a = accept(s, 0, 0); states(p); close(a); states(p); again(p, 0); again(p, 1); close(c); states(p); again(p, 0); again(p, 1); close(s); states(p); again(p, 0); again(p, 1);
    /* the client ends first */
    s = server(reuse); p = port_of(s); c = client(s); a = accept(s, 0, 0); close(c); states(p); close(s); states(p); again(p, 0); again(p, 1); close(a); states(p); again(p, 0); again(p, 1);
    /* half closed by shutdown, still open */
    s = server(reuse); p = port_of(s); c = client(s); a = accept(s, 0, 0); shutdown(a, SHUT_WR); states(p); shutdown(c, SHUT_WR); states(p); close(a); states(p); close(c); close(s); states(p); again(p, 0); again(p, 1);
    /* reset */
    s = server(reuse); p = port_of(s); c = client(s); a = accept(s, 0, 0); struct linger lg = {1, 0}; setsockopt(a, SOL_SOCKET, SO_LINGER, &lg, sizeof lg); close(a); states(p); close(c); close(s); states(p); again(p, 0);
    /* not accepted */
    s = server(reuse); p = port_of(s); c = client(s); states(p); close(s); states(p); close(c); states(p); again(p, 0);
    /* a client that was bound, ends first, and connects again from the same port */
    s = server(reuse); p = port_of(s); c = client(s); int cp = port_of(c); a = accept(s, 0, 0); close(c); close(a); c = tcp(); to("127.0.0.1", cp); SHOW(bind(c, IN)); close(c); c = tcp(); set(c, SOL_SOCKET, SO_REUSEADDR, 1); to("127.0.0.1", cp); SHOW(bind(c, IN)); to("127.0.0.1", p); close(c); close(s);
  }
  return 0;
}
