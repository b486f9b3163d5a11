#include "tool.h"

static const struct {
  const char *name;
  int (*run)(int argc, char **argv);
} tools[] = {
#define TOOL(name) {#name, name##_main},
#define TOOL_NAMED(text, name) {text, name##_main},
#include "tools.def"
};

static int list(void) {
  for (size_t i = 0; i < COUNT(tools); i++) say("%s\n", tools[i].name);
  return 0;
}

/* Runs the tool that argv[0] names, or "tools NAME ARGUMENTS". */
int main(int argc, char **argv) {
  if (argc == 0) return 127;
  const char *name = base_name(argv[0]);
  if (strcmp(name, "tools") == 0) {
    if (argc < 2) return list();
    argc--;
    argv++;
    name = base_name(argv[0]);
  }
  program = name;
  for (size_t i = 0; i < COUNT(tools); i++)
    if (strcmp(tools[i].name, name) == 0) return tools[i].run(argc, argv);
  warn("no such tool; \"tools\" lists them");
  return 127;
}
