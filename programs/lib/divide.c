#include "lib.h"

/* What gcc calls for 64-bit division on i386. The divl instruction does all the work when the divisor has 32 bits. */
static u64 divide(u64 n, u64 d, u64 *rest) {
  if (d >> 32 == 0) {
    u32 high = n >> 32, low = n, divisor = d, quotient_high = 0, quotient_low, remainder;
    if (divisor == 0) __asm__ volatile("int $0"); /* as the instruction itself would */
    if (high >= divisor) {
      quotient_high = high / divisor;
      high %= divisor;
    }
    __asm__("divl %4" : "=a"(quotient_low), "=d"(remainder) : "0"(low), "1"(high), "r"(divisor));
    *rest = remainder;
    return (u64)quotient_high << 32 | quotient_low;
  }
  u64 quotient = 0;
  int shift = __builtin_clz((u32)(d >> 32));
  for (; shift >= 0; shift--) {
    if (n >= d << shift) {
      n -= d << shift;
      quotient |= (u64)1 << shift;
    }
  }
  *rest = n;
  return quotient;
}

u64 __udivdi3(u64 n, u64 d) {
  u64 rest;
  return divide(n, d, &rest);
}

u64 __umoddi3(u64 n, u64 d) {
  u64 rest;
  divide(n, d, &rest);
  return rest;
}

u64 __udivmoddi4(u64 n, u64 d, u64 *rest) { return divide(n, d, rest); }

i64 __divmoddi4(i64 n, i64 d, i64 *rest) {
  u64 remainder;
  u64 quotient = divide(n < 0 ? -(u64)n : (u64)n, d < 0 ? -(u64)d : (u64)d, &remainder);
  *rest = n < 0 ? -remainder : remainder;
  return (n < 0) != (d < 0) ? -quotient : quotient;
}

i64 __divdi3(i64 n, i64 d) {
  i64 rest;
  return __divmoddi4(n, d, &rest);
}

i64 __moddi3(i64 n, i64 d) {
  i64 rest;
  __divmoddi4(n, d, &rest);
  return rest;
}
