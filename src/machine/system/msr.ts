/** Time-stamp counter, model-specific registers, performance counters (SDM 2B, RDTSC, RDMSR, WRMSR, RDPMC). */
import { needRing0 } from '../control.ts';
import type { Cpu } from '../cpu.ts';
import { GP } from '../fault.ts';
import type { Insn } from '../insn.ts';
import * as st from '../state.ts';

const CR4_TSD = 4;
const CR4_PCE = 0x100;
const WORD = 2 ** 32;

/** Numbers of the registers (SDM vol. 4). */
const TIME_STAMP_COUNTER = 0x10;
/** IA32_PLATFORM_ID and IA32_BIOS_SIGN_ID: there, and zero. */
const ZEROES: ReadonlySet<number> = new Set([0x17, 0x8b]);
const SYSENTER: Readonly<Record<number, number>> = {
  372: st.SYSENTER_CS,
  373: st.SYSENTER_ESP,
  374: st.SYSENTER_EIP,
};

/** Virtual time in cycles: instructions retired, one cycle each, and modelled work. */
export function cycles(cpu: Cpu): number {
  return cpu.retiredNow() + cpu.charged;
}

/** The time-stamp counter: virtual time since it was last written. */
function timeStamp(cpu: Cpu): number {
  const s = cpu.s;
  return cycles(cpu) + (s[st.TSC_OFFSET + 1] * WORD + (s[st.TSC_OFFSET] >>> 0));
}

function setPair(cpu: Cpu, value: number): void {
  cpu.s[st.EAX] = value % WORD;
  cpu.s[st.EDX] = Math.floor(value / WORD);
}

/** RDTSC: #GP(0) outside ring 0 where CR4.TSD is set. */
export function rdtsc(cpu: Cpu, _insn: Insn): void {
  if ((cpu.s[st.CR4] & CR4_TSD) !== 0) needRing0(cpu);
  setPair(cpu, timeStamp(cpu));
}

/** RDPMC: the two counters never count. */
export function rdpmc(cpu: Cpu, _insn: Insn): void {
  if ((cpu.s[st.CR4] & CR4_PCE) === 0) needRing0(cpu);
  if (cpu.s[st.ECX] >>> 0 > 1) cpu.fault(GP, 0);
  setPair(cpu, 0);
}

/** State offset of a SYSENTER register, or undefined where the model has none. */
function sysenterRegister(cpu: Cpu): number | undefined {
  return cpu.model.features.has('sep') ? SYSENTER[cpu.s[st.ECX]] : undefined;
}

/** RDMSR: #GP(0) for a register that the machine does not have. */
export function rdmsr(cpu: Cpu, _insn: Insn): void {
  needRing0(cpu);
  const s = cpu.s;
  const number = s[st.ECX];
  const register = sysenterRegister(cpu);
  if (register !== undefined) setPair(cpu, s[register] >>> 0);
  else if (number === TIME_STAMP_COUNTER) setPair(cpu, timeStamp(cpu));
  else if (ZEROES.has(number)) setPair(cpu, 0);
  else cpu.fault(GP, 0);
}

/** WRMSR: #GP(0) for a register that the machine does not have. */
export function wrmsr(cpu: Cpu, _insn: Insn): void {
  needRing0(cpu);
  const s = cpu.s;
  const number = s[st.ECX];
  const register = sysenterRegister(cpu);
  if (register !== undefined) s[register] = s[st.EAX];
  else if (number === TIME_STAMP_COUNTER) writeTimeStamp(cpu, s[st.EDX] * WORD + (s[st.EAX] >>> 0));
  else if (!ZEROES.has(number)) cpu.fault(GP, 0);
}

function writeTimeStamp(cpu: Cpu, value: number): void {
  const offset = value - cycles(cpu);
  cpu.s[st.TSC_OFFSET] = offset % WORD;
  cpu.s[st.TSC_OFFSET + 1] = Math.floor(offset / WORD);
}
