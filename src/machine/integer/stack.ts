/** The stack, and the instructions that push and pop general registers. */
import type { Cpu } from '../cpu.ts';
import { GP } from '../fault.ts';
import { getFlags, IOPL, RF, VM } from '../flags.ts';
import type { Run } from '../opcodes/row.ts';
import { ATTR, EAX, EBP, EBX, ECX, EDI, EDX, ESI, ESP, FLAGS, SS } from '../state.ts';
import { getE, getRegister, load, setRegister, store } from './operands.ts';

/** Attribute bit B of the stack segment: ESP is the stack pointer, not SP. */
const BIG = 0x4000;

/** Bits of ESP that are the stack pointer: all, or the low 16. */
export function stackMask(cpu: Cpu): number {
  return (cpu.s[ATTR + SS] & BIG) !== 0 ? -1 : 0xffff;
}

/** Moves the stack pointer to `to` (its bits outside the stack's width stay). */
export function setStackPointer(cpu: Cpu, to: number): void {
  const mask = stackMask(cpu);
  cpu.s[ESP] = (cpu.s[ESP] & ~mask) | (to & mask);
}

/** Pushes `size` bytes (2 or 4). */
export function push(cpu: Cpu, value: number, size: number): void {
  const to = cpu.s[ESP] - size;
  store(cpu, SS, to & stackMask(cpu), value, size);
  setStackPointer(cpu, to);
}

/** The `size` bytes `above` bytes over the top of the stack, which stays as it is. */
export function peek(cpu: Cpu, above: number, size: number): number {
  return load(cpu, SS, (cpu.s[ESP] + above) & stackMask(cpu), size);
}

/** Pops `size` bytes (2 or 4). */
export function pop(cpu: Cpu, size: number): number {
  const value = peek(cpu, 0, size);
  setStackPointer(cpu, cpu.s[ESP] + size);
  return value;
}

export const pushE: Run = (cpu, insn) => push(cpu, getE(cpu, insn, insn.size), insn.size);
export const pushImmediate: Run = (cpu, insn) => push(cpu, insn.imm, insn.size);

/** POP into a register: POP ESP leaves the popped value. */
export const popRegister: Run = (cpu, insn) => setRegister(cpu, insn.rm, pop(cpu, insn.size), insn.size);

/** POP into memory: an address that uses ESP sees it after the pop (SDM vol. 2, POP). */
export const popE: Run = (cpu, insn) => {
  const size = insn.size;
  if (!insn.mem) {
    setRegister(cpu, insn.rm, pop(cpu, size), size);
    return;
  }
  const value = peek(cpu, 0, size);
  const offset = (cpu.ea(insn) + (insn.base === ESP ? size : 0)) | 0;
  store(cpu, insn.seg, offset, value, size);
  setStackPointer(cpu, cpu.s[ESP] + size);
};

const ALL = [EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI];

/** PUSHA: a fault in the middle leaves the slots already written, but ESP where it was, as processors do. */
export const pusha: Run = (cpu, insn) => {
  const size = insn.size;
  const mask = stackMask(cpu);
  const top = cpu.s[ESP];
  for (let i = 0; i < 8; i++) {
    store(cpu, SS, (top - (i + 1) * size) & mask, getRegister(cpu, ALL[i], size), size);
  }
  setStackPointer(cpu, top - 8 * size);
};

/** POPA: all slots are read before a register changes; that of ESP is skipped. */
export const popa: Run = (cpu, insn) => {
  const size = insn.size;
  for (let i = 0; i < 8; i++) peek(cpu, i * size, size);
  for (let i = 0; i < 8; i++) {
    const n = ALL[7 - i];
    if (n !== ESP) setRegister(cpu, n, peek(cpu, i * size, size), size);
  }
  setStackPointer(cpu, cpu.s[ESP] + 8 * size);
};

/** PUSHF: VM and RF read as 0; in virtual-8086 mode IOPL below 3 forbids it. */
export const pushf: Run = (cpu, insn) => {
  const flags = cpu.s[FLAGS];
  if ((flags & VM) !== 0 && (flags & IOPL) !== IOPL) cpu.fault(GP);
  push(cpu, getFlags(cpu.s) & ~(VM | RF), insn.size);
};

/** ENTER: a chain of frame pointers, then room for locals whose end must be writable. */
export const enter: Run = (cpu, insn) => {
  const { s } = cpu;
  const size = insn.size;
  const mask = stackMask(cpu);
  const levels = insn.imm2 & 31;
  let top = s[ESP] - size;
  store(cpu, SS, top & mask, getRegister(cpu, EBP, size), size);
  const frame = top;
  if (levels > 0) {
    for (let i = 1; i < levels; i++) {
      const outer = load(cpu, SS, (s[EBP] - i * size) & mask, size);
      top -= size;
      store(cpu, SS, top & mask, outer, size);
    }
    top -= size;
    store(cpu, SS, top & mask, frame, size);
  }
  top -= insn.imm;
  cpu.modify(SS, top & mask, size);
  setRegister(cpu, EBP, (frame & mask) | (s[ESP] & ~mask), size);
  setStackPointer(cpu, top);
};

/** LEAVE. */
export const leave: Run = (cpu, insn) => {
  const mask = stackMask(cpu);
  const frame = cpu.s[EBP];
  const value = load(cpu, SS, frame & mask, insn.size);
  setStackPointer(cpu, frame + insn.size);
  setRegister(cpu, EBP, value, insn.size);
};
