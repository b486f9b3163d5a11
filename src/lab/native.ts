/** Guest kernels on the machine: their image, and the processor as they see it. */
import { type GuestParts, signal, start } from '../guest/entry.ts';
import { codePage, STUBS } from '../guest/image.ts';
import type { Processor } from '../guest/processor.ts';
import { FPU_FIRST, FPU_WORDS, fromImage, toImage } from '../host/fpu.ts';
import { EVENTS } from '../machine/ledger.ts';
import type { Machine } from '../machine/machine.ts';
import type { Routine } from '../machine/native.ts';
import { READ, WRITE } from '../machine/paging.ts';
import * as st from '../machine/state.ts';

/** Lets the machine execute guest kernels: every page with the bytes of their image is one. */
export function installGuests(machine: Machine, parts: GuestParts, time: () => number): void {
  const page = (): number => machine.cpu.s[st.CODE_BASE];
  // Whoever is interrupted: only a word is changed.
  const handler = new NativeProcessor(machine, time);
  const stubs = new Map<number, Routine | 'resume'>([
    [STUBS.start, () => start(new NativeProcessor(machine, time), page(), parts)],
    [STUBS.signal, () => signal(handler)],
    ...STUBS.resume.map((offset): [number, 'resume'] => [offset, 'resume']),
  ]);
  machine.natives.know(codePage(), stubs);
}

/** The processor as one guest kernel sees it. */
class NativeProcessor implements Processor {
  depth = 1;
  readonly #machine: Machine;
  readonly time: () => number;

  constructor(machine: Machine, time: () => number) {
    this.#machine = machine;
    this.time = time;
  }

  get selectors(): Processor['selectors'] {
    const { s } = this.#machine.cpu;
    return { code: s[st.SELECTOR + st.CS], data: s[st.SELECTOR + st.DS], stack: s[st.SELECTOR + st.SS] };
  }

  get inner(): boolean {
    return this.#machine.cpu.s[st.CPL] === 1;
  }

  get(register: number): number {
    return this.#machine.cpu.s[st.EAX + register];
  }
  set(register: number, value: number): void {
    this.#machine.cpu.s[st.EAX + register] = value;
  }
  storeFpu(image: Uint8Array): void {
    const { s, model } = this.#machine.cpu;
    toImage(s.subarray(FPU_FIRST, FPU_FIRST + FPU_WORDS), image, model.features.has('sse'));
  }
  loadFpu(image: Uint8Array): void {
    const { s, model } = this.#machine.cpu;
    fromImage(image, s.subarray(FPU_FIRST, FPU_FIRST + FPU_WORDS), model.features.has('sse'));
  }
  load8(address: number): number {
    return this.#machine.cpu.load8(st.DS, address);
  }
  load16(address: number): number {
    return this.#machine.cpu.load16(st.DS, address);
  }
  load32(address: number): number {
    return this.#machine.cpu.load32(st.DS, address);
  }
  store8(address: number, value: number): void {
    this.#machine.cpu.store8(st.DS, address, value);
  }
  store16(address: number, value: number): void {
    this.#machine.cpu.store16(st.DS, address, value);
  }
  store32(address: number, value: number): void {
    this.#machine.cpu.store32(st.DS, address, value);
  }

  loadWords(address: number, words: Int32Array): void {
    const { s } = this.#machine.cpu;
    const at = (st.RAM + this.#physical(address, words.length * 4, false)) >>> 2;
    for (let n = 0; n < words.length; n++) words[n] = s[at + n];
  }

  storeWords(address: number, words: Int32Array): void {
    const { memory } = this.#machine;
    const at = this.#physical(address, words.length * 4, true);
    for (let n = 0; n < words.length; n++) memory.store32(at + n * 4, words[n]);
  }

  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.peek(address, into, offset, length);
    this.count(EVENTS.bytesCopied, length);
  }

  peek(address: number, into: Uint8Array, offset: number, length: number): void {
    const { memory } = this.#machine;
    for (let done = 0; done < length; ) {
      const count = Math.min(length - done, 4096 - ((address + done) & 0xfff));
      memory.peek(this.#physical(address + done, count, false), into, offset + done, count);
      done += count;
    }
  }

  write(address: number, from: Uint8Array, offset: number, length: number): void {
    const { memory } = this.#machine;
    for (let done = 0; done < length; ) {
      const count = Math.min(length - done, 4096 - ((address + done) & 0xfff));
      memory.poke(this.#physical(address + done, count, true), from, offset + done, count);
      done += count;
    }
    this.count(EVENTS.bytesCopied, length);
  }

  fill(address: number, value: number, length: number): void {
    const { memory } = this.#machine;
    for (let done = 0; done < length; ) {
      const count = Math.min(length - done, 4096 - ((address + done) & 0xfff));
      memory.fill(this.#physical(address + done, count, true), value, count);
      done += count;
    }
  }

  copy(to: number, from: number, length: number): void {
    const { memory } = this.#machine;
    for (let done = 0; done < length; ) {
      const room = Math.min(4096 - ((to + done) & 0xfff), 4096 - ((from + done) & 0xfff));
      const count = Math.min(length - done, room);
      const source = this.#physical(from + done, count, false);
      memory.move(this.#physical(to + done, count, true), source, count);
      done += count;
    }
    this.count(EVENTS.bytesCopied, length);
  }

  count(event: number, amount: number): void {
    this.#machine.ledger.add(event, amount, this.depth);
  }
  call(number: number): void {
    this.#machine.ledger.call(number, this.depth);
  }

  charge(cycles: number): void {
    this.#machine.cpu.charged += cycles;
  }

  /** Physical address of `length` bytes within one page, after the checks of segment and page. */
  #physical(address: number, length: number, write: boolean): number {
    const { cpu } = this.#machine;
    const linear = cpu.linear(st.DS, address | 0, length, write);
    return cpu.paging.locate(linear, write ? WRITE : READ) - st.RAM;
  }
}
