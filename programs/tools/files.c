#include "tool.h"

int each_input(char **paths, int (*use)(struct input *, const char *, void *), void *state) {
  static char *standard[] = {"-", NULL};
  int status = 0;
  if (!*paths) paths = standard;
  for (; *paths; paths++) {
    bool dash = strcmp(*paths, "-") == 0;
    int fd = dash ? 0 : open(*paths, O_RDONLY, 0);
    if (fd < 0) {
      status = fail(*paths, fd);
      continue;
    }
    struct input in;
    input_open(&in, fd);
    int result = use(&in, *paths, state);
    if (result) status = result;
    if (in.error) status = fail(*paths, in.error);
    input_close(&in);
  }
  return status;
}

/* Copies until the end of the file; returns 0 or -errno. */
int copy_fd(int from, int to) {
  char data[4096];
  for (;;) {
    int n = read(from, data, sizeof data);
    if (n == -EINTR) continue;
    if (n <= 0) return n;
    int error = write_all(to, data, n);
    if (error) return error;
  }
}

bool same_file(const struct stat *a, const struct stat *b) { return a->dev == b->dev && a->ino == b->ino; }

/* Removes a file or a directory with everything in it; returns 0 or 1 after messages. */
int remove_tree(const char *path) {
  struct stat st;
  int error = lstat(path, &st), status = 0;
  if (error) return fail(path, error);
  if (!S_ISDIR(st.mode)) return (error = unlink(path)) ? fail(path, error) : 0;
  char **names;
  int count = read_directory(path, &names);
  if (count < 0) return fail(path, count);
  for (int i = 0; i < count; i++) {
    char *inner = join_path(path, names[i]);
    status |= remove_tree(inner);
    free(inner);
  }
  free_names(names, count);
  if (status == 0 && (error = rmdir(path))) status = fail(path, error);
  return status;
}
