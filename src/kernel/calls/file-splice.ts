import { EAGAIN, EBADF, EFAULT, EINVAL, ENOMEM, EPIPE, ESPIPE } from '../../abi/errno.ts';
import { O_APPEND, O_NONBLOCK, POLLERR, POLLHUP, POLLIN } from '../../abi/flags.ts';
import { SIGPIPE } from '../../abi/signals.ts';
import { type Caller, ERESTARTSYS, type Row, wait } from '../call.ts';
import type { FilesCore } from '../files/core.ts';
import type { OpenFile } from '../files/open-file.ts';
import { type Pipe, pipeOps } from '../files/pipe.ts';
import { type Mover, type Segments, transfer } from '../files/transfer.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, wide } from './file-arguments.ts';

/** SPLICE_F_MOVE, NONBLOCK, MORE, GIFT: all but NONBLOCK are hints. */
const FLAGS = 0xf;
const NONBLOCK = 2;
const SEGMENTS_MAX = 1024;

/** The pipe behind an open file, if it is one. */
function pipeOf(file: OpenFile): Pipe | undefined {
  return file.ops === (pipeOps as OpenFile['ops']) ? (file.state as Pipe) : undefined;
}

/** Waits until the pipe holds something: 1, 0 at its end, -EAGAIN, -ERESTARTSYS. */
function* waitForBytes(pipe: Pipe, waits: boolean): Kernel<number> {
  while (pipe.slots.length === 0) {
    if (pipe.writers === 0) return 0;
    if (!waits) return -EAGAIN;
    if ((yield* wait(pipe.canRead)) === 'signal') return -ERESTARTSYS;
  }
  return 1;
}

/** Waits until the pipe has a free page: 1, -EPIPE with its signal, -EAGAIN, -ERESTARTSYS. */
function* waitForRoom(core: FilesCore, caller: Caller, pipe: Pipe, waits: boolean): Kernel<number> {
  for (;;) {
    if (pipe.readers === 0) {
      core.tasks.signal(caller.pid, SIGPIPE);
      return -EPIPE;
    }
    if (pipe.slots.length < pipe.capacity) return 1;
    if (!waits) return -EAGAIN;
    if ((yield* wait(pipe.canWrite)) === 'signal') return -ERESTARTSYS;
  }
}

/** A mover whose addresses are the kernel's own. */
function physical(caller: Caller): Mover {
  return { pid: caller.pid, user: { ranges: (address, length) => [address, length] } };
}

/** Moves what a pipe holds, at most `count` bytes, into a file; pages leave the pipe as they are written. */
function* drain(caller: Caller, pipe: Pipe, to: OpenFile, count: number, at: number | undefined): Kernel<number> {
  const { core } = caller.services.files;
  let done = 0;
  while (done < count && pipe.slots.length > 0) {
    const slot = pipe.slots[0];
    const { frame } = slot;
    const want = Math.min(slot.length, count - done);
    core.frames.hold(frame);
    const source = [frame * PAGE + slot.offset, want];
    const writing = transfer(core, physical(caller), to, source, true, at === undefined ? undefined : at + done);
    const written = typeof writing === 'number' ? writing : yield* writing;
    core.frames.release(frame);
    if (written <= 0) return done || written;
    slot.offset += written;
    slot.length -= written;
    if (slot.length === 0 && pipe.slots[0] === slot) {
      core.frames.release(frame);
      pipe.slots.shift();
      pipe.canWrite.wake();
    }
    done += written;
    if (written < want) break;
  }
  return done;
}

/** Fills a pipe's free pages from a file: what is there, without a wait after the first page. */
function* refill(caller: Caller, from: OpenFile, pipe: Pipe, count: number, at: number | undefined): Kernel<number> {
  const { core } = caller.services.files;
  let done = 0;
  while (done < count && pipe.slots.length < pipe.capacity) {
    const ready = from.ops.poll(core, from) & (POLLIN | POLLHUP | POLLERR);
    if (done > 0 && !from.ops.seekable && !ready) break;
    const frame = core.frames.allocate();
    if (frame < 0) return done || -ENOMEM;
    const want = Math.min(PAGE, count - done);
    const start = at === undefined ? undefined : at + done;
    const reading = transfer(core, physical(caller), from, [frame * PAGE, want], false, start);
    const got = typeof reading === 'number' ? reading : yield* reading;
    if (got <= 0) {
      core.frames.release(frame);
      return done || got;
    }
    pipe.slots.push({ frame, packet: false, offset: 0, length: got });
    pipe.canRead.wake();
    done += got;
    if (got < want) break;
  }
  return done;
}

/** An offset behind a pointer: undefined = none given; -EFAULT. */
function offsetAt({ user }: Caller, address: number): number | undefined {
  if (address === 0) return undefined;
  const bad = user.writable(address, 8);
  return bad < 0 ? bad : wide(user.load32(address), user.load32(address + 4));
}

function storeOffset({ user }: Caller, address: number, value: number): void {
  if (address === 0 || user.writable(address, 8) < 0) return;
  user.store32(address, value | 0);
  user.store32(address + 4, Math.floor(value / 0x100000000));
}

/** splice(2): bytes move between a pipe and a file, or two pipes. */
function* splice(caller: Caller): Kernel<number> {
  const [inFd, inAt, outFd, outAt, , flags] = caller.args;
  const count = Math.min(caller.args[4] >>> 0, 0x7ffff000);
  if (count === 0) return 0;
  if (flags & ~FLAGS) return -EINVAL;
  const from = fileAt(caller, inFd);
  const to = fileAt(caller, outFd);
  if (!from || !to || !from.readable || !to.writable) return -EBADF;
  const source = pipeOf(from);
  const target = pipeOf(to);
  if ((source && inAt !== 0) || (target && outAt !== 0)) return -ESPIPE;
  const start = offsetAt(caller, inAt);
  const end = offsetAt(caller, outAt);
  for (const offset of [start, end])
    if (offset !== undefined && offset < 0) return offset === -EFAULT ? offset : -EINVAL;
  if ((!source && !target) || source === target) return -EINVAL;
  if ((start !== undefined && !from.ops.seekable) || (end !== undefined && !to.ops.seekable)) return -EINVAL;
  if (!target && to.flags & O_APPEND) return -EINVAL;
  if (from.node.isDirectory) return -EINVAL;
  const { core } = caller.services.files;
  const waits = !(flags & NONBLOCK);
  if (source) {
    const ready = yield* waitForBytes(source, waits && !(from.flags & O_NONBLOCK));
    if (ready <= 0) return ready;
  }
  if (target) {
    const ready = yield* waitForRoom(core, caller, target, waits && !(to.flags & O_NONBLOCK));
    if (ready < 0) return ready;
  }
  if (!source && !waits && !(from.ops.poll(core, from) & (POLLIN | POLLHUP))) return -EAGAIN;
  const result = target
    ? yield* source ? between(caller, source, target, count) : refill(caller, from, target, count, start)
    : yield* drain(caller, source as Pipe, to, count, end);
  if (result > 0 && start !== undefined) storeOffset(caller, inAt, start + result);
  if (result > 0 && end !== undefined) storeOffset(caller, outAt, end + result);
  return result;
}

/** Pages change from one pipe to another; a page of which only a part goes is copied. */
function* between(caller: Caller, source: Pipe, target: Pipe, count: number): Kernel<number> {
  const { core } = caller.services.files;
  let done = 0;
  while (done < count && source.slots.length > 0 && target.slots.length < target.capacity) {
    const slot = source.slots[0];
    if (slot.length <= count - done) {
      target.slots.push(slot);
      source.slots.shift();
      done += slot.length;
      continue;
    }
    const part = copyOf(core, slot, count - done);
    if (!part) return done || -ENOMEM;
    target.slots.push(part);
    slot.offset += part.length;
    slot.length -= part.length;
    done += part.length;
  }
  source.canWrite.wake();
  target.canRead.wake();
  return done;
}

type Slot = Pipe['slots'][number];

function copyOf(core: FilesCore, slot: Slot, length: number): Slot | undefined {
  const frame = core.frames.allocate();
  if (frame < 0) return undefined;
  core.memory.copy(frame * PAGE, slot.frame * PAGE + slot.offset, length);
  return { frame, packet: slot.packet, offset: 0, length };
}

/** tee(2): what one pipe holds is copied to another and stays. */
function* tee(caller: Caller): Kernel<number> {
  const [inFd, outFd, , flags] = caller.args;
  const count = caller.args[2] >>> 0;
  if (flags & ~FLAGS) return -EINVAL;
  if (count === 0) return 0;
  const from = fileAt(caller, inFd);
  const to = fileAt(caller, outFd);
  if (!from || !to || !from.readable || !to.writable) return -EBADF;
  const source = pipeOf(from);
  const target = pipeOf(to);
  if (!source || !target || source === target) return -EINVAL;
  const { core } = caller.services.files;
  const waits = !(flags & NONBLOCK);
  const bytes = yield* waitForBytes(source, waits && !(from.flags & O_NONBLOCK));
  if (bytes <= 0) return bytes;
  const room = yield* waitForRoom(core, caller, target, waits && !(to.flags & O_NONBLOCK));
  if (room < 0) return room;
  let done = 0;
  for (const slot of [...source.slots]) {
    if (done >= count || target.slots.length >= target.capacity) break;
    const part = copyOf(core, slot, Math.min(slot.length, count - done));
    if (!part) return done || -ENOMEM;
    target.slots.push(part);
    done += part.length;
  }
  target.canRead.wake();
  return done;
}

/** vmsplice(2): as writev, or on the other end as readv; pages are copied, never given. */
function* vmsplice(caller: Caller): Kernel<number> {
  const [fd, address, , flags] = caller.args;
  const count = caller.args[2] >>> 0;
  const { user } = caller;
  if (flags & ~FLAGS) return -EINVAL;
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  if (count === 0) return 0;
  const pipe = pipeOf(file);
  if (!pipe) return -EBADF;
  if (count > SEGMENTS_MAX) return -EINVAL;
  const bad = user.readable(address, count * 8);
  if (bad < 0) return bad;
  const segments: number[] = [];
  for (let i = 0; i < count; i++) {
    const length = user.load32(address + i * 8 + 4);
    if (length < 0) return -EINVAL;
    segments.push(user.load32(address + i * 8), length);
  }
  const { core } = caller.services.files;
  const writing = file.writable;
  const waits = !(flags & NONBLOCK) && !(file.flags & O_NONBLOCK);
  if ((segments as Segments).every((word, i) => i % 2 === 0 || word === 0)) return 0;
  const ready = yield* writing ? waitForRoom(core, caller, pipe, waits) : waitForBytes(pipe, waits);
  if (ready <= 0) return ready;
  const moving = transfer(core, caller, file, segments, writing);
  return typeof moving === 'number' ? moving : yield* moving;
}

/** Moving bytes through pipes. */
export const fileSpliceCalls: readonly Row[] = [
  { number: 313, name: 'splice', run: splice },
  { number: 315, name: 'tee', run: tee, note: 'the bytes are copied: no page is shared or given away' },
  { number: 316, name: 'vmsplice', run: vmsplice, note: 'the bytes are copied: no page is shared or given away' },
];
