/*
 * The real FPU as an oracle: executes one x87 instruction per record.
 *
 * stdin:  struct request, repeated; stdout: struct reply, repeated, in order.
 * The state is loaded with FRSTOR and read back with FNSAVE, which does not wait, so an
 * instruction may leave an unmasked exception pending without a signal.
 * Build: gcc -m32 -O1 -static -nostdlib -fno-pic -fno-stack-protector -o oracle oracle.c
 */
typedef unsigned char u8;
typedef unsigned int u32;

struct request {
  u8 code[4];    /* two bytes of opcode and ModRM; a memory form uses [esi] (ModRM 00 reg 110) */
  u32 eflags;    /* ZF, PF, CF before the instruction */
  u8 state[108]; /* image for FRSTOR, 32-bit protected-mode format */
  u8 memory[112];
};

struct reply {
  u32 eflags;
  u32 eax;
  u8 state[108]; /* image of FNSAVE afterwards */
  u8 memory[112];
};

enum { BATCH = 64, SYS_EXIT = 1, SYS_READ = 3, SYS_WRITE = 4, SYS_MMAP2 = 192 };

static struct request in[BATCH];
static struct reply out[BATCH];

static int call3(int number, int a, int b, int c) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

/* Anonymous private memory that may be written and executed, with no use of EBP from C. */
static u8 *executable_page(void) {
  int result;
  __asm__ volatile("push %%ebp; xor %%ebp, %%ebp; int $0x80; pop %%ebp"
                   : "=a"(result)
                   : "a"(SYS_MMAP2), "b"(0), "c"(4096), "d"(7), "S"(0x22), "D"(-1)
                   : "memory");
  return (u8 *)result;
}

static int read_full(char *at, int size) {
  int have = 0;
  while (have < size) {
    int got = call3(SYS_READ, 0, (int)(at + have), size - have);
    if (got <= 0) break;
    have += got;
  }
  return have;
}

static void write_full(const char *at, int size) {
  while (size > 0) {
    int put = call3(SYS_WRITE, 1, (int)at, size);
    if (put <= 0) call3(SYS_EXIT, 2, 0, 0);
    at += put;
    size -= put;
  }
}

static void execute(u8 *page, const struct request *q, struct reply *r) {
  u32 eax = 0x12345678, flags = q->eflags;
  page[0] = q->code[0];
  page[1] = q->code[1];
  page[2] = 0xc3;
  for (int i = 0; i < 112; i++) r->memory[i] = q->memory[i];
  __asm__ volatile("frstor (%[before])\n\t"
                   "pushf\n\t"
                   "pop %%edx\n\t"
                   "and $~0x45, %%edx\n\t"
                   "or %%edx, %[flags]\n\t"
                   "push %[flags]\n\t"
                   "popf\n\t"
                   "call *%[page]\n\t"
                   "pushf\n\t"
                   "pop %[flags]\n\t"
                   "fnsave %[after]"
                   : [flags] "+c"(flags), "+a"(eax)
                   : [before] "D"(q->state), [after] "m"(r->state), "S"(r->memory), [page] "b"(page)
                   : "edx", "memory", "cc");
  r->eflags = flags & 0x8d5;
  r->eax = eax;
}

void _start(void) {
  u8 *page = executable_page();
  for (;;) {
    int size = read_full((char *)in, sizeof in);
    int count = size / (int)sizeof in[0];
    for (int i = 0; i < count; i++) execute(page, &in[i], &out[i]);
    write_full((const char *)out, count * (int)sizeof out[0]);
    if (size < (int)sizeof in) call3(SYS_EXIT, 0, 0, 0);
  }
}
