#include "sh.h"

/* set -o names and their letters (0: none); C (noclobber) lives at 'c', which has no other use after start-up. */
static const struct {
  char letter, slot;
  const char *name;
} names[] = {
    {'a', 'a', "allexport"}, {'b', 'b', "notify"},      {'C', 'c', "noclobber"}, {'e', 'e', "errexit"},
    {'f', 'f', "noglob"},    {'i', 'i', "interactive"}, {'m', 'm', "monitor"},   {'n', 'n', "noexec"},
    {'s', 's', "stdin"},     {'u', 'u', "nounset"},     {'v', 'v', "verbose"},   {'x', 'x', "xtrace"},
    {0, 'p', "pipefail"},
};

/* The value of $-. */
char *option_letters(void) {
  char letters[COUNT(names) + 1], *at = letters;
  for (size_t i = 0; i < COUNT(names); i++)
    if (names[i].letter && option(names[i].slot)) *at++ = names[i].letter;
  return arena_copy(&scratch, letters, at - letters);
}

static void list(bool as_commands) {
  for (size_t i = 0; i < COUNT(names); i++) {
    bool on = option(names[i].slot);
    if (as_commands) say("set %co %s\n", on ? '-' : '+', names[i].name);
    else say("%-16s%s\n", names[i].name, on ? "on" : "off");
  }
}

static bool set_named(const char *name, bool on) {
  for (size_t i = 0; i < COUNT(names); i++) {
    if (strcmp(names[i].name, name) != 0) continue;
    sh.options[names[i].slot - 'a'] = on;
    return true;
  }
  warn("illegal option -o %s", name);
  return false;
}

static bool set_letter(char letter, bool on) {
  if (letter == 'c' || letter == 'l') {
    sh.options[letter - 'a'] = on; /* of the command line */
    return true;
  }
  for (size_t i = 0; i < COUNT(names); i++) {
    if (!letter || names[i].letter != letter) continue;
    sh.options[names[i].slot - 'a'] = on;
    return true;
  }
  warn("illegal option -%c", letter);
  return false;
}

/* Takes options off the front of the arguments; "--" and "-" end them. False after a message. */
bool set_options(int *argc, char ***argv) {
  while (*argc > 0 && ((**argv)[0] == '-' || (**argv)[0] == '+')) {
    const char *s = **argv;
    bool on = *s == '-';
    if (on && (!s[1] || strcmp(s, "--") == 0)) {
      --*argc, ++*argv;
      return true;
    }
    if (!s[1]) return true;
    --*argc, ++*argv;
    for (s++; *s; s++) {
      if (*s != 'o') {
        if (!set_letter(*s, on)) return false;
        continue;
      }
      if (*argc == 0) {
        list(!on);
        return true;
      }
      if (!set_named(**argv, on)) return false;
      --*argc, ++*argv;
    }
  }
  return true;
}
