#include "show.h"
#include <sched.h>
/* More of mounting: expiring, over one another, /proc again, roots and what others may do. */
static void where(const char *what, const char *path) { struct stat s; printf("%s: %s\n", what, stat(path, &s) < 0 ? error_name() : "there"); }
static int touch(const char *p) { int f = open(p, O_RDWR | O_CREAT, 0644); int e = errno; if (f >= 0) close(f); errno = e; return f < 0 ? -1 : 0; }
int main(void) {
  unshare(CLONE_NEWNS); mount("none", "/", 0, MS_REC | MS_PRIVATE, 0); char top[300]; getcwd(top, 300);
  chmod(".", 0777); mkdir("a", 0755); mkdir("b", 0755); touch("file"); if (getenv("AGAIN")) return 7;
  SHOW(mount("one", "a", "tmpfs", 0, 0)); touch("a/1"); SHOW(mount("two", "a", "tmpfs", 0, 0)); touch("a/2"); where("below", "a/1"); where("above", "a/2"); SHOW(umount("a")); where("below", "a/1");
  SHOW(umount2("a", MNT_EXPIRE)); SHOW(umount2("a", MNT_EXPIRE | MNT_DETACH)); where("marked", "a/1"); SHOW(umount2("a", MNT_EXPIRE)); SHOW(umount2("a", MNT_EXPIRE)); SHOW(umount2("a", MNT_EXPIRE)); symlink("a", "l"); SHOW(umount2("l", UMOUNT_NOFOLLOW));
  SHOW(mount("proc", "b", "proc", 0, 0)); where("proc", "b/self/stat"); SHOW(chdir("b/self")); where("cwd", "stat"); SHOW(chdir(top)); SHOW(mount("none", "b/sys", "tmpfs", 0, 0)); where("over proc", "b/sys/kernel"); SHOW(umount("b/sys")); SHOW(umount("b"));
  SHOW(mount("t", "a", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0)); SHOW(mknod("a/null", S_IFCHR | 0666, 0x103)); SHOW(open("a/null", O_RDWR)); int src = open("self", O_RDONLY), dst = open("a/prog", O_CREAT | O_WRONLY, 0755); char buf[65536]; int n; while ((n = read(src, buf, 65536)) > 0) write(dst, buf, n); close(dst); CHILD("noexec", { char *av[] = {"x", 0}, *ev[] = {"AGAIN=1", 0}; SHOW(execve("a/prog", av, ev)); }); SHOW(access("a/prog", X_OK)); SHOW(mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, open("a/prog", O_RDONLY), 0) == MAP_FAILED);
  mkdir("a/in", 0755); int keep = open("a/in", O_RDONLY | O_DIRECTORY); SHOW(umount("a")); SHOW(umount2("a", MNT_DETACH)); SHOW(mkdirat(keep, "still", 0755)); where("gone", "a/in"); close(keep);
  CHILD("another user", { setuid(65534); SHOW(mount("t", "a", "tmpfs", 0, 0)); SHOW(umount("a")); SHOW(umount("none")); SHOW(mount("t", "none", "tmpfs", 0, 0)); SHOW(chroot(".")); SHOW(chroot("none")); SHOW(syscall(217, ".", "a")); });
  /* Roots: escaping works for root, as on Linux, when a directory outside stays open or is the working directory. */
  mkdir("jail", 0755); mkdir("jail/deep", 0755); touch("jail/deep/x");
  CHILD("chroot", { SHOW(chroot("file")); SHOW(chroot("jail")); where("root", "/deep/x"); char b[300]; printf("%.13s\n", getcwd(b, 300) ? b : error_name()); where("cwd outside", "file"); SHOW(chdir("/")); where("up", "../file"); where("up and up", "../../../../deep/x"); SHOW(chdir("deep")); printf("%s\n", getcwd(b, 300)); SHOW(symlink("/deep", "/l")); where("absolute link", "/l/x"); int out = open("/", O_RDONLY); SHOW(chroot("/deep")); where("inside", "/x"); SHOW(fchdir(out)); where("above the root", "deep/x"); int k = 0; for (k = 0; k < 50; k++) chdir(".."); SHOW(chroot(".")); where("escaped", "/proc/self/stat"); });
  /* pivot_root */
  SHOW(syscall(217, "a", "a/in")); SHOW(syscall(217, "none", "a")); SHOW(syscall(217, "file", "a")); SHOW(mount("t", "a", "tmpfs", 0, 0)); mkdir("a/old", 0755); SHOW(syscall(217, "a", "b")); SHOW(syscall(217, ".", "."));
  CHILD("pivot", { mkdir("a/new", 0755); touch("a/mark"); SHOW(chdir("a")); SHOW(syscall(217, ".", "old")); where("new root", "/mark"); SHOW(chdir("/")); char q[400]; sprintf(q, "/old%s/file", top); where("old root", q); SHOW(umount2("/old", MNT_DETACH)); where("no more", q); SHOW(rmdir("/old")); });
  return 0;
}
