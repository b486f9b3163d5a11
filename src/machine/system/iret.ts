/** IRET and IRETD (SDM 2A, IRET). */
import type { Cpu } from '../cpu.ts';
import { type Descriptor, isNull, markAccessed, needDescriptor, selectorError } from '../descriptors.ts';
import { GP, NP } from '../fault.ts';
import { ACFLAG, AF, CF, changeFlags, DFLAG, ID, IF, IOPL, NT, OFLAG, PFLAG, RF, SF, TF, VM, ZF } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { deliver } from '../interrupts.ts';
import { EVENTS } from '../ledger.ts';
import {
  checkStackSegment,
  dropInnerSegments,
  isVirtual8086,
  setCpl,
  setFromDescriptor,
  setVirtual8086,
  updateMode,
} from '../segments.ts';
import * as st from '../state.ts';
import { returnFromTask } from '../tasks.ts';
import { realCode } from './real.ts';
import { returnShort } from './shortcut.ts';
import { Stack, setStackPointer } from './stack.ts';
import { flagsLoaded } from './stepping.ts';

/** Flags that IRET loads at every privilege; with a 32-bit operand also the second set. */
const ALWAYS = CF | PFLAG | AF | ZF | SF | TF | DFLAG | OFLAG | NT;
const ALWAYS_WIDE = RF | ACFLAG | ID;

/** IRET: back from a handler, to the same or an outer ring, to virtual-8086 mode, or to the task before. */
export function iret(cpu: Cpu, insn: Insn): void {
  const s = cpu.s;
  const size = insn.size;
  if (size === 4 && returnShort(cpu)) {
    flagsLoaded(cpu);
    return;
  }
  if ((s[st.CR0] & 1) === 0) returnReal(cpu, size, ALWAYS | IF | IOPL);
  else if (isVirtual8086(cpu)) {
    if ((s[st.FLAGS] & IOPL) !== IOPL) cpu.fault(GP, 0);
    returnReal(cpu, size, ALWAYS | IF);
  } else if ((s[st.FLAGS] & NT) !== 0) {
    if (!returnFromTask(cpu)) deliver(cpu, cpu.pending.vector, 'exception', cpu.pending.error, s[st.EIP]);
  } else returnProtected(cpu, size);
  flagsLoaded(cpu);
}

/** Real-address and virtual-8086 mode: three words off the stack. */
function returnReal(cpu: Cpu, size: number, mask: number): void {
  const stack = Stack.current(cpu, 0);
  const eip = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  const flags = stack.pop(size);
  if (eip >>> 0 > cpu.s[st.LIMIT + st.CS] >>> 0) cpu.fault(GP, 0);
  stack.commit();
  realCode(cpu, selector, eip);
  changeFlags(cpu.s, flags, size === 4 ? mask | ALWAYS_WIDE : mask);
  updateMode(cpu);
}

function returnProtected(cpu: Cpu, size: number): void {
  const s = cpu.s;
  const cpl = s[st.CPL];
  const stack = Stack.current(cpu, 0);
  const eip = stack.pop(size);
  const selector = stack.pop(size) & 0xffff;
  const flags = stack.pop(size);
  if (size === 4 && (flags & VM) !== 0 && cpl === 0) {
    returnVirtual8086(cpu, stack, eip, selector, flags);
    return;
  }
  const code = returnTarget(cpu, selector);
  if (code.rpl > cpl) returnOuter(cpu, size, stack, code, eip);
  else {
    if (eip >>> 0 > code.limit) cpu.fault(GP, 0);
    markAccessed(cpu, code);
    setFromDescriptor(cpu, st.CS, selector, code);
    stack.commit();
    s[st.EIP] = eip;
  }
  changeFlags(s, flags, flagMask(s, size, cpl));
  updateMode(cpu);
}

/** The code segment that a far return or IRET goes to: #GP or #NP where it may not (SDM 2A, IRET; 2B, RET). */
export function returnTarget(cpu: Cpu, selector: number): Descriptor {
  if (isNull(selector)) cpu.fault(GP, 0);
  const code = needDescriptor(cpu, selector, GP, 0);
  const error = selectorError(selector, 0);
  if (!code.isCode || code.rpl < cpu.s[st.CPL]) cpu.fault(GP, error);
  if (code.isConforming ? code.dpl > code.rpl : code.dpl !== code.rpl) cpu.fault(GP, error);
  if (!code.present) cpu.fault(NP, error);
  return code;
}

/** Pops SS:ESP of the outer ring as well, and takes away the data segments that it may not use. */
function returnOuter(cpu: Cpu, size: number, stack: Stack, code: Descriptor, eip: number): void {
  const pointer = stack.pop(size);
  const ss = outerStack(cpu, stack.pop(size) & 0xffff, code.rpl);
  if (eip >>> 0 > code.limit) cpu.fault(GP, 0);
  enterOuter(cpu, code, ss, eip, pointer);
}

/** The stack segment that a return to ring `cpl` names, checked (SDM 2A, IRET). */
export function outerStack(cpu: Cpu, selector: number, cpl: number): Descriptor {
  if (isNull(selector)) cpu.fault(GP, 0);
  const ss = needDescriptor(cpu, selector, GP, 0);
  checkStackSegment(cpu, ss, cpl, GP, 0);
  return ss;
}

/** Commits a return to an outer ring; EFLAGS and `updateMode` are left to the caller. */
export function enterOuter(cpu: Cpu, code: Descriptor, ss: Descriptor, eip: number, pointer: number): void {
  markAccessed(cpu, code);
  markAccessed(cpu, ss);
  setFromDescriptor(cpu, st.CS, code.selector, code);
  setFromDescriptor(cpu, st.SS, ss.selector, ss);
  cpu.s[st.EIP] = eip;
  setStackPointer(cpu, ss.attr, pointer);
  setCpl(cpu, code.rpl, EVENTS.crossingReturn, code.rpl);
  dropInnerSegments(cpu);
}

/** IRETD in ring 0 with VM in the image: nine dwords, of which the last four are the data segments. */
function returnVirtual8086(cpu: Cpu, stack: Stack, eip: number, selector: number, flags: number): void {
  const s = cpu.s;
  const pointer = stack.pop(4);
  const selectors = FRAME_OF_VIRTUAL.map(() => stack.pop(4) & 0xffff);
  if (eip >>> 0 > 0xffff) cpu.fault(GP, 0);
  changeFlags(s, flags, flagMask(s, 4, 0));
  FRAME_OF_VIRTUAL.forEach((seg, i) => {
    setVirtual8086(cpu, seg, selectors[i]);
  });
  setVirtual8086(cpu, st.CS, selector);
  s[st.EIP] = eip;
  s[st.ESP] = pointer;
  setCpl(cpu, 3, EVENTS.crossingReturn, 3);
  updateMode(cpu);
}
const FRAME_OF_VIRTUAL: readonly number[] = [st.SS, st.ES, st.DS, st.FS, st.GS];

/** The flags that IRET may change at a privilege level. */
function flagMask(s: Int32Array, size: number, cpl: number): number {
  let mask = size === 4 ? ALWAYS | ALWAYS_WIDE : ALWAYS;
  if (cpl <= (s[st.FLAGS] & IOPL) >> 12) mask |= IF;
  if (cpl === 0) mask |= size === 4 ? IOPL | VM : IOPL;
  return mask;
}
