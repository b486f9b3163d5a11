/** Far JMP, CALL and RET (SDM 2A, CALL, JMP; 2B, RET). */
import type { Cpu } from './cpu.ts';
import {
  CALL_GATE16,
  CALL_GATE32,
  type Descriptor,
  isNull,
  markAccessed,
  needDescriptor,
  selectorError,
  TASK_GATE,
} from './descriptors.ts';
import { GP, NP } from './fault.ts';
import { getFlags } from './flags.ts';
import { callGate, checkGate, jumpGate } from './gates.ts';
import type { Insn } from './insn.ts';
import { deliver } from './interrupts.ts';
import { isProtected, setFromDescriptor, updateMode } from './segments.ts';
import * as st from './state.ts';
import { enterOuter, outerStack, returnTarget } from './system/iret.ts';
import { realCode } from './system/real.ts';
import { Stack, setStackPointer } from './system/stack.ts';
import { flagsLoaded } from './system/stepping.ts';
import { gateTask, isAvailableTss, switchTask } from './tasks.ts';

/** JMP ptr16:16, ptr16:32. */
export function jumpFar(cpu: Cpu, insn: Insn): void {
  jump(cpu, insn.imm2, insn.imm);
}

/** JMP m16:16, m16:32. */
export function jumpFarMemory(cpu: Cpu, insn: Insn): void {
  const at = cpu.ea(insn);
  const offset = pointerOffset(cpu, insn, at);
  jump(cpu, pointerSelector(cpu, insn, at), offset);
}

/** CALL ptr16:16, ptr16:32. */
export function callFar(cpu: Cpu, insn: Insn): void {
  call(cpu, insn.imm2, insn.imm, insn.size);
}

/** CALL m16:16, m16:32. */
export function callFarMemory(cpu: Cpu, insn: Insn): void {
  const at = cpu.ea(insn);
  const offset = pointerOffset(cpu, insn, at);
  call(cpu, pointerSelector(cpu, insn, at), offset, insn.size);
}

/** The offset of a far pointer in memory: 2 or 4 bytes by operand size. */
export function pointerOffset(cpu: Cpu, insn: Insn, at: number): number {
  return insn.size === 4 ? cpu.load32(insn.seg, at) : cpu.load16(insn.seg, at);
}

/** The selector of a far pointer in memory, behind its offset. */
export function pointerSelector(cpu: Cpu, insn: Insn, at: number): number {
  const next = at + insn.size;
  return cpu.load16(insn.seg, insn.asize === 4 ? next | 0 : next & 0xffff);
}

function jump(cpu: Cpu, selector: number, offset: number): void {
  if (!isProtected(cpu)) {
    jumpReal(cpu, selector, offset);
    return;
  }
  if (isNull(selector)) cpu.fault(GP, 0);
  const target = needDescriptor(cpu, selector, GP, 0);
  if (target.isSystem) {
    if (isCallGate(target)) jumpGate(cpu, target);
    else transferToTask(cpu, target, 'jump');
    return;
  }
  checkDirect(cpu, target);
  if (offset >>> 0 > target.limit) cpu.fault(GP, 0);
  markAccessed(cpu, target);
  arrive(cpu, target, offset);
}

function call(cpu: Cpu, selector: number, offset: number, size: number): void {
  if (!isProtected(cpu)) {
    callReal(cpu, selector, offset, size);
    return;
  }
  if (isNull(selector)) cpu.fault(GP, 0);
  const target = needDescriptor(cpu, selector, GP, 0);
  if (target.isSystem) {
    if (isCallGate(target)) callGate(cpu, target);
    else transferToTask(cpu, target, 'call');
    return;
  }
  checkDirect(cpu, target);
  const stack = Stack.current(cpu, 0);
  stack.need(2, size);
  if (offset >>> 0 > target.limit) cpu.fault(GP, 0);
  stack.push(cpu.s[st.SELECTOR + st.CS], size);
  stack.push(cpu.s[st.EIP], size);
  markAccessed(cpu, target);
  stack.commit();
  arrive(cpu, target, offset);
}

function isCallGate(descriptor: Descriptor): boolean {
  return descriptor.type === CALL_GATE16 || descriptor.type === CALL_GATE32;
}

/** Raises what forbids a direct far transfer to a segment: the ring stays, so only conforming code of inner rings may be meant. */
function checkDirect(cpu: Cpu, code: Descriptor): void {
  const error = selectorError(code.selector, 0);
  const cpl = cpu.s[st.CPL];
  if (!code.isCode) cpu.fault(GP, error);
  if (code.isConforming ? code.dpl > cpl : code.rpl > cpl || code.dpl !== cpl) cpu.fault(GP, error);
  if (!code.present) cpu.fault(NP, error);
}

/** Loads CS:EIP; the RPL of CS is CPL whatever the selector said. */
function arrive(cpu: Cpu, code: Descriptor, offset: number): void {
  setFromDescriptor(cpu, st.CS, (code.selector & ~3) | cpu.s[st.CPL], code);
  cpu.s[st.EIP] = offset;
  updateMode(cpu);
}

/** Switches tasks through a task gate or a TSS descriptor; #GP for any other system descriptor. */
function transferToTask(cpu: Cpu, target: Descriptor, reason: 'jump' | 'call'): void {
  if (target.type !== TASK_GATE && (!isAvailableTss(target) || (target.selector & 4) !== 0)) {
    cpu.fault(GP, selectorError(target.selector, 0));
  }
  checkGate(cpu, target);
  const task = target.type === TASK_GATE ? gateTask(cpu, target.target, 0) : target;
  const s = cpu.s;
  if (!switchTask(cpu, task, reason, s[st.EIP], getFlags(s), 0)) {
    deliver(cpu, cpu.pending.vector, 'exception', cpu.pending.error, s[st.EIP]);
  }
  flagsLoaded(cpu);
}

function jumpReal(cpu: Cpu, selector: number, offset: number): void {
  if (offset >>> 0 > cpu.s[st.LIMIT + st.CS] >>> 0) cpu.fault(GP, 0);
  realCode(cpu, selector, offset);
  updateMode(cpu);
}

function callReal(cpu: Cpu, selector: number, offset: number, size: number): void {
  if (offset >>> 0 > cpu.s[st.LIMIT + st.CS] >>> 0) cpu.fault(GP, 0);
  const stack = Stack.current(cpu, 0);
  stack.need(2, size);
  stack.push(cpu.s[st.SELECTOR + st.CS], size);
  stack.push(cpu.s[st.EIP], size);
  stack.commit();
  realCode(cpu, selector, offset);
  updateMode(cpu);
}

/** RET far, RET far imm16: to the same or an outer ring, dropping `imm` bytes of parameters from both stacks. */
export function returnFar(cpu: Cpu, insn: Insn): void {
  const s = cpu.s;
  const stack = Stack.current(cpu, 0);
  const eip = stack.pop(insn.size);
  const selector = stack.pop(insn.size) & 0xffff;
  stack.drop(insn.imm);
  if (!isProtected(cpu)) {
    if (eip >>> 0 > s[st.LIMIT + st.CS] >>> 0) cpu.fault(GP, 0);
    stack.commit();
    realCode(cpu, selector, eip);
    updateMode(cpu);
    return;
  }
  const code = returnTarget(cpu, selector);
  if (code.rpl > s[st.CPL]) {
    returnOuter(cpu, insn, stack, code, eip);
    return;
  }
  if (eip >>> 0 > code.limit) cpu.fault(GP, 0);
  markAccessed(cpu, code);
  stack.commit();
  setFromDescriptor(cpu, st.CS, selector, code);
  s[st.EIP] = eip;
  updateMode(cpu);
}

function returnOuter(cpu: Cpu, insn: Insn, stack: Stack, code: Descriptor, eip: number): void {
  const pointer = stack.pop(insn.size);
  const ss = outerStack(cpu, stack.pop(insn.size) & 0xffff, code.rpl);
  if (eip >>> 0 > code.limit) cpu.fault(GP, 0);
  enterOuter(cpu, code, ss, eip, pointer);
  setStackPointer(cpu, ss.attr, (cpu.s[st.ESP] + insn.imm) | 0);
  updateMode(cpu);
}
