/**
 * Our processor in the same surroundings as the snippet server's: the same pages at the same addresses, a descriptor
 * table as Linux x86-64 has it, paging on, CPL 3. Built from the processor alone, without a kernel.
 */
import type { Cpu } from '../../src/machine/cpu.ts';
import { hasErrorCode, PF } from '../../src/machine/fault.ts';
import { ARITHMETIC, getFlags, setArithmetic } from '../../src/machine/flags.ts';
import { Machine } from '../../src/machine/machine.ts';
import { MODELS } from '../../src/machine/model.ts';
import { loadSegment, updateMode } from '../../src/machine/segments.ts';
import * as st from '../../src/machine/state.ts';
import { STOP_RING0 } from '../../src/machine/stop.ts';
import { loadFx, storeFx } from './fx.ts';
import { layout, type Snippet } from './oracle.ts';
import { type Result, whetherLeft } from './result.ts';

const { RAM } = st;

/** Physical frames; GDT, IDT, TSS and the ring-0 stack share one page each. */
const DIRECTORY = 0x1000;
const TABLES = 0x2000;
const GDT = 0x8000;
const IDT = 0x9000;
const TSS = 0xa000;
const RING0_STACK = 0xb000;
const FRAMES = { code: 0x10000, data: 0x20000, fixed: 0x22000, stack: 0x30000 };
/** Where ring 0 lies in every address space, and the address that the gate of vector n leads to: HANDLERS + n. */
const KERNEL = 0xc0000000;
const HANDLERS = KERNEL + 0x100000;
const TSS_SELECTOR = 0x40;

const USER_WRITABLE = 7;
const USER = 5;
const SUPERVISOR = 3;

/** Instructions that a snippet may execute before it counts as endless. */
const PATIENCE = 64;
const WORDS = (layout.dataSize + layout.stackSize) >> 2;

export class Ours {
  readonly cpu: Cpu;
  private readonly machine: Machine;
  /** All state words as they are before a snippet, apart from what the snippet says. */
  private readonly fresh: Int32Array;
  /** The writable pages, data then stack, before the current snippet. */
  private readonly before = new Int32Array(WORDS);
  /** Whether the last snippet left CS and SS flat: the snippet server can leave a snippet only then. */
  isFlat = true;
  private image = new Int32Array(0);
  /** The same pages as they are now; `first` is the index in `before`. */
  private readonly writable: readonly {
    readonly address: number;
    readonly words: Int32Array;
    readonly first: number;
  }[];

  constructor(model = 'pentium4') {
    this.machine = new Machine(0x40000, MODELS[model]);
    this.cpu = this.machine.cpu;
    const words = (frame: number, size: number) => this.cpu.s.subarray((RAM + frame) >> 2, (RAM + frame + size) >> 2);
    this.writable = [
      { address: layout.data, words: words(FRAMES.data, layout.dataSize), first: 0 },
      { address: layout.stack, words: words(FRAMES.stack, layout.stackSize), first: layout.dataSize >> 2 },
    ];
    this.boot();
    this.fresh = this.cpu.s.slice(0, st.TLB);
  }

  private boot(): void {
    const { cpu } = this;
    const { s, memory } = cpu;
    this.tables();
    s[st.CR3] = DIRECTORY;
    s[st.CR4] = 0x610; // OSXMMEXCPT, OSFXSR, PSE
    s[st.CR0] = 0x80050033 | 0; // PG, AM, WP, NE, ET, MP, PE
    s[st.GDTR_BASE] = KERNEL + GDT;
    s[st.GDTR_LIMIT] = 0x7f;
    s[st.IDTR_BASE] = KERNEL + IDT;
    s[st.IDTR_LIMIT] = 0x7ff;
    s[st.CPL] = 3;
    s[st.FLAGS] = 0x202;
    const descriptor = (selector: number, low: number, high: number) => {
      memory.store32(GDT + selector, low);
      memory.store32(GDT + selector + 4, high);
    };
    // As in Linux x86-64 (arch/x86/kernel/cpu/common.c) as far as CPL 3 can see; 08 and 18 serve our gates.
    descriptor(0x08, 0x0000ffff, 0x00cf9b00);
    descriptor(0x10, 0x0000ffff, 0x00cf9b00);
    descriptor(0x18, 0x0000ffff, 0x00cf9300);
    descriptor(0x20, 0x0000ffff, 0x00cffb00);
    descriptor(0x28, 0x0000ffff, 0x00cff300);
    descriptor(0x30, 0x0000ffff, 0x00affb00);
    descriptor(0x78, 0x00000000, 0x0040f500);
    descriptor(TSS_SELECTOR, 0x0067 | ((KERNEL + TSS) << 16), 0xc0008b00 | (((KERNEL + TSS) >>> 16) & 0xff));
    const { fsBase, fsLimit, gsBase, gsLimit } = layout;
    descriptor(0x60, (fsLimit & 0xffff) | (fsBase << 16), 0x0050f300 | (fsBase & 0xff000000) | ((fsBase >> 16) & 0xff));
    descriptor(0x68, (gsLimit >> 12) | (gsBase << 16), 0x00d0f300 | (gsBase & 0xff000000) | ((gsBase >> 16) & 0xff));
    for (let vector = 0; vector < 256; vector++) {
      const handler = HANDLERS + vector;
      const dpl = vector === 3 || vector === 4 || vector === 0x80 ? 3 : 0;
      memory.store32(IDT + 8 * vector, (handler & 0xffff) | (0x08 << 16));
      memory.store32(IDT + 8 * vector + 4, (handler & 0xffff0000) | 0x8e00 | (dpl << 13));
    }
    memory.store32(TSS + 4, KERNEL + RING0_STACK + 0x1000);
    memory.store32(TSS + 8, 0x18);
    memory.store16(TSS + 102, 0x68); // no I/O permission map
    s[st.SELECTOR + st.TR] = TSS_SELECTOR;
    s[st.BASE + st.TR] = KERNEL + TSS;
    s[st.LIMIT + st.TR] = 0x67;
    s[st.ATTR + st.TR] = 0x8b;
    s[st.SELECTOR + st.CS] = layout.selectors.cs;
    s[st.LIMIT + st.CS] = -1;
    s[st.ATTR + st.CS] = 0xc0fb;
    updateMode(cpu);
    const { ss, ds, es, fs, gs } = layout.selectors;
    for (const [segment, selector] of [
      [st.SS, ss],
      [st.DS, ds],
      [st.ES, es],
      [st.FS, fs],
      [st.GS, gs],
    ] as const) {
      loadSegment(cpu, segment, selector);
    }
    cpu.stopAtRing0 = true;
  }

  private tables(): void {
    const { memory } = this.cpu;
    let table = TABLES;
    const map = (linear: number, frame: number, size: number, rights: number) => {
      const entry = DIRECTORY + ((linear >>> 22) << 2);
      if (memory.load32(entry) === 0) {
        memory.store32(entry, table | USER_WRITABLE);
        table += 0x1000;
      }
      const base = memory.load32(entry) & ~0xfff;
      for (let at = 0; at < size; at += 0x1000) {
        memory.store32(base + (((linear + at) >>> 12) & 0x3ff) * 4, (frame + at) | rights);
      }
    };
    map(layout.code, FRAMES.code, layout.codeSize, USER);
    map(layout.data, FRAMES.data, layout.dataSize, USER_WRITABLE);
    map(layout.fixed, FRAMES.fixed, layout.fixedSize, USER);
    map(layout.stack, FRAMES.stack, layout.stackSize, USER_WRITABLE);
    map(KERNEL, 0, 0x40000, SUPERVISOR);
  }

  /** Takes the memory image of a batch (see `imageSize`). */
  setImage(image: Uint8Array): void {
    const { memory } = this.cpu;
    const { dataSize, fixedSize, stackSize } = layout;
    memory.write(FRAMES.data, image, 0, dataSize + fixedSize);
    memory.write(FRAMES.stack, image, dataSize + fixedSize, stackSize);
    const words = new Int32Array(image.buffer, image.byteOffset, image.length >> 2);
    this.image = new Int32Array(WORDS);
    this.image.set(words.subarray(0, dataSize >> 2));
    this.image.set(words.subarray((dataSize + fixedSize) >> 2), dataSize >> 2);
    this.before.set(this.image);
    memory.fill(FRAMES.code, 0xcc, layout.codeSize);
  }

  /** Runs one snippet of `count` instructions on the current image. */
  run(snippet: Snippet, count: number): Result {
    const { cpu } = this;
    const { s, memory } = cpu;
    const start = layout.code + snippet.offset;
    const end = start + snippet.code.length;
    memory.write(FRAMES.code + snippet.offset, snippet.code, 0, snippet.code.length);
    this.patch(snippet);
    s.set(this.fresh);
    s.set(snippet.gpr);
    s[st.EIP] = start;
    s[st.FLAGS] = (snippet.eflags & ~ARITHMETIC) | 2;
    setArithmetic(s, snippet.eflags);
    if (snippet.fx) loadFx(s, snippet.fx);
    cpu.attention = false;
    cpu.stop = -1;
    cpu.shadow = false;
    cpu.debugHits = 0;
    updateMode(cpu);
    this.isFlat = true;
    const result = whetherLeft(snippet, this.go(start, end, count));
    result.fx = snippet.wantFx ? storeFx(s) : undefined;
    result.changes = this.collect(snippet);
    memory.fill(FRAMES.code + snippet.offset, 0xcc, snippet.code.length);
    return result;
  }

  private go(start: number, end: number, count: number): Result {
    const { s } = this.cpu;
    for (let i = 0; i < PATIENCE; i++) {
      const eip = s[st.EIP] >>> 0;
      this.isFlat = s[st.BASE + st.SS] === 0 && s[st.SELECTOR + st.CS] === layout.selectors.cs;
      if (eip < start || eip >= end) return this.result(-1, 0, 0);
      if (this.machine.execute(i === 0 ? count : 1) === STOP_RING0) return this.fromRing0();
    }
    return this.result(-2, 0, 0);
  }

  /** The program has gone through a gate: takes back what it was from the ring-0 stack. */
  private fromRing0(): Result {
    const { s, memory } = this.cpu;
    const vector = s[st.EIP] - (HANDLERS | 0);
    let frame = s[st.ESP] - (KERNEL | 0);
    const error = hasErrorCode(vector) ? memory.load32(frame) : 0;
    if (hasErrorCode(vector)) frame += 4;
    const result = this.result(vector, error, vector === PF ? s[st.CR2] : 0);
    result.eip = memory.load32(frame) >>> 0;
    result.eflags = memory.load32(frame + 8);
    result.gpr[4] = memory.load32(frame + 12);
    return result;
  }

  private result(vector: number, error: number, address: number): Result {
    const { s } = this.cpu;
    return {
      vector,
      error,
      address: address >>> 0,
      gpr: new Uint32Array(s.subarray(0, 8)),
      eip: s[st.EIP] >>> 0,
      eflags: getFlags(s),
      selectors: Uint32Array.of(
        s[st.SELECTOR + st.DS],
        s[st.SELECTOR + st.ES],
        s[st.SELECTOR + st.FS],
        s[st.SELECTOR + st.GS],
      ),
      fx: undefined,
      changes: new Uint32Array(0),
    };
  }

  private patch({ patches }: Snippet): void {
    if (!patches) return;
    const { view } = this.cpu;
    const before = new DataView(this.before.buffer);
    for (let i = 0; i < patches.length; i += 2) {
      before.setUint32(shadow(patches[i]), patches[i + 1], true);
      view.setUint32(RAM + physical(patches[i]), patches[i + 1], true);
    }
  }

  /** Changed words as {address, word}, with memory put back. */
  private collect({ patches }: Snippet): Uint32Array {
    const changes: number[] = [];
    for (const { address, words, first } of this.writable) {
      const before = this.before;
      for (let i = 0; i < words.length; i++) {
        const old = before[first + i];
        if (words[i] === old) continue;
        changes.push(address + 4 * i, words[i]);
        words[i] = old;
      }
    }
    for (let i = 0; patches && i < patches.length; i += 2) {
      // A patch may be unaligned: both words that it touches go back.
      for (const index of [shadow(patches[i]) >> 2, (shadow(patches[i]) + 3) >> 2]) {
        const { words, first } = this.writable[index < this.writable[1].first ? 0 : 1];
        words[index - first] = this.before[index] = this.image[index];
      }
    }
    return Uint32Array.from(changes);
  }
}

/** Byte offset in `before` of a writable address. */
function shadow(address: number): number {
  return address >= layout.stack ? address - layout.stack + layout.dataSize : address - layout.data;
}
function physical(address: number): number {
  return address >= layout.stack ? address - layout.stack + FRAMES.stack : address - layout.data + FRAMES.data;
}
