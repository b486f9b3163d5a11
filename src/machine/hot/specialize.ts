/** Chooses the case of the interpreter's switch for a decoded instruction. */
import type { Insn } from '../insn.ts';
import { CASES } from './forms.ts';

/** Cases that are no instruction forms: call `run`; fetch again (the code changed); run, then fetch by EIP; no instruction, but a fault pending. */
export const HOT_GENERIC = 0;
export const HOT_STALE = 1;
export const HOT_LONE = 2;
export const HOT_ENDS = 3;
export const HOT_DENIED = 4;
/** The number of the first form; the others follow in the order of CASES. */
export const HOT_FORMS = 5;

const numbers = new Map<string, number>();
for (const key of CASES.keys()) numbers.set(key, HOT_FORMS + numbers.size);

/** Operand letters whose fixed register the decoder puts where a ModRM register would be. */
const SHAPES: Readonly<Record<string, string>> = {
  'eAX,Iv': 'E,I',
  'AL,Ib': 'E,I',
  'eAX,Ov': 'G,E',
  'AL,Ob': 'G,E',
  'Ov,eAX': 'E,G',
  'Ob,AL': 'E,G',
};

/** Form keys by row operands: letters without their sizes, except where the source's size differs. */
const shapes = new Map<string, string>();
function shapeOf(name: string, operands: string): string {
  const key = name.startsWith('mov') && name.length > 3 ? `x:${operands}` : operands;
  let shape = shapes.get(key);
  if (shape === undefined) {
    shape =
      SHAPES[operands] ??
      operands
        .split(',')
        .map((letter, n) =>
          key !== operands && n === 1 ? letter.slice(0, 2) : letter === '1' ? '1' : letter.slice(0, 1),
        )
        .join(',');
    shapes.set(key, shape);
  }
  return shape;
}

/** Sets `insn.hot`; only flat 32-bit code has forms of its own, everything else runs its general semantics. */
export function specialize(insn: Insn, flat: boolean, big: boolean): void {
  const row = insn.row;
  insn.hot = row.ends === true || (insn.rep !== 0 && row.rep === true) ? HOT_ENDS : HOT_GENERIC;
  if (!flat || !big || insn.lock || insn.rep !== 0) return;
  if (insn.mem && (insn.seg >= 4 || insn.asize !== 4 || insn.seg === 1)) return;
  const code = row.code;
  let key: string;
  if (code === '70+cc' || code === '0f 80+cc') {
    if (insn.size !== 4) return;
    key = `j${insn.opcode & 15}`;
  } else if (code === '0f 90+cc') {
    if (insn.mem) return;
    key = `set${insn.opcode & 15} r`;
  } else if (code === '0f 40+cc') {
    if (insn.mem || insn.size !== 4) return;
    key = `cmov${insn.opcode & 15} r`;
  } else {
    const shape = shapeOf(row.name, row.operands);
    key = `${row.name}/${insn.size}${shape === '' ? '' : ` ${shape}`} ${insn.mem ? 'm' : 'r'}`;
  }
  const number = numbers.get(key);
  if (number !== undefined) insn.hot = number;
}
