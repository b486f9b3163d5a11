/** How the code of a guest kernel is entered, and how its calls become real traps. */
import type { Wait } from '../kernel/platform.ts';
import { Burst } from './burst.ts';
import { Call } from './call.ts';
import {
  AFTER_SIGNAL,
  DATA,
  GATE,
  GATE_LIST,
  INNER_TRAP,
  INNER_TRAP_SIX,
  LEAVE,
  TRAP,
  TRAP_CLONE,
  TRAP_SIX,
  TRAP_SPLIT,
} from './image.ts';
import { PAGE_SIGNALS } from './kernel-page.ts';
import { type GuestParts, Life } from './life.ts';
import { Passage } from './passage.ts';
import { EAX, EBX, ECX, EDI, EDX, ESI, ESP, type Processor } from './processor.ts';

export type { GuestParts } from './life.ts';

/** How a call that makes a process is trapped. */
const CLONES = { leaves: TRAP_CLONE, lists: TRAP_SPLIT } as const;
const PAGE = 4096;

/** The stub `start`: what the guest kernel does from then on. `code` is the address of the code page. */
export function start(processor: Processor, code: number, parts: GuestParts): { home: number; readonly steps: Steps } {
  const settle = (home: number): void => {
    work.home = home;
  };
  const work = { home: (code + DATA) | 0, steps: new Steps(processor, code, new Life(processor, code, parts, settle)) };
  return work;
}

/** The stub `signal`: takes note of the signal that its handler was called for, in the page that is the stack. */
export function signal(processor: Processor): number {
  const stack = processor.get(ESP);
  const at = ((stack & ~(PAGE - 1)) + PAGE_SIGNALS) | 0;
  const number = processor.load32((stack + 4) | 0);
  processor.store32(at, processor.load32(at) | (1 << number));
  return AFTER_SIGNAL;
}

/**
 * The native routine that makes every trap which the kernel yields a real one. No generator: this is between the kernel and
 * the processor at every call.
 */
class Steps implements Iterator<number, number, void> {
  readonly #processor: Processor;
  readonly #code: number;
  readonly #life: Life;
  /** What the kernel waits for. */
  #waits: Call | Burst | Passage | undefined;
  readonly #result: IteratorYieldResult<number> = { done: false, value: 0 };

  constructor(processor: Processor, code: number, life: Life) {
    this.#processor = processor;
    this.#code = code;
    this.#life = life;
  }

  next(): IteratorResult<number, number> {
    if (this.#waits !== undefined) this.#came(this.#waits);
    const wait = this.#life.next();
    if (wait === undefined) throw new Error('guest: the kernel came to an end without exit_group');
    this.#waits = waitOf(wait);
    this.#result.value = this.#leave(this.#waits);
    return this.#result;
  }

  /** Registers, and the instructions with which the image goes on. */
  #leave(wait: Call | Burst | Passage): number {
    const processor = this.#processor;
    if (wait instanceof Passage) {
      processor.set(EAX, wait.number);
      processor.set(EDI, wait.kernelPage);
      if (wait.frame !== undefined) processor.set(ESP, wait.frame);
      return wait.way;
    }
    if (wait instanceof Burst) {
      processor.set(EDI, wait.kernelPage);
      processor.set(ESI, (this.#code + GATE + GATE_LIST) | 0);
      return LEAVE;
    }
    const { args } = wait;
    processor.set(EAX, wait.number);
    processor.set(EBX, args[0]);
    processor.set(ECX, args[1]);
    processor.set(EDX, args[2]);
    processor.set(ESI, args[3]);
    processor.set(EDI, args[4]);
    if (wait.clones) return CLONES[wait.clones];
    const { inner } = processor;
    if (!wait.six) return inner ? INNER_TRAP : TRAP;
    // The sixth argument goes by the stack into EBP, where the others leave the handle.
    const stack = (processor.get(ESP) - 4) | 0;
    processor.set(ESP, stack);
    processor.store32(stack, args[5]);
    return inner ? INNER_TRAP_SIX : TRAP_SIX;
  }

  /** Control is back. */
  #came(wait: Call | Burst | Passage): void {
    if (wait instanceof Passage) return;
    const processor = this.#processor;
    if (wait instanceof Burst) {
      processor.set(ESP, (wait.kernelPage + PAGE) | 0);
      return;
    }
    wait.result = processor.get(EAX);
  }
}

function waitOf(wait: Wait): Call | Burst | Passage {
  if (wait instanceof Call || wait instanceof Burst || wait instanceof Passage) return wait;
  throw new Error(`guest: the kernel waits for ${wait.kind} and not for the kernel below`);
}
