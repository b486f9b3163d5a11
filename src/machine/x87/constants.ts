/** FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ. SDM volume 2, FLD1. */
import type { Cpu } from '../cpu.ts';
import type { Insn } from '../insn.ts';
import { FCW } from '../state.ts';
import { PC_EXTENDED, put, RC_MASK } from './extended.ts';
import { note, wait } from './operand.ts';
import { roundPack } from './round.ts';
import { isEmpty, overflow, push, settle, st } from './stack.ts';

/** By ModRM.rm: exponent, high and low word, and 32 bits more that decide the rounding. */
const CONSTANTS = Int32Array.from([
  0x3fff,
  0x80000000,
  0,
  0,
  0x4000,
  0xd49a784b,
  0xcd1b8afe,
  0x492bf6ff, // log2 10
  0x3fff,
  0xb8aa3b29,
  0x5c17f0bb,
  0xbe87fed0, // log2 e
  0x4000,
  0xc90fdaa2,
  0x2168c234,
  0xc4c6628b, // pi
  0x3ffd,
  0x9a209a84,
  0xfbcff798,
  0x8f8959ac, // log10 2
  0x3ffe,
  0xb17217f7,
  0xd1cf79ab,
  0xc9e3b398, // ln 2
  0,
  0,
  0,
  0,
]);

/** Pushes the constant that ModRM.rm names, rounded by the rounding control; raises no PE. */
export function fldConstant(cpu: Cpu, insn: Insn): void {
  const m = wait(cpu);
  note(cpu, insn);
  if (!isEmpty(m, -1)) {
    overflow(m);
    return;
  }
  const at = insn.rm << 2;
  const exponent = CONSTANTS[at];
  const d = st(m, -1);
  const control = (m[FCW] & RC_MASK) | PC_EXTENDED;
  if (exponent === 0) put(m, d, 0, 0, 0);
  else roundPack(m, d, 0, exponent, CONSTANTS[at + 1], CONSTANTS[at + 2], CONSTANTS[at + 3], control);
  push(m);
  settle(m, 0);
}
