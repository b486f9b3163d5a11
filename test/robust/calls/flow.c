#include "calls.h"

/*
 * Makes one call with these words; where it made a child on a stack of its own the child begins at `child`.
 * long enter(const struct words *w)
 */
long enter(const struct words *w);
__asm__(".text\n.globl enter\nenter:\n"
        "pushl %ebp\n pushl %ebx\n pushl %esi\n pushl %edi\n"
        "movl 20(%esp), %edx\n"
        "movl (%edx), %eax\n movl 4(%edx), %ebx\n movl 8(%edx), %ecx\n movl 16(%edx), %esi\n movl 20(%edx), %edi\n"
        "movl 24(%edx), %ebp\n movl 12(%edx), %edx\n"
        "int $0x80\n"
        "popl %edi\n popl %esi\n popl %ebx\n popl %ebp\n ret\n");

enum { STACK = 16384, STACKS = 16, CHILD_CALLS = 12 };
static u8 stacks[STACKS][STACK] __attribute__((aligned(16)));
static u32 next_stack;

/* Where a child with a stack of its own goes on. */
static void child(void) {
  struct flow f;
  begin(&f, (u32)syscall(224), CHILD_CALLS);
  run(&f);
  for (;;) syscall(SYS_exit, 0);
}

/* The stack of a new thread or process: registers that `enter` takes off, and where it returns to. */
static u32 new_stack(void) {
  u32 *top = (u32 *)(stacks[next_stack++ % STACKS] + STACK - 64);
  top[0] = top[1] = top[2] = top[3] = 0;
  top[4] = (u32)child;
  return (u32)top;
}

static int faults;

/* A fault in the arena: somebody has taken it away. It comes back, and the flow goes on. */
void handler(int signal) {
  if (signal != SIGSEGV && signal != 7) return;
  if (++faults > 40) syscall(SYS_exit_group, 99);
  syscall(SYS_mmap2, ARENA, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | 0x10, -1, 0);
}

void begin(struct flow *f, u32 seed, int calls) {
  f->state = seed * 2654435761u | 1;
  f->left = calls;
  f->pid = syscall(SYS_getpid);
  f->parent = syscall(SYS_getppid);
  f->group = syscall(SYS_getpgrp);
}

void run(struct flow *f) {
  struct words w;
  u32 again = 0;
  while (f->left-- > 0) {
    if (again > 0) {
      again--;
      redraw(f, &w);
    } else {
      draw(f, &w);
      again = w.number < COUNT(harms) && harms[w.number] ? 0 : below(f, 14);
    }
    if (w.number == 120 && (w.args[0] & 0x100 || w.args[1])) w.args[1] = one_in(f, 12) ? w.args[1] : new_stack();
    if (w.number == 1 && one_in(f, 2)) w.number = 252;
    if ((f->left & 3) == 0) *(u32 *)(ARENA + (below(f, ARENA_SIZE) & ~3u)) = word(f);
    long result = enter(&w);
    bool forks = w.number == 2 || w.number == 120 || w.number == 190 || w.number == 435;
    if (!forks || result != 0) continue;
    /* A child in a copy of this flow: a short life of its own. */
    struct flow own;
    begin(&own, f->state + (u32)syscall(224), CHILD_CALLS);
    run(&own);
    for (;;) syscall(SYS_exit_group, 0);
  }
}
