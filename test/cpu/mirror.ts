/** The pages of an address space of ours, copied into a native process as it asks for them, and compared. */
import type { Machine } from '../../src/machine/machine.ts';
import { CR3, RAM } from '../../src/machine/state.ts';
import type { Stepper } from './stepper.ts';

const PAGE = 4096;
const [SYS_MUNMAP, SYS_MPROTECT, SYS_MMAP2] = [91, 125, 192];
const MAP_PRIVATE_FIXED_ANONYMOUS = 0x32;
const [READ_EXECUTE, READ_WRITE_EXECUTE] = [5, 7];
/** A page of the native process above all user code of ours, for arguments of system calls. */
const SCRATCH = 0xe0100000;

const [PRESENT, WRITABLE, USER, LARGE] = [1, 2, 4, 0x80];

interface Copy {
  writable: boolean;
  /** What both had when they were last known to be equal. */
  readonly bytes: Uint8Array;
}

export class Mirror {
  private readonly machine: Machine;
  private readonly stepper: Stepper;
  private readonly pages = new Map<number, Copy>();

  constructor(machine: Machine, stepper: Stepper) {
    this.machine = machine;
    this.stepper = stepper;
    this.map(SCRATCH, READ_WRITE_EXECUTE);
  }

  /** Copies the page of `address`, or its rights, when ours has what the process lacks; says whether anything was done. */
  supply(address: number): boolean {
    const page = address & ~(PAGE - 1);
    const entry = this.entry(page);
    if ((entry & USER) === 0) return false;
    const writable = (entry & WRITABLE) !== 0;
    const known = this.pages.get(page);
    if (known !== undefined && (known.writable || !writable)) return false;
    if (known === undefined) {
      const bytes = this.ours(entry).slice();
      this.map(page, READ_WRITE_EXECUTE);
      this.stepper.write(page, bytes);
      if (!writable) this.protect(page, false);
      this.pages.set(page, { writable, bytes });
    } else {
      this.protect(page, true);
      known.writable = true;
    }
    return true;
  }

  /** After the kernel ran: gives the process what the kernel changed in pages that it has, rights included. */
  refresh(): void {
    for (const [page, copy] of this.pages) {
      const entry = this.entry(page);
      if ((entry & USER) === 0) {
        this.stepper.call(SYS_MUNMAP, page, PAGE);
        this.pages.delete(page);
        continue;
      }
      const bytes = this.ours(entry);
      if (!equal(bytes, copy.bytes)) {
        copy.bytes.set(bytes);
        this.stepper.write(page, copy.bytes);
      }
      const writable = (entry & WRITABLE) !== 0;
      if (writable !== copy.writable) {
        this.protect(page, writable);
        copy.writable = writable;
      }
    }
  }

  /** Before the kernel runs: throws where the process has written other bytes than our processor has. */
  verify(): void {
    for (const [page, copy] of this.pages) {
      if (!copy.writable) continue;
      const ours = this.ours(this.entry(page));
      const theirs = this.stepper.read(page, PAGE);
      const at = ours.findIndex((byte, i) => byte !== theirs[i]);
      if (at >= 0) {
        const text = [ours[at], theirs[at]].map((byte) => byte.toString(16)).join(', the processor wrote ');
        throw new Error(`lockstep: memory at 0x${((page + at) >>> 0).toString(16)}: we wrote ${text}`);
      }
      copy.bytes.set(ours);
    }
  }

  /** Copies `length` bytes of ours at a linear address (within what is mirrored) into the process. */
  copy(address: number, length: number): void {
    for (let at = address; at < address + length; at++) {
      const page = at & ~(PAGE - 1);
      const known = this.pages.get(page);
      if (!known?.writable) continue;
      this.stepper.write(at >>> 0, this.ours(this.entry(page)).slice(at & (PAGE - 1), (at & (PAGE - 1)) + 1));
    }
  }

  /** Writes bytes into the process's scratch page; their address. */
  scratch(bytes: Uint8Array): number {
    this.stepper.write(SCRATCH, bytes);
    return SCRATCH;
  }

  private map(page: number, protection: number): void {
    const result = this.stepper.call(SYS_MMAP2, page, PAGE, protection, MAP_PRIVATE_FIXED_ANONYMOUS, -1, 0);
    if (result !== (page | 0)) throw new Error(`lockstep: cannot map ${page.toString(16)} natively: ${result}`);
  }

  private protect(page: number, writable: boolean): void {
    this.stepper.call(SYS_MPROTECT, page, PAGE, writable ? READ_WRITE_EXECUTE : READ_EXECUTE);
  }

  /** The page-table entry of a linear page (SDM vol. 3A, 4.3), rights of both tables combined; 0 when it is not present. */
  entry(page: number): number {
    const { memory, cpu } = this.machine;
    const directory = memory.load32((cpu.s[CR3] & ~0xfff) + ((page >>> 22) << 2));
    if ((directory & PRESENT) === 0) return 0;
    if ((directory & LARGE) !== 0) throw new Error('lockstep: a user page of 4 MiB');
    const entry = memory.load32((directory & ~0xfff) + (((page >>> 12) & 0x3ff) << 2));
    if ((entry & PRESENT) === 0) return 0;
    return (entry & ~(WRITABLE | USER)) | (entry & directory & (WRITABLE | USER));
  }

  /** Up to `length` bytes of ours at a linear address, as far as the first page that is not present. */
  peek(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const entry = this.entry((address + i) & ~(PAGE - 1));
      if ((entry & PRESENT) === 0) return bytes.subarray(0, i);
      bytes[i] = this.ours(entry)[(address + i) & (PAGE - 1)];
    }
    return bytes;
  }

  /** Our bytes behind a page-table entry; a view, not a copy. */
  private ours(entry: number): Uint8Array {
    const at = RAM + (entry & ~0xfff);
    return this.machine.memory.bytes.subarray(at, at + PAGE);
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
