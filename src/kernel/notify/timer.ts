import { EAGAIN, EFAULT, EINVAL } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/flags.ts';
import type { Books } from '../audit/books.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { scatter } from '../files/ranges.ts';
import { Queue } from '../queue.ts';
import type { Setting } from '../time/interval.ts';
import { Timer, type Timers } from '../time/timers.ts';

const SIZE = 8;

/** The timer of a timerfd. Times are virtual ns; a real-time clock is ahead of virtual time by `offset`. */
export class TimerState {
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #timer: Timer;
  /** What the clock shows when virtual time is 0. */
  readonly offset: number;
  readonly canRead = new Queue();
  /** Expirations that were not read yet. */
  ticks = 0;
  /** The next expiration is at `#next`; 0 = disarmed. An expired periodic timer is brought up to date when it is asked. */
  #next = 0;
  #interval = 0;

  constructor(timers: Timers, now: () => number, offset: number) {
    this.#timers = timers;
    this.#now = now;
    this.offset = offset;
    this.#timer = new Timer(() => this.#expire());
  }

  #expire(): void {
    this.ticks++;
    this.canRead.wake();
  }

  /** Counts what a periodic timer has missed since it first expired, and sets it again. */
  #catchUp(): void {
    if (this.#next === 0 || this.#timer.isSet || this.ticks === 0) return;
    if (this.#interval === 0) {
      this.#next = 0;
      return;
    }
    const missed = Math.floor((this.#now() - this.#next) / this.#interval);
    this.ticks += missed;
    this.#next += (missed + 1) * this.#interval;
    this.#timers.set(this.#timer, this.#next);
  }

  /** What is left, and the interval. */
  get(): Setting {
    this.#catchUp();
    const value = this.#next === 0 ? 0 : Math.max(0, this.#next - this.#now());
    return { value, interval: this.#interval };
  }

  /** Arms the timer for `value` ns from now, or with `absolute` for when its clock shows `value`; 0 disarms it. */
  set({ value, interval }: Setting, absolute: boolean): void {
    this.#timers.clear(this.#timer);
    this.ticks = 0;
    this.#interval = interval;
    this.#next = 0;
    if (value === 0) return;
    // 0 stands for a disarmed timer; a time that is long past fires at once.
    this.#next = Math.max(1, absolute ? value - this.offset : this.#now() + value);
    this.#timers.set(this.#timer, this.#next);
  }

  /** Takes the number of expirations. */
  take(): number {
    this.#catchUp();
    const { ticks } = this;
    this.ticks = 0;
    return ticks;
  }

  clear(): void {
    this.#timers.clear(this.#timer);
  }

  audit(books: Books, name: string): void {
    this.#timer.claim(books, name);
    books.queue(`readers of ${name}`, this.canRead);
  }
}

/** timerfd_create(2): a read takes how often the timer expired. */
export const timerOps: FileOps<TimerState> = {
  name: 'timerfd',
  looksFirst: true,
  seekable: false,
  read: readTimer,
  write: () => -EINVAL,
  poll: (_core, { state }) => (state.ticks > 0 ? POLLIN : 0),
  queue: (_core, { state }, writing) => (writing ? undefined : state.canRead),
  close: (_core, { state }) => state.clear(),
  audit: (_core, [{ state, handle }], books) => state.audit(books, `timerfd ${handle}`),
};

function readTimer(core: FilesCore, { state }: OpenFile<TimerState>, transfer: Transfer): number {
  if (transfer.wanted < SIZE) return -EINVAL;
  if (state.ticks === 0) return -EAGAIN;
  if (transfer.length < SIZE) return -EFAULT;
  const bytes = new Uint8Array(SIZE);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(state.take()), true);
  scatter(core.memory, transfer.ranges, bytes);
  return SIZE;
}
