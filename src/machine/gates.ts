/** Call gates (SDM 3A, 5.8.4; 2A, CALL and JMP). */
import type { Cpu } from './cpu.ts';
import { type Descriptor, isNull, markAccessed, needDescriptor, selectorError } from './descriptors.ts';
import { GP, NP } from './fault.ts';
import { EVENTS } from './ledger.ts';
import { setCpl, setFromDescriptor, updateMode } from './segments.ts';
import * as st from './state.ts';
import { Stack } from './system/stack.ts';
import { innerStack } from './system/tss.ts';

/** Raises what forbids the use of a gate or TSS by a far transfer: #GP for CPL or RPL above its DPL, #NP. */
export function checkGate(cpu: Cpu, gate: Descriptor): void {
  const error = selectorError(gate.selector, 0);
  if (gate.dpl < cpu.s[st.CPL] || gate.dpl < gate.rpl) cpu.fault(GP, error);
  if (!gate.present) cpu.fault(NP, error);
}

/**
 * The code segment behind a call gate; #GP or #NP with its selector where it is none that may be entered. A jump
 * (`inward` false) cannot enter an inner ring.
 */
function gateTarget(cpu: Cpu, gate: Descriptor, inward: boolean): Descriptor {
  if (isNull(gate.target)) cpu.fault(GP, 0);
  const code = needDescriptor(cpu, gate.target, GP, 0);
  const error = selectorError(gate.target, 0);
  const cpl = cpu.s[st.CPL];
  if (!code.isCode || code.dpl > cpl) cpu.fault(GP, error);
  if (!inward && !code.isConforming && code.dpl !== cpl) cpu.fault(GP, error);
  if (!code.present) cpu.fault(NP, error);
  return code;
}

/** Far JMP through a call gate: the ring stays. */
export function jumpGate(cpu: Cpu, gate: Descriptor): void {
  checkGate(cpu, gate);
  const code = gateTarget(cpu, gate, false);
  if (gate.offset >>> 0 > code.limit) cpu.fault(GP, 0);
  markAccessed(cpu, code);
  arrive(cpu, gate, code, cpu.s[st.CPL]);
}

/** Far CALL through a call gate, into the same or an inner ring. */
export function callGate(cpu: Cpu, gate: Descriptor): void {
  checkGate(cpu, gate);
  const code = gateTarget(cpu, gate, true);
  if (!code.isConforming && code.dpl < cpu.s[st.CPL]) callInner(cpu, gate, code);
  else callSame(cpu, gate, code);
}

function callSame(cpu: Cpu, gate: Descriptor, code: Descriptor): void {
  const size = (gate.type & 8) !== 0 ? 4 : 2;
  const stack = Stack.current(cpu, 0);
  stack.need(2, size);
  if (gate.offset >>> 0 > code.limit) cpu.fault(GP, 0);
  stack.push(cpu.s[st.SELECTOR + st.CS], size);
  stack.push(cpu.s[st.EIP], size);
  markAccessed(cpu, code);
  stack.commit();
  arrive(cpu, gate, code, cpu.s[st.CPL]);
}

/** Switches to the stack that the TSS names; the caller's SS:ESP and its parameters go there first. */
function callInner(cpu: Cpu, gate: Descriptor, code: Descriptor): void {
  const s = cpu.s;
  const size = (gate.type & 8) !== 0 ? 4 : 2;
  const { descriptor, pointer } = innerStack(cpu, code.dpl, 0);
  const stack = Stack.inner(cpu, descriptor, pointer, selectorError(descriptor.selector, 0));
  stack.need(4 + gate.parameters, size);
  if (gate.offset >>> 0 > code.limit) cpu.fault(GP, 0);
  const caller = Stack.current(cpu, 0);
  stack.push(s[st.SELECTOR + st.SS], size);
  stack.push(s[st.ESP], size);
  for (let i = gate.parameters - 1; i >= 0; i--) stack.push(caller.peek(i * size, size), size);
  stack.push(s[st.SELECTOR + st.CS], size);
  stack.push(s[st.EIP], size);
  markAccessed(cpu, code);
  markAccessed(cpu, descriptor);
  setFromDescriptor(cpu, st.SS, descriptor.selector, descriptor);
  stack.commit();
  arrive(cpu, gate, code, code.dpl);
}

function arrive(cpu: Cpu, gate: Descriptor, code: Descriptor, cpl: number): void {
  setFromDescriptor(cpu, st.CS, (gate.target & ~3) | cpl, code);
  cpu.s[st.EIP] = gate.offset;
  setCpl(cpu, cpl, EVENTS.crossingGate, gate.selector);
  updateMode(cpu);
}
