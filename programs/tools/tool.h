/* A tool is a function with main's arguments and result; its output goes through lib's buffer, which the caller
 * flushes. */
#ifndef TOOL_H
#define TOOL_H

#include "lib.h"

#define TOOL(name) int name##_main(int argc, char **argv);
#define TOOL_NAMED(text, name)
#include "tools.def"
#undef TOOL
#undef TOOL_NAMED

/* escape.c: reads the escape after a backslash, as echo -e and printf know it; returns the byte, -1 for \c, -2 for none
 * of them */
int read_escape(const char **at, bool octal_needs_zero);

/* run.c: by PATH; a failure ends the process with 127 or 126 */
_Noreturn void execute_or_leave(char **argv);
int run_and_wait(char **argv, struct rusage *usage);

/* files.c */
/* Calls each operand's file (standard input for none or "-") with the tool's function; returns 1 if one could not be
 * opened. */
int each_input(char **paths, int (*use)(struct input *in, const char *name, void *state), void *state);
int copy_fd(int from, int to);
bool same_file(const struct stat *a, const struct stat *b);
int remove_tree(const char *path);

#endif
