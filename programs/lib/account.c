#include "lib.h"

/* Looks an id up in /etc/passwd or /etc/group (name:x:id:...); returns the name or the number. The caller frees it. */
char *account_name(const char *file, u32 id) {
  char *text = read_whole(file);
  for (char *line = text; line && *line;) {
    char *end = strchr(line, '\n'), *colon = strchr(line, ':');
    if (end) *end = 0;
    char *second = colon ? strchr(colon + 1, ':') : NULL;
    u64 found;
    if (second && parse_digits(second + 1, &found) && found == id) {
      char *name = copy_bytes(line, colon - line);
      free(text);
      return name;
    }
    line = end ? end + 1 : NULL;
  }
  free(text);
  struct buffer b = {0};
  buffer_say(&b, "%u", id);
  return buffer_text(&b);
}
