/* What programs ask about the network: rtnetlink, /proc/net, interface requests. In a network of its own on the real kernel. */
#include "show.h"
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netdb.h>
#include <sched.h>
static char buf[65536];
static void show_file(const char *name) {
  FILE *f = fopen(name, "r");
  printf("--- %s%s\n", name, f ? "" : " absent");
  if (!f) return;
  char line[1000];
  while (fgets(line, sizeof line, f)) fputs(line, stdout);
  fclose(f);
}
/* The attributes of a message, sorted by number, those that differ between kernels left out. */
static void attributes(struct rtattr *a, int left) {
  static const int skipped[] = {7, 23, 26, 35, 36, 37, 38, 40, 41, 42, 43, 44, 46, 47, 48, 49, 50, 51, 52, 54, 55, 56, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69};
  for (int t = 0; t < 70; t++)
    for (struct rtattr *r = a; RTA_OK(r, left + (int)((char *)a - (char *)r)); r = (void *)((char *)r + RTA_ALIGN(r->rta_len))) {
      int skip = (r->rta_type & 0x3fff) != t;
      for (int i = 0; i < sizeof skipped / 4; i++) if (skipped[i] == t) skip = 1;
      if (skip) continue;
      printf("  attribute %d:", t);
      /* When an address was made is not told. */
      int shown = t == 6 && r->rta_len == 20 ? 8 : r->rta_len - 4;
      for (int i = 0; i < shown; i++) printf(" %d", ((unsigned char *)RTA_DATA(r))[i]);
      printf("\n");
    }
}
static void ask(const char *what, int type, int flags, int family, int head, int index) {
  int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct { struct nlmsghdr h; unsigned char body[64]; } q;
  struct sockaddr_nl to = {AF_NETLINK};
  memset(&q, 0, sizeof q);
  q.h.nlmsg_len = 16 + head; q.h.nlmsg_type = type; q.h.nlmsg_flags = NLM_F_REQUEST | flags; q.h.nlmsg_seq = 77;
  q.body[0] = family;
  if (index) *(int *)(q.body + 4) = index;
  printf("== %s\n", what);
  SHOW(sendto(s, &q, q.h.nlmsg_len, 0, (void *)&to, sizeof to) > 0);
  for (int over = 0; !over;) {
    struct sockaddr_nl from; struct iovec iov = {buf, sizeof buf}; struct msghdr m = {&from, sizeof from, &iov, 1};
    int n = recvmsg(s, &m, MSG_DONTWAIT);
    if (n < 0) { printf("%s\n", error_name()); break; }
    if (from.nl_pid || from.nl_groups || m.msg_namelen != 12 || from.nl_family != AF_NETLINK) printf("strange sender\n");
    for (struct nlmsghdr *h = (void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
      printf("type %d flags %d seq %d pid %d\n", h->nlmsg_type, h->nlmsg_flags, h->nlmsg_seq, h->nlmsg_pid == getpid());
      if (h->nlmsg_type == NLMSG_DONE) { over = 1; printf("%d\n", *(int *)NLMSG_DATA(h)); }
      else if (h->nlmsg_type == NLMSG_ERROR) { over = 1; printf("error %d\n", *(int *)NLMSG_DATA(h)); }
      else {
        int size = h->nlmsg_type == RTM_NEWLINK ? 16 : h->nlmsg_type == RTM_NEWADDR ? 8 : 12;
        printf(" head");
        for (int i = 0; i < size; i++) printf(" %d", ((unsigned char *)NLMSG_DATA(h))[i]);
        printf("\n");
        attributes((void *)((char *)NLMSG_DATA(h) + size), h->nlmsg_len - 16 - size);
        if (!(h->nlmsg_flags & NLM_F_MULTI)) over = !(flags & NLM_F_ACK);
      }
    }
  }
  close(s);
}
static void request(const char *name, int number, const char *interface) {
  struct ifreq r;
  memset(&r, 0, sizeof r);
  strcpy(r.ifr_name, interface);
  int s = socket(AF_INET, SOCK_DGRAM, 0), x = ioctl(s, number, &r);
  printf("%s %s: %s", name, interface, x ? error_name() : "");
  for (int i = 0; !x && i < 16; i++) printf(" %d", ((unsigned char *)&r)[16 + i]);
  printf("\n"); close(s);
}
int main(void) {
  struct ifreq up = {"lo"};
  if (unshare(CLONE_NEWNET)) unshare(CLONE_NEWUSER | CLONE_NEWNET);
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  up.ifr_flags = IFF_UP;
  ioctl(s, SIOCSIFFLAGS, &up);
  close(s);
  nap(1500);
  ask("links", RTM_GETLINK, NLM_F_DUMP, 0, 16, 0); ask("link 1", RTM_GETLINK, 0, 0, 16, 1); ask("link 1, acknowledged", RTM_GETLINK, NLM_F_ACK, 0, 16, 1); ask("link 9", RTM_GETLINK, 0, 0, 16, 99);
  ask("addresses", RTM_GETADDR, NLM_F_DUMP, 0, 8, 0); ask("v4", RTM_GETADDR, NLM_F_DUMP, AF_INET, 8, 0); ask("v6", RTM_GETADDR, NLM_F_DUMP, AF_INET6, 8, 0);
  ask("routes", RTM_GETROUTE, NLM_F_DUMP, AF_INET, 12, 0); ask("neighbours", RTM_GETNEIGH, NLM_F_DUMP, AF_INET, 12, 0); ask("rules", RTM_GETRULE, NLM_F_DUMP, AF_INET, 12, 0);
  ask("no dump", RTM_GETADDR, 0, AF_INET, 8, 0);
  ask("a control message", NLMSG_NOOP, NLM_F_ACK, 0, 8, 0);
  s = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE); struct sockaddr_nl a = {AF_NETLINK}; socklen_t l = sizeof a; SHOW(getsockname(s, (void *)&a, &l)); printf("%d %d %d\n", l, a.nl_pid, a.nl_groups); SHOW(bind(s, (void *)&a, 11)); SHOW(bind(s, (void *)&a, sizeof a)); l = sizeof a; SHOW(getsockname(s, (void *)&a, &l)); printf("%d\n", a.nl_pid == getpid());
  int t = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); a.nl_pid = getpid(); SHOW(bind(t, (void *)&a, sizeof a)); a.nl_pid = 0; SHOW(bind(t, (void *)&a, sizeof a)); l = sizeof a; getsockname(t, (void *)&a, &l); printf("%d\n", a.nl_pid == getpid()); SHOW(all_events(s)); SHOW(recv(s, buf, 9, MSG_DONTWAIT)); SHOW(listen(s, 1)); SHOW(accept(s, 0, 0)); SHOW(shutdown(s, SHUT_RD)); SHOW(getpeername(s, (void *)&a, &l)); SHOW(opt(s, SOL_SOCKET, SO_PROTOCOL)); SHOW(opt(s, SOL_SOCKET, SO_DOMAIN)); SHOW(opt(s, SOL_SOCKET, SO_TYPE)); SHOW(set(s, SOL_NETLINK, NETLINK_EXT_ACK, 1)); SHOW(socket(AF_NETLINK, SOCK_STREAM, 0)); SHOW(socket(AF_NETLINK, SOCK_RAW, 99)); a.nl_pid = 424242; SHOW(connect(s, (void *)&a, 4)); a.nl_family = 3; SHOW(connect(s, (void *)&a, sizeof a)); a.nl_family = AF_NETLINK; SHOW(sendto(s, buf, 4, 0, (void *)&a, sizeof a)); close(s); close(t);
  struct ifaddrs *all, *i;
  SHOW(getifaddrs(&all));
  for (i = all; i; i = i->ifa_next) { char h[100] = "", m[100] = ""; int f = i->ifa_addr ? i->ifa_addr->sa_family : -1; if (f == AF_INET || f == AF_INET6) { getnameinfo(i->ifa_addr, 28, h, 100, 0, 0, NI_NUMERICHOST); getnameinfo(i->ifa_netmask, 28, m, 100, 0, 0, NI_NUMERICHOST); } printf("%s %x family %d %s %s\n", i->ifa_name, i->ifa_flags, f, h, m); }
  struct if_nameindex *n = if_nameindex();
  for (; n && n->if_index; n++) printf("%d %s\n", n->if_index, n->if_name);
  SHOW(if_nametoindex("lo")); SHOW(if_nametoindex("eth7"));
  struct { const char *name; int number; } asked[] = {{"flags", SIOCGIFFLAGS}, {"address", SIOCGIFADDR}, {"netmask", SIOCGIFNETMASK}, {"broadcast", SIOCGIFBRDADDR}, {"destination", SIOCGIFDSTADDR}, {"mtu", SIOCGIFMTU}, {"index", SIOCGIFINDEX}, {"hardware", SIOCGIFHWADDR}, {"metric", SIOCGIFMETRIC}, {"queue", SIOCGIFTXQLEN}};
  for (int j = 0; j < sizeof asked / sizeof *asked; j++) { request(asked[j].name, asked[j].number, "lo"); request(asked[j].name, asked[j].number, "eth7"); }
  const char *files[] = {"dev", "route", "if_inet6", "arp", "dev_mcast", "packet", "tcp", "tcp6", "udp", "udp6", "raw", "raw6", "sockstat6", "snmp"};
  for (int j = 0; j < 14; j++) { char path[60]; sprintf(path, "/proc/self/net/%s", files[j]); show_file(path); }
  return 0;
}
