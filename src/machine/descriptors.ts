/**
 * Segment and gate descriptors in memory (SDM 3A, 3.4.5 and 5.8.3).
 *
 *   high dword, segment   bbbbbbbb G D L A llll P dd S tttt bbbbbbbb     b base, l limit, d DPL
 *   low dword, segment    bbbbbbbb bbbbbbbb llllllll llllllll
 *   high dword, gate      oooooooo oooooooo P dd 0 tttt 000 ccccc        o offset, c count of parameters
 *   low dword, gate       ssssssss ssssssss oooooooo oooooooo            s selector
 *
 * tttt of a data segment is 0 E W A, of a code segment 1 C R A: expand-down, writable, conforming, readable, accessed.
 */
import type { Cpu } from './cpu.ts';
import { ATTR, BASE, GDTR_BASE, GDTR_LIMIT, LDTR, LIMIT } from './state.ts';
import { readSystem32, writeSystem } from './system/supervisor.ts';

/** System descriptor types (SDM 3A, table 3-2). */
export const TSS16 = 1;
export const LDT = 2;
export const TSS16_BUSY = 3;
export const CALL_GATE16 = 4;
export const TASK_GATE = 5;
export const INTERRUPT_GATE16 = 6;
export const TRAP_GATE16 = 7;
export const TSS32 = 9;
export const TSS32_BUSY = 11;
export const CALL_GATE32 = 12;
export const INTERRUPT_GATE32 = 14;
export const TRAP_GATE32 = 15;

/** Attribute bits as the descriptor caches hold them (state.ts, ATTR). */
export const ACCESSED = 0x01;
/** Data: writable; code: readable. */
export const WRITABLE = 0x02;
export const READABLE = 0x02;
/** Data: expand-down; code: conforming. */
export const EXPAND_DOWN = 0x04;
export const CONFORMING = 0x04;
export const CODE = 0x08;
export const NONSYSTEM = 0x10;
export const PRESENT = 0x80;
export const BIG = 0x4000;
export const GRANULAR = 0x8000;

/** One descriptor as read from its table. */
export class Descriptor {
  /** The selector that named it, RPL included. */
  readonly selector: number;
  /** Linear address of its eight bytes. */
  readonly address: number;
  readonly low: number;
  readonly high: number;

  constructor(selector: number, address: number, low: number, high: number) {
    this.selector = selector;
    this.address = address;
    this.low = low;
    this.high = high;
  }

  get rpl(): number {
    return this.selector & 3;
  }
  get dpl(): number {
    return (this.high >> 13) & 3;
  }
  get present(): boolean {
    return (this.high & 0x8000) !== 0;
  }
  get isSystem(): boolean {
    return (this.high & 0x1000) === 0;
  }
  /** The four type bits; of a system descriptor one of the constants above. */
  get type(): number {
    return (this.high >> 8) & 0xf;
  }
  get isCode(): boolean {
    return (this.high & 0x1800) === 0x1800;
  }
  get isConforming(): boolean {
    return (this.high & 0x1c00) === 0x1c00;
  }
  get isWritableData(): boolean {
    return (this.high & 0x1a00) === 0x1200;
  }
  /** Data, or code that may be read. */
  get isReadable(): boolean {
    return !this.isSystem && (this.high & 0xa00) !== 0x800;
  }
  get attr(): number {
    return (this.high >>> 8) & 0xf0ff;
  }
  get base(): number {
    return (this.low >>> 16) | ((this.high & 0xff) << 16) | (this.high & 0xff000000);
  }
  /** The last byte's offset with granularity applied, unsigned. */
  get limit(): number {
    const raw = (this.low & 0xffff) | (this.high & 0xf0000);
    return (this.high & 0x800000) !== 0 ? ((raw << 12) | 0xfff) >>> 0 : raw;
  }
  /** Gates: the selector of the target. */
  get target(): number {
    return this.low >>> 16;
  }
  /** Gates: the offset in the target, of 16 bits in a 16-bit gate. */
  get offset(): number {
    return (this.type & 8) !== 0 ? (this.low & 0xffff) | (this.high & 0xffff0000) : this.low & 0xffff;
  }
  /** Call gates: how many words or dwords are copied to the inner stack. */
  get parameters(): number {
    return this.high & 0x1f;
  }
}

/** Whether a selector is one of the four null ones. */
export function isNull(selector: number): boolean {
  return (selector & 0xfffc) === 0;
}

/** The selector part of an error code, with the bit `ext` of events that the program did not ask for (SDM 3A, 6.13). */
export function selectorError(selector: number, ext: number): number {
  return (selector & 0xfffc) | ext;
}

/** The descriptor that a selector names, or undefined where it lies beyond its table; #PF where the table is not mapped. */
export function findDescriptor(cpu: Cpu, selector: number): Descriptor | undefined {
  const s = cpu.s;
  const local = (selector & 4) !== 0;
  if (local && s[ATTR + LDTR] === 0) return undefined;
  const base = s[local ? BASE + LDTR : GDTR_BASE];
  const limit = s[local ? LIMIT + LDTR : GDTR_LIMIT] >>> 0;
  const index = selector & 0xfff8;
  if (index + 7 > limit) return undefined;
  return descriptorAt(cpu, selector, (base + index) | 0);
}

/** The descriptor that a selector names; the fault `vector` with the selector as error code where there is none. */
export function needDescriptor(cpu: Cpu, selector: number, vector: number, ext: number): Descriptor {
  return findDescriptor(cpu, selector) ?? cpu.fault(vector, selectorError(selector, ext));
}

/** The eight bytes at a linear address as a descriptor. */
export function descriptorAt(cpu: Cpu, selector: number, address: number): Descriptor {
  return new Descriptor(selector, address, readSystem32(cpu, address), readSystem32(cpu, (address + 4) | 0));
}

/** Sets the accessed bit of a code or data descriptor in memory; returns the attributes as a cache holds them. */
export function markAccessed(cpu: Cpu, descriptor: Descriptor): number {
  if ((descriptor.high & 0x100) === 0) {
    writeSystem(cpu, (descriptor.address + 5) | 0, ((descriptor.high >>> 8) & 0xff) | ACCESSED, 1);
  }
  return descriptor.attr | ACCESSED;
}

/** Sets or clears the busy bit of a TSS descriptor in memory. */
export function markBusy(cpu: Cpu, address: number, busy: boolean): void {
  const at = (address + 4) | 0;
  const high = readSystem32(cpu, at);
  writeSystem(cpu, at, busy ? high | 0x200 : high & ~0x200, 4);
}

/** Whether `length` bytes at `offset` lie in a data segment with these attributes and limit (SDM 3A, 5.3). */
export function holds(attr: number, limit: number, offset: number, length: number): boolean {
  const first = offset >>> 0;
  const last = first + length - 1;
  if ((attr & EXPAND_DOWN) === 0) return last <= limit >>> 0;
  return first > limit >>> 0 && last <= ((attr & BIG) !== 0 ? 0xffffffff : 0xffff);
}
