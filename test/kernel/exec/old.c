/* A program for every a.out format: prints where its parts lie and what they hold. Built by aout.ts with text, data and
   bss at the addresses of the format. */
typedef unsigned int u32;
static int call(int n, int a, int b, int c) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c) : "memory"); return r; }
const char words[] = "0123456789abcdef";
int one = 0x12345678;
int *pointer = &one;
int nothing[3000];
static void say(const char *s) { int n = 0; while (s[n]) n++; call(4, 1, (int)s, n); }
static void number(const char *name, u32 v) { char b[12]; int n = 0, started = 0; say(name); for (int i = 28; i >= 0; i -= 4) { int d = v >> i & 15; if (d || started || i == 0) { b[n++] = words[d]; started = 1; } } b[n] = 10; call(4, 1, (int)b, n + 1); }
extern char _start[], etext[], data_start[], data_end[], bss_start[], bss_end[];
void run(u32 *sp) {
  number("text ", (u32)_start & ~31u); number("data ", (u32)data_start); number("bss ", (u32)bss_start);
  number("one ", one); number("pointer ", pointer == &one);
  u32 sum = 0; for (int i = 0; i < 3000; i++) sum |= nothing[i]; number("zeros ", sum); nothing[2999] = 7;
  number("break is the end of bss ", call(45, 0, 0, 0) == (int)bss_end);
  number("argc ", sp[0]); char **argv = (char **)sp[1], **envp = (char **)sp[2];
  number("argv is behind ", argv == (char **)(sp + 3)); number("envp is behind ", envp == argv + sp[0] + 1);
  for (u32 i = 0; i < sp[0]; i++) { say(argv[i]); say("\n"); }
  number("argv ends ", (u32)argv[sp[0]]); for (int i = 0; envp[i]; i++) { say(envp[i]); say("\n"); }
  number("strings are the last words ", ((u32)argv[0] & ~0xfffu) == 0xbffff000);
  int top = call(45, 0, 0, 0); number("break grows ", call(45, top + 8192, 0, 0) == top + 8192); *(int *)(top + 8000) = 5;
  *(volatile int *)&one = 9; number("written ", one);
  if (argv[sp[0] - 1][0] == 'w') { *(volatile char *)_start = 0x90; say("text was written\n"); }
  call(1, 42, 0, 0);
}
__asm__(".globl _start\n.section .text.start,\"ax\"\n_start: mov %esp, %eax\n push %eax\n call run\n");
