#include "tool.h"

/* rm [-rRfi] FILE... (-i is not there: nothing asks) */
int rm_main(int argc, char **argv) {
  struct options o = {.known = "rRfdv"};
  bool recursive = false, force = false, directories = false;
  int c, status = 0;
  while ((c = next_option(&o, argc, argv))) {
    if (c == 'r' || c == 'R') recursive = true;
    else if (c == 'f') force = true;
    else if (c == 'd') directories = true;
    else if (c == '?') return 1;
  }
  if (o.index == argc && !force) {
    warn("missing operand");
    return 1;
  }
  for (int i = o.index; i < argc; i++) {
    struct stat st;
    const char *path = argv[i], *name = base_name(path);
    int error = lstat(path, &st);
    if (error == -ENOENT && force) continue;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(path, "/") == 0) {
      warn("refusing to remove '.', '..' or '/': skipping '%s'", path);
      status = 1;
      continue;
    }
    if (!error && S_ISDIR(st.mode) && recursive) {
      status |= remove_tree(path);
      continue;
    }
    if (!error) error = S_ISDIR(st.mode) ? (directories ? rmdir(path) : -EISDIR) : unlink(path);
    if (error) {
      warn("cannot remove '%s': %s", path, error_text(error));
      status = 1;
    }
  }
  return status;
}
