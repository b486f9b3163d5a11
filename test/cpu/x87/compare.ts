/** Which bytes of a reply count. */
import { MEMORY, MEMORY_BYTES, RECORD, STATE } from './oracle.ts';

const C1 = 0x200;
const STATUS = STATE + 4;
/** Instruction and data pointers: FIP, FCS and FOP, FDP, FDS. */
const POINTERS = STATE + 12;
const POINTERS_END = STATE + 28;

/** Status bits in which this processor differs from a Pentium II (README, "What is masked"). */
function maskedStatus(opcode: number, modrm: number): number {
  const toFlags = (opcode === 0xdb || opcode === 0xdf) && modrm >= 0xe8 && modrm <= 0xf7;
  return toFlags ? C1 : 0;
}

/** A copy of the reply at `at` with everything cleared that is not compared. */
export function comparable(requests: Uint8Array, replies: Uint8Array, at: number): Uint8Array {
  const reply = replies.slice(at, at + RECORD);
  reply.fill(0, POINTERS, POINTERS_END);
  const view = new DataView(reply.buffer);
  const masked = maskedStatus(requests[at], requests[at + 1]);
  view.setUint16(STATUS, view.getUint16(STATUS, true) & ~masked, true);
  return reply;
}

/** The parts of a reply by name, offset and length, for messages. */
export const PARTS: readonly (readonly [name: string, at: number, bytes: number])[] = [
  ['flags', 0, 4],
  ['eax', 4, 4],
  ['control', STATE, 4],
  ['status', STATUS, 4],
  ['tags', STATE + 8, 4],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => [`st${i}`, STATE + 28 + 10 * i, 10] as const),
  ['memory', MEMORY, MEMORY_BYTES],
];
