/** Physical memory, and the state words in front of it: one WebAssembly memory that every tier shares. */
import { RAM, TLB, TLB_EMPTY, TLB_WORDS } from './state.ts';

const PAGE = 4096;
const WASM_PAGE = 65536;
/** Fewer bytes are copied one by one: cheaper than a view of them. */
const SHORT = 96;

/** Told that `length` bytes at a physical address changed in a frame that holds decoded code. */
export type CodeWritten = (address: number, length: number) => void;

export class Memory {
  readonly wasm: WebAssembly.Memory;
  /** The whole memory (state first, RAM at byte `RAM`) as words, bytes and unaligned values. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes of physical memory. */
  readonly size: number;
  /** 1 for a frame that holds decoded code: stores to it must tell `codeWritten`. */
  readonly hasCode: Uint8Array;
  codeWritten: CodeWritten = () => {};
  /** 1 for a frame that is the home of native work: to be told when a kernel makes it another page. */
  readonly isHome: Uint8Array;
  homeLost: (frame: number) => void = () => {};
  /** Told of every bulk copy: the choke point of bytes copied. */
  copied: (bytes: number) => void = () => {};

  /** A machine's memory of `size` bytes, a multiple of 64 KiB. Throws RangeError when that is more than the host gives. */
  constructor(size: number) {
    if (size <= 0 || size % WASM_PAGE !== 0) throw new RangeError(`memory size ${size} is no multiple of 64 KiB`);
    const pages = (size + RAM) / WASM_PAGE;
    this.wasm = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.words = new Int32Array(this.wasm.buffer);
    this.bytes = new Uint8Array(this.wasm.buffer);
    this.view = new DataView(this.wasm.buffer);
    this.size = size;
    this.hasCode = new Uint8Array(size / PAGE);
    this.isHome = new Uint8Array(size / PAGE);
    for (let i = 0; i < TLB_WORDS; i += 2) this.words[TLB + i] = TLB_EMPTY;
  }

  load8(address: number): number {
    return this.bytes[RAM + address];
  }
  load16(address: number): number {
    return this.view.getUint16(RAM + address, true);
  }
  /** Signed. */
  load32(address: number): number {
    return this.view.getInt32(RAM + address, true);
  }
  store8(address: number, value: number): void {
    this.bytes[RAM + address] = value;
    this.wrote(address, 1);
  }
  store16(address: number, value: number): void {
    this.view.setInt16(RAM + address, value, true);
    this.wrote(address, 2);
  }
  store32(address: number, value: number): void {
    this.view.setInt32(RAM + address, value, true);
    this.wrote(address, 4);
  }

  /** Copies `length` bytes at `address` into `into` at `offset`. */
  read(address: number, into: Uint8Array, offset: number, length: number): void {
    this.copied(length);
    this.peek(address, into, offset, length);
  }

  /** As `read`, but not counted: for observers. */
  peek(address: number, into: Uint8Array, offset: number, length: number): void {
    const from = RAM + address;
    if (length < SHORT) for (let i = 0; i < length; i++) into[offset + i] = this.bytes[from + i];
    else into.set(this.bytes.subarray(from, from + length), offset);
  }

  /** Copies `length` bytes of `from` at `offset` to `address`. */
  write(address: number, from: Uint8Array, offset: number, length: number): void {
    this.copied(length);
    this.poke(address, from, offset, length);
  }

  /** As `write`, but not counted: for a guest kernel, which counts for itself. */
  poke(address: number, from: Uint8Array, offset: number, length: number): void {
    const to = RAM + address;
    if (length < SHORT) for (let i = 0; i < length; i++) this.bytes[to + i] = from[offset + i];
    else if (length === from.length) this.bytes.set(from, to);
    else this.bytes.set(from.subarray(offset, offset + length), to);
    this.touched(address, length);
  }

  fill(address: number, value: number, length: number): void {
    this.bytes.fill(value, RAM + address, RAM + address + length);
    this.touched(address, length);
  }

  copy(to: number, from: number, length: number): void {
    this.copied(length);
    this.move(to, from, length);
  }

  /** As `copy`, but not counted. */
  move(to: number, from: number, length: number): void {
    this.bytes.copyWithin(RAM + to, RAM + from, RAM + from + length);
    this.touched(to, length);
  }

  /** As `touched` for a few bytes, which are no page. */
  private wrote(address: number, length: number): void {
    const { hasCode } = this;
    if (hasCode[address >>> 12] !== 0 || hasCode[(address + length - 1) >>> 12] !== 0) this.touched(address, length);
  }

  /** Drops decoded code that lies in a range just written, and work whose home was written over as a whole. */
  private touched(address: number, length: number): void {
    if (length === 0) return;
    const last = (address + length - 1) >>> 12;
    for (let frame = address >>> 12; frame <= last; frame++) {
      if (this.isHome[frame] !== 0 && address <= frame * PAGE && address + length >= (frame + 1) * PAGE)
        this.homeLost(frame);
      if (this.hasCode[frame] !== 0) {
        const start = Math.max(address, frame * PAGE);
        this.codeWritten(start, Math.min(address + length, (frame + 1) * PAGE) - start);
      }
    }
  }
}
