/* ktrace(2) of nestlab, for programs of the tests (src/abi/ktrace.ts). */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KTRACE = 510, RESUME = 511 };
enum { LOAD = 1, ATTACH, DETACH, UNLOAD, READ };
enum { PROCESS = 1, CHILDREN = 2, KERNEL = 4 };
enum { FRAME = 1, ENTRY, WORD };
enum { WHY_SYSCALL = 1, WHY_RETURN, WHY_FAULT, WHY_SIGNAL, WHY_TICK };

struct frame {
  uint32_t ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs, orig_eax, eip, cs, eflags, esp, ss;
  uint32_t why, number, error, address, mode, reserved[2];
};

struct name {
  char name[20];
  uint32_t kind, address, registers;
};

struct load {
  const char *text;
  uint32_t length;
  const struct name *names;
  uint32_t count;
  char *error;
  uint32_t size;
};

static int call(int number, int a, int b, int c, int d) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
  return result;
}

static char mistake[1024];

static int load(const char *text, const struct name *names, int count) {
  struct load it = {text, strlen(text), names, count, mistake, sizeof mistake};
  mistake[0] = 0;
  return call(KTRACE, LOAD, (int)&it, 0, 0);
}

static int attach(int script, int tid, int flags) { return call(KTRACE, ATTACH, script, tid, flags); }

static void *shared(int size) {
  return mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}
