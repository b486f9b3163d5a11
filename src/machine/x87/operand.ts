/** What surrounds an x87 instruction: its checks, its memory operand, and the trail it leaves (FIP, FDP, FOP). */
import type { Cpu } from '../cpu.ts';
import { MF, NM } from '../fault.ts';
import { ACFLAG } from '../flags.ts';
import type { Insn } from '../insn.ts';
import { CPL, CR0, CS, FCS, FDP, FDS, FIP, FLAGS, FOP, FS, FSW, SELECTOR, TLB_WRITE } from '../state.ts';
import { loadDouble, loadInteger, loadLong, loadSingle } from './load.ts';
import { ES as SUMMARY, TEMP } from './stack.ts';

// V8 folds a module's own constants into the code, but not those that it imports.
const CONTROL0 = CR0;
const STATUS = FSW;
const POINTER = FIP;
const POINTER_SELECTOR = FCS;
const OPCODE = FOP;
const DATA_POINTER = FDP;
const DATA_SELECTOR = FDS;
const SELECTORS = SELECTOR;
const WRITE_TABLE = TLB_WRITE;
const FIRST_NOT_FLAT = FS;
const OPERAND = TEMP;
const PENDING = SUMMARY;

const CR0_MP = 0x02;
const CR0_EM = 0x04;
const CR0_TS = 0x08;
const CR0_AM = 0x40000;

/** Raises #NM where CR0.EM or CR0.TS is set: the start of a control instruction that does not wait. */
export function enter(cpu: Cpu): Int32Array {
  const s = cpu.s;
  if ((s[CONTROL0] & (CR0_EM | CR0_TS)) !== 0) cpu.fault(NM);
  return s;
}

/**
 * Like `enter`, and raises #MF for an exception that is pending: the start of every waiting instruction. CR0.NE is taken
 * as set: there is no interrupt controller to which FERR# could lead.
 */
export function wait(cpu: Cpu): Int32Array {
  const s = enter(cpu);
  if ((s[STATUS] & PENDING) !== 0) cpu.fault(MF);
  return s;
}

/** FWAIT: #NM where both CR0.MP and CR0.TS are set, #MF for a pending exception. SDM volume 2, WAIT. */
export function fwait(cpu: Cpu): void {
  const s = cpu.s;
  if ((s[CONTROL0] & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) cpu.fault(NM);
  if ((s[STATUS] & PENDING) !== 0) cpu.fault(MF);
}

/** Notes the instruction in FIP, FCS and FOP: for every instruction but the control ones (SDM volume 1, 8.1.8). */
export function note(cpu: Cpu, insn: Insn): void {
  const s = cpu.s;
  s[POINTER] = cpu.eipOf(insn);
  s[POINTER_SELECTOR] = s[SELECTORS + CS];
  // The decoder leaves the eleven bits there.
  s[OPCODE] = insn.imm;
}

/** Notes the memory operand at `offset` in FDP and FDS, and the instruction. */
function noteOperand(cpu: Cpu, insn: Insn, offset: number): void {
  const s = cpu.s;
  s[DATA_POINTER] = offset;
  s[DATA_SELECTOR] = s[SELECTORS + insn.seg];
  note(cpu, insn);
}

/**
 * Byte offset in the machine's memory of an operand of `length` bytes at `offset`, or -1 where it has to go the long
 * way: segments that are not flat, a TLB miss, an operand across two pages.
 */
function quick(cpu: Cpu, insn: Insn, offset: number, length: number, table: number): number {
  if (!cpu.flat || insn.seg >= FIRST_NOT_FLAT || insn.seg === CS) return -1;
  const e = cpu.tlb + table + ((offset >>> 11) & 0x7fe);
  if (cpu.s[e] !== ((offset + length - 1) & ~0xfff)) return -1;
  return (offset + cpu.s[e + 1]) | 0;
}

/** The linear address of an operand of 8 or 10 bytes after all checks, those for alignment included. */
function long(cpu: Cpu, insn: Insn, offset: number, length: number, write: boolean): number {
  const s = cpu.s;
  const linear = cpu.probe(insn.seg, offset, length, write);
  if ((linear & 7) !== 0 && (s[CONTROL0] & CR0_AM) !== 0 && (s[FLAGS] & ACFLAG) !== 0 && s[CPL] === 3)
    cpu.alignmentFault();
  return linear;
}

/** Reads a binary64 operand to TEMP, NaNs as they are; returns DE for a denormal, else 0. */
export function readDouble(cpu: Cpu, insn: Insn): number {
  const offset = cpu.ea(insn);
  const at = quick(cpu, insn, offset, 8, 0);
  let low: number;
  let high: number;
  if (at >= 0) {
    low = cpu.view.getInt32(at, true);
    high = cpu.view.getInt32(at + 4, true);
  } else {
    const linear = long(cpu, insn, offset, 8, false);
    low = cpu.read32(linear);
    high = cpu.read32((linear + 4) | 0);
  }
  noteOperand(cpu, insn, offset);
  return loadDouble(cpu.s, OPERAND, high, low);
}

/** Reads a binary32 operand to TEMP, NaNs as they are; returns DE for a denormal, else 0. */
export function readSingle(cpu: Cpu, insn: Insn): number {
  return loadSingle(cpu.s, OPERAND, readWord(cpu, insn));
}

/** Reads a signed integer operand of 2, 4 or 8 bytes to TEMP. */
export function readInteger(cpu: Cpu, insn: Insn, size: number): void {
  const offset = cpu.ea(insn);
  if (size === 8) {
    const linear = long(cpu, insn, offset, 8, false);
    const low = cpu.read32(linear);
    const high = cpu.read32((linear + 4) | 0);
    noteOperand(cpu, insn, offset);
    loadLong(cpu.s, OPERAND, high, low);
  } else if (size === 4) {
    loadInteger(cpu.s, OPERAND, readWord(cpu, insn));
  } else {
    const value = cpu.load16(insn.seg, offset);
    noteOperand(cpu, insn, offset);
    loadInteger(cpu.s, OPERAND, (value << 16) >> 16);
  }
}

function readWord(cpu: Cpu, insn: Insn): number {
  const offset = cpu.ea(insn);
  const at = quick(cpu, insn, offset, 4, 0);
  const value = at >= 0 ? cpu.view.getInt32(at, true) : cpu.load32(insn.seg, offset);
  noteOperand(cpu, insn, offset);
  return value;
}

/** Reads ten bytes to the first three words of `into`. */
export function readTen(cpu: Cpu, insn: Insn, into: Int32Array, index: number): void {
  const offset = cpu.ea(insn);
  const linear = long(cpu, insn, offset, 10, false);
  const low = cpu.read32(linear);
  const high = cpu.read32((linear + 4) | 0);
  into[index + 2] = cpu.read16((linear + 8) | 0);
  into[index + 1] = high;
  into[index] = low;
  noteOperand(cpu, insn, offset);
}

/** The checks of a store of `length` bytes that an unmasked exception then keeps from writing: a fault comes first. */
export function writeNothing(cpu: Cpu, insn: Insn, length: number): void {
  const offset = cpu.ea(insn);
  if (length >= 8) long(cpu, insn, offset, length, true);
  else cpu.probe(insn.seg, offset, length, true);
  noteOperand(cpu, insn, offset);
}

/** Writes the memory operand of 2 or 4 bytes. */
export function writeWord(cpu: Cpu, insn: Insn, size: number, value: number): void {
  const offset = cpu.ea(insn);
  if (size === 2) {
    cpu.store16(insn.seg, offset, value);
  } else {
    const at = quick(cpu, insn, offset, 4, WRITE_TABLE);
    if (at >= 0) cpu.view.setInt32(at, value, true);
    else cpu.store32(insn.seg, offset, value);
  }
  noteOperand(cpu, insn, offset);
}

/** Writes the memory operand of 8 bytes, all or nothing. */
export function writePair(cpu: Cpu, insn: Insn, high: number, low: number): void {
  const offset = cpu.ea(insn);
  const at = quick(cpu, insn, offset, 8, WRITE_TABLE);
  if (at >= 0) {
    cpu.view.setInt32(at, low, true);
    cpu.view.setInt32(at + 4, high, true);
  } else {
    const linear = long(cpu, insn, offset, 8, true);
    cpu.write32(linear, low);
    cpu.write32((linear + 4) | 0, high);
  }
  noteOperand(cpu, insn, offset);
}

/** Writes the memory operand of ten bytes, all or nothing. */
export function writeTen(cpu: Cpu, insn: Insn, low: number, high: number, signExponent: number): void {
  const offset = cpu.ea(insn);
  const linear = long(cpu, insn, offset, 10, true);
  cpu.write32(linear, low);
  cpu.write32((linear + 4) | 0, high);
  cpu.write16((linear + 8) | 0, signExponent);
  noteOperand(cpu, insn, offset);
}
