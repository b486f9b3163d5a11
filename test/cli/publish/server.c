/* A server for the tests of --publish: the first line of a connection says what it wants. Datagrams are echoed. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[65536];

static void serve(int fd, struct sockaddr_in *peer) {
  char line[64] = "";
  for (int n = 0; n < 63 && read(fd, line + n, 1) == 1 && line[n] != '\n'; n++)
    ;
  long count = strtol(strchr(line, ' ') ? strchr(line, ' ') : "0", 0, 10);
  long sum = 0, done = 0;
  int n;
  if (!strncmp(line, "echo", 4)) {
    while ((n = read(fd, buffer, sizeof buffer)) > 0) write(fd, buffer, n);
    write(fd, "end", 3);
  } else if (!strncmp(line, "sink", 4)) {
    sleep(1);
    while ((n = read(fd, buffer, sizeof buffer)) > 0) {
      done += n;
      for (int i = 0; i < n; i++) sum = (sum * 31 + (unsigned char)buffer[i]) & 0xffffff;
    }
    dprintf(fd, "%ld %ld %s\n", done, sum, n < 0 ? strerrorname_np(errno) : "end");
  } else if (!strncmp(line, "source", 6)) {
    for (int i = 0; i < sizeof buffer; i++) buffer[i] = i % 251;
    while (done < count && (n = write(fd, buffer, count - done < sizeof buffer ? count - done : sizeof buffer)) > 0)
      done += n;
  } else if (!strncmp(line, "reset", 5)) {
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  } else if (!strncmp(line, "who", 3)) {
    struct sockaddr_in here;
    socklen_t size = sizeof here;
    getsockname(fd, (void *)&here, &size);
    dprintf(fd, "%s:%d ", inet_ntoa(peer->sin_addr), ntohs(peer->sin_port));
    dprintf(fd, "%s:%d\n", inet_ntoa(here.sin_addr), ntohs(here.sin_port));
  } else if (!strncmp(line, "wait", 4)) {
    n = read(fd, buffer, 1);
    printf("wait %d %s\n", n, n < 0 ? strerrorname_np(errno) : "");
    fflush(stdout);
  } else if (!strncmp(line, "quit", 4)) {
    write(fd, "bye", 3);
    kill(getppid(), SIGTERM);
  }
}

static int bound(int type, int port) {
  struct sockaddr_in here = {AF_INET, htons(port), {0}};
  int fd = socket(AF_INET, type, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (void *)&here, sizeof here)) perror("bind");
  return fd;
}

int main(void) {
  int tcp = bound(SOCK_STREAM, 80), udp = bound(SOCK_DGRAM, 53), epoll = epoll_create1(0);
  struct epoll_event event = {EPOLLIN, {.fd = tcp}};
  signal(SIGCHLD, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  listen(tcp, 100);
  epoll_ctl(epoll, EPOLL_CTL_ADD, tcp, &event);
  event.data.fd = udp;
  epoll_ctl(epoll, EPOLL_CTL_ADD, udp, &event);
  puts("ready");
  fflush(stdout);
  while (epoll_wait(epoll, &event, 1, -1) == 1) {
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    if (event.data.fd == udp) {
      int n = recvfrom(udp, buffer, sizeof buffer, 0, (void *)&peer, &size);
      sendto(udp, buffer, n, 0, (void *)&peer, size);
      continue;
    }
    int fd = accept(tcp, (void *)&peer, &size);
    if (fork() == 0) {
      serve(fd, &peer);
      exit(0);
    }
    close(fd);
  }
}
