/** The scripts that one process has registered. */
import type { Books } from '../kernel/audit/books.ts';
import type { Owned } from '../kernel/tasks/probes.ts';
import type { Process } from '../kernel/tasks/process.ts';
import type { Registration } from './registration.ts';

/** Scripts that one process can have. */
const MOST = 64;

export class Owner implements Owned {
  readonly #process: Process;
  readonly #registrations = new Map<number, Registration>();
  #last = 0;

  constructor(process: Process) {
    this.#process = process;
  }

  get full(): boolean {
    return this.#registrations.size >= MOST;
  }

  /** Keeps a script; returns its number. */
  keep(registration: Registration): number {
    this.#registrations.set(++this.#last, registration);
    return this.#last;
  }

  get(number: number): Registration | undefined {
    return this.#registrations.get(number);
  }

  /** Removes a script; false where there is none. */
  remove(number: number): boolean {
    const registration = this.#registrations.get(number);
    registration?.remove(this.#process.system.platform.frames);
    return this.#registrations.delete(number);
  }

  ownerGone(): void {
    for (const number of [...this.#registrations.keys()]) this.remove(number);
    this.#process.scripts = undefined;
  }

  audit(books: Books, name: string): void {
    for (const { frames } of this.#registrations.values())
      for (const frame of frames) books.holds('frame', frame, `a script of ${name}`);
  }
}

/** The scripts of a process; `make`: with room for its first. */
export function ownerOf(process: Process, make: boolean): Owner | undefined {
  if (process.scripts instanceof Owner) return process.scripts;
  if (!make) return undefined;
  const owner = new Owner(process);
  process.scripts = owner;
  return owner;
}
