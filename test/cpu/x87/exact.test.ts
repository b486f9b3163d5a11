import { describe, expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import { buildOracle, MEMORY, MEMORY_BYTES, STATE } from './oracle.ts';
import { difference } from './report.ts';
import { ARITHMETIC, EXACT, writeRequest } from './requests.ts';

const BATCHES = Number(process.env.NESTLAB_X87_BATCHES ?? 20);
const seed = Number(process.env.NESTLAB_SEED ?? 20261120);
const program = buildOracle();
const C1 = 0x200;

/** Status bits in which this processor may differ from a Pentium II (README, "What is masked"). */
function masked(opcode: number, modrm: number): number {
  const toFlags = (opcode === 0xdb || opcode === 0xdf) && modrm >= 0xe8 && modrm <= 0xf7;
  return toFlags ? C1 : 0;
}

/** Everything but FIP, FCS, FDP, FDS and FOP. */
function compare(request: DataView, real: DataView, ours: DataView): string[] {
  const status = STATE + 4;
  const mask = masked(request.getUint8(0), request.getUint8(1));
  ours.setUint16(status, (ours.getUint16(status, true) & ~mask) | (real.getUint16(status, true) & mask), true);
  const found = [
    difference('flags', real, ours, 0, 4),
    difference('eax', real, ours, 4, 4),
    difference('control', real, ours, STATE, 2),
    difference('status', real, ours, status, 2),
    difference('tags', real, ours, STATE + 8, 2),
    difference('memory', real, ours, MEMORY, MEMORY_BYTES),
  ];
  for (let i = 0; i < 8; i++) found.push(difference(`st${i}`, real, ours, STATE + 28 + 10 * i, 10));
  return found.flat();
}

describe.skipIf(program === null && process.env.NESTLAB_REQUIRE_ORACLE !== '1')('x87 against the real FPU', () => {
  it(`agrees bit for bit on ${BATCHES * 10_000} operations, seed ${seed}`, () => {
    if (program === null) throw new Error('NESTLAB_REQUIRE_ORACLE is set, but gcc -m32 builds no oracle here');
    const found = campaign(
      program,
      seed,
      BATCHES,
      (random, requests, at) => writeRequest(random, random.chance(0.5) ? ARITHMETIC : EXACT, requests, at),
      compare,
    );
    expect(found).toEqual([]);
  });
});
