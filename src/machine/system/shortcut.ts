/**
 * The most frequent transfers, remembered: from ring 3 through a 32-bit gate to ring 0, and back by IRETD.
 *
 * What the full sequences (interrupts.ts, iret.ts) decide depends on nothing but the words of a gate and two
 * descriptors. So their words are kept after a transfer that went through; when memory still holds the same words, the
 * outcome is the same and only the effects are left to do. Every word is read again each time, through the TLB.
 * A false answer means: nothing was changed, go the long way.
 */
import { EVENTS } from '../../abi/events.ts';
import type { Cpu } from '../cpu.ts';
import { changeFlags, IF, NT, RF, TF, VM } from '../flags.ts';
import { dropInnerSegments, setCpl, setSegment, updateMode } from '../segments.ts';
import * as st from '../state.ts';
import {
  CODE0,
  CODE0_ATTR,
  CODE3,
  CODE3_ATTR,
  DATA0,
  DATA0_ATTR,
  DATA3,
  DATA3_ATTR,
  holdsFlat,
  limitOf,
  locate,
} from './flat.ts';
import { afterDelivery } from './stepping.ts';

/** A 32-bit interrupt gate, present, DPL 3. */
const GATE = 0xee00;
const TSS32_BUSY = 0x8b;
/** Flags that IRETD in ring 0 loads (VM apart, which goes the long way). */
const LOADED = 0x257fd5;
const FRAME = 20;

/**
 * An event in ring 3 to a flat ring 0 through a 32-bit interrupt gate. Pushed are `flags`, `eip` and, unless it is -1,
 * the error code; `cause` (one of EVENTS.crossing*) is counted.
 */
export function enterShort(
  cpu: Cpu,
  vector: number,
  cause: number,
  eip: number,
  flags: number,
  error: number,
): boolean {
  const s = cpu.s;
  if (s[st.CPL] !== 3 || (s[st.FLAGS] & VM) !== 0 || s[st.ATTR + st.TR] !== TSS32_BUSY) return false;
  if (vector * 8 + 7 > s[st.IDTR_LIMIT] || s[st.LIMIT + st.TR] >>> 0 < 11) return false;
  const gate = locate(cpu, (s[st.IDTR_BASE] + vector * 8) | 0, 8, 0);
  const tss = locate(cpu, (s[st.BASE + st.TR] + 4) | 0, 8, 0);
  if (gate < 0 || tss < 0) return false;
  const low = s[gate];
  const high = s[gate + 1];
  const cs = low >>> 16;
  const ss = s[tss + 1] & 0xffff;
  const software = cause === EVENTS.crossingSoftware;
  if ((high & 0xffe0) !== GATE && (software || (high & 0xffe0) !== (GATE & ~0x6000))) return false;
  if ((ss & 3) !== 0 || !holdsFlat(cpu, cs, CODE0) || !holdsFlat(cpu, ss, DATA0)) return false;
  const pushed = error === -1 ? 0 : 4;
  const pointer = (s[tss] - FRAME - pushed) | 0;
  const frame = locate(cpu, pointer, FRAME + pushed, st.TLB_WRITE);
  if (frame < 0) return false;
  const stack = frame + (pushed >> 2);
  if (pushed !== 0) s[frame] = error;
  s[stack] = eip;
  s[stack + 1] = s[st.SELECTOR + st.CS];
  s[stack + 2] = flags;
  s[stack + 3] = s[st.ESP];
  s[stack + 4] = s[st.SELECTOR + st.SS];
  setSegment(cpu, st.SS, ss, 0, -1, DATA0_ATTR);
  s[st.ESP] = pointer;
  setSegment(cpu, st.CS, cs & ~3, 0, -1, CODE0_ATTR);
  s[st.EIP] = (low & 0xffff) | (high & 0xffff0000);
  s[st.FLAGS] &= ~(TF | NT | RF | VM | IF);
  setCpl(cpu, 0, cause, vector);
  updateMode(cpu);
  afterDelivery(cpu, vector, software);
  return true;
}

/** IRETD from ring 0 to a ring 3 whose segments begin at 0; `flagsLoaded` is left to the caller. */
export function returnShort(cpu: Cpu): boolean {
  const s = cpu.s;
  if (s[st.CPL] !== 0 || ((s[st.FLAGS] & NT) | (s[st.FLAGS] & VM)) !== 0) return false;
  if (s[st.ATTR + st.SS] !== DATA0_ATTR || s[st.BASE + st.SS] !== 0 || s[st.LIMIT + st.SS] !== -1) return false;
  const stack = locate(cpu, s[st.ESP], FRAME, 0);
  if (stack < 0) return false;
  const cs = s[stack + 1] & 0xffff;
  const flags = s[stack + 2];
  const ss = s[stack + 4] & 0xffff;
  if ((flags & VM) !== 0 || (cs & 3) !== 3 || (ss & 3) !== 3) return false;
  const codeLimit = limitOf(cpu, cs, CODE3);
  const stackLimit = limitOf(cpu, ss, DATA3);
  if (codeLimit === undefined || stackLimit === undefined) return false;
  const eip = s[stack];
  if (eip >>> 0 > codeLimit >>> 0) return false;
  const pointer = s[stack + 3];
  setSegment(cpu, st.CS, cs, 0, codeLimit, CODE3_ATTR);
  setSegment(cpu, st.SS, ss, 0, stackLimit, DATA3_ATTR);
  s[st.EIP] = eip;
  s[st.ESP] = pointer;
  setCpl(cpu, 3, EVENTS.crossingReturn, 3);
  dropInnerSegments(cpu);
  changeFlags(s, flags, LOADED);
  updateMode(cpu);
  return true;
}
