/** Debug registers and debug exceptions (SDM 3B, chapter 17). */
import type { Cpu } from './cpu.ts';
import { DB, GP, UD } from './fault.ts';
import { RF } from './flags.ts';
import type { Insn } from './insn.ts';
import { deliver } from './interrupts.ts';
import { BASE, CPL, CR4, CS, DR, EIP, FLAGS } from './state.ts';
import { AFTER_STI, BD, BREAKPOINTS, BS, BT, CLEAR_RF, rearm, SHADOWED } from './system/stepping.ts';

const CR4_DE = 8;
const GD = 0x2000;
/** Bits that read as one and those that can be written: DR6 and DR7. */
const DR6_ONES = 0xffff0ff0 | 0;
const DR6_WRITABLE = 0xe00f;
const DR7_ONES = 0x400;
const DR7_WRITABLE = 0xffff23ff | 0;
const REPORTED = BREAKPOINTS | BD | BS | BT;

/**
 * Raises #DB as a fault where a breakpoint on execution is set at CS:EIP and RF is clear (SDM 3B, 17.3.1.1). The loop
 * calls it before each instruction while `cpu.single`.
 */
export function beforeInstruction(cpu: Cpu): void {
  const s = cpu.s;
  const dr7 = s[DR + 7];
  if ((dr7 & 0xff) === 0 || (s[FLAGS] & RF) !== 0 || (cpu.debugHits & SHADOWED) !== 0) return;
  const linear = (s[BASE + CS] + s[EIP]) | 0;
  let hits = 0;
  for (let n = 0; n < 4; n++) {
    const enabled = ((dr7 >> (n * 2)) & 3) !== 0;
    if (enabled && ((dr7 >> (16 + n * 4)) & 3) === 0 && s[DR + n] === linear) hits |= 1 << n;
  }
  if (hits === 0) return;
  record(s, hits);
  cpu.fault(DB, 0);
}

/**
 * Ends an instruction that the loop looked after (`cpu.attention` or `cpu.single`): s[EIP] is the next instruction's.
 * Delivers the debug trap that is due, unless MOV SS or POP SS hides it for one instruction.
 */
export function afterInstruction(cpu: Cpu): void {
  const s = cpu.s;
  const hits = cpu.debugHits;
  if ((hits & CLEAR_RF) !== 0) s[FLAGS] &= ~RF;
  if ((hits & SHADOWED) !== 0) cpu.shadow = false;
  else if (cpu.shadow && (hits & AFTER_STI) === 0) {
    rearm(cpu, hits & BREAKPOINTS);
    return;
  }
  if ((hits & REPORTED) === 0) {
    rearm(cpu, 0);
    return;
  }
  record(s, hits & REPORTED);
  deliver(cpu, DB, 'exception', 0, s[EIP]);
}

/** INT1 (ICEBP): a #DB trap that no gate's DPL forbids and that sets nothing in DR6. */
export function icebp(cpu: Cpu, _insn: Insn): void {
  deliver(cpu, DB, 'exception', 0, cpu.s[EIP]);
}

/** Sets conditions in DR6: those of breakpoints replace the last ones, the others stay until software clears them. */
function record(s: Int32Array, conditions: number): void {
  s[DR + 6] = (s[DR + 6] & ~BREAKPOINTS) | conditions | DR6_ONES;
}

/** The debug register that an encoding names: DR4 and DR5 are DR6 and DR7, or #UD with CR4.DE. */
function debugRegister(cpu: Cpu, n: number): number {
  if (n !== 4 && n !== 5) return n;
  if ((cpu.s[CR4] & CR4_DE) !== 0) return cpu.fault(UD);
  return n + 2;
}

/** Raises what forbids an access to debug registers: #GP(0) outside ring 0, #DB while DR7.GD is set. */
function checkAccess(cpu: Cpu): void {
  const s = cpu.s;
  if (s[CPL] !== 0) cpu.fault(GP, 0);
  if ((s[DR + 7] & GD) === 0) return;
  record(s, BD);
  cpu.fault(DB, 0);
}

/** MOV r32, DRn (SDM 2B). */
export function readDebug(cpu: Cpu, insn: Insn): void {
  const n = debugRegister(cpu, insn.reg);
  checkAccess(cpu);
  const value = cpu.s[DR + n];
  cpu.s[insn.rm] = n === 6 ? value | DR6_ONES : n === 7 ? value | DR7_ONES : value;
}

/** MOV DRn, r32 (SDM 2B). Watched pages leave the TLB, so that the slow path sees every access to them. */
export function writeDebug(cpu: Cpu, insn: Insn): void {
  const n = debugRegister(cpu, insn.reg);
  checkAccess(cpu);
  const value = cpu.s[insn.rm];
  const s = cpu.s;
  if (n === 6) s[DR + 6] = (value & DR6_WRITABLE) | DR6_ONES;
  else if (n === 7) s[DR + 7] = (value & DR7_WRITABLE) | DR7_ONES;
  else s[DR + n] = value;
  cpu.paging.flush(true);
  cpu.attention = true;
}
