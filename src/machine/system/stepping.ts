/**
 * When the loop has to look after every single instruction: single step, breakpoints, RF, and the instruction after
 * MOV SS, POP SS or STI (SDM 3B, 17.2-17.3; 3A, 6.8.3).
 *
 * `cpu.debugHits` starts every such instruction with what is due after it, and collects what it meets:
 *
 *   18    this instruction was STI: it hides interrupts, but no debug trap
 *   17    the instruction before this one set `cpu.shadow`: the shadow ends with this one
 *   16    RF was set when this one began: it is cleared afterwards
 *   15    BT  task switch with the T bit      14    BS  TF was set when this one began
 *   13    BD  access to a debug register      3..0  data breakpoints hit
 */
import type { Cpu } from '../cpu.ts';
import { DB } from '../fault.ts';
import { RF, TF } from '../flags.ts';
import { DR, FLAGS } from '../state.ts';

export const BREAKPOINTS = 0xf;
export const BD = 0x2000;
export const BS = 0x4000;
export const BT = 0x8000;
export const CLEAR_RF = 0x10000;
export const SHADOWED = 0x20000;
export const AFTER_STI = 0x40000;

/** DR7.GD: the next access to a debug register raises #DB. */
const GD = 0x2000;

/**
 * Prepares the next instruction: what will be due after it, and whether it has to be executed alone (`cpu.single`).
 * `kept` are debug conditions still to be reported.
 */
export function rearm(cpu: Cpu, kept: number): void {
  const s = cpu.s;
  const flags = s[FLAGS];
  const due = kept | ((flags & TF) !== 0 ? BS : 0) | ((flags & RF) !== 0 ? CLEAR_RF : 0) | (cpu.shadow ? SHADOWED : 0);
  cpu.debugHits = due;
  // Breakpoints on data are met in the middle of an instruction: the fast loop does not look for them.
  cpu.single = due !== 0 || (s[DR + 7] & 0xff) !== 0;
}

/** Prepares the next instruction after somebody outside may have changed flags or debug registers. */
export function resume(cpu: Cpu): void {
  rearm(cpu, cpu.debugHits & (BREAKPOINTS | BT));
}

/** An event has reached its handler: no step trap is due for what it interrupted, and #DB switches DR7.GD off. */
export function afterDelivery(cpu: Cpu, vector: number, bySoftware: boolean): void {
  if (vector === DB) cpu.s[DR + 7] &= ~GD;
  cpu.shadow = false;
  rearm(cpu, bySoftware ? cpu.debugHits & (BREAKPOINTS | BT) : 0);
  if (cpu.single) cpu.attention = true;
}

/** TF or RF may have been set by POPF, IRET or a task switch: the next instruction is executed alone. */
export function flagsLoaded(cpu: Cpu): void {
  if ((cpu.s[FLAGS] & RF) !== 0) cpu.debugHits &= ~CLEAR_RF;
  if ((cpu.s[FLAGS] & (TF | RF)) !== 0) cpu.attention = true;
}

/** MOV SS and POP SS: no interrupt and no debug trap before the next instruction is done. In a row, the first one counts. */
export function hideTraps(cpu: Cpu): void {
  if (cpu.shadow) return;
  cpu.shadow = true;
  cpu.attention = true;
}

/** STI: no interrupt before the next instruction is done. */
export function hideInterrupts(cpu: Cpu): void {
  if (cpu.shadow) return;
  cpu.shadow = true;
  cpu.debugHits |= AFTER_STI;
  cpu.attention = true;
}
