/**
 * A machine with descriptor tables, a TSS and a handler for every vector, for tests in machine code.
 *
 * Linear is physical unless a test turns paging on. Each handler is a HLT: where the machine halts tells the vector.
 *
 *   0x1000 GDT   0x2000 IDT   0x3000 TSS   0x4000 LDT   0x5000 handlers, 8 bytes each
 *   0x8000, 0x9000, 0xa000, 0xb000  tops of the stacks of rings 0..3
 *   0x10000 code   0x20000 data   0x40000 page directory, 0x41000 the table of the first 4 MiB
 */
import { hasErrorCode } from '../../../src/machine/fault.ts';
import { changeFlags } from '../../../src/machine/flags.ts';
import { deliver } from '../../../src/machine/interrupts.ts';
import { Machine } from '../../../src/machine/machine.ts';
import { MODELS } from '../../../src/machine/model.ts';
import { setSegment, updateMode } from '../../../src/machine/segments.ts';
import * as st from '../../../src/machine/state.ts';
import { STOP_BUDGET, STOP_HALT, STOP_SHUTDOWN } from '../../../src/machine/stop.ts';

export const GDT = 0x1000;
export const IDT = 0x2000;
export const TSS = 0x3000;
export const LDT = 0x4000;
export const HANDLERS = 0x5000;
export const CODE = 0x10000;
export const DATA = 0x20000;
export const DIRECTORY = 0x40000;
export const TABLE = 0x41000;

/** Code and data selectors by ring, RPL included; the TSS, the LDT; free GDT slots from FREE on. */
export const CODE_OF = [0x08, 0x19, 0x2a, 0x3b] as const;
export const DATA_OF = [0x10, 0x21, 0x32, 0x43] as const;
export const TSS_SELECTOR = 0x48;
export const LDT_SELECTOR = 0x50;
export const FREE = 0x58;

/** Top of a ring's stack. */
export function stackTop(ring: number): number {
  return 0x8000 + ring * 0x1000;
}

/** Types of code and data segments, accessed bit clear. */
export const READ_ONLY = 0;
export const READ_WRITE = 2;
export const EXPAND_DOWN = 6;
export const EXECUTE_ONLY = 8;
export const EXECUTE_READ = 10;
export const CONFORMING = 14;

export type Descriptor = readonly [low: number, high: number];

interface SegmentOptions {
  readonly base?: number;
  readonly limit?: number;
  readonly dpl?: number;
  readonly present?: boolean;
  /** D/B: 32 bits. */
  readonly big?: boolean;
  readonly pages?: boolean;
}

/** A code or data descriptor (SDM 3A, figure 3-8); flat unless a limit is given. */
export function segment(type: number, options: SegmentOptions = {}): Descriptor {
  const { base = 0, dpl = 0, present = true, big = true } = options;
  const pages = options.pages ?? options.limit === undefined;
  const limit = options.limit ?? 0xfffff;
  return pack(base, limit, 0x10 | type | (dpl << 5) | (present ? 0x80 : 0), (big ? 4 : 0) | (pages ? 8 : 0));
}

/** A TSS or LDT descriptor. */
export function system(type: number, base: number, limit: number, dpl = 0, present = true): Descriptor {
  return pack(base, limit, type | (dpl << 5) | (present ? 0x80 : 0), 0);
}

function pack(base: number, limit: number, access: number, flags: number): Descriptor {
  return [
    (limit & 0xffff) | (base << 16),
    ((base >>> 16) & 0xff) | (access << 8) | (limit & 0xf0000) | (flags << 20) | (base & 0xff000000),
  ];
}

export const TASK_GATE = 5;
export const CALL16 = 4;
export const INTERRUPT16 = 6;
export const CALL32 = 12;
export const INTERRUPT32 = 14;
export const TRAP32 = 15;

/** A gate descriptor (SDM 3A, figures 5-8 and 6-2). */
export function gate(
  type: number,
  selector: number,
  offset: number,
  dpl = 0,
  parameters = 0,
  present = true,
): Descriptor {
  const access = type | (dpl << 5) | (present ? 0x80 : 0);
  return [(offset & 0xffff) | (selector << 16), parameters | (access << 8) | (offset & 0xffff0000)];
}

/** The bytes of 16- and 32-bit little-endian numbers. */
export function w(value: number): number[] {
  return [value & 255, (value >> 8) & 255];
}
export function d(value: number): number[] {
  return [...w(value), ...w(value >> 16)];
}

/** How a run ended. */
export interface Outcome {
  readonly stop: 'halt' | 'budget' | 'shutdown' | 'other';
  /** The vector whose handler halted. */
  readonly vector?: number;
  /** Its error code, where the vector has one. */
  readonly error?: number;
  /** The frame behind the error code: return EIP, CS, EFLAGS. */
  readonly eip?: number;
  readonly cs?: number;
  readonly flags?: number;
}

const STOPS: Readonly<Record<number, Outcome['stop']>> = {
  [STOP_HALT]: 'halt',
  [STOP_BUDGET]: 'budget',
  [STOP_SHUTDOWN]: 'shutdown',
};

export class Board {
  readonly machine: Machine;
  readonly s: Int32Array;

  constructor(model = 'pentium4') {
    this.machine = new Machine(1 << 22, MODELS[model]);
    this.s = this.machine.cpu.s;
    const { s } = this;
    for (let ring = 0; ring < 4; ring++) {
      this.describe(CODE_OF[ring], segment(EXECUTE_READ | 1, { dpl: ring }));
      this.describe(DATA_OF[ring], segment(READ_WRITE | 1, { dpl: ring }));
    }
    this.describe(TSS_SELECTOR, system(9, TSS, 0xfff));
    this.describe(LDT_SELECTOR, system(2, LDT, 0xff));
    for (let ring = 0; ring < 3; ring++) {
      this.put32(TSS + 4 + ring * 8, stackTop(ring));
      this.put32(TSS + 8 + ring * 8, DATA_OF[ring]);
    }
    // No I/O permission bitmap within the limit.
    this.put32(TSS + 100, 0xffff0000);
    for (let vector = 0; vector < 256; vector++) {
      this.put(HANDLERS + vector * 8, [0xf4]);
      this.vector(vector, gate(TRAP32, CODE_OF[0], HANDLERS + vector * 8, 3));
    }
    s[st.GDTR_BASE] = GDT;
    s[st.GDTR_LIMIT] = 0xfff;
    s[st.IDTR_BASE] = IDT;
    s[st.IDTR_LIMIT] = 0x7ff;
    setSegment(this.machine.cpu, st.TR, TSS_SELECTOR, TSS, 0xfff, 0x8b);
    setSegment(this.machine.cpu, st.LDTR, LDT_SELECTOR, LDT, 0xff, 0x82);
    this.describe(TSS_SELECTOR, system(11, TSS, 0xfff));
    s[st.CR0] |= 1;
  }

  /** Writes bytes to physical memory. */
  put(address: number, bytes: readonly number[]): void {
    for (let i = 0; i < bytes.length; i++) this.machine.memory.store8(address + i, bytes[i]);
  }
  put32(address: number, value: number): void {
    this.machine.memory.store32(address, value);
  }
  put16(address: number, value: number): void {
    this.machine.memory.store16(address, value);
  }
  /** The unsigned dword at a physical address. */
  get32(address: number): number {
    return this.machine.memory.load32(address) >>> 0;
  }
  get16(address: number): number {
    return this.machine.memory.load16(address);
  }

  /** Puts a descriptor where a selector points, in the GDT or the LDT. */
  describe(selector: number, descriptor: Descriptor): void {
    const at = ((selector & 4) !== 0 ? LDT : GDT) + (selector & 0xfff8);
    this.put32(at, descriptor[0]);
    this.put32(at + 4, descriptor[1]);
  }

  /** Puts a gate into the IDT. */
  vector(vector: number, descriptor: Descriptor): void {
    this.put32(IDT + vector * 8, descriptor[0]);
    this.put32(IDT + vector * 8 + 4, descriptor[1]);
  }

  /** Loads a segment register from its descriptor as it is, without any check. */
  load(register: number, selector: number): void {
    const at = ((selector & 4) !== 0 ? LDT : GDT) + (selector & 0xfff8);
    const low = this.get32(at);
    const high = this.get32(at + 4);
    const raw = (low & 0xffff) | (high & 0xf0000);
    const limit = (high & 0x800000) !== 0 ? (raw << 12) | 0xfff : raw;
    const base = (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000);
    setSegment(this.machine.cpu, register, selector, base, limit, ((high >>> 8) & 0xf0ff) | 1);
  }

  /** Delivers an interrupt from outside before the next instruction. */
  interrupt(vector: number): void {
    deliver(this.machine.cpu, vector, 'external', 0, this.s[st.EIP]);
  }

  /** Puts code at CODE and prepares to run it in a ring with flat segments and that ring's stack. */
  start(ring: number, code: readonly number[]): void {
    const { s } = this;
    this.put(CODE, code);
    this.load(st.CS, CODE_OF[ring]);
    for (const register of [st.SS, st.DS, st.ES]) this.load(register, DATA_OF[ring]);
    for (const register of [st.FS, st.GS]) setSegment(this.machine.cpu, register, 0, 0, 0, 0);
    s[st.CPL] = ring;
    changeFlags(s, 0, -1);
    s[st.ESP] = stackTop(ring) - 0x100;
    s[st.EIP] = CODE;
    updateMode(this.machine.cpu);
  }

  /** Turns what `start` prepared into virtual-8086 mode: IP 0 at CODE, the stack at 0900:1000, 2000..2003 in the others. */
  virtual(): void {
    const { s } = this;
    s[st.FLAGS] |= 0x20000;
    const selectors = [0x2000, CODE >>> 4, 0x900, 0x2001, 0x2002, 0x2003];
    selectors.forEach((selector, register) => {
      setSegment(this.machine.cpu, register, selector, selector << 4, 0xffff, 0xf3);
    });
    s[st.EIP] = 0;
    s[st.ESP] = 0x1000;
  }

  /** Identity paging of the first 4 MiB with all rights. */
  page(): void {
    this.put32(DIRECTORY, TABLE | 7);
    for (let n = 0; n < 1024; n++) this.put32(TABLE + n * 4, (n << 12) | 7);
    this.s[st.CR3] = DIRECTORY;
    this.s[st.CR0] |= 0x80000000 | 0;
    updateMode(this.machine.cpu);
  }

  /** Changes the page-table entry of one page. */
  entry(linear: number, value: number): void {
    this.put32(TABLE + (linear >>> 12) * 4, value);
  }

  /** Runs until a handler halts, or some instructions have been executed. Tests may have changed any register before. */
  run(budget = 100): Outcome {
    const { s, machine } = this;
    updateMode(machine.cpu);
    const stop = STOPS[machine.execute(budget)] ?? 'other';
    const offset = s[st.EIP] - 1 - HANDLERS;
    if (stop !== 'halt' || offset < 0 || offset >= 0x800 || offset % 8 !== 0) return { stop };
    const vector = offset / 8;
    let at = this.top;
    let error: number | undefined;
    if (hasErrorCode(vector)) {
      error = this.get32(at);
      at += 4;
    }
    return { stop, vector, error, eip: this.get32(at), cs: this.get32(at + 4), flags: this.get32(at + 8) };
  }

  /** Linear address of the top of the stack. */
  get top(): number {
    const { s } = this;
    const big = (s[st.ATTR + st.SS] & 0x4000) !== 0;
    return (s[st.BASE + st.SS] + (big ? s[st.ESP] : s[st.ESP] & 0xffff)) >>> 0;
  }

  /** The dwords on the stack that SS:ESP names. */
  stack(count: number): number[] {
    const at = this.top;
    return Array.from({ length: count }, (_, i) => this.get32(at + i * 4));
  }

  /** Runs code in a ring until a handler halts. */
  fault(ring: number, code: readonly number[]): Outcome {
    this.start(ring, code);
    return this.run();
  }
}
