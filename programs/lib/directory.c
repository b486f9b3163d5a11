#include "lib.h"

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

int read_directory(const char *path, char ***names) {
  char data[2048];
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), n, count = 0, capacity = 0;
  if (fd < 0) return fd;
  *names = NULL;
  while ((n = getdents64(fd, data, sizeof data)) > 0) {
    for (int at = 0; at < n;) {
      struct dirent64 *entry = (struct dirent64 *)(data + at);
      at += entry->reclen;
      if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
      if (count == capacity) *names = realloc(*names, (capacity = capacity * 2 + 16) * sizeof **names);
      (*names)[count++] = copy_string(entry->name);
    }
  }
  close(fd);
  if (n < 0) {
    free_names(*names, count);
    return n;
  }
  sort((void **)*names, count, by_name);
  return count;
}

void free_names(char **names, int count) {
  for (int i = 0; i < count; i++) free(names[i]);
  free(names);
}

/* Merge sort: stable, and n log n whatever the input. */
void sort(void **items, size_t count, int (*compare)(const void *, const void *)) {
  if (count < 2) return;
  void **other = malloc(count * sizeof *other), **from = items, **to = other;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      size_t middle = start + width < count ? start + width : count;
      size_t end = start + 2 * width < count ? start + 2 * width : count;
      for (size_t i = start, j = middle, k = start; k < end; k++)
        to[k] = i < middle && (j >= end || compare(from[i], from[j]) <= 0) ? from[i++] : from[j++];
    }
    void **swap = from;
    from = to;
    to = swap;
  }
  if (from != items) memcpy(items, from, count * sizeof *items);
  free(other);
}
