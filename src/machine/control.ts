/** Control registers (SDM 3A, 2.5): checks, and what their changes entail. */
import type { Cpu } from './cpu.ts';
import { GP, UD } from './fault.ts';
import type { Insn } from './insn.ts';
import { EVENTS } from './ledger.ts';
import { updateMode } from './segments.ts';
import * as st from './state.ts';

export const CR0_PE = 1;
export const CR0_MP = 2;
export const CR0_EM = 4;
export const CR0_TS = 8;
const CR0_ET = 0x10;
const CR0_NE = 0x20;
const CR0_WP = 0x10000;
const CR0_AM = 0x40000;
const CR0_NW = 0x20000000;
const CR0_CD = 0x40000000;
const CR0_PG = 0x80000000 | 0;
/** Bits of CR0 that exist; the others read as 0. */
const CR0_BITS = CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;

const CR4_TSD = 4;
const CR4_DE = 8;
const CR4_PSE = 0x10;
const CR4_PAE = 0x20;
const CR4_MCE = 0x40;
const CR4_PGE = 0x80;
const CR4_PCE = 0x100;
const CR4_OSFXSR = 0x200;
const CR4_OSXMMEXCPT = 0x400;

/** Gives CR3 a value: the one place where page tables change. Drops the TLB but for global pages. */
export function loadCr3(cpu: Cpu, value: number): void {
  const s = cpu.s;
  cpu.ledger.count(s[st.CR3] === value ? EVENTS.pageTableReload : EVENTS.pageTableSwitch, value);
  s[st.CR3] = value;
  cpu.paging.flush(false);
}

/** Gives CR0 a value: #GP(0) for PG without PE, and NW without CD; flushes the TLB where paging changes. */
export function loadCr0(cpu: Cpu, value: number): void {
  const s = cpu.s;
  if ((value & CR0_PG) !== 0 && (value & CR0_PE) === 0) cpu.fault(GP, 0);
  if ((value & CR0_NW) !== 0 && (value & CR0_CD) === 0) cpu.fault(GP, 0);
  const before = s[st.CR0];
  s[st.CR0] = (value & CR0_BITS) | CR0_ET;
  if (((before ^ value) & (CR0_PG | CR0_PE | CR0_WP)) !== 0) cpu.paging.flush(true);
  updateMode(cpu);
}

/** The bits of CR4 that a model has. */
function cr4Bits(cpu: Cpu): number {
  const { featureBits, features } = cpu.model;
  let bits = 0;
  if (features.has('tsc')) bits |= CR4_TSD | CR4_MCE | CR4_PCE;
  if ((featureBits & (1 << 2)) !== 0) bits |= CR4_DE;
  if ((featureBits & (1 << 3)) !== 0) bits |= CR4_PSE;
  if ((featureBits & (1 << 6)) !== 0) bits |= CR4_PAE;
  if ((featureBits & (1 << 13)) !== 0) bits |= CR4_PGE;
  if (features.has('fxsr')) bits |= CR4_OSFXSR;
  if (features.has('sse')) bits |= CR4_OSXMMEXCPT;
  return bits;
}

/** Gives CR4 a value: #GP(0) for a bit that the model does not have; flushes the TLB where paging changes. */
export function loadCr4(cpu: Cpu, value: number): void {
  const s = cpu.s;
  if ((value & ~cr4Bits(cpu)) !== 0) cpu.fault(GP, 0);
  const changed = s[st.CR4] ^ value;
  s[st.CR4] = value;
  if ((changed & (CR4_PGE | CR4_PSE | CR4_PAE)) !== 0) cpu.paging.flush(true);
}

/** #GP(0) outside ring 0. */
export function needRing0(cpu: Cpu): void {
  if (cpu.s[st.CPL] !== 0) cpu.fault(GP, 0);
}

/** State offset of the control register that an encoding names; #UD where there is none, or no CR4 in the model. */
function controlRegister(cpu: Cpu, n: number): number {
  if (n === 0 || n === 2 || n === 3) return st.CR0 + REGISTER_OFFSETS[n];
  if (n === 4 && cr4Bits(cpu) !== 0) return st.CR4;
  return cpu.fault(UD);
}
const REGISTER_OFFSETS = [0, 0, st.CR2 - st.CR0, st.CR3 - st.CR0];

/** MOV r32, CRn (SDM 2B). */
export function readControl(cpu: Cpu, insn: Insn): void {
  const from = controlRegister(cpu, insn.reg);
  needRing0(cpu);
  cpu.s[insn.rm] = cpu.s[from];
}

/** MOV CRn, r32 (SDM 2B). */
export function writeControl(cpu: Cpu, insn: Insn): void {
  const to = controlRegister(cpu, insn.reg);
  needRing0(cpu);
  const value = cpu.s[insn.rm];
  if (to === st.CR0) loadCr0(cpu, value);
  else if (to === st.CR3) loadCr3(cpu, value);
  else if (to === st.CR4) loadCr4(cpu, value);
  else cpu.s[to] = value;
}

/** CLTS: clears CR0.TS. */
export function clts(cpu: Cpu, _insn: Insn): void {
  needRing0(cpu);
  cpu.s[st.CR0] &= ~CR0_TS;
}

/** LMSW: the low four bits of CR0, of which PE can be set but not cleared. */
export function lmsw(cpu: Cpu, insn: Insn): void {
  needRing0(cpu);
  const value = insn.mem ? cpu.load16(insn.seg, cpu.ea(insn)) : cpu.reg16(insn.rm);
  const before = cpu.s[st.CR0];
  loadCr0(cpu, (before & ~0xe) | (value & 0xf));
}

/** SMSW: the low half of CR0 to memory; a 32-bit register gets all of it. */
export function smsw(cpu: Cpu, insn: Insn): void {
  const value = cpu.s[st.CR0];
  if (insn.mem) cpu.store16(insn.seg, cpu.ea(insn), value);
  else if (insn.size === 4) cpu.s[insn.rm] = value;
  else cpu.setReg16(insn.rm, value);
}

/** INVLPG: drops the TLB entries of the page that the operand lies in; a segment's limit is not checked. */
export function invlpg(cpu: Cpu, insn: Insn): void {
  needRing0(cpu);
  cpu.paging.invalidate((cpu.s[st.BASE + insn.seg] + cpu.ea(insn)) | 0);
}

/** INVD, WBINVD: there is no cache that a program could see. */
export function invalidateCaches(cpu: Cpu, _insn: Insn): void {
  needRing0(cpu);
}
