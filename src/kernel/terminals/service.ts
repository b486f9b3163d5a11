import type { Books } from '../audit/books.ts';
import type { Tasks } from '../services.ts';
import { resize } from './ioctl.ts';
import { giveUpControl, hangUp } from './jobs.ts';
import { type Sink, Terminal } from './terminal.ts';

/** The terminals service: terminals by device number, and which session has which. */
export class Terminals {
  readonly #tasks: Tasks;
  readonly #now: () => number;
  readonly #terminals = new Map<number, Terminal>();

  constructor(tasks: Tasks, now: () => number) {
    this.#tasks = tasks;
    this.#now = now;
  }

  /** A new terminal under a device number, whose output goes to `sink`. */
  create(device: number, sink: Sink, size: readonly [number, number], room?: () => number): Terminal {
    const signal = (group: number, number: number) => this.#tasks.signalGroup(group, number);
    const terminal = new Terminal(device, sink, size, this.#now, signal, room);
    this.#terminals.set(device, terminal);
    return terminal;
  }

  /** The line of a terminal is gone for good: who used it is told, its number is free again. */
  remove(terminal: Terminal): void {
    hangUp(this.#tasks, terminal);
    this.#terminals.delete(terminal.device);
  }

  /** The terminal with a device number. */
  get(device: number): Terminal | undefined {
    return this.#terminals.get(device);
  }

  /** Its queues; `first` is the run's own terminal, every other one is a pseudo-terminal's. */
  audit(books: Books, first: number): void {
    for (const [device, terminal] of this.#terminals) {
      const name = `terminal ${device}`;
      books.counts('terminal', device, 1);
      if (device === first) books.holds('terminal', device, 'the run');
      books.queue(`readers of ${name}`, terminal.canRead);
      books.queue(`writers of ${name}`, terminal.canWrite);
      books.queue(`typists of ${name}`, terminal.canType);
      books.queue(`masters of ${name}`, terminal.abandoned);
    }
  }

  /** The terminal that controls a process's session. */
  controlling(pid: number): Terminal | undefined {
    const device = this.#tasks.terminalOf(this.#tasks.session(pid));
    return device === 0 ? undefined : this.#terminals.get(device);
  }

  /** Bytes from a terminal's keyboard; none: the line is gone. */
  input(device: number, bytes: Uint8Array): void {
    const terminal = this.#terminals.get(device);
    if (!terminal) return;
    if (bytes.length === 0) hangUp(this.#tasks, terminal);
    else terminal.receive(bytes);
  }

  /** The window of a terminal has another size. */
  resize(device: number, rows: number, columns: number): void {
    const terminal = this.#terminals.get(device);
    if (terminal) resize(this.#tasks, terminal, [rows, columns, terminal.size[2], terminal.size[3]]);
  }

  /** The leader of a session has ended. */
  sessionEnded(session: number, device: number): void {
    const terminal = this.#terminals.get(device);
    if (terminal) giveUpControl(this.#tasks, terminal, session);
  }
}
