/** Instructions that ask about a selector without loading it: LAR, LSL, VERR, VERW, ARPL (SDM 2A/2B). */
import type { Cpu } from '../cpu.ts';
import { type Descriptor, findDescriptor, isNull } from '../descriptors.ts';
import { UD } from '../fault.ts';
import { changeFlags, ZF } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { getE, setE, setRegister } from '../integer/operands.ts';
import { isProtected } from '../segments.ts';
import { CPL } from '../state.ts';

/** System types that LAR and LSL accept, by number: LAR also the gates that have rights, LSL only what has a limit. */
const LAR_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 9, 11, 12]);
const LSL_TYPES: ReadonlySet<number> = new Set([1, 2, 3, 9, 11]);

/** #UD outside protected mode. */
export function needProtected(cpu: Cpu): void {
  if (!isProtected(cpu)) cpu.fault(UD);
}

function setZero(cpu: Cpu, yes: boolean): void {
  changeFlags(cpu.s, yes ? ZF : 0, ZF);
}

/** The descriptor that an E operand of 16 bits selects, if CPL and RPL may see it. */
function visible(cpu: Cpu, insn: Insn): Descriptor | undefined {
  needProtected(cpu);
  const selector = getE(cpu, insn, 2);
  const descriptor = isNull(selector) ? undefined : findDescriptor(cpu, selector);
  if (descriptor === undefined || descriptor.isConforming) return descriptor;
  return descriptor.dpl >= cpu.s[CPL] && descriptor.dpl >= descriptor.rpl ? descriptor : undefined;
}

/** LAR: the access rights of a descriptor, ZF telling whether it may be seen. */
export function lar(cpu: Cpu, insn: Insn): void {
  const descriptor = visible(cpu, insn);
  const known = descriptor !== undefined && (!descriptor.isSystem || LAR_TYPES.has(descriptor.type));
  // Bits 19..16 are undefined in the manual; processors leave the limit bits that lie there.
  if (known) setRegister(cpu, insn.reg, descriptor.high & (insn.size === 4 ? 0xffff00 : 0xff00), insn.size);
  setZero(cpu, known);
}

/** LSL: the limit of a descriptor in bytes, ZF telling whether it may be seen. */
export function lsl(cpu: Cpu, insn: Insn): void {
  const descriptor = visible(cpu, insn);
  const known = descriptor !== undefined && (!descriptor.isSystem || LSL_TYPES.has(descriptor.type));
  if (known) setRegister(cpu, insn.reg, descriptor.limit, insn.size);
  setZero(cpu, known);
}

/** VERR: ZF tells whether the segment could be read. */
export function verr(cpu: Cpu, insn: Insn): void {
  setZero(cpu, visible(cpu, insn)?.isReadable ?? false);
}

/** VERW: ZF tells whether the segment could be written. */
export function verw(cpu: Cpu, insn: Insn): void {
  setZero(cpu, visible(cpu, insn)?.isWritableData ?? false);
}

/** ARPL: raises the RPL of a selector to that of another; ZF tells whether it had to. */
export function arpl(cpu: Cpu, insn: Insn): void {
  needProtected(cpu);
  const selector = getE(cpu, insn, 2);
  const rpl = cpu.reg16(insn.reg) & 3;
  const raised = (selector & 3) < rpl;
  if (raised) setE(cpu, insn, (selector & ~3) | rpl, 2);
  setZero(cpu, raised);
}
