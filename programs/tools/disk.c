#include "tool.h"

enum { SYS_statfs64 = 268 };

struct statfs {
  u32 type, block_size;
  u64 blocks, free, available, files, free_files;
  u32 id[2], name_length, fragment_size, flags, spare[4];
};

static int percent(u64 part, u64 whole) { return whole ? (part * 100 + whole - 1) / whole : 0; }

static int put_filesystem(const char *device, const char *path) {
  struct statfs st;
  memset(&st, 0, sizeof st);
  int error = syscall(SYS_statfs64, path, sizeof st, &st);
  if (error) return fail(path, error);
  u64 unit = st.fragment_size ? st.fragment_size : st.block_size;
  u64 total = st.blocks * unit / 1024, used = (st.blocks - st.free) * unit / 1024,
      available = st.available * unit / 1024;
  say("%-20s %10llu %10llu %10llu %3d%% %s\n", device, total, used, available, percent(used, used + available), path);
  return 0;
}

/* df [PATH]...: the mounted file systems that have blocks, in KiB */
int df_main(int argc, char **argv) {
  struct options o = {.known = "kPh"};
  int status = 0, c;
  while ((c = next_option(&o, argc, argv)))
    if (c == '?') return 1;
  put("Filesystem            1K-blocks       Used  Available Use% Mounted on\n");
  for (int i = o.index; i < argc; i++) status |= put_filesystem("-", argv[i]);
  if (o.index < argc) return status;
  char *mounts = read_whole("/proc/mounts");
  for (char *line = mounts; line && *line;) {
    char *end = strchr(line, '\n'), *path = strchr(line, ' ');
    if (end) *end = 0;
    char *path_end = path ? strchr(path + 1, ' ') : NULL;
    struct statfs st;
    memset(&st, 0, sizeof st);
    if (path_end) {
      *path = *path_end = 0;
      if (syscall(SYS_statfs64, path + 1, sizeof st, &st) == 0 && st.blocks > 0)
        status |= put_filesystem(line, path + 1);
    }
    line = end ? end + 1 : NULL;
  }
  if (!mounts) status = put_filesystem("-", "/");
  return status;
}

struct total {
  bool all, summary, apparent;
  u32 unit;
};

static int measure(const char *path, const struct total *t, bool top, u64 *sum) {
  struct stat st;
  char **names;
  int error = lstat(path, &st), status = 0;
  if (error) {
    warn("cannot access '%s': %s", path, error_text(error));
    return 1;
  }
  u64 bytes = t->apparent ? (u64)st.size : st.blocks * 512;
  if (S_ISDIR(st.mode)) {
    int count = read_directory(path, &names);
    if (count < 0) status = fail(path, count);
    for (int i = 0; i < count; i++) {
      char *inner = join_path(path, names[i]);
      status |= measure(inner, t, false, &bytes);
      free(inner);
    }
    if (count >= 0) free_names(names, count);
  }
  if (top || (!t->summary && (S_ISDIR(st.mode) || t->all))) say("%llu\t%s\n", (bytes + t->unit - 1) / t->unit, path);
  *sum += bytes;
  return status;
}

/* du [-a] [-s] [-k] [-b] [PATH]... */
int du_main(int argc, char **argv) {
  static char *here[] = {".", NULL};
  struct options o = {.known = "askb"};
  struct total t = {.unit = 1024};
  u64 sum = 0;
  int c, status = 0;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'a') t.all = true;
    if (c == 's') t.summary = true;
    if (c == 'b') t.apparent = true, t.unit = 1;
  }
  for (char **path = o.index < argc ? argv + o.index : here; *path; path++) status |= measure(*path, &t, true, &sum);
  return status;
}
