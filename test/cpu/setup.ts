/** Random segments for a batch of snippets: limits, granularity, expand-down, read-only, 16-bit data and code. */
import { layout, plainSetup, type Segment, type Setup } from './oracle.ts';
import type { Random } from './random.ts';

/** Every second batch has the plain segments; one in four runs as 16-bit code. */
export function randomSetup(random: Random): Setup {
  if (random.chance(0.5)) return plainSetup;
  const segments = { fs: segment(random), gs: segment(random) };
  return random.chance(0.5) ? { ...segments, code16: random.pick([0xfff, 0xffff]) } : segments;
}

function segment(random: Random): Segment {
  const base = random.pick([layout.data, layout.data + 0x1000, layout.data - 0x800, layout.fixed - 16, layout.stack]);
  const flags =
    random.below(2) | (random.chance(0.4) ? EXPAND_DOWN : 0) | (random.chance(0.2) ? READ_ONLY : 0) | AVAILABLE;
  if (random.chance(0.3)) return { base, limit: random.pick([0, 1, 2, 0xfffff]), flags: flags | IN_PAGES };
  return { base, limit: random.pick([0, 1, 0x7ff, 0xfff, 0x1003, 0x1ffb, 0x2fff, 0xffff]), flags };
}
const EXPAND_DOWN = 2;
const READ_ONLY = 8;
const IN_PAGES = 0x10;
const AVAILABLE = 0x40;
