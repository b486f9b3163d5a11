/** IN, OUT, INS, OUTS. The machine has no devices: every port reads as ones and swallows what is written (SDM 1, chapter 18). */
import type { Cpu } from '../cpu.ts';
import { GP } from '../fault.ts';
import { DFLAG } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { load, setRegister, store } from '../integer/operands.ts';
import { isProtected } from '../segments.ts';
import * as st from '../state.ts';
import { ioPrivilege } from './eflags.ts';
import { readSystem16 } from './supervisor.ts';
import { isTss32 } from './tss.ts';

/** Offset in a 32-bit TSS of the word that says where its I/O permission bitmap starts. */
const BITMAP_WORD = 102;

/** #GP(0) where neither IOPL nor the TSS's bitmap allows all `size` ports from `port` on (SDM 1, 18.5.2). */
function checkPort(cpu: Cpu, port: number, size: number): void {
  const s = cpu.s;
  if ((s[st.CR0] & 1) === 0) return;
  if (isProtected(cpu) && s[st.CPL] <= ioPrivilege(cpu)) return;
  const limit = s[st.LIMIT + st.TR] >>> 0;
  if (s[st.ATTR + st.TR] === 0 || !isTss32(cpu) || limit < BITMAP_WORD + 1) cpu.fault(GP, 0);
  const base = s[st.BASE + st.TR];
  const byte = readSystem16(cpu, (base + BITMAP_WORD) | 0) + (port >> 3);
  // Two bytes are always read, because the ports may straddle them.
  if (byte + 1 > limit) cpu.fault(GP, 0);
  const bits = readSystem16(cpu, (base + byte) | 0) >> (port & 7);
  if ((bits & ((1 << size) - 1)) !== 0) cpu.fault(GP, 0);
}

/** What a port without a device reads as. */
const FLOATING = -1;

/** IN from an immediate port. */
export function inImmediate(cpu: Cpu, insn: Insn): void {
  checkPort(cpu, insn.imm & 0xff, insn.size);
  setRegister(cpu, st.EAX, FLOATING, insn.size);
}

/** IN from the port in DX. */
export function inDx(cpu: Cpu, insn: Insn): void {
  checkPort(cpu, cpu.reg16(st.EDX), insn.size);
  setRegister(cpu, st.EAX, FLOATING, insn.size);
}

/** OUT to an immediate port. */
export function outImmediate(cpu: Cpu, insn: Insn): void {
  checkPort(cpu, insn.imm & 0xff, insn.size);
}

/** OUT to the port in DX. */
export function outDx(cpu: Cpu, insn: Insn): void {
  checkPort(cpu, cpu.reg16(st.EDX), insn.size);
}

function index(cpu: Cpu, n: number, insn: Insn): number {
  return insn.asize === 4 ? cpu.s[n] : cpu.s[n] & 0xffff;
}

function advance(cpu: Cpu, n: number, by: number, insn: Insn): void {
  if (insn.asize === 4) cpu.s[n] += by;
  else cpu.setReg16(n, cpu.s[n] + by);
}

/** One element from or to the string at index register `n`, which then moves by DF. */
function element(cpu: Cpu, insn: Insn, n: number): void {
  const { size } = insn;
  if (n === st.EDI) store(cpu, st.ES, index(cpu, n, insn), FLOATING, size);
  else load(cpu, insn.seg, index(cpu, n, insn), size);
  advance(cpu, n, (cpu.s[st.FLAGS] & DFLAG) !== 0 ? -size : size, insn);
}

/** Repeats `element` by the prefix; one iteration at a time where the loop looks after each. */
function repeat(cpu: Cpu, insn: Insn, n: number): void {
  checkPort(cpu, cpu.reg16(st.EDX), insn.size);
  if (insn.rep === 0) {
    element(cpu, insn, n);
    return;
  }
  while (index(cpu, st.ECX, insn) !== 0) {
    element(cpu, insn, n);
    advance(cpu, st.ECX, -1, insn);
    if (cpu.single && index(cpu, st.ECX, insn) !== 0) {
      cpu.s[st.EIP] = cpu.eipOf(insn);
      return;
    }
  }
}

/** INS. */
export function ins(cpu: Cpu, insn: Insn): void {
  repeat(cpu, insn, st.EDI);
}

/** OUTS. */
export function outs(cpu: Cpu, insn: Insn): void {
  repeat(cpu, insn, st.ESI);
}
