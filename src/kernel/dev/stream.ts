import { EAGAIN, EPIPE } from '../../abi/errno.ts';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/flags.ts';
import { SIGPIPE } from '../../abi/signals.ts';
import type { Books } from '../audit/books.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { gather, scatter } from '../files/ranges.ts';
import type { Kernel, Stream } from '../platform.ts';
import { Queue } from '../queue.ts';

/** A standard stream of the run that is no terminal. */
export class StreamState {
  readonly stream: Stream;
  /** Bytes that have come but are not read yet, and how many. */
  readonly #pending: Uint8Array[] = [];
  #count = 0;
  #ended = false;
  readonly canRead = new Queue();

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** Bytes from outside; none at all: the end. */
  receive(bytes: Uint8Array): void {
    if (bytes.length === 0) this.#ended = true;
    else {
      this.#pending.push(bytes);
      this.#count += bytes.length;
    }
    this.canRead.wake();
  }

  /** Whether a read would not wait. */
  get ready(): boolean {
    return this.#ended || this.#count > 0;
  }

  /** Asks the world below for bytes until `length` are here, or none come at once: how they were cut on their way must not show. */
  *fetch(length: number): Kernel<void> {
    while (!this.#ended && this.#count < length) {
      const bytes = yield* this.stream.read(length - this.#count);
      if (!bytes) return;
      this.receive(bytes);
    }
  }

  audit(books: Books): void {
    books.queue('the standard input', this.canRead);
  }

  /** Takes up to `most` bytes that are here. */
  take(most: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(most, this.#count));
    for (let done = 0; done < bytes.length; ) {
      const first = this.#pending[0];
      const piece = first.subarray(0, bytes.length - done);
      bytes.set(piece, done);
      done += piece.length;
      if (piece.length === first.length) this.#pending.shift();
      else this.#pending[0] = first.subarray(piece.length);
    }
    this.#count -= bytes.length;
    return bytes;
  }
}

/** Files and pipes outside that the run was given as standard streams. */
export const streamOps: FileOps<StreamState> = {
  name: 'stream',
  seekable: false,
  *read(core, file, transfer) {
    if (transfer.length === 0) return 0;
    yield* file.state.fetch(transfer.length);
    if (!file.state.ready) return -EAGAIN;
    return scatter(core.memory, transfer.ranges, file.state.take(transfer.length));
  },
  write: writeStream,
  prime: (_core, file) => file.state.fetch(1),
  poll: (_core, file) => (file.state.ready ? POLLIN | POLLRDNORM : 0) | POLLOUT | POLLWRNORM,
  queue: (_core, file, writing) => (writing ? undefined : file.state.canRead),
};

function* writeStream(core: FilesCore, file: OpenFile<StreamState>, transfer: Transfer): Kernel<number> {
  const failed = yield* file.state.stream.write(gather(core.memory, transfer.ranges));
  if (failed >= 0) return transfer.length;
  if (failed === -EPIPE) core.tasks.signal(transfer.pid, SIGPIPE);
  return failed;
}
