/**
 * Native routines: kernel code written in TypeScript that lives at an address.
 *
 * An image is a frame of real code. A stub in it is the reserved opcode UD1; fetching it is checked like any fetch
 * (page, ring, segment limit), and executing it calls the routine registered for that place. The routine reads and
 * writes registers and memory through the processor with the rights of the moment, and leaves by naming the real
 * instruction of its image that comes next. A routine that must wait is a generator: it yields such an instruction,
 * and goes on when control comes back to a stub of the same frame with the handle that it was given in EBP.
 *
 * Everywhere else UD1 is #UD: in a copy of the page in another frame, at another offset, or once the frame was written.
 */
import type { Cpu } from './cpu.ts';
import { UD } from './fault.ts';
import type { Insn } from './insn.ts';
import { EVENTS } from './ledger.ts';
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
export type Continuation = Generator<Exit, Exit, void>;

/** A routine: runs to its end, or starts a continuation. Faults of its memory accesses are real faults at the stub. */
export type Routine = (cpu: Cpu) => Exit | Continuation;

/** Offset in the image of a stub, and what it calls; 'resume' continues the generator whose handle is in EBP. */
export type Stubs = ReadonlyMap<number, Routine | 'resume'>;

interface Image {
  readonly stubs: Stubs;
  /** Continuations that wait, by handle. */
  readonly waiting: Map<number, Continuation>;
}

export class Natives {
  private readonly cpu: Cpu;
  private readonly images = new Map<number, Image>();
  private nextHandle = 1;

  constructor(cpu: Cpu) {
    this.cpu = cpu;
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
    this.images.set(frame, { stubs, waiting: new Map() });
  }

  /** Makes a frame ordinary again: unloading, or a store into it. Its waiting routines never go on. */
  remove(frame: number): void {
    this.images.delete(frame);
  }

  /** Executes UD1 at the instruction being executed: `s[EIP]` is after it. #UD where no stub is installed. */
  enter(insn: Insn, frame: number): void {
    const cpu: Cpu = this.cpu;
    const image = this.images.get(frame);
    const routine = image?.stubs.get(insn.start);
    if (image === undefined || routine === undefined || insn.end - insn.start !== STUB_LENGTH) cpu.fault(UD);
    const base = cpu.s[CODE_BASE];
    if (routine === 'resume') {
      const handle = cpu.s[EBP];
      const waiting = image.waiting.get(handle);
      if (waiting === undefined) cpu.fault(UD);
      image.waiting.delete(handle);
      cpu.ledger.count(EVENTS.nativeCall, insn.start);
      this.go(image, waiting, base);
      return;
    }
    cpu.ledger.count(EVENTS.nativeCall, insn.start);
    const result = routine(cpu);
    if (typeof result === 'number') cpu.s[EIP] = (base + result) | 0;
    else this.go(image, result, base);
  }

  /** Runs a continuation to where it waits or ends, and goes to the instruction that it names. */
  private go(image: Image, continuation: Continuation, base: number): void {
    const { done, value } = continuation.next();
    if (done !== true) {
      const handle = this.nextHandle;
      this.nextHandle = (this.nextHandle + 1) | 0;
      image.waiting.set(handle, continuation);
      this.cpu.s[EBP] = handle;
    }
    this.cpu.s[EIP] = (base + value) | 0;
  }
}
