/**
 * Descriptors that reach no further than a linear address: what a thread with a limit (`Context.limit`) gets in place of
 * its own. Layout (SDM 3A, 3.4.5):
 *
 *   low   base 15..0, limit 15..0
 *   high  base 31..24, G, D/B, 0, AVL, limit 19..16, P, DPL, S, type, base 23..16
 */

const FOUR_GIB = 2 ** 32;
/** No limit. */
export const UNLIMITED = 0xffffffff;
const PRESENT = 0x8000;
const NONSYSTEM = 0x1000;
const CODE = 0x800;
const EXPAND_DOWN = 0x400;
const BIG = 0x400000;
const IN_PAGES = 0x800000;
const LIMIT_BITS = 0xf0000;

/**
 * Which part of a segment that reaches around the top of the address space: from its base upwards, or what lies below its
 * base (negative offsets, as i386 thread-local storage has them). One descriptor cannot say both and stop at a limit.
 */
export type Half = 'up' | 'down';

/** A descriptor and, where it was cut in two, whether its other half is there to be had. */
export interface Bounded {
  readonly low: number;
  readonly high: number;
  readonly split: boolean;
}

const NOTHING: Bounded = { low: 0, high: 0, split: false };

/** The part of a descriptor that lies at or below the linear address `last`; nothing where there is none. */
export function bounded(low: number, high: number, last: number, half: Half): Bounded {
  if ((high & PRESENT) === 0) return { low, high, split: false };
  // Gates and system segments have no business in the tables of programs.
  if ((high & NONSYSTEM) === 0) return NOTHING;
  const base = ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0;
  const units = (low & 0xffff) | (high & LIMIT_BITS);
  const limit = high & IN_PAGES ? units * 4096 + 4095 : units;
  if ((high & CODE) === 0 && (high & EXPAND_DOWN) !== 0) return boundedDown(low, high, base, limit, last);
  const end = base + limit;
  if (end <= last) return { low, high, split: false };
  const split = end >= FOUR_GIB && base > 0 && base - 1 <= last && (high & CODE) === 0;
  if (split && half === 'down') return { ...below(low, high, base), split };
  if (base > last) return split ? { ...NOTHING, split } : NOTHING;
  return { ...withLimit(low, high, last - base), split };
}

/** Expand-down: offsets above the limit. */
function boundedDown(low: number, high: number, base: number, limit: number, last: number): Bounded {
  const same = { low, high, split: false };
  if ((high & BIG) === 0) return base + 0xffff <= last ? same : NOTHING;
  // Up to offset 0xffffffff: it ends below its base, and begins there or around the top.
  if (base === 0 || base - 1 > last) return NOTHING;
  return limit + 1 + base >= FOUR_GIB ? same : { ...below(low, high, base), split: false };
}

/** An expand-down data segment of what lies below `base`, up to a page less at its lower end. */
function below(low: number, high: number, base: number): { low: number; high: number } {
  const pages = Math.ceil((FOUR_GIB - base) / 4096) - 1;
  const attributes = (high & ~(LIMIT_BITS | CODE)) | EXPAND_DOWN | BIG | IN_PAGES;
  return { low: (low & 0xffff0000) | (pages & 0xffff), high: attributes | (pages & LIMIT_BITS) };
}

/** The same segment with a limit in bytes, rounded down to what can be said. */
function withLimit(low: number, high: number, limit: number): { low: number; high: number } {
  const inPages = limit > 0xfffff;
  const units = inPages ? Math.floor((limit + 1) / 4096) - 1 : limit;
  const attributes = (high & ~(LIMIT_BITS | IN_PAGES)) | (inPages ? IN_PAGES : 0);
  return { low: (low & 0xffff0000) | (units & 0xffff), high: attributes | (units & LIMIT_BITS) };
}
