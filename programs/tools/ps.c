#include "tool.h"

/* Reads field n (from 3) of /proc/PID/stat: they follow the name, which is in parentheses and may hold anything. */
static i64 field(const char *stat_text, int n) {
  const char *s = strrchr(stat_text, ')');
  i64 value = 0;
  if (!s) return 0;
  for (int i = 2; i < n && s; i++) s = strchr(s + 1, ' ');
  if (!s) return 0;
  bool negative = s[1] == '-';
  for (s += 1 + negative; is_digit(*s); s++) value = value * 10 + *s - '0';
  return negative ? -value : value;
}

static void put_command(const char *directory, const char *stat_text) {
  char *path = join_path(directory, "cmdline"), data[256];
  int fd = open(path, O_RDONLY, 0), n = fd < 0 ? 0 : read(fd, data, sizeof data);
  if (fd >= 0) close(fd);
  free(path);
  while (n > 0 && data[n - 1] == 0) n--;
  if (n > 0) {
    for (int i = 0; i < n; i++) put_char(data[i] ? data[i] : ' ');
  } else {
    const char *open_at = strchr(stat_text, '('), *close_at = strrchr(stat_text, ')');
    if (open_at && close_at) say("[%.*s]", (int)(close_at - open_at - 1), open_at + 1);
  }
  put_char('\n');
}

static void put_process(const char *pid) {
  char *directory = join_path("/proc", pid), *path = join_path(directory, "stat"), *text = read_whole(path),
       tty[16] = "?";
  if (text && *text) {
    u32 device = field(text, 7), ticks = field(text, 14) + field(text, 15);
    struct stat st;
    char *user = stat(directory, &st) == 0 ? account_name("/etc/passwd", st.uid) : copy_string("?");
    if (device) {
      u32 major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);
      strcpy(tty, major == 136 ? "pts/" : "tty");
      char *at = tty + strlen(tty);
      if (minor >= 100) *at++ = '0' + minor / 100 % 10;
      if (minor >= 10) *at++ = '0' + minor / 10 % 10;
      *at++ = '0' + minor % 10;
      *at = 0;
    }
    say("%5s %5lld %-8s %-6s %c %02u:%02u ", pid, field(text, 4), user, tty, strrchr(text, ')')[2], ticks / 6000,
        ticks / 100 % 60);
    put_command(directory, text);
    free(user);
  }
  free(text);
  free(path);
  free(directory);
}

static int by_pid(const void *a, const void *b) {
  i64 x = 0, y = 0;
  parse_number(a, &x);
  parse_number(b, &y);
  return x < y ? -1 : x > y;
}

/* ps: every process, whatever the options */
int ps_main(int argc, char **argv) {
  char **names;
  int count = read_directory("/proc", &names), pids = 0;
  (void)argc, (void)argv;
  if (count < 0) return fail("/proc", count);
  for (int i = 0; i < count; i++)
    if (is_digit(names[i][0])) names[pids++] = names[i];
  sort((void **)names, pids, by_pid);
  put("  PID  PPID USER     TTY    S TIME  COMMAND\n");
  for (int i = 0; i < pids; i++) put_process(names[i]);
  return 0;
}
