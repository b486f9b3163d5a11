/* The shell: what its files share. A line becomes a tree (parse.c), words are expanded (expand.c), the tree is run
 * (run.c). */
#ifndef SH_H
#define SH_H

#include "lib.h"

/* arena.c: memory that is given back all at once */
struct arena {
  struct chunk *chunks;
};
struct arena_mark {
  struct chunk *chunk;
  size_t used;
};
void *arena_alloc(struct arena *a, size_t size);
char *arena_copy(struct arena *a, const char *s, size_t length);
struct arena_mark arena_mark(struct arena *a);
void arena_release(struct arena *a, struct arena_mark mark);
void arena_free(struct arena *a);
extern struct arena scratch; /* expansions of the command that is being run */

/* A word is a list of parts; what stands between quotes is marked, and nothing is expanded before the word is used. */
enum part_kind { PART_TEXT, PART_PARAMETER, PART_COMMAND, PART_ARITHMETIC };
enum {
  OP_NONE = 0,
  OP_LENGTH = 'l',
  OP_BAD = 'b',
  OP_SUFFIX = '%',
  OP_LONG_SUFFIX = 'P',
  OP_PREFIX = '#',
  OP_LONG_PREFIX = 'H'
};
struct part {
  struct part *next;
  u8 kind;
  bool quoted;
  bool colon; /* ${x:-y}: an empty value counts as unset */
  char op;    /* - = ? + % # or one of OP_ */
  char *text; /* literal bytes, or the parameter's name */
  size_t length;
  struct word *word; /* the operand of op, or the arithmetic expression */
  struct node *body; /* of a command substitution */
};
struct word {
  struct word *next;
  struct part *parts;
};
struct assignment {
  struct assignment *next;
  char *name;
  struct word *value;
};
enum redirect_kind { REDIRECT_IN, REDIRECT_OUT, REDIRECT_APPEND, REDIRECT_BOTH, REDIRECT_DUP, REDIRECT_HERE };
struct redirect {
  struct redirect *next;
  u8 kind;
  bool strip_tabs, literal; /* of a here-document */
  bool clobber;
  int fd;
  struct word *word; /* target, or the here-document's text */
};
struct case_item {
  struct case_item *next;
  struct word *patterns;
  struct node *body;
};
enum node_kind {
  NODE_SIMPLE,
  NODE_PIPELINE,
  NODE_AND,
  NODE_OR,
  NODE_NOT,
  NODE_LIST,
  NODE_SUBSHELL,
  NODE_GROUP,
  NODE_IF,
  NODE_WHILE,
  NODE_UNTIL,
  NODE_FOR,
  NODE_CASE,
  NODE_FUNCTION,
};
struct node {
  u8 kind;
  bool background; /* in a list: followed by & */
  bool has_in;     /* for NAME in ... */
  u32 line;
  struct node *next; /* in a list or pipeline */
  struct node *left, *right, *other;
  char *name, *text;
  struct word *words;
  struct assignment *assignments;
  struct redirect *redirects;
  struct case_item *items;
};
/* What one parse made; functions keep their tree alive. */
struct tree {
  struct arena arena;
  int uses;
};
void tree_release(struct tree *t);
char *number_text(i64 n);

/* source.c: where commands come from */
struct source {
  struct source *previous;
  const char *text;
  int fd;
  char *data;
  size_t start, end;
  bool bytewise, interactive, fresh, done;
  int pushed[4], pushed_count;
  u32 line;
};
extern struct source *source;
void source_push_text(struct source *s, const char *text);
void source_push_fd(struct source *s, int fd, bool interactive);
void source_pop(void);
int next_byte(void); /* as it is */
int next_char(void); /* without backslash-newline */
void unread(int c);
bool source_ended(void);
extern struct buffer recorded; /* bytes of the command being read, for job texts */

/* lex.c, word.c, parse.c */
enum token {
  T_END,
  T_NEWLINE,
  T_WORD,
  T_AND,
  T_OR,
  T_CASE_END,
  T_AMPERSAND,
  T_SEMICOLON,
  T_PIPE,
  T_OPEN,
  T_CLOSE,
  T_LESS,
  T_GREAT,
  T_HERE,
  T_HERE_TABS,
  T_LESS_AND,
  T_GREAT_AND,
  T_LESS_GREAT,
  T_CLOBBER,
  T_APPEND,
};
struct here {
  struct here *next;
  struct redirect *redirect;
  char *delimiter;
};
struct parser {
  struct tree *tree;
  bool peeked, failed, ended_early;
  enum token token;
  struct word *word;
  char *plain; /* the word's text, when nothing in it is quoted or expanded */
  int number;  /* digits right before < or >, or -1 */
  size_t token_start;
  int depth; /* of lists and words inside each other */
  struct here *here;
};
extern struct parser parser;
enum token peek_token(void);
void skip_token(void);
void syntax_error(const char *what);
bool enter_nesting(void); /* false after an error; every true one is followed by parser.depth-- */
void *tree_alloc(size_t size);
enum word_mode { MODE_WORD, MODE_BRACE, MODE_QUOTED, MODE_QUOTED_BRACE, MODE_HERE, MODE_ARITHMETIC };
struct word *read_word(enum word_mode mode);
char *word_plain(const struct word *w);
struct node *parse_inner(enum token last); /* a list up to ) or the end */
struct node *parse_command(struct tree **tree, bool *ended);

/* variable.c */
enum { VARIABLE_EXPORT = 1, VARIABLE_READONLY = 2 };
struct variable {
  struct variable *next;
  char *name, *value; /* value NULL: not set, attributes only */
  int flags;
};
struct saved_variable {
  struct saved_variable *next;
  char *name, *value;
  int flags;
  bool existed;
};
const char *get_variable(const char *name);
bool set_variable(const char *name, const char *value);
bool set_variable_flags(const char *name, int flags);
bool unset_variable(const char *name);
struct saved_variable *save_variable(const char *name, struct saved_variable *list);
void restore_variables(struct saved_variable *list);
char **make_environment(void); /* in scratch */
void print_variables(int flags, const char *prefix);
void import_environment(void);
void put_quoted(const char *s);

/* function.c */
struct function {
  struct function *next;
  char *name;
  struct node *body;
  struct tree *tree;
};
struct function *find_function(const char *name);
void define_function(const char *name, struct node *body, struct tree *tree);
bool remove_function(const char *name);

/* expand.c, field.c, glob.c, arithmetic.c */
enum mark { MARK_LITERAL, MARK_QUOTED, MARK_SPLIT, MARK_EMPTY, MARK_BREAK };
struct text {
  struct buffer chars, marks;
};
void text_add(struct text *t, int c, enum mark mark);
void text_string(struct text *t, const char *s, enum mark mark);
void text_free(struct text *t);
void expand_word(struct text *t, const struct word *w, bool in_parameter);
char *text_plain(struct text *t);   /* in scratch */
char *text_pattern(struct text *t); /* in scratch; quoted bytes are escaped */
char *expand_string(const struct word *w);
char *expand_pattern(const struct word *w);
char *expand_assignment(const struct word *w);
char *expand_prompt(const char *s);
char **expand_fields(const struct word *words, int *count); /* NULL-terminated, in scratch */
struct field_list {
  char **items;
  int count, capacity;
};
void field_add(struct field_list *l, char *field);
void split_fields(struct text *t, struct field_list *l);
void glob(const char *pattern, struct field_list *l, const char *text);
i64 arithmetic(const char *text);

/* redirect.c */
struct saved_fd {
  struct saved_fd *next;
  int fd, copy;
};
bool redirect_all(struct redirect *list, struct saved_fd **saved);
void restore_fds(struct saved_fd *saved);
int move_high(int fd);

/* job.c */
enum { RUNNING, STOPPED, DONE };
struct process {
  int pid, status;
  u8 state;
};
struct job {
  struct job *next;
  int number, group, count;
  bool background, told;
  struct process *processes;
  char *text;
};
extern struct job *jobs;
struct job *new_job(const char *text);
int fork_process(struct job *j, bool background); /* 0 in the child */
int wait_job(struct job *j);
void forget_job(struct job *j);
void put_in_background(struct job *j);
int job_state(const struct job *j);
int job_status(const struct job *j);
void report_jobs(void);
bool reap(bool block);
struct job *find_job(const char *name);
void init_job_control(void);
void end_job_control(void);
void resume_job(struct job *j, bool foreground);
void print_job(struct job *j, bool long_form, int fd);

/* trap.c */
void set_trap(int signal, const char *action);
void reset_traps(void);
void run_traps(void);
void init_signals(void);
void default_signals(void);
bool traps_set(void);
extern volatile bool signal_pending;
extern char *traps[65];

/* run.c, command.c */
enum { RUN_LAST = 1 };
int run(struct node *n, int flags);
int run_simple(struct node *n, int flags);
int run_source(bool last_may_exec);
int run_text(const char *text);
int call_function(struct function *f, int argc, char **argv);
char *capture(struct node *body); /* output of a command substitution, in scratch */
int run_fields(int argc, char **argv, struct redirect *redirects, struct assignment *assignments, int flags,
               const char *text, bool no_functions);
_Noreturn void exec_program(char **argv);
char *find_program(const char *name); /* in scratch, or NULL */
_Noreturn void exit_shell(int status);

/* builtin*.c */
struct builtin {
  const char *name;
  int (*run)(int argc, char **argv);
  bool special;
};
const struct builtin *find_builtin(const char *name);
bool valid_name(const char *s);
char *option_letters(void);
bool set_options(int *argc, char ***argv);

/* The state of the shell. */
enum { SKIP_NONE, SKIP_BREAK, SKIP_CONTINUE, SKIP_RETURN, SKIP_EXIT, SKIP_ABORT };
struct shell {
  const char *name; /* $0 */
  char **parameters;
  int parameter_count;
  int status, last_background;
  int skip, skip_count, loops, functions;
  int tested; /* depth of conditions, where set -e does not act */
  int shell_pid;
  int substitution_status;
  u32 line;
  bool subshell, interactive, job_control;
  volatile bool interrupted;
  bool options[26];  /* set -a ... -z by letter */
  struct tree *tree; /* the one that is being run */
  struct saved_variable *locals;
  int terminal;
};
extern struct shell sh;
static inline bool option(char letter) { return sh.options[letter - 'a']; }
void shell_error(const char *format, ...);

#endif
