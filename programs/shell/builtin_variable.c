#include "builtin.h"

/* NAME or NAME=VALUE; false after an error. */
static bool declare(const char *text, int flags) {
  const char *equals = strchr(text, '=');
  size_t length = equals ? (size_t)(equals - text) : strlen(text);
  if (!is_name(text, length)) {
    shell_error("%s: bad variable name", text);
    return false;
  }
  char *name = arena_copy(&scratch, text, length);
  if (equals && !set_variable(name, equals + 1)) return false;
  return set_variable_flags(name, flags);
}

static int declare_all(int argc, char **argv, int flags, const char *prefix) {
  int i = 1;
  if (argc > 1 && strcmp(argv[1], "-p") == 0) i++;
  if (i == argc) {
    print_variables(flags, prefix);
    return 0;
  }
  if (strcmp(argv[i], "--") == 0) i++;
  for (; i < argc; i++)
    if (!declare(argv[i], flags)) return sh.status;
  return 0;
}

int do_export(int argc, char **argv) { return declare_all(argc, argv, VARIABLE_EXPORT, "export "); }
int do_readonly(int argc, char **argv) { return declare_all(argc, argv, VARIABLE_READONLY, "readonly "); }

int do_local(int argc, char **argv) {
  if (!sh.functions) {
    shell_error("local: not in a function");
    return sh.status;
  }
  for (int i = 1; i < argc; i++) {
    const char *equals = strchr(argv[i], '=');
    size_t length = equals ? (size_t)(equals - argv[i]) : strlen(argv[i]);
    char *name = arena_copy(&scratch, argv[i], length);
    sh.locals = save_variable(name, sh.locals);
    if (!declare(argv[i], 0)) return sh.status;
  }
  return 0;
}

/* unset [-v|-f] NAME... */
int do_unset(int argc, char **argv) {
  bool functions = false;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (strcmp(argv[i], "-f") == 0) functions = true;
    else if (strcmp(argv[i], "-v") != 0) break;
  }
  for (; i < argc; i++) {
    if (functions) remove_function(argv[i]);
    else if (!unset_variable(argv[i])) return sh.status;
  }
  return 0;
}

struct line {
  struct buffer text, protected; /* protected: the byte came with a backslash */
};

/* Reads one line byte by byte, so that what follows stays for other programs; false at the end of the input. */
static bool read_line(struct line *l, bool raw) {
  for (;;) {
    char c;
    int n = read(0, &c, 1);
    if (n == -EINTR) {
      if (sh.interactive && sh.interrupted) return false;
      run_traps();
      if (sh.skip) return false;
      continue;
    }
    if (n <= 0) return false;
    bool escaped = false;
    if (c == '\\' && !raw) {
      do n = read(0, &c, 1);
      while (n == -EINTR);
      if (n <= 0) return false;
      if (c == '\n') continue;
      escaped = true;
    }
    if (c == '\n' && !escaped) return true;
    if (!c) continue;
    buffer_add(&l->text, c);
    buffer_add(&l->protected, escaped);
  }
}

static bool separates(const struct line *l, size_t i, const char *ifs) {
  return !l->protected.text[i] && strchr(ifs, l->text.text[i]);
}
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* Splits the line over the names; the last one gets the rest with its separators. */
static bool assign_fields(const struct line *l, int count, char **names) {
  const char *ifs = get_variable("IFS");
  size_t at = 0, end = l->text.length;
  if (!ifs) ifs = " \t\n";
  while (at < end && separates(l, at, ifs) && is_blank(l->text.text[at])) at++;
  for (int i = 0; i < count; i++) {
    size_t start = at, stop;
    bool last = i == count - 1;
    while (at < end && !separates(l, at, ifs)) at++;
    stop = at;
    size_t next = at;
    bool hard = false;
    while (next < end && separates(l, next, ifs) && (is_blank(l->text.text[next]) || !hard))
      hard |= !is_blank(l->text.text[next]), next++;
    if (last && next < end) {
      stop = end;
      while (stop > start && separates(l, stop - 1, ifs) && is_blank(l->text.text[stop - 1])) stop--;
    }
    if (!set_variable(names[i], arena_copy(&scratch, l->text.text ? l->text.text + start : "", stop - start)))
      return false;
    at = next;
  }
  return true;
}

/* read [-r] [-p PROMPT] NAME... */
int do_read(int argc, char **argv) {
  static char *reply[] = {"REPLY", NULL};
  struct options o = {.known = "+rp:"};
  struct line l = {0};
  bool raw = false;
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 2;
    if (c == 'r') raw = true;
    if (c == 'p') say_to(2, "%s", o.argument);
  }
  for (int i = o.index; i < argc; i++) {
    if (valid_name(argv[i])) continue;
    shell_error("read: %s: bad variable name", argv[i]);
    return sh.status;
  }
  bool complete = read_line(&l, raw);
  if (sh.skip) return sh.status;
  int count = argc - o.index;
  bool good = assign_fields(&l, count ? count : 1, count ? argv + o.index : reply);
  free(l.text.text);
  free(l.protected.text);
  return good && complete ? 0 : good ? 1 : sh.status;
}

/* getopts OPTIONS NAME [ARGUMENT]... */
int do_getopts(int argc, char **argv) {
  static int place; /* inside a group of letters */
  static i64 last_index;
  i64 index = 1;
  const char *optind = get_variable("OPTIND"), *known = argc > 1 ? argv[1] : "";
  char **arguments = argc > 3 ? argv + 3 : sh.parameters, letter[2] = "?";
  int count = argc > 3 ? argc - 3 : sh.parameter_count;
  if (argc < 3) return warn("usage: getopts OPTIONS NAME [ARGUMENT]..."), 2;
  if (!optind || !parse_number(optind, &index) || index < 1) index = 1;
  if (index != last_index) place = 0;
  const char *word = index <= count ? arguments[index - 1] : NULL;
  if (!place) {
    if (!word || word[0] != '-' || !word[1] || strcmp(word, "--") == 0) {
      if (word && strcmp(word, "--") == 0) index++;
      set_variable("OPTIND", number_text(index));
      set_variable(argv[2], "?");
      return 1;
    }
    place = 1;
  }
  char c = word[place++];
  const char *found = c == ':' ? NULL : strchr(known + (*known == ':'), c);
  bool quiet = *known == ':', ends = !word[place];
  char option_text[2] = {c, 0};
  unset_variable("OPTARG");
  if (!found) {
    if (quiet) set_variable("OPTARG", option_text);
    else say_to(2, "Illegal option -%c\n", c);
  } else if (found[1] == ':') {
    if (!ends) {
      set_variable("OPTARG", word + place);
      letter[0] = c;
    } else if (index < count) {
      set_variable("OPTARG", arguments[index++]);
      letter[0] = c;
    } else {
      letter[0] = quiet ? ':' : '?';
      if (quiet) set_variable("OPTARG", option_text);
      else say_to(2, "No arg for -%c option\n", c);
    }
    ends = true;
  } else {
    letter[0] = c;
  }
  if (ends) {
    index++;
    place = 0;
  }
  last_index = index;
  set_variable("OPTIND", number_text(index));
  set_variable(argv[2], letter);
  return 0;
}
