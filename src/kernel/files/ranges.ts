import type { Memory } from '../platform.ts';
import type { Ranges } from '../services.ts';

/** Bytes that the ranges hold together. */
export function lengthOf(ranges: Ranges): number {
  let length = 0;
  for (let i = 1; i < ranges.length; i += 2) length += ranges[i];
  return length;
}

/** Walks through ranges piece by piece; a piece is the longest physically contiguous run up to a wanted length. */
export class Cursor {
  readonly #ranges: Ranges;
  #index = 0;
  #offset = 0;
  /** Address and length of the piece that `next` found. */
  address = 0;
  length = 0;

  constructor(ranges: Ranges) {
    this.#ranges = ranges;
  }

  /** The next piece of at most `most` bytes; false at the end. */
  next(most: number): boolean {
    const ranges = this.#ranges;
    while (this.#index < ranges.length) {
      const left = ranges[this.#index + 1] - this.#offset;
      if (left > 0) {
        this.address = ranges[this.#index] + this.#offset;
        this.length = Math.min(left, most);
        this.#offset += this.length;
        return true;
      }
      this.#index += 2;
      this.#offset = 0;
    }
    return false;
  }
}

/** Copies bytes into ranges; returns how many fitted. */
export function scatter(memory: Memory, ranges: Ranges, bytes: Uint8Array): number {
  const cursor = new Cursor(ranges);
  let done = 0;
  while (done < bytes.length && cursor.next(bytes.length - done)) {
    memory.write(cursor.address, bytes, done, cursor.length);
    done += cursor.length;
  }
  return done;
}

/** A copy of the bytes that the ranges hold, at most `most`. */
export function gather(memory: Memory, ranges: Ranges, most = lengthOf(ranges)): Uint8Array {
  const bytes = new Uint8Array(Math.min(most, lengthOf(ranges)));
  const cursor = new Cursor(ranges);
  let done = 0;
  while (done < bytes.length && cursor.next(bytes.length - done)) {
    memory.read(cursor.address, bytes, done, cursor.length);
    done += cursor.length;
  }
  return bytes;
}

/** Sets all bytes of the ranges. */
export function fillRanges(memory: Memory, ranges: Ranges, value: number): number {
  let done = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    memory.fill(ranges[i], value, ranges[i + 1]);
    done += ranges[i + 1];
  }
  return done;
}
