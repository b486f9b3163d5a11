/* Every blocking call, interrupted in each way that matters. A victim makes the call; once it sleeps it is sent a signal
   that is caught without SA_RESTART, one that is caught with it, one that is ignored, or it is stopped and continued.
   When it sleeps again after that, what it waits for happens. */
#include "lines.h"
#include <netinet/in.h>
#include <linux/futex.h>
#include <sys/sem.h>
#include <sys/msg.h>
#include <mqueue.h>
#include <termios.h>

enum { PLAIN, RESTART, IGNORED, DEFAULT_IGNORED, STOPPED, STOPPED_CAUGHT, WAYS };
static const char *ways[] = {"caught", "caught with SA_RESTART", "ignored", "ignored by default", "stopped and continued", "stopped, SIGCONT caught"};

struct shared { volatile int hits, ready, done, result, error, word; char text[64]; };
static struct shared *s;
static int fds[2], spare, file, other;
static char buffer[262144];
static struct sockaddr_in inet = {AF_INET};

struct call {
  const char *name;
  void (*prepare)(void);
  long (*run)(void);
  /* What ends the wait; none: a second signal that is caught. */
  void (*wake)(void);
  void (*clean)(void);
};

static void hit(int signal) { (void)signal; s->hits++; }
static void nothing(void) {}
static void new_pipe(void) { pipe(fds); }
static void full_pipe(void) { pipe(fds); fcntl(fds[1], F_SETPIPE_SZ, 4096); write(fds[1], buffer, 4096); }
static void give(void) { write(fds[1], "x", 1); }
static void take(void) { read(fds[0], buffer, 4096); }
static long run_read(void) { return read(fds[0], buffer, 10); }
static long run_readv(void) { struct iovec v = {buffer, 10}; return readv(fds[0], &v, 1); }
static long run_write(void) { return write(fds[1], buffer, 10); }
static long run_write_long(void) { return write(fds[1], buffer, 8192); }
static void take_all(void) { read(fds[0], buffer, 4096); read(fds[0], buffer, 4096); read(fds[0], buffer, 4096); }
static void half_pipe(void) { pipe(fds); fcntl(fds[1], F_SETPIPE_SZ, 8192); write(fds[1], buffer, 4096); }

static void new_pair(void) { socketpair(AF_UNIX, SOCK_STREAM, 0, fds); }
static void datagram_pair(void) { socketpair(AF_UNIX, SOCK_DGRAM, 0, fds); }
static void packet_pair(void) { socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds); }
static void full_pair(void) {
  new_pair();
  while (send(fds[1], buffer, 4096, MSG_DONTWAIT) > 0) ;
}
static void drain_pair(void) { while (recv(fds[0], buffer, sizeof buffer, MSG_DONTWAIT) > 0) ; }
static long run_recv(void) { return recv(fds[0], buffer, 10, 0); }
static long run_recvmsg(void) { struct iovec v = {buffer, 10}; struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1}; return recvmsg(fds[0], &m, 0); }
static long run_send(void) { return send(fds[1], buffer, 10, 0); }
static void timed(int option) { struct timeval t = {100, 0}; setsockopt(fds[0], SOL_SOCKET, option, &t, sizeof t); setsockopt(fds[1], SOL_SOCKET, option, &t, sizeof t); }
static void timed_pair(void) { new_pair(); timed(SO_RCVTIMEO); }
static void timed_full(void) { full_pair(); timed(SO_SNDTIMEO); }

static void listener(void) {
  fds[0] = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un a = {AF_UNIX, "socket"};
  unlink("socket");
  bind(fds[0], (void *)&a, sizeof a);
  listen(fds[0], 0);
}
static void timed_listener(void) { listener(); fds[1] = fds[0]; timed(SO_RCVTIMEO); }
static void connect_to(void) { struct sockaddr_un a = {AF_UNIX, "socket"}; spare = socket(AF_UNIX, SOCK_STREAM, 0); connect(spare, (void *)&a, sizeof a); }
static void full_listener(void) { listener(); connect_to(); }
static void let_in(void) { accept(fds[0], 0, 0); }
static long run_accept(void) { return accept(fds[0], 0, 0) >= 0 ? 0 : -1; }
static long run_accept4(void) { return accept4(fds[0], 0, 0, SOCK_CLOEXEC) >= 0 ? 0 : -1; }
static long run_connect(void) { struct sockaddr_un a = {AF_UNIX, "socket"}; int fd = socket(AF_UNIX, SOCK_STREAM, 0); return connect(fd, (void *)&a, sizeof a); }

static void inet_listener(void) {
  socklen_t length = sizeof inet;
  fds[0] = socket(AF_INET, SOCK_STREAM, 0);
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  inet.sin_port = 0;
  bind(fds[0], (void *)&inet, sizeof inet);
  listen(fds[0], 5);
  getsockname(fds[0], (void *)&inet, &length);
}
static void inet_connect(void) { spare = socket(AF_INET, SOCK_STREAM, 0); connect(spare, (void *)&inet, sizeof inet); }
static void inet_pair(void) {
  inet_listener();
  int listening = fds[0];
  inet_connect();
  fds[0] = accept(listening, 0, 0);
  fds[1] = spare;
  close(listening);
}
static void udp_pair(void) {
  socklen_t length = sizeof inet;
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  inet.sin_port = 0;
  fds[0] = socket(AF_INET, SOCK_DGRAM, 0);
  bind(fds[0], (void *)&inet, sizeof inet);
  getsockname(fds[0], (void *)&inet, &length);
  fds[1] = socket(AF_INET, SOCK_DGRAM, 0);
  connect(fds[1], (void *)&inet, sizeof inet);
}
static void timed_udp(void) { udp_pair(); timed(SO_RCVTIMEO); }

static void terminal(void) {
  int number = 0, unlock = 0;
  fds[1] = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  ioctl(fds[1], TIOCSPTLCK, &unlock);
  ioctl(fds[1], TIOCGPTN, &number);
  char path[32];
  snprintf(path, sizeof path, "/dev/pts/%d", number);
  fds[0] = open(path, O_RDWR | O_NOCTTY);
}
static void type_line(void) { write(fds[1], "hello\n", 6); }
static long run_read_master(void) { return read(fds[1], buffer, 10); }
static void write_slave(void) { write(fds[0], "abc", 3); }

static void fifo(void) { unlink("fifo"); mkfifo("fifo", 0600); }
static long run_open_read(void) { return open("fifo", O_RDONLY) >= 0 ? 0 : -1; }
static long run_open_write(void) { return open("fifo", O_WRONLY) >= 0 ? 0 : -1; }
static void open_both(void) { spare = open("fifo", O_RDWR); nap(1); }

static void locked(void) {
  other = open("locked", O_RDWR | O_CREAT, 0600);
  flock(other, LOCK_EX);
  file = open("locked", O_RDWR);
  struct flock l = {F_WRLCK, SEEK_SET, 0, 0};
  fcntl(other, F_SETLK, &l);
}
static void unlock(void) { struct flock l = {F_UNLCK, SEEK_SET, 0, 0}; flock(other, LOCK_UN); fcntl(other, F_SETLK, &l); }
static long run_flock(void) { return flock(file, LOCK_EX); }
static long run_lock(void) { struct flock l = {F_WRLCK, SEEK_SET, 0, 0}; return fcntl(file, F_SETLKW, &l); }
static void locked_ofd(void) {
  other = open("locked", O_RDWR | O_CREAT, 0600);
  file = open("locked", O_RDWR);
  struct flock l = {F_WRLCK, SEEK_SET, 0, 0};
  fcntl(other, F_OFD_SETLK, &l);
}
static void unlock_ofd(void) { struct flock l = {F_UNLCK, SEEK_SET, 0, 0}; fcntl(other, F_OFD_SETLK, &l); }
static long run_ofd(void) { struct flock l = {F_WRLCK, SEEK_SET, 0, 0}; return fcntl(file, F_OFD_SETLKW, &l); }

/* The victim's child ends when the pipe does. */
static void child_waits(void) { if (fork() == 0) { close(fds[1]); read(fds[0], buffer, 1); _exit(5); } close(fds[1]); }
static void end_child(void) { close(fds[1]); }
static int waited;
static long run_wait4(void) { child_waits(); s->ready = 1; return wait4(-1, &waited, 0, 0) > 0 ? waited : -1; }
static long run_waitid(void) { siginfo_t i; child_waits(); s->ready = 1; return waitid(P_ALL, 0, &i, WEXITED) == 0 ? i.si_status : -1; }

static struct timespec rest;
static long run_nanosleep(void) { struct timespec t = {100, 0}; rest.tv_sec = -1; long r = nanosleep(&t, &rest); sprintf(s->text, rest.tv_sec > 50 && rest.tv_sec <= 100 ? ", the rest told" : ", no rest told"); return r; }
static long run_nanosleep_old(void) { int t[2] = {100, 0}, left[2] = {-1, 0}; long r = syscall(SYS_nanosleep, t, left); sprintf(s->text, left[0] > 50 && left[0] <= 100 ? ", the rest told" : ", no rest told"); return r; }
static long clock_result(int number) { if (number == 0) return 0; errno = number; return -1; }
static long run_clock_relative(void) { struct timespec t = {100, 0}; rest.tv_sec = -1; long r = clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &rest); sprintf(s->text, rest.tv_sec > 50 && rest.tv_sec <= 100 ? ", the rest told" : ", no rest told"); return clock_result(r); }
static long run_clock_absolute(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); t.tv_sec += 100; rest.tv_sec = -1; long r = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &rest); sprintf(s->text, rest.tv_sec == -1 ? ", no rest told" : ", the rest told"); return clock_result(r); }
static long run_pause(void) { return pause(); }
static long run_sigsuspend(void) { sigset_t set; sigemptyset(&set); return sigsuspend(&set); }
static sigset_t hup(void) { sigset_t set; sigemptyset(&set); sigaddset(&set, SIGHUP); return set; }
static long run_sigtimedwait(void) { sigset_t set = hup(); struct timespec t = {100, 0}; siginfo_t i; sigprocmask(SIG_BLOCK, &set, 0); return sigtimedwait(&set, &i, &t); }
static long run_sigwaitinfo(void) { sigset_t set = hup(); siginfo_t i; sigprocmask(SIG_BLOCK, &set, 0); return sigwaitinfo(&set, &i); }
static int victim;
static void hang_up(void) { kill(victim, SIGHUP); }

static long run_poll(void) { struct pollfd p = {fds[0], POLLIN}; return poll(&p, 1, -1); }
static long run_poll_timed(void) { struct pollfd p = {fds[0], POLLIN}; return poll(&p, 1, 100000); }
static long run_ppoll(void) { struct pollfd p = {fds[0], POLLIN}; struct timespec t = {100, 0}; return ppoll(&p, 1, &t, 0); }
static long run_ppoll_mask(void) { struct pollfd p = {fds[0], POLLIN}; sigset_t set; sigemptyset(&set); return ppoll(&p, 1, 0, &set); }
static long run_select(void) { fd_set f; FD_ZERO(&f); FD_SET(fds[0], &f); struct timeval t = {100, 0}; long r = syscall(SYS__newselect, fds[0] + 1, &f, 0, 0, &t); sprintf(s->text, t.tv_sec < 100 ? ", the rest told" : ", no rest told"); return r; }
static long run_select_old(void) { fd_set f; FD_ZERO(&f); FD_SET(fds[0], &f); long r, a[5] = {fds[0] + 1, (long)&f, 0, 0, 0}; return syscall(SYS_select, a); }
static long run_pselect(void) { fd_set f; FD_ZERO(&f); FD_SET(fds[0], &f); struct timespec t = {100, 0}; sigset_t set; sigemptyset(&set); return pselect(fds[0] + 1, &f, 0, 0, &t, &set); }
static void polled_pipe(void) { new_pipe(); spare = epoll_create1(0); struct epoll_event e = {EPOLLIN}; epoll_ctl(spare, EPOLL_CTL_ADD, fds[0], &e); }
static long run_epoll(void) { struct epoll_event e; return epoll_wait(spare, &e, 1, -1); }
static long run_epoll_timed(void) { struct epoll_event e; return epoll_wait(spare, &e, 1, 100000); }
static long run_epoll_pwait(void) { struct epoll_event e; sigset_t set; sigemptyset(&set); return epoll_pwait(spare, &e, 1, 100000, &set); }
static long run_epoll_pwait2(void) { struct epoll_event e; struct { long long s, n; } t = {100, 0}; return syscall(441, spare, &e, 1, &t, 0, 8); }

static long run_futex(void) { return syscall(SYS_futex, &s->word, FUTEX_WAIT, 0, 0); }
static long run_futex_timed(void) { struct { int s, n; } t = {100, 0}; return syscall(SYS_futex, &s->word, FUTEX_WAIT, 0, &t); }
static long run_futex_time64(void) { struct { long long s, n; } t = {100, 0}; return syscall(422, &s->word, FUTEX_WAIT, 0, &t); }
static long run_futex_bitset(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); struct { int s, n; } at = {t.tv_sec + 100, 0}; return syscall(SYS_futex, &s->word, FUTEX_WAIT_BITSET, 0, &at, 0, -1); }
static void wake_futex(void) { syscall(SYS_futex, &s->word, FUTEX_WAKE, 1); }

static void counter(void) { fds[0] = fds[1] = eventfd(0, 0); }
static long run_read8(void) { return read(fds[0], buffer, 8); }
static void count_one(void) { uint64_t one = 1; write(fds[1], &one, 8); }
static void full_counter(void) { counter(); uint64_t most = -2; write(fds[1], &most, 8); }
static long run_write8(void) { uint64_t one = 1; return write(fds[1], &one, 8); }
static void read_counter(void) { read(fds[1], buffer, 8); }
static void timer(void) { fds[0] = timerfd_create(CLOCK_MONOTONIC, 0); }
static void fire(void) { struct itimerspec t = {{0, 0}, {0, 1}}; timerfd_settime(fds[0], 0, &t, 0); }
static void signals(void) { sigset_t set = hup(); fds[0] = signalfd(-1, &set, 0); }
static long run_signalfd(void) { sigset_t set = hup(); sigprocmask(SIG_BLOCK, &set, 0); return read(fds[0], buffer, 1000); }
static void watch(void) { fds[0] = inotify_init1(0); mkdir("watched", 0700); inotify_add_watch(fds[0], "watched", IN_ATTRIB); }
static void change(void) { chmod("watched", 0700); }
static long run_splice(void) { return splice(fds[0], 0, spare, 0, 10, 0); }
static void two_pipes(void) { int more[2]; pipe(more); spare = more[1]; new_pipe(); }
static long run_sendfile(void) { return sendfile(fds[1], file, 0, 10); }
static void file_and_full_pipe(void) { full_pipe(); file = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600); write(file, buffer, 100); lseek(file, 0, SEEK_SET); }

static long run_writev(void) { struct iovec v = {buffer, 10}; return writev(fds[1], &v, 1); }
static long run_sendmsg(void) { struct iovec v = {buffer, 10}; struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1}; return sendmsg(fds[1], &m, 0); }
static long run_recvmmsg(void) { struct iovec v = {buffer, 10}; struct mmsghdr m = {{.msg_iov = &v, .msg_iovlen = 1}}; return recvmmsg(fds[0], &m, 1, 0, 0); }
static void some_bytes(void) { new_pair(); write(fds[1], "abc", 3); }
static long run_recv_all(void) { return recv(fds[0], buffer, 10, MSG_WAITALL); }
static void give_seven(void) { write(fds[1], "1234567", 7); }
static long run_send_long(void) { long r = send(fds[1], buffer, sizeof buffer, 0); return r > 0 && r < sizeof buffer ? 1 : r == sizeof buffer ? 2 : r; }
static void drain_long(void) { for (int tries = 0; tries < 10000 && !s->done; tries++) if (recv(fds[0], buffer, sizeof buffer, MSG_DONTWAIT) <= 0) nap(1); }
static long run_tee(void) { return tee(fds[0], spare, 10, 0); }
static long run_vmsplice(void) { struct iovec v = {buffer, 10}; return vmsplice(fds[1], &v, 1, 0); }
static long run_poll_nothing(void) { return poll(0, 0, 100000); }
static long run_select_nothing(void) { struct timeval t = {100, 0}; return syscall(SYS__newselect, 0, 0, 0, 0, &t); }
static long run_clock_time64(void) { long long t[2] = {100, 0}; return syscall(407, CLOCK_MONOTONIC, 0, t, 0); }
static long run_sigtimedwait64(void) { sigset_t set = hup(); long long t[2] = {100, 0}; sigprocmask(SIG_BLOCK, &set, 0); return syscall(421, &set, 0, t, 8); }
/* An owner that lives: the waker gives the lock back. */
static void owned(void) { s->word = syscall(SYS_gettid); }
static long run_lock_pi(void) { long r = syscall(SYS_futex, &s->word, FUTEX_LOCK_PI, 0, 0); return r; }
static void unlock_pi(void) { syscall(SYS_futex, &s->word, FUTEX_UNLOCK_PI, 0, 0); }
static void stopped_terminal(void) { terminal(); struct termios t; tcgetattr(fds[0], &t); tcsetattr(fds[0], TCSANOW, &t); tcflow(fds[0], TCOOFF); }
static long run_write_slave(void) { return write(fds[0], "abc", 3); }
static void start_terminal(void) { tcflow(fds[0], TCOON); }
static long run_waitid_group(void) { child_waits(); siginfo_t i; s->ready = 1; return waitid(P_PGID, 0, &i, WEXITED) == 0 ? i.si_status : -1; }
static long run_lockf(void) { return lockf(file, F_LOCK, 0); }

static int semaphore, queue;
static mqd_t messages;
/* Natively in a namespace of its own where that is allowed; the objects have no keys in any case and are removed. */
static void new_semaphore(void) { semaphore = semget(IPC_PRIVATE, 1, 0600); }
static long run_semop(void) { struct sembuf b = {0, -1, 0}; return semop(semaphore, &b, 1); }
static long run_semtimedop(void) { struct sembuf b = {0, -1, 0}; struct timespec t = {100, 0}; return semtimedop(semaphore, &b, 1, &t); }
static void post(void) { struct sembuf b = {0, 1, 0}; semop(semaphore, &b, 1); }
static void remove_semaphore(void) { semctl(semaphore, 0, IPC_RMID); }
static void new_queue(void) { queue = msgget(IPC_PRIVATE, 0600); }
struct message { long kind; char text[8000]; };
static void full_queue(void) { static struct message m = {1}; new_queue(); while (msgsnd(queue, &m, 8000, IPC_NOWAIT) == 0) ; while (msgsnd(queue, &m, 100, IPC_NOWAIT) == 0) ; }
static long run_msgrcv(void) { struct message m; return msgrcv(queue, &m, 8000, 0, 0); }
static long run_msgsnd(void) { static struct message m = {1}; return msgsnd(queue, &m, 100, 0); }
static void send_message(void) { struct message m = {1}; msgsnd(queue, &m, 5, 0); }
static void take_message(void) { struct message m; msgrcv(queue, &m, 8000, 0, 0); }
static void remove_queue(void) { msgctl(queue, IPC_RMID, 0); }
static void new_messages(void) { struct mq_attr a = {0, 1, 10}; mq_unlink("/nestlab"); messages = mq_open("/nestlab", O_RDWR | O_CREAT, 0600, &a); mq_unlink("/nestlab"); }
static void full_messages(void) { new_messages(); mq_send(messages, "x", 1, 0); }
static long run_mq_receive(void) { char b[10]; return mq_receive(messages, b, 10, 0); }
static long run_mq_timedreceive(void) { char b[10]; struct timespec t; clock_gettime(CLOCK_REALTIME, &t); t.tv_sec += 100; return mq_timedreceive(messages, b, 10, 0, &t); }
static long run_mq_send(void) { return mq_send(messages, "y", 1, 0); }
static void put_message(void) { mq_send(messages, "x", 1, 0); }
static void get_message(void) { char b[10]; mq_receive(messages, b, 10, 0); }

static struct call calls[] = {
  {"read from a pipe", new_pipe, run_read, give},
  {"readv from a pipe", new_pipe, run_readv, give},
  {"write to a full pipe", full_pipe, run_write, take},
  {"write more than fits into a pipe", half_pipe, run_write_long, take_all},
  {"read from a socket", new_pair, run_read, give},
  {"recv from a stream", new_pair, run_recv, give},
  {"recv from a datagram socket", datagram_pair, run_recv, give},
  {"recvmsg from a packet socket", packet_pair, run_recvmsg, give},
  {"recv with SO_RCVTIMEO", timed_pair, run_recv, give},
  {"read with SO_RCVTIMEO", timed_pair, run_read, give},
  {"send to a full stream", full_pair, run_send, drain_pair},
  {"write to a full stream", full_pair, run_write, drain_pair},
  {"send with SO_SNDTIMEO", timed_full, run_send, drain_pair},
  {"accept", listener, run_accept, connect_to},
  {"accept4", listener, run_accept4, connect_to},
  {"accept with SO_RCVTIMEO", timed_listener, run_accept, connect_to},
  {"connect to a full listener", full_listener, run_connect, let_in},
  {"accept on TCP", inet_listener, run_accept, inet_connect},
  {"recv from TCP", inet_pair, run_recv, give},
  {"recv from UDP", udp_pair, run_recv, give},
  {"recv from UDP with SO_RCVTIMEO", timed_udp, run_recv, give},
  {"read from a terminal", terminal, run_read, type_line},
  {"read from a terminal's master", terminal, run_read_master, write_slave},
  {"open a fifo to read", fifo, run_open_read, open_both},
  {"open a fifo to write", fifo, run_open_write, open_both},
  {"flock", locked, run_flock, unlock},
  {"fcntl F_SETLKW", locked, run_lock, unlock},
  {"fcntl F_OFD_SETLKW", locked_ofd, run_ofd, unlock_ofd},
  {"wait4", new_pipe, run_wait4, end_child},
  {"waitid", new_pipe, run_waitid, end_child},
  {"nanosleep", nothing, run_nanosleep, 0},
  {"nanosleep of 32 bits", nothing, run_nanosleep_old, 0},
  {"clock_nanosleep", nothing, run_clock_relative, 0},
  {"clock_nanosleep until", nothing, run_clock_absolute, 0},
  {"pause", nothing, run_pause, 0},
  {"sigsuspend", nothing, run_sigsuspend, 0},
  {"sigtimedwait", nothing, run_sigtimedwait, hang_up},
  {"sigwaitinfo", nothing, run_sigwaitinfo, hang_up},
  {"poll", new_pipe, run_poll, give},
  {"poll with a timeout", new_pipe, run_poll_timed, give},
  {"ppoll", new_pipe, run_ppoll, give},
  {"ppoll with a mask", new_pipe, run_ppoll_mask, give},
  {"select", new_pipe, run_select, give},
  {"select of old", new_pipe, run_select_old, give},
  {"pselect", new_pipe, run_pselect, give},
  {"epoll_wait", polled_pipe, run_epoll, give},
  {"epoll_wait with a timeout", polled_pipe, run_epoll_timed, give},
  {"epoll_pwait", polled_pipe, run_epoll_pwait, give},
  {"epoll_pwait2", polled_pipe, run_epoll_pwait2, give},
  {"futex wait", nothing, run_futex, wake_futex},
  {"futex wait with a timeout", nothing, run_futex_timed, wake_futex},
  {"futex_time64 wait with a timeout", nothing, run_futex_time64, wake_futex},
  {"futex wait for bits until", nothing, run_futex_bitset, wake_futex},
  {"read from an eventfd", counter, run_read8, count_one},
  {"write to a full eventfd", full_counter, run_write8, read_counter},
  {"read from a timerfd", timer, run_read8, fire},
  {"read from a signalfd", signals, run_signalfd, hang_up},
  {"read from inotify", watch, run_signalfd, change},
  {"splice from a pipe", two_pipes, run_splice, give},
  {"sendfile to a full pipe", file_and_full_pipe, run_sendfile, take},
  {"writev to a full pipe", full_pipe, run_writev, take},
  {"sendmsg to a full stream", full_pair, run_sendmsg, drain_pair},
  {"recvmmsg", datagram_pair, run_recvmmsg, give},
  {"recv of all, some there", some_bytes, run_recv_all, give_seven},
  {"send of more than fits", new_pair, run_send_long, drain_long},
  {"tee from an empty pipe", two_pipes, run_tee, give},
  {"vmsplice to a full pipe", full_pipe, run_vmsplice, take},
  {"poll of nothing", nothing, run_poll_nothing, 0},
  {"select of nothing", nothing, run_select_nothing, 0},
  {"clock_nanosleep_time64", nothing, run_clock_time64, 0},
  {"rt_sigtimedwait_time64", nothing, run_sigtimedwait64, hang_up},
  {"futex lock with priority inheritance", owned, run_lock_pi, unlock_pi},
  {"write to a stopped terminal", stopped_terminal, run_write_slave, start_terminal},
  {"waitid for a group", new_pipe, run_waitid_group, end_child},
  {"lockf", locked, run_lockf, unlock},
  {"semop", new_semaphore, run_semop, post, remove_semaphore},
  {"semtimedop", new_semaphore, run_semtimedop, post, remove_semaphore},
  {"semop until it is removed", new_semaphore, run_semop, remove_semaphore},
  {"msgrcv", new_queue, run_msgrcv, send_message, remove_queue},
  {"msgsnd", full_queue, run_msgsnd, take_message, remove_queue},
  {"msgrcv until it is removed", new_queue, run_msgrcv, remove_queue},
  {"mq_receive", new_messages, run_mq_receive, put_message},
  {"mq_timedreceive", new_messages, run_mq_timedreceive, put_message},
  {"mq_send", full_messages, run_mq_send, get_message},
};

/* The victim sleeps in its call, or has returned from it. */
static void settle(void) {
  for (int tries = 0; tries < 10000 && !s->done; tries++) {
    if (s->ready && state_of(victim) == 'S') return;
    nap(1);
  }
}

static void one(struct call *call, int way) {
  memset((void *)s, 0, sizeof *s);
  call->prepare();
  int self_ready = call->run == run_wait4 || call->run == run_waitid || call->run == run_waitid_group;
  victim = fork();
  if (victim == 0) {
    on(SIGUSR1, way == IGNORED ? SIG_IGN : hit, way == RESTART ? SA_RESTART : 0);
    on(SIGUSR2, hit, 0);
    if (way == STOPPED_CAUGHT) on(SIGCONT, hit, SA_RESTART);
    if (!self_ready) s->ready = 1;
    errno = 0;
    s->result = call->run();
    s->error = errno;
    s->done = 1;
    _exit(0);
  }
  settle();
  if (way <= IGNORED) kill(victim, SIGUSR1);
  if (way == DEFAULT_IGNORED) kill(victim, SIGWINCH);
  if (way <= RESTART) await_number(&s->hits, 1);
  if (way >= STOPPED) {
    kill(victim, SIGSTOP);
    await_state(victim, "T");
    kill(victim, SIGCONT);
    if (way == STOPPED_CAUGHT) await_number(&s->hits, 1);
  }
  settle();
  int before = s->done;
  if (!s->done) {
    if (call->wake) call->wake();
    else kill(victim, SIGUSR2);
  }
  for (int tries = 0; tries < 3000 && !s->done; tries++) nap(1);
  if (!s->done) line(ways[way], "never returned");
  else if (s->result == -1) line(ways[way], "%s%s after %d handlers%s", error_of(s->error), before ? " at once" : "", s->hits, s->text);
  else line(ways[way], "%d%s after %d handlers%s", s->result, before ? " at once" : "", s->hits, s->text);
  kill(victim, SIGKILL);
  REAP(victim);
  if (call->clean) call->clean();
}

static struct call *current;
static void each_way(void) {
  for (int way = 0; way < WAYS; way++) {
    one(current, way);
    for (int fd = 3; fd < 20; fd++) close(fd);
  }
}

int main(int argc, char **argv) {
  begin();
  s = shared(4096);
  unshare(CLONE_NEWIPC);
  for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
    if (argc > 1 && strcmp(argv[1], calls[i].name)) continue;
    current = &calls[i];
    section(current->name, each_way);
  }
  return 0;
}
