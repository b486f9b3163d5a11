#include "show.h"
#include <sched.h>
/* Mounting, in a name space of its own on the real kernel. */
static void where(const char *what, const char *path) { struct stat s; printf("%s: %s\n", what, stat(path, &s) < 0 ? error_name() : "there"); }
static void lines(const char *what) { char l[1024]; int n = 0; FILE *f = fopen("/proc/self/mounts", "r"); char cwd[512]; getcwd(cwd, 512); printf("%s:", what); while (fgets(l, 1024, f)) { char *p = strstr(l, cwd); if (!p) continue; char src[200], dir[400], type[100], opt[300]; sscanf(l, "%s %s %s %s", src, dir, type, opt); printf(" [%s %s %.2s%s%s%s]", dir + strlen(cwd), type, opt, strstr(opt, "nosuid") ? " nosuid" : "", strstr(opt, "nodev") ? " nodev" : "", strstr(opt, "noexec") ? " noexec" : ""); n++; } printf("\n"); fclose(f); fflush(stdout); }
static int touch(const char *p) { int f = open(p, O_RDWR | O_CREAT, 0644); int e = errno; if (f >= 0) close(f); errno = e; return f < 0 ? -1 : 0; }
int main(void) {
  unshare(CLONE_NEWNS); mount("none", "/", 0, MS_REC | MS_PRIVATE, 0);
  mkdir("a", 0755); mkdir("b", 0755); mkdir("c", 0755); mkdir("d", 0755); touch("file"); touch("other"); mkdir("a/sub", 0755); touch("a/in");
  SHOW(mount("x", "a", "nosuchfs", 0, 0)); SHOW(mount("x", "none", "tmpfs", 0, 0)); SHOW(mount("x", "file", "tmpfs", 0, 0)); SHOW(mount("x", "b", "tmpfs", 0, "size=1m,mode=0700,nr_inodes=20")); struct stat s; stat("b", &s); printf("%o\n", s.st_mode); struct statfs f; statfs("b", &f); printf("%lx %ld %ld %ld\n", (long)f.f_type, (long)f.f_blocks * f.f_bsize, (long)f.f_files, (long)f.f_ffree);
  touch("b/t"); statfs("b", &f); printf("%ld\n", (long)f.f_ffree); int big = open("b/big", O_RDWR | O_CREAT, 0600); char page[4096] = {1}; int n = 0; while (write(big, page, 4096) == 4096) n++; printf("%d pages then %s\n", n, error_name()); statfs("b", &f); printf("%ld free\n", (long)f.f_bfree); SHOW(ftruncate(big, 0)); statfs("b", &f); printf("%ld free\n", (long)f.f_bfree); SHOW(fallocate(big, 0, 0, 2 << 20)); SHOW(fallocate(big, 0, 0, 1 << 19)); statfs("b", &f); printf("%ld free\n", (long)f.f_bfree); for (n = 0; n < 40; n++) { char nm[20]; sprintf(nm, "b/f%d", n); if (touch(nm) < 0) break; } printf("%d names then %s\n", n, error_name());
  SHOW(umount("b")); close(big); SHOW(umount("b")); SHOW(umount("b")); SHOW(umount("file")); SHOW(umount("none")); SHOW(umount2("b", 0x100));
  /* Bind mounts. */
  SHOW(mount("a", "c", 0, MS_BIND, 0)); where("bound", "c/in"); SHOW(mount("a", "file", 0, MS_BIND, 0)); SHOW(mount("file", "other", 0, MS_BIND, 0)); SHOW(mount("file", "c", 0, MS_BIND, 0)); SHOW(mount("nothing", "c", 0, MS_BIND, 0)); lines("mounts"); touch("c/new"); where("through", "a/new"); SHOW(rename("c/new", "a/new2")); SHOW(link("c/new", "a/new2")); SHOW(rmdir("c")); SHOW(rename("c", "e")); SHOW(unlink("other"));
  SHOW(mount("x", "a/sub", "tmpfs", MS_NOSUID | MS_NODEV, 0)); touch("a/sub/deep"); where("not recursive", "c/sub/deep"); SHOW(umount("a")); SHOW(mount("a", "d", 0, MS_BIND | MS_REC, 0)); where("recursive", "d/sub/deep"); lines("mounts");
  SHOW(mount(0, "c", 0, MS_BIND | MS_REMOUNT | MS_RDONLY, 0)); SHOW(touch("c/x")); SHOW(touch("a/x")); SHOW(mkdir("c/y", 0755)); SHOW(unlink("c/x")); SHOW(access("c/x", W_OK)); SHOW(open("c/x", O_RDWR)); SHOW(open("c/x", O_RDONLY) >= 0); SHOW(chmod("c/x", 0600)); SHOW(utimensat(AT_FDCWD, "c/x", 0, 0)); SHOW(truncate("c/x", 0)); SHOW(rename("c/x", "c/z")); SHOW(mount(0, "c", 0, MS_BIND | MS_REMOUNT, 0)); SHOW(touch("c/x")); SHOW(umount("c"));
  int w = open("a/sub/deep", O_RDWR); SHOW(mount(0, "a/sub", 0, MS_REMOUNT | MS_RDONLY, 0)); close(w); SHOW(mount(0, "a/sub", 0, MS_REMOUNT | MS_RDONLY, 0)); SHOW(touch("a/sub/more")); SHOW(touch("d/sub/more")); lines("read-only"); SHOW(mount(0, "a/sub", 0, MS_REMOUNT | MS_NOEXEC, "size=2m")); statfs("a/sub", &f); printf("%ld\n", (long)f.f_blocks); SHOW(touch("a/sub/more")); SHOW(mount(0, "a", 0, MS_REMOUNT, 0)); lines("again");
  SHOW(umount2("d", 0)); SHOW(umount2("d", MNT_DETACH)); where("detached", "d/in"); lines("after detach");
  /* Moving. */
  SHOW(mount("a/sub", "c", 0, MS_MOVE, 0)); where("moved", "c/deep"); where("from", "a/sub/deep"); SHOW(mount("a", "c", 0, MS_MOVE, 0)); SHOW(mount("c", "file", 0, MS_MOVE, 0)); SHOW(mkdir("c/inner", 0755)); SHOW(mount("c", "c/inner", 0, MS_MOVE, 0)); lines("after move");
  /* Busy, lazy, expiring. */
  SHOW(chdir("c")); SHOW(umount("../c")); SHOW(umount2(".", MNT_DETACH)); char b[100]; SHOW(syscall(SYS_getcwd, b, 100) > 0); printf("%.13s\n", b); where("still there", "deep"); SHOW(chdir("..")); SHOW(syscall(SYS_getcwd, b, 100) > 0); SHOW(open(".", O_PATH) >= 0);
  return 0;
}
