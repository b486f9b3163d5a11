/** SYSENTER and SYSEXIT: flat segments out of one MSR, no descriptor read (SDM 2B). */
import { needRing0 } from '../control.ts';
import type { Cpu } from '../cpu.ts';
import { BIG, GRANULAR } from '../descriptors.ts';
import { GP } from '../fault.ts';
import { IF, RF, VM } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { EVENTS } from '../ledger.ts';
import { setCpl, setSegment, updateMode } from '../segments.ts';
import * as st from '../state.ts';

/** Present, accessed; execute/read code and read/write data. */
const FLAT_CODE = BIG | GRANULAR | 0x9b;
const FLAT_DATA = BIG | GRANULAR | 0x93;

function needSelector(cpu: Cpu): number {
  const selector = cpu.s[st.SYSENTER_CS] & 0xfffc;
  if ((cpu.s[st.CR0] & 1) === 0 || selector === 0) cpu.fault(GP, 0);
  return selector;
}

/** CS from `selector`, SS from the one after it, both flat, for ring `cpl`. */
function flatSegments(cpu: Cpu, selector: number, cpl: number): void {
  setSegment(cpu, st.CS, selector | cpl, 0, -1, FLAT_CODE | (cpl << 5));
  setSegment(cpu, st.SS, (selector + 8) | cpl, 0, -1, FLAT_DATA | (cpl << 5));
}

/** SYSENTER: to ring 0, from any ring, saving nothing. */
export function sysenter(cpu: Cpu, _insn: Insn): void {
  const s = cpu.s;
  const selector = needSelector(cpu);
  s[st.FLAGS] &= ~(VM | IF | RF);
  flatSegments(cpu, selector, 0);
  s[st.ESP] = s[st.SYSENTER_ESP];
  s[st.EIP] = s[st.SYSENTER_EIP];
  setCpl(cpu, 0, EVENTS.crossingSysenter, 0);
  updateMode(cpu);
}

/** SYSEXIT: to ring 3 at EDX with the stack at ECX. */
export function sysexit(cpu: Cpu, _insn: Insn): void {
  const s = cpu.s;
  const selector = needSelector(cpu);
  needRing0(cpu);
  flatSegments(cpu, selector + 16, 3);
  s[st.ESP] = s[st.ECX];
  s[st.EIP] = s[st.EDX];
  setCpl(cpu, 3, EVENTS.crossingReturn, 3);
  updateMode(cpu);
}
