/* Attacks with descriptors of the program's own: what of them reaches above the end of its segments. */
#include "attack.h"

enum { WIDE = 1, DOWN = 2, CODE = 4, READ_ONLY = 8, PAGES = 16, USEABLE = 64 };
static u8 *const own = (u8 *)0x30000000;
static u32 far[2];

static int local(u32 n, u32 base, u32 limit, u32 flags) {
  u32 d[4] = {n, base, limit, flags};
  return syscall(SYS_modify_ldt, 0x11, d, sizeof d);
}
static int thread_local(u32 base, u32 limit, u32 flags) {
  u32 d[4] = {-1, base, limit, flags};
  int r = syscall(SYS_set_thread_area, d);
  return r < 0 ? r : d[0] << 3 | 3;
}
static void forget(u32 selector) {
  u32 d[4] = {selector >> 3, 0, 0, READ_ONLY | 32};
  syscall(SYS_set_thread_area, d);
}
static u32 selector_of(u32 n) { return n << 3 | 7; }

static u32 got;
static void load_gs(u32 s) { __asm__ volatile("movw %w0, %%gs" : : "r"(s)); }
static void peek_gs(u32 at) { __asm__ volatile("movl %%gs:(%1), %0" : "=r"(got) : "r"(at)); }
static void poke_gs(u32 at) { __asm__ volatile("movb $0x5a, %%gs:(%0)" : : "r"(at)); }
/* Through GS: the value, or how it ended. */
static const char *through(u32 selector, u32 at) {
  static struct buffer b;
  struct outcome o = attempt(load_gs, selector);
  if (o.signal == 0) o = attempt(peek_gs, at);
  load_gs(0);
  b.length = 0;
  if (o.signal) return words(&o);
  buffer_say(&b, "%x", got);
  return buffer_text(&b);
}
static void fill(void) {
  memory(own, 4 * PAGE);
  for (u32 n = 0; n < 4 * PAGE; n += 4) *(u32 *)(own + n) = n;
}

/* Bases below, at and above what is to be reached, with long, short, 16-bit, read-only segments, in both tables. */
void attack_above(void) {
  static const struct { u32 limit, flags; } shapes[] = {{0xfffff, WIDE | PAGES | USEABLE}, {0xfffff, WIDE | USEABLE}, {0xfffff, PAGES}, {0xffff, WIDE | READ_ONLY}, {0, WIDE | PAGES}};
  int made = 0, loads = 0, reads = 0, writes = 0;
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) for (u32 k = 0; k < COUNT(shapes); k++) {
    const u32 offsets[] = {0, 0xffc, 0x10000, unmapped[t], unmapped[t] + 0x1000};
    for (u32 n = 0; n < COUNT(offsets); n++) for (int table = 0; table < 2; table++) {
      u32 base = unmapped[t] - offsets[n], s = selector_of(1);
      int r = table ? local(1, base, shapes[k].limit, shapes[k].flags) : (int)(s = thread_local(base, shapes[k].limit, shapes[k].flags));
      if (r < 0) continue;
      made++;
      if (attempt(load_gs, s).signal == 0) {
        loads++;
        reads += attempt(peek_gs, offsets[n]).signal == 0;
        writes += attempt(poke_gs, offsets[n]).signal == 0;
      }
      load_gs(0);
      if (!table) forget(s);
    }
  }
  tell("%d made, %d read, %d written\n", made, reads, writes);
}

/* The pages by which guest kernels are entered, directly and through segments: no way shows more than another. */
static void peek_flat(u32 at) { got = *(volatile u32 *)at; }
static void poke_flat(u32 at) { volatile u8 *p = (u8 *)at; *p = *p; }
static void again_gs(u32 at) { __asm__ volatile("movb %%gs:(%0), %%al; movb %%al, %%gs:(%0)" : : "r"(at) : "eax"); }
void attack_doors(void) {
  int reads[3] = {0}, writes[3] = {0};
  for (u32 n = 0; n < DOORS_COUNT; n++) {
    reads[0] += attempt(peek_flat, doors[n]).signal == 0;
    writes[0] += attempt(poke_flat, doors[n]).signal == 0;
    for (int table = 1; table < 3; table++) {
      u32 base = doors[n] - 0x10000, s = selector_of(1);
      if (table == 1) local(1, base, 0xfffff, WIDE | PAGES);
      else s = thread_local(base, 0xfffff, WIDE | PAGES | USEABLE);
      if (attempt(load_gs, s).signal == 0) reads[table] += attempt(peek_gs, 0x10000).signal == 0, writes[table] += attempt(again_gs, 0x10000).signal == 0;
      load_gs(0);
      if (table == 2) forget(s);
    }
  }
  tell("read %d %d %d, written %d %d %d\n", reads[0], reads[1], reads[2], writes[0], writes[1], writes[2]);
}

/* Segments that go around the top of the address space: the way thread-local storage is used, and the way up from there. */
void attack_wrap(void) {
  fill();
  int s = thread_local((u32)own + PAGE, 0xfffff, WIDE | PAGES | USEABLE);
  tell("below the base %s\n", through(s, -PAGE + 16));
  tell("above the base %s\n", through(s, 16));
  u32 sum = 0, ended = 0;
  load_gs(s);
  for (u32 n = 0; n < 50; n++) {
    ended += attempt(peek_gs, n & 1 ? -PAGE + 8 : 8).signal;
    sum += got;
    getpid();
  }
  load_gs(0);
  tell("in turn %d, ended %d\n", sum, ended);
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) tell("to %x: %s\n", unmapped[t], through(s, unmapped[t] - (u32)own - PAGE));
  forget(s);
  local(1, 0xe0000000u, 0xfffff, WIDE | PAGES);
  tell("around from e0000000: %s\n", through(selector_of(1), unmapped[0] - 0xe0000000u));
}

/* Segments that expand downwards: offsets above their limit count. */
void attack_down(void) {
  fill();
  static const struct { const char *name; u32 base, limit, flags, at; } tries[] = {
    {"16 bits, inside", 0x30000000, 0xff, DOWN, 0x100}, {"16 bits, outside", 0x30000000, 0xff, DOWN, 0xfc}, {"16 bits, beyond", 0x30000000, 0xff, DOWN, 0x10000},
    {"below the base, inside", 0x30001000, 0xffffe, DOWN | WIDE | PAGES, 0xfffff010u}, {"below the base, outside", 0x30001000, 0xffffe, DOWN | WIDE | PAGES, 0xffffeffcu},
    {"all but nothing, from 0", 0, 0, DOWN | WIDE | PAGES, 0x70000000}, {"all but nothing, from its end", 0x70001000, 0xffffe, DOWN | WIDE | PAGES, 0xfffff000u},
    {"16 bits across the end", 0x6fff8000, 0, DOWN, 0x8000}, {"16 bits, higher", 0xb8ff8000u, 0, DOWN, 0x8000}, {"read only", 0x70000000, 0, DOWN | READ_ONLY, 0x10},
    {"from above to below", 0xc0000000u, 0, DOWN | WIDE | PAGES, 0xb0000000u},
  };
  for (u32 n = 0; n < COUNT(tries); n++) {
    local(1, tries[n].base, tries[n].limit, tries[n].flags);
    tell("%s: %s\n", tries[n].name, through(selector_of(1), tries[n].at));
  }
}

/* Code segments whose base is added to EIP: jumps that land above. */
static void jump_far(u32 s) { far[1] = s; __asm__ volatile("ljmp *%0" : : "m"(*far)); }
static void call_far(u32 s) { far[1] = s; __asm__ volatile("lcall *%0" : : "m"(*far)); }
static void return_far(u32 s) { __asm__ volatile("pushl %0; pushl %1; lret" : : "r"(s), "r"(far[0])); }
static void return_int(u32 s) { __asm__ volatile("pushfl; pushl %0; pushl %1; iret" : : "r"(s), "r"(far[0])); }
void attack_codes(void) {
  static void (*const ways[])(u32) = {jump_far, call_far, return_far, return_int};
  static const u32 flags[] = {CODE | WIDE | PAGES, CODE, CODE | DOWN | WIDE | PAGES, CODE | WIDE | PAGES | READ_ONLY};
  int runs = 0, faults = 0;
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) for (u32 f = 0; f < COUNT(flags); f++) for (u32 w = 0; w < COUNT(ways); w++) for (u32 offset = 0; offset < 0x20000; offset += 0x8000) {
    far[0] = offset;
    if (local(1, unmapped[t] - offset, 0xfffff, flags[f]) < 0) continue;
    struct outcome o = attempt(ways[w], selector_of(1));
    if (o.signal == SIGSEGV) faults++;
    else runs++;
  }
  tell("%d faults, %d ran\n", faults, runs);
}

/* 16-bit code of the program's own that uses 32-bit addresses; and 32-bit code read through its own code segment. */
void attack_narrow(void) {
  memory(own, PAGE);
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) {
    /* mov eax, [target] with both prefixes; jmp far landing */
    static const u8 code[] = {0x67, 0x66, 0xa1, 0, 0, 0, 0, 0x66, 0xea, 0, 0, 0, 0, 0, 0};
    memcpy(own, code, sizeof code);
    *(u32 *)(own + 3) = unmapped[t];
    *(u32 *)(own + 9) = (u32)landing;
    u16 cs;
    __asm__("movw %%cs, %0" : "=r"(cs));
    memcpy(own + 13, &cs, 2);
    far[0] = 0;
    local(1, (u32)own, 0xffff, CODE);
    struct outcome o = attempt(jump_far, selector_of(1));
    tell("%x from 16-bit code: %s\n", unmapped[t], words(&o));
  }
}

/* A stack whose segment ends where the program does not. */
static void push_local(u32 esp) {
  far[0] = esp;
  far[1] = selector_of(1);
  __asm__ volatile("movl %%esp, %%ebx; movw %%ss, %%cx; lss %0, %%esp; pushl $0; movw %%cx, %%ss; movl %%ebx, %%esp" : : "m"(*far) : "ebx", "ecx");
}
void attack_stacks(void) {
  fill();
  static const struct { const char *name; u32 base, limit, flags, esp; } tries[] = {
    {"16 bits, own", 0x30000000, 0xffff, 0, 0x100}, {"16 bits, around from 0", 0x6fff8000, 0xffff, 0, 0}, {"16 bits, above", 0x70000000, 0xffff, 0, 0x100},
    {"32 bits, above", 0x70000000, 0xfffff, WIDE | PAGES, 0x100}, {"32 bits, around", 0xfffff000u, 0xfffff, WIDE | PAGES, 0x70002000}, {"expands down, own", 0x30001000, 0xffffe, DOWN | WIDE | PAGES, -0x100},
    {"expands down, above", 0x70001000, 0xffffe, DOWN | WIDE | PAGES, -0x100}, {"expands down, 16 bits", 0x6fff8000, 0, DOWN, 0x9000},
  };
  for (u32 n = 0; n < COUNT(tries); n++) {
    local(1, tries[n].base, tries[n].limit, tries[n].flags);
    struct outcome o = attempt(push_local, tries[n].esp);
    tell("%s: %s\n", tries[n].name, words(&o));
  }
}

/* What LAR, LSL, VERR and VERW tell of descriptors of every kind, all of them below the end. */
static u32 asked(int what, u32 s) {
  u32 value = 0xdead, zero = 0;
  if (what == 0) __asm__ volatile("lar %2, %0; sete %b1" : "+r"(value), "+q"(zero) : "r"(s) : "cc");
  else if (what == 1) __asm__ volatile("lsl %2, %0; sete %b1" : "+r"(value), "+q"(zero) : "r"(s) : "cc");
  else if (what == 2) __asm__ volatile("verr %w1; sete %b0" : "+q"(zero) : "r"(s) : "cc");
  else __asm__ volatile("verw %w1; sete %b0" : "+q"(zero) : "r"(s) : "cc");
  return zero ? value : 0;
}
void attack_probes(void) {
  for (u32 kind = 0; kind < 8; kind++) {
    u32 sum = 0, system = 0, made = 0, yes[4] = {0}, reach[4], reaches = 0;
    for (u32 flags = 0; flags < 128; flags++) {
      if ((flags & 7) != kind || local(1, 0x20000000, 0x1ffff, flags) < 0) continue;
      made++;
      for (int what = 0; what < 4; what++) {
        u32 value = asked(what, selector_of(1)), n = 0;
        yes[what] += value != 0;
        /* S is 0 in gates, and DPL is of rings below where no program may have one. Limit and G are told by LSL. */
        if (what == 0) system += value && (value & 0x7000) != 0x7000;
        if (what != 1) sum = sum * 31 + (value & 0x50ff00);
        else while (n < reaches && reach[n] != value) n++;
        if (what == 1 && n == reaches && reaches < 4) reach[reaches++] = value;
      }
    }
    tell("contents %d, %s: %d made, %d %d %d %d answer, %x, %d of the system's, limits", kind >> 1, kind & WIDE ? "32 bits" : "16 bits", made, yes[0], yes[1], yes[2], yes[3], sum, system);
    for (u32 n = 0; n < reaches; n++) tell(" %x", reach[n]);
    tell("\n");
  }
}

/* Every selector there is: which ones a program is told of, and how far they reach. */
void attack_visible(void) {
  int shown = 0;
  local(1, 0, 0xfffff, WIDE | PAGES);
  local(2, 0x10000000, 0xfffff, WIDE | PAGES | CODE);
  thread_local(0x60000000, 0xfffff, WIDE | PAGES | USEABLE);
  for (u32 n = 4; n < 0x10000; n += 4) {
    u32 rights = asked(0, n | 3), limit = asked(1, n | 3);
    if (!rights) continue;
    tell("%x: rights %x, limit %x\n", n, rights >> 8 & 0xf0ff, limit);
    shown++;
  }
  tell("%d\n", shown);
}

/* Returns to selectors of the program's own with the privilege of rings below. */
static void inner_return(u32 how) {
  u16 cs, ss;
  __asm__("movw %%cs, %0; movw %%ss, %1" : "=r"(cs), "=r"(ss));
  u32 code = cs & ~3 | how & 3, data = ss & ~3 | how >> 2 & 3;
  if (how & 16) __asm__ volatile("pushl %1; pushl %%esp; pushfl; pushl %0; pushl $landing; iret" : : "r"(code), "r"(data));
  else __asm__ volatile("pushl %1; pushl %%esp; pushl %0; pushl $landing; lret" : : "r"(code), "r"(data));
}
void attack_inner(void) {
  for (u32 how = 0; how < 32; how++) {
    if ((how & 3) == 3) continue;
    struct outcome o = attempt(inner_return, how);
    tell("%s ring %d, stack of %d: %s\n", how & 16 ? "iret" : "lret", how & 3, how >> 2 & 3, words(&o));
  }
}

/* Far calls through every descriptor that modify_ldt makes: none is a gate, and none leads to another ring. */
void attack_gates(void) {
  int landed = 0, faults = 0, rings = 0;
  for (u32 flags = 1; flags < 128; flags += 2) {
    if (local(1, 0, 0xfffff, flags | PAGES) < 0) continue;
    for (int way = 0; way < 2; way++) {
      far[0] = (u32)landing;
      landed_cs = 3;
      struct outcome o = attempt(way ? call_far : jump_far, selector_of(1));
      if (o.signal) faults++;
      else landed++;
      rings += (landed_cs & 3) != 3 || (landed_flags & IOPL);
    }
  }
  tell("%d landed, %d faults, %d in other rings\n", landed, faults, rings);
}

/* Segment registers taken from memory: pop, lds, les, lfs, lgs, and what they reach then. */
static void pop_register(u32 how) {
  u32 s = how & 0xffff;
  switch (how >> 16) {
    case 0: __asm__ volatile("pushl %0; popl %%fs" : : "r"(s)); break;
    case 1: __asm__ volatile("pushl %0; popl %%gs" : : "r"(s)); break;
    case 2: __asm__ volatile("pushl %%es; pushl %0; popl %%es; movl %%es:(%1), %%eax; popl %%es" : : "r"(s), "r"(unmapped[0]) : "eax"); break;
    case 3: __asm__ volatile("pushl %%ds; pushl %0; popl %%ds; movl %%ds:(%1), %%eax; popl %%ds" : : "r"(s), "r"(unmapped[0]) : "eax"); break;
    case 4: far[1] = s; __asm__ volatile("lfs %0, %%eax" : : "m"(*far) : "eax"); break;
    default: far[1] = s; __asm__ volatile("lgs %0, %%eax" : : "m"(*far) : "eax"); break;
  }
  __asm__ volatile("movl %%fs:(%0), %%eax" : : "r"(unmapped[0]) : "eax");
}
void attack_popped(void) {
  int reached = 0, tried = 0;
  for (u32 way = 0; way < 6; way++) for (u32 s = 0; s < 0x100; s++, tried++) {
    reached += attempt(pop_register, way << 16 | s).signal == 0;
    __asm__ volatile("xorl %%eax, %%eax; movw %%ax, %%fs; movw %%ax, %%gs; pushl %%ss; popl %%ds; pushl %%ss; popl %%es" : : : "eax");
  }
  tell("%d tried, %d reached\n", tried, reached);
}

/* A register that holds a selector while its descriptor changes, over calls, faults and signals. */
static void fault(u32 at) { *(volatile u32 *)at; }
void attack_kept(void) {
  fill();
  int s = thread_local((u32)own, 0xfffff, WIDE | PAGES | USEABLE), same = 0, leaks = 0;
  load_gs(s);
  for (int n = 0; n < 12; n++) {
    if (n % 4 == 0) getpid();
    else if (n % 4 == 1) attempt(fault, 0);
    else if (n % 4 == 2) syscall(158);
    else kill(getpid(), 0);
    same += attempt(peek_gs, 16 + n * 4).signal == 0 && got == 16 + n * 4;
  }
  load_gs(0);
  forget(s);
  tell("%d of 12 as before\n", same);
  for (u32 t = 0; t < UNMAPPED_COUNT; t++) {
    local(1, (u32)own, 0xfffff, WIDE | PAGES);
    load_gs(selector_of(1));
    local(1, unmapped[t], 0xfffff, WIDE | PAGES);
    for (int n = 0; n < 3; n++) {
      if (n == 1) syscall(158);
      if (n == 2) attempt(fault, 0);
      leaks += attempt(peek_gs, 0).signal == 0 && got != 0;
      leaks += attempt(peek_gs, unmapped[t] - (u32)own).signal == 0;
    }
    load_gs(0);
  }
  tell("%d leaks\n", leaks);
}

/* A register that holds the selector of a thread's own descriptor, which becomes one that leads beyond every limit. */
void attack_swapped(void) {
  static const u32 others[][3] = {{0xc0000000u, 0xfffff, WIDE | PAGES | USEABLE}, {0xe0000000u, 0xfffff, WIDE | PAGES | USEABLE}, {0, 0, DOWN | WIDE | PAGES | USEABLE}, {0x70000000, 0xfffff, WIDE | PAGES | USEABLE}};
  int reads = 0, calls = 0;
  fill();
  for (u32 n = 0; n < COUNT(others); n++) {
    int s = thread_local((u32)own, 0xfffff, WIDE | PAGES | USEABLE);
    load_gs(s);
    u32 d[4] = {s >> 3, others[n][0], others[n][1], others[n][2]};
    calls += syscall(SYS_set_thread_area, d) == 0;
    calls += getpid() > 0;
    reads += attempt(peek_gs, 16).signal == 0;
    load_gs(0);
    forget(s);
  }
  tell("%d calls, %d read\n", calls, reads);
}

/* Descriptors and selectors of the program before this one; and those of the parent in a child. */
void attack_before(void) {
  local(1, unmapped[0], 0xfffff, WIDE | PAGES);
  local(2, 0, 0xfffff, WIDE | PAGES);
  int s = thread_local(0x60000000, 0xfffff, WIDE | PAGES | USEABLE), status = 0, pid = fork();
  if (pid == 0) {
    u32 reads = 0;
    static const u32 with[][2] = {{0x0f, 0}, {0x17, 0x70000000}, {0, 0x10000000}};
    for (u32 n = 0; n < COUNT(with); n++) reads += attempt(load_gs, with[n][0] ? with[n][0] : s).signal == 0 && attempt(peek_gs, with[n][1]).signal == 0;
    load_gs(0);
    tell("a child reads %d\n", reads);
    exit(0);
  }
  wait4(pid, &status, 0, 0);
  __asm__ volatile("movw %w0, %%gs; movw %w1, %%fs" : : "r"(s), "r"(0x17));
  static struct buffer b;
  buffer_say(&b, "%d", s);
  char *argv[] = {"attack", "after", buffer_text(&b), 0};
  execve("/proc/self/exe", argv, 0);
  tell("no other program\n");
}
void after(u32 selector) {
  u16 fs, gs;
  __asm__ volatile("movw %%fs, %0; movw %%gs, %1" : "=r"(fs), "=r"(gs));
  int loaded = 0;
  /* Linux itself leaves the descriptors in the processor until it runs another program. */
  nap(2);
  for (u32 n = 0; n < 8; n++) loaded += attempt(load_gs, selector_of(n)).signal == 0;
  loaded += attempt(load_gs, selector).signal == 0;
  load_gs(0);
  tell("fs %x, gs %x, %d descriptors\n", fs, gs, loaded);
}
