import type { Memory } from '../kernel/platform.ts';

/**
 * The processor as the code of a guest kernel sees it: registers and memory of the program that it is part of, with the
 * rights of the moment. Addresses are linear; an access that those rights forbid is a real fault of that program.
 */
export interface Processor extends Omit<Memory, 'size'> {
  /** General register by its number in instructions. */
  get(register: number): number;
  set(register: number, value: number): void;
  /** Reads into, and writes, all of `words` from an address on, a multiple of 4; they lie within one page. */
  loadWords(address: number, words: Int32Array): void;
  storeWords(address: number, words: Int32Array): void;
  /** Selectors of the segments in use. */
  readonly selectors: { readonly code: number; readonly data: number; readonly stack: number };
  /** In ring 1. */
  readonly inner: boolean;
  /** What RDTSC tells, in ns. */
  time(): number;
  /** FXSAVE into, and FXRSTOR from, 512 bytes: what the FPU of the process in use holds. */
  storeFpu(image: Uint8Array): void;
  loadFpu(image: Uint8Array): void;
  /** Kernels below the guest kernel that uses it: where the ledger keeps its counts. */
  depth: number;
  /** Counts `amount` of an event of `abi/events.ts`, and a system call by number, for this guest kernel. */
  count(event: number, amount: number): void;
  call(number: number): void;
  /** Adds work to the time stamp: TypeScript retires no instructions. */
  charge(cycles: number): void;
}

// General registers by number.
export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;
