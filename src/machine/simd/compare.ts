/** CMPPS .. CMPSD, and the compares into EFLAGS. */
import { CF, PFLAG, setArithmetic, ZF } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { type Lane, order } from './arithmetic.ts';
import { type Format, getBits, isNan, isSignaling, noteDenormal, operand, setBits } from './format.ts';
import { begin, IE, settle, status } from './mxcsr.ts';
import { xmm, xmmSource } from './registers.ts';

const UNORDERED = 2;

/** -1, 0, 1 or UNORDERED; a signaling NaN is invalid, with `strict` a quiet one too. */
function relation(v: DataView, at: number, bt: number, strict: boolean, f: Format): number {
  const a = operand(getBits(v, at, f), f);
  const b = operand(getBits(v, bt, f), f);
  if (isNan(a, f) || isNan(b, f)) {
    if (strict || isSignaling(a, f) || isSignaling(b, f)) status.flags |= IE;
    return UNORDERED;
  }
  noteDenormal(a, b, f);
  return order(a, b, f);
}

/** Which relations (bits: below, equal, above, unordered) make the predicates EQ, LT, LE, UNORD true; 4..7 negate them. */
const HOLDS = [0b0010, 0b0001, 0b0011, 0b1000];
/** LT, LE and their negations take no quiet NaN. */
const STRICT = [false, true, true, false];

/** The lane operation of predicate `imm` (its low three bits). */
export function comparison(imm: number, f: Format): Lane {
  const ones = (f.sign << 1n) - 1n;
  const holds = HOLDS[imm & 3] ^ ((imm & 4) !== 0 ? 0b1111 : 0);
  const strict = STRICT[imm & 3];
  return (v, a, b, r) => {
    const bit = 1 << (relation(v, a, b, strict, f) + 1);
    setBits(v, r, (holds & bit) !== 0 ? ones : 0n, f);
  };
}

/** Flags by relation + 1: below, equal, above, unordered (SDM 2, COMISS). */
const FLAGS = [CF, ZF, 0, ZF | PFLAG | CF];

/** COMISS, COMISD (`strict`), UCOMISS, UCOMISD. */
export function compareToFlags(strict: boolean, f: Format): Run {
  return (cpu, insn) => {
    begin(cpu);
    const b = xmmSource(cpu, insn, f.size);
    const found = relation(cpu.view, xmm(insn.reg), b, strict, f);
    settle(cpu);
    setArithmetic(cpu.s, FLAGS[found + 1]);
  };
}
