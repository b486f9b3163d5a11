/* Tries that survive every exception. */
#include "attack.h"

struct siginfo {
  int signal, number, code;
  u32 address;
};
/* struct ucontext of i386: flags, link, stack, then struct sigcontext. */
struct context {
  u32 flags, link, stack[3];
  u32 gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, vector, error, eip, cs, eflags, esp_at_signal, ss, fpu, mask, cr2;
};

u32 guard_esp, launch_eip;
static struct outcome last;
static u8 stack[16384];
u16 landed_cs;
u32 landed_flags;
int steps_left;
u32 step_eip[64];
static int steps_seen, catches;
struct registers launched;

void guard_leave(void);
void landing(void);

/* guard_call(body, argument); guard_leave is where a handler goes to. */
__asm__(
  ".globl guard_call, guard_leave, landing, launch_now\n"
  "guard_call: pushl %ebp; pushl %ebx; pushl %esi; pushl %edi\n"
  " movl %esp, guard_esp\n"
  " movl 20(%esp), %eax; pushl 24(%esp); call *%eax; addl $4, %esp\n"
  "guard_out: popl %edi; popl %esi; popl %ebx; popl %ebp; ret\n"
  "guard_leave: movl guard_esp, %esp; pushl $0x202; popfl; jmp guard_out\n"
  "landing: movw %cs, %ss:landed_cs; movl %ss:guard_esp, %esp; pushfl; popl %ss:landed_flags\n"
  " pushl %ss; popl %ds; pushl %ss; popl %es\n"
  " ljmp $0, $guard_leave\n" /* the selector is put in by attempt() */
  "landing_end:\n"
  "launch_now: pushl launched+36; popfl\n"
  " movl launched+0, %eax; movl launched+4, %ebx; movl launched+8, %ecx; movl launched+12, %edx\n"
  " movl launched+16, %esi; movl launched+20, %edi; movl launched+24, %ebp; movl launched+28, %esp\n"
  " jmp *launched+32\n");
extern void guard_call(void (*body)(u32), u32 argument);
extern void launch_now(u32);
extern char landing_end[];

static void caught(int signal, struct siginfo *info, struct context *c) {
  if (steps_left > 0 && signal == SIGTRAP) {
    if (steps_seen < 64) step_eip[steps_seen++] = c->eip;
    if (--steps_left == 0) c->eflags &= ~TF;
    return;
  }
  /* The way back may be what is broken. */
  if (++catches > 100) syscall(SYS_exit_group, 99);
  last = (struct outcome){signal, info->code, info->address, c->vector, c->error, c->eip, c->eax, c->eflags};
  guard_leave();
}

struct outcome attempt(void (*body)(u32), u32 argument) {
  static bool ready;
  if (!ready) {
    ready = true;
    u32 page = (u32)landing & -PAGE;
    syscall(SYS_mprotect, page, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    u16 cs;
    __asm__("movw %%cs, %0" : "=r"(cs));
    memcpy(landing_end - 2, &cs, 2);
    struct { void *at; int flags; u32 size; } where = {stack, 0, sizeof stack};
    syscall(SYS_sigaltstack, &where, 0);
    static const int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV};
    for (u32 n = 0; n < COUNT(signals); n++) on(signals[n], caught, SA_SIGINFO | SA_ONSTACK | SA_NODEFER);
  }
  last = (struct outcome){0};
  steps_seen = catches = 0;
  guard_call(body, argument);
  __asm__ volatile("fninit; cld");
  return last;
}

struct outcome launch(const struct registers *r) {
  launched = *r;
  return attempt(launch_now, 0);
}

const char *words(const struct outcome *o) {
  static struct buffer b;
  b.length = 0;
  static const char *const names[] = {[SIGILL] = "SIGILL", [SIGTRAP] = "SIGTRAP", [SIGBUS] = "SIGBUS", [SIGFPE] = "SIGFPE", [SIGSEGV] = "SIGSEGV"};
  if (o->signal == 0) return "back";
  if (o->vector == 14) buffer_say(&b, "%s at %x", names[o->signal], o->address);
  else buffer_say(&b, "%s vector %d", names[o->signal], (int)o->vector);
  return buffer_text(&b);
}
