/**
 * What surrounds a snippet on our processor: the page tables of layout.h, and descriptor tables as Linux x86-64 has them
 * as far as CPL 3 can see. No kernel: every gate leads to an address of its own in ring 0, where `execute` stops.
 */
import type { Cpu } from '../../src/machine/cpu.ts';
import { loadSegment, updateMode } from '../../src/machine/segments.ts';
import * as st from '../../src/machine/state.ts';
import { layout, type Segment, type Setup } from './oracle.ts';

/** Physical frames of the snippet's pages, and of ours: GDT, IDT, LDT, TSS, the ring-0 stack. */
const DIRECTORY = 0x1000;
const TABLES = 0x2000;
const GDT = 0x8000;
const IDT = 0x9000;
const LDT = 0xc000;
const TSS = 0xa000;
const RING0_STACK = 0xb000;
export const FRAMES = { code: 0x10000, data: 0x20000, fixed: 0x22000, stack: 0x30000 };
/** Where ring 0 lies in every address space, and the address that the gate of vector n leads to: HANDLERS + n. */
export const KERNEL = 0xc0000000;
export const HANDLERS = KERNEL + 0x100000;
const TSS_SELECTOR = 0x40;

const USER_WRITABLE = 7;
const USER = 5;
const SUPERVISOR = 3;

const FLAT_CODE = [0x0000ffff, 0x00cffb00] as const;
const FLAT_DATA = [0x0000ffff, 0x00cff300] as const;

/** Makes a fresh processor one that runs user code in these surroundings, with the segments still to be loaded. */
export function boot(cpu: Cpu): void {
  const { s, memory } = cpu;
  mapPages(cpu);
  s[st.CR3] = DIRECTORY;
  s[st.CR4] = 0x610; // OSXMMEXCPT, OSFXSR, PSE
  s[st.CR0] = 0x80050033 | 0; // PG, AM, WP, NE, ET, MP, PE
  s[st.GDTR_BASE] = KERNEL + GDT;
  s[st.GDTR_LIMIT] = 0x7f;
  s[st.IDTR_BASE] = KERNEL + IDT;
  s[st.IDTR_LIMIT] = 0x7ff;
  s[st.FLAGS] = 0x202;
  const descriptor = (selector: number, low: number, high: number) => {
    memory.store32(GDT + selector, low);
    memory.store32(GDT + selector + 4, high);
  };
  // arch/x86/kernel/cpu/common.c, but for 08, 10, 18 and 40, which CPL 3 cannot tell apart from Linux's.
  descriptor(0x08, 0x0000ffff, 0x00cf9b00);
  descriptor(0x10, 0x0000ffff, 0x00cf9b00);
  descriptor(0x18, 0x0000ffff, 0x00cf9300);
  descriptor(0x20, ...FLAT_CODE);
  descriptor(0x28, ...FLAT_DATA);
  descriptor(0x30, 0x0000ffff, 0x00affb00);
  descriptor(0x78, 0x00000000, 0x0040f500);
  descriptor(TSS_SELECTOR, 0x0067 | ((KERNEL + TSS) << 16), 0xc0008b00 | (((KERNEL + TSS) >>> 16) & 0xff));
  for (let vector = 0; vector < 256; vector++) {
    const handler = HANDLERS + vector;
    const dpl = vector === 3 || vector === 4 || vector === 0x80 ? 3 : 0;
    memory.store32(IDT + 8 * vector, (handler & 0xffff) | (0x08 << 16));
    memory.store32(IDT + 8 * vector + 4, (handler & 0xffff0000) | 0x8e00 | (dpl << 13));
  }
  memory.store32(TSS + 4, KERNEL + RING0_STACK + 0x1000);
  memory.store32(TSS + 8, 0x18);
  memory.store16(TSS + 102, 0x68); // no I/O permission map
  system(s, st.TR, TSS_SELECTOR, TSS, 0x67, 0x8b);
  system(s, st.LDTR, 0x50, LDT, 0x17, 0x82);
  cpu.stopAtRing0 = true;
}

function system(s: Int32Array, register: number, selector: number, frame: number, limit: number, attr: number): void {
  s[st.SELECTOR + register] = selector;
  s[st.BASE + register] = KERNEL + frame;
  s[st.LIMIT + register] = limit;
  s[st.ATTR + register] = attr;
}

function mapPages({ memory }: Cpu): void {
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

/** Writes the LDT of a batch and loads all segment registers. */
export function loadSetup(cpu: Cpu, { fs, gs, code16 }: Setup): void {
  const { s, memory } = cpu;
  const CODE = 4;
  const entries = [{ base: layout.code, limit: code16 ?? 0, flags: CODE }, fs, gs].map(describe);
  entries.forEach(([low, high], i) => {
    memory.store32(LDT + 8 * i, low);
    memory.store32(LDT + 8 * i + 4, high);
  });
  const { selectors } = layout;
  s[st.CPL] = 3;
  const is16 = code16 !== undefined;
  s[st.SELECTOR + st.CS] = is16 ? selectors.cs16 : selectors.cs;
  s[st.BASE + st.CS] = is16 ? layout.code : 0;
  s[st.LIMIT + st.CS] = is16 ? code16 : -1;
  s[st.ATTR + st.CS] = ((is16 ? entries[0][1] : FLAT_CODE[1]) >>> 8) & 0xf0ff;
  updateMode(cpu);
  loadSegment(cpu, st.SS, selectors.ss);
  loadSegment(cpu, st.DS, selectors.ds);
  loadSegment(cpu, st.ES, selectors.es);
  loadSegment(cpu, st.FS, selectors.fs);
  loadSegment(cpu, st.GS, selectors.gs);
}

/** The two words of the descriptor that Linux makes of a modify_ldt request (arch/x86/include/asm/desc.h, fill_ldt). */
function describe({ base, limit, flags }: Segment): readonly [low: number, high: number] {
  const type = ((~flags >> 2) & 2) | ((flags << 1) & 0xc) | 1;
  const high = (base & 0xff000000) | ((base >>> 16) & 0xff) | (limit & 0xf0000) | 0xf000 | (type << 8);
  const granular = ((flags >> 4) & 1) << 23;
  const big = (flags & 1) << 22;
  const available = ((flags >> 6) & 1) << 20;
  return [(limit & 0xffff) | (base << 16), high | granular | big | available];
}
