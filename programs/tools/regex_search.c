#include "regex.h"

#include "regex_program.h"

/* All states at once (Thompson, Pike): time is text times pattern, whatever the pattern. */

struct run {
  struct regex *r;
  const char *text;
  int length, at, count;
  struct thread *list;
};

static bool is_word(const struct run *x, int at) {
  if (at < 0 || at >= x->length) return false;
  int c = x->text[at];
  return is_alpha(c) || is_digit(c) || c == '_';
}

static bool holds(const struct run *x, int kind) {
  bool before = is_word(x, x->at - 1), after = is_word(x, x->at);
  switch (kind) {
    case LINE_START: return x->at == 0;
    case LINE_END: return x->at == x->length;
    case WORD_EDGE: return before != after;
    case WORD_INSIDE: return before == after;
    case WORD_START: return !before && after;
    default: return before && !after;
  }
}

/* Follows what consumes nothing, and adds the states that consume. Nested at most once per instruction. */
static void follow(struct run *x, int at, int groups[20]) {
  for (;;) {
    const struct instruction *i = &x->r->code[at];
    if (x->r->seen[at] == x->r->generation) return;
    x->r->seen[at] = x->r->generation;
    if (i->kind == JUMP) {
      at += i->x;
    } else if (i->kind == SPLIT) {
      follow(x, at + i->x, groups);
      at += i->y;
    } else if (i->kind == SAVE) {
      int old = groups[i->x];
      groups[i->x] = x->at;
      follow(x, at + 1, groups);
      groups[i->x] = old;
      return;
    } else if (i->kind >= LINE_START && i->kind <= WORD_END) {
      if (!holds(x, i->kind)) return;
      at++;
    } else {
      struct thread *t = &x->list[x->count++];
      t->at = at;
      memcpy(t->groups, groups, sizeof t->groups);
      return;
    }
  }
}

static bool consumes(const struct regex *r, const struct instruction *i, u8 byte) {
  if (i->kind == MATCH_BYTE) return byte == i->x;
  if (i->kind == MATCH_ANY) return true;
  return i->kind == MATCH_SET && (r->sets[i->x][byte >> 3] >> (byte & 7) & 1);
}

static bool better(const int *found, const int *best) {
  if (best[0] < 0) return true;
  return found[0] < best[0] || (found[0] == best[0] && found[1] > best[1]);
}

bool regex_search(struct regex *r, const char *text, int length, int start, int groups[2 * REGEX_GROUPS]) {
  if (!r->seen) {
    r->seen = malloc(r->length * sizeof *r->seen);
    memset(r->seen, 0, r->length * sizeof *r->seen);
    for (int i = 0; i < 2; i++) r->threads[i] = malloc(r->length * sizeof *r->threads[i]);
  }
  int none[20], first_byte = r->code[1].kind == MATCH_BYTE ? r->code[1].x : -1;
  for (int i = 0; i < 20; i++) none[i] = groups[i] = -1;
  struct thread *current = r->threads[0], *next = r->threads[1];
  int current_count = 0;
  for (int at = start;; at++) {
    struct run x = {r, text, length, at, 0, current};
    if (current_count == 0 && groups[0] >= 0) break;
    if (current_count == 0 && first_byte >= 0) {
      const char *hit = memchr(text + at, first_byte, length - at);
      if (!hit) break;
      x.at = at = hit - text;
    }
    if (groups[0] < 0) {
      /* States that came with the last byte are in seen already; an older start has precedence. */
      if (current_count == 0) r->generation++;
      x.count = current_count;
      follow(&x, 0, none);
      current_count = x.count;
    }
    struct run y = {r, text, length, at + 1, 0, next};
    r->generation++;
    for (int i = 0; i < current_count; i++) {
      struct thread *t = &current[i];
      const struct instruction *instruction = &r->code[t->at];
      if (groups[0] >= 0 && t->groups[0] > groups[0]) continue;
      if (instruction->kind == FINISH) {
        if (better(t->groups, groups)) memcpy(groups, t->groups, sizeof t->groups);
      } else if (at < length && consumes(r, instruction, text[at])) {
        follow(&y, t->at + 1, t->groups);
      }
    }
    if (at >= length) break;
    current_count = y.count;
    struct thread *swap = current;
    current = next;
    next = swap;
  }
  return groups[0] >= 0;
}
