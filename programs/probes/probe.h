/* What every probe shares: system calls as one inline instruction, the count, and the line that it prints. */
#ifndef PROBE_H
#define PROBE_H

#include "sys.h"

static inline long call0(long number) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number) : "memory");
  return result;
}

static inline long call1(long number, long a) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a) : "memory");
  return result;
}

static inline long call2(long number, long a, long b) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b) : "memory");
  return result;
}

static inline long call3(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

static inline long call4(long number, long a, long b, long c, long d) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
  return result;
}

static inline long call5(long number, long a, long b, long c, long d, long e) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
  return result;
}

/* Performs exactly count operations and returns the result to print; a failed operation calls give_up. */
u32 probe(u32 count, char **argv);
extern const char probe_name[];

_Noreturn void exit(int status);
/* Prints "probe-NAME: what: -errno" and exits with status 1. */
_Noreturn void give_up(const char *what, long error);

#endif
