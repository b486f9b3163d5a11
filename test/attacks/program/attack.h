/* What the attacks share: a try that survives every signal, and registers set at will. Each attack prints what came of
   it, line by line; what it must print is literal in ../attempts.ts. */
#ifndef ATTACK_H
#define ATTACK_H

#include "../../kernel/native/check.h"

enum { EFAULT = 14, ENOSYS = 38, PROT_EXEC = 4, MAP_FIXED = 0x10, MAP_GROWSDOWN = 0x100, PAGE = 4096 };
enum {
  SYS_ptrace = 26, SYS_umount = 22, SYS_mount = 21, SYS_modify_ldt = 123, SYS_mprotect = 125, SYS_clone = 120,
  SYS_mremap = 163, SYS_sigaltstack = 186, SYS_mincore = 218, SYS_madvise = 219, SYS_set_thread_area = 243,
  SYS_remap_file_pages = 257, SYS_memfd_create = 356, SYS_process_vm_readv = 347, SYS_process_vm_writev = 348,
  SYS_pidfd_open = 434, SYS_pidfd_getfd = 438, SYS_setresuid = 208, SYS_setresgid = 210, SYS_pread64 = 180,
};
enum { CF = 1, TF = 0x100, IF = 0x200, DF = 0x400, IOPL = 0x3000, NT = 0x4000, RF = 0x10000, VM = 0x20000, AC = 0x40000 };

#define tell(...) do { say(__VA_ARGS__); flush(); } while (0)

/* How a try ended; signal 0: it came back. */
struct outcome {
  int signal, code;
  u32 address, vector, error, eip, eax, flags;
};

/* guard.c: calls `body` and comes back with the first signal of an exception that it raises, whatever its registers are. */
struct outcome attempt(void (*body)(u32), u32 argument);
/* The same, jumping to `eip` with these registers; the way back is a signal, or `landing`. */
struct registers {
  u32 eax, ebx, ecx, edx, esi, edi, ebp, esp, eip, flags;
};
struct outcome launch(const struct registers *r);
extern void landing(void);
/* Segment registers and EFLAGS where `landing` was reached. */
extern u16 landed_cs;
extern u32 landed_flags;
/* Set: the handler only counts single steps and lets go on. */
extern int steps_left;
extern u32 step_eip[64];
/* "back" or the signal's name with what it says. */
const char *words(const struct outcome *o);

/* places.c: pages that can be read although /proc/self/maps does not have them. */
struct run {
  u32 from, to;
  bool writable;
};
int strangers(struct run *runs, int most);
/* Addresses where no program has anything on its own: the guest kernel's under some towers. */
enum { UNMAPPED_COUNT = 8, DOORS_COUNT = 3 };
extern const u32 unmapped[UNMAPPED_COUNT];
/* Pages by which guest kernels beside the program are entered and left: towers differ in what they let be seen. */
extern const u32 doors[DOORS_COUNT];
/* The last page below 70000000: the stack's under some towers. */
static inline void last_page(void) { syscall(192, 0x6ffff000, 4096, 7, 0x100022, -1, 0); }
/* First page that this program can not map: where its world ends. */
u32 edge(void);
bool listed(u32 page);
bool readable(u32 page);
/* Where the secret begins in what can be read there; 0: it is not there. */
u32 hunt(u32 from, u32 to);

extern int victim;

static inline void *mapped(void *at, size_t size, int rights, int flags, int fd, u32 page) {
  return (void *)syscall(SYS_mmap2, at, size, rights, flags, fd, page);
}
static inline void *memory(void *at, size_t size) {
  return mapped(at, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
}
static inline bool failed(const void *p) { return (u32)p > 0xfffff000u; }

#endif
