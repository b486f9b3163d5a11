#include "../show.h"
union semun { int val; struct semid_ds *buf; unsigned short *array; struct seminfo *info; };
static int set;
static int op(int n, int change, int flags) { struct sembuf b = {n, change, flags}; return semop(set, &b, 1); }
static int val(int n) { return semctl(set, n, GETVAL); }
static void all(const char *what) { printf("%s: %d %d %d, ncnt %d %d zcnt %d %d\n", what, val(0), val(1), val(2), semctl(set, 0, GETNCNT), semctl(set, 1, GETNCNT), semctl(set, 0, GETZCNT), semctl(set, 1, GETZCNT)); fflush(stdout); }
static int raw(int call, int a, int b, int c, void *p, int e) { return syscall(SYS_ipc, call, a, b, c, p, e); }
static int undo_child(void *a) { return op(0, 1, SEM_UNDO) < 0 ? 1 : 0; }

int main(int argc, char **argv) {
  if (argc > 1) return 0;
  alone();
  struct semid_ds d; unsigned short v[600] = {0}; struct seminfo info;
  SHOW(semget(IPC_PRIVATE, -1, 0600)); SHOW(semget(IPC_PRIVATE, 0, 0600)); SHOW(semget(IPC_PRIVATE, 32001, 0600));
  SHOW(semget(0x4e4c0001, 3, 0600));
  OUTCOME(set = semget(0x4e4c0001, 3, IPC_CREAT | IPC_EXCL | 0640));
  SHOW(semget(0x4e4c0001, 3, IPC_CREAT | IPC_EXCL | 0600));
  SHOW(semget(0x4e4c0001, 0, 0) == set); SHOW(semget(0x4e4c0001, 2, 0600) == set); SHOW(semget(0x4e4c0001, 4, 0600));
  all("fresh");
  SHOW(semctl(set, 0, IPC_STAT, &d)); printf("mode %o nsems %d otime %d key %x uid %d\n", d.sem_perm.mode, (int)d.sem_nsems, d.sem_otime != 0, d.sem_perm.__key, d.sem_perm.uid);
  SHOW(op(0, 1, 0)); SHOW(semctl(set, 0, GETPID) == getpid()); SHOW(semctl(set, 1, GETPID));
  SHOW(semctl(set, 0, IPC_STAT, &d)); SHOW(d.sem_otime != 0);
  SHOW(op(0, -2, IPC_NOWAIT)); SHOW(op(0, 0, IPC_NOWAIT)); SHOW(op(1, 0, IPC_NOWAIT)); SHOW(op(0, 32767, 0)); SHOW(op(0, 32766, 0)); SHOW(val(0)); SHOW(op(0, -32767, 0));
  SHOW(op(3, 1, 0)); SHOW(op(99, 1, 0)); SHOW(semop(-1, (void *)v, 1)); SHOW(semop(set, (void *)v, 0)); SHOW(semop(set, (void *)v, 501)); SHOW(semop(set, 0, 1)); SHOW(semop(set + 32768, (void *)v, 1)); SHOW(semop(12345 | 1 << 15, (void *)v, 1));
  SHOW(semctl(set, 3, GETVAL)); SHOW(semctl(set, -1, GETVAL)); SHOW(semctl(set, 0, 99)); SHOW(semctl(-1, 0, GETVAL)); SHOW(semctl(set, 0, SETVAL, -1)); SHOW(semctl(set, 0, SETVAL, 32768)); SHOW(semctl(set, 5, SETVAL, 1)); SHOW(semctl(set, 0, SETVAL, 5)); SHOW(val(0));
  v[0] = 1; v[1] = 2; v[2] = 3; SHOW(semctl(set, 0, SETALL, v)); all("setall"); v[1] = 40000; SHOW(semctl(set, 0, SETALL, v)); all("unchanged"); memset(v, 0, sizeof v); SHOW(semctl(set, 0, GETALL, v)); printf("%d %d %d\n", v[0], v[1], v[2]); SHOW(semctl(set, 0, GETALL, 0)); SHOW(semctl(set, 0, SETALL, 1));
  /* several at once, all or nothing */
  { struct sembuf b[3] = {{0, -1, 0}, {1, -2, 0}, {2, -4, IPC_NOWAIT}}; SHOW(semop(set, b, 3)); all("nothing"); b[2].sem_op = -3; SHOW(semop(set, b, 3)); all("everything"); }
  { struct sembuf b[3] = {{0, 1, 0}, {0, -1, 0}, {0, 0, 0}}; SHOW(semop(set, b, 3)); all("same one"); }
  { struct sembuf b[2] = {{0, 1, 0}, {0, -2, IPC_NOWAIT}}; SHOW(semop(set, b, 2)); all("taken back"); }
  { struct sembuf b[2] = {{0, 32767, 0}, {0, 1, 0}}; SHOW(semop(set, b, 2)); all("range"); }
  /* timeouts */
  { struct sembuf b = {0, -1, 0}; struct timespec t = {0, 20000000}; SHOW(semtimedop(set, &b, 1, &t)); t.tv_nsec = -1; SHOW(semtimedop(set, &b, 1, &t)); t.tv_nsec = 0; t.tv_sec = -1; SHOW(semtimedop(set, &b, 1, &t)); t.tv_sec = 0; SHOW(semtimedop(set, &b, 1, &t)); b.sem_op = 1; SHOW(semtimedop(set, &b, 1, &t)); b.sem_op = -1; SHOW(semtimedop(set, &b, 1, &t));
    t.tv_nsec = 1000000000; SHOW(semtimedop(set, &b, 600, &t)); SHOW(semtimedop(-1, &b, 1, &t)); SHOW(semtimedop(set, 0, 1, &t)); SHOW(semtimedop(set, &b, 0, &t));
    long long t64[2] = {0, 10000000}; SHOW(syscall(420, set, &b, 1, t64)); t64[1] = -5; SHOW(syscall(420, set, &b, 1, t64)); SHOW(syscall(420, set, &b, 1, 1)); }
  /* waiting */
  pid_t p = BESIDE(TELL(op(0, -2, 0))); all("one waits"); SHOW(op(0, 1, 0)); all("too little"); SHOW(op(0, 1, 0)); JOIN("waiter", p); all("after");
  p = BESIDE(TELL(op(0, -1, 0))); pid_t q = BESIDE({ struct sembuf b[2] = {{1, -1, 0}, {0, -1, 0}}; TELL(semop(set, b, 2)); }); all("two wait"); op(1, 1, 0); all("one each"); op(0, 2, 0); JOIN("first", p); JOIN("second", q); all("both");
  op(0, 3, 0); p = BESIDE(TELL(op(0, 0, 0))); all("for zero"); op(0, -3, 0); JOIN("zero", p);
  p = BESIDE(if (op(0, -5, 0) == 0) _exit(semctl(set, 0, GETPID) == getpid() ? 42 : 43)); semctl(set, 0, SETVAL, 5); JOIN("by setval", p);
  /* chain: one's end lets another go on */
  p = BESIDE({ struct sembuf b[2] = {{1, -1, 0}, {0, 1, 0}}; TELL(semop(set, b, 2)); }); q = BESIDE(TELL(op(1, -1, 0))); pid_t r = BESIDE(nap(120); TELL(op(0, -1, 0))); op(1, 1, 0); nap(200); all("chain"); op(1, 1, 0); JOIN("p", p); JOIN("q", q); JOIN("r", r); all("end of chain");
  /* signals: never restarted */
  on(SIGUSR1, nothing, SA_RESTART); p = BESIDE(TELL(op(0, -1, 0))); kill(p, SIGUSR1); JOIN("interrupted", p);
  p = BESIDE(TELL(op(0, -1, 0))); kill(p, SIGSTOP); nap(20); kill(p, SIGCONT); nap(20); op(0, 1, 0); JOIN("stopped and continued", p); SHOW(val(0)); semctl(set, 0, SETVAL, 0);
  p = BESIDE({ struct sembuf b = {0, -1, 0}; struct timespec t = {5, 0}; TELL(semtimedop(set, &b, 1, &t)); }); kill(p, SIGUSR1); JOIN("interrupted timed", p);
  all("nobody waits");
  /* undo */
  CHILD("undo", SHOW(op(0, 3, SEM_UNDO)); SHOW(op(1, 2, SEM_UNDO)); SHOW(op(0, -1, SEM_UNDO)); SHOW(op(0, 1, 0))); all("undone");
  CHILD("undo by exec", op(0, 3, SEM_UNDO); if (fork() == 0) _exit(0); wait(0); printf("%d\n", val(0)); fflush(stdout); execl("./self", "self", "nothing", NULL)); all("undone after exec");
  CHILD("not below zero", op(0, 2, SEM_UNDO); semctl(set, 1, SETVAL, 0); op(0, -2, 0)); all("at zero");
  CHILD("cleared by setval", op(0, 3, SEM_UNDO); SHOW(semctl(set, 0, SETVAL, 7))); all("kept");
  semctl(set, 0, SETVAL, 0);
  op(1, 1, 0); p = BESIDE(op(1, -1, SEM_UNDO); nap(100); printf("dies\n")); q = BESIDE(TELL(op(1, -1, 0))); JOIN("holder", p); JOIN("next", q);
  CHILD("undo range", semctl(set, 0, SETVAL, 0); SHOW(op(0, 32767, SEM_UNDO)); SHOW(op(0, -32767, 0)); SHOW(op(0, 1, SEM_UNDO)); SHOW(op(0, 2, SEM_UNDO))); all("range");
  semctl(set, 0, SETVAL, 0);
  CHILD("fork does not inherit", op(0, 2, SEM_UNDO); CHILD("inner", SHOW(val(0))); SHOW(val(0))); SHOW(val(0));
  CHILD("shared list", { static char stack[65536]; pid_t c = clone(undo_child, stack + 65536, CLONE_SYSVSEM | SIGCHLD, 0); waitpid(c, 0, 0); SHOW(val(0)); }); SHOW(val(0));
  CHILD("unshared list", op(0, 4, SEM_UNDO); SHOW(unshare(CLONE_SYSVSEM)); SHOW(val(0)); op(0, 1, SEM_UNDO); SHOW(val(0))); SHOW(val(0));
  /* removal */
  int old = set; set = semget(IPC_PRIVATE, 3, 0600); p = BESIDE(TELL(op(0, -1, 0))); q = BESIDE(TELL(op(0, -1, SEM_UNDO))); SHOW(semctl(set, 0, IPC_RMID)); JOIN("waiter", p); JOIN("waiter with undo", q); SHOW(op(0, 1, 0)); SHOW(semctl(set, 0, IPC_STAT, &d)); set = old;
  /* permissions */
  SHOW(semctl(set, 0, IPC_STAT, &d)); d.sem_perm.mode = 0100604; SHOW(semctl(set, 0, IPC_SET, &d)); SHOW(semctl(set, 0, IPC_STAT, &d)); printf("%o\n", d.sem_perm.mode);
  CHILD("other", drop_root(); SHOW(val(0)); SHOW(semctl(set, 0, GETALL, v)); SHOW(op(0, 1, 0)); SHOW(op(1, 0, IPC_NOWAIT)); SHOW(semctl(set, 0, SETVAL, 1)); SHOW(semctl(set, 0, SETALL, v)); SHOW(semctl(set, 0, IPC_RMID)); SHOW(semctl(set, 0, IPC_SET, &d)); SHOW(semctl(set, 0, IPC_STAT, &d)); SHOW(semget(0x4e4c0001, 1, 0600)); SHOW(semget(0x4e4c0001, 1, 04) == set); SHOW(semget(0x4e4c0001, 1, 0) == set));
  d.sem_perm.mode = 0; semctl(set, 0, IPC_SET, &d); CHILD("nobody", drop_root(); SHOW(val(0)); SHOW(semctl(set, 0, IPC_STAT, &d)); SHOW(semctl(set, 0, GETPID)); int any = syscall(SYS_ipc, 3, set & 32767, 0, 20 | 0x100, (void *[]){&d}); printf("any %d\n", any == set)); SHOW(val(0));
  d.sem_perm.uid = 1234; semctl(set, 0, IPC_SET, &d); CHILD("given away", drop_root(); SHOW(val(0)); d.sem_perm.mode = 0600; SHOW(semctl(set, 0, IPC_SET, &d)); SHOW(val(0)); SHOW(semctl(set, 0, IPC_STAT, &d)); printf("%d %d %d %d %o\n", d.sem_perm.uid, d.sem_perm.cuid, d.sem_perm.gid, d.sem_perm.cgid, d.sem_perm.mode));
  SHOW(syscall(394, set, 0, IPC_SET, 1)); SHOW(syscall(394, set, 0, IPC_STAT, 1));
  /* information */
  SHOW(semctl(0, 0, IPC_INFO, &info)); printf("%d %d %d %d %d %d %d %d %d %d\n", info.semmap, info.semmni, info.semmns, info.semmnu, info.semmsl, info.semopm, info.semume, info.semusz, info.semvmx, info.semaem);
  SHOW(semctl(0, 0, SEM_INFO, &info)); printf("%d %d\n", info.semusz, info.semaem); SHOW(semctl(-1, 0, SEM_INFO, &info)); SHOW(semctl(0, 0, SEM_STAT, &d) == set); SHOW(semctl(77, 0, SEM_STAT, &d));
  /* the old calls and structures */
  unsigned char w[128]; memset(w, 0x55, sizeof w); void *pw = w;
  SHOW(raw(3, set, 0, IPC_STAT, &pw, 0)); printf("old: key %x uid %d mode %o nsems %d tail %x\n", *(int *)w, *(short *)(w + 4), *(short *)(w + 12), *(short *)(w + 40), w[44]);
  memset(w, 0x55, sizeof w); SHOW(syscall(394, set, 0, IPC_STAT, w)); printf("new: key %x nsems %d pad %x\n", *(int *)w, *(int *)(w + 52), w[64]);
  SHOW(syscall(394, set, 0, GETVAL | 0x100, 0)); SHOW(raw(3, set, 0, IPC_STAT | 0x100, 0, 0)); SHOW(raw(3, set, 0, IPC_STAT | 0x100, (void *)1, 0)); SHOW(raw(3, set, 1, GETVAL | 0x100, (void *[]){0}, 0)); SHOW(raw(99, 0, 0, 0, 0, 0)); SHOW(raw(2 | 7 << 16, 0x4e4c0001, 0, 0, 0, 0) == set); SHOW(syscall(393, 0x4e4c0001, 0, 0) == set);
  { struct sembuf b = {1, 1, 0}; SHOW(raw(1, set, 1, 0, &b, 0)); int t32[2] = {0, 1000}; b.sem_op = -9; SHOW(raw(4, set, 1, 0, &b, (int)t32)); SHOW(raw(4, set, 1, 0, &b, 1)); }
  SHOW(semctl(set, 0, IPC_RMID)); SHOW(semctl(set, 0, IPC_RMID));
  { int a = semget(IPC_PRIVATE, 1, 0600), b = semget(IPC_PRIVATE, 1, 0600); printf("next %d\n", (b & 32767) - (a & 32767)); semctl(a, 0, IPC_RMID); int c = semget(IPC_PRIVATE, 1, 0600); printf("not at once again %d\n", (c & 32767) - (b & 32767)); semctl(b, 0, IPC_RMID); semctl(c, 0, IPC_RMID); }
  return 0;
}
