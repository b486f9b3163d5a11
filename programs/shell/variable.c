#include "sh.h"

enum { BUCKETS = 64 };

static struct variable *table[BUCKETS];

static struct variable **slot(const char *name) {
  u32 hash = 5381;
  for (const char *s = name; *s; s++) hash = hash * 33 + (u8)*s;
  struct variable **v = &table[hash % BUCKETS];
  while (*v && strcmp((*v)->name, name) != 0) v = &(*v)->next;
  return v;
}

static struct variable *make(const char *name) {
  struct variable **v = slot(name);
  if (!*v) {
    *v = malloc(sizeof **v);
    **v = (struct variable){.name = copy_string(name)};
  }
  return *v;
}

const char *get_variable(const char *name) {
  struct variable *v = *slot(name);
  if (strcmp(name, "LINENO") == 0 && v && v->value) {
    return number_text(sh.line);
  }
  return v ? v->value : NULL;
}

/* Sets a value; false after a message when the variable is read-only. */
bool set_variable(const char *name, const char *value) {
  struct variable *v = make(name);
  if (v->flags & VARIABLE_READONLY) {
    shell_error("%s: is read only", name);
    return false;
  }
  char *copy = copy_string(value);
  free(v->value);
  v->value = copy;
  if (option('a')) v->flags |= VARIABLE_EXPORT;
  return true;
}

bool set_variable_flags(const char *name, int flags) {
  make(name)->flags |= flags;
  return true;
}

bool unset_variable(const char *name) {
  struct variable **at = slot(name), *v = *at;
  if (!v) return true;
  if (v->flags & VARIABLE_READONLY) {
    shell_error("%s: is read only", name);
    return false;
  }
  *at = v->next;
  free(v->name);
  free(v->value);
  free(v);
  return true;
}

/* Remembers a variable in front of the list, so that restore_variables puts it back. */
struct saved_variable *save_variable(const char *name, struct saved_variable *list) {
  struct saved_variable *s = malloc(sizeof *s);
  struct variable *v = *slot(name);
  *s = (struct saved_variable){.next = list, .name = copy_string(name), .existed = v != NULL};
  if (v) {
    s->value = v->value ? copy_string(v->value) : NULL;
    s->flags = v->flags;
  }
  return s;
}

void restore_variables(struct saved_variable *list) {
  while (list) {
    struct saved_variable *next = list->next;
    struct variable *v = make(list->name);
    v->flags = list->flags;
    free(v->value);
    v->value = list->value;
    if (!list->existed) unset_variable(list->name);
    free(list->name);
    free(list);
    list = next;
  }
}

char **make_environment(void) {
  int count = 0;
  char **result = NULL;
  for (int pass = 0; pass < 2; pass++) {
    if (pass) result = arena_alloc(&scratch, (count + 1) * sizeof *result);
    count = 0;
    for (int i = 0; i < BUCKETS; i++) {
      for (struct variable *v = table[i]; v; v = v->next) {
        if (!(v->flags & VARIABLE_EXPORT) || !v->value) continue;
        if (pass) {
          size_t name = strlen(v->name), value = strlen(v->value);
          char *entry = arena_alloc(&scratch, name + value + 2);
          memcpy(entry, v->name, name);
          entry[name] = '=';
          strcpy(entry + name + 1, v->value);
          result[count] = entry;
        }
        count++;
      }
    }
  }
  result[count] = NULL;
  return result;
}

void import_environment(void) {
  for (char **e = environ; *e; e++) {
    char *equals = strchr(*e, '=');
    if (!equals || !is_name(*e, equals - *e)) continue;
    char *name = copy_bytes(*e, equals - *e);
    set_variable(name, equals + 1);
    set_variable_flags(name, VARIABLE_EXPORT);
    free(name);
  }
}

/* Writes a value so that the shell reads it back: 'it'\''s'. */
void put_quoted(const char *s) {
  put_char('\'');
  for (; *s; s++) {
    if (*s == '\'') put("'\\''");
    else put_char(*s);
  }
  put_char('\'');
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct variable *)a)->name, ((const struct variable *)b)->name);
}

/* Lists the variables that have all flags, sorted, as PREFIX NAME='value'. */
void print_variables(int flags, const char *prefix) {
  void **all = NULL;
  size_t count = 0;
  for (int i = 0; i < BUCKETS; i++) {
    for (struct variable *v = table[i]; v; v = v->next) {
      if ((v->flags & flags) != flags || (!v->value && !flags)) continue;
      all = realloc(all, (count + 1) * sizeof *all);
      all[count++] = v;
    }
  }
  sort(all, count, by_name);
  for (size_t i = 0; i < count; i++) {
    struct variable *v = all[i];
    say("%s%s", prefix, v->name);
    if (v->value) {
      put_char('=');
      put_quoted(v->value);
    }
    put_char('\n');
  }
  free(all);
}
