/**
 * String instructions. With a REP prefix they loop here: registers are brought up to date after every iteration, so
 * that a fault in the middle leaves a state from which the instruction restarts (SDM vol. 2, REP).
 */
import type { Cpu } from '../cpu.ts';
import { condition, DFLAG } from '../flags.ts';
import { type Insn, REPNE } from '../insn.ts';
import type { Run } from '../opcodes/row.ts';
import { EAX, ECX, EDI, EIP, ES, ESI, FLAGS } from '../state.ts';
import { sub } from './alu.ts';
import { compareChunk, copyChunk, fillChunk, scanChunk } from './blocks.ts';
import { getRegister, load, setRegister, store } from './operands.ts';

/** Index register `n` as an offset of the address size. */
function index(cpu: Cpu, n: number, insn: Insn): number {
  return insn.asize === 4 ? cpu.s[n] : cpu.s[n] & 0xffff;
}

/** Moves index register `n` by `by` bytes. */
function advance(cpu: Cpu, n: number, by: number, insn: Insn): void {
  if (insn.asize === 4) cpu.s[n] += by;
  else cpu.setReg16(n, cpu.s[n] + by);
}

/** Bytes from one element to the next: negative when DF is set. */
function stride(cpu: Cpu, insn: Insn): number {
  return (cpu.s[FLAGS] & DFLAG) !== 0 ? -insn.size : insn.size;
}

/** Repetitions left, by the address size. */
function remaining(cpu: Cpu, insn: Insn): number {
  return insn.asize === 4 ? cpu.s[ECX] >>> 0 : cpu.s[ECX] & 0xffff;
}

/** Takes `done` iterations off (E)CX. */
function count(cpu: Cpu, insn: Insn, done: number): void {
  advance(cpu, ECX, -done, insn);
}

/** Whether a repeated instruction stops after one iteration; then it is the next instruction again. */
function interrupted(cpu: Cpu, insn: Insn): boolean {
  if (!cpu.single) return false;
  cpu.s[EIP] = cpu.eipOf(insn);
  return true;
}

/** Whether the repetitions may be done by pieces of pages (blocks.ts). */
function goesInBlocks(cpu: Cpu, insn: Insn): boolean {
  return insn.asize === 4 && (cpu.s[FLAGS] & DFLAG) === 0 && !cpu.single;
}

function movsOnce(cpu: Cpu, insn: Insn): void {
  const size = insn.size;
  const value = load(cpu, insn.seg, index(cpu, ESI, insn), size);
  store(cpu, ES, index(cpu, EDI, insn), value, size);
  const by = stride(cpu, insn);
  advance(cpu, ESI, by, insn);
  advance(cpu, EDI, by, insn);
}

export const movs: Run = (cpu, insn) => {
  if (insn.rep === 0) {
    movsOnce(cpu, insn);
    return;
  }
  const inBlocks = goesInBlocks(cpu, insn);
  for (let left = remaining(cpu, insn); left > 0; left = remaining(cpu, insn)) {
    if (inBlocks && copyChunk(cpu, insn, left) > 0) continue;
    movsOnce(cpu, insn);
    count(cpu, insn, 1);
    if (left > 1 && interrupted(cpu, insn)) return;
  }
};

function stosOnce(cpu: Cpu, insn: Insn): void {
  const size = insn.size;
  store(cpu, ES, index(cpu, EDI, insn), getRegister(cpu, EAX, size), size);
  advance(cpu, EDI, stride(cpu, insn), insn);
}

export const stos: Run = (cpu, insn) => {
  if (insn.rep === 0) {
    stosOnce(cpu, insn);
    return;
  }
  const inBlocks = goesInBlocks(cpu, insn);
  for (let left = remaining(cpu, insn); left > 0; left = remaining(cpu, insn)) {
    if (inBlocks && fillChunk(cpu, insn, left) > 0) continue;
    stosOnce(cpu, insn);
    count(cpu, insn, 1);
    if (left > 1 && interrupted(cpu, insn)) return;
  }
};

function lodsOnce(cpu: Cpu, insn: Insn): void {
  const size = insn.size;
  setRegister(cpu, EAX, load(cpu, insn.seg, index(cpu, ESI, insn), size), size);
  advance(cpu, ESI, stride(cpu, insn), insn);
}

export const lods: Run = (cpu, insn) => {
  if (insn.rep === 0) {
    lodsOnce(cpu, insn);
    return;
  }
  for (let left = remaining(cpu, insn); left > 0; left--) {
    lodsOnce(cpu, insn);
    count(cpu, insn, 1);
    if (left > 1 && interrupted(cpu, insn)) return;
  }
};

function cmpsOnce(cpu: Cpu, insn: Insn): void {
  const size = insn.size;
  // Where both operands fault, processors report that of ES:EDI.
  const b = load(cpu, ES, index(cpu, EDI, insn), size);
  const a = load(cpu, insn.seg, index(cpu, ESI, insn), size);
  const by = stride(cpu, insn);
  advance(cpu, ESI, by, insn);
  advance(cpu, EDI, by, insn);
  sub(cpu.s, a, b, size);
}

function scasOnce(cpu: Cpu, insn: Insn): void {
  const size = insn.size;
  const b = load(cpu, ES, index(cpu, EDI, insn), size);
  advance(cpu, EDI, stride(cpu, insn), insn);
  sub(cpu.s, getRegister(cpu, EAX, size), b, size);
}

/** Condition codes of Jcc: what must hold for REPE and REPNE to go on. */
const EQUAL = 4;
const NOT_EQUAL = 5;

/** Does several elements at once, or none (blocks.ts). */
type Chunk = (cpu: Cpu, insn: Insn, left: number, untilEqual: boolean) => number;

/** CMPS or SCAS: repeated while the elements compare as the prefix says. */
function compare(once: (cpu: Cpu, insn: Insn) => void, chunk: Chunk): Run {
  return (cpu, insn) => {
    if (insn.rep === 0) {
      once(cpu, insn);
      return;
    }
    const untilEqual = insn.rep === REPNE;
    const going = untilEqual ? NOT_EQUAL : EQUAL;
    const inBlocks = goesInBlocks(cpu, insn);
    for (let left = remaining(cpu, insn); left > 0; left = remaining(cpu, insn)) {
      if (!inBlocks || chunk(cpu, insn, left, untilEqual) === 0) {
        once(cpu, insn);
        count(cpu, insn, 1);
      }
      if (!condition(cpu.s, going)) return;
      if (left > 1 && interrupted(cpu, insn)) return;
    }
  };
}
export const cmps = compare(cmpsOnce, compareChunk);
export const scas = compare(scasOnce, scanChunk);
