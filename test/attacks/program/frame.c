/* Attacks with signal frames: what sigreturn is made to believe. */
#include "attack.h"

struct context {
  u32 flags, link, stack[3];
  u32 gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, vector, error, eip, cs, eflags, esp_at_signal, ss, fpu, mask, cr2;
};
enum { GS, FS, ES, DS, EIP = 14, CS, EFLAGS, ESP_AT, SS, FPU };
static int field, value_set;
static u32 wanted;

static void forge(int signal, void *info, struct context *c) {
  (void)signal; (void)info;
  if (!value_set) return;
  value_set = 0;
  u32 *words = &c->gs;
  words[field] = wanted;
  if (field == CS || field == EFLAGS) c->eip = (u32)landing;
}
static void raise_it(u32 unused) { (void)unused; kill(getpid(), SIGUSR1); }

static const struct { const char *name; int field; u32 value; } forgeries[] = {
  {"cs 0", CS, 0}, {"cs 60", CS, 0x60}, {"cs 63", CS, 0x63}, {"cs 61", CS, 0x61}, {"cs 10", CS, 0x10}, {"cs ds", CS, 0x7b}, {"cs ldt", CS, 7}, {"cs beyond", CS, 0xfffb},
  {"ss 0", SS, 0}, {"ss 68", SS, 0x68}, {"ss 6b", SS, 0x6b}, {"ss cs", SS, 0x73}, {"ss ldt", SS, 0xf},
  {"ds 68", DS, 0x68}, {"ds 6b", DS, 0x6b}, {"es beyond", ES, 0xfffb}, {"fs 60", FS, 0x60}, {"gs ldt", GS, 7},
  {"flags IOPL", EFLAGS, 0x3202}, {"flags VM", EFLAGS, 0x20202}, {"flags NT", EFLAGS, 0x4202}, {"flags none", EFLAGS, 0}, {"flags all", EFLAGS, 0xfffffeff},
  {"eip 70000000", EIP, 0x70000000}, {"eip c0000000", EIP, 0xc0000000u}, {"eip ffffe000", EIP, 0xffffe000u}, {"eip bfffe000", EIP, 0xbfffe000u}, {"eip bfffe005", EIP, 0xbfffe005u}, {"eip bffff000", EIP, 0xbffff000u},
  {"eip bfffc000", EIP, 0xbfffc000u}, {"eip bfffd000", EIP, 0xbfffd000u},
  {"eip b7ffe010", EIP, 0xb7ffe010u}, {"eip b7ffe0a3", EIP, 0xb7ffe0a3u}, {"eip b7ffe0d0", EIP, 0xb7ffe0d0u}, {"eip b7fff100", EIP, 0xb7fff100u},
  {"fpu 70000000", FPU, 0x70000000}, {"fpu bffff000", FPU, 0xbffff000u}, {"fpu c0000000", FPU, 0xc0000000u}, {"fpu fffffff0", FPU, 0xfffffff0u},
};

void attack_frames(void) {
  for (u32 n = 0; n < COUNT(forgeries); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      on(SIGUSR1, forge, SA_SIGINFO);
      field = forgeries[n].field;
      wanted = forgeries[n].value;
      value_set = 1;
      landed_cs = 0;
      struct outcome o = attempt(raise_it, 0);
      tell("%s: %s", forgeries[n].name, words(&o));
      if (landed_cs) tell(", ring %x IOPL %x VM %x IF %x", landed_cs & 3, landed_flags & IOPL, landed_flags & VM, landed_flags & IF);
      tell("\n");
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if (status) tell("%s: killed by %d\n", forgeries[n].name, status & 0x7f);
  }
}

/* sigreturn and rt_sigreturn of frames that nobody made, wherever a stack can point. */
void attack_returns(void) {
  static const u32 places[] = {0, 0x1000, 0x70000000, 0xb7fff000u, 0xb7fff800u, 0xb8000000u, 0xbfffa000u, 0xbfffb000u, 0xbfffc000u, 0xbfffd000u, 0xbfffe000u, 0xbffff000u, 0xbffff800u, 0xc0000000u, 0xfffffff0u};
  for (u32 n = 0; n < COUNT(places); n++) for (u32 number = 119; number <= 173; number += 54) {
    int status = 0, pid = fork();
    if (pid == 0) {
      static const u8 trap[] = {0xcd, 0x80};
      launch(&(struct registers){.eax = number, .esp = places[n], .eip = (u32)trap, .flags = IF});
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    if ((status & 0x7f) != SIGSEGV && status != 0) tell("%d at %x: status %x\n", number, places[n], status);
  }
  tell("done\n");
}

/* A signal stack that is not the program's. */
void attack_altstack(void) {
  static const u32 places[] = {0x70000000, 0xb7fff000u, 0xb7fff800u, 0xbfffc000u, 0xbfffd000u, 0xbfffe000u, 0xbffff000u, 0xc0000000u, 0xfffff000u};
  for (u32 n = 0; n < COUNT(places); n++) {
    int status = 0, pid = fork();
    if (pid == 0) {
      struct { u32 at, flags, size; } where = {places[n], 0, PAGE};
      int r = syscall(SYS_sigaltstack, &where, 0);
      on(SIGUSR1, forge, SA_SIGINFO | SA_ONSTACK);
      kill(getpid(), SIGUSR1);
      exit(r == 0 ? 1 : 2);
    }
    wait4(pid, &status, 0, 0);
    tell("%x: %s\n", places[n], (status & 0x7f) == SIGSEGV ? "SIGSEGV" : "HANDLED");
  }
}

/* Single bits of a frame, at random: what comes back is a signal or nothing. */
static u32 seed = 12345;
static u32 draw(void) { seed = seed * 1103515245 + 12345; return seed >> 8; }
static void garble(int signal, void *info, struct context *c) {
  (void)signal; (void)info;
  if (!value_set) return;
  value_set = 0;
  for (u32 k = 0; k < 4; k++) ((u32 *)c)[draw() % (sizeof *c / 4)] ^= 1u << draw() % 32;
  if (c->fpu && (draw() & 3) == 0) attempt((void (*)(u32))draw, 0);
}
void attack_garbled(void) {
  int ends[3] = {0};
  for (int n = 0; n < 40; n++) {
    int status = 0;
    draw();
    int pid = fork();
    if (pid == 0) {
      on(SIGUSR1, garble, SA_SIGINFO);
      value_set = 1;
      attempt(raise_it, 0);
      exit(0);
    }
    wait4(pid, &status, 0, 0);
    ends[status == 0 ? 0 : (status & 0x7f) ? 1 : 2]++;
  }
  tell("%d ended\n", ends[0] + ends[1] + ends[2]);
}
