/** limit(): no descriptor that an application can get reaches beyond it (SDM 3A, 5.3: #GP(0), #SS(0) for the stack). */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bounded } from '../../src/host/limit.ts';
import { canCompare, compile } from '../kernel/compare.ts';
import { runOurs } from '../kernel/native.ts';

describe.skipIf(!canCompare())('a limit (needs gcc -m32)', () => {
  const { output, status, warnings } = runOurs(compile(join(import.meta.dirname, 'native'), 'limit'));
  const lines = new Map(output.split('\n').map((line) => line.split(': ') as [string, string]));

  it('lets the program end', () => {
    expect(warnings).toEqual([]);
    expect(status).toBe(0);
    expect(output).toContain('secret 5ec4e7');
  });

  it.each([
    ['below the limit', 'reached, ebx be10'],
    ['tls as a C library has it', 'reached, ebx 20'],
    // -4, 4 and -4 again of {0x1000, 0x40, 0x20}: each access gets the half of the segment that it needs.
    ['negative offsets', 'reached, ebx 2020'],
  ])('leaves the application what is its own: %s', (name, how) => {
    expect(lines.get(name)).toBe(how);
  });

  it.each([
    ['read', 'fault 13 error 0, ebx 0'],
    ['write', 'fault 13 error 0, ebx 0'],
    ['jump', 'fault 13 error 0, ebx 0'],
    ['push', 'fault 12 error 0, ebx 0'],
    ['string move', 'fault 13 error 0, ebx 0'],
    ['across the limit', 'fault 13 error 0, ebx 0'],
    ['far return', 'fault 13 error 0, ebx 0'],
    ['iret to ring 1', 'fault 13 error 70, ebx 0'],
    ["kernel's data selector", 'fault 13 error 68, ebx 0'],
    ['popped data selector', 'fault 13 error 0, ebx 0'],
    ['tls segment of 4 GiB', 'fault 13 error 0, ebx 0'],
    ['tls segment above the limit', 'fault 13 error 0, ebx 0'],
    ['tls segment above the limit, around the top', 'fault 13 error 0, ebx 0'],
    ['expand-down tls segment', 'fault 13 error 0, ebx 0'],
    ['ldt segment of 4 GiB', 'fault 13 error 0, ebx 0'],
    ['far jump to ldt code', 'fault 13 error 0, ebx 0'],
    ['16-bit ldt segment', 'fault 13 error 0, ebx 0'],
    ['expand-down ldt segment', 'fault 13 error 0, ebx 0'],
  ])('denies what lies above: %s', (name, how) => {
    expect(lines.get(name)).toBe(how);
  });
});

describe('bounded', () => {
  /** Every linear address that a descriptor reaches, as first and last of at most two ranges. */
  function reach(low: number, high: number): readonly (readonly [number, number])[] {
    if ((high & 0x8000) === 0) return [];
    const base = ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0;
    const units = (low & 0xffff) | (high & 0xf0000);
    const limit = high & 0x800000 ? units * 4096 + 4095 : units;
    const isDown = (high & 0x800) === 0 && (high & 0x400) !== 0;
    const [first, last] = isDown ? [limit + 1, high & 0x400000 ? 0xffffffff : 0xffff] : [0, limit];
    if (first > last) return [];
    const [from, to] = [base + first, base + last];
    if (to < 2 ** 32) return [[from, to]];
    return from >= 2 ** 32
      ? [[from - 2 ** 32, to - 2 ** 32]]
      : [
          [from, 2 ** 32 - 1],
          [0, to - 2 ** 32],
        ];
  }

  it('reaches nothing above the limit and nothing that the descriptor did not, for any base, limit and type', () => {
    const bases = [
      0, 1, 0xfff, 0x1000, 0x08049123, 0x6ffff000, 0x6fffffff, 0x70000000, 0x70000001, 0xbfffffff, 0xfffff000,
    ];
    const limits = [0, 1, 0xfff, 0xffff, 0x10000, 0x6ffff, 0x70000, 0xfffff];
    for (const base of bases) {
      for (const units of limits) {
        for (let type = 0; type < 16; type++) {
          for (const attributes of [0x40f000, 0xc0f000, 0x00f000, 0x80f000]) {
            const low = (base << 16) | (units & 0xffff);
            const high = (base & 0xff000000) | ((base >>> 16) & 0xff) | (units & 0xf0000) | attributes | (type << 8);
            for (const half of ['up', 'down'] as const) {
              const part = bounded(low, high, 0x6fffffff, half);
              for (const [first, last] of reach(part.low, part.high)) {
                expect(last).toBeLessThanOrEqual(0x6fffffff);
                expect(reach(low, high).some(([from, to]) => from <= first && last <= to)).toBe(true);
              }
            }
          }
        }
      }
    }
  });
});
