#include "calls.h"
#include "calls.inc"

u32 warden;

static const u32 edges[] = {
    0,          1,          2,          3,          4,          7,          8,          12,         15,         16,
    31,         32,         63,         64,         65,         100,        127,        128,        255,        256,
    511,        512,        1000,       1023,       1024,       4095,       4096,       4097,       8192,       32767,
    32768,      65534,      65535,      65536,      65537,      0x10000000, 0x7fffefff, 0x7ffffff0, 0x7fffffff, 0x80000000,
    0x80000001, 0xbfffefff, 0xbffffffc, 0xbfffffff, 0xc0000000, 0xc0000001, 0xffff0000, 0xfffff000, 0xfffff001, 0xfffffffc,
    0xfffffffe, 0xffffffff, 0xffffff9c};

static const char *const paths[] = {
    "/tmp/f0", "/tmp/f1", "/tmp/f2", "/tmp/d0", "/tmp/d0/f", "/tmp/d1", "/tmp/d1/g", "/tmp/l0", "/tmp/l1", "/tmp/p0",
    "/tmp/p1", "/tmp/s0", "/tmp/s1", "/tmp", "/", ".", "..", "f0", "d0", "d0/f", "l0", "p0", "../../../../../etc/passwd",
    "/../outside", "/tmp/../../outside", "/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts/0",
    "/dev/pts/1", "/dev/random", "/dev/shm/a", "/dev/shm", "/dev/stdin", "/dev/console", "/proc", "/proc/self",
    "/proc/self/exe", "/proc/self/fd/3", "/proc/self/fd/5", "/proc/self/fd", "/proc/self/maps", "/proc/self/mem",
    "/proc/self/cwd", "/proc/self/root", "/proc/self/status", "/proc/self/stat", "/proc/self/task", "/proc/1/stat",
    "/proc/2/fd/1", "/proc/2/maps", "/proc/mounts", "/proc/meminfo", "/proc/sys/kernel/hostname", "/proc/net/tcp",
    "/proc/net/unix", "/proc/sysvipc/shm", "/proc/99999", "/sys", "/sys/kernel", "/bin/calls", "/tmp/calls", "", "/tmp/",
    "/tmp/f0/", "/tmp/d0/..", "//tmp//f1", "/tmp/nothing", "/tmp/d0/nothing/x", "/mnt", "/bin", "/bin/sh", "tmpfs", "proc"};

static const u32 sizes[] = {0, 1, 2, 3, 4, 7, 8, 8, 8, 8, 12, 13, 16, 16, 20, 24, 32, 40, 64, 88, 100, 110, 128, 255, 256, 512, 1000, 4095, 4096, 4097, 8192, 20000, 65536, 70000};

/* A number as calls like them: small, a size, an edge, a power of two. */
u32 small(struct flow *f) {
  switch (below(f, 10)) {
  case 0: return edges[below(f, COUNT(edges))];
  case 1: return 1u << below(f, 32);
  case 2:
  case 3:
  case 4: return below(f, 8);
  default: return sizes[below(f, COUNT(sizes))];
  }
}

/* A word of which nothing is known. */
u32 word(struct flow *f) {
  switch (below(f, 12)) {
  case 0:
  case 1: return 0;
  case 2:
  case 3: return below(f, 10);
  case 4: return descriptor(f);
  case 5: return small(f);
  case 6: return (u32)ARENA + (below(f, ARENA_SIZE) & ~3u);
  case 7: return address(f);
  case 8: return path(f);
  case 9: return 1u << below(f, 32);
  case 10: return next(f) >> below(f, 32);
  default: return edges[below(f, COUNT(edges))];
  }
}

u32 address(struct flow *f) {
  switch (below(f, 32)) {
  case 0: return 0;
  case 1: return below(f, 5000);
  /* At the end of a page, of the arena, and behind it. */
  case 2:
  case 3: return (u32)ARENA + (below(f, PAGES) + 1) * PAGE_SIZE - below(f, 40);
  case 4: return (u32)ARENA_END - below(f, 24);
  case 5: return (u32)ARENA_END + below(f, 2 * PAGE_SIZE);
  case 6: return (u32)ARENA - below(f, 64);
  case 7: return (u32)ARENA + below(f, ARENA_SIZE);
  case 8:
  case 9:
  case 10: return (u32)PLAY + below(f, PLAY_PAGES) * PAGE_SIZE;
  case 11: return (u32)PLAY + below(f, PLAY_PAGES * PAGE_SIZE);
  case 12: return 0xbfffffffu - below(f, 0x30000);
  case 13: return 0xc0000000u - below(f, 32);
  case 14: return 0xc0000000u + below(f, 0x20000);
  case 15: return 0u - below(f, 8192);
  case 16: return 0x08048000u + below(f, 0x10000);
  case 17: return edges[below(f, COUNT(edges))];
  default: return (u32)ARENA + (below(f, ARENA_SIZE) & ~3u);
  }
}

u32 descriptor(struct flow *f) {
  u32 n = below(f, 16);
  if (n == 0) return edges[below(f, COUNT(edges))];
  if (n == 1) return below(f, 3);
  if (n == 2) return 40 + below(f, 100);
  return 3 + below(f, 40);
}

/* Not the warden, nor all processes: a run that ends at once finds nothing. */
u32 process(struct flow *f) {
  switch (below(f, 10)) {
  case 0: return f->parent == warden ? 0 : f->parent;
  case 1: return 0;
  case 2: return 1;
  case 3: return 0u - f->group;
  case 4: return f->group;
  case 5: return f->pid + below(f, 4);
  case 6: return f->pid - below(f, 4);
  case 7: return edges[5 + below(f, 36)];
  default: return f->pid;
  }
}

u32 path(struct flow *f) {
  u32 n = below(f, 24);
  if (n == 0) return address(f);
  if (n == 1) {
    /* A path at the end of the arena: its zero is there, or not. */
    const char *text = paths[below(f, COUNT(paths))];
    u32 length = strlen(text) + below(f, 2);
    memcpy(ARENA_END - length, text, length);
    return (u32)ARENA_END - length;
  }
  /* Very long, of one letter or of many steps. */
  if (one_in(f, 400)) {
    u8 *at = ARENA + below(f, 4) * PAGE_SIZE;
    memset(at, one_in(f, 2) ? 'a' : '/', 5000);
    at[250 + below(f, 4000)] = 0;
    return (u32)at;
  }
  return (u32)paths[below(f, COUNT(paths))];
}

/* Where a structure is put: mostly in the middle of the arena, sometimes so that it ends with a page. */
static u32 *place(struct flow *f, u32 size) {
  if (one_in(f, 16)) return (u32 *)(ARENA + (below(f, PAGES) + 1) * PAGE_SIZE - (size & ~3u));
  if (one_in(f, 24)) return (u32 *)(ARENA + below(f, ARENA_SIZE - 8192));
  return (u32 *)(ARENA + (below(f, ARENA_SIZE - 8192) & ~3u));
}

static u32 times(struct flow *f, u32 *at, bool wide) {
  u32 seconds = one_in(f, 8) ? small(f) : 0;
  u32 rest = one_in(f, 8) ? word(f) : below(f, 3000) * (one_in(f, 2) ? 1 : 1000);
  at[0] = seconds;
  if (wide) {
    at[1] = one_in(f, 20) ? word(f) : 0;
    at[2] = rest;
    at[3] = one_in(f, 20) ? word(f) : 0;
    return 16;
  }
  at[1] = rest;
  return 8;
}

static void vector(struct flow *f, u32 *at, u32 count) {
  for (u32 i = 0; i < count; i++) {
    at[2 * i] = address(f);
    at[2 * i + 1] = one_in(f, 10) ? word(f) : below(f, 6000);
  }
}

static u32 socket_address(struct flow *f, u8 *at) {
  u16 *half = (u16 *)at;
  if (one_in(f, 2)) {
    half[0] = one_in(f, 8) ? below(f, 20) : 1;
    memset(at + 2, 0, 110);
    if (one_in(f, 2)) strcpy((char *)at + 2, paths[9 + below(f, 5)]);
    else at[3] = '0' + below(f, 4);
    return 110;
  }
  half[0] = one_in(f, 8) ? below(f, 20) : 2;
  half[1] = one_in(f, 8) ? below(f, 65536) : 0x8813 + below(f, 4) * 256;
  ((u32 *)at)[1] = one_in(f, 2) ? 0x0100007f : one_in(f, 2) ? 0 : word(f);
  return 16;
}

static void signal_set(struct flow *f, u32 *at) {
  at[0] = one_in(f, 4) ? next(f) : one_in(f, 2) ? 1u << below(f, 32) : 0;
  at[1] = one_in(f, 6) ? next(f) : 0;
}

static void message(struct flow *f, u32 *at) {
  u32 *vectors = place(f, 64);
  vector(f, vectors, 4);
  u32 *control = place(f, 64);
  u32 files = below(f, 4);
  control[0] = 12 + files * 4;
  control[1] = 1;
  control[2] = one_in(f, 4) ? 2 : 1;
  for (u32 i = 0; i < files; i++) control[3 + i] = descriptor(f);
  if (one_in(f, 6)) control[below(f, 6)] = word(f);
  u32 *name = place(f, 128);
  at[0] = one_in(f, 2) ? 0 : (u32)name;
  at[1] = at[0] ? socket_address(f, (u8 *)name) : 0;
  at[2] = (u32)vectors;
  at[3] = below(f, 5);
  at[4] = one_in(f, 2) ? (u32)control : 0;
  at[5] = at[4] ? 12 + files * 4 : 0;
  at[6] = 0;
  if (one_in(f, 10)) at[below(f, 7)] = word(f);
}

/* Fills a structure of a kind as calls take it, and now and then spoils a word of it. */
u32 structure(struct flow *f, int kind) {
  u32 *at = place(f, 256);
  if ((u8 *)(at + 64) > ARENA_END) at = (u32 *)(ARENA_END - 128 - below(f, 2) * 128);
  if (one_in(f, 12)) return address(f);
  if (one_in(f, 14)) return 0;
  switch (kind) {
  case S_time: times(f, at, false); break;
  case S_time64: times(f, at, true); break;
  case S_itimer:
    times(f, at, false);
    times(f, at + 2, false);
    break;
  case S_itimer64:
    times(f, at, true);
    times(f, at + 4, true);
    break;
  case S_action:
    at[0] = one_in(f, 8) ? word(f) : below(f, 4) == 0 ? below(f, 2) : (u32)handler;
    at[1] = (next(f) & next(f) & 0xdc000007u) | 0x04000000;
    at[2] = (u32)signal_restorer;
    signal_set(f, at + 3);
    break;
  case S_sigset: signal_set(f, at); break;
  case S_vector: vector(f, at, 6); break;
  case S_poll:
    for (u32 i = 0; i < 8; i++) {
      at[2 * i] = descriptor(f);
      at[2 * i + 1] = next(f) & (one_in(f, 3) ? 0x7fff : 0x1f);
    }
    break;
  case S_address: socket_address(f, (u8 *)at); break;
  case S_message: message(f, at); break;
  case S_messages:
    message(f, at);
    message(f, at + 8);
    break;
  case S_epoll:
    at[0] = next(f) & (one_in(f, 2) ? 0xe000201f : 0x1f);
    at[1] = descriptor(f);
    break;
  case S_lock:
    at[0] = below(f, 4) | below(f, 3) << 16;
    at[1] = small(f);
    at[2] = one_in(f, 3) ? 0 : small(f);
    at[3] = one_in(f, 3) ? 0 : small(f);
    at[4] = at[5] = 0;
    break;
  case S_argv: {
    u32 count = below(f, 4);
    for (u32 i = 0; i < count; i++) at[i] = path(f);
    at[count] = 0;
    break;
  }
  case S_length: at[0] = small(f); break;
  case S_sem:
    for (u32 i = 0; i < 4; i++) {
      at[2 * i] = below(f, 4) | (below(f, 5) - 2) << 16;
      at[2 * i + 1] = 0;
      ((u16 *)at)[4 * i + 2] = next(f) & 0x1800;
    }
    break;
  case S_words: {
    u32 count = 3 + below(f, 6);
    for (u32 i = 0; i < count; i++) at[i] = small(f);
    break;
  }
  default: {
    u32 count = below(f, 6);
    for (u32 i = 0; i < count; i++) at[i] = word(f);
  }
  }
  if (one_in(f, 16)) at[below(f, 8)] = word(f);
  return (u32)at;
}
