/** Instructions that raise an interrupt, and HLT (SDM 2A, INT n, HLT). */
import { needRing0 } from '../control.ts';
import type { Cpu } from '../cpu.ts';
import { BP, GP, OF, UD } from '../fault.ts';
import { getFlags, OFLAG } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { deliver } from '../interrupts.ts';
import { isVirtual8086 } from '../segments.ts';
import { EIP } from '../state.ts';
import { STOP_HALT } from '../stop.ts';
import { ioPrivilege } from './eflags.ts';

/** INT n: in virtual-8086 mode only with IOPL 3. */
export function interrupt(cpu: Cpu, insn: Insn): void {
  if (isVirtual8086(cpu) && ioPrivilege(cpu) < 3) cpu.fault(GP, 0);
  deliver(cpu, insn.imm & 0xff, 'software', 0, cpu.s[EIP]);
}

/** INT3. */
export function breakpoint(cpu: Cpu, _insn: Insn): void {
  deliver(cpu, BP, 'software', 0, cpu.s[EIP]);
}

/** INTO: #OF where OF is set. */
export function overflow(cpu: Cpu, _insn: Insn): void {
  if ((getFlags(cpu.s) & OFLAG) !== 0) deliver(cpu, OF, 'software', 0, cpu.s[EIP]);
}

/** HLT: stops until an interrupt; `execute` returns STOP_HALT. */
export function halt(cpu: Cpu, _insn: Insn): void {
  needRing0(cpu);
  cpu.stop = STOP_HALT;
  cpu.attention = true;
}

/** RSM outside system-management mode, which the machine does not have. */
export function rsm(cpu: Cpu, _insn: Insn): void {
  cpu.fault(UD);
}
