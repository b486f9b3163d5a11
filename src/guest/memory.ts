import type { Memory } from '../kernel/platform.ts';
import type { Processor } from './processor.ts';

/** A guest kernel's physical memory: a file of the kernel below that is mapped at `base`. */
export class GuestMemory implements Memory {
  readonly size: number;
  /** Linear address of its first byte. */
  readonly base: number;
  readonly #processor: Processor;

  constructor(processor: Processor, base: number, size: number) {
    this.#processor = processor;
    this.base = base;
    this.size = size;
  }

  load8(address: number): number {
    return this.#processor.load8((this.base + address) | 0);
  }
  load16(address: number): number {
    return this.#processor.load16((this.base + address) | 0);
  }
  load32(address: number): number {
    return this.#processor.load32((this.base + address) | 0);
  }
  store8(address: number, value: number): void {
    this.#processor.store8((this.base + address) | 0, value);
  }
  store16(address: number, value: number): void {
    this.#processor.store16((this.base + address) | 0, value);
  }
  store32(address: number, value: number): void {
    this.#processor.store32((this.base + address) | 0, value);
  }
  /** All of `words` from an address on, a multiple of 4; they lie within one page. */
  loadWords(address: number, words: Int32Array): void {
    this.#processor.loadWords((this.base + address) | 0, words);
  }
  storeWords(address: number, words: Int32Array): void {
    this.#processor.storeWords((this.base + address) | 0, words);
  }
  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#processor.read((this.base + address) | 0, into, offset, length);
  }
  peek(address: number, into: Uint8Array, offset: number, length: number): void {
    this.#processor.peek((this.base + address) | 0, into, offset, length);
  }
  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.#processor.write((this.base + address) | 0, from, offset, length);
  }
  fill(address: number, value: number, length: number): void {
    this.#processor.fill((this.base + address) | 0, value, length);
  }
  copy(to: number, from: number, length: number): void {
    this.#processor.copy((this.base + to) | 0, (this.base + from) | 0, length);
  }
}
