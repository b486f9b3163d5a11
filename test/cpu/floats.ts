/** Random x87, MMX and SSE operands: ordinary numbers, and every class that the manual treats apart. */
import type { Random } from './random.ts';

const MANTISSAS: readonly (readonly [high: number, low: number])[] = [
  [0x80000000, 0],
  [0x80000000, 1],
  [0xffffffff, 0xffffffff],
  [0xc0000000, 0],
  [0xc0000000, 1],
  [0xa0000000, 0],
  [0x80000000, 0x400],
  [0x80000000, 0x7ff],
  [0x80000100, 0],
  [0xffffff00, 0],
  [0xffffff80, 0],
  [0xfffffc00, 0xfffff800],
];
const EXPONENTS = [
  0, 1, 2, 0x3c00, 0x3c01, 0x3f80, 0x3f81, 0x3fbe, 0x3ffe, 0x3fff, 0x4000, 0x4007, 0x400e, 0x401e, 0x403e, 0x407e,
  0x43fe, 0x43ff, 0x7ffe,
];

/** An 80-bit operand as three words; the last holds sign and exponent. */
export function extended(random: Random): readonly [number, number, number] {
  const sign = random.below(2) << 15;
  const [high, low] = random.chance(0.5) ? random.pick(MANTISSAS) : [random.word() | 0x80000000, random.word()];
  const kind = random.below(20);
  if (kind < 8) return [low, high, sign | (0x3fff + random.below(80) - 40)];
  if (kind < 12) return [low, high, sign | random.pick(EXPONENTS)];
  if (kind === 12) return [0, 0, sign];
  if (kind === 13) return [0, 0x80000000, sign | 0x7fff];
  if (kind === 14) return [random.word(), random.word() | 0xc0000000, sign | 0x7fff];
  if (kind === 15) return [random.word(), (random.word() & 0x3fffffff) | 0x80000000, sign | 0x7fff];
  if (kind === 16) return [random.word(), random.word() & 0x7fffffff, sign];
  if (kind === 17) return [random.word(), random.word(), sign | random.below(0x8000)];
  if (kind === 18) return [0, 0x80000000 + (random.below(1 << 10) << 21), sign | (0x3fff + random.below(12))];
  return [low, high, sign | random.below(0x7fff)];
}

const DOUBLES = [
  0, 0x00100000, 0x000fffff, 0x3ff00000, 0x40000000, 0x41e00000, 0x43e00000, 0x7fefffff, 0x7ff00000, 0x7ff80000,
  0x7ff00001, 0x3fe00000,
];

/** A double-precision operand as two words. */
export function double(random: Random): readonly [number, number] {
  const sign = random.below(2) << 31;
  const kind = random.below(8);
  const low = random.pick([0, 1, -1, random.word()]);
  if (kind < 3) return [low, sign | random.pick(DOUBLES)];
  if (kind < 6) return [low, sign | ((0x3ff + random.below(70) - 35) << 20) | (random.word() >>> 12)];
  if (kind === 6) return [0, sign | ((0x3ff + random.below(40)) << 20) | (random.below(16) << 16)];
  return [random.word(), random.word()];
}

const SINGLES = [
  0, 0x00800000, 0x007fffff, 1, 0x3f800000, 0x40000000, 0x4f000000, 0x5f000000, 0x7f7fffff, 0x7f800000, 0x7fc00000,
  0x7f800001, 0x3f000000,
];

/** A single-precision operand. */
export function single(random: Random): number {
  const sign = random.below(2) << 31;
  const kind = random.below(8);
  if (kind < 3) return sign | random.pick(SINGLES);
  if (kind < 6) return sign | ((0x7f + random.below(70) - 35) << 23) | (random.word() >>> 9);
  if (kind === 6) return sign | ((0x7f + random.below(30)) << 23) | (random.below(16) << 19);
  return random.word();
}

/** Four words for an MMX or XMM register or memory operand: packed floats, or packed integers. */
export function packed(random: Random): readonly [number, number, number, number] {
  const kind = random.below(3);
  if (kind === 0) return [...double(random), ...double(random)];
  if (kind === 1) return [single(random), single(random), single(random), single(random)];
  return [random.operand(), random.operand(), random.operand(), random.operand()];
}

/** A consistent FXSAVE image: any control word, any tags, exceptions pending now and then. */
export function fxImage(random: Random): Uint8Array {
  const image = new Uint8Array(512);
  const words = new Int32Array(image.buffer);
  const rounding = random.below(4) << 10;
  const precision = random.pick([0, 0x200, 0x300, 0x300, 0x300]);
  const masks = random.chance(0.8) ? 0x3f : random.below(64);
  const control = random.chance(0.3) ? 0x37f : 0x40 | rounding | precision | masks;
  const flags = random.chance(0.8) ? 0 : random.below(128);
  const summary = (flags & ~control & 0x3f) !== 0 ? 0x8080 : 0;
  const status = (random.below(8) << 11) | (random.word() & 0x4700) | flags | summary;
  words[0] = control | (status << 16);
  words[1] = random.pick([0xff, 0xff, 0xff, 0, random.below(256)]);
  words[6] = mxcsr(random);
  for (let i = 0; i < 8; i++) {
    if (random.chance(0.25)) words.set(packed(random).slice(0, 2).concat(0xffff), 8 + 4 * i);
    else words.set(extended(random), 8 + 4 * i);
    words.set(packed(random), 40 + 4 * i);
  }
  return image;
}

/** MXCSR: any rounding, mostly masked, sometimes flush-to-zero and denormals-are-zeros. */
export function mxcsr(random: Random): number {
  if (random.chance(0.4)) return 0x1f80;
  const masks = random.chance(0.85) ? 0x1f80 : random.below(64) << 7;
  return (
    masks |
    (random.below(4) << 13) |
    (random.below(64) & random.word() & random.word()) |
    (random.chance(0.2) ? 0x8000 : 0) |
    (random.chance(0.2) ? 0x40 : 0)
  );
}
