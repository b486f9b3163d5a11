/* A kernel and its application in one process: a script brings the application's traps to the kernel. */
#include "ktrace.h"
#include <sys/time.h>

static const char script[] =
    "syscall:*:entry /mode == app/ { save(frame); mode = kernel; restore(own); }\n"
    "fault:*         /mode == app/ { save(frame); mode = kernel; restore(own); }\n"
    "signal:*        /mode == app/ { save(frame); mode = kernel; restore(own); }\n"
    "syscall:resume:entry /mode == kernel/ { save(own); mode = app; restore(frame); }\n";

void application(void);
__asm__(".text\napplication:\n"
        "  movl $20, %eax\n  movl $123, %ebx\n  int $0x80\n" /* getpid, answered with 777 */
        "  movl %eax, %ebx\n  movl $4242, %eax\n  int $0x80\n"
        "  movl 0x10, %eax\n"
        "  movl $5, 0x14\n"
        "  ud2\n"
        "  hlt\n"
        "  xorl %ecx, %ecx\n  divl %ecx\n"
        "  int3\n"
        "1: jmp 1b\n");

int main(void) {
  struct frame *frame = shared(4096);
  struct frame *own = (void *)((char *)frame + 256);
  static char stack[4096];
  const struct name names[] = {{"frame", FRAME, (uint32_t)frame, 0}, {"own", FRAME, (uint32_t)own, 0}};
  struct sigaction on = {.sa_handler = SIG_DFL};
  int id = load(script, names, 2);
  printf("load %d %s\n", id, mistake);
  printf("attach %d\n", attach(id, 0, KERNEL));
  printf("attach again %d\n", attach(id, 0, KERNEL));
  on.sa_handler = (void (*)(int))1000;
  sigaction(SIGALRM, &on, 0);
  __asm__ volatile("mov %%ds, %0" : "=r"(frame->ds));
  frame->es = frame->ss = frame->ds;
  __asm__ volatile("mov %%cs, %0" : "=r"(frame->cs));
  frame->eip = (uint32_t)application;
  frame->esp = (uint32_t)stack + sizeof stack;
  frame->ebp = 0xb0b;
  for (int n = 0; n < 9; n++) {
    if (n == 8) {
      struct itimerval soon = {{0, 0}, {0, 5000}};
      setitimer(ITIMER_REAL, &soon, 0);
    }
    call(RESUME, 0, 0, 0, 0);
    printf("why %d number %u error %x address %x mode %d eip +%u eax %d ebx %u ebp %x\n", frame->why, frame->number,
           frame->error, frame->why == WHY_FAULT && frame->number != 14 ? 0 : frame->address, frame->mode,
           frame->eip - (uint32_t)application, frame->why == WHY_SYSCALL ? (int)frame->eax : 0, frame->ebx, frame->ebp);
    if (frame->why == WHY_SYSCALL) frame->eax = 777;
    else if (frame->why == WHY_FAULT) {
      static const unsigned char lengths[] = {5, 10, 2, 1, 2, 0};
      static int fault;
      frame->eip += lengths[fault++];
    }
  }
  printf("own kernel still makes calls: %d\n", getpid() > 0);
  printf("unload %d\n", call(KTRACE, UNLOAD, id, 0, 0));
  printf("resume without script %d\n", call(RESUME, 0, 0, 0, 0));
  return 0;
}
