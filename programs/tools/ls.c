#include "tool.h"

struct options_of_ls {
  bool all, almost, long_form, directory, recursive, inode, classify, by_time, by_size, reverse, one;
};
static struct options_of_ls with;

struct entry {
  char *name, *path;
  struct stat st;
};

static int compare(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  int order = 0;
  if (with.by_size) order = x->st.size < y->st.size ? 1 : x->st.size > y->st.size ? -1 : 0;
  if (with.by_time)
    order = x->st.mtime.sec < y->st.mtime.sec   ? 1
            : x->st.mtime.sec > y->st.mtime.sec ? -1
                                                : y->st.mtime.nsec - x->st.mtime.nsec;
  if (order == 0) order = strcmp(x->name, y->name);
  return with.reverse ? -order : order;
}

static struct entry *new_entry(const char *name, char *path) {
  struct entry *e = malloc(sizeof *e);
  *e = (struct entry){.name = copy_string(name), .path = path};
  return e;
}

static int width_of(u64 n) {
  int width = 1;
  for (; n >= 10; n /= 10) width++;
  return width;
}

struct widths {
  int links, user, group, size, inode;
};

static void widen(int *width, int other) {
  if (other > *width) *width = other;
}

static void measure(struct widths *w, const struct entry *e) {
  char *user = account_name("/etc/passwd", e->st.uid), *group = account_name("/etc/group", e->st.gid);
  widen(&w->links, width_of(e->st.nlink));
  widen(&w->user, strlen(user));
  widen(&w->group, strlen(group));
  widen(&w->size, width_of(e->st.size));
  widen(&w->inode, width_of(e->st.ino));
  free(user);
  free(group);
}

static void print_time(const struct timespec *t) {
  struct timespec now;
  struct buffer b = {0};
  clock_gettime(0, &now);
  bool recent = t->sec <= now.sec && t->sec > now.sec - 15778476; /* half a year */
  calendar_put(&b, recent ? "%b %e %H:%M" : "%b %e  %Y", t->sec, 0);
  say("%s ", buffer_text(&b));
  free(b.text);
}

static void print_entry(const struct entry *e, const struct widths *w) {
  if (with.inode) say("%*llu ", w->inode, e->st.ino);
  if (with.long_form) {
    char mode[11];
    mode_text(e->st.mode, mode);
    char *user = account_name("/etc/passwd", e->st.uid), *group = account_name("/etc/group", e->st.gid);
    say("%s %*u %-*s %-*s ", mode, w->links, e->st.nlink, w->user, user, w->group, group);
    if ((e->st.mode & S_IFMT) == S_IFCHR || (e->st.mode & S_IFMT) == S_IFBLK)
      say("%u, %u ", (u32)(e->st.rdev >> 8) & 0xfff, (u32)e->st.rdev & 0xff);
    else say("%*llu ", w->size, e->st.size);
    print_time(&e->st.mtime);
    free(user);
    free(group);
  }
  put(e->name);
  if (with.long_form && S_ISLNK(e->st.mode)) {
    char target[4096];
    int n = readlink(e->path, target, sizeof target);
    if (n >= 0) say(" -> %.*s", n, target);
  } else if (with.classify) {
    if (S_ISDIR(e->st.mode)) put_char('/');
    else if (S_ISLNK(e->st.mode)) put_char('@');
    else if (S_ISREG(e->st.mode) && (e->st.mode & 0111)) put_char('*');
    else if ((e->st.mode & S_IFMT) == S_IFIFO) put_char('|');
  }
}

static u32 name_width(const struct entry *e) {
  return strlen(e->name) + (with.classify && (S_ISDIR(e->st.mode) || !S_ISREG(e->st.mode) || (e->st.mode & 0111)));
}

static u32 column_width(struct entry **entries, size_t count, size_t rows, size_t column) {
  u32 widest = 0;
  for (size_t i = column * rows; i < (column + 1) * rows && i < count; i++)
    if (name_width(entries[i]) > widest) widest = name_width(entries[i]);
  return widest;
}

/* The most columns that fit, each as wide as its longest name and two blanks apart; returns the rows that this makes.
 */
static size_t fewest_rows(struct entry **entries, size_t count, u32 width) {
  for (size_t columns = count < width / 3 ? count : width / 3; columns > 1; columns--) {
    size_t rows = (count + columns - 1) / columns;
    u32 total = 0;
    for (size_t column = 0; column * rows < count; column++) total += column_width(entries, count, rows, column) + 2;
    if (total - 2 < width) return rows;
  }
  return count;
}

/* Columns down, as wide as the terminal. */
static void print_columns(struct entry **entries, size_t count) {
  struct winsize size = {0};
  struct widths w = {0};
  u32 width = ioctl(1, TIOCGWINSZ, &size) == 0 && size.columns ? size.columns : 80;
  size_t rows = fewest_rows(entries, count, width);
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = row; i < count; i += rows) {
      print_entry(entries[i], &w);
      if (i + rows >= count) continue;
      for (u32 n = name_width(entries[i]); n < column_width(entries, count, rows, i / rows) + 2; n++) put_char(' ');
    }
    put_char('\n');
  }
}

static void print_all(struct entry **entries, size_t count) {
  struct widths w = {0};
  sort((void **)entries, count, compare);
  if (!with.long_form && !with.one && !with.inode) {
    if (count) print_columns(entries, count);
    return;
  }
  for (size_t i = 0; i < count && (with.long_form || with.inode); i++) measure(&w, entries[i]);
  for (size_t i = 0; i < count; i++) {
    print_entry(entries[i], &w);
    put_char('\n');
  }
}

static int cannot(const char *path, int error) {
  warn("cannot access '%s': %s", path, error_text(error));
  return 1;
}

static int list(const char *path, bool titled, bool *first) {
  char **names;
  int count = read_directory(path, &names), status = 0, used = 0;
  if (count < 0) {
    warn("cannot open directory '%s': %s", path, error_text(count));
    return 1;
  }
  if (titled) say("%s%s:\n", *first ? "" : "\n", path);
  *first = false;
  struct entry **entries = malloc((count + 2) * sizeof *entries);
  if (with.all)
    entries[used++] = new_entry(".", join_path(path, ".")), entries[used++] = new_entry("..", join_path(path, ".."));
  for (int i = 0; i < count; i++)
    if (with.all || with.almost || names[i][0] != '.') entries[used++] = new_entry(names[i], join_path(path, names[i]));
  free_names(names, count);
  u64 blocks = 0;
  for (int i = 0; i < used; i++) {
    int error = lstat(entries[i]->path, &entries[i]->st);
    if (error) status = cannot(entries[i]->path, error);
    blocks += entries[i]->st.blocks;
  }
  if (with.long_form) say("total %llu\n", blocks / 2);
  print_all(entries, used);
  for (int i = 0; i < used; i++) {
    struct entry *e = entries[i];
    if (with.recursive && S_ISDIR(e->st.mode) && strcmp(e->name, ".") != 0 && strcmp(e->name, "..") != 0)
      status |= list(e->path, true, first);
    free(e->path);
    free(e->name);
    free(e);
  }
  free(entries);
  return status;
}

static int run(char **paths, int count) {
  struct entry **files = malloc(count * sizeof *files), **directories = malloc(count * sizeof *directories);
  int file_count = 0, directory_count = 0, status = 0;
  for (int i = 0; i < count; i++) {
    struct entry *e = new_entry(paths[i], paths[i]);
    struct stat target;
    int error = lstat(paths[i], &e->st);
    bool follows = !with.long_form && !with.classify && !with.directory; /* links to directories only */
    if (!error && S_ISLNK(e->st.mode) && follows && stat(paths[i], &target) == 0 && S_ISDIR(target.mode))
      e->st = target;
    if (error) {
      cannot(paths[i], error);
      status = 2;
    } else if (S_ISDIR(e->st.mode) && !with.directory) {
      directories[directory_count++] = e;
    } else {
      files[file_count++] = e;
    }
  }
  print_all(files, file_count);
  sort((void **)directories, directory_count, compare);
  bool first = file_count == 0;
  for (int i = 0; i < directory_count; i++) status |= list(directories[i]->path, count > 1 || with.recursive, &first);
  return status;
}

/* ls [-1aACdFilrRSt] FILE... */
int ls_main(int argc, char **argv) {
  static char *here[] = {".", NULL};
  struct options o = {.known = "1aACdFilrRSt"};
  int c;
  with.one = !isatty(1);
  while ((c = next_option(&o, argc, argv))) {
    switch (c) {
      case '1': with.one = true; break;
      case 'a': with.all = true; break;
      case 'A': with.almost = true; break;
      case 'C': with.one = false; break;
      case 'd': with.directory = true; break;
      case 'F': with.classify = true; break;
      case 'i': with.inode = true; break;
      case 'l': with.long_form = true; break;
      case 'r': with.reverse = true; break;
      case 'R': with.recursive = true; break;
      case 'S': with.by_size = true; break;
      case 't': with.by_time = true; break;
      case '?': return 2;
    }
  }
  return o.index < argc ? run(argv + o.index, argc - o.index) : run(here, 1);
}
