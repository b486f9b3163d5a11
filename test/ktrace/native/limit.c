/* An application below a limit tries whatever descriptor and selector it can get to reach the kernel beside it. */
#define _GNU_SOURCE
#include "ktrace.h"
#include <asm/ldt.h>
#include <sys/syscall.h>

static const char script[] =
    "syscall:*:entry /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; restore(own); }\n"
    "fault:*         /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; restore(own); }\n"
    "signal:*        /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; restore(own); }\n"
    "syscall:resume:entry /mode == kernel/ { save(own); limit(0x6fffffff); mode = app; restore(frame); }\n";

__asm__(".text\n"
        "read_secret: movl 0x78000000, %ebx; int $0x80\n"
        "write_secret: movl $1, 0x78000000; int $0x80\n"
        "jump_secret: movl $0x78000100, %eax; jmp *%eax\n"
        "push_secret: movl $0x78000800, %esp; pushl $1; int $0x80\n"
        "string_secret: movl $0x78000000, %esi; movl $buffer, %edi; movl $4, %ecx; rep movsb; int $0x80\n"
        "straddle: movl 0x6ffffffe, %ebx; int $0x80\n"
        "below: movl 0x6ffffffc, %ebx; int $0x80\n"
        "tls_flat: movl %gs:0x78000000, %ebx; int $0x80\n"
        "tls_based: movl %gs:0, %ebx; int $0x80\n"
        "tls_based_around: movl %gs:-16, %ebx; int $0x80\n"
        "ldt_flat: movl %gs:0x78000000, %ebx; int $0x80\n"
        "ldt_code: ljmp $0x0f, $0x78000100\n"
        "far_return: pushl $0x73; pushl $0x78000100; lret\n"
        "iret_kernel: pushfl; pushl $0x71; pushl $0x78000100; iret\n"
        "pop_stale: popl %es; movl %es:0x78000000, %ebx; int $0x80\n"
        "load_kernel: movw $0x68, %ax; movw %ax, %es; int $0x80\n"
        "good_tls: movl %gs:4, %ebx; int $0x80\n"
        "good_tls_below: movl %gs:-4, %ebx; addl %gs:4, %ebx; addl %gs:-4, %ebx; int $0x80\n"
        "expand_down: movl %gs:0x78000000, %ebx; int $0x80\n"
        "sixteen: movl %gs:0x10, %ebx; int $0x80\n");
extern char read_secret[], write_secret[], jump_secret[], push_secret[], string_secret[], straddle[], below[], tls_flat[],
    tls_based[], tls_based_around[], ldt_flat[], ldt_code[], far_return[], iret_kernel[], pop_stale[], load_kernel[],
    good_tls[], good_tls_below[], expand_down[], sixteen[];
char buffer[16];

static struct frame *frame, *own;
static char stack[4096];
static unsigned short code, data, gs;

static void attempt(const char *name, char *at, unsigned short with) {
  memset(frame, 0, sizeof *frame);
  frame->cs = code, frame->ds = frame->es = frame->ss = data, frame->gs = with;
  frame->eip = (uint32_t)at;
  frame->esp = (uint32_t)stack + 2048;
  *(uint32_t *)frame->esp = data;
  call(RESUME, 0, 0, 0, 0);
  char why[32] = "reached";
  if (frame->why == WHY_FAULT) sprintf(why, "fault %u error %x", frame->number, frame->error);
  printf("%s: %s, ebx %x\n", name, why, frame->ebx);
}

static int tls(int entry, unsigned base, unsigned limit, int pages, int contents, int bits32) {
  struct user_desc it = {.entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = bits32,
                         .limit_in_pages = pages, .contents = contents, .useable = 1};
  return syscall(SYS_set_thread_area, &it);
}

static int ldt(int entry, unsigned base, unsigned limit, int pages, int contents, int bits32) {
  struct user_desc it = {.entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = bits32,
                         .limit_in_pages = pages, .contents = contents, .useable = 1};
  return syscall(SYS_modify_ldt, 17, &it, sizeof it);
}

int main(void) {
  static uint32_t area[8] = {1, 2, 3, 0x1000, 0x40, 0x20};
  char *secret = mmap((void *)0x78000000, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)0x6ffff000, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  *(uint32_t *)secret = 0x5ec4e7;
  *(uint32_t *)0x6ffffffc = 0xbe10;
  memcpy(secret + 0x100, "\xcd\x80", 2);
  frame = shared(4096);
  own = (void *)((char *)frame + 256);
  const struct name names[] = {{"frame", FRAME, (uint32_t)frame, 0}, {"own", FRAME, (uint32_t)own, 0}};
  __asm__ volatile("mov %%ds, %0\n mov %%cs, %1\n mov %%gs, %2" : "=r"(data), "=r"(code), "=r"(gs));
  int id = load(script, names, 2);
  printf("load %d %s attach %d\n", id, mistake, attach(id, 0, KERNEL));

  attempt("below the limit", below, 0);
  attempt("read", read_secret, 0);
  attempt("write", write_secret, 0);
  attempt("jump", jump_secret, 0);
  attempt("push", push_secret, 0);
  attempt("string move", string_secret, 0);
  attempt("across the limit", straddle, 0);
  attempt("far return", far_return, 0);
  attempt("iret to ring 1", iret_kernel, 0);
  attempt("kernel's data selector", load_kernel, 0);
  attempt("popped data selector", pop_stale, 0);
  printf("tls %d\n", tls(7, 0, 0xfffff, 1, 0, 1));
  attempt("tls segment of 4 GiB", tls_flat, 7 << 3 | 3);
  printf("tls %d\n", tls(7, 0x78000000, 0xfff, 0, 0, 1));
  attempt("tls segment above the limit", tls_based, 7 << 3 | 3);
  printf("tls %d\n", tls(7, 0x78000010, 0xfffff, 1, 0, 1));
  attempt("tls segment above the limit, around the top", tls_based_around, 7 << 3 | 3);
  printf("tls %d\n", tls(7, 0, 0, 1, 1, 1));
  attempt("expand-down tls segment", expand_down, 7 << 3 | 3);
  printf("tls %d\n", tls(7, (unsigned)(area + 4), 0xfffff, 1, 0, 1));
  attempt("tls as a C library has it", good_tls, 7 << 3 | 3);
  attempt("negative offsets", good_tls_below, 7 << 3 | 3);
  printf("tls empty %d\n", tls(7, 0, 0, 0, 0, 1));
  printf("ldt %d\n", ldt(0, 0, 0xfffff, 1, 0, 1));
  attempt("ldt segment of 4 GiB", ldt_flat, 0 << 3 | 7);
  printf("ldt code %d\n", ldt(1, 0, 0xfffff, 1, 2, 1));
  attempt("far jump to ldt code", ldt_code, 0);
  printf("ldt 16 bit %d\n", ldt(0, 0x77fffff0, 0xffff, 0, 0, 0));
  attempt("16-bit ldt segment", sixteen, 0 << 3 | 7);
  printf("ldt expand-down %d\n", ldt(0, 0, 0x1000, 0, 1, 1));
  attempt("expand-down ldt segment", expand_down, 0 << 3 | 7);
  printf("secret %x\n", *(uint32_t *)secret);
  return 0;
}
