#include "check.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#define S(c, v) BPF_STMT(c, v)
#define J(c, v, t, f) BPF_JUMP(c, v, t, f)
#define LOAD(f) S(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, f))
#define RET(v) S(BPF_RET | BPF_K, v)
#define NR(n, v) LOAD(nr), J(BPF_JMP | BPF_JEQ | BPF_K, n, 0, 1), RET(v)
static long load(unsigned flags, struct sock_filter *f, int n) { struct sock_fprog p = {n, f}; return sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p); }
#define LOADF(flags, ...) ({ struct sock_filter f_[] = {__VA_ARGS__}; load(flags, f_, sizeof f_ / sizeof *f_); })
#define TRY(...) printf("%s: %ld\n", #__VA_ARGS__, LOADF(0, __VA_ARGS__))
static void nnp(void) { prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static void on(int s, siginfo_t *i, void *c) { char b[160]; int n = snprintf(b, sizeof b, "SIGSYS code %d errno %d call %d arch %x at %d\n", i->si_code, i->si_errno, i->si_syscall, i->si_arch, i->si_call_addr != 0); write(1, b, n); }
static void *quit(void *a) { LOADF(0, NR(SYS_getppid, SECCOMP_RET_KILL_THREAD), RET(SECCOMP_RET_ALLOW)); syscall(SYS_getppid); return 0; }
static void *strict(void *a) { prctl(PR_SET_SECCOMP, 1); syscall(SYS_getppid); return 0; }
static volatile int go; static void *waits(void *a) { while (!go) nap(1); long r = sys(SYS_getppid); *(long *)a = r; return 0; }
static void *own(void *a) { LOADF(0, RET(SECCOMP_RET_ALLOW)); while (!go) nap(1); return 0; }
int main(void) {
  struct rlimit nocore = {0, 0}; setrlimit(RLIMIT_CORE, &nocore); struct sigaction a = {0}; a.sa_sigaction = on; a.sa_flags = SA_SIGINFO; sigaction(SIGSYS, &a, 0);
  SHOW(prctl(PR_GET_SECCOMP)); SHOW(sys(SYS_seccomp, 9, 0, 0)); SHOW(sys(SYS_seccomp, 0, 1, 0)); SHOW(sys(SYS_seccomp, 0, 0, 1)); LIBC(prctl(PR_SET_SECCOMP, 3)); LIBC(prctl(PR_SET_SECCOMP, 2, 4)); SHOW(sys(SYS_seccomp, 1, 0, 4)); SHOW(sys(SYS_seccomp, 1, 1 << 20, 4)); SHOW(load(0, 0, 0)); SHOW(load(0, (void *)4, 3)); SHOW(load(0, (void *)4, 4097));
  unsigned actions[] = {SECCOMP_RET_KILL_PROCESS, 0, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO, SECCOMP_RET_TRACE, SECCOMP_RET_LOG, SECCOMP_RET_ALLOW, 0x12340000}; for (int n = 0; n < 8; n++) SHOW(sys(SYS_seccomp, 2, 0, actions + n)); SHOW(sys(SYS_seccomp, 2, 1, actions)); SHOW(sys(SYS_seccomp, 2, 0, 4));
  CHILD("unprivileged", { setuid(1000); TRY(RET(SECCOMP_RET_ALLOW)); nnp(); TRY(RET(SECCOMP_RET_ALLOW)); SHOW(prctl(PR_GET_SECCOMP)); LIBC(prctl(PR_SET_SECCOMP, 1)); });
  CHILD("verified", {
    TRY(S(BPF_LD | BPF_IMM, 1)); TRY(LOAD(nr)); TRY(S(BPF_LD | BPF_W | BPF_ABS, 64), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_LD | BPF_W | BPF_ABS, 2), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_LD | BPF_H | BPF_ABS, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_LD | BPF_W | BPF_IND, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ALU | BPF_DIV | BPF_K, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ALU | BPF_MOD | BPF_K, 3), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ALU | BPF_LSH | BPF_K, 32), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ALU | BPF_RSH | BPF_K, 31), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ST, 16), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_LD | BPF_MEM, 3), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ST, 3), S(BPF_LD | BPF_MEM, 3), RET(SECCOMP_RET_ALLOW)); TRY(J(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), S(BPF_ST, 1), S(BPF_LD | BPF_MEM, 1), RET(SECCOMP_RET_ALLOW)); TRY(J(BPF_JMP | BPF_JA, 1, 0, 0), RET(SECCOMP_RET_ALLOW)); TRY(J(BPF_JMP | BPF_JA, 0, 0, 0), RET(SECCOMP_RET_ALLOW)); TRY(J(BPF_JMP | BPF_JA, -1, 0, 0), RET(SECCOMP_RET_ALLOW)); TRY(J(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), RET(SECCOMP_RET_ALLOW)); TRY(J(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(0xffff, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_RET | BPF_X, 0)); TRY(S(BPF_RET | BPF_A, 0), S(BPF_MISC | BPF_TAX, 0)); TRY(S(BPF_LD | BPF_W | BPF_LEN, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_LDX | BPF_B | BPF_MSH, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ALU | BPF_NEG, 0), RET(SECCOMP_RET_ALLOW)); TRY(S(BPF_ALU | BPF_XOR | BPF_X, 0), RET(SECCOMP_RET_ALLOW)); });
  CHILD("errno", { TRY(NR(SYS_getppid, SECCOMP_RET_ERRNO | 77), NR(SYS_getuid32, SECCOMP_RET_ERRNO), NR(SYS_getgid32, SECCOMP_RET_ERRNO | 0xffff), NR(SYS_getpgrp, SECCOMP_RET_TRACE | 5), NR(SYS_sync, SECCOMP_RET_LOG), RET(SECCOMP_RET_ALLOW)); SHOW(sys(SYS_getppid)); SHOW(sys(SYS_getuid32)); SHOW(sys(SYS_getgid32)); SHOW(sys(SYS_getpgrp)); SHOW(prctl(PR_GET_SECCOMP)); CHILD("inherited", { SHOW(sys(SYS_getppid)); }); TRY(NR(SYS_getppid, SECCOMP_RET_ERRNO | 78), RET(SECCOMP_RET_ALLOW)); SHOW(sys(SYS_getppid)); TRY(NR(SYS_getppid, SECCOMP_RET_LOG), RET(SECCOMP_RET_ALLOW)); SHOW(sys(SYS_getppid)); });
  CHILD("arguments", { TRY(LOAD(nr), J(BPF_JMP | BPF_JEQ | BPF_K, SYS_dup2, 0, 9), LOAD(args[0]), S(BPF_MISC | BPF_TAX, 0), LOAD(args[1]), S(BPF_ALU | BPF_ADD | BPF_X, 0), S(BPF_ST, 5), S(BPF_LDX | BPF_MEM, 5), S(BPF_LD | BPF_IMM, SECCOMP_RET_ERRNO), S(BPF_ALU | BPF_OR | BPF_X, 0), S(BPF_RET | BPF_A, 0), RET(SECCOMP_RET_ALLOW)); SHOW(sys(SYS_dup2, 7, 8)); SHOW(sys(SYS_dup2, 1000, 99)); });
  CHILD("arithmetic", { TRY(LOAD(nr), J(BPF_JMP | BPF_JEQ | BPF_K, SYS_dup2, 0, 13), LOAD(args[0]), S(BPF_ALU | BPF_MUL | BPF_K, 3), S(BPF_ALU | BPF_SUB | BPF_K, 10), S(BPF_ALU | BPF_DIV | BPF_K, 7), S(BPF_ALU | BPF_LSH | BPF_K, 3), S(BPF_ALU | BPF_RSH | BPF_K, 1), S(BPF_ALU | BPF_XOR | BPF_K, 0x55), S(BPF_ALU | BPF_AND | BPF_K, 0xff), J(BPF_JMP | BPF_JGT | BPF_K, 0x80, 0, 1), S(BPF_ALU | BPF_NEG, 0), S(BPF_ALU | BPF_AND | BPF_K, 0xff), S(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO), S(BPF_RET | BPF_A, 0), RET(SECCOMP_RET_ALLOW)); for (int n = 0; n < 200; n += 13) printf("%ld ", sys(SYS_dup2, n, 8)); printf("%ld\n", sys(SYS_dup2, -5, 8)); });
  CHILD("data", { TRY(LOAD(arch), J(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 1, 0), RET(SECCOMP_RET_KILL_PROCESS), LOAD(instruction_pointer), J(BPF_JMP | BPF_JGE | BPF_K, 0x1000, 1, 0), RET(SECCOMP_RET_KILL_PROCESS), S(BPF_LD | BPF_W | BPF_ABS, 12), J(BPF_JMP | BPF_JSET | BPF_K, -1, 0, 1), RET(SECCOMP_RET_KILL_PROCESS), S(BPF_LD | BPF_W | BPF_LEN, 0), J(BPF_JMP | BPF_JEQ | BPF_K, 64, 1, 0), RET(SECCOMP_RET_KILL_PROCESS), RET(SECCOMP_RET_ALLOW)); });
  CHILD("division by nothing", { TRY(LOAD(nr), J(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 2), S(BPF_LDX | BPF_IMM, 0), S(BPF_ALU | BPF_DIV | BPF_X, 0), RET(SECCOMP_RET_ALLOW)); fflush(stdout); SHOW(sys(SYS_getppid)); });
  CHILD("trap", { TRY(NR(SYS_getppid, SECCOMP_RET_TRAP | 123), RET(SECCOMP_RET_ALLOW)); fflush(stdout); SHOW(sys(SYS_getppid)); sigset_t s; sigfillset(&s); sigprocmask(SIG_BLOCK, &s, 0); SHOW(sys(SYS_getppid)); });
  CHILD("trap without handler", { signal(SIGSYS, SIG_IGN); TRY(NR(SYS_getppid, SECCOMP_RET_TRAP), RET(SECCOMP_RET_ALLOW)); fflush(stdout); SHOW(sys(SYS_getppid)); });
  CHILD("kill", { TRY(NR(SYS_getppid, SECCOMP_RET_KILL_PROCESS), RET(SECCOMP_RET_ALLOW)); fflush(stdout); SHOW(sys(SYS_getppid)); });
  CHILD("kill thread", { TRY(NR(SYS_getppid, SECCOMP_RET_KILL_THREAD), RET(SECCOMP_RET_ALLOW)); fflush(stdout); SHOW(sys(SYS_getppid)); });
  CHILD("unknown action", { TRY(NR(SYS_getppid, 0x12340000), RET(SECCOMP_RET_ALLOW)); fflush(stdout); SHOW(sys(SYS_getppid)); });
  CHILD("one thread", { pthread_t t; pthread_create(&t, 0, quit, 0); pthread_join(t, 0); SHOW(sys(SYS_getppid) > 0); });
  CHILD("strict", { LIBC(prctl(PR_SET_SECCOMP, 1)); write(1, "still\n", 6); sys(SYS_getppid); });
  CHILD("strict exit", { fflush(stdout); prctl(PR_SET_SECCOMP, 1); sys(SYS_exit, 5); });
  CHILD("strict thread", { pthread_t t; pthread_create(&t, 0, strict, 0); nap(100); puts("alive"); fflush(stdout); sys(SYS_exit, 3); });
  CHILD("strict then filter", { fflush(stdout); sys(SYS_seccomp, 0, 0, 0); sys(SYS_seccomp, 1, 0, 0); });
  CHILD("all threads", { pthread_t t; long r = 0; pthread_create(&t, 0, waits, &r); nap(10); SHOW(LOADF(SECCOMP_FILTER_FLAG_TSYNC, NR(SYS_getppid, SECCOMP_RET_ERRNO | 9), RET(SECCOMP_RET_ALLOW))); go = 1; pthread_join(t, 0); SHOW(r); });
  CHILD("threads apart", { pthread_t t; pthread_create(&t, 0, own, 0); nap(100); SHOW(LOADF(SECCOMP_FILTER_FLAG_TSYNC, RET(SECCOMP_RET_ALLOW)) > 0); SHOW(LOADF(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH, RET(SECCOMP_RET_ALLOW))); SHOW(LOADF(0, RET(SECCOMP_RET_ALLOW))); go = 1; pthread_join(t, 0); });
  CHILD("too long", { static struct sock_filter big[4096]; for (int n = 0; n < 4096; n++) big[n] = (struct sock_filter)RET(SECCOMP_RET_ALLOW); for (int n = 0; n < 9; n++) SHOW(load(0, big, 4096)); });
  CHILD("exec keeps it", { TRY(NR(SYS_getuid32, SECCOMP_RET_ERRNO | 4), RET(SECCOMP_RET_ALLOW)); SHOW(sys(SYS_getuid32)); });
  CHILD("leader leaves", { pthread_t t; pthread_create(&t, 0, (void *(*)(void *))(void *)nap, (void *)200); fflush(stdout); sys(SYS_exit, 6); });
  return 0;
}
