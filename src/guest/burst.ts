import type { Below } from '../kernel/platform.ts';
import { GATE_LIST, GATE_STACK } from './image.ts';
import type { GuestMemory } from './memory.ts';

/** A call of the kernel below in a list: EAX, EBX, ECX, EDX, ESI, EDI, EBP. */
export type Record = readonly [number, number, number, number, number, number, number];

const WORDS = 7;
/** Calls that fit into the gate page, with the end of the list. */
export const RECORDS_MOST = Math.floor((GATE_STACK - GATE_LIST - 8) / (WORDS * 4));

/** A record with zeros where nothing is given. */
export function record(number: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): Record {
  return [number, a, b, c, d, e, f];
}

/** Writes a list of calls to physical memory, with its end: the linear address of the kernel page. */
export function writeList(memory: GuestMemory, at: number, records: readonly Record[]): void {
  for (const words of records) {
    for (let n = 0; n < WORDS; n++, at += 4) memory.store32(at, words[n]);
  }
  memory.store32(at, 0);
  memory.store32(at + 4, memory.base);
}

/** Calls of the kernel below, made one after the other by real code with nothing of the kernel's own in between. */
export class Burst implements Below {
  readonly kind = 'below';
  readonly #memory: GuestMemory;
  readonly #gate: () => number;

  /** `gate`: physical address of the gate page of the process that runs. */
  constructor(memory: GuestMemory, gate: () => number) {
    this.#memory = memory;
    this.#gate = gate;
  }

  /** Linear address of the kernel page. */
  get kernelPage(): number {
    return this.#memory.base;
  }

  /** Makes these the calls to yield: at most RECORDS_MOST. */
  of(records: readonly Record[]): this {
    if (records.length > RECORDS_MOST) throw new Error(`guest: a list of ${records.length} calls`);
    writeList(this.#memory, this.#gate() + GATE_LIST, records);
    return this;
  }
}
