/** Random x87 operands, biased to where rounding, range and classes change. */
import type { Random } from '../random.ts';

/** Low word, high word, sign and exponent. */
export type Extended = readonly [low: number, high: number, signExponent: number];

/** Significands: ones, zeros and halves at the ends of 24, 53 and 64 bits. */
function significand(random: Random): readonly [number, number] {
  switch (random.below(12)) {
    case 0:
      return [0, 0x80000000];
    case 1:
      return [-1, -1];
    case 2:
      return [random.pick([1, 2, -2, 0x400, 0x800, 0x7ff, 0xc00, 0x401]), random.pick([0x80000000, 0xffffffff])];
    case 3:
      return [0, 0x80000000 | (1 << random.below(32))];
    case 4:
      return [1 << random.below(32), 0x80000000];
    case 5:
      return [random.word() & ~0x7ff, random.word() | 0x80000000];
    case 6:
      return [0, (random.word() & ~0xff) | 0x80000000];
    case 7:
      return [
        random.pick([-1, -0x800, -0x400, 0, 0x7fffffff]),
        random.pick([0xffffff7f, 0xffffff80, 0xffffff81, -0x100]),
      ];
    case 8: {
      const bits = random.below(32);
      return [0, 0x80000000 | (random.word() << bits)];
    }
    default:
      return [random.word(), random.word() | 0x80000000];
  }
}

/** The exponents at which a format ends, or a conversion changes its ways. */
const EDGES = [
  0x3fff,
  0x3fff + 15,
  0x3fff + 31,
  0x3fff + 63,
  0x3fff + 23,
  0x3fff + 52,
  0x3fff + 127,
  0x3fff - 126,
  0x3fff - 149,
  0x3fff + 1023,
  0x3fff - 1022,
  0x3fff - 1074,
  1,
  0x7ffe,
  0x3fff + 59,
  0x3fff - 64,
  0x3fff + 64,
  24,
  53,
  64,
];

function exponent(random: Random): number {
  const kind = random.below(10);
  if (kind < 4) return 0x3fff + random.below(16) - 8;
  if (kind < 6) return 0x3fff + random.below(160) - 80;
  if (kind < 8) return Math.min(0x7ffe, Math.max(1, random.pick(EDGES) + random.below(5) - 2));
  if (kind === 8) return random.pick([1, 2, 3, 0x7ffe, 0x7ffd, 0x7ffc, 0x2000, 0x6000, 0x5fff]);
  return 1 + random.below(0x7ffe);
}

/** Any 80-bit value, encodings that no arithmetic makes included. */
export function extended(random: Random): Extended {
  const sign = random.below(2) << 15;
  const [low, high] = significand(random);
  const kind = random.below(32);
  if (kind < 22) return [low, high, sign | exponent(random)];
  switch (kind) {
    case 22:
    case 23:
      return [0, 0, sign];
    case 24:
      return [0, 0x80000000, sign | 0x7fff];
    case 25:
      return [low, high | 0xc0000000, sign | 0x7fff];
    case 26:
      return [random.word(), (high & 0x3fffffff) | 0x80000000, sign | 0x7fff];
    case 27: {
      const shift = random.below(64);
      return shift < 32
        ? [random.word(), (random.word() & 0x7fffffff) >>> shift, sign]
        : [random.word() >>> (shift - 32), 0, sign];
    }
    case 28:
      return [low, high & 0x7fffffff, sign];
    case 29:
      return [low, high, sign];
    case 30:
      return [low, high & 0x7fffffff, sign | exponent(random)];
    default:
      return [low, high & 0x7fffffff, sign | 0x7fff];
  }
}

/** A second operand: one that meets the first (cancels, ties, over- or underflows with it), or any. */
export function partner(random: Random, first: Extended): Extended {
  const [low, high, signExponent] = first;
  const other = extended(random);
  const limited = (e: number) => Math.min(0x7ffe, Math.max(0, e));
  const own = signExponent & 0x7fff;
  const sign = random.below(2) << 15;
  switch (random.below(8)) {
    case 0:
      return [low + random.below(3) - 1, high, signExponent ^ 0x8000];
    case 1:
      return [other[0], other[1], sign | limited(own + random.below(140) - 70)];
    case 2:
      return [0, 0x80000000, sign | limited(own + random.below(140) - 70)];
    case 3:
      return [other[0], other[1] | 0x80000000, sign | limited(0x3fff + random.below(5) - 2 + (0x3fff - own))];
    case 4:
      return [other[0], other[1] | 0x80000000, sign | limited(own - 0x3fff + random.below(70))];
    default:
      return other;
  }
}

/** The memory operand as bytes: singles, doubles, 80-bit values, integers and packed decimals by chance. */
export function memoryOperand(random: Random, view: DataView, at: number): void {
  for (let i = 0; i < 16; i += 4) view.setInt32(at + i, random.word(), true);
  const [low, high, signExponent] = extended(random);
  const sign = (signExponent & 0x8000) << 16;
  switch (random.below(5)) {
    case 0: {
      const e = random.chance(0.5) ? (signExponent & 0x7fff) - 0x3fff + 127 : random.pick([0, 1, 2, 127, 254, 255]);
      view.setInt32(at, sign | ((e & 0xff) << 23) | (random.chance(0.3) ? 0 : (high >>> 8) & 0x7fffff), true);
      break;
    }
    case 1: {
      const e = random.chance(0.5) ? (signExponent & 0x7fff) - 0x3fff + 1023 : random.pick([0, 1, 1023, 2046, 2047]);
      const fraction = random.chance(0.3) ? 0 : 1;
      view.setInt32(at + 4, sign | ((e & 0x7ff) << 20) | (((high >>> 11) & 0xfffff) * fraction), true);
      view.setInt32(at, ((high << 21) | (low >>> 11)) * fraction, true);
      break;
    }
    case 2:
      view.setInt32(at, low, true);
      view.setInt32(at + 4, high, true);
      view.setInt16(at + 8, signExponent, true);
      break;
    case 3:
      view.setInt32(at, random.operand(), true);
      view.setInt32(at + 4, random.operand(), true);
      break;
    default:
      for (let i = 0; i < 9; i++) view.setUint8(at + i, random.below(10) | (random.below(10) << 4));
      view.setUint8(at + 9, random.below(2) << 7);
  }
}
