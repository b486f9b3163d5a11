#include "sh.h"

static struct function *functions;

struct function *find_function(const char *name) {
  for (struct function *f = functions; f; f = f->next)
    if (strcmp(f->name, name) == 0) return f;
  return NULL;
}

void define_function(const char *name, struct node *body, struct tree *tree) {
  struct function *f = find_function(name);
  tree->uses++;
  if (f) {
    tree_release(f->tree);
  } else {
    f = malloc(sizeof *f);
    f->name = copy_string(name);
    f->next = functions;
    functions = f;
  }
  f->body = body;
  f->tree = tree;
}

bool remove_function(const char *name) {
  for (struct function **at = &functions; *at; at = &(*at)->next) {
    struct function *f = *at;
    if (strcmp(f->name, name) != 0) continue;
    *at = f->next;
    tree_release(f->tree);
    free(f->name);
    free(f);
    return true;
  }
  return false;
}
