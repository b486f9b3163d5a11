/** Random requests for the oracle: an instruction, and a state in which it is worth looking at. */
import type { Random } from '../random.ts';
import { extended, memoryOperand, partner } from './operands.ts';
import { MEMORY, MEMORY_BYTES, RECORD, STATE } from './oracle.ts';

/** ModRM bytes of `[esi]` with each reg. */
const inMemory = (...regs: number[]) => regs.map((reg) => (reg << 3) | 6);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Opcodes with the ModRM bytes to choose from. */
export type Encodings = readonly (readonly [opcode: number, modrms: readonly number[]])[];

/** Everything that must agree bit for bit. */
export const EXACT: Encodings = [
  [0xd8, [...inMemory(0, 1, 2, 3, 4, 5, 6, 7), ...range(0xc0, 0xff)]],
  [0xd9, [...inMemory(0, 2, 3, 5, 7), ...range(0xc0, 0xd0), ...range(0xd8, 0xdf), 0xe0, 0xe1, 0xe4, 0xe5]],
  [0xd9, [...range(0xe8, 0xee), 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xfa, 0xfc, 0xfd]],
  [0xda, [...inMemory(0, 1, 2, 3, 4, 5, 6, 7), ...range(0xc0, 0xdf), 0xe9]],
  [0xdb, [...inMemory(0, 2, 3, 5, 7), ...range(0xc0, 0xdf), 0xe0, 0xe1, 0xe2, 0xe3, 0xe4, ...range(0xe8, 0xf7)]],
  [0xdc, [...inMemory(0, 1, 2, 3, 4, 5, 6, 7), ...range(0xc0, 0xff)]],
  [0xdd, [...inMemory(0, 2, 3, 7), ...range(0xc0, 0xef)]],
  [0xde, [...inMemory(0, 1, 2, 3, 4, 5, 6, 7), ...range(0xc0, 0xd7), 0xd9, ...range(0xe0, 0xff)]],
  [0xdf, [...inMemory(0, 2, 3, 4, 5, 6, 7), ...range(0xc0, 0xe0), ...range(0xe8, 0xf7)]],
];

/** Arithmetic whose operands decide most: asked for more often. */
export const ARITHMETIC: Encodings = [
  [0xd8, [0xc1, 0xc9, 0xe1, 0xe9, 0xf1, 0xf9, 0xd1]],
  [0xdc, inMemory(0, 1, 4, 5, 6, 7)],
  [0xd9, [0xfa, 0xfc, 0xf8, 0xf5, 0xfd, ...inMemory(2, 3)]],
  [0xdd, inMemory(2, 3)],
  [0xdb, [...inMemory(2, 3), 0xf1, 0xe9]],
  [0xdf, inMemory(2, 3, 5, 6, 7)],
];

/** F2XM1, FYL2X, FPTAN, FPATAN, FYL2XP1, FSINCOS, FSIN, FCOS. */
export const TRANSCENDENTAL: Encodings = [[0xd9, [0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff]]];

/** Writes one random request at `at`; every exception that the state already has is masked. */
export function writeRequest(random: Random, encodings: Encodings, requests: Uint8Array, at: number): void {
  const view = new DataView(requests.buffer, requests.byteOffset + at, RECORD);
  const [opcode, modrms] = random.pick(encodings);
  view.setUint8(0, opcode);
  view.setUint8(1, random.pick(modrms));
  view.setUint32(4, random.word() & 0x8d5, true);

  const masks = random.chance(0.7) ? 0x3f : random.below(64);
  const rounding = random.chance(0.4) ? 0 : random.below(4) << 10;
  const precision = random.chance(0.5) ? 0x300 : random.below(4) << 8;
  const sticky = random.chance(0.6) ? 0 : random.word() & (masks | 0x40);
  const status = (random.below(8) << 11) | (random.word() & 0x4700) | sticky;
  // Mostly room for a push and two operands; else any pattern.
  let tags = random.below(0x10000);
  const top = (status >> 11) & 7;
  if (random.chance(0.85)) {
    const order = range(0, 7).map((i) => (top + i) & 7);
    const used = random.chance(0.8) ? 7 : random.below(9);
    tags = 0;
    for (let i = used; i < 8; i++) tags |= 3 << (2 * order[i]);
  }
  view.setUint32(STATE, 0xffff0000 | 0x40 | rounding | precision | masks, true);
  view.setUint32(STATE + 4, 0xffff0000 | status, true);
  view.setUint32(STATE + 8, 0xffff0000 | tags, true);
  view.setUint32(STATE + 24, 0xffff0000, true);
  const first = extended(random);
  for (let i = 0; i < 8; i++) {
    const [low, high, signExponent] = i === 0 ? first : i < 3 ? partner(random, first) : extended(random);
    const to = STATE + 28 + 10 * i;
    view.setInt32(to, low, true);
    view.setInt32(to + 4, high, true);
    view.setInt16(to + 8, signExponent, true);
  }
  memoryOperand(random, view, MEMORY);
  for (let i = 16; i < MEMORY_BYTES; i += 4) view.setInt32(MEMORY + i, random.word(), true);
}
