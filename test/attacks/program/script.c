/* Attacks with the calls of nestlab itself: scripts, page tables, `resume`. Its kernels have them at every depth. */
#include "attack.h"

enum { TABLES = 509, KTRACE, RESUME };
enum { LOAD = 1, ATTACH, DETACH, UNLOAD, READ };
enum { TO_PROCESS = 1, TO_CHILDREN = 2, IN_KERNEL = 4 };
enum { FRAME = 1, ENTRY, WORD };
enum { CREATE = 1, CALL, SWITCH, DROP };
enum { EIP = 12, CS, EFLAGS, ESP, SS, WHY, NUMBER };

struct name { char name[20]; u32 kind, address, registers; };
static char mistake[512];
static const struct name nothing = {"n", WORD, 4};
static int load(const char *text, const struct name *names, u32 count) {
  u32 l[6] = {(u32)text, strlen(text), (u32)names, count, (u32)mistake, sizeof mistake};
  return syscall(KTRACE, LOAD, l);
}
/* Shared memory of this program, where save areas may lie. */
static u32 *shared_page(void) { return mapped((void *)0x33000000, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0); }
/* After a change of user nobody may look into a process that does not say so. */
static void be_seen(void) { syscall(172, 4, 1); }
static u32 got;
static void peek(u32 at) { got = *(volatile u32 *)at; }
static int reachable(void) {
  int count = 0;
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) count += attempt(peek, unmapped[t]).signal == 0;
  return count;
}

/* Save areas and words that name memory of others, or none. */
void attack_foreign(void) {
  u32 *shared = shared_page(), own = (u32)memory((void *)0x34000000, PAGE);
  u32 reading = (u32)mapped((void *)0x35000000, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  const struct { const char *what; u32 address; } places[] = {
    {"its own", (u32)shared}, {"private", own}, {"read only", reading}, {"not mapped", 0x20000000}, {"odd", (u32)shared + 2}, {"across the page", (u32)shared + PAGE - 8}, {"its code", (u32)attack_foreign & ~3},
  };
  static const u32 kinds[] = {FRAME, WORD};
  for (u32 n = 0; n < COUNT(places); n++) {
    struct name names[] = {{"f", FRAME, places[n].address}, {"w", WORD, places[n].address}};
    int frame = load("syscall:getppid:entry { save(f); }", names, 1), word = load("syscall:getppid:entry /w == 7/ { @ = count(); }", names + 1, 1);
    tell("%s: %s %s\n", places[n].what, frame > 0 ? "taken" : frame == -EFAULT ? "EFAULT" : frame == -EINVAL ? "EINVAL" : "refused", word > 0 ? "taken" : word == -EFAULT ? "EFAULT" : word == -EINVAL ? "EINVAL" : "refused");
  }
  int taken = 0;
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) for (u32 k = 0; k < COUNT(kinds); k++) {
    struct name name = {"f", kinds[k], unmapped[t]};
    taken += load(k ? "syscall:getppid:entry /f == 7/ { @ = count(); }" : "syscall:getppid:entry { save(f); }", &name, 1) >= 0;
  }
  tell("above the end: %d taken\n", taken);
  /* The structure itself, its text, its names, its room for a mistake. */
  int refused = 0;
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) for (int word = 0; word < 4; word++) {
    u32 l[6] = {(u32)"tick { @ = count(); }", 21, (u32)&nothing, 1, (u32)mistake, 512};
    l[word == 0 ? 0 : word == 1 ? 2 : 4] = unmapped[t];
    refused += syscall(KTRACE, LOAD, word == 3 ? (u32 *)unmapped[t] : l) == -EFAULT;
  }
  tell("told there: %d refused\n", refused);
}

extern void resume_now(u32);
__asm__(".globl resume_now\nresume_now: movl $511, %eax; int $0x80; ret\n");
/* Scripts that change registers to what no program may have. */
void attack_forged(void) {
  static const struct { const char *name; u32 field, value; } words_set[] = {
    {"as it was", 0, 0}, {"cs of ring 0", CS, 0x60}, {"cs of ring 1", CS, 0x61}, {"ss of ring 1", SS, 0x69}, {"ss null", SS, 0}, {"cs that is data", CS, 0x7b}, {"cs beyond", CS, 0xfffb}, {"flags", EFLAGS, 0xffffffffu & ~TF},
    {"eip 70000000", EIP, 0x70000000}, {"eip b8001000", EIP, 0xb8001000u}, {"eip c0000000", EIP, 0xc0000000u}, {"esp 70000000", ESP, 0x70000000}, {"ds of ring 1", 7, 0x69}, {"gs beyond", 10, 0xfffb}, {"number", 11, 1},
  };
  for (u32 n = 0; n < COUNT(words_set); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      u32 *f = shared_page();
      struct name name = {"f", FRAME, (u32)f};
      int s = load("syscall:getppid:entry /mode == app/ { save(f); mode = kernel; } syscall:resume:entry /mode == kernel/ { mode = app; restore(f); }", &name, 1);
      if (s < 0 || syscall(KTRACE, ATTACH, s, 0, 0) < 0) exit(1);
      getppid();
      /* Going on at `landing`, whose way is flat; mode is kernel now. */
      f[EIP] = (u32)landing;
      if (words_set[n].field) f[words_set[n].field] = words_set[n].value;
      landed_cs = 0;
      struct outcome o = attempt(resume_now, 0);
      tell("%s: %s, IOPL %x VM %x\n", words_set[n].name, words(&o), landed_flags & IOPL, landed_flags & VM);
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if (status) show_status(words_set[n].name, status), flush();
  }
}
/* `resume` where no script is, with every number that another script might know. */
void attack_resumes(void) {
  int other = 0;
  for (u32 n = 0; n < 64; n++) other += syscall(RESUME, n, unmapped[n % UNMAPPED_COUNT], n, n, n, n) != -EINVAL;
  tell("%d went elsewhere, pid %s, %d reached\n", other, getpid() > 1 ? "its own" : "ANOTHER", reachable());
}

/* Scripts and threads of others, by number. */
void attack_detaches(void) {
  int done = 0;
  static char buffer[256];
  const int tids[] = {0, 1, 2, getppid(), victim, getpid()};
  for (int s = -2; s < 70; s++) {
    for (u32 n = 0; n < COUNT(tids); n++) {
      done += syscall(KTRACE, DETACH, s, tids[n]) >= 0;
      for (u32 flags = 0; flags < 8; flags++) done += syscall(KTRACE, ATTACH, s, tids[n], flags) >= 0;
    }
    done += syscall(KTRACE, UNLOAD, s) >= 0;
    done += syscall(KTRACE, READ, s, buffer, sizeof buffer) >= 0;
  }
  for (u32 op = 7; op < 200; op++) done += syscall(KTRACE, op, 1, 1, 1) != -EINVAL;
  tell("%d done, pid %s\n", done, getpid() > 1 ? "its own" : "ANOTHER");
}

/* Scripts on threads of other processes: only where ptrace could, and none that leads elsewhere. */
void attack_watchers(void) {
  u32 *f = shared_page();
  struct name name = {"f", FRAME, (u32)f};
  int counts = load("syscall:getppid:entry { @ = count(); }", 0, 0), turns = load("syscall:getppid:entry { save(f); return(7); }", &name, 1), status;
  int leads = load("syscall:getpid:entry { restore(f); }", &name, 1);
  /* A child of its own is its to watch: but what changes the run stays in one's own memory. */
  int go[2];
  char c = 0;
  pipe(go);
  be_seen();
  int pid = fork();
  if (pid == 0) { read(go[0], &c, 1); exit(getppid() == 7 ? 7 : 0); }
  const int pids[] = {1, victim, getppid(), pid};
  static const char *const whose[] = {"init", "victim", "parent", "child"};
  for (u32 n = 0; n < COUNT(pids); n++) {
    int a = syscall(KTRACE, ATTACH, counts, pids[n], 0), b = syscall(KTRACE, ATTACH, turns, pids[n], 0), c = syscall(KTRACE, ATTACH, leads, pids[n], 0);
    tell("%s: %s %s %s\n", whose[n], a < 0 ? "refused" : "watched", b < 0 ? "refused" : "answered for", c < 0 ? "refused" : "LED ELSEWHERE");
  }
  write(go[1], &c, 1);
  wait4(pid, &status, 0, 0);
  show_status("child", status);
  flush();
}

/* A script that outlives its owner: the one watched goes on as if it had never been. */
void attack_outlive(void) {
  int go[2], ready[2], status;
  char c = 0;
  pipe(go), pipe(ready);
  be_seen();
  int watched = fork();
  if (watched == 0) {
    int sum = 0;
    for (int n = 0; n < 3; n++) {
      read(go[0], &c, 1);
      for (int k = 0; k < 5; k++) sum += getppid() > 0;
      write(ready[1], &c, 1);
    }
    exit(sum);
  }
  for (int n = 0; n < 3; n++) {
    int owner = fork();
    if (owner == 0) {
      int s = load("syscall:getppid:entry { @[number] = count(); }", 0, 0);
      if (s < 0) exit(1);
      int r = syscall(KTRACE, ATTACH, s, watched, n == 2 ? TO_PROCESS | TO_CHILDREN : 0);
      if (n == 1) execve("/proc/self/exe", (char *[]){"attack", "after", "15", 0}, 0);
      exit(r < 0 ? 2 : 0);
    }
    wait4(owner, &status, 0, 0);
    if (n != 1) tell("owner ended with %x\n", status);
    write(go[1], &c, 1);
    read(ready[0], &c, 1);
  }
  wait4(watched, &status, 0, 0);
  show_status("watched", status);
  flush();
}

/* Limits of its own script: no further than the limit of the kernel that it runs on. */
void attack_unlimited(void) {
  static const char *const scripts[] = {
    "syscall:getppid:entry { limit(0xffffffff); }", "syscall:getppid:entry { limit(0xbfffffff); }", "syscall:getppid:entry { limit(0x70000fff); }", "syscall:getppid:entry { limit(w); }", "fault:* { limit(0xffffffff); }", "signal:* { limit(0xffffffff); }",
  };
  u32 *w = shared_page();
  *w = 0xffffffffu;
  struct name name = {"w", WORD, (u32)w};
  for (u32 n = 0; n < COUNT(scripts); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      int s = load(scripts[n], &name, 1);
      tell("%s", s > 0 ? "loaded" : s == -EINVAL ? "refused" : "other");
      if (s > 0) syscall(KTRACE, ATTACH, s, 0, 0);
      getppid();
      tell(", %d reached\n", reachable());
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if (status) show_status("", status), flush();
  }
}

/* The other verbs that change where a thread is: rings and page tables. */
void attack_verbs(void) {
  static const char *const scripts[] = {
    "syscall:getppid:entry { ring(0); }", "syscall:getppid:entry { ring(1); }", "syscall:getppid:entry { ring(2); }", "syscall:getppid:entry { ring(3); }", "syscall:getppid:entry { pagetable(0); }", "syscall:getppid:entry { pagetable(1); }",
    "syscall:getppid:entry { mode = kernel; }", "syscall:resume:entry { mode = app; }",
  };
  for (u32 n = 0; n < COUNT(scripts); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      int s = load(scripts[n], 0, 0);
      if (s > 0) syscall(KTRACE, ATTACH, s, 0, IN_KERNEL * (n & 1));
      getppid();
      u16 cs;
      __asm__ volatile("movw %%cs, %0" : "=r"(cs));
      tell("%s, ring %d, %d reached\n", s > 0 ? "loaded" : "refused", cs & 3, reachable());
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if (status) show_status(scripts[n], status), flush();
  }
}

/* A script that never lets its thread run: the kernel is there for others, and ends it when it is asked. */
void attack_endless(void) {
  static const char *const scripts[] = {"fault:*, signal:* { goto(e); }", "syscall:*:entry { save(f); restore(f); } fault:* { restore(f); }"};
  for (u32 n = 0; n < COUNT(scripts); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      u32 *f = shared_page();
      struct name names[] = {{"e", ENTRY, 0x1000}, {"f", FRAME, (u32)f}};
      int s = load(scripts[n], names, 2);
      syscall(KTRACE, ATTACH, s, 0, 0);
      getpid();
      if (n == 0) *(volatile int *)0;
      for (;;) getpid();
    }
    for (int k = 0; k < 20; k++) syscall(158);
    kill(pid, SIGKILL);
    wait4(pid, &status, 0, 0);
    show_status("endless", status);
    flush();
  }
  int most = 0;
  while (most < 1000 && load("tick { @ = count(); }", 0, 0) > 0) most++;
  tell("%s\n", most < 1000 ? "no more scripts" : "WITHOUT END");
}

/* Page tables: of the guest kernel's range, of other numbers, with calls that map there. */
void attack_tables(void) {
  static const u32 ranges[][2] = {{0x70000000, 0xb8000000u}, {0x70000000, 0x70001000}, {0x6f000000, 0xb8000000u}, {0, 0xc0000000u}, {0xb7ffe000u, 0xb8001000u}, {0xc0000000u, 0xffff0000u}, {0x70000000, 0}};
  int reached = 0, maps = 0;
  for (u32 n = 0; n < COUNT(ranges); n++) {
    int table = syscall(TABLES, CREATE, ranges[n][0], ranges[n][1]);
    if (table < 0) continue;
    for (u32 t = 0; t < UNMAPPED_COUNT; t++) {
      /* A frame in a table that is not one's own; then the way there. */
      u32 call[] = {SYS_mprotect, unmapped[t], PAGE, 7, 0, 0, 0};
      maps += syscall(TABLES, CALL, table, call) >= 0;
    }
    syscall(TABLES, DROP, table);
  }
  reached += reachable();
  int done = 0;
  for (int table = -2; table < 40; table++) {
    /* Table 0 is where this program is. */
    if (table != 0) done += syscall(TABLES, SWITCH, table) >= 0;
    done += syscall(TABLES, DROP, table) >= 0;
  }
  for (u32 op = 5; op < 100; op++) done += syscall(TABLES, op, 0, 0, 0) != -EINVAL;
  tell("%d changed, %d done, %d reached\n", maps, done, reached + reachable());
}

/* A table of its own with its program in it: there is no more in it than in the first. */
void attack_views(void) {
  int table = syscall(TABLES, CREATE, 0, 0), status = 0;
  u32 fd = syscall(SYS_memfd_create, "x", 0);
  syscall(SYS_ftruncate, fd, PAGE);
  u32 *page = mapped((void *)0x31000000, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
  page[0] = 0x1234;
  u32 call[] = {SYS_mmap2, 0x32000000, PAGE, 7, MAP_SHARED | MAP_FIXED, fd, 0};
  int mapped_there = syscall(TABLES, CALL, table, call);
  tell("made %s, mapped %s, here %s\n", table > 0 ? "one" : "none", mapped_there == 0x32000000 ? "there" : "not", attempt(peek, 0x32000000).signal ? "not" : "TOO");
  int pid = fork();
  if (pid == 0) {
    /* Nothing of this program is there: the next instruction is none. */
    syscall(TABLES, SWITCH, table);
    exit(0);
  }
  wait4(pid, &status, 0, 0);
  show_status("in a table without a program", status);
  pid = fork();
  if (pid == 0) {
    u32 *f = shared_page();
    struct name name = {"f", FRAME, (u32)f};
    syscall(TABLES, CREATE, 0, 0);
    int s = load("syscall:getppid:entry { pagetable(1); } syscall:getpid:entry { pagetable(99); }", &name, 1);
    syscall(KTRACE, ATTACH, s, 0, 0);
    getpid();
    exit(s < 0 ? 1 : 0);
  }
  wait4(pid, &status, 0, 0);
  show_status("a table that is not there", status);
  flush();
}
