/** GDTR, IDTR, LDTR and TR (SDM 2A/2B, LGDT, LIDT, LLDT, LTR and their stores). */
import { needRing0 } from '../control.ts';
import type { Cpu } from '../cpu.ts';
import { isNull, LDT, markBusy, needDescriptor, selectorError } from '../descriptors.ts';
import { GP, NP } from '../fault.ts';
import type { Insn } from '../insn.ts';
import { getE } from '../integer/operands.ts';
import { EVENTS } from '../ledger.ts';
import type { Run } from '../opcodes/row.ts';
import { setNull, setSegment } from '../segments.ts';
import * as st from '../state.ts';
import { isAvailableTss } from '../tasks.ts';
import { needProtected } from './verify.ts';

/** LGDT, LIDT: limit and base out of memory, the base of 24 bits with a 16-bit operand. */
function loadTable(base: number, limit: number): Run {
  return (cpu, insn) => {
    needRing0(cpu);
    const at = cpu.probe(insn.seg, cpu.ea(insn), 6, false);
    const size = cpu.read16(at);
    const address = cpu.read32((at + 2) | 0);
    cpu.s[limit] = size;
    cpu.s[base] = insn.size === 4 ? address : address & 0xffffff;
    cpu.ledger.count(EVENTS.descriptorTableLoad, address);
  };
}

/** SGDT, SIDT. */
function storeTable(base: number, limit: number): Run {
  return (cpu, insn) => {
    const at = cpu.probe(insn.seg, cpu.ea(insn), 6, true);
    cpu.write16(at, cpu.s[limit]);
    cpu.write32((at + 2) | 0, insn.size === 4 ? cpu.s[base] : cpu.s[base] & 0xffffff);
  };
}

export const lgdt: Run = loadTable(st.GDTR_BASE, st.GDTR_LIMIT);
export const lidt: Run = loadTable(st.IDTR_BASE, st.IDTR_LIMIT);
export const sgdt: Run = storeTable(st.GDTR_BASE, st.GDTR_LIMIT);
export const sidt: Run = storeTable(st.IDTR_BASE, st.IDTR_LIMIT);

/** LLDT: a null selector makes the LDT unusable. */
export function lldt(cpu: Cpu, insn: Insn): void {
  needProtected(cpu);
  needRing0(cpu);
  const selector = getE(cpu, insn, 2);
  if (isNull(selector)) {
    setNull(cpu, st.LDTR, selector);
    return;
  }
  const error = selectorError(selector, 0);
  if ((selector & 4) !== 0) cpu.fault(GP, error);
  const table = needDescriptor(cpu, selector, GP, 0);
  if (!table.isSystem || table.type !== LDT) cpu.fault(GP, error);
  if (!table.present) cpu.fault(NP, error);
  setSegment(cpu, st.LDTR, selector, table.base, table.limit, table.attr);
}

/** LTR: marks the TSS busy. */
export function ltr(cpu: Cpu, insn: Insn): void {
  needProtected(cpu);
  needRing0(cpu);
  const selector = getE(cpu, insn, 2);
  if (isNull(selector)) cpu.fault(GP, 0);
  const error = selectorError(selector, 0);
  if ((selector & 4) !== 0) cpu.fault(GP, error);
  const task = needDescriptor(cpu, selector, GP, 0);
  if (!isAvailableTss(task)) cpu.fault(GP, error);
  if (!task.present) cpu.fault(NP, error);
  markBusy(cpu, task.address, true);
  setSegment(cpu, st.TR, selector, task.base, task.limit, task.attr | 2);
}

/** SLDT, STR. */
function storeSelector(register: number): Run {
  return (cpu, insn) => {
    needProtected(cpu);
    const selector = cpu.s[st.SELECTOR + register];
    if (insn.mem) cpu.store16(insn.seg, cpu.ea(insn), selector);
    else if (insn.size === 4) cpu.s[insn.rm] = selector;
    else cpu.setReg16(insn.rm, selector);
  };
}

export const sldt: Run = storeSelector(st.LDTR);
export const str: Run = storeSelector(st.TR);
