#include "check.h"
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/xattr.h>
#include <grp.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
static struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
static struct __user_cap_data_struct d[2];
#define W(x) (1u << (x))
static void caps(const char *what) { memset(d, 0, sizeof d); h.version = _LINUX_CAPABILITY_VERSION_3; h.pid = 0; if (syscall(SYS_capget, &h, d)) printf("capget %d\n", errno); printf("%s: e %08x%08x p %08x%08x i %08x%08x uid %d %d gid %d %d secbits %x dumpable %d\n", what, d[1].effective, d[0].effective, d[1].permitted, d[0].permitted, d[1].inheritable, d[0].inheritable, getuid(), geteuid(), getgid(), getegid(), prctl(PR_GET_SECUREBITS), prctl(PR_GET_DUMPABLE)); fflush(stdout); }
static int set(unsigned e, unsigned p, unsigned i, unsigned e1, unsigned p1, unsigned i1) { d[0].effective = e; d[0].permitted = p; d[0].inheritable = i; d[1].effective = e1; d[1].permitted = p1; d[1].inheritable = i1; h.version = _LINUX_CAPABILITY_VERSION_3; h.pid = 0; return syscall(SYS_capset, &h, d); }
static void show(int argc, char **argv) { char what[64]; snprintf(what, 64, "exec %s", argv[1]); caps(what); printf("secure %ld uids %ld %ld amb", getauxval(AT_SECURE), getauxval(AT_UID), getauxval(AT_EUID)); for (int n = 0; n < 41; n++) if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, n, 0, 0) == 1) printf(" %d", n); printf(" nnp %d keep %d pdeath ", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_KEEPCAPS)); int s = 0; prctl(PR_GET_PDEATHSIG, &s); printf("%d\n", s); fflush(stdout); }
static char self[512];
static void copy(const char *to, int uid, int gid, int mode) { int in = open("self", O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755); static char b[65536]; int n; while ((n = read(in, b, sizeof b)) > 0) write(out, b, n); close(in); if (fchown(out, uid, gid)) printf("chown %d\n", errno); if (fchmod(out, mode)) printf("chmod %d\n", errno); close(out); }
static void run(const char *path, const char *what) { fflush(stdout); execl(path, path, what, (char *)0); printf("%s: exec %d\n", what, errno); }
struct vfs { uint32_t magic, p0, i0, p1, i1; };
static void filecaps(const char *path, uint32_t magic, unsigned p, unsigned i) { struct vfs v = {magic, p, i, 0, 0}; if (setxattr(path, "security.capability", &v, sizeof v, 0)) printf("setxattr %d\n", errno); }
int main(int argc, char **argv) {
  if (argc > 1) { show(argc, argv); return 0; }
  /* CAP_SYS_RESOURCE may be missing where the test runs. */
  unsigned lo = ~W(CAP_SYS_RESOURCE); prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE); if (set(lo, lo, 0, 0x1ff, 0x1ff, 0)) printf("set %d\n", errno);
  setgroups(0, 0); chmod(".", 0755); struct rlimit nocore = {0, 0}; setrlimit(RLIMIT_CORE, &nocore); caps("start");
  /* headers */
  h.version = 1; SHOW(sys(SYS_capget, &h, d)); printf("%x\n", h.version); h.version = 1; SHOW(sys(SYS_capget, &h, 0)); SHOW(sys(SYS_capget, 4, d)); SHOW(sys(SYS_capget, &h, 4)); h.pid = -1; SHOW(sys(SYS_capget, &h, d)); h.pid = 1 << 22; SHOW(sys(SYS_capget, &h, d)); h.pid = 0; h.version = _LINUX_CAPABILITY_VERSION_1; memset(d, 0x55, sizeof d); SHOW(sys(SYS_capget, &h, d)); printf("%x %x %x\n", d[0].effective, d[0].inheritable, d[1].effective); h.pid = 1; SHOW(sys(SYS_capset, &h, d)); h.version = 7; SHOW(sys(SYS_capset, &h, d)); h.pid = 0; h.version = _LINUX_CAPABILITY_VERSION_3; SHOW(sys(SYS_capset, &h, 4));
  CHILD("drop", { LIBC(set(W(CAP_KILL), W(CAP_KILL) | W(CAP_CHOWN), 0, 0, 0, 0)); caps("fewer"); LIBC(set(W(CAP_SETUID), W(CAP_KILL), 0, 0, 0, 0)); LIBC(set(0, W(CAP_SETUID), 0, 0, 0, 0)); LIBC(set(0, W(CAP_KILL), W(CAP_KILL), 0, 0, 0)); LIBC(set(0, W(CAP_KILL), W(CAP_NET_RAW), 0, 0, 0)); LIBC(set(W(CAP_KILL), W(CAP_KILL), 0, 0, 0, 0)); caps("one"); LIBC(setuid(1000)); LIBC(setgroups(0, 0)); LIBC(setgid(5)); LIBC(chown("self", 1, 1)); LIBC(chroot(".")); LIBC(mknod("node", S_IFCHR | 0600, 0x103)); struct rlimit l = {1, 2}; getrlimit(RLIMIT_NOFILE, &l); l.rlim_max += 5; LIBC(setrlimit(RLIMIT_NOFILE, &l)); LIBC(nice(-5)); });
  CHILD("setuid drops", { setuid(1000); caps("user"); LIBC(seteuid(0)); run("self", "as user"); });
  CHILD("seteuid", { seteuid(1000); caps("effective user"); seteuid(0); caps("back"); });
  CHILD("keepcaps", { LIBC(prctl(PR_SET_KEEPCAPS, 2)); LIBC(prctl(PR_SET_KEEPCAPS, 1)); LIBC(prctl(PR_GET_KEEPCAPS)); setuid(1000); caps("kept"); LIBC(set(W(CAP_KILL), W(CAP_KILL), 0, 0, 0, 0)); caps("raised"); run("self", "kept"); });
  CHILD("fsuid", { setfsuid(1000); caps("fsuid"); setfsuid(0); caps("fsuid 0"); });
  CHILD("fixup", { LIBC(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)); LIBC(setuid(1000)); caps("unfixed"); run("self", "unfixed"); });
  CHILD("securebits", { LIBC(prctl(PR_SET_SECUREBITS, 0x1000)); LIBC(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS_LOCKED)); LIBC(prctl(PR_SET_SECUREBITS, 0)); LIBC(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT_LOCKED)); LIBC(prctl(PR_SET_KEEPCAPS, 1)); run("self", "noroot"); });
  CHILD("securebits as user", { setuid(1000); LIBC(prctl(PR_SET_SECUREBITS, 1)); });
  CHILD("ambient", { LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0)); set(lo, lo, W(CAP_KILL) | W(CAP_CHOWN), 0x1ff, 0x1ff, 0); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_CHOWN, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, 9, CAP_KILL, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, 1, 99, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, 1, 3, 1, 0)); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0)); prctl(PR_SET_KEEPCAPS, 1); setuid(1000); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0)); LIBC(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0)); run("self", "ambient"); });
  CHILD("bounding", { LIBC(prctl(PR_CAPBSET_READ, CAP_KILL)); LIBC(prctl(PR_CAPBSET_READ, 64)); LIBC(prctl(PR_CAPBSET_DROP, CAP_KILL)); LIBC(prctl(PR_CAPBSET_DROP, 64)); LIBC(prctl(PR_CAPBSET_READ, CAP_KILL)); caps("bounded"); run("self", "bounded"); });
  /* programs */
  copy("suid", 2000, 0, 04755); copy("sgid", 0, 3000, 02755); copy("sgidlock", 0, 3000, 02745); copy("root", 0, 0, 04755); copy("fcap", 0, 0, 0755); copy("feff", 0, 0, 0755); copy("finh", 0, 0, 0755); copy("fboth", 0, 0, 04755); copy("fuser", 2000, 0, 04755);
  filecaps("fcap", 0x02000000, W(CAP_KILL) | W(CAP_NET_RAW), 0); filecaps("feff", 0x02000001, W(CAP_KILL), W(CAP_CHOWN)); filecaps("finh", 0x02000000, 0, W(CAP_CHOWN)); filecaps("fboth", 0x02000001, W(CAP_KILL), 0); filecaps("fuser", 0x02000001, W(CAP_KILL), 0);
  const char *all[] = {"suid", "sgid", "sgidlock", "root", "fcap", "feff", "finh", "fboth", "fuser"};
  for (int n = 0; n < 9; n++) { CHILD("as root", { prctl(PR_SET_PDEATHSIG, 5); run(all[n], all[n]); }); CHILD("as user", { setgid(1000); setuid(1000); prctl(PR_SET_PDEATHSIG, 5); run(all[n], all[n]); }); CHILD("no new privileges", { setgid(1000); setuid(1000); prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); run(all[n], all[n]); }); }
  CHILD("inherited", { set(lo, lo, W(CAP_CHOWN), 0x1ff, 0x1ff, 0); setuid(1000); run("finh", "inherited"); });
  CHILD("bounded file", { prctl(PR_CAPBSET_DROP, CAP_KILL); setuid(1000); run("feff", "bounded"); run("fcap", "bounded"); });
  CHILD("shared directories", { setuid(1000); pid_t c = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0); if (c == 0) { pause(); _exit(0); } if (fork() == 0) run("root", "not shared"); wait(0); pid_t k = syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0); if (k == 0) run("root", "shared"); waitpid(k, 0, 0); kill(c, SIGKILL); wait(0); });
  CHILD("script", { int f = open("script", O_WRONLY | O_CREAT, 0755); write(f, "#!./suid x\n", 11); fchmod(f, 06755); fchown(f, 7, 7); close(f); setuid(1000); run("./script", "script"); });
  /* access */
  mkdir("closed", 0700); int f = open("closed/secret", O_WRONLY | O_CREAT, 0600); close(f); chown("closed", 4, 4); chown("closed/secret", 4, 4); mkdir("sticky", 01777); f = open("sticky/file", O_WRONLY | O_CREAT, 0644); close(f); chown("sticky/file", 4, 4);
  unsigned kinds[] = {0, W(CAP_DAC_OVERRIDE), W(CAP_DAC_READ_SEARCH), W(CAP_FOWNER), W(CAP_FSETID), W(CAP_CHOWN), W(CAP_SYS_ADMIN)};
  for (int n = 0; n < 7; n++) CHILD("access", { printf("kind %d\n", n); prctl(PR_SET_KEEPCAPS, 1); setgid(9); setuid(9); set(kinds[n], kinds[n], 0, 0, 0, 0); OUTCOME(open("closed/secret", O_RDONLY) < 0 ? -errno : 0); OUTCOME(open("closed/secret", O_RDWR) < 0 ? -errno : 0); LIBC(access("closed/secret", R_OK)); LIBC(faccessat(AT_FDCWD, "closed/secret", R_OK, AT_EACCESS)); LIBC(faccessat(AT_FDCWD, "closed", W_OK, AT_EACCESS)); LIBC(chmod("sticky/file", 0640)); LIBC(chown("sticky/file", 4, 5)); LIBC(setxattr("sticky/file", "trusted.a", "b", 1, 0)); LIBC(rename("sticky/file", "sticky/file")); LIBC(unlink("sticky/nothing")); LIBC(kill(getppid(), 0)); OUTCOME(open("closed", O_RDONLY | O_DIRECTORY) < 0 ? -errno : 0); });
  /* who may look */
  CHILD("dumpable", { setuid(1000); LIBC(prctl(PR_GET_DUMPABLE)); LIBC(prctl(PR_SET_DUMPABLE, 1)); LIBC(prctl(PR_GET_DUMPABLE)); LIBC(prctl(PR_SET_DUMPABLE, 2)); setgid(1000); LIBC(prctl(PR_GET_DUMPABLE)); run("self", "dumpable"); });
  /* the rest of prctl */
  LIBC(prctl(PR_GET_TIMERSLACK)); LIBC(prctl(PR_SET_TIMERSLACK, 123)); LIBC(prctl(PR_GET_TIMERSLACK)); CHILD("slack", { LIBC(prctl(PR_GET_TIMERSLACK)); LIBC(prctl(PR_SET_TIMERSLACK, 7)); LIBC(prctl(PR_SET_TIMERSLACK, 0)); LIBC(prctl(PR_GET_TIMERSLACK)); }); LIBC(prctl(PR_SET_TIMERSLACK, 0)); LIBC(prctl(PR_GET_TIMERSLACK));
  LIBC(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)); LIBC(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0)); LIBC(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0)); LIBC(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); LIBC(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)); LIBC(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); LIBC(prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0)); CHILD("thp", { LIBC(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)); }); LIBC(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)); int tsc = 0; LIBC(prctl(PR_GET_TSC, &tsc)); SHOW(tsc); LIBC(prctl(PR_SET_TSC, 9)); LIBC(prctl(PR_MCE_KILL_GET, 0, 0, 0, 0)); LIBC(prctl(PR_MCE_KILL_GET, 1, 0, 0, 0)); LIBC(prctl(PR_TASK_PERF_EVENTS_DISABLE)); LIBC(prctl(PR_GET_TIMING)); LIBC(prctl(PR_SET_TIMING, 1)); LIBC(prctl(PR_GET_SPECULATION_CTRL, 99, 0, 0, 0)); LIBC(prctl(PR_GET_SPECULATION_CTRL, 0, 1, 0, 0)); LIBC(prctl(PR_GET_UNALIGN, &tsc)); LIBC(prctl(PR_GET_FPEMU, &tsc)); LIBC(prctl(PR_GET_ENDIAN, &tsc)); LIBC(prctl(12345)); LIBC(prctl(PR_SET_PDEATHSIG, 65)); LIBC(prctl(PR_SET_PDEATHSIG, -1)); LIBC(prctl(PR_GET_PDEATHSIG, 4)); LIBC(prctl(PR_GET_CHILD_SUBREAPER, 4));
  return 0;
}
