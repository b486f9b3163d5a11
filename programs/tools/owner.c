#include "tool.h"

/* chown, mkfifo, strings */

/* Reads an id as a number or a name of /etc/passwd or /etc/group. */
static bool parse_id(const char *file, const char *name, u32 *id) {
  u64 n;
  const char *end = parse_digits(name, &n);
  if (end && !*end) return *id = n, true;
  char *text = read_whole(file);
  size_t length = strlen(name);
  bool found = false;
  for (char *line = text; line && *line && !found;) {
    char *next = strchr(line, '\n'), *second = strchr(line, ':');
    if (strncmp(line, name, length) == 0 && line[length] == ':' && (second = strchr(line + length + 1, ':')) &&
        parse_digits(second + 1, &n)) {
      *id = n;
      found = true;
    }
    line = next ? next + 1 : NULL;
  }
  free(text);
  return found;
}

/* chown [-h] OWNER[:GROUP] FILE... */
int chown_main(int argc, char **argv) {
  struct options o = {.known = "h"};
  u32 user = -1, group = -1;
  bool link = false;
  int c, status = 0;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    link = true;
  }
  if (argc - o.index < 2) return warn("missing operand"), 1;
  char *owner = copy_string(argv[o.index]), *colon = strchr(owner, ':');
  if (colon) *colon = 0;
  if (*owner && !parse_id("/etc/passwd", owner, &user)) return warn("invalid user: '%s'", owner), 1;
  if (colon && colon[1] && !parse_id("/etc/group", colon + 1, &group)) return warn("invalid group: '%s'", colon + 1), 1;
  for (int i = o.index + 1; i < argc; i++) {
    int error = syscall(link ? SYS_lchown32 : SYS_chown32, argv[i], user, group);
    if (!error) continue;
    warn("changing ownership of '%s': %s", argv[i], error_text(error));
    status = 1;
  }
  return status;
}

/* mkfifo [-m MODE] NAME... */
int mkfifo_main(int argc, char **argv) {
  struct options o = {.known = "m:"};
  int c, status = 0, mode = 0666;
  while ((c = next_option(&o, argc, argv)))
    if (c == '?' || !parse_mode(o.argument, 0666, 0, false, &mode)) return c == '?' ? 1 : (warn("invalid mode"), 1);
  if (o.index == argc) return warn("missing operand"), 1;
  for (int i = o.index; i < argc; i++) {
    int error = mknod(argv[i], S_IFIFO | mode, 0);
    if (!error) continue;
    warn("cannot create fifo '%s': %s", argv[i], error_text(error));
    status = 1;
  }
  return status;
}

static int find_strings(struct input *in, const char *name, void *state) {
  size_t least = *(int *)state;
  struct buffer run = {0};
  int c;
  (void)name;
  do {
    c = input_char(in);
    if (c == '\t' || (c >= 32 && c < 127)) {
      buffer_add(&run, c);
      continue;
    }
    if (run.length >= least) {
      put_bytes(run.text, run.length);
      put_char('\n');
    }
    run.length = 0;
  } while (c >= 0);
  free(run.text);
  return 0;
}

/* strings [-n LENGTH] FILE... */
int strings_main(int argc, char **argv) {
  struct options o = {.known = "an:"};
  int c, least = 4;
  i64 n;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c != 'n') continue;
    if (!parse_number(o.argument, &n) || n < 1) return warn("invalid minimum length '%s'", o.argument), 1;
    least = n;
  }
  return each_input(argv + o.index, find_strings, &least);
}
