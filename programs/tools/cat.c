#include "tool.h"

struct state {
  bool number, ends;
  u32 line;
  bool inside; /* a line has begun */
};

static int plain(struct input *in, const char *name, void *state) {
  (void)state;
  int error = flush();
  if (!error) error = copy_fd(in->fd, 1);
  return error ? fail(name, error) : 0;
}

static int marked(struct input *in, const char *name, void *state) {
  struct state *s = state;
  int c;
  (void)name;
  while ((c = input_char(in)) >= 0) {
    if (!s->inside && s->number) say("%6u\t", ++s->line);
    s->inside = c != '\n';
    if (c == '\n' && s->ends) put_char('$');
    put_char(c);
  }
  return 0;
}

/* cat [-nEu] FILE... */
int cat_main(int argc, char **argv) {
  struct options o = {.known = "nEu"};
  struct state s = {0};
  int c;
  while ((c = next_option(&o, argc, argv))) {
    if (c == 'n') s.number = true;
    else if (c == 'E') s.ends = true;
    else if (c == '?') return 1;
  }
  return each_input(argv + o.index, s.number || s.ends ? marked : plain, &s);
}
