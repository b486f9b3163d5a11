#include "tool.h"

/* CRC of POSIX cksum: polynomial 0x04c11db7, the length appended. */
static u32 crc_byte(u32 crc, u8 byte) {
  crc ^= (u32)byte << 24;
  for (int i = 0; i < 8; i++) crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
  return crc;
}

static int checksum(struct input *in, const char *name, void *state) {
  u32 crc = 0;
  u64 length = 0;
  int c;
  (void)state;
  while ((c = input_char(in)) >= 0) {
    crc = crc_byte(crc, c);
    length++;
  }
  for (u64 n = length; n > 0; n >>= 8) crc = crc_byte(crc, n);
  say("%u %llu", ~crc, length);
  if (strcmp(name, "-") != 0) say(" %s", name);
  put_char('\n');
  return 0;
}

/* cksum FILE... */
int cksum_main(int argc, char **argv) {
  (void)argc;
  return each_input(argv + 1, checksum, NULL);
}

struct sha256 {
  u32 h[8];
  u8 block[64];
  u64 length;
};

static u32 rotate(u32 x, int n) { return x >> n | x << (32 - n); }

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const u32 k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void compress(struct sha256 *s) {
  u32 w[64], v[8];
  for (int i = 0; i < 16; i++)
    w[i] = (u32)s->block[4 * i] << 24 | s->block[4 * i + 1] << 16 | s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    u32 a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3,
        b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  memcpy(v, s->h, sizeof v);
  for (int i = 0; i < 64; i++) {
    u32 e = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25), choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    u32 a = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22),
        majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    u32 t = v[7] + e + choice + k[i] + w[i];
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t;
    v[0] = t + a + majority;
  }
  for (int i = 0; i < 8; i++) s->h[i] += v[i];
}

static void add(struct sha256 *s, u8 byte) {
  s->block[s->length++ & 63] = byte;
  if ((s->length & 63) == 0) compress(s);
}

static int digest(struct input *in, const char *name, void *state) {
  struct sha256 s = {
      {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}, {0}, 0};
  int c;
  (void)state;
  while ((c = input_char(in)) >= 0) add(&s, c);
  u64 bits = s.length * 8;
  add(&s, 0x80);
  while ((s.length & 63) != 56) add(&s, 0);
  for (int i = 7; i >= 0; i--) add(&s, bits >> (8 * i));
  for (int i = 0; i < 8; i++) say("%08x", s.h[i]);
  say("  %s\n", name);
  return 0;
}

/* sha256sum FILE... */
int sha256sum_main(int argc, char **argv) {
  (void)argc;
  return each_input(argv + 1, digest, NULL);
}
