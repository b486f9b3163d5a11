#include "regex.h"

#include "regex_program.h"
#include "tool.h"

/* Recursive descent to instructions with relative jumps, so that a repeated part is copied as it is. */

enum { MOST_INSTRUCTIONS = 30000, UNBOUNDED = -1, MOST_REPEATS = 1000 };

struct compiler {
  struct regex *r;
  const char *at;
  bool extended, ignore_case;
  int depth, open_groups;
  const char *error;
};

static void emit(struct compiler *c, int kind, int x, int y) {
  struct regex *r = c->r;
  if (r->length == r->capacity) r->code = realloc(r->code, (r->capacity = r->capacity * 2 + 32) * sizeof *r->code);
  if (r->length >= MOST_INSTRUCTIONS) {
    c->error = "regular expression too big";
    return;
  }
  r->code[r->length++] = (struct instruction){kind, x, y};
}

static int new_set(struct compiler *c) {
  struct regex *r = c->r;
  r->sets = realloc(r->sets, (r->set_count + 1) * sizeof *r->sets);
  memset(r->sets[r->set_count], 0, sizeof *r->sets);
  return r->set_count++;
}

static void set_add(struct compiler *c, int set, int byte) { c->r->sets[set][byte >> 3] |= 1 << (byte & 7); }

static void literal(struct compiler *c, int byte) {
  if (!c->ignore_case || !is_alpha(byte)) {
    emit(c, MATCH_BYTE, byte, 0);
    return;
  }
  int set = new_set(c);
  set_add(c, set, to_lower(byte));
  set_add(c, set, to_upper(byte));
  emit(c, MATCH_SET, set, 0);
}

static void bracket(struct compiler *c) {
  int set = new_set(c);
  const char *end = NULL;
  bool matched, other, invert = *c->at == '^';
  for (int byte = 0; byte < 256; byte++) {
    end = bracket_match(c->at, byte, false, &matched);
    if (!end) {
      c->error = "Unmatched [, [^, [:, [., or [=";
      return;
    }
    if (c->ignore_case && is_alpha(byte)) {
      bracket_match(c->at, byte ^ 32, false, &other);
      matched = invert ? matched && other : matched || other;
    }
    if (matched) set_add(c, set, byte);
  }
  c->at = end;
  emit(c, MATCH_SET, set, 0);
}

static void word_set(struct compiler *c, int kind) {
  int set = new_set(c);
  bool space = to_lower(kind) == 's', invert = kind < 'a';
  for (int byte = 0; byte < 256; byte++) {
    bool in = space ? is_space(byte) : is_alpha(byte) || is_digit(byte) || byte == '_';
    if (in != invert) set_add(c, set, byte);
  }
  emit(c, MATCH_SET, set, 0);
}

static bool at_operator(struct compiler *c, char op) {
  return c->extended ? *c->at == op : c->at[0] == '\\' && c->at[1] == op;
}

static bool take_operator(struct compiler *c, char op) {
  if (!at_operator(c, op)) return false;
  c->at += c->extended ? 1 : 2;
  return true;
}

static void repeat(struct compiler *c, int start, int least, int most) {
  struct regex *r = c->r;
  int length = r->length - start;
  struct instruction *part = malloc(length * sizeof *part + 1);
  memcpy(part, r->code + start, length * sizeof *part);
  r->length = start;
  for (int i = 0; i < least; i++)
    for (int k = 0; k < length; k++) emit(c, part[k].kind, part[k].x, part[k].y);
  if (most == UNBOUNDED && least > 0) {
    emit(c, SPLIT, -length, 1);
  } else if (most == UNBOUNDED) {
    emit(c, SPLIT, 1, length + 2);
    for (int k = 0; k < length; k++) emit(c, part[k].kind, part[k].x, part[k].y);
    emit(c, JUMP, -length - 1, 0);
  }
  for (int i = least; i < most; i++) {
    emit(c, SPLIT, 1, (most - i) * (length + 1));
    for (int k = 0; k < length; k++) emit(c, part[k].kind, part[k].x, part[k].y);
  }
  free(part);
}

static bool interval(struct compiler *c, int *least, int *most) {
  u64 low = 0, high;
  const char *s = parse_digits(c->at, &low);
  if (!s && *c->at != ',') return false;
  if (!s) s = c->at;
  *least = low;
  *most = low;
  if (*s == ',') {
    const char *end = parse_digits(++s, &high);
    *most = end ? (int)high : UNBOUNDED;
    if (end) s = end;
  }
  c->at = s;
  return take_operator(c, '}') && low <= MOST_REPEATS && *most <= MOST_REPEATS &&
         (*most == UNBOUNDED || *most >= *least);
}

static void quantifiers(struct compiler *c, int start) {
  for (;;) {
    int least, most;
    if (*c->at == '*') {
      c->at++;
      least = 0, most = UNBOUNDED;
    } else if (take_operator(c, '+')) {
      least = 1, most = UNBOUNDED;
    } else if (take_operator(c, '?')) {
      least = 0, most = 1;
    } else if (at_operator(c, '{')) {
      const char *brace = c->at;
      take_operator(c, '{');
      bool good = interval(c, &least, &most);
      if (!good && c->extended && (c->at == brace + 1 || c->at[-1] != '}')) {
        /* Not an interval: an ordinary brace. */
        c->at = brace + 1;
        literal(c, '{');
        return;
      }
      if (!good) {
        c->error = "Invalid content of \\{\\}";
        return;
      }
    } else {
      return;
    }
    repeat(c, start, least, most);
    if (c->error) return;
  }
}

static void alternatives(struct compiler *c);

static void escape(struct compiler *c) {
  char kind = *c->at;
  if (!kind) {
    c->error = "Trailing backslash";
    return;
  }
  c->at++;
  if (strchr("wWsS", kind)) word_set(c, kind);
  else if (kind == 'b') emit(c, WORD_EDGE, 0, 0);
  else if (kind == 'B') emit(c, WORD_INSIDE, 0, 0);
  else if (kind == '<') emit(c, WORD_START, 0, 0);
  else if (kind == '>') emit(c, WORD_END, 0, 0);
  else if (kind == 'n') literal(c, '\n');
  else if (kind == 't') literal(c, '\t');
  else if (kind >= '1' && kind <= '9') c->error = "back-references are not supported";
  else literal(c, (u8)kind);
}

static void group(struct compiler *c) {
  int number = ++c->r->groups;
  if (++c->depth > 200) {
    c->error = "regular expression too deep";
    return;
  }
  if (number < REGEX_GROUPS) emit(c, SAVE, 2 * number, 0);
  c->open_groups++;
  alternatives(c);
  if (!c->error && !take_operator(c, ')')) c->error = "Unmatched ( or \\(";
  c->open_groups--;
  if (number < REGEX_GROUPS) emit(c, SAVE, 2 * number + 1, 0);
  c->depth--;
}

static bool branch_ends(struct compiler *c) {
  return !*c->at || at_operator(c, '|') || (at_operator(c, ')') && (c->open_groups || !c->extended));
}

static void branch(struct compiler *c) {
  for (bool first = true; !branch_ends(c) && !c->error; first = false) {
    int start = c->r->length;
    const char *from = c->at;
    if (take_operator(c, '(')) {
      group(c);
    } else if (*from == '^' && (c->extended || first)) {
      c->at++;
      emit(c, LINE_START, 0, 0);
      if (!c->extended && *c->at == '*') literal(c, *c->at++);
      continue;
    } else if (*from == '$' && (c->extended || (c->at++, branch_ends(c)))) {
      c->at = from + 1;
      emit(c, LINE_END, 0, 0);
      continue;
    } else {
      c->at = from + 1;
      if (*from == '.') emit(c, MATCH_ANY, 0, 0);
      else if (*from == '[') bracket(c);
      else if (*from == '\\') escape(c);
      else literal(c, (u8)*from);
    }
    if (!c->error && !(first && !c->extended && *from == '*')) quantifiers(c, start);
    else if (!c->error) quantifiers(c, start);
  }
}

static void alternatives(struct compiler *c) {
  int start = c->r->length;
  branch(c);
  while (!c->error && take_operator(c, '|')) {
    int length = c->r->length - start;
    emit(c, JUMP, 0, 0);
    emit(c, JUMP, 0, 0);
    if (c->error) return;
    memmove(c->r->code + start + 1, c->r->code + start, length * sizeof *c->r->code);
    c->r->code[start] = (struct instruction){SPLIT, 1, length + 2};
    int jump = start + length + 1;
    c->r->length = jump + 1;
    int right = c->r->length;
    alternatives(c);
    c->r->code[jump] = (struct instruction){JUMP, c->r->length - right + 1, 0};
  }
}

struct regex *regex_compile(const char *pattern, int flags, const char **error) {
  struct regex *r = malloc(sizeof *r);
  memset(r, 0, sizeof *r);
  struct compiler c = {
      .r = r, .at = pattern, .extended = flags & REGEX_EXTENDED, .ignore_case = flags & REGEX_IGNORE_CASE};
  emit(&c, SAVE, 0, 0);
  alternatives(&c);
  if (!c.error && *c.at) c.error = "Unmatched ) or \\)";
  emit(&c, SAVE, 1, 0);
  emit(&c, FINISH, 0, 0);
  if (c.error) {
    *error = c.error;
    return NULL;
  }
  return r;
}

int regex_groups(const struct regex *r) { return r->groups; }
