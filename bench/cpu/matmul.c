/* Product of 128 x 128 matrices of doubles; built without SSE, so it is x87 code. */
#include "bench.h"

const char name[] = "matmul";

#define N 128
static double a[N][N], b[N][N], c[N][N];

u64 run(u32 count) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = (i * 3 + j) % 17 * 0.25;
      b[i][j] = (i + j * 5) % 13 * 0.5 - 3;
    }
  for (u32 round = 0; round < count; round++) {
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        double sum = 0;
        for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
        c[i][j] = sum;
      }
    for (int i = 0; i < N; i++) a[i][round % N] = c[i][(round + 1) % N] / 1024 + 0.5;
  }
  u64 sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      union {
        double value;
        u64 bits;
      } cell = {c[i][j]};
      sum = sum * 31 + cell.bits;
    }
  return sum;
}
