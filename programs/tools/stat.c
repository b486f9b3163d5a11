#include "tool.h"

static const char *kind(int mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return "regular file";
    case S_IFDIR: return "directory";
    case S_IFLNK: return "symbolic link";
    case S_IFCHR: return "character special file";
    case S_IFBLK: return "block special file";
    case S_IFIFO: return "fifo";
    default: return "socket";
  }
}

static void put_time(const struct timespec *t) {
  struct buffer b = {0};
  calendar_put(&b, "%Y-%m-%d %H:%M:%S.%N %z", t->sec, t->nsec);
  put_bytes(b.text, b.length);
  free(b.text);
}

static void put_field(char letter, const char *path, const struct stat *st) {
  char mode[11];
  mode_text(st->mode, mode);
  switch (letter) {
    case 'a': say("%o", st->mode & 07777); break;
    case 'A': put(mode); break;
    case 'b': say("%llu", st->blocks); break;
    case 'd': say("%llu", st->dev); break;
    case 'f': say("%x", st->mode); break;
    case 'F': put(S_ISREG(st->mode) && st->size == 0 ? "regular empty file" : kind(st->mode)); break;
    case 'g': say("%u", st->gid); break;
    case 'G': put(account_name("/etc/group", st->gid)); break;
    case 'h': say("%u", st->nlink); break;
    case 'i': say("%llu", st->ino); break;
    case 'n': put(path); break;
    case 's': say("%llu", st->size); break;
    case 'u': say("%u", st->uid); break;
    case 'U': put(account_name("/etc/passwd", st->uid)); break;
    case 'X': say("%d", st->atime.sec); break;
    case 'x': put_time(&st->atime); break;
    case 'Y': say("%d", st->mtime.sec); break;
    case 'y': put_time(&st->mtime); break;
    case 'Z': say("%d", st->ctime.sec); break;
    case 'z': put_time(&st->ctime); break;
    case '%': put_char('%'); break;
    default: put_char('?');
  }
}

/* stat [-L] [-c FORMAT] FILE... */
int stat_main(int argc, char **argv) {
  struct options o = {.known = "Lc:"};
  const char *text =
      "  File: %n\n  Size: %s\tBlocks: %b\t%F\nInode: %i\tLinks: %h\nAccess: (%a/%A)  Uid: (%u/%U)  Gid: (%g/%G)\n"
      "Access: %x\nModify: %y\nChange: %z";
  bool follow = false;
  int c, status = 0;
  while ((c = next_option(&o, argc, argv))) {
    if (c == '?') return 1;
    if (c == 'L') follow = true;
    if (c == 'c') text = o.argument;
  }
  if (o.index == argc) return warn("missing operand"), 1;
  for (int i = o.index; i < argc; i++) {
    struct stat st;
    int error = follow ? stat(argv[i], &st) : lstat(argv[i], &st);
    if (error) {
      warn("cannot stat '%s': %s", argv[i], error_text(error));
      status = 1;
      continue;
    }
    for (const char *s = text; *s; s++) {
      if (*s == '%' && s[1]) put_field(*++s, argv[i], &st);
      else put_char(*s);
    }
    put_char('\n');
  }
  return status;
}
