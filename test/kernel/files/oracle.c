/* Runs a script of i386 system calls on the real kernel and prints what they return: the oracle of the file tests.
 * Freestanding (no C library): gcc -m32 -static -nostdlib. Arguments: directory to chroot into, uid (0 = stay root).
 * Script on stdin, one call a line: NUMBER ARG... where an argument is a number, "text" (%xx escapes), @N (result of
 * line N), or &N (buffer N of 8192 bytes). `p N COUNT` prints a buffer in hexadecimal, `b N HEX` fills its start.
 * One line of output for each. */
__asm__(".globl call\ncall:\n"
        "push %ebp\npush %ebx\npush %esi\npush %edi\n"
        "mov 20(%esp),%eax\nmov 24(%esp),%ebx\nmov 28(%esp),%ecx\nmov 32(%esp),%edx\n"
        "mov 36(%esp),%esi\nmov 40(%esp),%edi\nmov 44(%esp),%ebp\n"
        "int $0x80\n"
        "pop %edi\npop %esi\npop %ebx\npop %ebp\nret\n"
        ".globl _start\n_start:\nmov %esp,%eax\nand $-16,%esp\npush %eax\ncall start\n");
int call(int number, int a, int b, int c, int d, int e, int f);

enum { READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, EXIT = 1, CHDIR = 12, CHROOT = 61, FCNTL = 55, DUP2 = 63, UMASK = 60, SIGNAL = 48, MKNOD = 14, CHMOD = 15, CLOSE_RANGE = 436 };
enum { SETGROUPS32 = 206, SETGID32 = 214, SETUID32 = 213, OUT = 1000, LINES = 20000 };

static char script[4 << 20], strings[1 << 16], out[1 << 16];
static unsigned char buffers[8][8192];
static int results[LINES], lines, used;

static void flush(void) {
  call(WRITE, OUT, (int)out, used, 0, 0, 0);
  used = 0;
}

static void put(char c) {
  out[used++] = c;
  if (used == sizeof out) flush();
}

static void number(int n) {
  char digits[12];
  unsigned u = n < 0 ? -(unsigned)n : (unsigned)n;
  int i = 0;
  if (n < 0) put('-');
  do digits[i++] = '0' + u % 10;
  while (u /= 10);
  while (i) put(digits[--i]);
}

static int parse(char **at) {
  int sign = 1, n = 0;
  if (**at == '-') sign = -1, ++*at;
  while (**at >= '0' && **at <= '9') n = n * 10 + (*(*at)++ - '0');
  return sign * n;
}

static int hex(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

static int argument(char **at, char **text) {
  char *start = *text;
  switch (**at) {
  case '"':
    for (++*at; **at != '"'; ++*at)
      if (**at == '%') *(*text)++ = hex((*at)[1]) * 16 + hex((*at)[2]), *at += 2;
      else *(*text)++ = **at;
    ++*at;
    *(*text)++ = 0;
    return (int)start;
  case '@': ++*at; return results[parse(at)];
  case '&': ++*at; return (int)buffers[parse(at)];
  default: return parse(at);
  }
}

static void line(char **at) {
  char verb = **at, *text = strings;
  int i, values[7] = {0};
  if (verb == 'p' || verb == 'b') ++*at;
  if (verb == 'b') {
    while (**at == ' ') ++*at;
    unsigned char *buffer = buffers[parse(at)];
    for (++*at; **at != '\n'; *at += 2) *buffer++ = hex((*at)[0]) * 16 + hex((*at)[1]);
    put('\n');
    lines++;
    return;
  }
  for (i = 0; i < 7 && **at != '\n';) {
    while (**at == ' ') ++*at;
    values[i++] = argument(at, &text);
  }
  if (verb == 'p') {
    for (i = 0; i < values[1]; i++) {
      put("0123456789abcdef"[buffers[values[0]][i] >> 4]);
      put("0123456789abcdef"[buffers[values[0]][i] & 15]);
    }
  } else {
    results[lines] = call(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    number(results[lines]);
  }
  put('\n');
  lines++;
}

void start(int *stack) {
  char **argv = (char **)(stack + 1), *at = script, *uid = argv[2];
  int got, length = 0, id = parse(&uid);
  while ((got = call(READ, 0, (int)script + length, sizeof script - length, 0, 0, 0)) > 0) length += got;
  call(DUP2, 1, OUT, 0, 0, 0, 0);
  call(CLOSE_RANGE, 3, OUT - 1, 0, 0, 0, 0);
  if (call(CHROOT, (int)argv[1], 0, 0, 0, 0, 0) < 0) call(EXIT, 99, 0, 0, 0, 0, 0);
  /* A null device of the script's own: scripts change the permissions of what they have open. */
  call(MKNOD, (int)"/dev/null", 0020666, 0x103, 0, 0, 0);
  call(CHMOD, (int)"/dev/null", 0666, 0, 0, 0, 0);
  call(CLOSE, 0, 0, 0, 0, 0, 0);
  if (call(OPEN, (int)"/dev/null", 2, 0, 0, 0, 0) != 0) call(EXIT, 98, 0, 0, 0, 0, 0);
  call(DUP2, 0, 1, 0, 0, 0, 0);
  call(DUP2, 0, 2, 0, 0, 0, 0);
  call(CHDIR, (int)"/w", 0, 0, 0, 0, 0);
  call(SIGNAL, 13, 1, 0, 0, 0, 0);
  call(UMASK, 022, 0, 0, 0, 0, 0);
  if (id) {
    call(SETGROUPS32, 0, 0, 0, 0, 0, 0);
    call(SETGID32, id, 0, 0, 0, 0, 0);
    call(SETUID32, id, 0, 0, 0, 0, 0);
  }
  while (at < script + length && lines < LINES) {
    line(&at);
    at++;
  }
  flush();
  call(EXIT, 0, 0, 0, 0, 0, 0);
}
