/*
 * The snippet server: executes batches of short i386 code sequences on the real processor, in the compatibility mode of
 * a 64-bit kernel or on a 32-bit one, and reports everything a program can see of the result. Only a snippet that
 * faults costs a signal; the others leave by a jump, so a million of them take seconds.
 *
 * Standard input, per batch (all little-endian 32-bit words unless said otherwise):
 *   bytes of what follows, number of snippets, FS, GS and 16-bit CS: base, limit and flags of struct user_desc each,
 *   whether CS is the 16-bit segment, then the pages of data, fixed and stack (5 * 4096 bytes): the memory
 *   before every snippet of this batch; then per snippet:
 *     offset in the code page | length << 16, flags (1: FXSAVE image given; 2: FXSAVE image wanted),
 *     EAX ECX EDX EBX ESP EBP ESI EDI EFLAGS, number of patched words, [512 bytes], {address, word}..., code padded to 4
 * Standard output: bytes of what follows, then per snippet:
 *     signal (0: ran to its end), trap number, error code, CR2,
 *     EAX ECX EDX EBX ESP EBP ESI EDI EIP EFLAGS DS ES FS GS, number of changed words, [512 bytes], {address, word}...
 * A snippet that does not end within about a second of processor time is reported with signal 26.
 */
#include "layout.h"
#include "system.h"

struct state {
  u32 gpr[8], eip, eflags, ds, es, fs, gs;
};
struct state in, out;
u8 in_fx[512] __attribute__((aligned(16)));
u8 out_fx[512] __attribute__((aligned(16)));
u32 in_far[2]; /* where the snippet starts: EIP and CS */
u32 server_esp;

void enter_snippet(void);
void leave_snippet(void);
void signal_entry(void);
void restore_signal(void);

enum { CAPACITY = 64 << 20, WRITABLE = DATA_SIZE + STACK_SIZE };
static u8 request[CAPACITY] __attribute__((aligned(16)));
static u8 response[CAPACITY] __attribute__((aligned(16)));
static u8 handler_stack[65536] __attribute__((aligned(16)));
static u8 base[WRITABLE] __attribute__((aligned(16)));
static u8 before[WRITABLE] __attribute__((aligned(16)));
static u8 plain_fx[512] __attribute__((aligned(16)));
static u8 *code_alias;
static u32 fault[4];
u32 running, ticks;
static u32 entered;
enum { TRAP_DEBUG = 1, SERVER = 0x60000000 };

typedef u32 v4 __attribute__((vector_size(16)));

__attribute__((noreturn)) static void die(const char *why) {
  u32 n = 0;
  while (why[n]) n++;
  syscall3(SYS_write, 2, why, n);
  syscall3(SYS_exit, 1, 0, 0);
  __builtin_unreachable();
}

void *memcpy(void *to, const void *from, u32 n) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
  return start;
}
void *memset(void *to, int byte, u32 n) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
  return start;
}

/* JMP FAR to leave_snippet, which a snippet falls into; 32-bit code has a DS prefix in place of the operand size. */
static struct {
  u8 prefix, opcode;
  u32 eip;
  u16 cs;
} __attribute__((packed)) way_out = {0, 0xea, 0, SELECTOR_CODE};

/*
 * Records the interrupted state; signal_entry then returns into the server as if the snippet had ended. With TF set in its
 * EFLAGS, the server's own way in traps as well, at last with EIP at the first instruction: it goes on then (1).
 */
int on_signal(u32 signal, struct ucontext *context) {
  struct sigcontext *c = &context->mcontext;
  if (!running) die("snippets: fault in the server\n");
  if (c->trapno == TRAP_DEBUG && (c->cs == SELECTOR_CODE && c->eip >= SERVER)) return 1;
  if (c->trapno == TRAP_DEBUG && c->eip == in_far[0] && !entered) return entered = 1;
  out = (struct state){{c->eax, c->ecx, c->edx, c->ebx, c->esp, c->ebp, c->esi, c->edi},
                       c->eip, c->eflags, c->ds, c->es, c->fs, c->gs};
  memcpy(out_fx, c->fpstate + 112, 512);
  fault[0] = signal;
  fault[1] = c->trapno;
  fault[2] = c->err;
  fault[3] = c->cr2;
  return 0;
}

static void must(int result, const char *why) {
  if (result < 0 && result > -4096) die(why);
}

static void map(u32 address, u32 size, u32 prot, u32 flags, int fd) {
  must(syscall6(SYS_mmap2, address, size, prot, flags | MAP_FIXED, fd, 0), "snippets: mmap failed\n");
}

static void segment(u32 selector, const u32 *base_limit_bits) {
  enum { WRITE = 0x11 };
  struct user_desc d = {selector >> 3, base_limit_bits[0], base_limit_bits[1], base_limit_bits[2]};
  must(syscall3(SYS_modify_ldt, WRITE, &d, sizeof d), "snippets: modify_ldt failed\n");
}

static void prepare(void) {
  /* The first stack, the vDSO and its data: nothing but the layout shall be there for a snippet to find. */
  must(syscall3(SYS_munmap, 0xf0000000, 0x0fffe000, 0), "snippets: munmap failed\n");
  /* The limit of descriptor 78 is the number of the processor: stay on the first. */
  static const u32 first_only[32] = {1};
  syscall3(SYS_sched_setaffinity, 0, sizeof first_only, first_only);
  int fd = syscall3(SYS_memfd_create, "code", 0, 0);
  way_out.eip = (u32)leave_snippet;
  must(fd, "snippets: memfd_create failed\n");
  must(syscall3(SYS_ftruncate, fd, PAGE, 0), "snippets: ftruncate failed\n");
  map(CODE, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd);
  code_alias = (u8 *)0x50000000;
  map((u32)code_alias, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
  memset(code_alias, 0xcc, PAGE);
  map(DATA, DATA_SIZE + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  map(STACK, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

  struct stack alternate = {handler_stack, 0, sizeof handler_stack};
  must(syscall3(SYS_sigaltstack, &alternate, 0, 0), "snippets: sigaltstack failed\n");
  struct sigaction action = {signal_entry, SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTORER, restore_signal, {0, 0}};
  static const u8 signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGVTALRM};
  for (u32 i = 0; i < sizeof signals; i++)
    must(syscall6(SYS_rt_sigaction, signals[i], (u32)&action, 0, 8, 0, 0), "snippets: rt_sigaction failed\n");
  static const u32 every_quarter_second[4] = {0, 250000, 0, 250000};
  must(syscall3(SYS_setitimer, ITIMER_VIRTUAL, every_quarter_second, 0), "snippets: setitimer failed\n");
  __asm__ volatile("fninit\n\tfxsave %0" : "=m"(plain_fx));
}

/* The page and word of `before` for a writable address; a patch elsewhere is a mistake of the client. */
static u32 *shadow(u32 address) {
  if (address - DATA <= DATA_SIZE - 4) return (u32 *)(before + (address - DATA));
  if (address - STACK <= STACK_SIZE - 4) return (u32 *)(before + DATA_SIZE + (address - STACK));
  die("snippets: patch outside the writable pages\n");
}

/* Appends {address, word} for every word that differs from `before`, puts the old word back, and counts. */
static u32 collect(u32 *live, u32 *old, u32 size, u32 **end) {
  u32 *to = *end, count = 0;
  for (u32 i = 0; i < size / 4; i += 4) {
    v4 differs = *(v4 *)(live + i) ^ *(v4 *)(old + i);
    if (!(differs[0] | differs[1] | differs[2] | differs[3])) continue;
    for (u32 k = i; k < i + 4; k++)
      if (live[k] != old[k]) {
        *to++ = (u32)(live + k);
        *to++ = live[k];
        live[k] = old[k];
        count++;
      }
  }
  *end = to;
  return count;
}

static const u8 *run(const u8 *from, u8 **response_end) {
  const u32 *q = (const u32 *)from;
  u32 offset = q[0] & 0xffff, length = q[0] >> 16, flags = q[1], patches = q[11];
  memcpy(in.gpr, q + 2, 32);
  in.eflags = q[10];
  in_far[0] = in_far[1] == SELECTOR_CODE ? CODE + offset : offset;
  q += 12;
  if (flags & 1) {
    memcpy(in_fx, q, 512);
    q += 128;
  } else {
    memcpy(in_fx, plain_fx, 512);
  }
  const u32 *patch = q;
  for (u32 i = 0; i < patches; i++) *(u32 *)patch[2 * i] = *shadow(patch[2 * i]) = patch[2 * i + 1];
  q += 2 * patches;
  if (offset + length > PAGE) die("snippets: code runs over its page\n");
  memcpy(code_alias + offset, q, length);
  u32 leave = offset + length, room = PAGE - leave;
  if (room >= sizeof way_out) memcpy(code_alias + leave, &way_out, sizeof way_out);

  fault[0] = fault[1] = fault[2] = fault[3] = 0;
  out.eip = in_far[0] + length;
  ticks = entered = 0;
  running = 1;
  enter_snippet();
  running = 0;

  u32 *p = (u32 *)*response_end;
  memcpy(p, fault, 16);
  memcpy(p + 4, &out, sizeof out);
  u32 *count = p + 4 + sizeof out / 4;
  p = count + 1;
  if (flags & 2) {
    memcpy(p, out_fx, 512);
    p += 128;
  }
  *count = collect((u32 *)DATA, (u32 *)before, DATA_SIZE, &p) +
           collect((u32 *)STACK, (u32 *)(before + DATA_SIZE), STACK_SIZE, &p);
  *response_end = (u8 *)p;

  memset(code_alias + offset, 0xcc, room < sizeof way_out ? length + room : length + sizeof way_out);
  for (u32 i = 0; i < patches; i++) {
    u32 *old = shadow(patch[2 * i]);
    *(u32 *)patch[2 * i] = *old = *(u32 *)(base + ((u8 *)old - before));
  }
  return (const u8 *)q + ((length + 3) & ~3u);
}

/* Reads exactly `size` bytes; false at the end of the input. */
static int fill(u8 *to, u32 size) {
  for (u32 have = 0; have < size;) {
    int n = syscall3(SYS_read, 0, to + have, size - have);
    if (n <= 0) return 0;
    have += n;
  }
  return 1;
}

void serve(void) {
  u32 head[12];
  prepare();
  while (fill((u8 *)head, sizeof head)) {
    if (head[0] > CAPACITY) die("snippets: batch too large\n");
    if (!fill(request, head[0] + 4 - sizeof head)) break;
    segment(SELECTOR_FS, head + 2);
    segment(SELECTOR_GS, head + 5);
    segment(SELECTOR_CODE16, head + 8);
    in_far[1] = head[11] ? SELECTOR_CODE16 : SELECTOR_CODE;
    way_out.prefix = head[11] ? 0x66 : 0x3e;
    memcpy(base, request, DATA_SIZE);
    memcpy(base + DATA_SIZE, request + DATA_SIZE + PAGE, STACK_SIZE);
    memcpy(before, base, WRITABLE);
    memcpy((void *)DATA, base, DATA_SIZE);
    memcpy((void *)STACK, base + DATA_SIZE, STACK_SIZE);
    must(syscall3(SYS_mprotect, FIXED, PAGE, PROT_READ | PROT_WRITE), "snippets: mprotect failed\n");
    memcpy((void *)FIXED, request + DATA_SIZE, PAGE);
    must(syscall3(SYS_mprotect, FIXED, PAGE, PROT_READ), "snippets: mprotect failed\n");

    const u8 *from = request + DATA_SIZE + PAGE + STACK_SIZE;
    u8 *to = response + 4;
    for (u32 i = 0; i < head[1]; i++) {
      if (to - response > CAPACITY - 64 * PAGE) die("snippets: response too large\n");
      from = run(from, &to);
    }
    *(u32 *)response = to - response - 4;
    for (u8 *p = response; p < to;) {
      int n = syscall3(SYS_write, 1, p, to - p);
      if (n <= 0) die("snippets: write failed\n");
      p += n;
    }
  }
  syscall3(SYS_exit, 0, 0, 0);
}
