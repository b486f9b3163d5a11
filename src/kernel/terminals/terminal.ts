import { EAGAIN, EIO } from '../../abi/errno.ts';
import {
  CSIZE,
  ICANON,
  IXON,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDNORM,
  POLLWRNORM,
  TCIFLUSH,
  TCIOFLUSH,
  VMIN,
  VTIME,
} from '../../abi/flags.ts';
import type { Kernel, Stream } from '../platform.ts';
import { Queue } from '../queue.ts';
import { Input } from './input.ts';
import { Output } from './output.ts';
import { standardTermios, type Termios } from './termios.ts';

/** A tenth of a second, in which VTIME counts. */
const DECISECOND = 1e8;

/** Where a terminal's output goes. */
export type Sink = Pick<Stream, 'write' | 'post'>;

/** A reader's answer: bytes, or -errno; -EAGAIN may come with a time at which to ask again. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly error: number;
  readonly until: number;
}

/** One terminal: settings, line discipline, size, and who may use it. */
export class Terminal {
  /** Device number. */
  readonly device: number;
  readonly #sink: Sink;
  readonly #out: Output;
  readonly #in: Input;
  #stopped = false;
  #lastInput = 0;
  #receiving = false;
  /** Rows, columns and pixels (struct winsize). */
  readonly size = new Uint16Array(4);
  /** The session that it controls, and the foreground process group; 0 = none. */
  session = 0;
  group = 0;
  /** The line is gone: reads are at the end, writes fail. */
  hungUp = false;
  readonly canRead = new Queue();
  readonly canWrite = new Queue();
  /** Woken when a reader has made room for typed bytes, and when nobody has the terminal open any more. */
  readonly canType = new Queue();
  readonly abandoned = new Queue();
  /** Sends a signal to the foreground group; set by the service. */
  readonly #signal: (group: number, number: number) => void;
  readonly #now: () => number;
  /** How many bytes the other side can take now. */
  readonly #room: () => number;
  /** Open files that lead to it. */
  users = 0;

  constructor(
    device: number,
    sink: Sink,
    size: readonly [number, number],
    now: () => number,
    signal: (group: number, number: number) => void,
    room: () => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.device = device;
    this.#sink = sink;
    this.#signal = signal;
    this.#now = now;
    this.#room = room;
    this.size[0] = size[0];
    this.size[1] = size[1];
    this.#out = new Output(standardTermios());
    const terminal = this;
    this.#in = new Input(this.#out, {
      signal: (number) => this.group > 0 && this.#signal(this.group, number),
      stop: () => this.stop(),
      start: () => this.start(),
      get stopped() {
        return terminal.#stopped;
      },
      ready: () => {
        this.#lastInput = this.#now();
        this.canRead.wake();
      },
    });
  }

  get termios(): Termios {
    return this.#out.termios;
  }

  /** Takes over new settings; sleepers look again. */
  configure(termios: Termios): void {
    const old = this.#out.termios;
    // The kernel keeps the character size of a line that has no hardware (tty_termios_copy_hw).
    this.#out.termios = { ...termios, cflag: (termios.cflag & ~CSIZE) | (old.cflag & CSIZE) };
    this.#in.changed(old);
    if (old.iflag & IXON && !(termios.iflag & IXON)) this.start();
    this.canRead.wake();
    this.canWrite.wake();
  }

  /** Bytes from the keyboard; none at all means that the line is gone. */
  receive(bytes: Uint8Array): void {
    if (this.hungUp) return;
    this.#receiving = true;
    this.#in.receive(bytes);
    this.#receiving = false;
    this.#sendEcho();
  }

  /** Reads up to `most` bytes as the settings say; `since` is when the call began. -EAGAIN: nothing yet. */
  read(most: number, since: number): Reading {
    const canonical = (this.termios.lflag & ICANON) !== 0;
    const never = { bytes: new Uint8Array(0), error: 0, until: Number.POSITIVE_INFINITY };
    if (most === 0) return never;
    const minimum = canonical ? 1 : this.termios.cc[VMIN];
    const tenths = canonical ? 0 : this.termios.cc[VTIME] * DECISECOND;
    if (this.#in.available >= Math.max(1, Math.min(minimum, most))) {
      return { ...never, bytes: this.#take(most) };
    }
    if (this.hungUp) return never;
    if (minimum > 0) return this.#between(most, tenths);
    // VMIN 0: the timer runs from the call on.
    const until = since + tenths;
    return this.#now() >= until ? never : { ...never, error: -EAGAIN, until };
  }

  /** VMIN > 0 and not enough: with VTIME the time since the last byte counts, once there is a first one. */
  #between(most: number, tenths: number): Reading {
    const nothing = { bytes: new Uint8Array(0), error: -EAGAIN, until: Number.POSITIVE_INFINITY };
    if (tenths === 0 || this.#in.available === 0) return nothing;
    const until = this.#lastInput + tenths;
    return this.#now() >= until ? { ...nothing, error: 0, bytes: this.#take(most) } : { ...nothing, until };
  }

  /** What a reader that does not wait gets although VMIN asks for more. */
  takeWhatIsThere(most: number): Uint8Array {
    return this.#in.available > 0 ? this.#take(most) : new Uint8Array(0);
  }

  #take(most: number): Uint8Array {
    const bytes = this.#in.take(most);
    this.canType.wake();
    this.#sendEcho();
    return bytes;
  }

  /** Writes bytes: the count, -EAGAIN while output is stopped, -EIO when the line is gone. */
  *write(bytes: Uint8Array): Kernel<number> {
    if (this.hungUp) return -EIO;
    const room = this.#room();
    if (this.#stopped || room <= 0) return -EAGAIN;
    yield* this.#drain();
    const taken = bytes.subarray(0, Math.min(bytes.length, room));
    this.#out.write(taken);
    const sent = yield* this.#sink.write(this.#out.take());
    return sent < 0 ? sent : taken.length;
  }

  /** Sends the echo that waits. */
  *#drain(): Kernel<void> {
    if (!this.#stopped) this.#out.commit();
    if (this.#out.pending) yield* this.#sink.write(this.#out.take());
  }

  /** Sends echo at once. */
  #sendEcho(): void {
    if (!this.#stopped) this.#out.commit();
    if (!this.#out.pending) return;
    const bytes = this.#out.take();
    if (this.#sink.post) this.#sink.post(bytes);
    else if (!this.#sink.write(bytes).next().done) throw new Error('terminals: an echo would have to wait');
  }

  /** What poll(2) says. */
  get events(): number {
    if (this.hungUp) return POLLIN | POLLRDNORM | POLLHUP | POLLERR | POLLOUT | POLLWRNORM;
    const { lflag, cc } = this.termios;
    const wanted = !(lflag & ICANON) && cc[VTIME] === 0 && cc[VMIN] > 0 ? cc[VMIN] : 1;
    const input = this.#in.available >= wanted ? POLLIN | POLLRDNORM : 0;
    return this.#stopped || this.#room() <= 0 ? input : input | POLLOUT | POLLWRNORM;
  }

  /** Bytes that were typed and found no room yet. */
  get waiting(): number {
    return this.#in.waiting;
  }

  /** Bytes that can be read (FIONREAD). */
  get available(): number {
    return this.#in.unread;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Output stops (^S, TCOOFF). */
  stop(): void {
    this.#stopped = true;
  }

  /** Output goes on (^Q, TCOON). */
  start(): void {
    const wasStopped = this.#stopped;
    this.#stopped = false;
    // While bytes are being typed the echo is sent at their end only: a signal character among them still stops it.
    if (!this.#receiving) this.#sendEcho();
    if (wasStopped) this.canWrite.wake();
  }

  /** Forgets input or output that waits (TCFLSH): TCIFLUSH, TCOFLUSH or TCIOFLUSH. */
  flush(which: number): void {
    // Output is sent at once: there is none that could be forgotten.
    if (which === TCIFLUSH || which === TCIOFLUSH) this.#in.flush();
  }

  /** The line is gone. */
  hangUp(): void {
    this.hungUp = true;
    this.canRead.wake();
    this.canWrite.wake();
  }
}
