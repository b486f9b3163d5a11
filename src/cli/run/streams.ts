import { fstatSync, readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { EAGAIN, EIO } from '../../abi/errno.ts';
import type { OutsideWait } from '../../host/host.ts';
import type { Kernel, Stream } from '../../kernel/platform.ts';
import { errnoOf } from '../tree/errno.ts';
import type { Doorbell } from './driver.ts';

/** Device number of /dev/null on Linux. */
const NULL_DEVICE = 0x103;
/** Rows and columns of a terminal that does not know its own. */
const USUAL_SIZE = [24, 80] as const;
/** Milliseconds between two tries to write to a pipe that is full and does not block. */
const RETRY = 1;
/**
 * How long, in ns, a program that reads a pipe keeps all others waiting for bytes that may be on their way: for the
 * first, which delays nobody who would answer; and for more behind them, which may.
 */
const FIRST_GRACE = 500e6;
const NEXT_GRACE = 50e6;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** What a descriptor of this process is to a program. */
function kindOf(fd: number): Stream['kind'] {
  if (isatty(fd)) return 'terminal';
  try {
    const stat = fstatSync(fd);
    if (stat.isFile()) return 'file';
    return stat.isCharacterDevice() && stat.rdev === NULL_DEVICE ? 'null' : 'pipe';
  } catch {
    return 'null';
  }
}

function sizeOf(): readonly [number, number] {
  const { rows, columns } = process.stdout.isTTY ? process.stdout : process.stderr;
  return rows && columns ? [rows, columns] : USUAL_SIZE;
}

/** Writes all bytes; 0, or -errno (EPIPE when the reader is gone). A full pipe is waited for. */
function writeAll(fd: number, bytes: Uint8Array): number {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== -EAGAIN) return errno;
      Atomics.wait(sleeper, 0, 0, RETRY);
    }
  }
  return 0;
}

/** A descriptor of this process that programs write to. */
export class OutputStream implements Stream {
  readonly kind: Stream['kind'];
  readonly size: readonly [number, number];
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
    this.kind = kindOf(fd);
    this.size = this.kind === 'terminal' ? sizeOf() : USUAL_SIZE;
  }

  *read(): Kernel<Uint8Array | null> {
    return new Uint8Array(0);
  }

  *write(bytes: Uint8Array): Kernel<number> {
    return writeAll(this.#fd, bytes);
  }
}

/**
 * The standard input. A file is read when it is asked for. A terminal tells what is typed as it comes. A pipe is read
 * only as far as programs want it, so that what comes behind it is still there for others.
 */
export class InputStream implements Stream {
  readonly kind = kindOf(0);
  readonly size: readonly [number, number];
  #events: Doorbell | undefined;
  #ended = false;
  /** A pipe: programs wait for bytes. */
  #wanted = false;
  /** A pipe: how long it was given in vain since something came; it does not get as much again. */
  #given = 0;

  constructor() {
    this.size = this.kind === 'terminal' ? sizeOf() : USUAL_SIZE;
    if (this.kind === 'file' || this.kind === 'null') this.#ended = true;
  }

  /** Whether bytes may still come. */
  get live(): boolean {
    return !this.#ended;
  }

  /** Begins to hand bytes on. */
  start(events: Doorbell): void {
    this.#events = events;
    if (this.kind === 'terminal') {
      process.stdin.on('data', (bytes: Buffer) => events.input(bytes));
      process.stdin.on('end', () => this.#end());
    } else if (this.kind === 'pipe') {
      process.stdin.on('readable', () => this.#hand());
      process.stdin.on('end', () => this.#end());
      process.stdin.on('error', () => this.#end());
    }
  }

  /** No more bytes are handed on, and the process may end. */
  stop(): void {
    if (this.kind !== 'terminal' && this.kind !== 'pipe') return;
    process.stdin.removeAllListeners();
    process.stdin.pause();
    process.stdin.unref?.();
  }

  *read(length: number): Kernel<Uint8Array | null> {
    if (this.kind === 'file') return this.#readFile(length);
    if (this.kind === 'pipe') return yield* this.#readPipe(length);
    return this.#ended ? new Uint8Array(0) : null;
  }

  /** `length` bytes if they come without a pause: whether a writer is a little slow does not change the run. */
  *#readPipe(length: number): Kernel<Uint8Array | null> {
    const parts: Buffer[] = [];
    this.#wanted = false;
    for (let count = 0; count < length; ) {
      const bytes = process.stdin.read() as Buffer | null;
      if (bytes) {
        parts.push(bytes);
        count += bytes.length;
        continue;
      }
      const grace = count === 0 ? FIRST_GRACE : NEXT_GRACE;
      if (this.#ended || this.#given >= grace) break;
      this.#given = grace;
      yield { kind: 'below', why: 'input', until: grace } as OutsideWait;
    }
    if (parts.length > 0 || this.#ended) return Buffer.concat(parts);
    this.#wanted = true;
    return null;
  }

  *write(bytes: Uint8Array): Kernel<number> {
    return this.kind === 'terminal' ? writeAll(0, bytes) : -EIO;
  }

  #readFile(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(0, bytes));
  }

  #hand(): void {
    this.#given = 0;
    if (!this.#wanted) {
      this.#events?.ring();
      return;
    }
    const bytes = process.stdin.read() as Buffer | null;
    if (!bytes) return;
    this.#wanted = false;
    this.#events?.input(bytes);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events?.input(new Uint8Array(0));
  }
}
