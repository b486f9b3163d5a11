/* Threads as one process: exec and exit from any of them, signals to one and to all, stops. */
#include "check.h"
#include <linux/futex.h>
#include <sys/prctl.h>
static int tid(void) { return syscall(SYS_gettid); }
static void *spin(void *a) { for (;;) ; }
static void *sleeps(void *a) { for (;;) nap(100000); }
static void *reads(void *a) { int p[2]; pipe(p); char c; read(p[0], &c, 1); return 0; }
static int word; static void *futex(void *a) { for (;;) syscall(SYS_futex, &word, FUTEX_WAIT, 0, 0, 0, 0); }
static int lock_; static void *pi(void *a) { syscall(SYS_futex, &lock_, FUTEX_LOCK_PI, 0, 0, 0, 0); return 0; }
static void *vforks(void *a) { if (vfork() == 0) { execl("./self", "self", "sleep", (char *)0); _exit(1); } return 0; }
static void *locked(void *a) { sigset_t s; sigfillset(&s); pthread_sigmask(SIG_SETMASK, &s, 0); for (;;) pause(); }
static void *(*const kinds[])(void *) = {spin, sleeps, reads, futex, pi, locked, sleeps};
static void crowd(void) { pthread_t t; lock_ = tid(); for (int n = 0; n < 7; n++) pthread_create(&t, 0, kinds[n], 0); nap(30); }
static int pipes[2]; static volatile int handled_in[65], count[65]; static void on(int s) { handled_in[s] = tid(); count[s]++; }
static void *execs(void *a) { char b[32]; snprintf(b, 32, "%d", getpid()); sigset_t s; sigemptyset(&s); sigaddset(&s, SIGUSR1); sigaddset(&s, SIGUSR2); pthread_sigmask(SIG_BLOCK, &s, 0); kill(getpid(), SIGUSR1); pthread_kill(pthread_self(), SIGUSR2); execl("./self", "self", "after", b, (char *)0); _exit(9); }
static void *exits(void *a) { exit((long)a); }
static void *exits_group(void *a) { nap(20); syscall(SYS_exit_group, (long)a); return 0; }
static void *exits_alone(void *a) { nap(20); syscall(SYS_exit, (long)a); return 0; }
static void *dies(void *a) { nap(10); raise((long)a); return 0; }
static void *forks(void *a) { int c = fork(); if (c == 0) { char path[64]; snprintf(path, 64, "/proc/self/task/%d", getpid()); _exit(access(path, F_OK) == 0 && tid() == getpid() ? 4 : 5); } int s; waitpid(c, &s, 0); return (void *)(long)WEXITSTATUS(s); }
struct robust { struct robust *next; int word; }; static struct { struct robust *list; long offset; struct robust *pending; } head;
static volatile int ticks; static void tick(int s) { ticks++; }
int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "sleep")) { nap(50); return 0; }
  if (argc > 1 && !strcmp(argv[1], "alarm")) { signal(SIGALRM, on); while (!count[SIGALRM]) nap(1); printf("alarm came\n"); return 0; }
  if (argc > 1 && !strcmp(argv[1], "stay")) { nap(60); return 0; }
  if (argc > 1) { sigset_t p, m; sigpending(&p); sigprocmask(0, 0, &m); struct sigaction i, d; sigaction(SIGHUP, 0, &i); sigaction(SIGTERM, 0, &d); printf("pid %d tid %d pending %d %d mask %d %d ignored %d default %d\n", atoi(argv[2]) == getpid(), tid() == getpid(), sigismember(&p, SIGUSR1), sigismember(&p, SIGUSR2), sigismember(&m, SIGUSR1), sigismember(&m, SIGTERM), i.sa_handler == SIG_IGN, d.sa_handler == SIG_DFL); return 17; }
  struct rlimit nocore = {0, 0}; setrlimit(RLIMIT_CORE, &nocore); pthread_t t;
  CHILD("exec in a thread among many", { signal(SIGHUP, SIG_IGN); signal(SIGTERM, on); crowd(); pthread_create(&t, 0, execs, 0); for (;;) pause(); });
  CHILD("exec of the first among many", { crowd(); execs(0); });
  CHILD("exec while a vfork waits", { pthread_create(&t, 0, vforks, 0); nap(10); execs(0); });
  CHILD("exit in a thread", { crowd(); pthread_create(&t, 0, exits_group, (void *)3); for (;;) pause(); });
  CHILD("exit of the first", { crowd(); syscall(SYS_exit_group, 4); });
  CHILD("first leaves, another ends all", { pthread_create(&t, 0, exits_group, (void *)5); syscall(SYS_exit, 6); });
  CHILD("all leave", { pthread_create(&t, 0, exits_alone, (void *)7); fflush(stdout); syscall(SYS_exit, 8); });
  CHILD("raise in a thread", { crowd(); pthread_create(&t, 0, dies, (void *)SIGTERM); for (;;) pause(); });
  CHILD("abort in a thread", { crowd(); pthread_create(&t, 0, dies, (void *)SIGABRT); for (;;) pause(); });
  CHILD("kill in a thread", { crowd(); pthread_create(&t, 0, dies, (void *)SIGKILL); for (;;) pause(); });
  CHILD("fork in a thread", { void *r; crowd(); pthread_create(&t, 0, forks, 0); pthread_join(t, &r); printf("%ld\n", (long)r); });
  CHILD("alarm survives exec", { struct itimerval v = {{0, 0}, {0, 80000}}; signal(SIGALRM, SIG_IGN); setitimer(ITIMER_REAL, &v, 0); execl("./self", "self", "alarm", (char *)0); });
  /* stops of all threads */
  fflush(stdout); int c = fork(), s; if (c == 0) { crowd(); for (;;) pause(); } nap(100); kill(c, SIGSTOP); waitpid(c, &s, WUNTRACED); show_status("stopped", s); SHOW(waitpid(c, &s, WUNTRACED | WNOHANG)); kill(c, SIGCONT); waitpid(c, &s, WCONTINUED); show_status("continued", s); kill(c, SIGTSTP); waitpid(c, &s, WUNTRACED); show_status("stopped", s); kill(c, SIGTERM); nap(20); SHOW(waitpid(c, &s, WNOHANG)); kill(c, SIGCONT); waitpid(c, &s, 0); show_status("ended", s);
  fflush(stdout); c = fork(); if (c == 0) { crowd(); for (;;) pause(); } nap(100); kill(c, SIGSTOP); waitpid(c, &s, WUNTRACED); kill(c, SIGKILL); waitpid(c, &s, 0); show_status("killed while stopped", s);
  fflush(stdout); c = fork(); if (c == 0) { pthread_create(&t, 0, exits_group, (void *)9); syscall(SYS_exit, 0); } SHOW(kill(c, 0)); waitpid(c, &s, 0); show_status("without its first", s);
  /* who gets a signal of the process */
  signal(SIGUSR1, on); signal(SIGUSR2, on); CHILD("first thread first", { pthread_create(&t, 0, sleeps, 0); nap(50); kill(getpid(), SIGUSR1); nap(50); SHOW(handled_in[SIGUSR1] == getpid()); });
  CHILD("another if it must", { pthread_create(&t, 0, sleeps, 0); nap(50); sigset_t m; sigemptyset(&m); sigaddset(&m, SIGUSR1); pthread_sigmask(SIG_BLOCK, &m, 0); kill(getpid(), SIGUSR1); nap(50); SHOW(handled_in[SIGUSR1] != getpid() && handled_in[SIGUSR1] != 0); pthread_kill(pthread_self(), SIGUSR1); sigset_t p; sigpending(&p); SHOW(sigismember(&p, SIGUSR1)); SHOW(count[SIGUSR1]); pthread_sigmask(SIG_UNBLOCK, &m, 0); SHOW(count[SIGUSR1]); });
  CHILD("nobody", { sigset_t m; sigemptyset(&m); sigaddset(&m, SIGUSR1); pthread_sigmask(SIG_BLOCK, &m, 0); pthread_create(&t, 0, sleeps, 0); nap(30); for (int n = 0; n < 5; n++) kill(getpid(), SIGUSR1); SHOW(count[SIGUSR1]); pthread_sigmask(SIG_UNBLOCK, &m, 0); SHOW(count[SIGUSR1]); });
  CHILD("directed", { pthread_create(&t, 0, sleeps, 0); nap(50); for (int n = 0; n < 20; n++) { pthread_kill(t, SIGUSR1); nap(3); } nap(50); SHOW(count[SIGUSR1] > 0); SHOW(handled_in[SIGUSR1] != getpid()); SHOW(sys(SYS_tgkill, getpid(), getpid(), SIGUSR2)); SHOW(handled_in[SIGUSR2] == getpid()); SHOW(sys(SYS_tgkill, getpid() + 1, getpid(), SIGUSR2)); SHOW(sys(SYS_tgkill, 0, getpid(), SIGUSR2)); SHOW(sys(SYS_tgkill, getpid(), 0, SIGUSR2)); SHOW(sys(SYS_tgkill, getpid(), 1 << 22, SIGUSR2)); SHOW(sys(SYS_tkill, -1, SIGUSR2)); SHOW(sys(SYS_tkill, getpid(), 65)); SHOW(sys(SYS_tkill, getpid(), 0)); });
  CHILD("interrupts a spinning thread", { signal(SIGURG, on); pthread_create(&t, 0, spin, 0); for (int n = 0; n < 50; n++) { pthread_kill(t, SIGURG); while (count[SIGURG] <= n) sched_yield(); } SHOW(count[SIGURG]); });
  /* memory that is left by exec */
  struct robust *r = mmap(0, 4096, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0); fflush(stdout); c = fork(); if (c == 0) { r->word = tid() | FUTEX_WAITERS; head.list = r; head.offset = 4; r->next = (void *)&head; sys(SYS_set_robust_list, &head, 12); nap(30); execl("./self", "self", "stay", (char *)0); } while (!(r->word & FUTEX_TID_MASK)) nap(1); SHOW(sys(SYS_futex, &r->word, FUTEX_WAIT, r->word, 0, 0, 0)); printf("%x\n", r->word); SHOW(waitpid(c, &s, WNOHANG)); waitpid(c, &s, 0);
  return 0;
}
