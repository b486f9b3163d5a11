/** Instructions that move segment registers: MOV, PUSH, POP, LDS and its relatives (SDM 2A/2B). */
import type { Cpu } from '../cpu.ts';
import { pointerOffset, pointerSelector } from '../far.ts';
import { UD } from '../fault.ts';
import type { Insn } from '../insn.ts';
import { getE, setRegister } from '../integer/operands.ts';
import type { Run } from '../opcodes/row.ts';
import { loadSegment } from '../segments.ts';
import { CS, GS, SELECTOR, SS } from '../state.ts';
import { Stack } from './stack.ts';
import { hideTraps } from './stepping.ts';

/** MOV Sw, Ew: #UD for CS and for registers that do not exist. */
export function moveTo(cpu: Cpu, insn: Insn): void {
  if (insn.reg === CS || insn.reg > GS) cpu.fault(UD);
  loadSegment(cpu, insn.reg, getE(cpu, insn, 2));
  if (insn.reg === SS) hideTraps(cpu);
}

/** MOV Ew, Sw: a 32-bit register gets the selector zero-extended. */
export function moveFrom(cpu: Cpu, insn: Insn): void {
  if (insn.reg > GS) cpu.fault(UD);
  const selector = cpu.s[SELECTOR + insn.reg];
  if (insn.mem) cpu.store16(insn.seg, cpu.ea(insn), selector);
  else setRegister(cpu, insn.rm, selector, insn.size);
}

/** PUSH of a segment register. */
export function pushSegment(seg: number): Run {
  return (cpu, insn) => {
    const stack = Stack.current(cpu, 0);
    stack.push(cpu.s[SELECTOR + seg], insn.size);
    stack.commit();
  };
}

/** POP of a segment register. */
export function popSegment(seg: number): Run {
  return (cpu, insn) => {
    const stack = Stack.current(cpu, 0);
    const selector = stack.pop(insn.size) & 0xffff;
    loadSegment(cpu, seg, selector);
    // The pointer moves by the width of the stack that was popped from, also when SS has just changed.
    stack.commit();
    if (seg === SS) hideTraps(cpu);
  };
}

/** LDS, LES, LFS, LGS, LSS: the segment register first, because only it can fault. */
export function loadPointer(seg: number): Run {
  return (cpu, insn) => {
    const at = cpu.ea(insn);
    const offset = pointerOffset(cpu, insn, at);
    loadSegment(cpu, seg, pointerSelector(cpu, insn, at));
    setRegister(cpu, insn.reg, offset, insn.size);
  };
}
