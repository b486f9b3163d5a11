/**
 * The processor as the code of a guest kernel sees it: registers and memory of the program that it is part of, with the
 * rights of the moment. An access that those rights forbid is a real fault of that program.
 */
export interface Processor {
  /** General register by its number in instructions. */
  get(register: number): number;
  set(register: number, value: number): void;
  /** Selectors of the code and data segments in use. */
  readonly selectors: { readonly code: number; readonly data: number };
  load8(address: number): number;
  load16(address: number): number;
  /** Signed. */
  load32(address: number): number;
  store8(address: number, value: number): void;
  store16(address: number, value: number): void;
  store32(address: number, value: number): void;
  /** Copies `length` bytes at `address` into `into` at `offset`. */
  read(address: number, into: Uint8Array, offset: number, length: number): void;
  /** As `read`, but not counted: for observers. */
  peek(address: number, into: Uint8Array, offset: number, length: number): void;
  write(address: number, from: Uint8Array, offset: number, length: number): void;
  fill(address: number, value: number, length: number): void;
  copy(to: number, from: number, length: number): void;
  /** What RDTSC tells, in ns. */
  time(): number;
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
