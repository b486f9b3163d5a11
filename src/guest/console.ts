import {
  F_GETFL,
  F_SETFL,
  F_SETOWN,
  FASYNC,
  POLLIN,
  S_IFIFO,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  TCGETS,
  TCSETS,
  TIOCGWINSZ,
} from '../abi/flags.ts';
import { STAT64, TERMIOS } from '../abi/structs.ts';
import type { Events, Kernel, Stream } from '../kernel/platform.ts';
import { AT_BUFFER, AT_STRUCT, type Below, BUFFER_SIZE } from './below.ts';
import { syscallNumber } from './call.ts';

const CALL = {
  read: syscallNumber('read'),
  fstat: syscallNumber('fstat64'),
  ioctl: syscallNumber('ioctl'),
  fcntl: syscallNumber('fcntl64'),
  ppoll: syscallNumber('ppoll'),
} as const;
/** c_iflag, c_oflag, c_lflag of a terminal that hands every key on and prints what it is given (cfmakeraw(3)). */
const IFLAG_OFF = 0o2753;
const OFLAG_OFF = 0o1;
const LFLAG_OFF = 0o100113;
const USUAL_SIZE = [24, 80] as const;

/** The standard streams of a guest kernel: descriptors 0, 1 and 2 of its process. */
export class Console {
  readonly streams: readonly [Stream, Stream, Stream];
  /** Bytes may still come by themselves. */
  live = false;
  /** Echo that is to be written, and to which descriptor. */
  readonly #posted: (readonly [fd: number, bytes: Uint8Array])[] = [];
  readonly #below: Below;
  readonly #events: () => Events;
  #kind: Stream['kind'] = 'null';
  /** A program waits for what a pipe brings. */
  #wanted = false;
  /** The terminal below as it was, to be put back. */
  #saved: Uint8Array | undefined;

  private constructor(
    below: Below,
    events: () => Events,
    kinds: readonly Stream['kind'][],
    size: readonly [number, number],
  ) {
    this.#below = below;
    this.#events = events;
    this.#kind = kinds[0];
    this.live = this.#kind === 'terminal' || this.#kind === 'pipe';
    this.streams = [
      { ...this.#output(0, kinds[0], size), read: (length) => this.#read(length) },
      this.#output(1, kinds[1], size),
      this.#output(2, kinds[2], size),
    ];
  }

  /** Looks at the three descriptors; a terminal is made raw, since the guest has a line discipline of its own. */
  static *open(below: Below, pid: number, events: () => Events): Kernel<Console> {
    const kinds: Stream['kind'][] = [];
    for (const fd of [0, 1, 2]) kinds.push(yield* kindOf(below, fd));
    const console = new Console(below, events, kinds, yield* sizeOf(below));
    yield* console.begin(pid);
    return console;
  }

  /** Takes the terminal, and asks to be told of input. */
  *begin(pid: number): Kernel<void> {
    if (this.#kind === 'terminal') yield* this.#makeRaw();
    if (!this.live) return;
    const { call } = this.#below;
    yield* call.make(CALL.fcntl, 0, F_SETOWN, pid);
    const flags = yield* call.make(CALL.fcntl, 0, F_GETFL);
    yield* call.make(CALL.fcntl, 0, F_SETFL, flags | FASYNC);
  }

  /** Puts the terminal back as it was. */
  *close(): Kernel<void> {
    const { call, memory } = this.#below;
    yield* this.#echo();
    if (this.live) {
      const flags = yield* call.make(CALL.fcntl, 0, F_GETFL);
      yield* call.make(CALL.fcntl, 0, F_SETFL, flags & ~FASYNC);
    }
    if (!this.#saved) return;
    memory.write(AT_STRUCT, this.#saved, 0, this.#saved.length);
    yield* call.make(CALL.ioctl, 0, TCSETS, this.#below.at(AT_STRUCT));
  }

  /** The terminal below has another size. */
  *resized(): Kernel<void> {
    const [rows, columns] = yield* sizeOf(this.#below);
    this.#events().resize(rows, columns);
  }

  /** Hands on what has come, without waiting. */
  *take(): Kernel<void> {
    if (!this.live || (this.#kind === 'pipe' && !this.#wanted)) return;
    if (!(yield* this.#poll(0))) return;
    const bytes = yield* this.#fetch(BUFFER_SIZE);
    this.#wanted = false;
    if (bytes.length === 0) this.live = false;
    this.#events().input(bytes);
    yield* this.#echo();
  }

  /** Waits until something comes, a signal comes, or `delay` ns are over. */
  *wait(delay: number): Kernel<void> {
    yield* this.#echo();
    const listens = this.live && (this.#kind !== 'pipe' || this.#wanted);
    if (yield* this.#poll(delay, listens)) yield* this.take();
  }

  #output(fd: number, kind: Stream['kind'], size: readonly [number, number]): Stream {
    const below = this.#below;
    return {
      kind,
      size,
      *read() {
        return new Uint8Array(0);
      },
      write: (bytes) => (kind === 'terminal' ? this.#writeAfterEcho(fd, bytes) : below.write(fd, bytes)),
      post: (bytes) => this.#posted.push([fd, bytes]),
    };
  }

  *#writeAfterEcho(fd: number, bytes: Uint8Array): Kernel<number> {
    yield* this.#echo();
    return yield* this.#below.write(fd, bytes);
  }

  /** Writes the echo that was posted. */
  *#echo(): Kernel<void> {
    for (let next = this.#posted.shift(); next; next = this.#posted.shift()) yield* this.#below.write(...next);
  }

  *#read(length: number): Kernel<Uint8Array | null> {
    if (this.#kind === 'null') return new Uint8Array(0);
    if (this.#kind === 'file') return yield* this.#fetch(length);
    if (!this.live) return new Uint8Array(0);
    if (!(yield* this.#poll(0))) {
      this.#wanted = true;
      return null;
    }
    const bytes = yield* this.#fetch(length);
    if (bytes.length === 0) this.live = false;
    return bytes;
  }

  *#fetch(length: number): Kernel<Uint8Array> {
    const { call, memory } = this.#below;
    const count = yield* call.make(CALL.read, 0, this.#below.at(AT_BUFFER), Math.min(length, BUFFER_SIZE));
    const bytes = new Uint8Array(Math.max(0, count));
    memory.read(AT_BUFFER, bytes, 0, bytes.length);
    return bytes;
  }

  /** Whether descriptor 0 has something to read, within `delay` ns (Infinity: until a signal comes). */
  *#poll(delay: number, listens = true): Kernel<boolean> {
    const { call, memory } = this.#below;
    memory.store32(AT_STRUCT, 0);
    memory.store32(AT_STRUCT + 4, POLLIN);
    const timed = delay !== Number.POSITIVE_INFINITY;
    memory.store32(AT_STRUCT + 8, Math.floor(delay / 1e9));
    memory.store32(AT_STRUCT + 12, delay % 1e9);
    const at = this.#below.at(AT_STRUCT);
    return (yield* call.make(CALL.ppoll, at, listens ? 1 : 0, timed ? at + 8 : 0, 0, 8)) > 0;
  }

  *#makeRaw(): Kernel<void> {
    const { call, memory } = this.#below;
    const at = this.#below.at(AT_STRUCT);
    if ((yield* call.make(CALL.ioctl, 0, TCGETS, at)) < 0) return;
    const saved = new Uint8Array(TERMIOS.size);
    memory.read(AT_STRUCT, saved, 0, saved.length);
    this.#saved = saved;
    const { at: field } = TERMIOS;
    const clear = (offset: number, bits: number): void =>
      memory.store32(AT_STRUCT + offset, memory.load32(AT_STRUCT + offset) & ~bits);
    clear(field.c_iflag, IFLAG_OFF);
    clear(field.c_oflag, OFLAG_OFF);
    clear(field.c_lflag, LFLAG_OFF);
    yield* call.make(CALL.ioctl, 0, TCSETS, at);
  }
}

function* kindOf(below: Below, fd: number): Kernel<Stream['kind']> {
  const at = below.at(AT_STRUCT);
  if ((yield* below.call.make(CALL.ioctl, fd, TCGETS, at)) === 0) return 'terminal';
  if ((yield* below.call.make(CALL.fstat, fd, at)) < 0) return 'null';
  const type = below.memory.load32(AT_STRUCT + STAT64.at.st_mode) & S_IFMT;
  if (type === S_IFREG) return 'file';
  return type === S_IFIFO || type === S_IFSOCK ? 'pipe' : 'null';
}

function* sizeOf(below: Below): Kernel<readonly [number, number]> {
  for (const fd of [1, 2, 0]) {
    if ((yield* below.call.make(CALL.ioctl, fd, TIOCGWINSZ, below.at(AT_STRUCT))) < 0) continue;
    const rows = below.memory.load16(AT_STRUCT);
    const columns = below.memory.load16(AT_STRUCT + 2);
    if (rows && columns) return [rows, columns];
  }
  return USUAL_SIZE;
}
