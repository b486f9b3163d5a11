/* What ktrace(2) allows and refuses, and how long a script lives. */
#define _GNU_SOURCE
#include "ktrace.h"
#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static struct frame *frame;
static int *word;

#define IS(text, value) printf("%s: %d\n", text, (int)(value))

static int one(const char *name, int kind, void *address, uint32_t registers) {
  struct name it = {"", kind, (uint32_t)address, registers};
  strcpy(it.name, name);
  return load("tick { }", &it, 1);
}

static void loading(void) {
  static char private[8192] __attribute__((aligned(4096)));
  char *mine = shared(8192);
  char *half = mmap(0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct load bad = {"tick { }", 8, 0, 0, (char *)16, 100};
  IS("operation 0", call(KTRACE, 0, 0, 0, 0));
  IS("operation 7", call(KTRACE, 7, 0, 0, 0));
  IS("load from nowhere", call(KTRACE, LOAD, 16, 0, 0));
  IS("text nowhere", call(KTRACE, LOAD, (int)&(struct load){(char *)16, 9, 0, 0, 0, 0}, 0, 0));
  IS("error nowhere", call(KTRACE, LOAD, (int)&bad, 0, 0));
  IS("too long", call(KTRACE, LOAD, (int)&(struct load){"", 65537, 0, 0, 0, 0}, 0, 0));
  IS("too many names", call(KTRACE, LOAD, (int)&(struct load){"", 0, 0, 33, 0, 0}, 0, 0));
  IS("wrong", load("tick { @[pidd] = count(); }", 0, 0));
  puts(mistake);
  struct load tight = {"tick {", 6, 0, 0, mistake, 8};
  IS("wrong, little room", call(KTRACE, LOAD, (int)&tight, 0, 0));
  puts(mistake);
  IS("frame", one("f", FRAME, mine, 0) > 0);
  IS("frame in private memory", one("f", FRAME, private, 0));
  IS("frame nowhere", one("f", FRAME, (void *)0x10, 0));
  IS("frame of the kernel below", one("f", FRAME, (void *)0xc0000000, 0));
  IS("frame that cannot be written", one("f", FRAME, half, 0));
  IS("frame across pages", one("f", FRAME, mine + 4096 - 92, 0));
  IS("frame not aligned", one("f", FRAME, mine + 2, 0));
  IS("entry", one("e", ENTRY, (void *)0x1000, 0) > 0);
  IS("entry with registers in private memory", one("e", ENTRY, 0, (uint32_t)private));
  IS("word", one("w", WORD, mine + 4092, 0) > 0);
  IS("name that is none", one("1w", WORD, mine, 0));
  IS("empty name", one("", WORD, mine, 0));
  IS("kind 4", one("w", 4, mine, 0));
  const struct name twice[] = {{"w", WORD, (uint32_t)mine, 0}, {"w", WORD, (uint32_t)mine, 0}};
  IS("the same name twice", load("tick { }", twice, 2));
  IS("pagetable", load("tick { pagetable(1); }", 0, 0));
  puts(strrchr(mistake, '\n') + 1);
  int last = 0, count = 0;
  while (count < 100 && (last = load("tick { }", 0, 0)) > 0) count++;
  IS("as many as there may be", last == -EAGAIN && count < 64);
  for (int n = 1; n <= 64; n++) call(KTRACE, UNLOAD, n, 0, 0);
  IS("unload again", call(KTRACE, UNLOAD, 1, 0, 0));
}

static void attaching(void) {
  int id = load("syscall:getppid:entry { @[pid > 0] = count(); return(4711); }", 0, 0);
  IS("attach what is not there", attach(id + 1, 0, 0));
  IS("attach with flag 8", attach(id, 0, 8));
  IS("attach to nobody", attach(id, 31000, 0));
  IS("detach before", call(KTRACE, DETACH, id, 0, 0));
  IS("attach", attach(id, 0, 0));
  IS("getppid is", getppid());
  IS("detach", call(KTRACE, DETACH, id, 0, 0));
  IS("getppid is again", getppid() != 4711);
  char text[256] = "";
  IS("read", call(KTRACE, READ, id, (int)text, sizeof text));
  puts(text);
  IS("read into nowhere", call(KTRACE, READ, id, 16, 10));
  IS("attach anew", attach(id, 0, 0));
  int child = fork();
  if (child == 0) _exit(getppid() == 4711);
  int status;
  waitpid(child, &status, 0);
  IS("a child is not watched", status);
  IS("unload", call(KTRACE, UNLOAD, id, 0, 0));
  IS("getppid after unload", getppid() != 4711);
}

static void *thread(void *unused) { return (void *)getppid(); }

static void inheriting(void) {
  pthread_t it;
  void *seen;
  int id = load("syscall:getppid:entry { return(11); }", 0, 0);
  attach(id, 0, 0);
  pthread_create(&it, 0, thread, 0);
  pthread_join(it, &seen);
  IS("a new thread without PROCESS", (int)seen == 11);
  call(KTRACE, DETACH, id, 0, 0);
  attach(id, 0, PROCESS | CHILDREN);
  pthread_create(&it, 0, thread, 0);
  pthread_join(it, &seen);
  IS("a new thread with PROCESS", (int)seen == 11);
  int child = fork(), status;
  if (child == 0) _exit(getppid() == 11);
  waitpid(child, &status, 0);
  IS("a child of a script that changes", status);
  call(KTRACE, UNLOAD, id, 0, 0);
  id = load("syscall:getppid:entry { @ = count(); }", 0, 0);
  attach(id, 0, CHILDREN);
  child = fork();
  if (child == 0) getppid(), getppid(), _exit(0);
  waitpid(child, &status, 0);
  char text[256] = "";
  call(KTRACE, READ, id, (int)text, sizeof text);
  puts(text);
  call(KTRACE, UNLOAD, id, 0, 0);
}

static void others(void) {
  int id = load("syscall:getppid:entry { return(12); }", 0, 0), status;
  int lead = load("syscall:getppid:entry { restore(f); }", &(struct name){"f", FRAME, (uint32_t)frame, 0}, 1);
  *word = 0;
  int child = fork();
  if (child == 0) {
    while (!*word) usleep(1000);
    _exit(getppid() == 12);
  }
  IS("lead a process into memory that it has not", attach(lead, child, 0));
  IS("change a process that one may trace", attach(id, child, 0));
  *word = 1;
  waitpid(child, &status, 0);
  IS("changed", status >> 8);
  call(KTRACE, UNLOAD, lead, 0, 0);
  /* The owner ends: its script goes. */
  *word = 0;
  child = fork();
  if (child == 0) {
    int owner = fork();
    if (owner == 0) {
      int own = load("syscall:getuid32:entry { return(13); }", 0, 0);
      attach(own, getppid(), 0);
      *word = 1;
      while (*word == 1) usleep(1000);
      _exit(0);
    }
    while (!*word) usleep(1000);
    int during = getuid();
    *word = 2;
    waitpid(owner, 0, 0);
    _exit(during == 13 ? getuid() == 13 : 99);
  }
  waitpid(child, &status, 0);
  IS("after the owner's end", status >> 8);
  /* Another user: as ptrace(2). */
  child = fork();
  if (child == 0) {
    setresgid(1000, 1000, 1000), setresuid(1000, 1000, 1000);
    int own = load("tick { }", 0, 0);
    _exit(-attach(own, getppid(), 0));
  }
  waitpid(child, &status, 0);
  IS("another user's process", status >> 8);
  call(KTRACE, UNLOAD, id, 0, 0);
}

static void executing(const char *self) {
  int child = fork(), status;
  if (child == 0) {
    int id = load("syscall:getppid:entry { return(14); }", 0, 0);
    attach(id, 0, 0);
    execl(self, self, "executed", (char *)0);
  }
  waitpid(child, &status, 0);
  IS("a script that changes, after exec", status >> 8);
  *word = 0;
  child = fork();
  if (child == 0) {
    while (!*word) usleep(1000);
    execl(self, self, "executed", (char *)0);
  }
  int id = load("syscall:getppid:entry { @[comm] = count(); }", 0, 0);
  attach(id, child, 0);
  *word = 1;
  waitpid(child, &status, 0);
  char text[256] = "";
  call(KTRACE, READ, id, (int)text, sizeof text);
  puts(text);
}

static void ordering(void) {
  int first = load("syscall:getppid:entry { return(1); }", 0, 0);
  int second = load("syscall:getppid:entry { return(2); @ = count(); }", 0, 0);
  attach(second, 0, 0);
  attach(first, 0, 0);
  IS("the one attached first decides", getppid());
  call(KTRACE, DETACH, second, 0, 0);
  IS("then the other", getppid());
  call(KTRACE, UNLOAD, first, 0, 0);
  int word_script = load("syscall:getppid:entry /w > 5/ { return(w + 1); }",
                         &(struct name){"w", WORD, (uint32_t)word, 0}, 1);
  attach(word_script, 0, 0);
  *word = 5;
  IS("word 5", getppid() == 6);
  *word = 41;
  IS("word 41", getppid());
  munmap((void *)((uint32_t)word & ~4095), 4096);
  IS("word unmapped", getppid());
  call(KTRACE, UNLOAD, word_script, 0, 0);
  int sends = load("syscall:getppid:return { signal(SIGUSR1); return(-7); }", 0, 0);
  signal(SIGUSR1, SIG_IGN);
  attach(sends, 0, 0);
  IS("raw result", call(64, 0, 0, 0, 0));
  call(KTRACE, UNLOAD, sends, 0, 0);
}

int main(int argc, char **argv) {
  if (argc > 1) return getppid() == 14;
  setvbuf(stdout, 0, _IONBF, 0);
  word = shared(4096);
  frame = (struct frame *)(word + 64);
  loading();
  attaching();
  inheriting();
  others();
  executing(argv[0]);
  ordering();
  return 0;
}
