#include "sh.h"

void field_add(struct field_list *l, char *field) {
  if (l->count + 1 >= l->capacity) {
    int capacity = l->capacity * 2 + 16;
    char **items = arena_alloc(&scratch, capacity * sizeof *items);
    if (l->count) memcpy(items, l->items, l->count * sizeof *items);
    l->items = items;
    l->capacity = capacity;
  }
  l->items[l->count++] = field;
  l->items[l->count] = NULL;
}

/* Says whether a field holds *, ? or a [ that is closed: the test command must not read the directory. */
static bool has_pattern(const struct text *t) {
  bool open = false;
  for (size_t i = 0; i < t->chars.length; i++) {
    char c = t->chars.text[i];
    if (t->marks.text[i] == MARK_QUOTED || t->marks.text[i] == MARK_EMPTY) continue;
    if (c == '*' || c == '?' || (c == ']' && open)) return true;
    open |= c == '[';
  }
  return false;
}

static void finish_field(struct text *field, struct field_list *l) {
  if (!option('f') && has_pattern(field)) glob(text_pattern(field), l, text_plain(field));
  else field_add(l, text_plain(field));
  field->chars.length = field->marks.length = 0;
}

/* Field splitting (POSIX 2.6.5): blanks of IFS separate in runs, other bytes of IFS end a field each. */
void split_fields(struct text *t, struct field_list *l) {
  const char *ifs = get_variable("IFS");
  struct text field = {0};
  bool started = false, after_blank = false;
  if (!ifs) ifs = " \t\n";
  for (size_t i = 0; i < t->chars.length; i++) {
    char c = t->chars.text[i], mark = t->marks.text[i];
    bool blank = c == ' ' || c == '\t' || c == '\n';
    if (mark == MARK_BREAK) {
      if (started) finish_field(&field, l);
      started = after_blank = false;
    } else if (mark != MARK_SPLIT || !c || !strchr(ifs, c)) {
      if (mark != MARK_EMPTY) text_add(&field, c, mark);
      started = true;
      after_blank = false;
    } else if (started) {
      finish_field(&field, l);
      started = false;
      after_blank = blank;
    } else if (!blank) {
      if (!after_blank) field_add(l, "");
      after_blank = false;
    }
  }
  if (started) finish_field(&field, l);
  text_free(&field);
}

char **expand_fields(const struct word *words, int *count) {
  struct field_list l = {0};
  for (const struct word *w = words; w && !sh.skip; w = w->next) {
    struct text t = {0};
    expand_word(&t, w, false);
    if (!sh.skip) split_fields(&t, &l);
    text_free(&t);
  }
  *count = l.count;
  if (!l.items) {
    l.items = arena_alloc(&scratch, sizeof *l.items);
    l.items[0] = NULL;
  }
  return l.items;
}
