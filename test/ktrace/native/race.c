/* Signals and single steps in the middle of redirections: nothing of the application is lost, nothing of its kernel. */
#include "ktrace.h"
#include <sys/time.h>
#include <sys/wait.h>

static const char script[] =
    "syscall:*:entry, fault:*, signal:* /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; restore(own); }\n"
    "syscall:resume:entry /mode == kernel/ { save(own); limit(0x6fffffff); mode = app; restore(frame); }\n";

void application(void), stepped(void);
__asm__(".text\n"
        "application: incl %esi\n addl $3, %edi\n movl $20, %eax\n int $0x80\n cmpl %esi, %eax\n jne 2f\n"
        "  pushl %esi\n popl %ebx\n cmpl %ebx, %esi\n je application\n"
        "2: movl $4242, %eax\n int $0x80\n"
        "stepped: nop\n incl %esi\n movl $20, %eax\n int $0x80\n incl %edi\n nop\n hlt\n");

static struct frame *frame, *own;
static char stack[8192];
static volatile int handled;

static void handler(int number) { handled++; }

static void start(void *at) {
  memset(frame, 0, sizeof *frame);
  __asm__ volatile("mov %%ds, %0\n mov %%cs, %1" : "=r"(frame->ds), "=r"(frame->cs));
  frame->es = frame->ss = frame->ds;
  frame->eip = (uint32_t)at, frame->esp = (uint32_t)stack + sizeof stack;
}

int main(void) {
  frame = shared(4096), own = (void *)((char *)frame + 256);
  const struct name names[] = {{"frame", FRAME, (uint32_t)frame, 0}, {"own", FRAME, (uint32_t)own, 0}};
  struct itimerval often = {{0, 37}, {0, 37}}, never = {{0, 0}, {0, 0}};
  int id = load(script, names, 2);
  attach(id, 0, KERNEL);
  signal(SIGALRM, handler);
  setitimer(ITIMER_REAL, &often, 0);
  start(application);
  int calls = 0, brought = 0, wrong = 0;
  volatile int work = 0;
  while (calls < 20000) {
    call(RESUME, 0, 0, 0, 0);
    if (frame->why == WHY_SIGNAL && frame->number == SIGALRM) {
      brought++;
      continue;
    }
    if (frame->why != WHY_SYSCALL || frame->number != 20) {
      wrong++;
      break;
    }
    calls++;
    if (frame->esi != calls || frame->edi != 3 * calls) wrong++;
    frame->eax = frame->esi;
    for (int n = 0; n < 10; n++) work += n;
  }
  setitimer(ITIMER_REAL, &never, 0);
  printf("calls %d wrong %d signals in the application %d in its kernel %d\n", calls, wrong, brought > 50, handled > 50);

  start(stepped);
  frame->eflags = 0x100;
  for (int n = 0; n < 8; n++) {
    call(RESUME, 0, 0, 0, 0);
    printf("why %u number %u at +%u, trap flag %d\n", frame->why, frame->number, frame->eip - (uint32_t)stepped,
           (frame->eflags & 0x100) != 0);
  }
  unsigned flags;
  __asm__ volatile("pushfl\n popl %0" : "=r"(flags));
  printf("its kernel is not stepped: %d\n", (flags & 0x100) == 0);

  /* What a kernel might leave in a frame: nothing of it reaches ring 0. */
  static const struct { const char *what; unsigned ds, eflags, eip; } bad[] = {
      {"data of ring 0", 0x68, 0, 0},
      {"the tss", 0x83, 0, 0},            {"i/o privilege and vm", 0, 0x23000, 0},
      {"beyond the limit", 0, 0, 0x70000000}, {"in the host", 0, 0, 0xc0002000},
  };
  for (int n = 0; n < sizeof bad / sizeof *bad; n++) {
    start(stepped);
    if (bad[n].ds) frame->ds = frame->es = bad[n].ds;
    if (bad[n].eip) frame->eip = bad[n].eip;
    frame->eflags = bad[n].eflags;
    call(RESUME, 0, 0, 0, 0);
    printf("%s: why %u number %u cs %x ss %x ds %x flags %x\n", bad[n].what, frame->why, frame->number, frame->cs & 3,
           frame->ss & 3, frame->ds == bad[n].ds ? frame->ds : 0, frame->eflags & 0x23000);
  }
  static const struct { const char *what; unsigned cs, ss; } fatal[] = {
      {"cs of ring 0", 0x60, 0}, {"cs of ring 1", 0x71, 0}, {"null cs", ~0u, 0}, {"ss of ring 0", 0, 0x68}, {"null ss", 0, ~0u},
  };
  for (int n = 0; n < sizeof fatal / sizeof *fatal; n++) {
    int child = fork(), status;
    if (child == 0) {
      attach(load(script, names, 2), 0, KERNEL);
      start(stepped);
      if (fatal[n].cs) frame->cs = fatal[n].cs == ~0u ? 0 : fatal[n].cs;
      if (fatal[n].ss) frame->ss = fatal[n].ss == ~0u ? 0 : fatal[n].ss;
      call(RESUME, 0, 0, 0, 0);
      _exit(0);
    }
    waitpid(child, &status, 0);
    printf("%s: ends with signal %d\n", fatal[n].what, status & 0x7f);
  }
  return 0;
}
