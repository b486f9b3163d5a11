/** The registers of a task as they lie in a TSS of either format (SDM 3A, figures 7-2 and 7-10). */
import type { Cpu } from '../cpu.ts';
import { EAX, SELECTOR } from '../state.ts';
import { readSystem16, readSystem32, writeSystem } from './supervisor.ts';

/** Where the fields of a TSS lie, in bytes. */
interface Format {
  /** Bytes of a general register. */
  readonly size: 2 | 4;
  /** Least limit of the descriptor. */
  readonly limit: number;
  readonly cr3: number;
  readonly eip: number;
  readonly eflags: number;
  /** EAX, the others following in ModRM order. */
  readonly registers: number;
  /** ES, the others following in encoding order. */
  readonly segments: number;
  readonly segmentCount: number;
  readonly ldt: number;
  /** The word with the T bit, or -1. */
  readonly trap: number;
}

const TSS16: Format = {
  size: 2,
  limit: 0x2b,
  cr3: -1,
  eip: 14,
  eflags: 16,
  registers: 18,
  segments: 34,
  segmentCount: 4,
  ldt: 42,
  trap: -1,
};
const TSS32: Format = {
  size: 4,
  limit: 0x67,
  cr3: 28,
  eip: 32,
  eflags: 36,
  registers: 40,
  segments: 72,
  segmentCount: 6,
  ldt: 96,
  trap: 100,
};

/** What a task switch loads. */
export interface TaskState {
  /** CR3, or undefined where the format has none. */
  readonly cr3: number | undefined;
  readonly eip: number;
  readonly eflags: number;
  /** EAX .. EDI. */
  readonly registers: readonly number[];
  /** Selectors of ES, CS, SS, DS, FS, GS. */
  readonly segments: readonly number[];
  readonly ldt: number;
  readonly trap: boolean;
}

/** The format that a TSS descriptor's type or attributes name. */
export function tssFormat(type: number): Format {
  return (type & 8) !== 0 ? TSS32 : TSS16;
}

/** Reads a task's state from the TSS at a linear address. */
export function readTask(cpu: Cpu, base: number, format: Format): TaskState {
  const read = (at: number) =>
    format.size === 4 ? readSystem32(cpu, (base + at) | 0) : readSystem16(cpu, (base + at) | 0);
  // A 16-bit TSS says nothing of the high halves: processors fill them with ones.
  const high = format.size === 4 ? 0 : 0xffff0000;
  const registers = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => read(format.registers + n * format.size) | high);
  const segments = [0, 1, 2, 3, 4, 5].map((n) =>
    n < format.segmentCount ? readSystem16(cpu, (base + format.segments + n * format.size) | 0) : 0,
  );
  return {
    cr3: format.cr3 < 0 ? undefined : read(format.cr3),
    eip: read(format.eip),
    eflags: read(format.eflags),
    registers,
    segments,
    ldt: readSystem16(cpu, (base + format.ldt) | 0),
    trap: format.trap >= 0 && (readSystem16(cpu, (base + format.trap) | 0) & 1) !== 0,
  };
}

/** Writes the running task's state into the TSS at a linear address. */
export function writeTask(cpu: Cpu, base: number, format: Format, eip: number, eflags: number): void {
  const s = cpu.s;
  const { size } = format;
  const write = (at: number, value: number, bytes: number) => writeSystem(cpu, (base + at) | 0, value, bytes);
  write(format.eip, eip, size);
  write(format.eflags, eflags, size);
  for (let n = 0; n < 8; n++) write(format.registers + n * size, s[EAX + n], size);
  for (let n = 0; n < format.segmentCount; n++) write(format.segments + n * size, s[SELECTOR + n], 2);
}
