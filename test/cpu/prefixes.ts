/** Random prefixes: operand size, address size, segments, LOCK, REP, and those that belong to the opcode. */
import type { Row } from '../../src/machine/opcodes/row.ts';
import { OVERRIDES } from './addressing.ts';
import type { Draft } from './draft.ts';
import type { Encoding } from './encoding.ts';

/** SHLD and SHRD: with 16-bit operands, counts above 16 are undefined. */
export const isDoubleShift = (row: Row) => row.name === 'shld' || row.name === 'shrd';

/** The prefixes of one instruction, and what they make of it. */
export interface Prefixes {
  readonly bytes: number[];
  readonly operand: 1 | 2 | 4;
  readonly wide: boolean;
  readonly override: number | undefined;
}

/** AMD takes LOCK before VERW, and before MOV to and from CR as a way to CR8; elsewhere it is #UD. */
const LOCK_IGNORED = /^verw$/;

/** Opcodes that F2 or F3 changes although they are no string instructions: two-byte ones, PAUSE, and LOOPcc on AMD. */
const REP_MATTERS: ReadonlySet<number> = new Set([0x0f, 0x90, 0xe0, 0xe1]);

/** Random prefixes that leave an encoding what it is. */
export function prefixes(draft: Draft, encoding: Encoding): Prefixes {
  const { random } = draft;
  const { row, fixed, opcode, operands } = encoding;
  const free = !fixed && encoding.mandatory === 0;
  // A 16-bit double shift by more than 16 is undefined: only a case of its own can be sure of its count.
  const code16 = draft.setup.code16 !== undefined;
  const small = isDoubleShift(row) && draft.code.length > 0 ? code16 : free && random.chance(0.25);
  const changed = random.chance(0.15);
  const wide = changed === code16;
  let override: number | undefined = random.chance(wide ? 0.2 : 0.8) ? random.pick(OVERRIDES) : undefined;
  // Through CS a 16-bit snippet would read the bytes behind it, which are not the same on both sides.
  if (code16 && override === 0x2e) override = undefined;
  const groups: number[] = [];
  if (small) groups.push(0x66);
  if (changed) groups.push(0x67);
  if (override !== undefined) {
    // Now and then so often that the instruction comes near 15 bytes, or over them.
    const times = random.chance(0.03) ? 8 + random.below(7) : 1;
    for (let i = 0; i < times; i++) groups.push(override);
  }
  if (random.chance(row.lock ? 0.2 : LOCK_IGNORED.test(row.name) || operands.includes('Cd') ? 0 : 0.02))
    groups.push(0xf0);
  if (row.rep ? random.chance(0.6) : free && !REP_MATTERS.has(opcode[0]) && random.chance(0.02)) {
    groups.push(random.pick([0xf2, 0xf3]));
  }
  const bytes: number[] = [];
  while (groups.length > 0) bytes.push(...groups.splice(random.below(groups.length), 1));
  if (encoding.mandatory) bytes.splice(random.below(bytes.length + 1), 0, encoding.mandatory);
  return { bytes, operand: row.size ?? (small === code16 ? 4 : 2), wide, override };
}
