import { EFAULT, ENAMETOOLONG } from '../../abi/errno.ts';
import type { User } from '../call.ts';
import { PATH_MAX, RANGES_MAX } from '../call.ts';
import type { Kernel, Memory } from '../platform.ts';
import type { Ranges } from '../services.ts';
import { isOuter } from '../tasks/rings.ts';
import { PAGE } from './frames.ts';
import { FRAME_SHIFT, READ, WRITE } from './pages.ts';
import type { AddressSpace } from './space.ts';
import { MUSTWAIT, NOFRAME, OK } from './space.ts';

/** A task's view of its own memory. */
export class UserMemory implements User {
  readonly #memory: Memory;
  readonly #regs: Int32Array | undefined;
  /** Changes with exec. */
  space: AddressSpace;
  /** The page that the last -EFAULT could have waited for, or -1; the dispatcher brings it and runs the call again. */
  missing = -1;
  missingWrite = false;
  /** An access failed because memory is exhausted. */
  exhausted = false;

  /** `regs` of the task: what pages of inner rings are to it depends on its own. */
  constructor(memory: Memory, space: AddressSpace, regs?: Int32Array) {
    this.#memory = memory;
    this.space = space;
    this.#regs = regs;
  }

  readable(address: number, length: number): number {
    return this.#check(address >>> 0, length, false);
  }

  writable(address: number, length: number): number {
    return this.#check(address >>> 0, length, true);
  }

  load8(address: number): number {
    return this.#memory.load8(this.#physical(address));
  }

  load16(address: number): number {
    if ((address & 4095) === 4095) return this.load8(address) | (this.load8(address + 1) << 8);
    return this.#memory.load16(this.#physical(address));
  }

  load32(address: number): number {
    if ((address & 4095) <= 4092) return this.#memory.load32(this.#physical(address));
    return this.load16(address) | (this.load16(address + 2) << 16);
  }

  store8(address: number, value: number): void {
    this.#memory.store8(this.#physical(address), value);
  }

  store16(address: number, value: number): void {
    if ((address & 4095) === 4095) {
      this.store8(address, value);
      this.store8(address + 1, value >> 8);
    } else this.#memory.store16(this.#physical(address), value);
  }

  store32(address: number, value: number): void {
    if ((address & 4095) <= 4092) this.#memory.store32(this.#physical(address), value);
    else {
      this.store16(address, value);
      this.store16(address + 2, value >> 16);
    }
  }

  bytes(address: number, length: number): Uint8Array | number {
    if (this.#check(address >>> 0, length, false) < 0) return -EFAULT;
    const bytes = new Uint8Array(length);
    this.#transfer(address >>> 0, bytes, false);
    return bytes;
  }

  read(address: number, into: Uint8Array): number {
    if (this.#check(address >>> 0, into.length, false) < 0) return -EFAULT;
    this.#transfer(address >>> 0, into, false);
    return 0;
  }

  write(address: number, bytes: Uint8Array): number {
    if (this.#check(address >>> 0, bytes.length, true) < 0) return -EFAULT;
    this.#transfer(address >>> 0, bytes, true);
    return 0;
  }

  string(address: number, limit = PATH_MAX): string | number {
    let text = '';
    let at = address >>> 0;
    for (let left = limit; left > 0; ) {
      if (this.#check(at, 1, false) < 0) return -EFAULT;
      const physical = this.#physical(at);
      const room = Math.min(left, PAGE - (at & 4095));
      for (let n = 0; n < room; n++) {
        const code = this.#memory.load8(physical + n);
        if (code === 0) return text;
        text += String.fromCharCode(code);
      }
      left -= room;
      at += room;
    }
    return -ENAMETOOLONG;
  }

  ranges(address: number, length: number, write: boolean): Ranges | number {
    let at = address >>> 0;
    let left = Math.min(length >>> 0, RANGES_MAX);
    // Most buffers lie in one page.
    if (left > 0 && (at & 4095) + left <= PAGE) {
      return this.#check(at, 1, write) < 0 ? -EFAULT : [this.#physical(at), left];
    }
    const ranges: number[] = [];
    while (left > 0) {
      if (this.#check(at, 1, write) < 0) {
        if (ranges.length === 0 || this.missing >= 0) return -EFAULT;
        return ranges;
      }
      const physical = this.#physical(at);
      const count = Math.min(left, PAGE - (at & 4095));
      const last = ranges.length - 2;
      if (last >= 0 && ranges[last] + ranges[last + 1] === physical) ranges[last + 1] += count;
      else ranges.push(physical, count);
      at += count;
      left -= count;
    }
    return ranges;
  }

  *bring(address: number, length: number, write: boolean): Kernel<number> {
    const first = address >>> 0;
    const end = first + Math.min(length >>> 0, RANGES_MAX);
    const needed = write ? WRITE | READ : READ;
    this.missing = -1;
    for (let at = first; at < end; at = (Math.floor(at / PAGE) + 1) * PAGE) {
      if (this.#forbids(at >>> 12, at >>> 12)) return at - first;
      // What is there already is not mapped anew: that is a call of the kernel below.
      if ((this.space.pages.get(at >>> 12) & needed) === needed) continue;
      const outcome = yield* this.space.bring(Math.floor(at / PAGE), write);
      if (outcome === NOFRAME) this.exhausted = true;
      if (outcome !== OK) return at - first;
    }
    return end - first;
  }

  /** Reads what is mapped, shorter where it is not; never brings pages in (for observers). */
  peek(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    for (let at = address >>> 0; done < length; ) {
      const entry = at < this.space.pool.platform.top ? this.space.pages.get(at >>> 12) : 0;
      if (!(entry & READ)) break;
      const count = Math.min(length - done, PAGE - (at & 4095));
      this.#memory.peek((entry >>> FRAME_SHIFT) * PAGE + (at & 4095), bytes, done, count);
      done += count;
      at += count;
    }
    return bytes.subarray(0, done);
  }

  /** Whether one of these pages belongs to inner rings and the task is not in one. */
  #forbids(first: number, last: number): boolean {
    const { inner } = this.space;
    if (last < inner[0] || first >= inner[1]) return false;
    return this.#regs === undefined || isOuter(this.#regs);
  }

  #physical(address: number): number {
    return (this.space.pages.get(address >>> 12) >>> FRAME_SHIFT) * PAGE + (address & 4095);
  }

  #check(address: number, length: number, write: boolean): number {
    if (length <= 0) return 0;
    const last = address + length - 1;
    if (last >= 0x1_0000_0000) return -EFAULT;
    const needed = write ? WRITE | READ : READ;
    if (this.#forbids(address >>> 12, last >>> 12)) return -EFAULT;
    for (let page = address >>> 12; page <= last >>> 12; page++) {
      if ((this.space.pages.get(page) & needed) === needed) continue;
      const outcome = this.space.touch(page, write);
      if (outcome === OK) continue;
      if (outcome === MUSTWAIT) {
        this.missing = page;
        this.missingWrite = write;
      } else if (outcome === NOFRAME) this.exhausted = true;
      return -EFAULT;
    }
    return 0;
  }

  /** Copies between user memory that has been checked and `bytes`. */
  #transfer(address: number, bytes: Uint8Array, write: boolean): void {
    for (let done = 0; done < bytes.length; ) {
      const count = Math.min(bytes.length - done, PAGE - ((address + done) & 4095));
      const physical = this.#physical(address + done);
      if (write) this.#memory.write(physical, bytes, done, count);
      else this.#memory.read(physical, bytes, done, count);
      done += count;
    }
  }
}
