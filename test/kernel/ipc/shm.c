#include "../show.h"
static int id;
static void state(const char *what) { struct shmid_ds d; if (shmctl(id, IPC_STAT, &d) < 0) { printf("%s: -%s\n", what, strerrorname_np(errno)); return; } printf("%s: size %d attached %d mode %o key %x times %d %d %d pids %d %d\n", what, (int)d.shm_segsz, (int)d.shm_nattch, d.shm_perm.mode, d.shm_perm.__key, d.shm_atime != 0, d.shm_dtime != 0, d.shm_ctime != 0, d.shm_cpid == getpid(), d.shm_lpid == getpid()); fflush(stdout); }
static int raw(int call, int a, int b, int c, void *p, int e) { return syscall(SYS_ipc, call, a, b, c, p, e); }
static int code; static void fault(int s, siginfo_t *i, void *u) { code = s * 100 + i->si_code; _exit(code - 1000); }
static void maps(void *at) { char line[300], want[20]; sprintf(want, "%08lx-", (long)at); FILE *f = fopen("/proc/self/maps", "r"); while (fgets(line, 300, f)) if (!strncmp(line, want, 9)) { unsigned long a, b, o, ino; char r[5], dev[8], name[200]; sscanf(line, "%lx-%lx %4s %lx %5s %lu %[^\n]", &a, &b, r, &o, dev, &ino, name); printf("%ld pages %s offset %lx dev %s inode ok %d name %s\n", (b - a) / 4096, r, o, dev, ino == id, name); } fclose(f); fflush(stdout); }
static void table(void) { FILE *f = fopen("/proc/sysvipc/shm", "r"); char line[300]; fgets(line, 300, f); fputs(line, stdout); while (fgets(line, 300, f)) { unsigned key, i, mode; unsigned long size; int cpid, lpid, n, uid, gid, cuid, cgid; long at, dt, ct, rss, swap; if (sscanf(line, "%d %d %o %lu %d %d %d %d %d %d %d %ld %ld %ld %ld %ld", &key, &i, &mode, &size, &cpid, &lpid, &n, &uid, &gid, &cuid, &cgid, &at, &dt, &ct, &rss, &swap) != 16) printf("?"); if (i == id) printf("length %d: %x %o %lu %d %d %d rss %ld swap %ld\n", (int)strlen(line), key, mode, size, cpid == getpid(), n, uid, rss, swap); } fclose(f); fflush(stdout); }

int main(int argc, char **argv) {
  if (argc > 1) { struct shmid_ds d; shmctl(id = atoi(argv[1]), IPC_STAT, &d); printf("after exec: attached %d\n", (int)d.shm_nattch); return 0; }
  alone();
  struct shmid_ds d;
  SHOW(shmget(0x4e4c0003, 100, 0600)); SHOW(shmget(IPC_PRIVATE, 0, 0600)); OUTCOME(id = shmget(0x4e4c0003, 5000, IPC_CREAT | IPC_EXCL | 0640)); SHOW(shmget(0x4e4c0003, 5000, IPC_CREAT | IPC_EXCL)); SHOW(shmget(0x4e4c0003, 5001, 0)); SHOW(shmget(0x4e4c0003, 0, 0) == id); SHOW(shmget(IPC_PRIVATE, 4096, 0600 | SHM_HUGETLB));
  state("fresh");
  int *a = shmat(id, 0, 0), *b = shmat(id, 0, SHM_RDONLY); printf("%d %d\n", a != (void *)-1, b != (void *)-1); *a = 42; printf("%d %d %d\n", *b, a[1249], a[2047]); state("twice"); maps(a); maps(b); table();
  struct sigaction sa = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO}; sigaction(SIGSEGV, &sa, 0); sigaction(SIGBUS, &sa, 0);
  CHILD("write read-only", *b = 1); SHOW(mprotect(b, 4096, PROT_READ | PROT_WRITE)); SHOW(mprotect(a, 4096, PROT_READ)); state("split"); SHOW(mprotect(a, 4096, PROT_READ | PROT_WRITE)); state("still split"); maps(a);
  CHILD("fork", state("in the child"); *a = 43); printf("%d\n", *a); state("child is gone");
  CHILD("detach in child", SHOW(shmdt(a)); SHOW(shmdt(a)); state("in the child")); state("after");
  SHOW(shmdt((char *)a + 4)); SHOW(shmdt((char *)a + 4096)); SHOW(shmdt(0)); SHOW(shmdt(a)); state("one");
  SHOW(shmat(id, (void *)0x50000001, 0)); SHOW(shmat(id, (void *)0x50000001, SHM_RND) == (void *)0x50000000); SHOW(shmat(id, (void *)0x50000000, 0)); SHOW(shmat(id, (void *)0x50000000, SHM_REMAP) == (void *)0x50000000); SHOW(shmat(id, (void *)0x50001000, 0)); SHOW(shmat(id, 0, SHM_REMAP)); SHOW(shmat(id, (void *)5, SHM_RND)); SHOW(shmat(id, (void *)5, SHM_RND | SHM_REMAP)); SHOW(shmat(-1, 0, 0)); SHOW(shmat(id + 32768, 0, 0)); state("some");
  int *e = shmat(id, (void *)0x51000000, SHM_EXEC); maps(e); SHOW(mremap(e, 8192, 4096, 0) == e); state("shrunk"); SHOW(mremap(e, 4096, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, 0x52000000) == (void *)0x52000000); state("moved"); maps((void *)0x52000000); ((int *)0x52000000)[1024] = 7; SHOW(munmap((void *)0x52000000, 4096)); state("hole"); SHOW(shmdt((void *)0x52000000)); SHOW(shmdt((void *)0x50000000)); state("left");
  SHOW(madvise(b, 4096, MADV_DONTNEED)); printf("%d\n", *b); SHOW(msync(b, 8192, MS_SYNC)); SHOW(madvise(b, 8192, MADV_DONTFORK)); CHILD("not forked", state("child")); SHOW(madvise(b, 8192, MADV_DOFORK));
  int pipes[2]; pipe(pipes); CHILD("vfork and exec", char text[20]; sprintf(text, "%d", id); execl("./self", "self", text, NULL)); state("after exec");
  /* removal with somebody attached */
  SHOW(shmctl(id, IPC_RMID, 0)); state("condemned"); SHOW(shmget(0x4e4c0003, 0, 0)); int *c = shmat(id, 0, 0); printf("attached again %d %d\n", c != (void *)-1, *c); state("again"); maps(c); SHOW(shmdt(c)); SHOW(shmdt(b)); state("gone");
  /* removal at once; exit detaches */
  id = shmget(IPC_PRIVATE, 4096, 0600); CHILD("attach and end", shmat(id, 0, 0); state("child")); state("ended"); SHOW(shmctl(id, IPC_RMID, 0)); state("gone"); id = shmget(IPC_PRIVATE, 4096, 0600); CHILD("last detach by exit", shmat(id, 0, 0); shmctl(id, IPC_RMID, 0); state("child")); state("gone");
  /* permissions */
  id = shmget(0x4e4c0003, 4096, IPC_CREAT | 0604); CHILD("other", drop_root(); SHOW((long)shmat(id, 0, 0)); printf("%d\n", shmat(id, 0, SHM_RDONLY) != (void *)-1); SHOW((long)shmat(id, 0, SHM_RDONLY | SHM_EXEC)); SHOW(shmctl(id, IPC_RMID, 0)); SHOW(shmctl(id, IPC_STAT, &d)); SHOW(shmctl(id, SHM_LOCK, 0)); SHOW(shmget(0x4e4c0003, 1, 0600)));
  SHOW(shmctl(id, SHM_LOCK, 0)); state("locked"); SHOW(shmctl(id, SHM_UNLOCK, 0)); state("unlocked"); shmctl(id, IPC_STAT, &d); d.shm_perm.uid = 1234; d.shm_perm.mode = 0600; SHOW(shmctl(id, IPC_SET, &d)); CHILD("owner", drop_root(); SHOW(shmctl(id, SHM_LOCK, 0)); struct rlimit r = {0, 0}; setrlimit(RLIMIT_MEMLOCK, &r); SHOW(shmctl(id, SHM_LOCK, 0)); SHOW(shmctl(id, SHM_UNLOCK, 0)); SHOW(shmctl(id, IPC_SET, &d)); state("owner"); SHOW(shmctl(id, IPC_RMID, 0))); state("gone");
  /* information */
  id = shmget(IPC_PRIVATE, 20000, 0600); char *z = shmat(id, 0, 0); z[0] = z[9000] = 1; struct shminfo si; struct shm_info su; SHOW(shmctl(0, IPC_INFO, (void *)&si)); printf("%lx %lx %lx %lx %lx\n", si.shmmax, si.shmmin, si.shmmni, si.shmseg, si.shmall); SHOW(shmctl(0, SHM_INFO, (void *)&su)); printf("%d %ld %ld %ld %ld %ld\n", su.used_ids, su.shm_tot, su.shm_rss, su.shm_swp, su.swap_attempts, su.swap_successes); SHOW(shmctl(id & 32767, SHM_STAT, &d) == id); SHOW(shmctl(99, SHM_STAT, &d)); SHOW(shmctl(id, 99, &d)); SHOW(shmctl(-1, IPC_STAT, &d)); table();
  unsigned char w[128]; memset(w, 0x55, sizeof w); SHOW(raw(24, id, IPC_STAT, 0, w, 0)); printf("old: mode %o size %d nattch %d tail %x\n", *(short *)(w + 12), *(int *)(w + 16), *(short *)(w + 36), w[48]); memset(w, 0x55, sizeof w); SHOW(syscall(396, id, IPC_STAT | 0x100, w)); SHOW(syscall(396, id, IPC_STAT, w)); printf("new: size %d nattch %d tail %x\n", *(int *)(w + 36), *(int *)(w + 72), w[84]); SHOW(syscall(396, id, IPC_STAT, 1)); SHOW(syscall(396, id, IPC_SET, 1)); memset(w, 0x55, sizeof w); SHOW(raw(24, 0, IPC_INFO, 0, w, 0)); printf("%x %x tail %x\n", *(int *)w, *(int *)(w + 16), w[20]);
  { unsigned at = 0; SHOW(raw(21, id, 0, (int)&at, 0, 0)); printf("%d\n", ((char *)at)[9000]); SHOW(raw(21 | 1 << 16, id, 0, (int)&at, 0, 0)); SHOW(raw(21, id, 0, 1, 0, 0)); state("raw"); SHOW(raw(22, 0, 0, 0, (void *)at, 0)); SHOW(syscall(398, z)); SHOW(raw(23, IPC_PRIVATE, 0, 0600, 0, 0)); }
  SHOW(shmctl(id, IPC_RMID, 0)); SHOW(shmctl(id, IPC_RMID, 0)); state("end");
  return 0;
}
