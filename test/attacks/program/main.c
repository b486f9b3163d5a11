/* attack all: every attack in turn, each in a process of its own, beside a victim that has a secret. attack NAME: one. */
#include "attack.h"

#define ATTACKS(X) \
  X(pages) X(deface) X(scribble) X(ruin) X(remap) X(growth) X(deputy) X(self) X(race) \
  X(bytes) X(batch) X(resume) X(trap) X(entries) X(privileged) X(selectors) X(flags) X(step) X(numbers) X(stack) \
  X(frames) X(returns) X(altstack) X(garbled) \
  X(others) X(pids) X(descriptors) X(tracer) X(breakpoints) \
  X(handles) X(starts) X(note) \
  X(segments) X(ldt) X(sixteen) X(fresh) X(mixed) \
  X(above) X(doors) X(wrap) X(down) X(codes) X(narrow) X(stacks) X(probes) X(visible) X(inner) X(gates) X(popped) X(kept) X(swapped) X(before) \
  X(stale) X(dropped) X(deposit) X(aliases) X(twins) X(straddle) X(strings) X(selfmem) X(across) X(elf) \
  X(foreign) X(forged) X(resumes) X(detaches) X(watchers) X(outlive) X(unlimited) X(verbs) X(endless) X(tables) X(views) \
  X(vectors) X(exceptions) X(ports) X(legacy) X(flagged) X(stepping) X(alarms) X(onstack) X(handmade) X(watchpoints)
/* Those that need to be root. */
#define ROOT(X) X(unmount) X(devices)

/* Those of a program that is alone on the host: not among all. */
#define HOST(X) X(ring_segments) X(ring_deputy) X(ring_tables) X(ring_outside) X(ring_gates) X(ring_script)

#define DECLARE(name) void attack_##name(void);
ATTACKS(DECLARE) ROOT(DECLARE) HOST(DECLARE)
#define ROW(name) {#name, attack_##name},
#define ROOT_ROW(name) {#name, attack_##name, .root = true},
#define HOST_ROW(name) {#name, attack_##name, .host = true},
static const struct { const char *name; void (*run)(void); bool root, host; } attacks[] = {ATTACKS(ROW) ROOT(ROOT_ROW) HOST(HOST_ROW)};

int victim;
static int ask[2], answer[2];
static char secret[4096] __attribute__((aligned(4096)));

/* Holds the secret in its memory, and says whether it is as it was. */
static void hold(void) {
  char question;
  close(ask[1]);
  close(answer[0]);
  u32 sum = 0, now;
  for (u32 n = 0; n < sizeof secret; n++) sum = sum * 31 + (u8)secret[n];
  __asm__ volatile("fninit; fldpi; fldl2e");
  while (read(ask[0], &question, 1) == 1) {
    now = 0;
    for (u32 n = 0; n < sizeof secret; n++) now = now * 31 + (u8)secret[n];
    write(answer[1], now == sum ? "y" : "n", 1);
  }
  exit(0);
}

/* Without the secret's file there is neither victim nor secret: on the real kernel. */
static void begin(void) {
  int fd = open("/etc/secret", 0, 0);
  if (fd < 0) return;
  for (u32 n = 0; n < sizeof secret; n += 32) seek(fd, 0, 0, &(i64){0}), read(fd, secret + n, 32);
  close(fd);
  pipe(ask);
  pipe(answer);
  victim = fork();
  if (victim == 0) hold();
  memset(secret, 0, sizeof secret);
}

static u32 number_of(const char *digits) {
  u32 value = 0;
  while (is_digit(*digits)) value = value * 10 + *digits++ - '0';
  return value;
}
extern void after(u32 selector);

static void perform(u32 n, bool root) {
  int status = 0, pid = fork();
  if (pid == 0) {
    for (int k = 0; k < 2; k++) close(ask[k]), close(answer[k]);
    if (!root) syscall(SYS_setresgid, 1000, 1000, 1000), syscall(SYS_setresuid, 1000, 1000, 1000);
    attacks[n].run();
    exit(0);
  }
  /* Code of the guest kernel that a program executes may make it stop, traced by this one. */
  while (wait4(pid, &status, 0, 0) == pid && (status & 0xff) == 0x7f) {
    int signal = status >> 8 & 0xff;
    if (syscall(SYS_ptrace, 7, pid, 0, signal == SIGSTOP ? 0 : signal) < 0) kill(pid, SIGCONT);
  }
  char said = 'y';
  if (victim) write(ask[1], "?", 1), read(answer[0], &said, 1);
  if (status) show_status("ended", status);
  if (said != 'y') tell("VICTIM CHANGED\n");
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  if (argc == 3 && strcmp(argv[1], "after") == 0) return after(argv[2][0] ? number_of(argv[2]) : 0), 0;
  begin();
  bool found = false;
  for (u32 n = 0; n < COUNT(attacks); n++) {
    bool wanted = strcmp(argv[1], "all") == 0 && !attacks[n].host;
    for (int k = 1; k < argc; k++) wanted = wanted || strcmp(argv[k], attacks[n].name) == 0;
    if (!wanted) continue;
    found = true;
    tell("== %s\n", attacks[n].name);
    perform(n, attacks[n].root);
  }
  close(ask[1]);
  tell("== end\n");
  return found ? 0 : 2;
}
