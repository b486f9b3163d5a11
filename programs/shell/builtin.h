/* The builtins' functions: main's arguments, an exit status back. */
#ifndef BUILTIN_H
#define BUILTIN_H

#include "sh.h"

/* builtin_job.c */
int do_bg(int argc, char **argv);
int do_fg(int argc, char **argv);
int do_jobs(int argc, char **argv);
int do_kill(int argc, char **argv);
int do_trap(int argc, char **argv);
int do_wait(int argc, char **argv);

/* builtin_variable.c */
int do_export(int argc, char **argv);
int do_getopts(int argc, char **argv);
int do_local(int argc, char **argv);
int do_read(int argc, char **argv);
int do_readonly(int argc, char **argv);
int do_unset(int argc, char **argv);

/* builtin_limit.c */
int do_ulimit(int argc, char **argv);

/* builtin_place.c */
int do_cd(int argc, char **argv);
int do_pwd(int argc, char **argv);
int do_type(int argc, char **argv);
int do_umask(int argc, char **argv);
int describe_names(int count, char **names, bool brief);

/* tools/, linked into the shell as well */
int echo_main(int argc, char **argv);
int kill_main(int argc, char **argv);
int printf_main(int argc, char **argv);
int test_main(int argc, char **argv);
int read_escape(const char **at, bool octal_needs_zero);

#endif
