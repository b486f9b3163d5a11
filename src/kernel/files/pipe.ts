import { EAGAIN, EBUSY, EFAULT, EINVAL, ENOMEM, ENOTTY, EPERM, EPIPE } from '../../abi/errno.ts';
import { FIONREAD, O_DIRECT, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/flags.ts';
import { POLL_IN, POLL_OUT, SIGPIPE } from '../../abi/signals.ts';
import type { Books } from '../audit/books.ts';
import { PAGE } from '../memory/frames.ts';
import type { Memory } from '../platform.ts';
import { Queue } from '../queue.ts';
import type { FilesCore } from './core.ts';
import type { FileOps, OpenFile, Transfer } from './open-file.ts';
import { Cursor } from './ranges.ts';

/** Slots of a new pipe, and the most that a program may ask for without being root. */
const SLOTS = 16;
const SLOTS_MAX = 256;

/** One page of a pipe: bytes `offset` to `offset + length` of a frame. */
interface Slot {
  readonly frame: number;
  /** Written with O_DIRECT: a read takes it alone and whole. */
  readonly packet: boolean;
  offset: number;
  length: number;
}

/** A pipe: pages of bytes in the kernel's memory, first in first out (pipe(7); the merging of writes is fs/pipe.c's). */
export class Pipe {
  readonly slots: Slot[] = [];
  capacity = SLOTS;
  readers = 0;
  writers = 0;
  /** How many have ever opened it: lets an open of a FIFO see a partner who has left again. */
  readersEver = 0;
  writersEver = 0;
  readonly canRead = new Queue();
  readonly canWrite = new Queue();
  /** Waiting opens of a FIFO. */
  readonly partner = new Queue();
  /** Open files of it that get signals (FASYNC). */
  told: Set<OpenFile> | undefined;

  /** Bytes that wait to be read. */
  get bytes(): number {
    let bytes = 0;
    for (const slot of this.slots) bytes += slot.length;
    return bytes;
  }
}

/** Pipes and FIFOs. */
export const pipeOps: FileOps<Pipe> = {
  name: 'pipe',
  looksFirst: true,
  seekable: false,
  read: readPipe,
  write: writePipe,
  poll: pollPipe,
  queue: (_core, file, writing) => (writing ? file.state.canWrite : file.state.canRead),
  ioctl: (_core, file, caller, request, argument) => {
    if (request !== FIONREAD) return -ENOTTY;
    const denied = caller.user.writable(argument, 4);
    if (denied < 0) return denied;
    caller.user.store32(argument, file.state.bytes);
    return 0;
  },
  close: closePipe,
  audit: auditPipe,
};

function readPipe(core: FilesCore, file: OpenFile<Pipe>, transfer: Transfer): number {
  const pipe = file.state;
  if (transfer.wanted === 0) return 0;
  const { slots } = pipe;
  if (slots.length === 0) return pipe.writers === 0 ? 0 : -EAGAIN;
  const wasFull = slots.length >= pipe.capacity;
  const cursor = new Cursor(transfer.ranges);
  let done = 0;
  while (done < transfer.wanted && slots.length > 0) {
    const slot = slots[0];
    if (slot.packet && done > 0) break;
    // As much of a slot as is wanted moves, or nothing of it.
    const count = Math.min(slot.length, transfer.wanted - done);
    if (done + count > transfer.length) {
      if (done === 0) return -EFAULT;
      break;
    }
    take(core.memory, slot, count, cursor);
    done += count;
    if (slot.length === 0 || slot.packet) {
      core.frames.release(slot.frame);
      slots.shift();
    }
    if (slot.packet) break;
  }
  file.node.atime = core.clock.stamp();
  if (pipe.told) tellSides(pipe, false, true);
  if (wasFull && slots.length < pipe.capacity) pipe.canWrite.wake();
  return done;
}

function take(memory: Memory, slot: Slot, count: number, cursor: Cursor): void {
  const end = slot.length - count;
  while (slot.length > end && cursor.next(slot.length - end)) {
    memory.copy(cursor.address, slot.frame * PAGE + slot.offset, cursor.length);
    slot.offset += cursor.length;
    slot.length -= cursor.length;
  }
}

function writePipe(core: FilesCore, file: OpenFile<Pipe>, transfer: Transfer): number {
  const pipe = file.state;
  if (transfer.wanted === 0) return 0;
  if (pipe.readers === 0) {
    core.tasks.signal(transfer.pid, SIGPIPE);
    return -EPIPE;
  }
  const cursor = new Cursor(transfer.ranges);
  let done = merge(core.memory, pipe, transfer, cursor);
  while (done < transfer.wanted && pipe.slots.length < pipe.capacity) {
    const size = Math.min(PAGE, transfer.wanted - done);
    if (done + size > transfer.length) {
      if (done === 0) return -EFAULT;
      break;
    }
    const frame = core.frames.allocate();
    if (frame < 0) return done > 0 ? done : -ENOMEM;
    const slot: Slot = { frame, packet: (file.flags & O_DIRECT) !== 0, offset: 0, length: 0 };
    pipe.slots.push(slot);
    append(core.memory, slot, size, cursor);
    done += size;
  }
  if (done === 0) return -EAGAIN;
  file.node.mtime = file.node.ctime = core.clock.stamp();
  // Edge-triggered watchers hear of every write, not only of the first.
  pipe.canRead.wake();
  if (pipe.told) tellSides(pipe, true, false);
  return done;
}

/** Signals to those who read, or those who write (kill_fasync in Linux's fs/pipe.c). */
function tellSides(pipe: Pipe, readers: boolean, writers: boolean): void {
  for (const file of [...(pipe.told ?? [])]) {
    if (readers && file.readable) file.async?.tell(POLL_IN);
    if (writers && file.writable) file.async?.tell(POLL_OUT);
  }
}

/** The odd bytes of a write go into the last page when all of them fit there. */
function merge(memory: Memory, pipe: Pipe, transfer: Transfer, cursor: Cursor): number {
  const last = pipe.slots.at(-1);
  const odd = transfer.wanted % PAGE;
  if (odd > transfer.length || !last || last.packet || odd === 0 || last.offset + last.length + odd > PAGE) return 0;
  append(memory, last, odd, cursor);
  return odd;
}

function append(memory: Memory, slot: Slot, size: number, cursor: Cursor): void {
  const end = slot.length + size;
  while (slot.length < end && cursor.next(end - slot.length)) {
    memory.copy(slot.frame * PAGE + slot.offset + slot.length, cursor.address, cursor.length);
    slot.length += cursor.length;
  }
}

function pollPipe(_core: FilesCore, file: OpenFile<Pipe>): number {
  const pipe = file.state;
  let events = 0;
  if (file.readable) {
    if (pipe.slots.length > 0) events |= POLLIN | POLLRDNORM;
    if (pipe.writers === 0 && file.version !== pipe.writersEver) events |= POLLHUP;
  }
  if (file.writable) {
    if (pipe.slots.length < pipe.capacity) events |= POLLOUT | POLLWRNORM;
    if (pipe.readers === 0) events |= POLLERR;
  }
  return events;
}

function closePipe(core: FilesCore, file: OpenFile<Pipe>): void {
  const pipe = file.state;
  if (file.readable) pipe.readers--;
  if (file.writable) pipe.writers--;
  pipe.canRead.wake();
  pipe.canWrite.wake();
  // Whoever is left hears that the other side changed.
  if (pipe.readers > 0 !== pipe.writers > 0) tellSides(pipe, true, true);
  if (pipe.readers > 0 || pipe.writers > 0) return;
  for (const slot of pipe.slots) core.frames.release(slot.frame);
  pipe.slots.length = 0;
  file.node.pipe = undefined;
}

function auditPipe(_core: FilesCore, files: readonly OpenFile<Pipe>[], books: Books): void {
  const pipe = files[0].state;
  const name = `pipe ${files[0].node.number}`;
  books.equal('readers', `of ${name}`, files.filter((file) => file.readable).length, pipe.readers);
  books.equal('writers', `of ${name}`, files.filter((file) => file.writable).length, pipe.writers);
  for (const slot of pipe.slots) books.holds('frame', slot.frame, name);
  books.queue(`readers of ${name}`, pipe.canRead);
  books.queue(`writers of ${name}`, pipe.canWrite);
  books.queue(`partners of ${name}`, pipe.partner);
}

/** F_SETPIPE_SZ: room for `bytes`, rounded up to a power of two of pages; returns the size in bytes or -errno. */
export function resizePipe(pipe: Pipe, bytes: number, privileged: boolean): number {
  if (bytes >>> 0 > 0x80000000) return -EINVAL;
  let slots = 1;
  while (slots * PAGE < bytes >>> 0) slots *= 2;
  if (slots > SLOTS_MAX && !privileged) return -EPERM;
  if (slots < pipe.slots.length) return -EBUSY;
  pipe.capacity = slots;
  pipe.canWrite.wake();
  return slots * PAGE;
}
