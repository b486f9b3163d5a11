#include "check.h"
/* Runs itself in many ways: what arrives on the stack, what survives exec, what errors come back. */
static char *const no_env[] = {0};
static void put_file(const char *path, const char *text, int size, int mode) { int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700); write(fd, text, size); close(fd); chmod(path, mode); }
static int run(const char *path, char **argv, char **envp) {
  int status = -1;
  flush();
  int pid = fork();
  if (pid == 0) { int r = execve(path, argv, envp); say("execve %s = %d\n", path ? path : "null", r); exit(1); }
  wait4(pid, &status, 0, 0);
  return status;
}
static void show_start(int argc, char **argv) {
  say("argc %d\n", argc);
  for (int i = 0; i < argc; i++) say("argv[%d] '%s'\n", i, argv[i]);
  char **e = argv + argc + 1;
  for (int i = 0; e[i]; i++) say("envp[%d] '%s'\n", i, e[i]);
  while (*e) e++;
  u32 *aux = (u32 *)(e + 1);
  int n = 0, sorted = 1;
  for (; aux[2 * n]; n++) ;
  (void)sorted;
  for (int i = 0; i < n; i++) {
    u32 type = aux[2 * i], value = aux[2 * i + 1];
    switch (type) {
    case 32: case 33: case 16: case 26: case 51: case 27: case 28: case 29: case 30: break; /* depends on processor and vDSO */
    case 3: say("PHDR %d\n", value == 0x08048000 + 52); break;
    case 9: say("ENTRY %d\n", value != 0); break;
    case 25: say("RANDOM below strings %d\n", value < (u32)argv[0] || argc == 0); break;
    case 31: say("EXECFN '%s' above environment %d\n", (char *)value, value > (u32)argv[argc > 0 ? argc - 1 : 0]); break;
    case 15: say("PLATFORM %d\n", strlen((char *)value) > 0); break;
    default: say("AT_%d %x\n", type, value);
    }
  }
  say("esp aligned %d\n", (int)((u32)(argv - 1) & 15));
  say("strings in order %d\n", argc < 2 || argv[1] == argv[0] + strlen(argv[0]) + 1);
}
static void hit(int s) { (void)s; }
int main(int argc, char **argv) {
  char **e = argv + argc + 1;
  (void)e;
  if (argc > 1 && !strcmp(argv[1], "start")) { show_start(argc, argv); return 3; }
  if (argc > 1 && !strcmp(argv[1], "inherit")) {
    struct sigaction a; u64 m, pending;
    syscall(SYS_rt_sigaction, SIGUSR1, 0, &a, 8); say("USR1 %x flags %x\n", (u32)a.handler, a.flags);
    syscall(SYS_rt_sigaction, SIGUSR2, 0, &a, 8); say("USR2 %x\n", (u32)a.handler);
    syscall(SYS_rt_sigprocmask, 0, 0, &m, 8); syscall(176, &pending, 8); say("mask %x pending %x\n", (u32)m, (u32)pending);
    u32 st[3]; syscall(186, 0, st); say("altstack %x\n", st[1]);
    SHOW(read(7, &m, 1)); SHOW(read(8, &m, 1)); say("alarm %d\n", (int)syscall(27, 0));
    char name[16]; syscall(172, 16, name); say("name %s\n", name);
    return 4;
  }
  if (argc > 1) { show_start(argc, argv); return 5; }
  if (argc == 0 || !argv[0][0]) { show_start(argc, argv); return 6; }
  char *me = "self", *args[] = {"zero", "start", "", "three", 0}, *env[] = {"A=1", "B", "", 0}, *two[] = {"zero", "inherit", 0};
  flush();
  show_status("start", run(me, args, env));
  show_status("no env", run(me, args, (char **)no_env));
  show_status("null env", run(me, args, 0));
  char *none[] = {0};
  show_status("no argv", run(me, none, env));
  /* errors */
  show_status("absent", run("absent", args, env));
  show_status("empty name", run("", args, env));
  show_status("directory", run(".", args, env));
  show_status("through a file", run("self/x", args, env));
  show_status("null", run(0, args, env));
  show_status("bad argv", run(me, (char **)4, env));
  char *bad[] = {"a", (char *)8, 0};
  show_status("bad string", run(me, bad, env));
  put_file("plain", "echo", 4, 0600); show_status("not executable", run("plain", args, env));
  put_file("text", "echo\n", 5, 0700); show_status("no format", run("text", args, env));
  put_file("empty", "", 0, 0700); show_status("empty", run("empty", args, env));
  put_file("short", "\177ELF", 4, 0700); show_status("short ELF", run("short", args, env));
  /* scripts */
  put_file("s1", "#!self\n", 7, 0700); show_status("script", run("s1", args, env));
  put_file("s2", "#! \t self start  b c \t\nrest", 27, 0700); show_status("script with argument", run("s2", args, env));
  put_file("s3", "#!absent\n", 9, 0700); show_status("script of nothing", run("s3", args, env));
  put_file("s4", "#!\n", 3, 0700); show_status("script without name", run("s4", args, env));
  put_file("s5", "#!self", 6, 0700); show_status("script without newline", run("s5", args, env));
  put_file("s6", "#!s1 x\n", 7, 0700); show_status("script of script", run("s6", args, env));
  put_file("s7", "#!s7\n", 5, 0700); show_status("script of itself", run("s7", args, env));
  char *numbers[] = {"l0", "l1", "l2", "l3", "l4", "l5", "l6"};
  put_file("l0", "#!self\n", 7, 0700);
  for (int i = 1; i < 7; i++) { char text[8] = "#!l?\n"; text[3] = '0' + i - 1; put_file(numbers[i], text, 5, 0700); }
  show_status("4 deep", run("l3", args, env)); show_status("5 deep", run("l4", args, env)); show_status("6 deep", run("l5", args, env)); show_status("7 deep", run("l6", args, env));
  /* long arguments */
  static char big[140000]; memset(big, 'x', 131071); char *huge[] = {"zero", big, 0};
  memset(big, 'y', 131072); big[131072] = 0; show_status("string too long", run(me, huge, env));
  big[131071] = 0; char *many[100]; for (int i = 0; i < 99; i++) many[i] = big; many[99] = 0; show_status("too much", run(me, many, env));
  /* what survives */
  on(SIGUSR1, hit, SA_RESTART); on(SIGUSR2, SIG_IGN, 0);
  mask(SIG_BLOCK, BIT(SIGHUP)); kill(getpid(), SIGHUP);
  int fds[2]; pipe(fds); write(fds[1], "ab", 2); dup2(fds[0], 7); dup2(fds[0], 8); syscall(SYS_fcntl64, 8, F_SETFD, 1);
  static char stack[4096]; u32 st[3] = {(u32)stack, 0, 4096}; syscall(186, st, 0);
  show_status("inherit", run(me, two, env));
  return 0;
}
