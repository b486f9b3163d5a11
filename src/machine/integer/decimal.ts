/** Decimal adjustments (SDM vol. 2: AAA, AAS, AAM, AAD, DAA, DAS). */
import { DE } from '../fault.ts';
import { AF, CF, changeFlags, getFlags, setLogic } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { EAX } from '../state.ts';

/** AAA and AAS: AX moves by `step` when the low digit is no digit; flags undefined but CF and AF. */
function adjustAscii(step: number): Run {
  return (cpu) => {
    const { s } = cpu;
    const ax = cpu.reg16(EAX);
    const adjust = (ax & 0xf) > 9 || (getFlags(s) & AF) !== 0;
    const r = adjust ? ax + step : ax;
    cpu.setReg16(EAX, r & 0xff0f);
    setLogic(s, r & 0xf, 1);
    changeFlags(s, adjust ? CF | AF : 0, CF | AF);
  };
}
export const aaa = adjustAscii(0x106);
export const aas = adjustAscii(-0x106);

/** DAA and DAS: `sign` is +1 or -1. */
function adjustPacked(sign: number): Run {
  return (cpu) => {
    const { s } = cpu;
    const al = cpu.reg8(0);
    const flags = getFlags(s);
    const low = (al & 0xf) > 9 || (flags & AF) !== 0;
    const high = al > 0x99 || (flags & CF) !== 0;
    const r = al + sign * ((low ? 6 : 0) + (high ? 0x60 : 0));
    // DAS also keeps the borrow of its first step.
    const carry = high || (sign < 0 && low && al < 6);
    cpu.setReg8(0, r);
    setLogic(s, r, 1);
    changeFlags(s, (carry ? CF : 0) | (low ? AF : 0), CF | AF);
  };
}
export const daa = adjustPacked(1);
export const das = adjustPacked(-1);

export const aam: Run = (cpu, insn) => {
  if (insn.imm === 0) cpu.fault(DE);
  const al = cpu.reg8(0);
  cpu.setReg16(EAX, (Math.floor(al / insn.imm) << 8) | (al % insn.imm));
  setLogic(cpu.s, al % insn.imm, 1);
};

export const aad: Run = (cpu, insn) => {
  const ax = cpu.reg16(EAX);
  const r = ((ax & 0xff) + (ax >> 8) * insn.imm) & 0xff;
  cpu.setReg16(EAX, r);
  setLogic(cpu.s, r, 1);
};
