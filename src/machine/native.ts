/**
 * Native routines: kernel code written in TypeScript that lives at an address.
 *
 * An image is a page of real code. A stub in it is the reserved opcode UD1; fetching it is checked like any fetch
 * (page, ring, segment limit), and executing it calls the routine registered for that place. The routine reads and
 * writes registers and memory through the processor with the rights of the moment, and leaves by naming the real
 * instruction of its image that comes next. A routine that must wait is work: it yields such an instruction, and goes
 * on when control comes back to a stub of the same frame with the handle that it was given in EBP, by somebody who can
 * write to the page that is the work's home. When a kernel clears that page for somebody else the work is forgotten.
 *
 * A frame is an image when it was installed as one, or while its bytes are those of a known image: a kernel that is
 * loaded from a file is its bytes, wherever and at whatever depth they were loaded. Everywhere else UD1 is #UD: at
 * another offset, or once the frame was written.
 */
import type { Cpu } from './cpu.ts';
import { UD } from './fault.ts';
import type { Insn } from './insn.ts';
import { EVENTS } from './ledger.ts';
import { WRITE } from './paging.ts';
import { CODE_BASE, EBP, EIP, RAM } from './state.ts';

/** Length of a stub in bytes: UD1 EAX, [number]. */
export const STUB_LENGTH = 7;

/** The bytes of the stub for routine `number`. */
export function stub(number: number): number[] {
  return [0x0f, 0xb9, 0x05, number & 255, (number >> 8) & 255, (number >> 16) & 255, number >>> 24];
}

/** How a routine leaves: the offset in its image of the next instruction to execute. */
export type Exit = number;

/** A routine's work in progress: yields the instruction with which it waits, returns the one with which it leaves. */
export type Continuation = Iterator<Exit, Exit, void>;

/** A routine that waits. */
export interface Work {
  /**
   * Linear address of a page that only its kernel can write: the work goes on only where this is still the same frame
   * and writable. The steps may change it.
   */
  home: number;
  readonly steps: Continuation;
}

/** A routine: runs to its end, or starts work. Faults of its memory accesses are real faults at the stub. */
export type Routine = (cpu: Cpu) => Exit | Work;

/** Offset in the image of a stub, and what it calls; 'resume' continues the generator whose handle is in EBP. */
export type Stubs = ReadonlyMap<number, Routine | 'resume'>;

/** Work that waits with this handle, 0 while it does not, and the frame of its home. */
interface Waiting {
  handle: number;
  readonly work: Work;
  frame: number;
}

interface Image {
  readonly stubs: Stubs;
  /** The one that went on last comes first. */
  readonly waiting: Waiting[];
}

/** A page of code that is an image wherever it lies. */
interface Known {
  readonly bytes: Uint8Array;
  readonly stubs: Stubs;
}

export class Natives {
  private readonly cpu: Cpu;
  private readonly images = new Map<number, Image>();
  private readonly known: Known[] = [];
  private nextHandle = 1;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
    cpu.memory.homeLost = (frame) => this.abandon(frame);
  }

  /** Makes a frame an image: its bytes are in place already and must contain the stubs that `stubs` names. */
  install(frame: number, stubs: Stubs): void {
    for (const offset of stubs.keys()) {
      const at = RAM + frame * 4096 + offset;
      if (offset < 0 || offset + STUB_LENGTH > 4096 || this.cpu.u8[at] !== 0x0f || this.cpu.u8[at + 1] !== 0xb9) {
        throw new Error(`native image in frame ${frame}: no stub at offset ${offset}`);
      }
    }
    this.cpu.code.protect(frame);
    this.images.set(frame, { stubs, waiting: [] });
  }

  /** Makes every frame with these 4096 bytes an image, from its first stub on that is executed there. */
  know(bytes: Uint8Array, stubs: Stubs): void {
    if (bytes.length !== 4096) throw new Error(`native image of ${bytes.length} bytes: it must be one page`);
    this.known.push({ bytes, stubs });
  }

  /** The image in a frame, if its bytes are known. */
  private recognize(frame: number): Image | undefined {
    const start = RAM + frame * 4096;
    const known = this.known.find(({ bytes }) => bytes.every((byte, at) => this.cpu.u8[start + at] === byte));
    if (known === undefined) return undefined;
    this.install(frame, known.stubs);
    return this.images.get(frame);
  }

  /** Makes a frame ordinary again: unloading, or a store into it. Its waiting routines never go on. */
  remove(frame: number): void {
    this.images.delete(frame);
  }

  /** A kernel has made a frame another page: the work at home there belongs to a program that is no more. */
  private abandon(frame: number): void {
    this.cpu.memory.isHome[frame] = 0;
    for (const { waiting } of this.images.values())
      for (let n = waiting.length - 1; n >= 0; n--) if (waiting[n].frame === frame) waiting.splice(n, 1);
  }

  /** Executes UD1 at the instruction being executed: `s[EIP]` is after it. #UD where no stub is installed. */
  enter(insn: Insn, frame: number): void {
    const cpu: Cpu = this.cpu;
    const image = this.images.get(frame) ?? this.recognize(frame);
    const routine = image?.stubs.get(insn.start);
    if (image === undefined || routine === undefined || insn.end - insn.start !== STUB_LENGTH) cpu.fault(UD);
    const base = cpu.s[CODE_BASE];
    if (routine === 'resume') {
      const waiting = waitingWith(image, cpu.s[EBP]);
      if (waiting === undefined || this.frameOf(waiting.work.home) !== waiting.frame) cpu.fault(UD);
      waiting.handle = 0;
      cpu.ledger.count(EVENTS.nativeCall, insn.start);
      this.go(image, waiting, base);
      return;
    }
    const result = routine(cpu);
    // A home that has yet to be brought in is a fault before anything has happened.
    const frameOfHome = typeof result === 'number' ? 0 : this.frameOf(result.home);
    cpu.ledger.count(EVENTS.nativeCall, insn.start);
    if (typeof result === 'number') cpu.s[EIP] = (base + result) | 0;
    else {
      const waiting = { handle: 0, work: result, frame: frameOfHome };
      image.waiting.unshift(waiting);
      cpu.memory.isHome[frameOfHome] = 1;
      this.go(image, waiting, base);
    }
  }

  /** Runs work to where it waits or ends, and goes to the instruction that it names. */
  private go(image: Image, waiting: Waiting, base: number): void {
    const { work } = waiting;
    const { home } = work;
    const { done, value } = work.steps.next();
    if (done === true) image.waiting.splice(image.waiting.indexOf(waiting), 1);
    else {
      // 0 is no handle.
      const handle = this.nextHandle;
      this.nextHandle = (handle + 1) | 0 || 1;
      if (work.home !== home) {
        waiting.frame = this.frameOf(work.home);
        this.cpu.memory.isHome[waiting.frame] = 1;
      }
      waiting.handle = handle;
      this.cpu.s[EBP] = handle;
    }
    this.cpu.s[EIP] = (base + value) | 0;
  }

  /** The frame behind a linear address that can be written now; raises #PF where it cannot. */
  private frameOf(linear: number): number {
    return (this.cpu.paging.locate(linear, WRITE) - RAM) >>> 12;
  }
}

/** The work of an image that waits with a handle; it comes to the front. */
function waitingWith({ waiting }: Image, handle: number): Waiting | undefined {
  if (handle === 0) return undefined;
  for (let n = 0; n < waiting.length; n++) {
    const found = waiting[n];
    if (found.handle !== handle) continue;
    waiting[n] = waiting[0];
    waiting[0] = found;
    return found;
  }
  return undefined;
}
