import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { askOracle, buildOracle, MEMORY, RECORD, STATE } from './oracle.ts';
import { Ours } from './ours.ts';
import { ARITHMETIC, EXACT, writeRequest } from './requests.ts';

const BATCH = 10_000;
const BATCHES = Number(process.env.NESTLAB_X87_BATCHES ?? 22);
const seed = Number(process.env.NESTLAB_SEED ?? 20261120);
const program = buildOracle();

const C1 = 0x200;

/** Status bits in which this processor may differ from a Pentium II (README, "What is masked"). */
function undefinedStatus(opcode: number, modrm: number): number {
  const toFlags = (opcode === 0xdb || opcode === 0xdf) && modrm >= 0xe8 && modrm <= 0xf7;
  return toFlags ? C1 : 0;
}

/** What differs between two replies by name, or an empty list; FIP, FCS, FDP, FDS, FOP are not compared (README). */
function differences(real: DataView, ours: DataView, undefinedBits: number): string[] {
  const found: string[] = [];
  const compare = (name: string, at: number, bytes: number) => {
    for (let i = bytes - 1; i >= 0; i--) {
      if (real.getUint8(at + i) !== ours.getUint8(at + i)) {
        found.push(`${name}: real ${hex(real, at, bytes)}, ours ${hex(ours, at, bytes)}`);
        return;
      }
    }
  };
  compare('flags', 0, 4);
  compare('eax', 4, 4);
  compare('control', STATE, 2);
  if (((real.getUint16(STATE + 4, true) ^ ours.getUint16(STATE + 4, true)) & ~undefinedBits) !== 0) {
    compare('status', STATE + 4, 2);
  }
  compare('tags', STATE + 8, 2);
  for (let i = 0; i < 8; i++) compare(`st${i}`, STATE + 28 + 10 * i, 10);
  compare('memory', MEMORY, 112);
  return found;
}

function hex(view: DataView, at: number, bytes: number): string {
  let text = '';
  for (let i = Math.min(bytes, 16) - 1; i >= 0; i--)
    text += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0');
  return text;
}

/** One line that says all of a request that matters. */
function describeRequest(view: DataView): string {
  const parts = [`${hex(view, 1, 1)}${hex(view, 0, 1)}`.replace(/(..)(..)/, '$2 $1'), `fl ${hex(view, 4, 4)}`];
  parts.push(`cw ${hex(view, STATE, 2)}`, `sw ${hex(view, STATE + 4, 2)}`, `tw ${hex(view, STATE + 8, 2)}`);
  for (let i = 0; i < 3; i++) parts.push(`st${i} ${hex(view, STATE + 28 + 10 * i, 10)}`);
  parts.push(`mem ${hex(view, MEMORY, 10)}`);
  return parts.join('  ');
}

describe.skipIf(program === null && process.env.NESTLAB_REQUIRE_ORACLE !== '1')('x87 against the real FPU', () => {
  it(`agrees bit for bit on ${BATCH * BATCHES} operations, seed ${seed}`, () => {
    if (program === null) throw new Error('NESTLAB_REQUIRE_ORACLE is set, but gcc -m32 builds no oracle here');
    const random = new Random(seed);
    const ours = new Ours();
    const failures: string[] = [];
    for (let batch = 0; batch < BATCHES && failures.length < 20; batch++) {
      const requests = new Uint8Array(BATCH * RECORD);
      for (let i = 0; i < BATCH; i++) {
        writeRequest(random, random.chance(0.5) ? ARITHMETIC : EXACT, requests, i * RECORD);
      }
      const real = askOracle(program, requests);
      const replies = new Uint8Array(requests.length);
      for (let i = 0; i < BATCH; i++) {
        const at = i * RECORD;
        ours.execute(requests, replies, at);
        const found = differences(
          new DataView(real.buffer, real.byteOffset + at, RECORD),
          new DataView(replies.buffer, at, RECORD),
          undefinedStatus(requests[at], requests[at + 1]),
        );
        if (found.length > 0)
          failures.push(`${describeRequest(new DataView(requests.buffer, at, RECORD))}\n  ${found.join('\n  ')}`);
      }
    }
    expect(failures.slice(0, 20)).toEqual([]);
  });
});
