import type { Kernel } from '../kernel/platform.ts';
import { AT_STRUCT, type Below } from './below.ts';
import { syscallNumber } from './call.ts';

const SETITIMER = syscallNumber('setitimer');
const ITIMER_REAL = 0;
/** An alarm that comes while nobody waits for it comes again after this long (us). */
export const AGAIN = 10_000;

/**
 * The alarm that takes the processor back from an application. It is set only when it is needed sooner than it is set
 * already: one that comes too soon does no harm.
 */
export class Alarm {
  readonly #below: Below;
  readonly #again: number;
  #set = Number.POSITIVE_INFINITY;

  /** `again`: the alarm comes again every so many us; 0 where somebody else takes note of it. */
  constructor(below: Below, again: number) {
    this.#below = below;
    this.#again = again;
  }

  /** Whether it comes at virtual time `until` at the latest, or need not come (Infinity). */
  suits(until: number): boolean {
    return until >= this.#set;
  }

  /** SIGALRM at virtual time `until` at the latest; both in ns. */
  *wanted(until: number, now: number): Kernel<void> {
    if (this.suits(until)) return;
    this.#set = until;
    const delay = Math.max(1, Math.ceil((until - now) / 1000));
    yield* this.#arm(delay, this.#again);
  }

  /** It may have come without notice. */
  forget(): void {
    this.#set = Number.POSITIVE_INFINITY;
  }

  /** It came: nothing is set until it is wanted again. */
  *came(): Kernel<void> {
    if (this.#set === Number.POSITIVE_INFINITY) return;
    this.#set = Number.POSITIVE_INFINITY;
    if (this.#again > 0) yield* this.#arm(0, 0);
  }

  *#arm(delay: number, interval: number): Kernel<void> {
    const { call, memory } = this.#below;
    const words = [Math.floor(interval / 1e6), interval % 1e6, Math.floor(delay / 1e6), delay % 1e6];
    for (const [n, word] of words.entries()) memory.store32(AT_STRUCT + n * 4, word);
    yield* call.make(SETITIMER, ITIMER_REAL, this.#below.at(AT_STRUCT), 0);
  }
}
