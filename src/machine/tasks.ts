/** Hardware task switches (SDM 3A, chapter 7). */
import { CR0_TS, loadCr3 } from './control.ts';
import type { Cpu } from './cpu.ts';
import {
  type Descriptor,
  findDescriptor,
  isNull,
  LDT,
  markAccessed,
  markBusy,
  needDescriptor,
  selectorError,
  TSS16,
  TSS16_BUSY,
  TSS32,
  TSS32_BUSY,
} from './descriptors.ts';
import { GP, NP, TS } from './fault.ts';
import { ACFLAG, ARITHMETIC, changeFlags, DFLAG, getFlags, ID, IF, IOPL, NT, RF, TF, VM } from './flags.ts';
import { EVENTS } from './ledger.ts';
import {
  checkStackSegment,
  setCpl,
  setFromDescriptor,
  setNull,
  setSegment,
  setVirtual8086,
  updateMode,
} from './segments.ts';
import * as st from './state.ts';
import { Stack } from './system/stack.ts';
import { BT } from './system/stepping.ts';
import { checkSystemWrite, readSystem16, writeSystem } from './system/supervisor.ts';
import { readTask, type TaskState, tssFormat, writeTask } from './system/taskstate.ts';
import { isTss32 } from './system/tss.ts';

/** What started a switch: it decides about busy bits, NT and the back link (SDM 3A, table 7-2). */
export type Reason = 'jump' | 'call' | 'interrupt' | 'iret';

const LOADED_FLAGS = ARITHMETIC | TF | IF | DFLAG | IOPL | NT | RF | VM | ACFLAG | ID;
const DATA_SEGMENTS: readonly number[] = [st.ES, st.DS, st.FS, st.GS];
const CR0_PG = 0x80000000 | 0;

/** True for a TSS that can be switched to. */
export function isAvailableTss(descriptor: Descriptor): boolean {
  return descriptor.isSystem && (descriptor.type === TSS16 || descriptor.type === TSS32);
}

/**
 * The available TSS that a selector in a task gate names (SDM 2A, INT n, JMP, CALL): #GP with the selector where it is
 * none, #NP where it is not present.
 */
export function gateTask(cpu: Cpu, selector: number, ext: number): Descriptor {
  const error = selectorError(selector, ext);
  if ((selector & 4) !== 0 || isNull(selector)) cpu.fault(GP, error);
  const task = needDescriptor(cpu, selector, GP, ext);
  if (!isAvailableTss(task)) cpu.fault(GP, error);
  if (!task.present) cpu.fault(NP, error);
  return task;
}

/**
 * Switches to a task, saving `eip` and `flags` in the old one's TSS. Faults thrown from here belong to the old task. False:
 * the switch is done, but the new task's segments raised the fault in `cpu.pending`, to be delivered there.
 */
export function switchTask(
  cpu: Cpu,
  task: Descriptor,
  reason: Reason,
  eip: number,
  flags: number,
  ext: number,
): boolean {
  const s = cpu.s;
  const nested = reason === 'call' || reason === 'interrupt';
  const format = tssFormat(task.type);
  if (task.limit < format.limit) cpu.fault(TS, selectorError(task.selector, ext));
  const oldFormat = tssFormat(s[st.ATTR + st.TR]);
  if (s[st.ATTR + st.TR] === 0 || s[st.LIMIT + st.TR] >>> 0 < oldFormat.limit) {
    cpu.fault(TS, selectorError(s[st.SELECTOR + st.TR], ext));
  }
  const oldBase = s[st.BASE + st.TR];
  const oldSelector = s[st.SELECTOR + st.TR];
  const state = readTask(cpu, task.base, format);
  checkSystemWrite(cpu, oldBase, oldFormat.limit + 1);
  checkSystemWrite(cpu, task.base, format.limit + 1);

  writeTask(cpu, oldBase, oldFormat, eip, reason === 'iret' ? flags & ~NT : flags);
  if (!nested) markBusy(cpu, (s[st.GDTR_BASE] + (oldSelector & 0xfff8)) | 0, false);
  if (nested) writeSystem(cpu, task.base, oldSelector, 2);
  if (reason !== 'iret') markBusy(cpu, task.address, true);
  setSegment(cpu, st.TR, task.selector & ~3, task.base, task.limit, task.attr | 2);
  s[st.CR0] |= CR0_TS;
  loadRegisters(cpu, state, nested);
  return loadSegments(cpu, state, reason, ext);
}

/** Everything that cannot fault; the segment registers get their selectors, but stay unusable until their descriptors are loaded. */
function loadRegisters(cpu: Cpu, state: TaskState, nested: boolean): void {
  const s = cpu.s;
  if (state.cr3 !== undefined && (s[st.CR0] & CR0_PG) !== 0) loadCr3(cpu, state.cr3);
  changeFlags(s, state.eflags | (nested ? NT : 0), LOADED_FLAGS);
  s[st.EIP] = state.eip;
  for (let n = 0; n < 8; n++) s[st.EAX + n] = state.registers[n];
  for (let seg = 0; seg < 6; seg++) setNull(cpu, seg, state.segments[seg]);
  setNull(cpu, st.LDTR, state.ldt);
  // T says "debug trap on every switch to this task"; DR7's local breakpoints end with the old one.
  s[st.DR + 7] &= ~0x155;
  if (state.trap) {
    cpu.debugHits |= BT;
    cpu.attention = true;
  }
}

/** Loads LDTR and the segment registers in the new task's context; false when that raised a fault. */
function loadSegments(cpu: Cpu, state: TaskState, reason: Reason, ext: number): boolean {
  const s = cpu.s;
  const virtual = (state.eflags & VM) !== 0;
  const cpl = virtual ? 3 : state.segments[st.CS] & 3;
  const cause = cpl > s[st.CPL] || reason === 'iret' ? EVENTS.crossingReturn : causeOf(reason, ext);
  setCpl(cpu, cpl, cause, s[st.SELECTOR + st.TR]);
  try {
    loadTable(cpu, state.ldt, ext);
    if (virtual) for (let seg = 0; seg < 6; seg++) setVirtual8086(cpu, seg, state.segments[seg]);
    else loadProtected(cpu, state.segments, cpl, ext);
    return true;
  } catch (fault) {
    if (fault !== cpu.pending) throw fault;
    return false;
  } finally {
    updateMode(cpu);
  }
}

function causeOf(reason: Reason, ext: number): number {
  if (reason !== 'interrupt') return EVENTS.crossingGate;
  return ext === 0 ? EVENTS.crossingSoftware : EVENTS.crossingException;
}

function loadTable(cpu: Cpu, selector: number, ext: number): void {
  if (isNull(selector)) return;
  const error = selectorError(selector, ext);
  const table = (selector & 4) === 0 ? findDescriptor(cpu, selector) : undefined;
  if (table === undefined || !table.isSystem || table.type !== LDT || !table.present) cpu.fault(TS, error);
  setSegment(cpu, st.LDTR, selector, table.base, table.limit, table.attr);
}

/** The checks of SDM 3A, table 7-1: SS and the data segments against the privilege that CS brings. */
function loadProtected(cpu: Cpu, segments: readonly number[], cpl: number, ext: number): void {
  const cs = segments[st.CS];
  if (isNull(cs)) cpu.fault(TS, ext);
  const code = needDescriptor(cpu, cs, TS, ext);
  const rights = code.isConforming ? code.dpl <= cpl : code.dpl === cpl;
  if (!code.isCode || !rights) cpu.fault(TS, selectorError(cs, ext));
  if (!code.present) cpu.fault(NP, selectorError(cs, ext));
  markAccessed(cpu, code);
  setFromDescriptor(cpu, st.CS, cs, code);

  const ss = segments[st.SS];
  if (isNull(ss)) cpu.fault(TS, ext);
  const stack = needDescriptor(cpu, ss, TS, ext);
  checkStackSegment(cpu, stack, cpl, TS, ext);
  markAccessed(cpu, stack);
  setFromDescriptor(cpu, st.SS, ss, stack);

  for (const seg of DATA_SEGMENTS) loadData(cpu, seg, segments[seg], cpl, ext);
}

function loadData(cpu: Cpu, seg: number, selector: number, cpl: number, ext: number): void {
  if (isNull(selector)) return;
  const data = needDescriptor(cpu, selector, TS, ext);
  const error = selectorError(selector, ext);
  if (!data.isReadable) cpu.fault(TS, error);
  if (!data.isConforming && (data.dpl < cpl || data.dpl < data.rpl)) cpu.fault(TS, error);
  if (!data.present) cpu.fault(NP, error);
  markAccessed(cpu, data);
  setFromDescriptor(cpu, seg, selector, data);
}

/** Pushes an exception's error code on the stack of the task that handles it; #SS(EXT) where there is no room. */
export function pushTaskError(cpu: Cpu, error: number, ext: number): void {
  const stack = Stack.current(cpu, ext);
  stack.push(error, isTss32(cpu) ? 4 : 2);
  stack.commit();
}

/** IRET with NT set: back to the task in the back link (SDM 2A, IRET, TASK-RETURN). See `switchTask` for the result. */
export function returnFromTask(cpu: Cpu): boolean {
  const s = cpu.s;
  const selector = readSystem16(cpu, s[st.BASE + st.TR]);
  const error = selectorError(selector, 0);
  const task = (selector & 4) === 0 && !isNull(selector) ? findDescriptor(cpu, selector) : undefined;
  if (task === undefined || !task.isSystem || (task.type !== TSS16_BUSY && task.type !== TSS32_BUSY)) {
    return cpu.fault(TS, error);
  }
  if (!task.present) cpu.fault(NP, error);
  return switchTask(cpu, task, 'iret', s[st.EIP], getFlags(s), 0);
}
