/* Attacks with the guest kernel's own image: it is a file that everybody may read. */
#include "attack.h"

enum { DATA_PAGE = 0x1000 };
static u8 *const copy = (u8 *)0x32000000;
static u8 page[PAGE];

static bool fetch(void) {
  int fd = open("/boot/nestlab", 0, 0);
  if (fd < 0) { tell("no image: %d\n", fd); return false; }
  int r = syscall(SYS_pread64, fd, page, PAGE, PAGE, 0);
  close(fd);
  return r == PAGE;
}
/* A copy that the processor knows, with a page of data behind it. */
static void lay(void) {
  memory(copy, 2 * PAGE);
  memcpy(copy, page, PAGE);
}
static void count(int *by, struct outcome o) { by[o.signal]++; }
static void show(const char *what, int *by) {
  tell("%s:", what);
  for (int s = 0; s < 32; s++) if (by[s]) tell(" %s", s == 0 ? "back" : s == SIGILL ? "SIGILL" : s == SIGSEGV ? "SIGSEGV" : s == SIGTRAP ? "SIGTRAP" : "OTHER");
  tell("\n");
}

/* Every stub of a copy, and of the file itself mapped, with handles that might be somebody's. */
void attack_handles(void) {
  if (!fetch()) return;
  int fd = open("/boot/nestlab", 0, 0);
  for (int way = 0; way < 2; way++) {
    int by[32] = {0};
    if (way == 0) lay();
    else mapped(copy, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 1);
    static u32 stack[64];
    for (u32 at = 0; at < PAGE - 7; at++) {
      if (page[at] != 0x0f || page[at + 1] != 0xb9 || at == 0) continue;
      /* The signal stub takes a number and returns: no handle in it. */
      if (at == 0x80) continue;
      for (u32 handle = 0; handle < 300; handle++) count(by, launch(&(struct registers){.ebp = handle, .esp = (u32)&stack[32], .eip = (u32)copy + at, .flags = IF}));
      for (u32 bit = 0; bit < 32; bit++) count(by, launch(&(struct registers){.ebp = 1u << bit, .esp = (u32)&stack[32], .eip = (u32)copy + at, .flags = IF}));
    }
    show(way ? "the file" : "a copy", by);
  }
  int by[32] = {0};
  lay();
  copy[PAGE - 1] ^= 1;
  for (u32 at = 0; at < PAGE - 7; at++) if (page[at] == 0x0f && page[at + 1] == 0xb9) count(by, launch(&(struct registers){.eip = (u32)copy + at, .flags = IF}));
  show("one byte changed", by);
}

/* The start of a copy, on stacks that no exec made: words without end, strings without end, no memory at all. */
static void begin_with(u32 esp) {
  int status = 0, pid = fork();
  if (pid == 0) {
    launch(&(struct registers){.esp = esp, .eip = (u32)copy, .flags = IF});
    exit(0);
  }
  wait4(pid, &status, 0, 0);
  show_status("start", status);
  flush();
}
void attack_starts(void) {
  if (!fetch()) return;
  lay();
  begin_with(0);
  begin_with(0xbffffff0u);
  /* argc, then pointers to one long string, for 64 MiB: one page of memory mapped again and again. */
  int fd = syscall(SYS_memfd_create, "words", 0);
  syscall(SYS_ftruncate, fd, 0x100000);
  u32 *once = mapped(0, 0x100000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  u8 *text = memory((void *)0x33000000, 0x100000);
  memset(text, 'x', 0x100000 - 1);
  for (u32 n = 0; n < 0x40000; n++) once[n] = (u32)text;
  u8 *words = memory((void *)0x40000000, PAGE);
  for (u32 n = 0; n < 64; n++) mapped(words + PAGE + n * 0x100000, 0x100000, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
  begin_with((u32)words + PAGE);
  /* Strings that go on through all of these. */
  for (u32 n = 0; n < 0x40000; n++) once[n] = 0x40002000;
  begin_with((u32)words + PAGE);
}

/* The signal stub of a copy: it may only note in its own page. */
void attack_note(void) {
  if (!fetch()) return;
  lay();
  static u32 stack[8];
  stack[0] = (u32)landing;
  stack[1] = 5;
  struct outcome o = launch(&(struct registers){.esp = (u32)stack, .eip = (u32)copy + 0x80, .flags = IF});
  tell("noted: %s, %x\n", words(&o), *(u32 *)(copy + DATA_PAGE + 8));
  syscall(SYS_munmap, copy + PAGE, PAGE);
  o = launch(&(struct registers){.esp = (u32)stack, .eip = (u32)copy + 0x80, .flags = IF});
  tell("without the page: %s\n", words(&o));
}
