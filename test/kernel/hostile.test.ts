/** Programs that mean no good: the kernel answers with an error or a signal, and gives back what they held. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOurs } from './native.ts';

/** How much to try; CI sets more. */
const MUTATIONS = Number(process.env.NESTLAB_MUTATIONS ?? 200);
const MEMORY = 8 << 20;
/** Frames of the host itself and of the kernel's zeros. */
const OWN_FRAMES = 8;

/** Words that break what was not thought through. */
const EDGES = [
  0, 1, 0x7f, 0xff, 0xfff, 0x1000, 0xffff, 0x7fffffff, 0x80000000, 0xb8000000, 0xbffff000, 0xc0000000, 0xfffff000,
  0xffffffff,
];

/** A generator of numbers from 0 up to, not including, n; the same for the same seed. */
function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * n);
  };
}

/** A cut or changed copy of an ELF file; headers are hit more often than the rest. */
function mutate(file: Uint8Array, next: (n: number) => number): Uint8Array {
  if (next(7) === 0) return file.slice(0, next(file.length));
  const bytes = file.slice();
  const view = new DataView(bytes.buffer);
  for (let changes = 1 + next(4); changes > 0; changes--) {
    const at = next(next(5) > 0 ? Math.min(180, bytes.length) : bytes.length);
    if (next(2) === 0) bytes[at] = next(256);
    else if (at < bytes.length - 7) view.setUint32(at & ~3, EDGES[next(EDGES.length)], true);
  }
  return bytes;
}

describe('hostile programs', () => {
  it(`are ${MUTATIONS} mutated ELF files: refused, ended or still running, nothing else`, () => {
    const hello = new Uint8Array(readFileSync(join(import.meta.dirname, '../../programs/bin/hello')));
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= MUTATIONS; seed++) {
      const program = mutate(hello, random(seed));
      const { status, unfinished, frames } = runOurs(program, { memory: MEMORY, turns: 10 });
      const kind = unfinished ? 'running' : status === 126 ? 'refused' : status >= 128 ? 'killed' : 'ended';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (!unfinished) expect(frames, `seed ${seed}`).toBeLessThanOrEqual(OWN_FRAMES);
    }
    for (const kind of ['refused', 'killed', 'ended']) expect(kinds.get(kind), kind).toBeGreaterThan(MUTATIONS / 50);
  });
});
