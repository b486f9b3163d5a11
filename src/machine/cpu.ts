/**
 * The processor as instruction semantics see it: registers, operands in memory, faults.
 *
 * Everything that a program can see lies in `s` (see state.ts); the fields here are caches and hooks. Semantics read
 * their operands first (which may throw a fault), then commit.
 */
import { Code } from './code.ts';
import { AC, Fault, GP, SS_FAULT } from './fault.ts';
import type { Insn } from './insn.ts';
import type { Ledger } from './ledger.ts';
import type { Memory } from './memory.ts';
import type { Model } from './model.ts';
import type { Natives } from './native.ts';
import { Paging } from './paging.ts';
import * as st from './state.ts';

/** Attribute bits of a descriptor cache (see state.ts, ATTR). */
const WRITABLE_OR_READABLE = 2;
const EXPAND_DOWN = 4;
const CODE = 8;
const BIG = 0x4000;

export { STOP_BUDGET, STOP_HALT, STOP_RING0, STOP_SHUTDOWN } from './stop.ts';

export class Cpu {
  /** State and physical memory as 32-bit words, bytes, and unaligned values. */
  readonly s: Int32Array;
  readonly u8: Uint8Array;
  readonly view: DataView;
  readonly memory: Memory;
  readonly model: Model;
  /** The ledger and the paging unit stay the same but while hot/warm.ts works. */
  ledger: Ledger;
  paging: Paging;
  readonly code: Code;
  readonly pending = new Fault();
  /** Native routines; set by the machine, once. */
  natives!: Natives;

  /** Instructions retired since reset, without those of the current `execute` call (see `retiredNow`). */
  retired = 0;
  /** Budget with which the loop was entered last. */
  budget = 0;
  /** Budget left in the current `execute` call; current whenever a row with `ends` runs. */
  left = 0;
  /** Modelled work in cycles that retired no instruction; part of virtual time. */
  charged = 0;

  /** Word offset of the read TLB of the current privilege (user or supervisor); the write table follows. */
  tlb = st.TLB;
  /** ES, CS, SS, DS have base 0 and plain data rights: code may be decoded for flat addressing. */
  flat = false;
  /** First linear address beyond what flat segments allow, as a number up to 2^32; no TLB entry is filled at or above it. */
  bound = 0;
  /** Use the fast forms of hot/; false leaves every instruction to its general semantics (tests hold the two together). */
  forms = true;
  /** CS.D: default operand and address size is 32 bits. */
  big = false;

  /** Set by an instruction that the loop has to look after: single step, a stop, a change of mode. */
  attention = false;
  /** Why to stop, when `attention` says so: one of STOP_*; -1 = no stop asked for. */
  stop = -1;
  /** Executing one instruction at a time: REP does one iteration (TF, or the lockstep tool). */
  single = false;
  /** The instruction just executed hides interrupts and debug traps until after the next (MOV SS, POP SS). */
  shadow = false;
  /** Debug conditions met by the instruction being executed, as DR6 bits (data breakpoints, task switch). */
  debugHits = 0;
  /** Entering CPL 0 ends `execute` with STOP_RING0: a host kernel in TypeScript lives there. */
  stopAtRing0 = false;

  constructor(memory: Memory, model: Model, ledger: Ledger) {
    this.s = memory.words;
    this.u8 = memory.bytes;
    this.view = memory.view;
    this.memory = memory;
    this.model = model;
    this.ledger = ledger;
    this.paging = new Paging(this);
    this.code = new Code(this);
  }

  // ---- faults ----

  /** Raises an exception with an error code (0 where the vector has none). */
  fault(vector: number, error = 0): never {
    const fault = this.pending;
    fault.vector = vector;
    fault.error = error;
    throw fault;
  }

  /** EIP of the instruction being executed. */
  eipOf(insn: Insn): number {
    return (this.s[st.CODE_BASE] + insn.start) | 0;
  }

  /** Instructions retired up to now; exact inside rows with `ends`. */
  retiredNow(): number {
    return this.retired + this.budget - this.left;
  }

  // ---- registers ----

  reg8(n: number): number {
    return this.u8[((n & 3) << 2) | (n >> 2)];
  }
  setReg8(n: number, value: number): void {
    this.u8[((n & 3) << 2) | (n >> 2)] = value;
  }
  /** Unsigned. */
  reg16(n: number): number {
    return this.s[n] & 0xffff;
  }
  setReg16(n: number, value: number): void {
    this.s[n] = (this.s[n] & ~0xffff) | (value & 0xffff);
  }

  // ---- addresses ----

  /** Offset of the memory operand within its segment, wrapped to the address size. */
  ea(insn: Insn): number {
    const s = this.s;
    const offset = (s[insn.base] + (s[insn.index] << insn.scale) + insn.disp) | 0;
    return insn.asize === 4 ? offset : offset & 0xffff;
  }

  /**
   * Linear address of `length` bytes at `offset` in a segment, after the checks of SDM 3A, 5.3-5.5: #GP(0), or #SS(0)
   * in the stack segment, when the segment is null, of the wrong type, or too short.
   */
  linear(seg: number, offset: number, length: number, write: boolean): number {
    const s = this.s;
    const attr = s[st.ATTR + seg];
    const limit = s[st.LIMIT + seg] >>> 0;
    const first = offset >>> 0;
    const last = first + length - 1;
    if (attr === 0) return this.segmentFault(seg);
    if ((attr & CODE) !== 0) {
      if (write || (attr & WRITABLE_OR_READABLE) === 0 || last > limit) return this.segmentFault(seg);
    } else {
      if (write && (attr & WRITABLE_OR_READABLE) === 0) return this.segmentFault(seg);
      if ((attr & EXPAND_DOWN) !== 0) {
        if (first <= limit || last > ((attr & BIG) !== 0 ? 0xffffffff : 0xffff)) return this.segmentFault(seg);
      } else if (last > limit) return this.segmentFault(seg);
    }
    return (s[st.BASE + seg] + offset) | 0;
  }

  private segmentFault(seg: number): never {
    return this.fault(seg === st.SS ? SS_FAULT : GP, 0);
  }

  // ---- memory at an offset in a segment ----

  load8(seg: number, offset: number): number {
    return this.read8(this.linear(seg, offset, 1, false));
  }
  load16(seg: number, offset: number): number {
    return this.read16(this.linear(seg, offset, 2, false));
  }
  /** Signed. */
  load32(seg: number, offset: number): number {
    return this.read32(this.linear(seg, offset, 4, false));
  }
  store8(seg: number, offset: number, value: number): void {
    this.write8(this.linear(seg, offset, 1, true), value);
  }
  store16(seg: number, offset: number, value: number): void {
    this.write16(this.linear(seg, offset, 2, true), value);
  }
  store32(seg: number, offset: number, value: number): void {
    this.write32(this.linear(seg, offset, 4, true), value);
  }

  /**
   * Checks that `length` bytes (up to 4096) can be read, or written, and returns their linear address: the pieces of a
   * long operand can then be moved with read*, write* without a fault in the middle.
   */
  probe(seg: number, offset: number, length: number, write: boolean): number {
    const linear = this.linear(seg, offset, length, write);
    // Longer operands have rules of their own; their pieces are checked as they are moved.
    if (this.tlb === st.TLB + st.TLB_STRICT && length <= 8) this.paging.checkAlignment(linear, length);
    this.paging.check(linear, write);
    if ((linear & 0xfff) + length > 0x1000) this.paging.check((linear + length - 1) & ~0xfff, write);
    return linear;
  }

  // ---- memory at a linear address, with the rights of the current privilege level ----
  // A TLB tag is a page address; comparing it with the page of the operand's last byte also catches page crossings.

  read8(linear: number): number {
    const s = this.s;
    const e = this.tlb + ((linear >>> 11) & 0x7fe);
    if (s[e] === (linear & ~0xfff)) return this.u8[(linear + s[e + 1]) | 0];
    return this.paging.read(linear, 1);
  }
  read16(linear: number): number {
    const s = this.s;
    const e = this.tlb + ((linear >>> 11) & 0x7fe);
    if (s[e] === ((linear + 1) & ~0xfff)) return this.view.getUint16((linear + s[e + 1]) | 0, true);
    return this.paging.read(linear, 2);
  }
  read32(linear: number): number {
    const s = this.s;
    const e = this.tlb + ((linear >>> 11) & 0x7fe);
    if (s[e] === ((linear + 3) & ~0xfff)) return this.view.getInt32((linear + s[e + 1]) | 0, true);
    return this.paging.read(linear, 4);
  }
  /**
   * `size` bytes that `modify` has made writable, read through the entry for writes, so that every way of executing an
   * instruction asks the TLB for the same things; 4 bytes come signed.
   */
  readBack(linear: number, size: number): number {
    const s = this.s;
    const e = this.tlb + st.TLB_WRITE + ((linear >>> 11) & 0x7fe);
    if (s[e] !== ((linear + size - 1) & ~0xfff)) return this.paging.read(linear, size);
    const at = (linear + s[e + 1]) | 0;
    if (size === 4) return this.view.getInt32(at, true);
    return size === 2 ? this.view.getUint16(at, true) : this.u8[at];
  }
  write8(linear: number, value: number): void {
    const s = this.s;
    const e = this.tlb + st.TLB_WRITE + ((linear >>> 11) & 0x7fe);
    if (s[e] === (linear & ~0xfff)) this.u8[(linear + s[e + 1]) | 0] = value;
    else this.paging.write(linear, value, 1);
  }
  write16(linear: number, value: number): void {
    const s = this.s;
    const e = this.tlb + st.TLB_WRITE + ((linear >>> 11) & 0x7fe);
    if (s[e] === ((linear + 1) & ~0xfff)) this.view.setInt16((linear + s[e + 1]) | 0, value, true);
    else this.paging.write(linear, value, 2);
  }
  write32(linear: number, value: number): void {
    const s = this.s;
    const e = this.tlb + st.TLB_WRITE + ((linear >>> 11) & 0x7fe);
    if (s[e] === ((linear + 3) & ~0xfff)) this.view.setInt32((linear + s[e + 1]) | 0, value, true);
    else this.paging.write(linear, value, 4);
  }

  /**
   * Linear address of an operand that is read, changed and written back: faults now as a write does, so that the
   * write that follows cannot.
   */
  modify(seg: number, offset: number, length: number): number {
    return this.probe(seg, offset, length, true);
  }

  /** #AC(0) for a misaligned operand where CR0.AM and EFLAGS.AC ask for it and CPL is 3. */
  alignmentFault(): never {
    return this.fault(AC, 0);
  }

  // ---- memory with supervisor rights: descriptor tables, TSS, stacks of inner rings ----

  /** Runs `body` with the rights of CPL 0: implicit accesses of the processor (SDM 3A, 4.6.1). */
  asSupervisor<T>(body: () => T): T {
    const tlb = this.tlb;
    this.tlb = st.TLB + st.TLB_SUPERVISOR;
    try {
      return body();
    } finally {
      this.tlb = tlb;
    }
  }
}
