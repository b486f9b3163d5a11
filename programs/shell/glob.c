#include "sh.h"

static bool is_pattern(const char *s, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (s[i] == '\\') i++;
    else if (strchr("*?[", s[i])) return true;
  }
  return false;
}

static void add_plain(struct buffer *b, const char *s, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (s[i] == '\\' && i + 1 < length) i++;
    buffer_add(b, s[i]);
  }
}

/* Matches the path's next component below the directory that prefix names ("" is the current one; otherwise it ends in
 * /). */
static void walk(struct buffer *prefix, const char *pattern, struct field_list *l) {
  size_t kept = prefix->length;
  while (*pattern == '/') buffer_add(prefix, *pattern++);
  const char *slash = strchr(pattern, '/');
  size_t length = slash ? (size_t)(slash - pattern) : strlen(pattern), start = prefix->length;
  struct stat st;
  if (!is_pattern(pattern, length)) {
    add_plain(prefix, pattern, length);
    if (slash) walk(prefix, slash, l);
    else if (lstat(buffer_text(prefix), &st) == 0) field_add(l, arena_copy(&scratch, prefix->text, prefix->length));
    prefix->length = kept;
    return;
  }
  char **names, *component = copy_bytes(pattern, length);
  int count = read_directory(start ? buffer_text(prefix) : ".", &names);
  const char *const dots[] = {".", ".."};
  for (int i = *component == '.' ? -2 : 0; i < count; i++) {
    const char *name = i < 0 ? dots[i + 2] : names[i];
    if ((*name == '.' && *component != '.') || !pattern_match(component, name)) continue;
    prefix->length = start;
    buffer_string(prefix, name);
    if (!slash) field_add(l, arena_copy(&scratch, prefix->text, prefix->length));
    else if (stat(buffer_text(prefix), &st) == 0 && S_ISDIR(st.mode)) walk(prefix, slash, l);
  }
  if (count >= 0) free_names(names, count);
  free(component);
  prefix->length = kept;
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

/* Adds the paths that match, sorted, or the text itself when there are none. */
void glob(const char *pattern, struct field_list *l, const char *text) {
  struct buffer prefix = {0};
  int before = l->count;
  walk(&prefix, pattern, l);
  free(prefix.text);
  if (l->count == before) field_add(l, (char *)text);
  else sort((void **)l->items + before, l->count - before, by_text);
}
