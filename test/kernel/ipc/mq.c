#include "../show.h"
#include <mqueue.h>
#include <sys/socket.h>
#define NAME "/nestlab-test-queue"
static mqd_t q;
static int raw_open(const char *n, int f, int m, void *a) { return syscall(SYS_mq_open, n, f, m, a); }
static void get(const char *what) { static char b[8192]; unsigned p = 99; errno = 0; int n = mq_receive(q, b, 8192, &p); if (n < 0) printf("%s: -%s\n", what, strerrorname_np(errno)); else printf("%s: %d %.*s priority %u\n", what, n, n, b, p); fflush(stdout); }
static void state(const char *what) { struct mq_attr a = {9, 9, 9, 9}; errno = 0; int r = mq_getattr(q, &a); printf("%s: %d flags %lo max %ld size %ld now %ld\n", what, r, a.mq_flags, a.mq_maxmsg, a.mq_msgsize, a.mq_curmsgs); fflush(stdout); }
static int put(const char *s, unsigned p) { return mq_send(q, s, strlen(s), p); }
static int polled(int events) { struct pollfd f = {q, events}; int r = poll(&f, 1, 0); return r * 10000 + f.revents; }
static volatile int told; static siginfo_t last;
static void tell(int s, siginfo_t *i, void *u) { told++; last = *i; }
static struct timespec in(int ms) { struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_nsec += ms * 1000000L; if (t.tv_nsec >= 1000000000) t.tv_nsec -= 1000000000, t.tv_sec++; return t; }
static void text(void) { char b[200], p[64]; sprintf(p, "/proc/self/fd/%d", q); int n = readlink(p, b, 199); printf("link %.*s\n", n, b); n = pread(q, b, 199, 0); if (n < 0) { printf("pread -%s\n", strerrorname_np(errno)); return; } b[n] = 0; int size, kind, sig, pid; sscanf(b, "QSIZE:%d NOTIFY:%d SIGNO:%d NOTIFY_PID:%d", &size, &kind, &sig, &pid); printf("length %d: %d %d %d %d\n", n, size, kind, sig, pid == getpid()); fflush(stdout); }

static volatile int in_thread; static void noticed(union sigval v) { in_thread = v.sival_int; }
static void thread_notice(void) { struct sigevent e = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = noticed, .sigev_value.sival_int = 55}; SHOW(mq_notify(q, &e)); put("z", 0); for (int i = 0; i < 200 && !in_thread; i++) nap(10); printf("in a thread: %d\n", in_thread); fflush(stdout); get("z"); }
int main(void) {
  alone(); umask(022);
  struct mq_attr a = {0, 3, 20};
  SHOW(mq_open(NAME, O_RDWR)); SHOW(raw_open("", O_RDWR, 0, 0)); SHOW(raw_open("a/b", O_RDWR | O_CREAT, 0600, 0)); SHOW(raw_open("..", O_RDWR | O_CREAT, 0600, 0)); SHOW(raw_open(0, O_RDWR, 0, 0)); SHOW(raw_open("x", O_RDWR | O_CREAT, 0600, (void *)1));
  { char l[300]; memset(l, 'n', 299); l[299] = 0; SHOW(raw_open(l, O_RDWR | O_CREAT, 0600, 0)); l[256] = 0; SHOW(raw_open(l, O_RDWR | O_CREAT, 0600, 0)); l[255] = 0; int f; OUTCOME(f = raw_open(l, O_RDWR | O_CREAT, 0600, 0)); close(f); SHOW(syscall(SYS_mq_unlink, l)); }
  { struct mq_attr b = {0, 0, 20}; SHOW(mq_open(NAME, O_RDWR | O_CREAT, 0600, &b)); b.mq_maxmsg = 10; b.mq_msgsize = 0; SHOW(mq_open(NAME, O_RDWR | O_CREAT, 0600, &b)); b.mq_msgsize = -1; SHOW(mq_open(NAME, O_RDWR | O_CREAT, 0600, &b)); b.mq_msgsize = 8192; b.mq_maxmsg = 100000; SHOW(mq_open(NAME, O_RDWR | O_CREAT, 0600, &b)); }
  OUTCOME(q = mq_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0662, &a)); SHOW(mq_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600, &a)); SHOW(mq_open(NAME, 3)); state("fresh"); text(); SHOW(fcntl(q, F_GETFD)); SHOW(fcntl(q, F_GETFL) & 03);
  struct stat st; SHOW(fstat(q, &st)); printf("%o size %d links %d\n", st.st_mode, (int)st.st_size, (int)st.st_nlink);
  SHOW(polled(POLLIN | POLLOUT)); SHOW(put("low", 1)); SHOW(put("high", 9)); SHOW(put("low too", 1)); SHOW(polled(POLLIN | POLLOUT)); state("full"); text();
  struct timespec t = in(20); SHOW(mq_timedsend(q, "x", 1, 0, &t)); t = in(-5); SHOW(mq_timedsend(q, "x", 1, 0, &t)); t.tv_nsec = -1; SHOW(mq_timedsend(q, "x", 1, 0, &t)); t.tv_nsec = 0; t.tv_sec = -1; SHOW(mq_timedsend(q, "x", 1, 0, &t)); SHOW(mq_send(q, "x", 1, 32768)); SHOW(mq_send(q, "012345678901234567890", 21, 0)); SHOW(mq_send(-1, "x", 1, 0)); SHOW(mq_send(1, "x", 1, 0)); SHOW(mq_receive(q, NULL, 19, NULL)); SHOW(syscall(SYS_mq_timedsend, q, 1, 5, 0, 0)); SHOW(syscall(SYS_mq_timedsend, q, "x", 1, 0, 1));
  a.mq_flags = O_NONBLOCK; SHOW(mq_setattr(q, &a, 0)); SHOW(put("x", 0)); a.mq_flags = O_NONBLOCK | O_APPEND; SHOW(syscall(SYS_mq_getsetattr, q, &a, 0)); SHOW(syscall(SYS_mq_getsetattr, q, 1, 0)); SHOW(syscall(SYS_mq_getsetattr, q, 0, 1)); SHOW(syscall(SYS_mq_getsetattr, -1, 0, 0)); state("nonblocking");
  get("first"); get("second"); get("third"); get("none"); a.mq_flags = 0; SHOW(mq_setattr(q, &a, &a)); printf("%lo %ld\n", a.mq_flags, a.mq_maxmsg); SHOW(polled(POLLIN | POLLOUT));
  t = in(20); { char b[20]; SHOW(mq_timedreceive(q, b, 20, 0, &t)); long long t64[2] = {1, 0}; SHOW(syscall(419, q, b, 20, 0, t64)); SHOW(syscall(418, q, b, 20, 0, t64)); t64[1] = 2000000000; SHOW(syscall(418, q, b, 20, 0, t64)); get("zeros"); }
  put("lost", 0); SHOW(syscall(SYS_mq_timedreceive, q, 1, 20, 0, 0)); state("lost"); put("lost", 0); { char b[20]; SHOW(syscall(SYS_mq_timedreceive, q, b, 20, 1, 0)); } state("lost");
  /* rights of descriptors */
  { int r = mq_open(NAME, O_RDONLY), w = mq_open(NAME, O_WRONLY); char b[20]; SHOW(mq_send(r, "x", 1, 0)); SHOW(mq_receive(w, b, 20, 0)); SHOW(write(w, "x", 1)); SHOW(write(r, "x", 1)); SHOW(lseek(r, 0, SEEK_SET)); close(r); close(w); }
  /* waiting */
  pid_t p = BESIDE(char b[20]; unsigned pr; int n = mq_receive(q, b, 20, &pr); _exit(n * 10 + pr)); SHOW(put("abc", 4)); JOIN("receiver", p); state("handed over");
  put("a", 0); put("b", 0); put("c", 0); p = BESIDE(TELL(put("late", 7))); get("makes room"); JOIN("sender", p); get("late first"); get("b"); get("c"); state("empty");
  p = BESIDE(struct pollfd f = {q, POLLIN}; poll(&f, 1, 2000); _exit(f.revents)); put("x", 0); JOIN("poller", p); get("x");
  put("a", 0); put("b", 0); put("c", 0); p = BESIDE(struct pollfd f = {q, POLLOUT}; poll(&f, 1, 2000); _exit(f.revents & 127)); get("a"); JOIN("poller", p); get("b"); get("c");
  on(SIGUSR1, nothing, 0); p = BESIDE(char b[20]; TELL(mq_receive(q, b, 20, 0))); kill(p, SIGUSR1); JOIN("interrupted", p); on(SIGUSR1, nothing, SA_RESTART); p = BESIDE(char b[20]; TELL(mq_receive(q, b, 20, 0))); kill(p, SIGUSR1); nap(20); put("x", 0); JOIN("restarted", p);
  /* notification */
  struct sigaction sa = {.sa_sigaction = tell, .sa_flags = SA_SIGINFO}; sigaction(SIGUSR2, &sa, 0);
  struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2, .sigev_value.sival_int = 77};
  SHOW(mq_notify(q, &e)); SHOW(mq_notify(q, &e)); text(); CHILD("other", SHOW(mq_notify(q, &e)); SHOW(mq_notify(q, NULL))); SHOW(put("x", 0)); printf("told %d signo %d code %d value %d pid %d\n", told, last.si_signo, last.si_code, last.si_value.sival_int, last.si_pid == getpid()); SHOW(put("y", 0)); printf("told %d\n", told); text();
  SHOW(mq_notify(q, &e)); SHOW(put("z", 0)); printf("not empty before: told %d\n", told); get("x"); get("y"); get("z"); CHILD("sender", put("x", 0)); printf("told %d by child %d\n", told, last.si_pid != getpid()); get("x");
  SHOW(mq_notify(q, &e)); p = BESIDE(char b[20]; TELL(mq_receive(q, b, 20, 0))); put("x", 0); JOIN("receiver first", p); printf("told %d\n", told); SHOW(mq_notify(q, NULL)); SHOW(mq_notify(q, NULL)); put("x", 0); printf("told %d\n", told); get("x");
  e.sigev_notify = SIGEV_NONE; SHOW(mq_notify(q, &e)); text(); put("x", 0); get("x"); SHOW(mq_notify(q, &e)); int other = mq_open(NAME, O_RDONLY); close(other); text(); SHOW(mq_notify(q, NULL));
  e.sigev_notify = SIGEV_SIGNAL; e.sigev_signo = 65; SHOW(syscall(SYS_mq_notify, q, &e)); e.sigev_notify = 7; SHOW(syscall(SYS_mq_notify, q, &e)); SHOW(syscall(SYS_mq_notify, q, 1)); SHOW(mq_notify(-1, 0)); SHOW(mq_notify(1, 0)); e.sigev_notify = SIGEV_THREAD; e.sigev_signo = 999; SHOW(syscall(SYS_mq_notify, q, &e)); e.sigev_signo = 1; SHOW(syscall(SYS_mq_notify, q, &e)); e.sigev_value.sival_ptr = (void *)1; SHOW(syscall(SYS_mq_notify, q, &e));
  { char cookie[32] = "cookie", got[40]; int n = socket(16, SOCK_RAW, 0), other = socket(AF_UNIX, SOCK_STREAM, 0); e.sigev_value.sival_ptr = cookie; e.sigev_signo = other; SHOW(syscall(SYS_mq_notify, q, &e)); e.sigev_signo = n; SHOW(syscall(SYS_mq_notify, q, &e)); text(); put("x", 0); SHOW(recv(n, got, 40, MSG_DONTWAIT)); printf("%.6s %d\n", got, got[31]); get("x"); SHOW(syscall(SYS_mq_notify, q, &e)); SHOW(syscall(SYS_mq_notify, q, 0)); SHOW(recv(n, got, 40, MSG_DONTWAIT)); printf("%.6s %d\n", got, got[31]); e.sigev_notify = SIGEV_THREAD; SHOW(syscall(SYS_mq_notify, q, &e)); close(n); put("y", 0); get("y"); }
  thread_notice();
  e.sigev_notify = SIGEV_SIGNAL; e.sigev_signo = SIGUSR2; CHILD("owner ends", SHOW(mq_notify(q, &e))); SHOW(mq_notify(q, &e)); SHOW(mq_notify(q, NULL));
  CHILD("inherited", put("x", 0); get("x"); SHOW(mq_close(q)); state("closed"));
  /* permissions */
  CHILD("nobody", drop_root(); SHOW(mq_open(NAME, O_RDWR)); SHOW(mq_open(NAME, O_WRONLY)); OUTCOME(mq_open(NAME, O_RDONLY)); SHOW(syscall(SYS_mq_unlink, NAME + 1)); struct mq_attr b = {0, 11, 10}; SHOW(mq_open("/nestlab-other", O_RDWR | O_CREAT, 0600, &b)); b.mq_maxmsg = 10; b.mq_msgsize = 8193; SHOW(mq_open("/nestlab-other", O_RDWR | O_CREAT, 0600, &b)); struct rlimit r = {1000, 1000}; setrlimit(RLIMIT_MSGQUEUE, &r); b.mq_msgsize = 10; b.mq_maxmsg = 9; SHOW(mq_open("/nestlab-other", O_RDWR | O_CREAT, 0600, &b)); b.mq_maxmsg = 8; OUTCOME(mq_open("/nestlab-other", O_RDWR | O_CREAT, 0600, &b)); b.mq_maxmsg = 1; SHOW(mq_open("/nestlab-more", O_RDWR | O_CREAT, 0600, &b)); SHOW(mq_unlink("/nestlab-other")));
  SHOW(mq_unlink(NAME)); SHOW(mq_unlink(NAME)); SHOW(put("still", 3)); get("still"); SHOW(fstat(q, &st)); SHOW(st.st_nlink); SHOW(mq_open(NAME, O_RDWR)); SHOW(mq_close(q)); state("closed");
  OUTCOME(q = mq_open(NAME, O_RDWR | O_CREAT, 0600, 0)); state("default"); SHOW(mq_unlink(NAME)); SHOW(mq_close(q)); SHOW(mq_unlink("/")); SHOW(mq_unlink("noslash"));
  return 0;
}
