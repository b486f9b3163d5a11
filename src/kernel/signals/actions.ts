import { NSIG, SIG_DFL, SIG_IGN } from '../../abi/signals.ts';

const WORDS = 5;

/** What a process does on each signal (sigaction(2)); shared by what was cloned with CLONE_SIGHAND. */
export class Actions {
  /** Handler, flags, restorer, mask low, mask high of signal n from word n * 5 on. */
  readonly #words: Int32Array;
  users = 1;

  constructor(from?: Actions) {
    this.#words = from ? from.#words.slice() : new Int32Array((NSIG + 1) * WORDS);
  }

  handler(n: number): number {
    return this.#words[n * WORDS];
  }

  flags(n: number): number {
    return this.#words[n * WORDS + 1];
  }

  restorer(n: number): number {
    return this.#words[n * WORDS + 2];
  }

  maskLo(n: number): number {
    return this.#words[n * WORDS + 3];
  }

  maskHi(n: number): number {
    return this.#words[n * WORDS + 4];
  }

  set(n: number, handler: number, flags: number, restorer: number, lo: number, hi: number): void {
    const at = n * WORDS;
    this.#words[at] = handler;
    this.#words[at + 1] = flags;
    this.#words[at + 2] = restorer;
    this.#words[at + 3] = lo;
    this.#words[at + 4] = hi;
  }

  isDefault(n: number): boolean {
    return this.handler(n) === SIG_DFL;
  }

  isIgnored(n: number): boolean {
    return this.handler(n) === SIG_IGN;
  }

  /** exec: handlers go back to the default, what is ignored stays ignored. */
  resetHandlers(): void {
    for (let n = 1; n <= NSIG; n++) {
      const ignored = this.isIgnored(n);
      this.#words.fill(0, n * WORDS, (n + 1) * WORDS);
      if (ignored) this.#words[n * WORDS] = SIG_IGN;
    }
  }
}
