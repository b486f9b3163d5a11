/** Rings: a thread is in that of applications or, where its world has one, in ring 1 within. */
import { CS, SS } from '../platform.ts';
import type { Task } from './task.ts';

const OUTER = 3;

/** Whether the registers are those of an application, and not of ring 1. */
export function isOuter(regs: Int32Array): boolean {
  return (regs[CS] & OUTER) === OUTER;
}

/** Whether registers that a thread is to get name code and stack of ring 1, which the world of this task has. */
export function isInner({ system }: Task, regs: Int32Array): boolean {
  const { rings } = system.platform;
  return rings !== undefined && (regs[CS] & 0xffff) === rings.code && (regs[SS] & 0xffff) === rings.stack;
}

/** Lets a thread go on in ring 1 or 3, with that ring's flat code and stack; what it has of that ring already stays. */
export function enterRing({ system, context }: Task, ring: number): void {
  const { regs } = context;
  if (isOuter(regs) === (ring === OUTER)) return;
  const { platform, flatCode, flatData } = system;
  const { rings } = platform;
  if (ring !== OUTER && rings === undefined) throw new Error('ring 1: there is none in this world');
  regs[CS] = ring === OUTER ? flatCode : rings!.code;
  regs[SS] = ring === OUTER ? flatData : rings!.stack;
}
