#include "show.h"
static int f;
static int create(const char *n, unsigned flags) { return syscall(SYS_memfd_create, n, flags); }
static void seals(const char *what) { printf("%s: ", what); SHOW(fcntl(f, F_GET_SEALS)); }
static void size(const char *what) { struct stat s; fstat(f, &s); printf("%s: size %d mode %o links %d\n", what, (int)s.st_size, s.st_mode, (int)s.st_nlink); fflush(stdout); }
static void maps(void *at) { char line[300], want[20]; sprintf(want, "%08lx-", (long)at); FILE *m = fopen("/proc/self/maps", "r"); while (fgets(line, 300, m)) if (!strncmp(line, want, 9)) { unsigned long a, b, o, ino; char r[5], dev[8], name[200]; sscanf(line, "%lx-%lx %4s %lx %5s %lu %[^\n]", &a, &b, r, &o, dev, &ino, name); printf("%ld pages %s offset %lx dev %s name %s\n", (b - a) / 4096, r, o, dev, name); } fclose(m); fflush(stdout); }
int main(void) {
  char b[9000], p[64];
  SHOW(create("x", 64)); SHOW(create(0, 0)); SHOW(create("x", 8 | 16)); memset(b, 'n', 300); b[250] = 0; SHOW(create(b, 0)); b[249] = 0; OUTCOME(f = create(b, 0)); close(f);
  OUTCOME(f = create("test", MFD_ALLOW_SEALING)); seals("fresh"); size("fresh"); sprintf(p, "/proc/self/fd/%d", f); int n = readlink(p, b, 300); printf("%.*s\n", n, b); SHOW(fcntl(f, F_GETFD)); SHOW(fcntl(f, F_GETFL) & 3);
  SHOW(write(f, "hello", 5)); SHOW(ftruncate(f, 6000)); char *m = mmap(0, 8192, 3, MAP_SHARED, f, 0); printf("%.5s %d\n", m, m[5999]); maps(m); m[0] = 'J'; SHOW(pread(f, b, 5, 0)); printf("%.5s\n", b);
  SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE)); SHOW(fcntl(f, F_ADD_SEALS, 64)); SHOW(fcntl(f, F_ADD_SEALS, 0)); CHILD("inherited mapping", munmap(m, 8192)); SHOW(munmap(m, 8192)); m = mmap(0, 4096, PROT_READ, MAP_SHARED, f, 0); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE)); munmap(m, 4096);
  { int r = open(p, O_RDONLY); SHOW(fcntl(r, F_ADD_SEALS, F_SEAL_SHRINK)); SHOW(fcntl(r, F_GET_SEALS)); m = mmap(0, 4096, PROT_READ, MAP_SHARED, r, 0); SHOW(mprotect(m, 4096, 3)); munmap(m, 4096); close(r); }
  SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_SHRINK)); seals("shrink"); SHOW(ftruncate(f, 5000)); SHOW(ftruncate(f, 7000)); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); SHOW(ftruncate(f, 7001)); SHOW(ftruncate(f, 7000)); SHOW(pwrite(f, b, 5000, 3000)); SHOW(pwrite(f, b, 3000, 4096)); SHOW(pwrite(f, b, 10, 6995)); SHOW(pwrite(f, b, 5, 6995)); SHOW(pwrite(f, b, 1, 7000)); SHOW(fallocate(f, 0, 0, 7000)); SHOW(fallocate(f, 0, 0, 7001)); SHOW(fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)); SHOW(pread(f, b, 5, 0)); printf("%d\n", b[0]); size("grow");
  m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_FUTURE_WRITE)); m[0] = 'w'; SHOW(pread(f, b, 1, 0)); printf("%c\n", b[0]); SHOW(write(f, "x", 1)); SHOW((long)mmap(0, 4096, 3, MAP_SHARED, f, 0)); char *q = mmap(0, 4096, PROT_READ, MAP_SHARED, f, 0); SHOW(mprotect(q, 4096, 3)); munmap(q, 4096); q = mmap(0, 4096, 3, MAP_PRIVATE, f, 0); q[0] = 'p'; SHOW(pread(f, b, 1, 0)); printf("%c\n", b[0]); SHOW(fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE)); munmap(m, 4096); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_WRITE)); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_SEAL)); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); seals("all"); close(f);
  OUTCOME(f = create("plain", MFD_CLOEXEC)); seals("plain"); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); SHOW(fcntl(f, F_GETFD)); close(f);
  OUTCOME(f = create("noexec", 8)); seals("noexec"); size("noexec"); SHOW(fchmod(f, 0777)); SHOW(fchmod(f, 0600)); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); seals("noexec"); close(f);
  OUTCOME(f = create("exec", 16 | 2)); SHOW(fcntl(f, F_ADD_SEALS, 32)); seals("exec"); SHOW(fchmod(f, 0600)); SHOW(fchmod(f, 0711)); SHOW(write(f, "x", 1)); close(f);
  f = open("plainfile", O_RDWR | O_CREAT, 0600); seals("disk"); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); close(f); f = shm_open("/nestlab-test", O_RDWR | O_CREAT, 0600); SHOW(f >= 0); seals("shm"); SHOW(fcntl(f, F_ADD_SEALS, F_SEAL_GROW)); SHOW(ftruncate(f, 4096)); m = mmap(0, 4096, 3, MAP_SHARED, f, 0); CHILD("shared", strcpy(m, "from child")); puts(m); SHOW(shm_unlink("/nestlab-test")); SHOW(shm_unlink("/nestlab-test")); close(f); puts(m); int pp[2]; pipe(pp); f = pp[1]; seals("pipe");
  /* executes what it holds */
  { int self = open("/proc/self/exe", O_RDONLY); OUTCOME(f = create("program", MFD_CLOEXEC)); }
  return 0;
}
