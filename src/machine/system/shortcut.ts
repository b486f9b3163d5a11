/**
 * The most frequent transfers, remembered: through a 32-bit gate to ring 0 or 1, and back by IRETD.
 *
 * What the full sequences (interrupts.ts, iret.ts) decide depends on nothing but the words of a gate and two
 * descriptors. So their words are kept after a transfer that went through; when memory still holds the same words, the
 * outcome is the same and only the effects are left to do. Every word is read again each time, through the TLB.
 * A false answer means: nothing was changed, go the long way.
 */
import { EVENTS } from '../../abi/events.ts';
import type { Cpu } from '../cpu.ts';
import { changeFlags, IF, IOPL, NT, RF, TF, VM } from '../flags.ts';
import { dropInnerSegments, setCpl, setSegment, updateMode } from '../segments.ts';
import * as st from '../state.ts';
import { codeAttr, codeLimit, dataAttr, dataLimit, locate } from './flat.ts';
import { afterDelivery } from './stepping.ts';

/** A 32-bit interrupt gate, present, of DPL 0; in a trap gate the lowest of these bits is set, which leaves IF alone. */
const GATE = 0x8e00;
const GATE_BITS = 0x9ee0;
const TRAP = 0x100;
const DPL_SHIFT = 13;
const TSS32_BUSY = 0x8b;
/** Bytes of the TSS up to the end of SS0; each further ring has 8. */
const TSS_STACK = 4;
const TSS_RING = 8;
/** Flags that IRETD loads in ring 0 (VM apart, which goes the long way), and further out where IOPL is lower. */
const LOADED = 0x257fd5;
const LOADED_OUTER = LOADED & ~(IOPL | IF);
const FRAME = 20;

/**
 * An event that goes through a 32-bit gate to flat segments of an inner ring, 0 or 1. Pushed are `flags`, `eip` and,
 * unless it is -1, the error code; `cause` (one of EVENTS.crossing*) is counted.
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
  const from = s[st.CPL];
  if ((s[st.FLAGS] & VM) !== 0 || s[st.ATTR + st.TR] !== TSS32_BUSY || vector * 8 + 7 > s[st.IDTR_LIMIT]) return false;
  const gate = locate(cpu, (s[st.IDTR_BASE] + vector * 8) | 0, 8, 0);
  if (gate < 0) return false;
  const low = s[gate];
  const high = s[gate + 1];
  const software = cause === EVENTS.crossingSoftware;
  if ((high & GATE_BITS) !== GATE || (software && ((high >> DPL_SHIFT) & 3) < from)) return false;
  const cs = low >>> 16;
  const ring = cs & 3;
  const at = TSS_STACK + ring * TSS_RING;
  if (ring >= from || ring > 1 || s[st.LIMIT + st.TR] >>> 0 < at + 7) return false;
  const tss = locate(cpu, (s[st.BASE + st.TR] + at) | 0, 8, 0);
  if (tss < 0) return false;
  const ss = s[tss + 1] & 0xffff;
  const last = codeLimit(cpu, cs, ring);
  const stackLast = dataLimit(cpu, ss, ring);
  if ((ss & 3) !== ring || last === undefined || stackLast === undefined) return false;
  const entry = (low & 0xffff) | (high & 0xffff0000);
  const pushed = error === -1 ? 0 : 4;
  const top = s[tss];
  const pointer = (top - FRAME - pushed) | 0;
  const end = (top - 1) >>> 0;
  if (entry >>> 0 > last >>> 0 || end > stackLast >>> 0 || pointer >>> 0 > end) return false;
  const frame = locate(cpu, pointer, FRAME + pushed, st.TLB_WRITE);
  if (frame < 0) return false;
  const stack = frame + (pushed >> 2);
  if (pushed !== 0) s[frame] = error;
  s[stack] = eip;
  s[stack + 1] = s[st.SELECTOR + st.CS];
  s[stack + 2] = flags;
  s[stack + 3] = s[st.ESP];
  s[stack + 4] = s[st.SELECTOR + st.SS];
  setSegment(cpu, st.SS, ss, 0, stackLast, dataAttr(ring));
  s[st.ESP] = pointer;
  setSegment(cpu, st.CS, cs, 0, last, codeAttr(ring));
  s[st.EIP] = entry;
  s[st.FLAGS] &= ~(TF | NT | RF | VM | ((high & TRAP) === 0 ? IF : 0));
  setCpl(cpu, ring, cause, vector);
  updateMode(cpu);
  afterDelivery(cpu, vector, software);
  return true;
}

/** IRETD from flat segments of ring 0 or 1 to such of an outer ring, 1 or 3; `flagsLoaded` is left to the caller. */
export function returnShort(cpu: Cpu): boolean {
  const s = cpu.s;
  const from = s[st.CPL];
  if (from > 1 || (s[st.FLAGS] & (NT | VM)) !== 0 || (from !== 0 && (s[st.FLAGS] & IOPL) !== 0)) return false;
  if (s[st.ATTR + st.SS] !== dataAttr(from) || s[st.BASE + st.SS] !== 0) return false;
  if ((s[st.ESP] + FRAME - 1) >>> 0 > s[st.LIMIT + st.SS] >>> 0) return false;
  const stack = locate(cpu, s[st.ESP], FRAME, 0);
  if (stack < 0) return false;
  const cs = s[stack + 1] & 0xffff;
  const flags = s[stack + 2];
  const ss = s[stack + 4] & 0xffff;
  const ring = cs & 3;
  if ((flags & VM) !== 0 || ring <= from || ring === 2 || (ss & 3) !== ring) return false;
  const last = codeLimit(cpu, cs, ring);
  const stackLast = dataLimit(cpu, ss, ring);
  if (last === undefined || stackLast === undefined) return false;
  const eip = s[stack];
  if (eip >>> 0 > last >>> 0) return false;
  const pointer = s[stack + 3];
  setSegment(cpu, st.CS, cs, 0, last, codeAttr(ring));
  setSegment(cpu, st.SS, ss, 0, stackLast, dataAttr(ring));
  s[st.EIP] = eip;
  s[st.ESP] = pointer;
  setCpl(cpu, ring, EVENTS.crossingReturn, ring);
  dropInnerSegments(cpu);
  changeFlags(s, flags, from === 0 ? LOADED : LOADED_OUTER);
  updateMode(cpu);
  return true;
}
