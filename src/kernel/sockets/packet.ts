import { EFAULT, ENOBUFS } from '../../abi/errno.ts';
import type { User } from '../call.ts';
import type { FilesCore } from '../files/core.ts';
import { dropFile, type OpenFile } from '../files/open-file.ts';
import { Cursor, lengthOf } from '../files/ranges.ts';
import { rangesOf, type Segments } from '../files/transfer.ts';
import { PAGE } from '../memory/frames.ts';
import type { Ranges } from '../services.ts';
import type { Journey } from './ancillary.ts';
import type { Socket } from './socket.ts';

/** Who sent: struct ucred. */
export interface Sender {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** A caller's buffer. */
export interface Buffer {
  readonly user: Pick<User, 'ranges'> & Partial<Pick<User, 'bring'>>;
  readonly segments: Segments;
}

/** Bytes on their way, in frames of the kernel's memory, with what travels beside them. */
export interface Packet {
  readonly frames: number[];
  /** Bytes `start` to `start + length` of the frames taken together. */
  start: number;
  length: number;
  /** Who sent it, and how much of his buffer it takes. */
  readonly owner: Socket;
  readonly charge: number;
  /** Address of the sender when it was sent, where that counts (UDP). */
  readonly from: Uint8Array | undefined;
  readonly sender: Sender;
  rights: readonly OpenFile[];
  /** How a datagram travelled. */
  readonly journey?: Journey;
}

/** Copies `length` bytes of a buffer from byte `skip` on into new frames; -EFAULT, -ENOBUFS. */
export function fill(core: FilesCore, from: Buffer, skip: number, length: number): number[] | number {
  const frames: number[] = [];
  for (let i = 0; i * PAGE < length; i++) {
    const frame = core.frames.allocate();
    if (frame < 0) return giveUp(core, frames, -ENOBUFS);
    frames.push(frame);
  }
  let done = 0;
  while (done < length) {
    const ranges = rangesOf(from.user, from.segments, skip + done, length - done, false);
    if (typeof ranges === 'number') return giveUp(core, frames, ranges);
    const count = lengthOf(ranges);
    if (count === 0) return giveUp(core, frames, -EFAULT);
    copyIn(core, frames, done, ranges);
    done += count;
  }
  return frames;
}

function giveUp(core: FilesCore, frames: readonly number[], result: number): number {
  for (const frame of frames) core.frames.release(frame);
  return result;
}

/** Copies ranges to byte `at` of frames. */
export function copyIn(core: FilesCore, frames: readonly number[], at: number, ranges: Ranges): void {
  const cursor = new Cursor(ranges);
  let to = at;
  while (cursor.next(PAGE - (to % PAGE))) {
    core.memory.copy(frames[Math.floor(to / PAGE)] * PAGE + (to % PAGE), cursor.address, cursor.length);
    to += cursor.length;
  }
}

/** Copies `count` bytes of a packet from its byte `offset` on into a buffer at byte `skip`: all of them, or -EFAULT. */
export function deliver(
  core: FilesCore,
  packet: Packet,
  offset: number,
  to: Buffer,
  skip: number,
  count: number,
): number {
  const pieces: Ranges[] = [];
  let found = 0;
  while (found < count) {
    const ranges = rangesOf(to.user, to.segments, skip + found, count - found, true);
    if (typeof ranges === 'number') return ranges;
    const length = lengthOf(ranges);
    if (length === 0) return -EFAULT;
    pieces.push(ranges);
    found += length;
  }
  let at = packet.start + offset;
  for (const ranges of pieces) {
    const cursor = new Cursor(ranges);
    while (cursor.next(PAGE - (at % PAGE))) {
      core.memory.copy(cursor.address, packet.frames[Math.floor(at / PAGE)] * PAGE + (at % PAGE), cursor.length);
      at += cursor.length;
    }
  }
  return count;
}

/** A copy of `count` bytes of frames, from byte `start` on. */
export function contents({ memory }: FilesCore, frames: readonly number[], count: number, start = 0): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count; ) {
    const at = start + done;
    const length = Math.min(count - done, PAGE - (at % PAGE));
    memory.read(frames[Math.floor(at / PAGE)] * PAGE + (at % PAGE), bytes, done, length);
    done += length;
  }
  return bytes;
}

/** Writes `count` bytes to byte `at` of frames. */
export function store({ memory }: FilesCore, frames: readonly number[], at: number, bytes: Uint8Array, count: number) {
  for (let done = 0; done < count; ) {
    const to = at + done;
    const length = Math.min(count - done, PAGE - (to % PAGE));
    memory.write(frames[Math.floor(to / PAGE)] * PAGE + (to % PAGE), bytes, done, length);
    done += length;
  }
}

/** New frames with these bytes; undefined when memory is exhausted. */
export function framesOf(core: FilesCore, bytes: Uint8Array): number[] | undefined {
  const frames: number[] = [];
  for (let at = 0; at < bytes.length; at += PAGE) {
    const frame = core.frames.allocate();
    if (frame < 0) {
      giveUp(core, frames, 0);
      return undefined;
    }
    frames.push(frame);
  }
  store(core, frames, 0, bytes, bytes.length);
  return frames;
}

/** Takes `count` bytes from the front of a packet; frames that are empty then go back. */
export function consume(core: FilesCore, packet: Packet, count: number): void {
  packet.start += count;
  packet.length -= count;
  while (packet.start >= PAGE && packet.frames.length > 0) {
    core.frames.release(packet.frames.shift() as number);
    packet.start -= PAGE;
  }
}

/** The packet is gone: its frames go back, files that it carried are closed, its sender has room again. */
export function release(core: FilesCore, packet: Packet): void {
  for (const frame of packet.frames) core.frames.release(frame);
  packet.frames.length = 0;
  const { rights } = packet;
  packet.rights = [];
  for (const file of rights) dropFile(core, file);
  packet.owner.uncharge(packet.charge);
}

/** sizeof(struct sk_buff) in whole cache lines, and what ends a buffer (struct skb_shared_info). */
const HEADER = 256;
const TRAILER = 320;
/** Most bytes of a message that lie in one piece: of a datagram (SKB_MAX_ALLOC), and of a piece of a stream (SKB_MAX_HEAD). */
export const DATAGRAM_LINEAR = 16384 - TRAILER;
export const STREAM_LINEAR = PAGE - TRAILER;

/** What a message of `length` bytes takes of its sender's buffer (skb->truesize, alloc_skb_with_frags). */
export function trueSize(length: number, linearMax: number): number {
  const paged = length > linearMax ? Math.ceil((length - linearMax) / PAGE) * PAGE : 0;
  const linear = Math.max(0, length - paged);
  return HEADER + slab(Math.ceil(linear / 64) * 64 + TRAILER) + Math.min(paged, length);
}

/** The size that kmalloc gives. */
function slab(bytes: number): number {
  let size = 512;
  while (size < bytes) size *= 2;
  return size;
}
