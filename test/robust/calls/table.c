#include "calls.h"
#define TABLE
#include "calls.inc"

static u32 flags_of(struct flow *f, int set) {
  u32 value = 0;
  for (u32 n = below(f, 4); n > 0; n--) value |= sets[set].values[below(f, sets[set].count)];
  if (one_in(f, 24)) value |= 1u << below(f, 32);
  return value;
}

static u32 choice_of(struct flow *f, int set) {
  return one_in(f, 16) ? word(f) : sets[set].values[below(f, sets[set].count)];
}

static const u16 modes[] = {0, 0644, 0600, 0755, 0777, 04755, 02755, 01777, 0444, 07777};
static const u32 users[] = {0, 0, 1000, 1000, 1, 65534, 65535, 0xffffffff, 1001};

static u32 argument(struct flow *f, int kind, int set) {
  if (one_in(f, 32)) return word(f);
  switch (kind) {
  case A_fd: return descriptor(f);
  case A_dirfd: return one_in(f, 3) ? descriptor(f) : 0xffffff9c;
  case A_pid: return process(f);
  case A_signal: {
    u32 signal = one_in(f, 12) ? small(f) : below(f, 66);
    return (signal == SIGKILL || signal == SIGSTOP) && !one_in(f, 16) ? SIGUSR1 : signal;
  }
  case A_path: return path(f);
  case A_address: return address(f);
  case A_page: return one_in(f, 4) ? address(f) : (u32)PLAY + below(f, PLAY_PAGES) * PAGE_SIZE;
  case A_size: return one_in(f, 4) ? small(f) : below(f, 6) * PAGE_SIZE;
  case A_flags: return flags_of(f, set);
  case A_choice: return choice_of(f, set);
  case A_struct: return structure(f, set);
  case A_mode: return modes[below(f, COUNT(modes))];
  case A_node: return (below(f, 16) << 12) | modes[below(f, COUNT(modes))];
  case A_user: return one_in(f, 20) ? word(f) : users[below(f, COUNT(users))];
  case A_handler: return one_in(f, 8) ? word(f) : below(f, 3) == 0 ? below(f, 2) : (u32)handler;
  case A_high: return one_in(f, 30) ? word(f) : one_in(f, 20) ? 0xffffffff : 0;
  case A_offset: return one_in(f, 3) ? word(f) : below(f, 100000);
  case A_key: return below(f, 6);
  case A_clone: return (one_in(f, 2) ? next(f) & next(f) & 0x01ffff00 : next(f) & next(f) & 0x01280f00) | (one_in(f, 3) ? below(f, 70) : 17);
  case A_futex: return below(f, 14) | (one_in(f, 2) ? 128 : 0) | (one_in(f, 6) ? 256 : 0);
  case A_zero: return 0;
  default: return small(f);
  }
}

/* Calls that take something from the process for good, or cost much: now and then only, and once. */
const u8 harms[512] = {[1] = 1, [252] = 1, [119] = 1, [173] = 1, [61] = 1, [75] = 1, [340] = 1, [436] = 1, [172] = 1, [11] = 1, [358] = 1, [23] = 1, [46] = 1, [70] = 1, [71] = 1, [164] = 1, [170] = 1, [203] = 1, [204] = 1, [208] = 1, [210] = 1, [213] = 1, [214] = 1, [215] = 1, [216] = 1, [138] = 1, [139] = 1, [354] = 1, [81] = 1, [206] = 1, [91] = 1, [120] = 1, [2] = 1, [190] = 1, [435] = 1, [66] = 1, [45] = 1, [136] = 1, [125] = 1, [380] = 1, [184] = 1, [185] = 1, [60] = 1, [29] = 1, [72] = 1, [179] = 1, [26] = 1};

static const u16 favourites[] = {3, 4, 5, 6, 10, 38, 41, 42, 54, 63, 85, 90, 91, 102, 114, 117, 140, 142, 143, 145, 146, 163, 168, 174, 175, 177, 187, 192, 220, 221, 240, 254, 255, 256, 259, 260, 270, 281, 284, 292, 295, 304, 308, 309, 313, 315, 316, 319, 321, 322, 323, 325, 327, 328, 331, 333, 334, 337, 345, 347, 348, 356, 359, 360, 361, 362, 363, 364, 366, 367, 368, 369, 370, 371, 372, 373, 377, 383, 393, 394, 395, 396, 397, 398, 399, 400, 401, 402, 422, 434, 435};

/* Signals to everybody, or that stop the warden, would end the run early. */
static void tame(struct words *w) {
  u32 n = w->number;
  if (n == 37 || n == 238 || n == 178 || n == 270 || n == 335 || n == 434 || n == 340 || n == 26)
    for (int i = 0; i < 2; i++)
      if (w->args[i] == 0xffffffff || w->args[i] == warden || w->args[i] == 0u - warden) w->args[i] = 0;
  if (n == 88) w->args[0] = 0;
}

void draw(struct flow *f, struct words *w) {
  do {
    u32 n = one_in(f, 3) ? favourites[below(f, COUNT(favourites))] : below(f, 461);
    if (one_in(f, 400)) n = word(f);
    w->number = n;
  } while (w->number < COUNT(harms) && harms[w->number] && !one_in(f, 12));
  u32 n = w->number;
  for (int i = 0; i < 6; i++) {
    if (n < COUNT(calls)) w->args[i] = argument(f, calls[n].kind[i], calls[n].set[i]);
    else w->args[i] = word(f);
  }
  tame(w);
}

/* The same call with another argument. */
void redraw(struct flow *f, struct words *w) {
  u32 n = w->number;
  int i = below(f, 4);
  if (n < COUNT(calls)) w->args[i] = argument(f, calls[n].kind[i], calls[n].set[i]);
  tame(w);
}
