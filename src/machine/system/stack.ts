/** Stacks that the processor itself pushes on and pops from, while the registers still hold their old values. */
import type { Cpu } from '../cpu.ts';
import { BIG, type Descriptor, holds } from '../descriptors.ts';
import { SS_FAULT } from '../fault.ts';
import * as st from '../state.ts';
import { SUPERVISOR } from './supervisor.ts';

/**
 * A stack under construction. Nothing architectural changes until the caller copies `pointer` to ESP, so that a fault in
 * the middle of a frame leaves the instruction restartable.
 */
export class Stack {
  readonly attr: number;
  /** The stack pointer: all 32 bits of ESP, of which a 16-bit stack changes the low half only. */
  pointer: number;
  private readonly cpu: Cpu;
  private readonly base: number;
  private readonly limit: number;
  /** TLB bank of the ring that owns the stack. */
  private readonly bank: number;
  /** Error code of a #SS for an access beyond the limit. */
  private readonly error: number;

  private constructor(
    cpu: Cpu,
    base: number,
    limit: number,
    attr: number,
    pointer: number,
    bank: number,
    error: number,
  ) {
    this.cpu = cpu;
    this.base = base;
    this.limit = limit;
    this.attr = attr;
    this.pointer = pointer;
    this.bank = bank;
    this.error = error;
  }

  /** The stack of SS:ESP at the current privilege; #SS(`error`) beyond its limit. */
  static current(cpu: Cpu, error: number): Stack {
    const s = cpu.s;
    return new Stack(cpu, s[st.BASE + st.SS], s[st.LIMIT + st.SS], s[st.ATTR + st.SS], s[st.ESP], cpu.tlb, error);
  }

  /** The stack of an inner ring, out of the TSS; #SS(`error`) beyond its limit. */
  static inner(cpu: Cpu, descriptor: Descriptor, pointer: number, error: number): Stack {
    const bank = descriptor.dpl === 3 ? st.TLB : SUPERVISOR;
    return new Stack(cpu, descriptor.base, descriptor.limit, descriptor.attr, pointer, bank, error);
  }

  /** True where ESP is used, false where SP is. */
  get isBig(): boolean {
    return (this.attr & BIG) !== 0;
  }

  /** The offset in the segment `distance` bytes away from the stack pointer, wrapped to its width. */
  private offset(distance: number): number {
    return this.isBig ? (this.pointer + distance) | 0 : (this.pointer + distance) & 0xffff;
  }

  /** Raises #SS where `count` pushes of `size` bytes do not fit. */
  need(count: number, size: number): void {
    for (let i = 1; i <= count; i++) this.checkLimit(-i * size, size);
  }

  /** Raises #SS where `length` bytes from the top on cannot be popped. */
  needAbove(length: number): void {
    if (length > 0) this.checkLimit(0, length);
  }

  private checkLimit(distance: number, length: number): void {
    if (!holds(this.attr, this.limit, this.offset(distance), length)) this.cpu.fault(SS_FAULT, this.error);
  }

  /** Pushes the low `size` bytes (2 or 4) of a value. */
  push(value: number, size: number): void {
    this.checkLimit(-size, size);
    const at = (this.base + this.offset(-size)) | 0;
    const cpu = this.cpu;
    const bank = cpu.tlb;
    cpu.tlb = this.bank;
    try {
      if (size === 4) cpu.write32(at, value);
      else cpu.write16(at, value & 0xffff);
    } finally {
      cpu.tlb = bank;
    }
    this.drop(-size);
  }

  /** The value of `size` bytes (2: unsigned, 4: signed) `distance` bytes above the stack pointer. */
  peek(distance: number, size: number): number {
    this.checkLimit(distance, size);
    const at = (this.base + this.offset(distance)) | 0;
    return size === 4 ? this.cpu.read32(at) : this.cpu.read16(at);
  }

  /** Pops a value of `size` bytes (2: unsigned, 4: signed). */
  pop(size: number): number {
    const value = this.peek(0, size);
    this.drop(size);
    return value;
  }

  /** Moves the stack pointer up by `length` bytes. */
  drop(length: number): void {
    this.pointer = this.isBig ? (this.pointer + length) | 0 : (this.pointer & ~0xffff) | this.offset(length);
  }

  /** Gives ESP (or SP on a 16-bit stack) the stack pointer. */
  commit(): void {
    setStackPointer(this.cpu, this.attr, this.pointer);
  }
}

/** Writes ESP, or only SP where the stack segment's attributes say 16 bits. */
export function setStackPointer(cpu: Cpu, attr: number, pointer: number): void {
  const s = cpu.s;
  s[st.ESP] = (attr & BIG) !== 0 ? pointer : (s[st.ESP] & ~0xffff) | (pointer & 0xffff);
}
