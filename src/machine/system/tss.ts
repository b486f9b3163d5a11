/** The task-state segment as interrupts and call gates use it: the stacks of the inner rings (SDM 3A, 7.2 and 7.6). */
import type { Cpu } from '../cpu.ts';
import { type Descriptor, isNull, needDescriptor, selectorError } from '../descriptors.ts';
import { TS } from '../fault.ts';
import { checkStackSegment } from '../segments.ts';
import { ATTR, BASE, LIMIT, SELECTOR, TR } from '../state.ts';
import { readSystem16, readSystem32 } from './supervisor.ts';

/** A stack that the TSS names for an inner ring. */
export interface InnerStack {
  readonly descriptor: Descriptor;
  /** ESP for that ring. */
  readonly pointer: number;
}

/** True where the current TSS has the 32-bit format. */
export function isTss32(cpu: Cpu): boolean {
  return (cpu.s[ATTR + TR] & 8) !== 0;
}

/**
 * The stack for ring `cpl` (0, 1 or 2) out of the current TSS, checked as on an inter-privilege transfer: #TS with the
 * TSS selector where the TSS is too short, else #TS or #SS with the stack's selector (SDM 2A, INT n).
 */
export function innerStack(cpu: Cpu, cpl: number, ext: number): InnerStack {
  const s = cpu.s;
  const big = isTss32(cpu);
  const at = big ? cpl * 8 + 4 : cpl * 4 + 2;
  const last = big ? at + 5 : at + 3;
  if (s[ATTR + TR] === 0 || last > s[LIMIT + TR] >>> 0) cpu.fault(TS, selectorError(s[SELECTOR + TR], ext));
  const base = s[BASE + TR];
  const pointer = big ? readSystem32(cpu, (base + at) | 0) : readSystem16(cpu, (base + at) | 0);
  const selector = readSystem16(cpu, (base + at + (big ? 4 : 2)) | 0);
  if (isNull(selector)) cpu.fault(TS, ext);
  const descriptor = needDescriptor(cpu, selector, TS, ext);
  checkStackSegment(cpu, descriptor, cpl, TS, ext);
  return { descriptor, pointer };
}
