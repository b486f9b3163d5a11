/* Memory: mmap's arguments and placement, mprotect, mremap, munmap, brk, madvise, msync, mincore, mlock; shared and
   private pages over fork, truncation and writes; limits. */
#include "lines.h"
#include <setjmp.h>

static sigjmp_buf back;
static void caught(int s) { siglongjmp(back, s); }
#define TOUCH(name, ...) do { int s_ = sigsetjmp(back, 1); if (s_ == 0) { __VA_ARGS__; line(name, "fine"); } else line(name, "%s", signal_name(s_)); } while (0)
static volatile int sink;
static char *base;
enum { P = 4096 };
static void map_line(const char *name, void *where) {
  if (where == MAP_FAILED) line(name, "%s", error_of(errno));
  else if ((char *)where >= base && (char *)where < base + (1 << 20)) line(name, "base + %x", (int)((char *)where - base));
  else line(name, "elsewhere");
}
#define MAP(...) map_line("mmap(" #__VA_ARGS__ ")", mmap(__VA_ARGS__))
#define REMAP(...) map_line("mremap(" #__VA_ARGS__ ")", mremap(__VA_ARGS__))
enum { RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };
static void start(void) {
  base = mmap((void *)0x40000000, 1 << 20, PROT_NONE, ANON | MAP_FIXED | MAP_NORESERVE, -1, 0);
  on(SIGSEGV, caught, SA_NODEFER);
  on(SIGBUS, caught, SA_NODEFER);
}

static void arguments(void) {
  start();
  int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600), reader = open("file", O_RDONLY), writer = open("file", O_WRONLY), dir = open(".", O_RDONLY);
  ftruncate(fd, 3 * P);
  MAP(0, 0, RW, ANON, -1, 0);
  MAP(0, -1, RW, ANON, -1, 0);
  MAP(0, 0xfffff001, RW, ANON, -1, 0);
  MAP(0, P, RW, MAP_ANONYMOUS, -1, 0);
  MAP(0, P, RW, MAP_PRIVATE | MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  MAP(0, P, RW, 0, fd, 0);
  MAP(0, P, RW, MAP_PRIVATE, -1, 0);
  MAP(0, P, RW, MAP_PRIVATE, 99, 0);
  MAP(0, P, RW, MAP_PRIVATE, dir, 0);
  MAP(0, P, RW, MAP_SHARED, reader, 0);
  MAP(0, P, RW, MAP_PRIVATE, reader, 0);
  MAP(0, P, PROT_READ, MAP_SHARED, reader, 0);
  MAP(0, P, PROT_READ, MAP_SHARED, writer, 0);
  MAP(0, P, PROT_WRITE, MAP_SHARED, writer, 0);
  MAP(0, P, PROT_NONE, MAP_PRIVATE, writer, 0);
  MAP(0, P, RW, MAP_SHARED, fd, 100 * P);
  MAP(0, P, RW, 3, fd, 0);
  MAP(0, P, RW, 3 | 0x80000, fd, 0);
  IS(syscall(SYS_mmap2, 0, P, RW, MAP_PRIVATE, fd, 1) == -1);
  struct { unsigned a, l, p, f, d, o; } old = {0, P, RW, MAP_PRIVATE, fd, 1};
  IS(syscall(SYS_mmap, &old));
  MAP(base + P, P, RW, ANON | MAP_FIXED, -1, 0);
  MAP(base + 1, P, RW, ANON | MAP_FIXED, -1, 0);
  MAP(base + P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
  munmap(base + 4 * P, 4 * P);
  MAP(base + 4 * P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
  MAP(base + 3 * P, 2 * P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
  MAP(base + 5 * P, P, RW, ANON, -1, 0);
  MAP(base + 6 * P + 5, P, RW, ANON, -1, 0);
  MAP(base + 4 * P, P, RW, ANON, -1, 0);
  MAP((void *)0xfffff000, P, RW, ANON | MAP_FIXED, -1, 0);
  MAP((void *)0xffffe000, 2 * P, RW, ANON | MAP_FIXED, -1, 0);
  MAP(0, P, PROT_NONE, ANON, -1, 12345);
  IS(munmap(base, 0));
  IS(munmap(base + 1, P));
  IS(munmap(base, -1));
  IS(munmap(base, 1));
  IS(munmap(base, 1));
  IS(munmap((void *)0xfffff000, P));
  IS(mprotect(base + P, 0, PROT_READ));
  IS(mprotect(base + P + 1, P, PROT_READ));
  IS(mprotect(base, P, PROT_READ));
  IS(mprotect(base + P, P, 0x40));
  IS(mprotect(base + P, P, PROT_GROWSUP));
  IS(mprotect(base + P, P, PROT_GROWSDOWN));
  IS(mprotect(base + P, P, PROT_GROWSDOWN | PROT_GROWSUP));
  IS(mprotect(base + P, -P, PROT_READ));
  char *shared_reader = mmap(0, P, PROT_READ, MAP_SHARED, reader, 0);
  IS(mprotect(shared_reader, P, RW));
  char *private_reader = mmap(0, P, PROT_READ, MAP_PRIVATE, reader, 0);
  IS(mprotect(private_reader, P, RW));
  IS(msync(base + P, P, MS_ASYNC));
  IS(msync(base + P, P, MS_ASYNC | MS_SYNC));
  IS(msync(base + P, P, 8));
  IS(msync(base + P + 1, P, MS_SYNC));
  IS(msync(base, P, MS_SYNC));
  IS(msync(base, 2 * P, MS_SYNC));
  IS(msync(base, 0, MS_SYNC));
  for (int advice = 0; advice < 26; advice++) {
    char name[32];
    /* Hardware poison is not for trials, and the younger ones are not everywhere. */
    if (advice == 5 || advice == 6 || advice == 7 || advice > 21) continue;
    sprintf(name, "madvise %d", advice);
    NAMED(name, madvise(base + P, P, advice));
  }
  IS(madvise(base + P, P, -1));
  IS(madvise(base, P, MADV_NORMAL));
  IS(madvise(base + P + 1, P, MADV_NORMAL));
  IS(madvise(base, 0, MADV_NORMAL));
  IS(madvise(base + P, 2, MADV_NORMAL));
  unsigned char in[4];
  IS(mincore(base + 1, P, in));
  IS(mincore(base, P, in));
  IS(mincore(base + P, 0, in));
  IS(mlock(base + P, P));
  IS(munlock(base + P, P));
  IS(mlock(base, P));
  IS(mlock(base + 9 * P, P));
  IS(mlockall(0));
  IS(mlockall(8));
  IS(munlockall());
  IS(syscall(SYS_mlock2, base + P, P, 2));
}

static void remapping(void) {
  start();
  mmap(base, 2 * P, RW, ANON | MAP_FIXED, -1, 0);
  strcpy(base, "first");
  strcpy(base + P, "second");
  REMAP(base, 2 * P, 0, 0);
  REMAP(base + 1, 2 * P, P, 0);
  REMAP(base, 2 * P, 3 * P, 0);
  REMAP(base, 2 * P, P, 0);
  TOUCH("the page that was cut off", sink = base[P]);
  REMAP(base, P, P, 0);
  REMAP(base, P, 1, 0);
  REMAP(base, 2 * P, 3 * P, MREMAP_MAYMOVE);
  REMAP(base + 300 * P, P, 2 * P, MREMAP_MAYMOVE);
  REMAP(base, P, 2 * P, 0);
  mmap(base, P, RW, ANON | MAP_FIXED, -1, 0);
  strcpy(base, "moved");
  REMAP(base, P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 10 * P);
  line("moved", "%s", base + 10 * P);
  TOUCH("where it was", sink = base[0]);
  REMAP(base + 10 * P, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 11 * P);
  REMAP(base + 10 * P, 2 * P, 2 * P, MREMAP_FIXED, base + 20 * P);
  REMAP(base + 10 * P, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 20 * P + 1);
  REMAP(base + 10 * P, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0xfffff000);
  REMAP(base + 10 * P, 2 * P, 2 * P, 8);
  REMAP(base + 10 * P, 2 * P, P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 30 * P);
  line("shrunk while moved", "%s", base + 30 * P);
  TOUCH("the rest went", sink = base[11 * P]);
  REMAP(base + 30 * P, P, P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
  TOUCH("left empty", line("what is left", "%d", base[30 * P]));
  REMAP(base + 30 * P, P, 2 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
  /* shared memory twice */
  char *twice = mmap(base + 40 * P, P, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  strcpy(twice, "shared");
  REMAP(base + 40 * P, 0, P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 50 * P);
  line("the same pages again", "%s", base + 50 * P);
  twice[0] = 'S';
  line("changed through the other", "%c", base[50 * P]);
  mmap(base + 60 * P, P, RW, ANON | MAP_FIXED, -1, 0);
  REMAP(base + 60 * P, 0, P, MREMAP_MAYMOVE | MREMAP_FIXED, base + 70 * P);
  /* across two mappings */
  mmap(base + 80 * P, P, RW, ANON | MAP_FIXED, -1, 0);
  mmap(base + 81 * P, P, PROT_READ, ANON | MAP_FIXED, -1, 0);
  REMAP(base + 80 * P, 2 * P, 3 * P, MREMAP_MAYMOVE);
  int fd = open("file2", O_RDWR | O_CREAT | O_TRUNC, 0600);
  write(fd, "page one", 8);
  pwrite(fd, "page two", 8, P);
  mmap(base + 90 * P, P, RW, MAP_SHARED | MAP_FIXED, fd, 0);
  munmap(base + 91 * P, P);
  REMAP(base + 90 * P, P, 2 * P, 0);
  line("a file's next page", "%s", base + 91 * P);
}

static void contents(void) {
  start();
  int fd = open("file3", O_RDWR | O_CREAT | O_TRUNC, 0600);
  for (int n = 0; n < 3; n++) { char page[P]; memset(page, 'a' + n, P); write(fd, page, P); }
  char *s = mmap(base, 3 * P, RW, MAP_SHARED | MAP_FIXED, fd, 0), *p = mmap(base + 10 * P, 3 * P, RW, MAP_PRIVATE | MAP_FIXED, fd, 0);
  char got[8] = "";
  s[0] = 'X';
  pread(fd, got, 1, 0);
  line("a shared store is read", "%s", got);
  line("and seen by a private page", "%c", p[0]);
  p[1] = 'P';
  pread(fd, got, 1, 1);
  line("a private store is not", "%s", got);
  pwrite(fd, "W", 1, 2);
  line("a write is seen by a shared page", "%c", s[2]);
  line("but not by a private copy", "%c", p[2]);
  pwrite(fd, "W", 1, P + 2);
  line("by a private page that is none yet", "%c", p[P + 2]);
  ftruncate(fd, P + 100);
  TOUCH("shared page past the new end", sink = s[2 * P]);
  TOUCH("private page past the new end", sink = p[2 * P]);
  TOUCH("private copy", line("kept", "%c", p[1]));
  line("the rest of the last page", "%d", s[P + 100]);
  s[P + 200] = 'Z';
  ftruncate(fd, 3 * P);
  pread(fd, got, 1, P + 200);
  TOUCH("after it grew again", sink = s[2 * P]);
  ftruncate(fd, 50);
  s[60] = 'Q';
  struct stat st;
  fstat(fd, &st);
  NAMED("a store does not make it longer", st.st_size);
  IN_CHILD("shared over fork", s[5] = 'C');
  line("seen by the parent", "%c", s[5]);
  IN_CHILD("private over fork", p[5] = 'C');
  line("not seen", "%c", p[5]);
  munmap(base, 1 << 20);
  base = mmap(base, 1 << 20, PROT_NONE, ANON | MAP_FIXED, -1, 0);
  char *a = mmap(base, 4 * P, RW, ANON | MAP_FIXED, -1, 0);
  memset(a, 'm', 4 * P);
  IS(madvise(a + P, P, MADV_DONTNEED));
  line("dropped", "%d %c %c", a[P], a[0], a[2 * P]);
  IS(madvise(a + 2 * P, P, MADV_DONTFORK));
  IN_CHILD("a page that fork does not take", on(SIGSEGV, SIG_DFL, 0); sink = a[2 * P]);
  IN_CHILD("its neighbours", _exit(a[0] == 'm' && a[3 * P] == 'm'));
  IS(madvise(a + 2 * P, P, MADV_DOFORK));
  IN_CHILD("taken again", _exit(a[2 * P] == 'm'));
  IS(madvise(a + 3 * P, P, MADV_WIPEONFORK));
  IN_CHILD("wiped", _exit(a[3 * P]));
  IS(mprotect(a + P, P, PROT_NONE));
  TOUCH("no rights", sink = a[P]);
  mprotect(a + P, P, PROT_READ);
  TOUCH("right to read", sink = a[P]);
  TOUCH("and not to write", a[P] = 1);
  mprotect(a, 4 * P, RW);
  TOUCH("all again", a[P] = 1);
  char *z = mmap(base + 20 * P, P, RW, MAP_PRIVATE | MAP_FIXED, open("/dev/zero", O_RDWR), 0);
  TOUCH("/dev/zero", z[5]++; line("its byte", "%d", z[5]));
  mmap(base + 30 * P, P, PROT_WRITE, ANON | MAP_FIXED, -1, 0);
  TOUCH("a page to write only can be read", sink = base[30 * P]);
  int fd2 = open("file4", O_RDWR | O_CREAT | O_TRUNC, 0600);
  write(fd2, "text", 4);
  char *gone = mmap(base + 40 * P, P, RW, MAP_SHARED | MAP_FIXED, fd2, 0);
  close(fd2);
  unlink("file4");
  TOUCH("a file without descriptor and name", line("its text", "%.4s", gone));
}

static void breaks(void) {
  start();
  char *now = (char *)syscall(SYS_brk, 0);
  IS(syscall(SYS_brk, 0) == (long)now);
  IS(syscall(SYS_brk, now + 3 * P) == (long)now + 3 * P);
  TOUCH("new memory", now[2 * P] = 5);
  line("zero", "%d", now[P]);
  IS(syscall(SYS_brk, now + 1) == (long)now + 1);
  TOUCH("given back", now[2 * P] = 5);
  IS(syscall(SYS_brk, now + 3 * P) == (long)now + 3 * P);
  TOUCH("zero again", line("its byte", "%d", now[2 * P]));
  IS(syscall(SYS_brk, 4096) == (long)now + 3 * P);
  IS(syscall(SYS_brk, 0xfffff000) == (long)now + 3 * P);
  char *above = (char *)(((long)now + 8 * P) & -P);
  mmap(above, P, RW, ANON | MAP_FIXED, -1, 0);
  IS(syscall(SYS_brk, above + 2 * P) == (long)now + 3 * P);
  IN_CHILD("RLIMIT_DATA", struct rlimit l = {0, 0}; setrlimit(RLIMIT_DATA, &l); _exit(syscall(SYS_brk, now + 4 * P) == (long)now + 3 * P));
  IN_CHILD("RLIMIT_AS", struct rlimit l = {1 << 20, 1 << 20}; setrlimit(RLIMIT_AS, &l); _exit((mmap(0, P, RW, ANON, -1, 0) == MAP_FAILED) | (errno == ENOMEM) << 1));
  IN_CHILD("RLIMIT_AS does not stop unmapping", struct rlimit l = {1 << 20, 1 << 20}; setrlimit(RLIMIT_AS, &l); _exit(munmap(base, P) == 0));
  IN_CHILD("RLIMIT_MEMLOCK of root", struct rlimit l = {0, 0}; setrlimit(RLIMIT_MEMLOCK, &l); _exit(mlock(now, P) == 0));
  IN_CHILD("RLIMIT_MEMLOCK of others", struct rlimit l = {0, 0}; setrlimit(RLIMIT_MEMLOCK, &l); setresuid(12321, 12321, 12321); _exit(mlock(now, P) == 0 ? 100 : errno));
  IN_CHILD("RLIMIT_MEMLOCK of others, one page", struct rlimit l = {P, P}; setrlimit(RLIMIT_MEMLOCK, &l); setresuid(12321, 12321, 12321); int first = mlock(base + P, P) == 0; _exit(first ? mlock(base + 2 * P, P) == 0 ? 101 : errno : 100));
  IN_CHILD("more memory than there can be", _exit(mmap(0, 0xf0000000, RW, ANON | MAP_NORESERVE, -1, 0) == MAP_FAILED ? errno : 100));
  /* grows down */
  char *stack = mmap(base + 100 * P, P, RW, ANON | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
  munmap(base + 50 * P, 50 * P);
  TOUCH("just below a mapping that grows", stack[-1] = 1);
  TOUCH("and again", stack[-P - 1] = 1);
  TOUCH("below one that does not", base[200 * P - 1] = 1);
}

int main(void) {
  begin();
  SECTION(arguments);
  SECTION(remapping);
  SECTION(contents);
  SECTION(breaks);
  return 0;
}
