/** What the processor needs in memory before the first program: descriptor tables, TSS, kernel page table. */
import type { InnerGate } from '../kernel/platform.ts';
import type { Cpu } from '../machine/cpu.ts';
import { BP, OF } from '../machine/fault.ts';
import type { Memory } from '../machine/memory.ts';
import { setCpl, setSegment, updateMode } from '../machine/segments.ts';
import * as st from '../machine/state.ts';
import * as at from './layout.ts';

/** Attributes of the flat segments, as a descriptor cache holds them (see state.ts, ATTR). */
const CODE0 = 0xc09b;
const DATA0 = 0xc093;
const CODE3 = 0xc0fb;
const DATA3 = 0xc0f3;
const CODE1 = 0xc0bb;
const DATA1 = 0xc0b3;
const TSS_BUSY = 0x008b;
/** Present, DPL 0 or 3, 32-bit interrupt gate. */
const GATE0 = 0x8e00;
const GATE3 = 0xee00;
/** The same as a trap gate, which leaves IF as it is. */
const TRAP_GATE3 = 0xef00;
/** For ring 1 and the rings within. */
const GATE1 = 0xae00;
const SUPERVISOR_PAGE = 0x103;
/** PE, MP, ET, NE, WP, AM, PG. */
const CR0 = 0x80050033 | 0;
const CR4_DE = 0x08;
const CR4_PSE = 0x10;
const CR4_PGE = 0x80;
const CR4_OSFXSR = 0x200;
const CR4_OSXMMEXCPT = 0x400;

/** Vectors that INT may name. */
const GATES: ReadonlyMap<number, number> = new Map([
  [BP, GATE3],
  [OF, GATE3],
  [at.SYSCALL_VECTOR, GATE3],
  [at.INNER_VECTOR, GATE1],
]);

/** The frames that the host kernel occupies: `first` and the three after it. */
export const KERNEL_FRAMES = 4;

/** Physical addresses of the host kernel's pages, and of the page table that maps them. */
export interface KernelPages {
  readonly tables: number;
  readonly stack: number;
  readonly pageTable: number;
}

/** Two words of a flat 4 GiB descriptor with these attributes. */
function flat(attr: number): [number, number] {
  return [0xffff, ((attr & 0xf0ff) << 8) | 0x000f0000];
}

/** The same, ending below a multiple of 4096. */
function upTo(end: number, attr: number): [number, number] {
  const [, high] = flat(attr);
  const last = (end >>> 12) - 1;
  return [last & 0xffff, (high & ~0xf0000) | (last & 0xf0000)];
}

/** Writes descriptor tables, TSS, text and the kernel's page table into frames `first` and following. */
export function writeTables(memory: Memory, first: number): KernelPages {
  const tables = first << 12;
  const pages = { tables, stack: tables + 0x1000, pageTable: tables + 0x3000 };
  memory.fill(tables, 0, KERNEL_FRAMES << 12);
  const descriptor = (selector: number, [low, high]: readonly [number, number]) => {
    memory.store32(tables + (selector & ~7), low);
    memory.store32(tables + (selector & ~7) + 4, high);
  };
  descriptor(at.KERNEL_CS, flat(CODE0));
  descriptor(at.KERNEL_DS, flat(DATA0));
  descriptor(at.USER_CS, flat(CODE3));
  descriptor(at.USER_DS, flat(DATA3));
  descriptor(at.INNER_CS, upTo(at.KERNEL_BASE, CODE1));
  descriptor(at.INNER_DS, upTo(at.KERNEL_BASE, DATA1));
  const tss = at.TSS >>> 0;
  descriptor(at.TSS_SELECTOR, [
    ((tss & 0xffff) << 16) | 0x67,
    (tss & 0xff000000) | (TSS_BUSY << 8) | ((tss >>> 16) & 0xff),
  ]);
  // SS0:ESP0, and an I/O map beyond the limit: no port is open to ring 3.
  memory.store32(tables + 0x104, at.STACK_TOP);
  memory.store32(tables + 0x108, at.KERNEL_DS);
  memory.store16(tables + 0x100 + 0x66, 0x68);
  for (let vector = 0; vector < 256; vector++) {
    const handler = at.HANDLERS + vector * 8;
    memory.store8(tables + 0x2000 + (handler - at.TEXT), 0xf4);
    memory.store32(tables + 0x800 + vector * 8, (at.KERNEL_CS << 16) | (handler & 0xffff));
    memory.store32(tables + 0x804 + vector * 8, (handler & 0xffff0000) | (GATES.get(vector) ?? GATE0));
  }
  memory.store8(tables + 0x2000 + (at.RETURN - at.TEXT), 0xcf);
  for (let page = 0; page < 3; page++)
    memory.store32(
      pages.pageTable + (((at.TABLES >>> 12) + page) & 0x3ff) * 4,
      (tables + (page << 12)) | SUPERVISOR_PAGE,
    );
  return pages;
}

/** Puts the processor into protected mode with paging, in ring 0, as a boot loader leaves it to a kernel. */
export function enterKernel(cpu: Cpu, directory: number): void {
  const s = cpu.s;
  const { features, featureBits } = cpu.model;
  s[st.GDTR_BASE] = at.GDT;
  s[st.GDTR_LIMIT] = at.GDT_ENTRIES * 8 - 1;
  s[st.IDTR_BASE] = at.IDT;
  s[st.IDTR_LIMIT] = 0x7ff;
  s[st.CR3] = directory;
  s[st.CR0] = CR0;
  s[st.CR4] =
    ((featureBits & 4) !== 0 ? CR4_DE : 0) |
    ((featureBits & 8) !== 0 ? CR4_PSE : 0) |
    ((featureBits & 0x2000) !== 0 ? CR4_PGE : 0) |
    (features.has('fxsr') ? CR4_OSFXSR : 0) |
    (features.has('sse') ? CR4_OSXMMEXCPT : 0);
  setSegment(cpu, st.CS, at.KERNEL_CS, 0, -1, CODE0);
  setSegment(cpu, st.SS, at.KERNEL_DS, 0, -1, DATA0);
  for (const seg of [st.DS, st.ES]) setSegment(cpu, seg, at.USER_DS, 0, -1, DATA3);
  for (const seg of [st.FS, st.GS, st.LDTR]) setSegment(cpu, seg, 0, 0, 0, 0);
  setSegment(cpu, st.TR, at.TSS_SELECTOR, at.TSS, 0x67, TSS_BUSY);
  setCpl(cpu, 0, 0, 0);
  s[st.ESP] = at.STACK_TOP;
  updateMode(cpu);
  cpu.paging.flush(true);
}

/** Lets int 0x80 lead to ring 1, on a stack there, or (no gate) to the host kernel. */
export function setGate(memory: Memory, { tables }: KernelPages, gate: InnerGate | undefined): void {
  const [selector, entry] = gate ? [at.INNER_CS, gate.entry] : [at.KERNEL_CS, at.HANDLERS + at.SYSCALL_VECTOR * 8];
  const slot = tables + 0x800 + at.SYSCALL_VECTOR * 8;
  memory.store32(slot, (selector << 16) | (entry & 0xffff));
  memory.store32(slot + 4, (entry & 0xffff0000) | (gate ? TRAP_GATE3 : GATE3));
  memory.store32(tables + 0x10c, gate ? gate.stack : 0);
  memory.store32(tables + 0x110, gate ? at.INNER_DS : 0);
}
