/** POPF, CLI, STI: who may change which flag (SDM 2A/2B; 3A, 2.3). */
import type { Cpu } from '../cpu.ts';
import { GP } from '../fault.ts';
import { ACFLAG, ARITHMETIC, changeFlags, DFLAG, ID, IF, IOPL, NT, RF, TF } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { isProtected, isVirtual8086, updateMode } from '../segments.ts';
import { CPL, FLAGS } from '../state.ts';
import { Stack } from './stack.ts';
import { flagsLoaded, hideInterrupts } from './stepping.ts';

/** EFLAGS.IOPL as a number. */
export function ioPrivilege(cpu: Cpu): number {
  return (cpu.s[FLAGS] & IOPL) >> 12;
}

/** POPF, POPFD: IOPL changes in ring 0 only, IF only where CPL allows it; RF is cleared, VM stays. */
export function popf(cpu: Cpu, insn: Insn): void {
  const s = cpu.s;
  if (isVirtual8086(cpu) && ioPrivilege(cpu) < 3) cpu.fault(GP, 0);
  const stack = Stack.current(cpu, 0);
  const flags = stack.pop(insn.size);
  let mask = ARITHMETIC | TF | DFLAG | NT;
  if (insn.size === 4) mask |= ACFLAG | ID;
  if (s[CPL] <= ioPrivilege(cpu)) mask |= IF;
  if (s[CPL] === 0) mask |= IOPL;
  stack.commit();
  const before = s[FLAGS];
  changeFlags(s, flags, mask);
  s[FLAGS] &= ~RF;
  if (((before ^ s[FLAGS]) & ACFLAG) !== 0) updateMode(cpu);
  flagsLoaded(cpu);
}

/** #GP(0) where IF may not be changed: CPL above IOPL, or virtual-8086 mode with IOPL below 3. */
function checkInterruptFlag(cpu: Cpu): void {
  const limit = ioPrivilege(cpu);
  if (isProtected(cpu) ? cpu.s[CPL] > limit : isVirtual8086(cpu) && limit < 3) cpu.fault(GP, 0);
}

/** CLI. */
export function cli(cpu: Cpu, _insn: Insn): void {
  checkInterruptFlag(cpu);
  cpu.s[FLAGS] &= ~IF;
}

/** STI: interrupts are let in after the next instruction. */
export function sti(cpu: Cpu, _insn: Insn): void {
  checkInterruptFlag(cpu);
  if ((cpu.s[FLAGS] & IF) === 0) hideInterrupts(cpu);
  cpu.s[FLAGS] |= IF;
}
