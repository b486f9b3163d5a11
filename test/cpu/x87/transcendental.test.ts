import { describe, expect, it } from 'vitest';
import type { Random } from '../random.ts';
import { campaign } from './campaign.ts';
import { buildOracle, NO_ORACLE, STATE } from './oracle.ts';
import { difference, hex } from './report.ts';
import { TRANSCENDENTAL, writeRequest } from './requests.ts';

const BATCHES = Number(process.env.NESTLAB_X87_BATCHES ?? 20);
const seed = Number(process.env.NESTLAB_SEED ?? 20261120);
const program = buildOracle();
const C1 = 0x200;
const F2XM1 = 0xf0;
const FYL2XP1 = 0xf9;
const BIAS = 0x3fff;

/** The high word of the significand of pi. */
const PI_HIGH = 0xc90fdaa2;

/**
 * Arguments near 1, up to 2^64 and near multiples of pi / 2, where the functions live; those outside the domain of
 * F2XM1 and FYL2XP1 are moved into it.
 */
function write(random: Random, requests: Uint8Array, at: number): void {
  writeRequest(random, TRANSCENDENTAL, requests, at);
  const view = new DataView(requests.buffer, at);
  const top = STATE + 28;
  const modrm = view.getUint8(1);
  let signExponent = view.getUint16(top + 8, true);
  const sign = signExponent & 0x8000;
  if (random.chance(0.6)) {
    signExponent = sign | (random.chance(0.7) ? BIAS + random.below(12) - 9 : BIAS + random.below(66));
    if (random.chance(0.9)) view.setUint8(top + 7, view.getUint8(top + 7) | 0x80);
    if (random.chance(0.2)) {
      view.setUint32(top + 4, PI_HIGH, true);
      view.setInt32(top, 0x2168c235 + random.below(5) - 2, true);
    }
  }
  const exponent = signExponent & 0x7fff;
  const one = exponent === BIAS && view.getInt32(top, true) === 0 && view.getUint32(top + 4, true) === 0x80000000;
  if (exponent !== 0x7fff) {
    if (modrm === F2XM1 && !one && exponent >= BIAS) signExponent = sign | (BIAS - 1 - random.below(70));
    if (modrm === FYL2XP1 && exponent >= BIAS - 2) signExponent = sign | (BIAS - 3 - random.below(70));
  }
  view.setUint16(top + 8, signExponent, true);
}

/** The value as an integer that counts units in the last place, the same distance apart for neighbours. */
function position(view: DataView, at: number): bigint {
  const signExponent = view.getUint16(at + 8, true);
  const magnitude = (BigInt(signExponent & 0x7fff) << 63n) + (view.getBigUint64(at, true) & 0x7fffffffffffffffn);
  return (signExponent & 0x8000) !== 0 ? -magnitude : magnitude;
}

function compare(real: DataView, ours: DataView): string[] {
  const status = STATE + 4;
  ours.setUint16(status, (ours.getUint16(status, true) & ~C1) | (real.getUint16(status, true) & C1), true);
  const found = [difference('status', real, ours, status, 2), difference('tags', real, ours, STATE + 8, 2)];
  for (let i = 0; i < 8; i++) {
    const at = STATE + 28 + 10 * i;
    const distance = position(real, at) - position(ours, at);
    if (distance < -1n || distance > 1n) {
      found.push([`st${i}: real ${hex(real, at, 10)}, ours ${hex(ours, at, 10)}`]);
    }
  }
  return found.flat();
}

describe.skipIf(program === null && process.env.NESTLAB_REQUIRE_ORACLE !== '1')('x87 against the real FPU', () => {
  it(`is within one unit in the last place on ${BATCHES * 10_000} transcendental operations, seed ${seed}`, () => {
    if (program === null) throw new Error(NO_ORACLE);
    expect(campaign(program, seed, BATCHES, write, compare)).toEqual([]);
  });
});
