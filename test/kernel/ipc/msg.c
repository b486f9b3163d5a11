#include "../show.h"
struct text { long type; char text[9000]; };
static int q;
static int put(long type, const char *text, int flags) { struct text m = {type}; strcpy(m.text, text); return msgsnd(q, &m, strlen(text), flags); }
static const char *get(long type, int size, int flags) { static char line[9100]; struct text m = {-1}; errno = 0; int n = msgrcv(q, &m, size, type, flags); if (n < 0) sprintf(line, "-%s", strerrorname_np(errno)); else sprintf(line, "%d: %ld %.*s", n, m.type, n, m.text); return line; }
#define GET(type, size, flags) (printf("get(%s, %s, %s): %s\n", #type, #size, #flags, get(type, size, flags)), fflush(stdout))
static void state(const char *what) { struct msqid_ds d; if (msgctl(q, IPC_STAT, &d) < 0) { printf("%s: gone\n", what); return; } printf("%s: %d messages, %d bytes of %d, times %d %d %d, pids %d %d\n", what, (int)d.msg_qnum, (int)d.__msg_cbytes, (int)d.msg_qbytes, d.msg_stime != 0, d.msg_rtime != 0, d.msg_ctime != 0, d.msg_lspid == getpid(), d.msg_lrpid == getpid()); fflush(stdout); }
static int raw(int call, int a, int b, int c, void *p, int e) { return syscall(SYS_ipc, call, a, b, c, p, e); }

int main(void) {
  alone();
  static struct text m; struct msqid_ds d; struct msginfo info;
  SHOW(msgget(0x4e4c0002, 0600)); OUTCOME(q = msgget(0x4e4c0002, IPC_CREAT | 0640)); SHOW(msgget(0x4e4c0002, IPC_CREAT | IPC_EXCL)); SHOW(msgget(0x4e4c0002, 0) == q);
  state("fresh");
  m.type = 0; SHOW(msgsnd(q, &m, 1, 0)); m.type = -1; SHOW(msgsnd(q, &m, 1, 0)); m.type = 1; SHOW(msgsnd(q, &m, 8193, 0)); SHOW(msgsnd(q, &m, -1, 0)); SHOW(msgsnd(q, 0, 1, 0)); SHOW(msgsnd(-1, &m, 1, 0)); SHOW(msgsnd(q + 32768, &m, 1, 0)); SHOW(syscall(400, q, &m, 8193, 0));
  GET(0, 10, IPC_NOWAIT); SHOW(msgrcv(-1, &m, 1, 0, 0)); SHOW(msgrcv(q, &m, -1, 0, IPC_NOWAIT)); SHOW(msgrcv(q + 32768, &m, 1, 0, 0));
  SHOW(put(3, "three", 0)); SHOW(put(1, "one", 0)); SHOW(put(2, "two", 0)); SHOW(put(1, "uno", 0)); SHOW(put(5, "", 0)); state("five");
  GET(1, 2, IPC_NOWAIT); GET(1, 2, IPC_NOWAIT | MSG_NOERROR); GET(-2, 10, IPC_NOWAIT); GET(-2, 10, IPC_NOWAIT); GET(-2, 10, IPC_NOWAIT); GET(3, 10, IPC_NOWAIT | MSG_EXCEPT); GET(0, 10, IPC_NOWAIT); GET(0, 10, IPC_NOWAIT); state("empty");
  put(7, "seven", 0); put(8, "eight", 0); GET(1, 10, IPC_NOWAIT | MSG_COPY); GET(0, 10, IPC_NOWAIT | MSG_COPY); GET(2, 10, IPC_NOWAIT | MSG_COPY); GET(0, 10, MSG_COPY); GET(0, 10, MSG_COPY | IPC_NOWAIT | MSG_EXCEPT); GET(0, 3, MSG_COPY | IPC_NOWAIT); GET(0, 3, MSG_COPY | IPC_NOWAIT | MSG_NOERROR); state("copies");
  SHOW(msgrcv(q, (void *)1, 10, 7, 0)); state("lost"); GET(0x80000000, 10, IPC_NOWAIT);
  /* full */
  m.type = 1; SHOW(msgsnd(q, &m, 8192, 0)); SHOW(msgsnd(q, &m, 8192, IPC_NOWAIT)); SHOW(msgsnd(q, &m, 1, IPC_NOWAIT)); state("full");
  pid_t p = BESIDE(TELL(put(9, "late", 0))); SHOW(msgrcv(q, &m, 9000, 0, 0)); JOIN("sender", p); state("after"); SHOW(msgrcv(q, &m, 9000, 0, 0)); GET(0, 10, IPC_NOWAIT); state("empty");
  /* waiting */
  p = BESIDE(GET(4, 10, 0)); put(3, "not mine", 0); nap(30); put(4, "mine", 0); JOIN("receiver", p); state("one left"); GET(0, 10, 0);
  p = BESIDE(TELL(msgrcv(q, &m, 2, 0, 0))); pid_t r = BESIDE(TELL(msgrcv(q, &m, 20, 0, 0))); put(1, "long one", 0); JOIN("too short", p); JOIN("next", r); state("empty");
  p = BESIDE(TELL(msgrcv(q, &m, 2, 0, MSG_NOERROR))); put(1, "long one", 0); JOIN("cut", p);
  p = BESIDE(TELL(msgrcv(q, &m, 20, -5, 0))); put(6, "six", 0); put(5, "five", 0); JOIN("lowest", p); GET(0, 20, IPC_NOWAIT);
  p = BESIDE(TELL(msgrcv(q, &m, 20, 6, MSG_EXCEPT))); put(6, "six", 0); put(5, "five", 0); JOIN("other", p); GET(0, 20, IPC_NOWAIT);
  /* signals */
  on(SIGUSR1, nothing, SA_RESTART); p = BESIDE(TELL(msgrcv(q, &m, 2, 0, 0))); kill(p, SIGUSR1); JOIN("receiver interrupted", p);
  p = BESIDE(TELL(msgrcv(q, &m, 20, 0, 0))); kill(p, SIGSTOP); nap(20); kill(p, SIGCONT); nap(20); put(1, "x", 0); JOIN("receiver stopped and continued", p);
  msgctl(q, IPC_STAT, &d); d.msg_qbytes = 8192; SHOW(msgctl(q, IPC_SET, &d)); m.type = 1; msgsnd(q, &m, 4096, 0); msgsnd(q, &m, 4096, 0); p = BESIDE(TELL(msgsnd(q, &m, 1, 0))); kill(p, SIGUSR1); JOIN("sender interrupted", p); state("two");
  /* limits change */
  p = BESIDE(TELL(msgsnd(q, &m, 8192, 0))); msgctl(q, IPC_STAT, &d); d.msg_qbytes = 16384; SHOW(msgctl(q, IPC_SET, &d)); JOIN("room now", p); state("three"); d.msg_qbytes = 100; SHOW(msgctl(q, IPC_SET, &d)); SHOW(msgsnd(q, &m, 1, IPC_NOWAIT)); while (msgrcv(q, &m, 9000, 0, IPC_NOWAIT) >= 0); SHOW(msgsnd(q, &m, 101, IPC_NOWAIT)); SHOW(msgsnd(q, &m, 100, IPC_NOWAIT)); GET(0, 0, IPC_NOWAIT | MSG_NOERROR);
  d.msg_qbytes = 3; msgctl(q, IPC_SET, &d); SHOW(put(1, "", IPC_NOWAIT)); SHOW(put(1, "", IPC_NOWAIT)); SHOW(put(1, "", IPC_NOWAIT)); SHOW(put(1, "", IPC_NOWAIT)); while (msgrcv(q, &m, 9000, 0, IPC_NOWAIT) >= 0); d.msg_qbytes = 16384;
  /* permissions */
  d.msg_perm.mode = 0602; SHOW(msgctl(q, IPC_SET, &d)); CHILD("other", drop_root(); SHOW(put(1, "may", 0)); GET(0, 10, IPC_NOWAIT); SHOW(msgctl(q, IPC_STAT, &d)); SHOW(msgctl(q, IPC_RMID, 0)); SHOW(msgctl(q, IPC_SET, &d)); SHOW(msgget(0x4e4c0002, 0400)); SHOW(msgget(0x4e4c0002, 0200) == q)); GET(0, 10, IPC_NOWAIT);
  d.msg_perm.uid = 1234; d.msg_perm.mode = 0600; SHOW(msgctl(q, IPC_SET, &d)); CHILD("owner", drop_root(); SHOW(put(1, "mine", 0)); GET(0, 10, IPC_NOWAIT); d.msg_qbytes = 16385; SHOW(msgctl(q, IPC_SET, &d)); d.msg_qbytes = 16000; SHOW(msgctl(q, IPC_SET, &d))); state("owner");
  /* information */
  SHOW(msgctl(0, IPC_INFO, (void *)&info)); printf("%d %d %d %d %d %d %d %d\n", info.msgpool, info.msgmap, info.msgmax, info.msgmnb, info.msgmni, info.msgssz, info.msgtql, info.msgseg);
  put(1, "abc", 0); SHOW(msgctl(0, MSG_INFO, (void *)&info)); printf("%d %d %d\n", info.msgpool, info.msgmap, info.msgtql); SHOW(msgctl(0, MSG_STAT, &d) == q); SHOW(msgctl(99, MSG_STAT, &d)); SHOW(msgctl(q, 99, &d)); SHOW(msgctl(-1, IPC_RMID, &d));
  /* the old calls and structures */
  unsigned char w[128]; memset(w, 0x55, sizeof w); SHOW(raw(14, q, IPC_STAT, 0, w, 0)); printf("old: key %x mode %o cbytes %d qnum %d qbytes %d tail %x\n", *(int *)w, *(short *)(w + 12), *(short *)(w + 44), *(short *)(w + 46), *(unsigned short *)(w + 48), w[56]);
  SHOW(raw(14, q, IPC_SET, 0, w, 0)); memset(w, 0x55, sizeof w); SHOW(syscall(402, q, IPC_STAT, w)); printf("new: %d %d tail %x\n", *(int *)(w + 60), *(int *)(w + 68), w[88]);
  { struct { void *p; int type; } k = {&m, 0}; SHOW(raw(12, q, 100, IPC_NOWAIT, &k, 0)); SHOW(raw(12, q, 100, IPC_NOWAIT, 0, 0)); SHOW(raw(12, q, 100, IPC_NOWAIT, (void *)1, 0)); SHOW(raw(12, q, -1, IPC_NOWAIT, &k, 0)); SHOW(raw(12 | 1 << 16, q, 100, IPC_NOWAIT, &m, 0)); m.type = 1; SHOW(raw(11, q, 3, 0, &m, 0)); SHOW(syscall(401, q, &m, 100, 0, IPC_NOWAIT)); SHOW(raw(13, 0x4e4c0002, 0, 0, 0, 0) == q); SHOW(syscall(399, 0x4e4c0002, 0) == q); }
  /* removal */
  p = BESIDE(TELL(msgrcv(q, &m, 20, 0, 0))); SHOW(msgctl(q, IPC_RMID, 0)); JOIN("receiver", p); SHOW(put(1, "x", 0)); GET(0, 1, 0);
  q = msgget(IPC_PRIVATE, 0600); m.type = 1; msgsnd(q, &m, 8192, 0); msgsnd(q, &m, 8192, 0); p = BESIDE(TELL(msgsnd(q, &m, 8192, 0))); SHOW(msgctl(q, IPC_RMID, 0)); JOIN("sender", p);
  return 0;
}
