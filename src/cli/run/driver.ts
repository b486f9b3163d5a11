import type { Run } from '../../host/boot.ts';
import type { RunEnd } from '../../kernel/kernel.ts';
import type { Events } from '../../kernel/platform.ts';

/** The longest wait of a timer (setTimeout's limit), in ms. */
const LONGEST = 2 ** 31 - 1;

/** What arrives from outside goes to the kernel and wakes the driver if it waits. */
export class Doorbell implements Events {
  readonly #kernel: () => Events;
  #wake: (() => void) | undefined;

  constructor(kernel: () => Events) {
    this.#kernel = kernel;
  }

  input(bytes: Uint8Array): void {
    this.#kernel().input(bytes);
    this.ring();
  }

  resize(rows: number, columns: number): void {
    this.#kernel().resize(rows, columns);
    this.ring();
  }

  signal(number: number): void {
    this.#kernel().signal(number);
    this.ring();
  }

  /** Ends a wait; what came is taken elsewhere. */
  ring(): void {
    this.#wake?.();
  }

  /** Waits until something arrives, or so many ms; says whether something came. */
  wait(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer =
        milliseconds < LONGEST
          ? setTimeout(() => done(false), Math.max(0, milliseconds))
          : setInterval(() => {}, LONGEST);
      const done = (came: boolean): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(came);
      };
      this.#wake = () => done(true);
    });
  }
}

/**
 * Lets a run go on to its end, giving the world its turn whenever the run asks for it; returns how it ended. `typed`:
 * input comes from somebody at a terminal, and the time that he takes passes for the programs too.
 */
export async function drive(run: Run, bell: Doorbell, suspend: () => Promise<void>, typed: boolean): Promise<RunEnd> {
  for (;;) {
    const step = run.advance();
    if ('end' in step) return step.end;
    const { why, until } = step.wait;
    if (why === 'suspend') await suspend();
    else if (why === 'input') await bell.wait(until / 1e6);
    else if (why === 'breathe') await new Promise((resolve) => setImmediate(resolve));
    else await idle(run, bell, until, typed);
  }
}

/** Waits for something to arrive, or until virtual time `until`. What arrives from a pipe takes no time: how fast it came must not show. */
async function idle(run: Run, bell: Doorbell, until: number, typed: boolean): Promise<void> {
  const from = run.host.now();
  const begun = process.hrtime.bigint();
  if (!(await bell.wait((until - from) / 1e6))) run.host.passed(until);
  else if (typed) run.host.passed(Math.min(until, from + Number(process.hrtime.bigint() - begun)));
}
