/**
 * Delivery of interrupts and exceptions through the IDT (SDM 2A, INT n; 3A, chapter 6).
 */
import type { Cpu } from './cpu.ts';
import {
  type Descriptor,
  descriptorAt,
  INTERRUPT_GATE16,
  INTERRUPT_GATE32,
  isNull,
  markAccessed,
  needDescriptor,
  selectorError,
  TASK_GATE,
  TRAP_GATE16,
  TRAP_GATE32,
} from './descriptors.ts';
import { BP, DB, DE, DF, GP, hasErrorCode, MC, NMI, NP, OF, PF, TS } from './fault.ts';
import { ACFLAG, getFlags, IF, NT, RF, TF, VM } from './flags.ts';
import { EVENTS } from './ledger.ts';
import { isVirtual8086, setCpl, setFromDescriptor, setNull, updateMode } from './segments.ts';
import * as st from './state.ts';
import { STOP_SHUTDOWN } from './stop.ts';
import { realCode } from './system/real.ts';
import { enterShort } from './system/shortcut.ts';
import { Stack, setStackPointer } from './system/stack.ts';
import { afterDelivery } from './system/stepping.ts';
import { innerStack } from './system/tss.ts';
import { gateTask, pushTaskError, switchTask } from './tasks.ts';

/** Where an event comes from: INT n, INT3, INTO; the processor; the outside. */
export type Origin = 'software' | 'exception' | 'external';

/** As what a crossing counts. */
function causeOf(origin: Origin): number {
  if (origin === 'software') return EVENTS.crossingSoftware;
  return origin === 'exception' ? EVENTS.crossingException : EVENTS.crossingInterrupt;
}

/** Exceptions that are traps or aborts: their pushed EFLAGS image keeps RF as it is (SDM 3B, 17.3.1.1). */
const NOT_FAULTS: ReadonlySet<number> = new Set([DB, NMI, BP, OF, DF, MC]);

/** Classes of exceptions for the double-fault rule (SDM 3A, table 6-5). */
const BENIGN = 0;
const CONTRIBUTORY = 1;
const PAGE_FAULT = 2;

/** An event under way to its handler. */
interface Event {
  readonly vector: number;
  readonly origin: Origin;
  /** The error code to push, or -1. */
  readonly error: number;
  /** The EIP to return to. */
  eip: number;
  /** The bit EXT of error codes raised on the way. */
  readonly ext: 0 | 1;
  /** A task gate was taken: what is wrong from here on is the new task's. */
  switched: boolean;
}

function eventOf(vector: number, origin: Origin, error: number, eip: number): Event {
  const pushes = origin === 'exception' && hasErrorCode(vector);
  return { vector, origin, error: pushes ? error : -1, eip, ext: origin === 'software' ? 0 : 1, switched: false };
}

/**
 * Delivers an event: afterwards CS:EIP is at the handler. `error` is the error code of an exception that has one;
 * `returnEip` is pushed. For origin 'software' a fault on the way is thrown (it belongs to the instruction); for the
 * others it becomes the next event, a double fault or a shutdown (`cpu.stop` = STOP_SHUTDOWN).
 */
export function deliver(cpu: Cpu, vector: number, origin: Origin, error: number, returnEip: number): void {
  if (origin === 'exception') noteAddress(cpu, vector);
  const pushed = origin === 'exception' && hasErrorCode(vector) ? error : -1;
  if (enterShort(cpu, vector, causeOf(origin), returnEip, pushedFlags(cpu, vector, origin), pushed)) return;
  let event = eventOf(vector, origin, error, returnEip);
  while (!attempt(cpu, event)) {
    if (origin === 'software' && event.origin === 'software' && !event.switched) throw cpu.pending;
    const next = combined(event, cpu.pending.vector);
    if (next < 0) {
      cpu.stop = STOP_SHUTDOWN;
      cpu.attention = true;
      return;
    }
    event = eventOf(next, 'exception', next === DF ? 0 : cpu.pending.error, event.eip);
  }
  afterDelivery(cpu, event.vector, event.origin === 'software');
}

/** CR2 gets the address of every page fault, also of one that ends as a double fault. */
function noteAddress(cpu: Cpu, vector: number): void {
  if (vector === PF) cpu.s[st.CR2] = cpu.pending.address;
}

/** Tries one delivery; false when a fault got in its way, which is then in `cpu.pending`. */
function attempt(cpu: Cpu, event: Event): boolean {
  try {
    enter(cpu, event);
    return true;
  } catch (fault) {
    if (fault !== cpu.pending) throw fault;
    noteAddress(cpu, cpu.pending.vector);
    return false;
  }
}

function classOf(vector: number): number {
  if (vector === PF) return PAGE_FAULT;
  return vector === DE || (vector >= TS && vector <= GP) ? CONTRIBUTORY : BENIGN;
}

/** The vector to deliver when `second` was raised on the way to `first`'s handler; -1 for a shutdown (SDM 3A, table 6-5). */
function combined(first: Event, second: number): number {
  if (first.origin !== 'exception') return second;
  if (first.vector === DF) return -1;
  const a = classOf(first.vector);
  const b = classOf(second);
  const double = (a === CONTRIBUTORY && b === CONTRIBUTORY) || (a === PAGE_FAULT && b !== BENIGN);
  return double ? DF : second;
}

/** Takes the event to its handler, or throws what is in the way. */
function enter(cpu: Cpu, event: Event): void {
  if ((cpu.s[st.CR0] & 1) === 0) enterReal(cpu, event);
  else enterProtected(cpu, event);
}

/** Reads the gate and follows it. */
function enterProtected(cpu: Cpu, event: Event): void {
  const s = cpu.s;
  const { vector, ext } = event;
  const error = vector * 8 + 2 + ext;
  if (vector * 8 + 7 > (s[st.IDTR_LIMIT] & 0xffff)) cpu.fault(GP, error);
  const gate = descriptorAt(cpu, 0, (s[st.IDTR_BASE] + vector * 8) | 0);
  if (!isGate(gate)) cpu.fault(GP, error);
  if (event.origin === 'software' && gate.dpl < s[st.CPL]) cpu.fault(GP, error);
  if (!gate.present) cpu.fault(NP, error);
  if (gate.type === TASK_GATE) enterTask(cpu, event, gate);
  else follow(cpu, event, gate);
}

/** Switches to the task that a task gate names; the error code goes to its stack. */
function enterTask(cpu: Cpu, event: Event, gate: Descriptor): void {
  const task = gateTask(cpu, gate.target, event.ext);
  const done = switchTask(cpu, task, 'interrupt', event.eip, pushedFlags(cpu, event.vector, event.origin), event.ext);
  event.switched = true;
  event.eip = cpu.s[st.EIP];
  if (!done) throw cpu.pending;
  if (event.error >= 0) pushTaskError(cpu, event.error, event.ext);
}

function isGate(gate: Descriptor): boolean {
  if (!gate.isSystem) return false;
  switch (gate.type) {
    case TASK_GATE:
    case INTERRUPT_GATE16:
    case TRAP_GATE16:
    case INTERRUPT_GATE32:
    case TRAP_GATE32:
      return true;
    default:
      return false;
  }
}

/** Goes through an interrupt or trap gate to a handler of the same or an inner ring. */
function follow(cpu: Cpu, event: Event, gate: Descriptor): void {
  const { ext } = event;
  const cpl = cpu.s[st.CPL];
  if (isNull(gate.target)) cpu.fault(GP, ext);
  const code = needDescriptor(cpu, gate.target, GP, ext);
  const error = selectorError(gate.target, ext);
  if (!code.isCode || code.dpl > cpl) cpu.fault(GP, error);
  if (!code.present) cpu.fault(NP, error);
  const inner = !code.isConforming && code.dpl < cpl;
  if (isVirtual8086(cpu) && !(inner && code.dpl === 0)) cpu.fault(GP, error);
  if (inner) enterInner(cpu, event, gate, code);
  else enterSame(cpu, event, gate, code);
}

/** EFLAGS as the frame shows them: a fault's image has RF set, so that the instruction can be restarted past a breakpoint. */
function pushedFlags(cpu: Cpu, vector: number, origin: Origin): number {
  const fault = origin === 'exception' && !NOT_FAULTS.has(vector);
  return getFlags(cpu.s) | (fault ? RF : 0);
}

/** Switches to the stack that the TSS names for the handler's ring and pushes the interrupted SS:ESP first. */
function enterInner(cpu: Cpu, event: Event, gate: Descriptor, code: Descriptor): void {
  const s = cpu.s;
  const { ext } = event;
  const size = (gate.type & 8) !== 0 ? 4 : 2;
  const virtual = isVirtual8086(cpu);
  const { descriptor, pointer } = innerStack(cpu, code.dpl, ext);
  const stack = Stack.inner(cpu, descriptor, pointer, selectorError(descriptor.selector, ext));
  stack.need((virtual ? 9 : 5) + (event.error < 0 ? 0 : 1), size);
  if (gate.offset >>> 0 > code.limit) cpu.fault(GP, ext);
  if (virtual) for (const seg of PUSHED_BY_VIRTUAL) stack.push(s[st.SELECTOR + seg], size);
  stack.push(s[st.SELECTOR + st.SS], size);
  stack.push(s[st.ESP], size);
  pushFrame(cpu, event, stack, size);
  markAccessed(cpu, code);
  markAccessed(cpu, descriptor);

  if (virtual) for (const seg of PUSHED_BY_VIRTUAL) setNull(cpu, seg, 0);
  setFromDescriptor(cpu, st.SS, descriptor.selector, descriptor);
  stack.commit();
  arrive(cpu, event, gate, code, code.dpl);
}
const PUSHED_BY_VIRTUAL: readonly number[] = [st.GS, st.FS, st.DS, st.ES];

/** Stays on the current stack. */
function enterSame(cpu: Cpu, event: Event, gate: Descriptor, code: Descriptor): void {
  const size = (gate.type & 8) !== 0 ? 4 : 2;
  const stack = Stack.current(cpu, event.ext);
  stack.need(3 + (event.error < 0 ? 0 : 1), size);
  if (gate.offset >>> 0 > code.limit) cpu.fault(GP, event.ext);
  pushFrame(cpu, event, stack, size);
  markAccessed(cpu, code);
  setStackPointer(cpu, stack.attr, stack.pointer);
  arrive(cpu, event, gate, code, cpu.s[st.CPL]);
}

/** EFLAGS, CS, EIP and the error code, in the order in which every frame ends. */
function pushFrame(cpu: Cpu, event: Event, stack: Stack, size: number): void {
  stack.push(pushedFlags(cpu, event.vector, event.origin), size);
  stack.push(cpu.s[st.SELECTOR + st.CS], size);
  stack.push(event.eip, size);
  if (event.error >= 0) stack.push(event.error, size);
}

/** Loads CS:EIP and clears the flags that a handler starts without. */
function arrive(cpu: Cpu, event: Event, gate: Descriptor, code: Descriptor, cpl: number): void {
  const s = cpu.s;
  setFromDescriptor(cpu, st.CS, (gate.target & ~3) | cpl, code);
  s[st.EIP] = gate.offset;
  const interruptGate = (gate.type & 1) === 0;
  s[st.FLAGS] &= ~(TF | NT | RF | VM | (interruptGate ? IF : 0));
  setCpl(cpu, cpl, causeOf(event.origin), event.vector);
  updateMode(cpu);
}

/** Real-address mode: the IDT holds far pointers, the frame has three words (SDM 3A, 20.1.4). */
function enterReal(cpu: Cpu, event: Event): void {
  const s = cpu.s;
  if (event.vector * 4 + 3 > (s[st.IDTR_LIMIT] & 0xffff)) cpu.fault(GP, event.vector * 8 + 2 + event.ext);
  const entry = cpu.read32((s[st.IDTR_BASE] + event.vector * 4) | 0);
  const stack = Stack.current(cpu, 0);
  stack.need(3, 2);
  stack.push(getFlags(s), 2);
  stack.push(s[st.SELECTOR + st.CS], 2);
  stack.push(event.eip, 2);
  stack.commit();
  s[st.FLAGS] &= ~(TF | IF | RF | ACFLAG);
  realCode(cpu, entry >>> 16, entry & 0xffff);
  updateMode(cpu);
}
