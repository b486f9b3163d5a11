/** The LDT of an address space: descriptors in frames of its own, seen at LDT (layout.ts) while the space runs. */
import type { Frames } from '../kernel/memory/frames.ts';
import type { Cpu } from '../machine/cpu.ts';
import type { Memory } from '../machine/memory.ts';
import { setNull, setSegment } from '../machine/segments.ts';
import { LDTR } from '../machine/state.ts';
import { LDT, LDT_SELECTOR } from './layout.ts';
import { bounded, type Half } from './limit.ts';
import type { KernelPages } from './tables.ts';

/** Present, writable, for supervisors; not global, so that a change of CR3 drops it. */
const PAGE = 0x003;
/** A present LDT descriptor, DPL 0 (SDM 3A, 3.5). */
const LDT_ATTR = 0x0082;
const PER_FRAME = 512;

/** One state of a table; a change makes a new one of it. */
export interface LocalTable {
  /** Frames that hold it, in order. */
  readonly frames: readonly number[];
  /** Descriptors that its limit covers. */
  readonly count: number;
}

/** A table with one descriptor set; undefined when no frame is left. */
export function withDescriptor(
  memory: Memory,
  frames: Frames,
  table: LocalTable | undefined,
  entry: number,
  low: number,
  high: number,
): LocalTable | undefined {
  const held = [...(table?.frames ?? [])];
  while (held.length * PER_FRAME <= entry) {
    const frame = frames.allocate();
    if (frame < 0) {
      for (const fresh of held.slice(table?.frames.length ?? 0)) frames.release(fresh);
      return undefined;
    }
    memory.fill(frame << 12, 0, 4096);
    held.push(frame);
  }
  const at = (held[Math.floor(entry / PER_FRAME)] << 12) + (entry % PER_FRAME) * 8;
  memory.store32(at, low);
  memory.store32(at + 4, high);
  return { frames: held, count: Math.max(entry + 1, table?.count ?? 0) };
}

/** A table of what a limit leaves of the descriptors; undefined when no frame is left. */
export function limitedTable(
  memory: Memory,
  frames: Frames,
  table: LocalTable,
  last: number,
  half: Half,
): { readonly table: LocalTable; readonly split: boolean } | undefined {
  const held: number[] = [];
  let split = false;
  for (const source of table.frames) {
    const frame = frames.allocate();
    if (frame < 0) {
      for (const fresh of held) frames.release(fresh);
      return undefined;
    }
    held.push(frame);
    for (let at = 0; at < 4096; at += 8) {
      const from = (source << 12) + at;
      const part = bounded(memory.load32(from), memory.load32(from + 4), last, half);
      memory.store32((frame << 12) + at, part.low);
      memory.store32((frame << 12) + at + 4, part.high);
      split ||= part.split;
    }
  }
  return { table: { frames: held, count: table.count }, split };
}

/** Makes a table the processor's, as LLDT does; undefined for none. */
export function loadTable(cpu: Cpu, memory: Memory, pages: KernelPages, table: LocalTable | undefined): void {
  if (!table) {
    setNull(cpu, LDTR, 0);
    return;
  }
  for (const [n, frame] of table.frames.entries()) {
    memory.store32(pages.pageTable + ((LDT >>> 12) & 0x3ff) * 4 + n * 4, (frame << 12) | PAGE);
    cpu.paging.invalidate(LDT + (n << 12));
  }
  const base = LDT >>> 0;
  const limit = table.count * 8 - 1;
  const descriptor = pages.tables + (LDT_SELECTOR & ~7);
  memory.store32(descriptor, ((base & 0xffff) << 16) | limit);
  memory.store32(descriptor + 4, (base & 0xff000000) | (LDT_ATTR << 8) | ((base >>> 16) & 0xff));
  setSegment(cpu, LDTR, LDT_SELECTOR, LDT, limit, LDT_ATTR);
}
