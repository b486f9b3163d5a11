/* System V semaphores, message queues and shared memory, and POSIX message queues. Natively in a namespace of their own
   where that is allowed; no key is used that others could, and everything is removed. */
#include "lines.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <mqueue.h>

static volatile int *word;
union semun { int val; struct semid_ds *buf; unsigned short *array; };
static int op(int id, int n, int by, int flags) { struct sembuf b = {n, by, flags}; return semop(id, &b, 1); }
#define CTL(id, n, command, ...) semctl(id, n, command, (union semun){__VA_ARGS__})

static void semaphores(void) {
  IS(semget(IPC_PRIVATE, 0, 0600));
  IS(semget(IPC_PRIVATE, -1, 0600));
  IS(semget(IPC_PRIVATE, 32001, 0600));
  int id = semget(IPC_PRIVATE, 3, 0600);
  NAMED("a set of three", id >= 0);
  IS(semget(0x7e571ab, 1, 0600));
  int key = semget(0x7e571ab, 2, IPC_CREAT | 0600);
  NAMED("with a key", key >= 0);
  IS(semget(0x7e571ab, 2, IPC_CREAT | IPC_EXCL | 0600));
  IS(semget(0x7e571ab, 3, 0600));
  IS(semget(0x7e571ab, 1, 0600) == key);
  IS(CTL(key, 0, IPC_RMID));
  IS(CTL(key, 0, GETVAL));
  IS(CTL(id, 0, GETVAL));
  IS(CTL(id, 3, GETVAL));
  IS(CTL(id, -1, GETVAL));
  IS(CTL(id, 0, SETVAL, 32767));
  IS(CTL(id, 0, SETVAL, 32768));
  IS(CTL(id, 0, SETVAL, -1));
  IS(CTL(id, 0, GETVAL));
  IS(CTL(id, 0, 99));
  IS(CTL(-1, 0, GETVAL));
  unsigned short all[3] = {1, 2, 3}, got[3];
  IS(CTL(id, 0, SETALL, .array = all));
  IS(CTL(id, 0, GETALL, .array = got));
  line("all", "%d %d %d", got[0], got[1], got[2]);
  all[1] = 40000;
  IS(CTL(id, 0, SETALL, .array = all));
  IS(CTL(id, 0, SETALL, .array = (void *)8));
  IS(syscall(394, id, 0, IPC_STAT, 8));
  struct semid_ds d;
  IS(CTL(id, 0, IPC_STAT, .buf = &d));
  line("stat", "%d semaphores mode %o uid %d otime %d", (int)d.sem_nsems, d.sem_perm.mode, d.sem_perm.uid, d.sem_otime != 0);
  d.sem_perm.mode = 0123;
  IS(CTL(id, 0, IPC_SET, .buf = &d));
  CTL(id, 0, IPC_STAT, .buf = &d);
  line("mode", "%o", d.sem_perm.mode);
  d.sem_perm.mode = 0600;
  CTL(id, 0, IPC_SET, .buf = &d);
  IS(op(id, 0, -1, IPC_NOWAIT));
  IS(op(id, 0, -1, IPC_NOWAIT));
  IS(op(id, 0, 0, IPC_NOWAIT));
  IS(op(id, 1, 0, IPC_NOWAIT));
  IS(op(id, 3, 1, IPC_NOWAIT));
  IS(op(id, 0, 32767, IPC_NOWAIT));
  IS(op(id, 0, 1, IPC_NOWAIT));
  IS(CTL(id, 0, GETPID) == getpid());
  struct sembuf two[2] = {{0, -1, IPC_NOWAIT}, {1, -9, IPC_NOWAIT}};
  IS(semop(id, two, 2));
  IS(CTL(id, 0, GETVAL));
  two[1].sem_op = -1;
  IS(semop(id, two, 2));
  IS(CTL(id, 0, GETVAL));
  IS(semop(id, two, 0));
  IS(semop(id, two, 501));
  IS(semop(id, (void *)8, 1));
  IS(semop(-1, two, 1));
  struct timespec soon = {0, 1000000}, bad = {0, -1};
  struct sembuf wait = {1, -100, 0};
  IS(semtimedop(id, &wait, 1, &soon));
  IS(semtimedop(id, &wait, 1, &bad));
  /* who waits */
  CTL(id, 2, SETVAL, 0);
  int child = fork();
  if (child == 0) { word[0] = 1; _exit(op(id, 2, -1, 0) == 0 ? 5 : errno); }
  await_number(word, 1);
  await_state(child, "S");
  IS(CTL(id, 2, GETNCNT));
  IS(CTL(id, 2, GETZCNT));
  IS(op(id, 2, 1, 0));
  int status;
  waitpid(child, &status, 0);
  line("the waiter", "%s", status_text(status));
  IS(CTL(id, 2, GETVAL));
  CTL(id, 2, SETVAL, 1);
  word[0] = 0;
  child = fork();
  if (child == 0) { word[0] = 1; _exit(op(id, 2, 0, 0) == 0 ? 6 : errno); }
  await_number(word, 1);
  await_state(child, "S");
  IS(CTL(id, 2, GETZCNT));
  IS(op(id, 2, -1, 0));
  waitpid(child, &status, 0);
  line("who waited for zero", "%s", status_text(status));
  /* undo at the end */
  CTL(id, 0, SETVAL, 5);
  IN_CHILD("undone", op(id, 0, -3, SEM_UNDO); op(id, 0, 1, SEM_UNDO); _exit(CTL(id, 0, GETVAL)));
  IS(CTL(id, 0, GETVAL));
  IN_CHILD("undone when killed", op(id, 0, -3, SEM_UNDO); kill(getpid(), SIGKILL));
  IS(CTL(id, 0, GETVAL));
  IN_CHILD("another user", setresuid(1000, 1000, 1000); IS(op(id, 0, -1, 0)); IS(CTL(id, 0, GETVAL)); IS(CTL(id, 0, IPC_RMID)); IS(CTL(id, 0, SETVAL, 1)));
  word[0] = 0;
  child = fork();
  if (child == 0) { word[0] = 1; _exit(op(id, 0, -100, 0) == 0 ? 5 : errno == EIDRM ? 43 : 44); }
  await_number(word, 1);
  await_state(child, "S");
  IS(CTL(id, 0, IPC_RMID));
  waitpid(child, &status, 0);
  line("a waiter when it is removed", "%s", status_text(status));
  IS(op(id, 0, 1, 0));
}

struct message { long kind; char text[9000]; };
static void queues(void) {
  static struct message m = {1, "hello"}, r;
  int id = msgget(IPC_PRIVATE, 0600);
  NAMED("a queue", id >= 0);
  IS(msgget(0x7e571ac, 0600));
  IS(msgsnd(id, &m, 5, 0));
  m.kind = 0;
  IS(msgsnd(id, &m, 5, 0));
  m.kind = -1;
  IS(msgsnd(id, &m, 5, 0));
  m.kind = 5;
  IS(msgsnd(id, &m, -1, 0));
  IS(msgsnd(id, &m, 8193, 0));
  IS(msgsnd(id, (void *)8, 5, 0));
  IS(msgsnd(-1, &m, 5, 0));
  IS(msgsnd(id, &m, 6, 0));
  m.kind = 3;
  IS(msgsnd(id, &m, 0, 0));
  IS(msgrcv(id, &r, 4, 1, IPC_NOWAIT));
  IS(msgrcv(id, &r, 4, 1, IPC_NOWAIT | MSG_NOERROR));
  line("cut off", "%ld %.4s", r.kind, r.text);
  IS(msgrcv(id, &r, 100, 4, IPC_NOWAIT));
  IS(msgrcv(id, &r, 100, -4, IPC_NOWAIT));
  NUMBER(r.kind);
  m.kind = 7;
  msgsnd(id, &m, 1, 0);
  m.kind = 6;
  msgsnd(id, &m, 2, 0);
  IS(msgrcv(id, &r, 100, 5, IPC_NOWAIT | MSG_EXCEPT));
  NUMBER(r.kind);
  IS(msgrcv(id, &r, 100, -100, IPC_NOWAIT));
  NUMBER(r.kind);
  IS(msgrcv(id, &r, 100, 0, IPC_NOWAIT));
  IS(msgrcv(id, &r, 100, 0, IPC_NOWAIT));
  IS(msgrcv(id, &r, -1, 0, IPC_NOWAIT));
  msgsnd(id, &m, 1, 0);
  IS(msgrcv(id, (void *)8, 100, 0, IPC_NOWAIT));
  struct msqid_ds d;
  IS(msgctl(id, IPC_STAT, &d));
  line("stat", "%ld messages %ld bytes of %ld, mode %o, last sender %d", (long)d.msg_qnum, (long)d.__msg_cbytes, (long)d.msg_qbytes, d.msg_perm.mode, d.msg_lspid == getpid());
  d.msg_qbytes = 10;
  IS(msgctl(id, IPC_SET, &d));
  m.kind = 1;
  IS(msgsnd(id, &m, 10, IPC_NOWAIT));
  IS(msgsnd(id, &m, 1, IPC_NOWAIT));
  IS(syscall(402, id, IPC_STAT, 8));
  IS(msgctl(id, 99, &d));
  IS(msgrcv(id, &r, 100, 0, MSG_COPY | IPC_NOWAIT));
  IS(msgrcv(id, &r, 100, 0, MSG_COPY));
  IN_CHILD("another user", setresuid(1000, 1000, 1000); IS(msgsnd(id, &m, 1, IPC_NOWAIT)); IS(msgrcv(id, &r, 100, 0, IPC_NOWAIT)); IS(msgctl(id, IPC_STAT, &d)); IS(msgctl(id, IPC_RMID, 0)));
  IS(msgctl(id, IPC_RMID, 0));
  IS(msgsnd(id, &m, 1, IPC_NOWAIT));
  IS(msgrcv(id, &r, 1, 0, IPC_NOWAIT));
}

static void segments(void) {
  struct shmid_ds d;
  IS(shmget(IPC_PRIVATE, 0, 0600));
  int id = shmget(IPC_PRIVATE, 5000, 0600);
  NAMED("a segment", id >= 0);
  IS(shmget(0x7e571ad, 4096, 0600));
  char *a = shmat(id, 0, 0);
  NAMED("attached", a != (void *)-1);
  strcpy(a, "shared");
  IS((long)shmat(id, (void *)0x60000001, 0));
  IS((long)shmat(id, (void *)0x60000001, SHM_RND) == 0x60000000);
  line("the same", "%s", (char *)0x60000000);
  IS((long)shmat(id, (void *)0x60000000, 0));
  IS((long)shmat(id, (void *)0x60000000, SHM_REMAP) == 0x60000000);
  IS((long)shmat(id, 0, SHM_REMAP));
  IS((long)shmat(-1, 0, 0));
  IS((long)shmat(id, 0, SHM_RDONLY) != -1);
  IS(shmctl(id, IPC_STAT, &d));
  line("stat", "%d bytes %d attached mode %o creator %d", (int)d.shm_segsz, (int)d.shm_nattch, d.shm_perm.mode, d.shm_cpid == getpid());
  IN_CHILD("over fork", a[0] = 'S'; shmctl(id, IPC_STAT, &d); _exit(d.shm_nattch));
  line("changed by the child", "%s", a);
  shmctl(id, IPC_STAT, &d);
  NAMED("attached after its end", d.shm_nattch);
  IS(shmdt((void *)0x60000000));
  IS(shmdt((void *)0x60000000));
  IS(shmdt(a + 1));
  IS(shmctl(id, 99, &d));
  IS(syscall(396, id, IPC_STAT, 8));
  IN_CHILD("another user", setresuid(1000, 1000, 1000); IS((long)shmat(id, 0, 0)); IS(shmctl(id, IPC_RMID, 0)); IS(shmctl(id, IPC_STAT, &d)));
  IS(shmctl(id, SHM_LOCK, 0));
  IS(shmctl(id, SHM_UNLOCK, 0));
  IS(shmctl(id, IPC_RMID, 0));
  line("still there", "%s", a);
  IS(shmctl(id, IPC_STAT, &d));
  line("mode once removed", "%o", d.shm_perm.mode & 07777);
  NAMED("attached once more", (long)shmat(id, 0, 0) != -1);
  IN_CHILD("gone with the last", _exit(0));
}

static void hit(int s, siginfo_t *i, void *c) { word[0] = i->si_code; word[1] = i->si_value.sival_int; }
static void named(void) {
  struct mq_attr a = {0, 2, 10, 0}, got;
  char b[20];
  unsigned priority;
  IS(mq_open("/nestlab-queue", O_RDWR));
  IS(syscall(SYS_mq_open, "a/b", O_RDWR | O_CREAT, 0600, 0));
  IS(syscall(SYS_mq_open, "", O_RDWR | O_CREAT, 0600, 0));
  int q = mq_open("/nestlab-queue", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &a);
  NAMED("a queue", q >= 0);
  IS(mq_open("/nestlab-queue", O_RDWR | O_CREAT | O_EXCL, 0600, &a));
  IS(mq_getattr(q, &got));
  line("attributes", "%lx %ld %ld %ld", got.mq_flags, got.mq_maxmsg, got.mq_msgsize, got.mq_curmsgs);
  IS(mq_send(q, "one", 3, 1));
  IS(mq_send(q, "two", 3, 5));
  IS(mq_send(q, "three", 5, 5));
  IS(mq_send(q, "12345678901", 11, 5));
  IS(mq_send(q, "x", 1, 32768));
  IS(mq_receive(q, b, 9, &priority));
  IS(mq_receive(q, b, 10, &priority));
  line("the highest first", "%.3s %d", b, priority);
  mq_send(q, "", 0, 1);
  IS(mq_receive(q, b, 10, &priority));
  line("then the oldest", "%.3s %d", b, priority);
  IS(mq_receive(q, b, 10, 0));
  IS(mq_receive(q, b, 10, 0));
  struct pollfd p = {q, POLLIN | POLLOUT};
  poll(&p, 1, 0);
  line("poll of an empty one", "%x", p.revents);
  struct sigaction action = {0};
  action.sa_sigaction = hit;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGUSR1, &action, 0);
  struct sigevent e = {0};
  e.sigev_notify = SIGEV_SIGNAL;
  e.sigev_signo = SIGUSR1;
  e.sigev_value.sival_int = 44;
  IS(mq_notify(q, &e));
  IS(mq_notify(q, &e));
  mq_send(q, "x", 1, 0);
  line("told", "code %d value %d", word[0], word[1]);
  word[0] = 0;
  mq_send(q, "x", 1, 0);
  NAMED("told once", word[0]);
  poll(&p, 1, 0);
  line("poll of a full one", "%x", p.revents);
  a.mq_flags = 0;
  IS(mq_setattr(q, &a, &got));
  NUMBER(got.mq_curmsgs);
  struct timespec past = {1, 0}, bad = {1, -1};
  IS(mq_timedsend(q, "x", 1, 0, &past));
  IS(mq_timedsend(q, "x", 1, 0, &bad));
  IS(mq_unlink("/nestlab-queue"));
  IS(mq_unlink("/nestlab-queue"));
  IS(mq_receive(q, b, 10, 0));
  IS(read(q, b, 1) >= 0);
  IS(close(q));
  IS(mq_send(q, "x", 1, 0));
  IS(mq_send(1, "x", 1, 0));
}

int main(void) {
  begin();
  unshare(CLONE_NEWIPC);
  word = shared(4096);
  SECTION(semaphores);
  SECTION(queues);
  SECTION(segments);
  SECTION(named);
  return 0;
}
