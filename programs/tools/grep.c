#include "regex.h"
#include "tool.h"

struct state {
  struct regex **patterns;
  int count;
  bool invert, number, counted, quiet, list, list_without, only, whole_line, whole_word, named, silent, recursive;
  i64 most;
  bool any;
  int status;
};

static bool is_word(int c) { return is_alpha(c) || is_digit(c) || c == '_'; }

/* Says whether the match stands alone, as -w and -x ask. */
static bool is_whole(const struct state *s, const char *text, int length, int from, int to) {
  if (s->whole_line) return from == 0 && to == length;
  if (!s->whole_word) return true;
  return !(from > 0 && is_word(text[from - 1])) && !(to < length && is_word(text[to]));
}

/* Finds one pattern's first match at or after start that is_whole; where the longest is not, shorter ones from the same
 * start are tried. */
static bool find_one(const struct state *s, struct regex *pattern, const char *text, int length, int start,
                     int *groups) {
  for (int at = start; at <= length && regex_search(pattern, text, length, at, groups); at++) {
    at = groups[0];
    if (is_whole(s, text, length, groups[0], groups[1])) return true;
    for (int end = groups[1] - 1; s->whole_word && end >= at; end--) {
      if (!regex_search(pattern, text, end, at, groups) || groups[0] != at) break;
      if (is_whole(s, text, length, groups[0], groups[1])) return true;
      end = groups[1];
    }
  }
  return false;
}

/* Finds the leftmost, longest match of any pattern. */
static bool find(const struct state *s, const char *text, int length, int start, int *from, int *to) {
  int groups[2 * REGEX_GROUPS];
  *from = -1;
  for (int i = 0; i < s->count; i++) {
    if (!find_one(s, s->patterns[i], text, length, start, groups)) continue;
    if (*from < 0 || groups[0] < *from || (groups[0] == *from && groups[1] > *to)) *from = groups[0], *to = groups[1];
  }
  return *from >= 0;
}

static void prefix(const struct state *s, const char *name, u32 line) {
  if (s->named) say("%s:", name);
  if (s->number) say("%u:", line);
}

static void put_matches(const struct state *s, const char *name, u32 line, const char *text, int length) {
  int from, to;
  for (int at = 0; at <= length && find(s, text, length, at, &from, &to); at = to > from ? to : to + 1) {
    if (to == from) continue;
    prefix(s, name, line);
    put_bytes(text + from, to - from);
    put_char('\n');
  }
}

static int grep(struct input *in, const char *name, void *state) {
  struct state *s = state;
  struct buffer line = {0};
  u32 number = 0, count = 0;
  int from, to;
  if (strcmp(name, "-") == 0) name = "(standard input)";
  while ((i64)count < s->most && input_line(in, &line)) {
    int length = line.length - (line.text[line.length - 1] == '\n');
    number++;
    if (find(s, line.text, length, 0, &from, &to) == s->invert) continue;
    count++;
    s->any |= !s->list_without;
    if (s->quiet) exit(0);
    if (s->list || s->list_without) break;
    if (s->counted) continue;
    if (s->only) {
      if (!s->invert) put_matches(s, name, number, line.text, length);
      continue;
    }
    prefix(s, name, number);
    put_bytes(line.text, length);
    put_char('\n');
  }
  if (s->counted && !s->list && !s->list_without) {
    if (s->named) say("%s:", name);
    say("%u\n", count);
  }
  if ((s->list && count) || (s->list_without && !count)) {
    say("%s\n", name);
    s->any = true;
  }
  free(line.text);
  return 0;
}

static void visit(struct state *s, const char *path) {
  struct stat st;
  char **names, *one[] = {(char *)path, NULL};
  bool dash = strcmp(path, "-") == 0;
  int error = dash ? 0 : stat(path, &st);
  if (!error && !dash && S_ISDIR(st.mode)) {
    if (!s->recursive) {
      if (!s->silent) warn("%s: Is a directory", path);
      s->status = 2;
      return;
    }
    int count = read_directory(path, &names);
    for (int i = 0; i < count; i++) {
      char *inner = join_path(path, names[i]);
      struct stat link;
      if (lstat(inner, &link) == 0 && !S_ISLNK(link.mode)) visit(s, inner);
      free(inner);
    }
    if (count >= 0) free_names(names, count);
    return;
  }
  if (!error && !dash) error = access(path, R_OK);
  if (error) {
    if (!s->silent) fail(path, error);
    s->status = 2;
    return;
  }
  if (each_input(one, grep, s)) s->status = 2;
}

static void escape_fixed(struct buffer *b, const char *s, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (strchr("\\.[*^$", s[i])) buffer_add(b, '\\');
    buffer_add(b, s[i]);
  }
}

/* Adds each line of the text as a pattern. */
static bool add_patterns(struct state *s, const char *text, int flags, bool fixed) {
  for (const char *end; text; text = end ? end + 1 : NULL) {
    struct buffer b = {0};
    const char *error = NULL;
    end = strchr(text, '\n');
    size_t length = end ? (size_t)(end - text) : strlen(text);
    if (fixed) escape_fixed(&b, text, length);
    else buffer_put(&b, text, length);
    s->patterns = realloc(s->patterns, (s->count + 1) * sizeof *s->patterns);
    s->patterns[s->count] = regex_compile(buffer_text(&b), flags, &error);
    free(b.text);
    if (!s->patterns[s->count++]) return warn("%s", error), false;
  }
  return true;
}

/* grep [-EFivnclLqohHrsx w] [-m COUNT] [-e PATTERN]... [PATTERN] FILE... */
int grep_main(int argc, char **argv) {
  struct options o = {.known = "EFGivnclLqohHrRsxwm:e:"};
  struct state s = {.most = INT32_MAX};
  const char *given[64];
  int c, flags = 0, named = -1, given_count = 0;
  bool fixed = false;
  while ((c = next_option(&o, argc, argv))) {
    switch (c) {
      case 'E': flags |= REGEX_EXTENDED; break;
      case 'F': fixed = true; break;
      case 'G': flags &= ~REGEX_EXTENDED; break;
      case 'i': flags |= REGEX_IGNORE_CASE; break;
      case 'v': s.invert = true; break;
      case 'n': s.number = true; break;
      case 'c': s.counted = true; break;
      case 'l': s.list = true; break;
      case 'L': s.list_without = true; break;
      case 'q': s.quiet = true; break;
      case 'o': s.only = true; break;
      case 'h': named = 0; break;
      case 'H': named = 1; break;
      case 'r':
      case 'R': s.recursive = true; break;
      case 's': s.silent = true; break;
      case 'x': s.whole_line = true; break;
      case 'w': s.whole_word = true; break;
      case 'm':
        if (!parse_number(o.argument, &s.most)) return warn("invalid max count"), 2;
        break;
      case 'e':
        if (given_count < 64) given[given_count++] = o.argument;
        break;
      default: return 2;
    }
  }
  if (!given_count && o.index < argc) given[given_count++] = argv[o.index++];
  if (!given_count) return warn("usage: grep [-EFivnclLqohHrsxw] PATTERN [FILE]..."), 2;
  if (fixed) flags &= ~REGEX_EXTENDED;
  for (int i = 0; i < given_count; i++)
    if (!add_patterns(&s, given[i], flags, fixed)) return 2;
  s.named = named >= 0 ? named : s.recursive || argc - o.index > 1;
  if (o.index == argc) visit(&s, s.recursive ? "." : "-");
  for (int i = o.index; i < argc; i++) visit(&s, argv[i]);
  return s.status ? s.status : !s.any;
}
