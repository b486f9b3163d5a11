/** Instructions on single flags, LAHF, SAHF, SALC. */
import { DFLAG, getFlags, OFLAG, setArithmetic, setCarry } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { FCAR, FLAGS } from '../state.ts';

export const clc: Run = (cpu) => setCarry(cpu.s, 0);
export const stc: Run = (cpu) => setCarry(cpu.s, 1);
export const cmc: Run = (cpu) => setCarry(cpu.s, 1 - (cpu.s[FCAR] >>> 31));

export const cld: Run = (cpu) => {
  cpu.s[FLAGS] &= ~DFLAG;
};
export const std: Run = (cpu) => {
  cpu.s[FLAGS] |= DFLAG;
};

/** AH's byte register number. */
const AH = 4;

export const lahf: Run = (cpu) => cpu.setReg8(AH, getFlags(cpu.s) & 0xff);

export const sahf: Run = (cpu) => {
  setArithmetic(cpu.s, (getFlags(cpu.s) & OFLAG) | cpu.reg8(AH));
};

/** SALC: AL becomes 0xff or 0 after CF (undocumented until the Pentium Pro manuals, in every processor). */
export const salc: Run = (cpu) => cpu.setReg8(0, cpu.s[FCAR] >> 31);
