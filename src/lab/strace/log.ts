import { signalName } from '../../abi/signals.ts';
import type { Observer, UserReader } from '../../kernel/platform.ts';
import { type Begun, beginCall, cutCall, type Ended, endCall } from './call.ts';
import { siginfoText } from './signals.ts';

/** The column in which '=' stands where the call is short enough (strace -a). */
const RESULT_COLUMN = 40;

/** What a log is made of and where it goes. */
export interface LogOptions {
  /** How many kernels lie below the one that is traced; shown before the pid when it is not 0. */
  readonly depth: number;
  /** Which calls are printed. */
  readonly shows: (number: number) => boolean;
  /** Whether signals and exits are printed. */
  readonly events: boolean;
  /** Takes one line without its newline. */
  readonly emit: (line: string) => void;
}

interface Open {
  readonly begun: Begun;
  /** The text was already printed with <unfinished ...>, because another process spoke in between. */
  unfinished: boolean;
}

/**
 * Prints what passes the kernel's choke point as strace -f does: one line per call, cut in two where another process
 * speaks in between, signals between dashes, ends between plus signs. A line appears when its call returns or is cut.
 */
export class StraceLog implements Observer {
  readonly #options: LogOptions;
  readonly #open = new Map<number, Open>();
  /** The process whose call is begun and not yet printed. */
  #speaking = 0;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  enter(pid: number, number: number, args: Int32Array, user: UserReader): void {
    if (!this.#options.shows(number)) return;
    this.#interrupt(pid);
    this.#open.set(pid, { begun: beginCall(number, args, user), unfinished: false });
    this.#speaking = pid;
  }

  leave(pid: number, _number: number, _args: Int32Array, result: number, user: UserReader): void {
    const open = this.#open.get(pid);
    if (open) this.#finish(pid, open, endCall(open.begun, result, user));
  }

  signal(pid: number, number: number, info: Uint8Array): void {
    if (!this.#options.events) return;
    this.#interrupt(0);
    const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
    this.#emit(pid, `--- ${signalName(number)} ${siginfoText(view)} ---`);
  }

  exit(pid: number, status: number): void {
    const open = this.#open.get(pid);
    if (open) this.#finish(pid, open, cutCall(open.begun));
    if (!this.#options.events) return;
    this.#interrupt(0);
    this.#emit(pid, `+++ ${endText(status)} +++`);
  }

  /** Prints what is begun and will not end: the run is over. */
  close(): void {
    this.#interrupt(0);
  }

  #finish(pid: number, open: Open, end: Ended): void {
    if (open.unfinished) this.#interrupt(pid);
    const line = open.unfinished ? `<... ${open.begun.shape.name} resumed>${end.rest}` : end.whole;
    const prefix = this.#prefix(pid);
    this.#options.emit(`${`${prefix}${line}`.padEnd(RESULT_COLUMN - 1)} = ${end.result}`);
    this.#open.delete(pid);
    if (this.#speaking === pid) this.#speaking = 0;
  }

  /** Another process speaks: the call that is begun and not yet printed is cut. */
  #interrupt(pid: number): void {
    if (this.#speaking === 0 || this.#speaking === pid) return;
    const open = this.#open.get(this.#speaking);
    if (open && !open.unfinished) {
      this.#emit(this.#speaking, `${open.begun.text} <unfinished ...>`);
      open.unfinished = true;
    }
    this.#speaking = 0;
  }

  #emit(pid: number, text: string): void {
    this.#options.emit(`${this.#prefix(pid)}${text}`);
  }

  #prefix(pid: number): string {
    const { depth } = this.#options;
    return `${depth === 0 ? '' : `${depth}:`}${String(pid).padEnd(5)} `;
  }
}

/** How a process ended, from its wait status: 'exited with 3', 'killed by SIGSEGV (core dumped)'. */
export function endText(status: number): string {
  const signal = status & 0x7f;
  if (signal === 0) return `exited with ${(status >>> 8) & 0xff}`;
  return `killed by ${signalName(signal)}${status & 0x80 ? ' (core dumped)' : ''}`;
}
