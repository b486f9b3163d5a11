import { EAGAIN, EFAULT, EINVAL } from '../../abi/errno.ts';
import { POLLERR, POLLIN, POLLOUT } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { gather, scatter } from '../files/ranges.ts';
import { Queue } from '../queue.ts';

/** The value that can be neither reached nor written (eventfd(2)). */
const ALL_ONES = 0xffff_ffff_ffff_ffffn;
const SIZE = 8;

/** The counter of an eventfd. */
export class EventCounter {
  value: bigint;
  readonly semaphore: boolean;
  readonly canRead = new Queue();
  readonly canWrite = new Queue();

  constructor(value: number, semaphore: boolean) {
    this.value = BigInt(value >>> 0);
    this.semaphore = semaphore;
  }
}

/** eventfd(2): a read takes the counter (or one of it), a write adds to it. */
export const eventOps: FileOps<EventCounter> = {
  name: 'eventfd',
  looksFirst: true,
  seekable: false,
  read: readEvent,
  write: writeEvent,
  // POLLIN and POLLOUT alone, without their NORM twins (fs/eventfd.c).
  poll(_core, { state }) {
    let events = 0;
    if (state.value > 0n) events |= POLLIN;
    if (state.value === ALL_ONES) events |= POLLERR;
    if (state.value < ALL_ONES - 1n) events |= POLLOUT;
    return events;
  },
  queue: (_core, { state }, writing) => (writing ? state.canWrite : state.canRead),
  audit(_core, [{ state, handle }], books) {
    books.queue(`readers of eventfd ${handle}`, state.canRead);
    books.queue(`writers of eventfd ${handle}`, state.canWrite);
  },
};

function readEvent(core: FilesCore, { state }: OpenFile<EventCounter>, transfer: Transfer): number {
  if (transfer.wanted < SIZE) return -EINVAL;
  if (state.value === 0n) return -EAGAIN;
  if (transfer.length < SIZE) return -EFAULT;
  const taken = state.semaphore ? 1n : state.value;
  const bytes = new Uint8Array(SIZE);
  new DataView(bytes.buffer).setBigUint64(0, taken, true);
  scatter(core.memory, transfer.ranges, bytes);
  state.value -= taken;
  state.canWrite.wake();
  return SIZE;
}

function writeEvent(core: FilesCore, { state }: OpenFile<EventCounter>, transfer: Transfer): number {
  if (transfer.wanted !== SIZE) return -EINVAL;
  if (transfer.length < SIZE) return -EFAULT;
  const added = new DataView(gather(core.memory, transfer.ranges, SIZE).buffer).getBigUint64(0, true);
  if (added === ALL_ONES) return -EINVAL;
  if (ALL_ONES - state.value <= added) return -EAGAIN;
  state.value += added;
  state.canRead.wake();
  return SIZE;
}
