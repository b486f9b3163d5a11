/*
 * The stepper: single-steps i386 code on the real processor and reports every step, for a test that executes the same
 * code on our machine and compares. `stepper VESSEL` starts the empty i386 process VESSEL (vessel.S); the test gives it
 * memory page by page, sets its registers, and asks for steps. Environment differences cannot arise: the process
 * has no stack, vDSO, or kernel-made contents of its own, and its system calls are never executed: the test sees
 * `int 0x80` coming, lets our kernel serve the call, and copies registers and memory here.
 *
 * Commands on standard input, answers on standard output, all little-endian 32-bit words:
 *   0 step, count              -> reason, signal, si_code, address, n, n records (struct record [+ FXSAVE image])
 *   1 set, 14 registers        -> 0    (ten as in struct record, then FS and GS: selectors, then bases)
 *   2 set FXSAVE, 512 bytes    -> 0
 *   3 write, address, n, bytes -> 0
 *   4 read, address, n         -> bytes
 *   5 call, number, 6 args     -> result of the system call, executed by the process
 * Reasons: 0 all steps done; 1 the next instruction is one that the test must do itself (system call, INT n, CPUID,
 * RDTSC, TZCNT and LZCNT, anything that reads or writes a selector); 2 the instruction raised a signal and did not complete.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DONE, SPECIAL, SIGNAL };
enum { TF = 0x100, RF = 0x10000, VESSEL = 0xe0001000u };

struct record {
  uint32_t gpr[8], eip, eflags, has_fx;
};

static pid_t pid;
static int memory;
static struct user_regs_struct regs;
static struct user_fpregs_struct fx;

static void die(const char *what) {
  fprintf(stderr, "stepper: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void get(void *to, size_t size) {
  size_t n = fread(to, 1, size, stdin);
  if (n == 0 && feof(stdin)) {
    kill(pid, SIGKILL);
    exit(0);
  }
  if (n != size) die("read");
}
static uint32_t word(void) {
  uint32_t w;
  get(&w, 4);
  return w;
}
static void put(const void *from, size_t size) {
  if (fwrite(from, 1, size, stdout) != size) die("write");
}
static void put_word(uint32_t w) { put(&w, 4); }

static void load_registers(void) {
  if (ptrace(PTRACE_GETREGS, pid, 0, &regs) < 0) die("PTRACE_GETREGS");
}
static void store_registers(void) {
  regs.orig_rax = -1;
  if (ptrace(PTRACE_SETREGS, pid, 0, &regs) < 0) die("PTRACE_SETREGS");
}

/* One step of the process; the signal that stopped it. */
static int step(void) {
  int status;
  if (ptrace(PTRACE_SINGLESTEP, pid, 0, 0) < 0) die("PTRACE_SINGLESTEP");
  if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status)) die("the process ended");
  load_registers();
  return WSTOPSIG(status);
}

static void start(const char *vessel) {
  pid = fork();
  if (pid == 0) {
    personality(ADDR_NO_RANDOMIZE);
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execl(vessel, vessel, (char *)0);
    die(vessel);
  }
  int status;
  if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status)) die("cannot start the vessel");
  ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL);
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  if ((memory = open(path, O_RDWR)) < 0) die(path);
  load_registers();
}

/* The opcode behind the prefixes: one byte, or 0x0f00 | second byte; *rep tells whether F2/F3 was among the prefixes. */
static uint32_t opcode(const uint8_t *code, int *rep, uint8_t *modrm) {
  *rep = 0;
  for (int i = 0; i < 14; i++) {
    uint8_t byte = code[i];
    if (byte == 0xf2 || byte == 0xf3) *rep = 1;
    else if (byte != 0x66 && byte != 0x67 && byte != 0xf0 && byte != 0x26 && byte != 0x2e && byte != 0x36 &&
             byte != 0x3e && byte != 0x64 && byte != 0x65) {
      *modrm = code[i + (byte == 0x0f ? 2 : 1)];
      return byte == 0x0f ? 0x0f00 | code[i + 1] : byte;
    }
  }
  return 0x90;
}

static int is_special(uint32_t op, int rep) {
  switch (op) {
    case 0x0fb8: case 0x0fbc: case 0x0fbd: /* with F3, BSF and BSR are TZCNT and LZCNT on processors that have them */
      return rep;
    case 0x06: case 0x07: case 0x0e: case 0x16: case 0x17: case 0x1e: case 0x1f: /* PUSH and POP of ES CS SS DS */
    case 0x8c: case 0x8e: case 0x9a: case 0xea: case 0xca: case 0xcb: case 0xcf: case 0xc4: case 0xc5:
    case 0xcc: case 0xcd: case 0xce: case 0xf1:
    case 0x0f00: case 0x0f01: case 0x0f02: case 0x0f03: case 0x0f05: case 0x0f31: case 0x0f34: case 0x0fa2:
    case 0x0fa0: case 0x0fa1: case 0x0fa8: case 0x0fa9: case 0x0fb2: case 0x0fb4: case 0x0fb5:
      return 1;
  }
  return 0;
}

static int is_float(uint32_t op) { return (op >= 0xd8 && op <= 0xdf) || op == 0x9b || op >= 0x0f00; }
static int is_string(uint32_t op) {
  return (op >= 0xa4 && op <= 0xa7) || (op >= 0xaa && op <= 0xaf) || (op >= 0x6c && op <= 0x6f);
}

static void do_step(void) {
  static struct {
    struct record r;
    struct user_fpregs_struct fx;
  } *log;
  static const struct user_fpregs_struct none;
  uint32_t count = word(), n = 0, reason = DONE;
  siginfo_t info = {0};
  log = realloc(log, (count + 1) * sizeof *log);
  while (n < count) {
    uint8_t code[16] = {0x90}, modrm;
    int rep, signal;
    /* The code may end at the end of its page: what cannot be read stays a NOP. */
    if (pread(memory, code, 16, (uint32_t)regs.rip) < 0) pread(memory, code, 4096 - (regs.rip & 4095), (uint32_t)regs.rip);
    uint32_t op = opcode(code, &rep, &modrm), eip = regs.rip;
    if (is_special(op, rep)) {
      reason = SPECIAL;
      break;
    }
    do signal = step();
    while (signal == SIGTRAP && rep && is_string(op) && regs.rip == eip);
    if (signal != SIGTRAP) {
      ptrace(PTRACE_GETSIGINFO, pid, 0, &info);
      reason = SIGNAL;
      break;
    }
    if (op == 0x9c) { /* PUSHF stores the TF that stepping has set */
      uint32_t pushed;
      pread(memory, &pushed, 4, (uint32_t)regs.rsp);
      pushed &= ~TF;
      pwrite(memory, &pushed, code[0] == 0x66 ? 2 : 4, (uint32_t)regs.rsp);
    }
    struct record *r = &log[n].r;
    *r = (struct record){{regs.rax, regs.rcx, regs.rdx, regs.rbx, regs.rsp, regs.rbp, regs.rsi, regs.rdi},
                         regs.rip, regs.eflags & ~(TF | RF), 0};
    log[n].fx = none;
    if (is_float(op)) {
      ptrace(PTRACE_GETFPREGS, pid, 0, &log[n].fx);
      r->has_fx = memcmp(&fx, &log[n].fx, sizeof fx) != 0;
      if (r->has_fx) fx = log[n].fx;
    }
    n++;
  }
  put_word(reason);
  put_word(info.si_signo);
  put_word(info.si_code);
  put_word((uint32_t)(uintptr_t)info.si_addr);
  put_word(n);
  for (uint32_t i = 0; i < n; i++) {
    put(&log[i].r, sizeof log[i].r);
    if (log[i].r.has_fx) put(&log[i].fx, sizeof log[i].fx);
  }
}

static void do_set(void) {
  uint32_t w[14];
  get(w, sizeof w);
  regs.rax = w[0], regs.rcx = w[1], regs.rdx = w[2], regs.rbx = w[3];
  regs.rsp = w[4], regs.rbp = w[5], regs.rsi = w[6], regs.rdi = w[7];
  regs.rip = w[8], regs.eflags = w[9], regs.fs = w[10], regs.gs = w[11];
  /* With FSGSBASE a new selector alone leaves the base as it was. */
  regs.fs_base = w[12], regs.gs_base = w[13];
  store_registers();
  put_word(0);
}

static void do_set_fx(void) {
  get(&fx, sizeof fx);
  if (ptrace(PTRACE_SETFPREGS, pid, 0, &fx) < 0) die("PTRACE_SETFPREGS");
  if (ptrace(PTRACE_GETFPREGS, pid, 0, &fx) < 0) die("PTRACE_GETFPREGS");
  put_word(0);
}

static void do_memory(int write) {
  uint32_t address = word(), size = word();
  uint8_t *bytes = calloc(1, size + 1);
  if (write) {
    get(bytes, size);
    if (pwrite(memory, bytes, size, address) != size) die("write to the process");
    put_word(0);
  } else {
    if (pread(memory, bytes, size, address) != size) die("read from the process");
    put(bytes, size);
  }
  free(bytes);
}

static void do_call(void) {
  uint32_t w[7];
  get(w, sizeof w);
  struct user_regs_struct kept = regs;
  regs.rax = w[0], regs.rbx = w[1], regs.rcx = w[2], regs.rdx = w[3], regs.rsi = w[4], regs.rdi = w[5], regs.rbp = w[6];
  regs.rip = VESSEL;
  regs.eflags = 0x202;
  store_registers();
  if (step() != SIGTRAP || regs.rip != VESSEL + 2) die("a borrowed system call went wrong");
  put_word(regs.rax);
  regs = kept;
  store_registers();
}

int main(int argc, char **argv) {
  static char in_buffer[1 << 16], out_buffer[1 << 16];
  if (argc != 2) return fprintf(stderr, "usage: stepper VESSEL\n"), 2;
  setvbuf(stdin, in_buffer, _IOFBF, sizeof in_buffer);
  setvbuf(stdout, out_buffer, _IOFBF, sizeof out_buffer);
  start(argv[1]);
  for (;;) {
    alarm(120); /* a client that waits for more than is sent would wait for ever */
    switch (word()) {
      case 0: do_step(); break;
      case 1: do_set(); break;
      case 2: do_set_fx(); break;
      case 3: do_memory(1); break;
      case 4: do_memory(0); break;
      case 5: do_call(); break;
      default: die("unknown command");
    }
    fflush(stdout);
  }
}
