#include "tool.h"

/* What the machine says of itself: free, uptime, nproc, mount */

static u64 memory_field(const char *text, const char *name) {
  const char *at = strstr(text, name);
  u64 n = 0;
  if (!at) return 0;
  for (at += strlen(name); *at == ' ' || *at == ':'; at++) {
  }
  parse_digits(at, &n);
  return n;
}

/* free: KiB, from /proc/meminfo */
int free_main(int argc, char **argv) {
  char *text = read_whole("/proc/meminfo");
  (void)argc, (void)argv;
  if (!text) return fail("/proc/meminfo", -ENOENT);
  u64 total = memory_field(text, "MemTotal"), unused = memory_field(text, "MemFree"),
      available = memory_field(text, "MemAvailable");
  u64 cache = memory_field(text, "Buffers") + memory_field(text, "\nCached"), swap = memory_field(text, "SwapTotal"),
      swap_free = memory_field(text, "SwapFree");
  say("%-7s%12s%12s%12s%12s%12s\n", "", "total", "used", "free", "buff/cache", "available");
  say("%-7s%12llu%12llu%12llu%12llu%12llu\n", "Mem:", total, total - unused - cache, unused, cache,
      available ? available : unused + cache);
  say("%-7s%12llu%12llu%12llu\n", "Swap:", swap, swap - swap_free, swap_free);
  return 0;
}

int uptime_main(int argc, char **argv) {
  struct timespec now, up;
  struct buffer b = {0};
  char *load = read_whole("/proc/loadavg");
  (void)argc, (void)argv;
  clock_gettime(0, &now);
  if (clock_gettime(7, &up) != 0) clock_gettime(1, &up); /* CLOCK_BOOTTIME, CLOCK_MONOTONIC */
  calendar_put(&b, " %H:%M:%S", now.sec, 0);
  buffer_say(&b, " up ");
  if (up.sec >= 86400) buffer_say(&b, "%d day%s, ", up.sec / 86400, up.sec >= 172800 ? "s" : "");
  buffer_say(&b, "%d:%02d", up.sec / 3600 % 24, up.sec / 60 % 60);
  if (load) {
    char *at = load;
    for (int spaces = 0; *at && (*at != ' ' || ++spaces < 3);) at++;
    *at = 0;
    buffer_say(&b, ",  load average: %s", load);
  }
  say("%s\n", buffer_text(&b));
  return 0;
}

int nproc_main(int argc, char **argv) {
  enum { SYS_sched_getaffinity = 242 };
  u8 mask[128];
  int count = 0, n = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  (void)argc, (void)argv;
  for (int i = 0; i < n; i++)
    for (int bit = 0; bit < 8; bit++) count += mask[i] >> bit & 1;
  say("%d\n", count ? count : 1);
  return 0;
}

/* mount: lists /proc/mounts as "DEVICE on PATH type TYPE (OPTIONS)" */
int mount_main(int argc, char **argv) {
  if (argc > 1) return warn("only lists; it mounts nothing"), 1;
  (void)argv;
  char *text = read_whole("/proc/mounts");
  if (!text) return fail("/proc/mounts", -ENOENT);
  for (char *line = text; *line;) {
    char *end = strchr(line, '\n'), *fields[4] = {line, "", "", ""};
    if (end) *end = 0;
    for (int i = 1; i < 4; i++) {
      char *gap = strchr(fields[i - 1], ' ');
      if (!gap) break;
      *gap = 0;
      fields[i] = gap + 1;
    }
    char *gap = strchr(fields[3], ' ');
    if (gap) *gap = 0;
    say("%s on %s type %s (%s)\n", fields[0], fields[1], fields[2], fields[3]);
    if (!end) break;
    line = end + 1;
  }
  return 0;
}
