#include "check.h"
#include <linux/prctl.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
static long at(int fd, const char *path, int flags) { char *argv[] = {"arg0", "shown", (char *)path, 0}, *envp[] = {0}; fflush(stdout); return sys(SYS_execveat, fd, path, argv, envp, flags); }
static int fd, dir, lnk;
#define TRY(what, fd, path, flags) CHILD(what, { printf("%ld\n", at(fd, path, flags)); })
int main(int argc, char **argv) {
  if (argc > 1) { char name[16] = ""; prctl(PR_GET_NAME, name); const char *f = (const char *)getauxval(AT_EXECFN); printf("argc %d argv0 %s", argc, argv[0]); for (int n = 1; n < argc; n++) printf(" [%s]", argv[n]); printf(" execfn %s comm %s\n", f, name); return 0; }
  mkdir("d", 0755); symlink("../self", "d/link"); link("self", "d/prog"); int s = open("d/script", O_WRONLY | O_CREAT, 0755); write(s, "#!./self script\n", 16); close(s); s = open("plain", O_WRONLY | O_CREAT, 0644); close(s);
  dup2(open("self", O_RDONLY), 50); dup2(open("d", O_RDONLY | O_DIRECTORY), 51); dup2(open("d/script", O_RDONLY), 52); dup3(open("d/script", O_RDONLY), 53, O_CLOEXEC); dup3(open("self", O_RDONLY), 54, O_CLOEXEC); dup2(open("self", O_PATH), 55); dup2(open("d/link", O_PATH | O_NOFOLLOW), 56); dup3(open("d", O_RDONLY | O_DIRECTORY), 57, O_CLOEXEC); dup2(open("plain", O_RDONLY), 58);
  TRY("by path", AT_FDCWD, "d/prog", 0); TRY("by link", AT_FDCWD, "d/link", 0); TRY("link not followed", AT_FDCWD, "d/link", AT_SYMLINK_NOFOLLOW); TRY("not a link", AT_FDCWD, "self", AT_SYMLINK_NOFOLLOW); TRY("beside", 51, "prog", 0); TRY("beside, link", 51, "link", 0); TRY("beside, link not followed", 51, "link", AT_SYMLINK_NOFOLLOW); TRY("itself", 50, "", AT_EMPTY_PATH); TRY("itself without the flag", 50, "", 0); TRY("close-on-exec", 54, "", AT_EMPTY_PATH); TRY("O_PATH", 55, "", AT_EMPTY_PATH); TRY("O_PATH of a link", 56, "", AT_EMPTY_PATH); TRY("script", 52, "", AT_EMPTY_PATH); TRY("script close-on-exec", 53, "", AT_EMPTY_PATH); TRY("script beside", 51, "script", 0); TRY("script beside close-on-exec", 57, "script", 0); TRY("absolute", 53, "/nonexistent", 0); TRY("bad descriptor", 99, "self", 0); TRY("bad descriptor, empty", 99, "", AT_EMPTY_PATH); TRY("bad flags", 50, "", AT_EMPTY_PATH | 1); TRY("directory", 51, "", AT_EMPTY_PATH); TRY("not a directory", 50, "x", 0); TRY("nothing there", 51, "nothing", 0); TRY("cwd", AT_FDCWD, "", AT_EMPTY_PATH); TRY("not executable", 58, "", AT_EMPTY_PATH); CHILD("bad path", { printf("%ld\n", at(50, (char *)4, 0)); });
  return 0;
}
