/* N null calls of an application whose kernel lies beside it; with a limit where the second argument is "limit". */
#include "ktrace.h"

void application(void);
__asm__(".text\napplication: movl $20, %eax\n int $0x80\n jmp application\n");

int main(int argc, char **argv) {
  int limited = argc > 2 && !strcmp(argv[2], "limit");
  static char stack[4096], text[1024];
  struct frame *frame = shared(4096), *own = (void *)((char *)frame + 256);
  const struct name names[] = {{"frame", FRAME, (uint32_t)frame, 0}, {"own", FRAME, (uint32_t)own, 0}};
  sprintf(text,
          "syscall:*:entry, fault:*, signal:* /mode == app/ { save(frame); %s mode = kernel; restore(own); }\n"
          "syscall:resume:entry /mode == kernel/ { save(own); %s mode = app; restore(frame); }\n",
          limited ? "limit(0xbfffffff);" : "", limited ? "limit(0x6fffffff);" : "");
  int id = load(text, names, 2);
  if (id < 0) printf("%s\n", mistake);
  attach(id, 0, KERNEL);
  __asm__ volatile("mov %%ds, %0\n mov %%cs, %1" : "=r"(frame->ds), "=r"(frame->cs));
  frame->es = frame->ss = frame->ds;
  frame->eip = (uint32_t)application;
  frame->esp = (uint32_t)stack + sizeof stack;
  int answered = 0;
  for (int n = atoi(argv[1]); n > 0; n--) {
    call(RESUME, 0, 0, 0, 0);
    answered += frame->why == WHY_SYSCALL && frame->number == 20;
    frame->eax = 777;
  }
  printf("%d\n", answered);
  return 0;
}
