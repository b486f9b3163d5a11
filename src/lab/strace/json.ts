import { signalName } from '../../abi/signals.ts';
import { syscallName } from '../../abi/syscalls.ts';
import type { Observer, UserReader } from '../../kernel/platform.ts';
import { type Begun, beginCall, cutCall, type Ended, endCall } from './call.ts';
import type { LogOptions } from './log.ts';
import { siginfoText } from './signals.ts';

/** The same events as StraceLog, one JSON object a line: kind 'call', 'signal' or 'exit', with raw words beside the texts. */
export class JsonLog implements Observer {
  readonly #options: LogOptions;
  readonly #open = new Map<
    number,
    { readonly begun: Begun; readonly number: number; readonly args: readonly number[] }
  >();

  constructor(options: LogOptions) {
    this.#options = options;
  }

  enter(pid: number, number: number, args: Int32Array, user: UserReader): void {
    if (!this.#options.shows(number)) return;
    const words = Array.from(args.subarray(0, 6), (word) => word >>> 0);
    this.#open.set(pid, { begun: beginCall(number, args, user), number, args: words });
  }

  leave(pid: number, _number: number, _args: Int32Array, result: number, user: UserReader): void {
    const open = this.#open.get(pid);
    if (open) this.#call(pid, endCall(open.begun, result, user), result);
  }

  signal(pid: number, number: number, info: Uint8Array): void {
    if (!this.#options.events) return;
    const text = siginfoText(new DataView(info.buffer, info.byteOffset, info.byteLength));
    this.#emit({ kind: 'signal', depth: this.#options.depth, pid, number, name: signalName(number), text });
  }

  exit(pid: number, status: number): void {
    const open = this.#open.get(pid);
    if (open) this.#call(pid, cutCall(open.begun), null);
    if (!this.#options.events) return;
    const signal = status & 0x7f;
    const outcome = signal === 0 ? { code: (status >>> 8) & 0xff } : { signal: signalName(signal) };
    this.#emit({ kind: 'exit', depth: this.#options.depth, pid, ...outcome });
  }

  #call(pid: number, end: Ended, result: number | null): void {
    const open = this.#open.get(pid);
    if (!open) return;
    this.#open.delete(pid);
    const { number, args, begun } = open;
    const text = end.whole;
    const name = syscallName(number);
    this.#emit({
      kind: 'call',
      depth: this.#options.depth,
      pid,
      number,
      name,
      args,
      text,
      result: begun.shape.result === 'none' ? null : result,
      outcome: end.result,
    });
  }

  #emit(record: object): void {
    this.#options.emit(JSON.stringify(record));
  }
}
