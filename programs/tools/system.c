#include "tool.h"

/* uname [-asnrvm] */
int uname_main(int argc, char **argv) {
  struct options o = {.known = "asnrvmo"};
  struct utsname name;
  bool wanted[6] = {0};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    for (int i = 0; i < 6; i++) wanted[i] |= c == 'a' || c == "snrvmo"[i];
  }
  if (argc == 1) wanted[0] = true;
  uname(&name);
  const char *fields[] = {name.sysname, name.nodename, name.release, name.version, name.machine, "GNU/Linux"},
             *gap = "";
  fields[5] = name.sysname;
  for (int i = 0; i < 6; i++) {
    if (!wanted[i]) continue;
    say("%s%s", gap, fields[i]);
    gap = " ";
  }
  put_char('\n');
  return 0;
}

/* date [-u] [-d @SECONDS] [+FORMAT] */
int date_main(int argc, char **argv) {
  struct options o = {.known = "ud:"};
  struct timespec now;
  struct buffer b = {0};
  i64 seconds;
  int c;
  clock_gettime(0, &now);
  seconds = now.sec;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c != 'd') continue;
    now.nsec = 0;
    if (*o.argument != '@' || !parse_number(o.argument + 1, &seconds)) {
      warn("invalid date '%s' (only @SECONDS)", o.argument);
      return 1;
    }
  }
  const char *text = o.index < argc && argv[o.index][0] == '+' ? argv[o.index] + 1 : "%a %b %e %H:%M:%S %Z %Y";
  calendar_put(&b, text, seconds, now.nsec);
  put_bytes(b.text, b.length);
  put_char('\n');
  return 0;
}

/* Reads seconds with a fraction and a suffix s, m, h or d. */
static bool parse_duration(const char *s, struct timespec *total) {
  u64 whole = 0, fraction = 0, unit = 1000000000;
  const char *end = parse_digits(s, &whole);
  if (!end && *s != '.') return false;
  s = end ? end : s;
  if (*s == '.')
    for (s++; is_digit(*s); s++) unit /= 10, fraction += (*s - '0') * unit;
  u64 scale = *s == 'm' ? 60 : *s == 'h' ? 3600 : *s == 'd' ? 86400 : 1;
  if (*s && strchr("smhd", *s)) s++;
  if (*s || whole > 100000000) return false;
  u64 nanoseconds = (whole * 1000000000 + fraction) * scale + total->nsec;
  total->sec += nanoseconds / 1000000000;
  total->nsec = nanoseconds % 1000000000;
  return true;
}

/* sleep TIME... */
int sleep_main(int argc, char **argv) {
  struct timespec time = {0};
  if (argc < 2) {
    warn("missing operand");
    return 1;
  }
  for (int i = 1; i < argc; i++) {
    if (parse_duration(argv[i], &time)) continue;
    warn("invalid time interval '%s'", argv[i]);
    return 1;
  }
  while (nanosleep(&time, &time) == -EINTR) {
  }
  return 0;
}

/* id [-u|-g|-G] [-n] */
int id_main(int argc, char **argv) {
  struct options o = {.known = "ugGnr"};
  int c, only = 0, names = 0;
  u32 groups[64], uid = syscall(SYS_geteuid32), gid = syscall(SYS_getegid32);
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'n') names = 1;
    else if (c != 'r') only = c;
  }
  char *user = account_name("/etc/passwd", uid), *group = account_name("/etc/group", gid);
  int count = syscall(SYS_getgroups32, COUNT(groups), groups);
  if (only == 'u') names ? say("%s\n", user) : say("%u\n", uid);
  if (only == 'g') names ? say("%s\n", group) : say("%u\n", gid);
  if (only == 'u' || only == 'g') return 0;
  if (!only) say("uid=%u(%s) gid=%u(%s) groups=", uid, user, gid, group);
  if (count <= 0) groups[0] = gid, count = 1;
  for (int i = 0; i < count; i++) {
    char *name = account_name("/etc/group", groups[i]);
    if (only) names ? say("%s%s", i ? " " : "", name) : say("%s%u", i ? " " : "", groups[i]);
    else say("%s%u(%s)", i ? "," : "", groups[i], name);
  }
  put_char('\n');
  return 0;
}
