#include "sh.h"

enum { FIRST_HIGH = 10, PIPE_ROOM = 4096 };

/* Moves a descriptor out of the range that scripts name; closed on exec. */
int move_high(int fd) {
  int high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HIGH);
  close(fd);
  return high;
}

/* A pipe that delivers the text: written at once where it fits, otherwise by a child. */
static int here_document(const char *text) {
  int fds[2], error = pipe(fds);
  size_t length = strlen(text);
  if (error) return error;
  if (length <= PIPE_ROOM) {
    write_all(fds[1], text, length);
  } else {
    flush();
    int child = fork();
    if (child == 0) {
      close(fds[0]);
      sigaction_set(SIGPIPE, SIG_DFL, 0);
      write_all(fds[1], text, length);
      leave(0);
    }
    if (child < 0) {
      close(fds[0]);
      fds[0] = child;
    }
  }
  close(fds[1]);
  return fds[0];
}

static int open_output(const struct redirect *r, const char *path) {
  struct stat st;
  if (option('c') && !r->clobber && stat(path, &st) == 0 && S_ISREG(st.mode)) return -EEXIST;
  return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
}

/* Opens the target: a new descriptor, -2000 for "close", or -errno after a message. */
static int open_target(const struct redirect *r) {
  char *target = r->kind == REDIRECT_HERE && !r->word ? "" : expand_string(r->word);
  int fd = 0;
  if (sh.skip) return -1;
  switch (r->kind) {
    case REDIRECT_IN: fd = open(target, O_RDONLY, 0); break;
    case REDIRECT_OUT: fd = open_output(r, target); break;
    case REDIRECT_APPEND: fd = open(target, O_WRONLY | O_CREAT | O_APPEND, 0666); break;
    case REDIRECT_BOTH: fd = open(target, O_RDWR | O_CREAT, 0666); break;
    case REDIRECT_HERE: fd = here_document(target); break;
    case REDIRECT_DUP: {
      i64 from;
      if (strcmp(target, "-") == 0) return -2000;
      if (!is_digit(*target) || !parse_number(target, &from) || from > 255) {
        warn("%u: %s: bad fd number", sh.line, target);
        return -EBADF;
      }
      fd = dup(from);
      break;
    }
  }
  if (fd < 0) {
    bool creates = r->kind == REDIRECT_OUT || r->kind == REDIRECT_APPEND;
    if (r->kind == REDIRECT_DUP) warn("%u: %s: %s", sh.line, target, error_text(fd));
    else warn("%u: cannot %s %s: %s", sh.line, creates ? "create" : "open", target, error_text(fd));
  }
  return fd;
}

/* Applies redirections in order; with saved, remembers what they replaced. False after a message; what was done stays
 * saved. */
bool redirect_all(struct redirect *list, struct saved_fd **saved) {
  for (struct redirect *r = list; r; r = r->next) {
    flush();
    int fd = open_target(r);
    if (fd < 0 && fd != -2000) return false;
    if (fd == r->fd) {
      /* The number was free: to undo is to close. */
      if (saved) {
        struct saved_fd *s = malloc(sizeof *s);
        *s = (struct saved_fd){*saved, r->fd, -1};
        *saved = s;
      }
      continue;
    }
    if (saved) {
      struct saved_fd *s = malloc(sizeof *s);
      *s = (struct saved_fd){*saved, r->fd, fcntl(r->fd, F_DUPFD_CLOEXEC, FIRST_HIGH)};
      *saved = s;
    }
    if (fd == -2000) {
      close(r->fd);
      continue;
    }
    int error = dup2(fd, r->fd);
    close(fd);
    if (error < 0) {
      warn("%u: %d: %s", sh.line, r->fd, error_text(error));
      return false;
    }
  }
  return true;
}

void restore_fds(struct saved_fd *saved) {
  while (saved) {
    struct saved_fd *next = saved->next;
    if (saved->copy >= 0) {
      dup2(saved->copy, saved->fd);
      close(saved->copy);
    } else {
      close(saved->fd);
    }
    free(saved);
    saved = next;
  }
}
