/* Several page tables: an application that lives in one without its kernel; N null calls with two switches each. */
#define _GNU_SOURCE
#include "../../ktrace/native/ktrace.h"
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { PAGETABLES = 509, CREATE = 1, CALL, SWITCH, DROP };
#define IS(text, value) printf("%s: %d\n", text, (int)(value))

static int tables(int op, int a, int b) { return call(PAGETABLES, op, a, b, 0); }

static int in(int table, int number, int a, int b, int c, int d, int e, int f) {
  int words[7] = {number, a, b, c, d, e, f};
  return tables(CALL, table, (int)words);
}

void application(void), application_end(void), reader(void);
__asm__(".text\napplication: movl $20, %eax\n int $0x80\n jmp application\n"
        "reader: movl (%ebx), %eax\n int $0x80\napplication_end:\n");

static struct frame *frame, *own;

static void start(int eip, int ebx) {
  memset(frame, 0, sizeof *frame);
  __asm__ volatile("mov %%ds, %0\n mov %%cs, %1" : "=r"(frame->ds), "=r"(frame->cs));
  frame->es = frame->ss = frame->ds;
  frame->eip = eip, frame->ebx = ebx, frame->esp = 0x10002000;
}

static void rules(int file) {
  static int private[2048] __attribute__((aligned(4096)));
  private[0] = 1;
  IS("operation 0", tables(0, 0, 0));
  IS("switch before there is any", tables(SWITCH, 0, 0));
  IS("not aligned", tables(CREATE, 1, 4096));
  IS("backwards", tables(CREATE, 8192, 4096));
  IS("beyond the top", tables(CREATE, 0, 0xc0001000));
  IS("private memory", tables(CREATE, (int)private, (int)private + 4096));
  int one = tables(CREATE, 0, 0);
  IS("an empty table", one);
  IS("no such table", tables(SWITCH, 99, 0));
  IS("drop the first", tables(DROP, 0, 0));
  IS("drop none", tables(DROP, 99, 0));
  IS("call nowhere", tables(CALL, one, 16));
  IS("call that is not about memory", in(one, SYS_getpid, 0, 0, 0, 0, 0, 0));
  IS("call in none", in(99, SYS_munmap, 0, 4096, 0, 0, 0, 0));
  IS("map", in(one, SYS_mmap2, 0x20000000, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 2) == 0x20000000);
  IS("map what is wrong", in(one, SYS_mmap2, 0x20000000, 0, 0, 0, 0, 0));
  IS("it is not here", syscall(SYS_mprotect, 0x20000000, 4096, PROT_READ) < 0 && errno == ENOMEM);
  IS("it is there", in(one, SYS_mprotect, 0x20000000, 4096, PROT_READ, 0, 0, 0));
  int two = tables(CREATE, (int)frame & ~4095, ((int)frame & ~4095) + 4096);
  IS("a table with a shared page", two);
  IS("that is there", in(two, SYS_mprotect, (int)frame & ~4095, 4096, 3, 0, 0, 0));
  int child = fork(), status;
  if (child == 0) _exit(tables(SWITCH, 0, 0) == -EINVAL);
  waitpid(child, &status, 0);
  IS("a child has no tables but its own", status >> 8);
  child = fork();
  if (child == 0) {
    int mine = tables(CREATE, 0, 0);
    execl("/proc/self/exe", "self", "executed", (char *)0);
  }
  waitpid(child, &status, 0);
  IS("none after exec", status >> 8);
  IS("drop", tables(DROP, one, 0));
  IS("drop again", tables(DROP, one, 0));
  IS("call in what is dropped", in(one, SYS_munmap, 0, 4096, 0, 0, 0, 0));
  tables(DROP, two, 0);
  int count = 0, last = 0;
  while (count < 2000 && (last = tables(CREATE, 0, 0)) > 0) count++;
  IS("as many as there may be", last == -EAGAIN ? count : last);
  for (int n = 1; n < 2000; n++) tables(DROP, n, 0);
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "executed")) return tables(SWITCH, 0, 0) == -EINVAL;
  setvbuf(stdout, 0, _IONBF, 0);
  int file = syscall(SYS_memfd_create, "memory", 0);
  ftruncate(file, 16384);
  char *memory = mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  memcpy(memory, application, (char *)application_end - (char *)application);
  frame = shared(4096), own = (void *)((char *)frame + 256);
  uint32_t *table = (uint32_t *)((char *)frame + 512);
  if (argc < 2) rules(file);
  int app = tables(CREATE, 0, 0);
  in(app, SYS_mmap2, 0x10000000, 4096, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, file, 0);
  in(app, SYS_mmap2, 0x10001000, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 1);
  const struct name names[] = {{"frame", FRAME, (uint32_t)frame, 0}, {"own", FRAME, (uint32_t)own, 0},
                               {"table", WORD, (uint32_t)table, 0}};
  int id = load("syscall:*:entry, fault:*, signal:* /mode == app/ { save(frame); pagetable(0); mode = kernel; restore(own); }\n"
                "syscall:resume:entry /mode == kernel/ { save(own); pagetable(table); mode = app; restore(frame); }\n",
                names, 3);
  if (id < 0) puts(mistake);
  attach(id, 0, KERNEL);
  *table = app;
  start(0x10000000, 0);
  int answered = 0;
  for (int n = argc > 1 ? atoi(argv[1]) : 3; n > 0; n--) {
    call(RESUME, 0, 0, 0, 0);
    answered += frame->why == WHY_SYSCALL && frame->number == 20;
  }
  IS("answered", answered);
  if (argc > 1) return 0;
  static uint32_t secret = 0x5ec4e7;
  int offset = (char *)reader - (char *)application;
  start(0x10000000 + offset, 0x10000000);
  call(RESUME, 0, 0, 0, 0);
  IS("reads its own", frame->why == WHY_SYSCALL);
  uint32_t targets[] = {(uint32_t)&secret, (uint32_t)frame, (uint32_t)memory, (uint32_t)&targets};
  for (int n = 0; n < 4; n++) {
    start(0x10000000 + offset, targets[n]);
    call(RESUME, 0, 0, 0, 0);
    printf("reads its kernel's: why %u number %u error %x %s\n", frame->why, frame->number, frame->error,
           frame->address == targets[n] ? "there" : "elsewhere");
  }
  ftruncate(file, 0);
  ftruncate(file, 16384);
  start(0x10000000 + offset, 0x10000000);
  call(RESUME, 0, 0, 0, 0);
  IS("a page that was cut off is gone there too", frame->why == WHY_FAULT);
  int child = fork(), status;
  if (child == 0) {
    tables(CREATE, 0, 0);
    attach(load("syscall:resume:entry { pagetable(table); }", names + 2, 1), 0, KERNEL);
    *table = 99;
    _exit(call(RESUME, 0, 0, 0, 0));
  }
  waitpid(child, &status, 0);
  IS("a table that is not there: signal", status & 0x7f);
  child = fork();
  if (child == 0) _exit(-load("tick { pagetable(1); }", 0, 0));
  waitpid(child, &status, 0);
  IS("a process with one table", status >> 8);
  return 0;
}
