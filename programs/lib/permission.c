#include "lib.h"

/* Reads an octal mode or clauses like u+rwx,go-w,+X (POSIX chmod); old is the mode that clauses change. */
bool parse_mode(const char *s, int old, int mask, bool directory, int *mode) {
  if (*s >= '0' && *s <= '7') {
    int n = 0;
    for (; *s >= '0' && *s <= '7'; s++) n = n * 8 + *s - '0';
    *mode = n;
    return *s == 0 && n <= 07777;
  }
  for (;; s++) {
    int who = 0;
    for (;; s++) {
      if (*s == 'u') who |= 04700;
      else if (*s == 'g') who |= 02070;
      else if (*s == 'o') who |= 01007;
      else if (*s == 'a') who |= 07777;
      else break;
    }
    int reach = who ? who : 07777 & ~mask;
    if (!*s || !strchr("+-=", *s)) return false;
    while (*s && strchr("+-=", *s)) {
      char action = *s++;
      int bits = 0;
      for (; *s && strchr("rwxXstugo", *s); s++) {
        if (*s == 'r') bits |= 0444;
        if (*s == 'w') bits |= 0222;
        if (*s == 'x' || (*s == 'X' && (directory || (old & 0111)))) bits |= 0111;
        if (*s == 's') bits |= 06000;
        if (*s == 't') bits |= 01000;
        if (*s == 'u') bits |= (old >> 6 & 7) * 0111;
        if (*s == 'g') bits |= (old >> 3 & 7) * 0111;
        if (*s == 'o') bits |= (old & 7) * 0111;
      }
      bits &= reach | (who == 0 ? 01000 : 0) | ((who & 01007) == 01007 ? 01000 : 0);
      if (action == '+') old |= bits;
      else if (action == '-') old &= ~bits;
      else old = (old & ~((who ? who : 07777) & (directory ? 01777 : 07777))) | bits;
    }
    *mode = old;
    if (*s != ',') return *s == 0;
  }
}

/* Writes a mode as ls -l shows it, for example drwxr-xr-x. */
void mode_text(int mode, char text[11]) {
  strcpy(text, "?rwxrwxrwx");
  text[0] = "?pc?d?b?-?l?s???"[mode >> 12 & 15];
  for (int i = 0; i < 9; i++)
    if (!(mode & 0400 >> i)) text[i + 1] = '-';
  if (mode & 04000) text[3] = mode & 0100 ? 's' : 'S';
  if (mode & 02000) text[6] = mode & 0010 ? 's' : 'S';
  if (mode & 01000) text[9] = mode & 0001 ? 't' : 'T';
}
