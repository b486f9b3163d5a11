import { EAGAIN, EBADF, EFAULT, EINVAL, EMSGSIZE, ENOBUFS } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { ADDRESS_MAX, MSG_ERRQUEUE, MSG_WAITFORONE } from '../../abi/sockets.ts';
import { MSGHDR } from '../../abi/structs.ts';
import type { Caller, Row } from '../call.ts';
import { dropFile } from '../files/open-file.ts';
import { lengthOf } from '../files/ranges.ts';
import { type Segments, TRANSFER_MAX } from '../files/transfer.ts';
import type { Kernel } from '../platform.ts';
import { besides } from '../sockets/ancillary.ts';
import { receive, send } from '../sockets/exchange.ts';
import { networkOf } from '../sockets/network.ts';
import { senderOf } from '../sockets/ops.ts';
import { type Control, NO_CONTROL, parseControl, writeControl } from '../sockets/rights.ts';
import type { Incoming, Socket } from '../sockets/socket.ts';
import { readTimespec32, readTimespec64 } from '../time/spec.ts';
import { findUnix } from './socket.ts';
import { addressAt, canStoreAddress, socketAt, storeAddress } from './socket-arguments.ts';

/** UIO_MAXIOV. */
const SEGMENTS_MAX = 1024;
/** Bytes of a struct mmsghdr: a msghdr and a count. */
const MMSGHDR = MSGHDR.size + 4;
const FLAGS_KEPT = ~MSG_WAITFORONE;

/** Sends one message whose parts have been read. */
function* sendParts(
  caller: Caller,
  fd: number,
  segments: Segments,
  flags: number,
  address: Uint8Array | undefined,
  control: Uint8Array | undefined,
): Kernel<number> {
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  const { state } = file;
  const said = control ? parseControl(caller, state, control) : NO_CONTROL;
  if (typeof said === 'number') return said;
  const named = address && address.length > 0 ? address : undefined;
  let target: Socket | undefined;
  if (named && state.family === F.AF_UNIX && state.isDatagram) {
    if (segmentsLength(segments) > state.settings.sendBuffer - 32) return -EMSGSIZE;
    const found = yield* findUnix(caller, state, named);
    if (typeof found === 'number') return found;
    target = found;
  }
  const { core } = caller.services.files;
  const out = {
    user: caller.user,
    pid: caller.pid,
    segments,
    total: Math.min(segmentsLength(segments), TRANSFER_MAX),
    flags: flags | (file.flags & F.O_NONBLOCK ? F.MSG_DONTWAIT : 0),
    address: state.how.name === 'tcp' ? undefined : named,
    target,
    ...carried(said),
    sender: said.sender ?? senderOf(core, caller.pid),
    done: 0,
  };
  // Files in a message stay open while it waits for room, whatever happens to their descriptors.
  for (const right of out.rights) right.users++;
  const sending = send(networkOf(core), state, out);
  const result = typeof sending === 'number' ? sending : yield* sending;
  for (const right of out.rights) dropFile(core, right);
  return result;

  function carried({ rights, sender, hops, service }: Control) {
    return { rights, hops, service, named: sender !== undefined || state.settings.passCredentials };
  }
}

function segmentsLength(segments: Segments): number {
  return lengthOf(segments);
}

export function* sendto(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, length, flags, addressBegins, addressLength] = args;
  const known = socketAt(caller, fd);
  if (known === -EBADF) return known;
  const address = addressBegins === 0 ? undefined : addressAt(caller, addressBegins, addressLength);
  if (typeof address === 'number') return address;
  return yield* sendParts(caller, fd, [at, length >>> 0], flags, address, undefined);
}

/** A struct msghdr's parts; -EFAULT, -EMSGSIZE, -EINVAL, -ENOBUFS. */
interface Header {
  readonly name: number;
  readonly nameLength: number;
  readonly segments: Segments;
  readonly control: number;
  readonly controlLength: number;
}

function headerAt({ user }: Caller, at: number): Header | number {
  if (user.readable(at, MSGHDR.size) < 0) return -EFAULT;
  const word = (name: keyof typeof MSGHDR.at) => user.load32(at + MSGHDR.at[name]);
  const name = word('msg_name');
  const nameLength = name === 0 ? 0 : word('msg_namelen');
  const control = word('msg_control');
  const controlLength = word('msg_controllen') >>> 0;
  const vector = word('msg_iov');
  const count = word('msg_iovlen') >>> 0;
  if (nameLength < 0) return -EINVAL;
  if (count > SEGMENTS_MAX) return -EMSGSIZE;
  const bad = user.readable(vector, count * 8);
  if (bad < 0) return bad;
  const segments: number[] = [];
  for (let i = 0; i < count; i++) {
    const length = user.load32(vector + i * 8 + 4);
    if (length < 0) return -EINVAL;
    segments.push(user.load32(vector + i * 8), length);
  }
  return { name, nameLength: Math.min(nameLength, ADDRESS_MAX), segments, control, controlLength };
}

export function* sendmsg(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, flags] = args;
  return yield* sendHeader(caller, fd, at, flags);
}

function* sendHeader(caller: Caller, fd: number, at: number, flags: number): Kernel<number> {
  const known = socketAt(caller, fd);
  if (typeof known === 'number') return known;
  const header = headerAt(caller, at);
  if (typeof header === 'number') return header;
  const address = header.name === 0 ? undefined : addressAt(caller, header.name, header.nameLength);
  if (typeof address === 'number') return address;
  let control: Uint8Array | undefined;
  if (header.control !== 0 && header.controlLength > 0) {
    if (header.controlLength > 0x10000) return -ENOBUFS;
    const bytes = caller.user.bytes(header.control, header.controlLength);
    if (typeof bytes === 'number') return bytes;
    control = bytes;
  }
  return yield* sendParts(caller, fd, header.segments, flags, address, control);
}

export function* sendmmsg(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, count, flags] = args;
  const known = socketAt(caller, fd);
  if (typeof known === 'number') return known;
  const most = Math.min(count >>> 0, SEGMENTS_MAX);
  let sent = 0;
  for (; sent < most; sent++) {
    const entry = at + sent * MMSGHDR;
    if (caller.user.writable(entry, MMSGHDR) < 0) return sent || -EFAULT;
    const result = yield* sendHeader(caller, fd, entry, flags & FLAGS_KEPT);
    if (result < 0) return sent || result;
    if (caller.user.writable(entry, MMSGHDR) < 0) return sent || -EFAULT;
    caller.user.store32(entry + MSGHDR.size, result);
  }
  return sent;
}

/** A message to receive into segments, and the receive itself. */
function* receiveParts(
  caller: Caller,
  fd: number,
  segments: Segments,
  flags: number,
  dropsRights: boolean,
): Kernel<{ result: number; into: Incoming | undefined }> {
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return { result: file, into: undefined };
  const into: Incoming = {
    user: caller.user,
    pid: caller.pid,
    segments,
    total: Math.min(segmentsLength(segments), TRANSFER_MAX),
    // Errors are never waited for.
    flags: flags | (file.flags & F.O_NONBLOCK || flags & MSG_ERRQUEUE ? F.MSG_DONTWAIT : 0),
    done: 0,
    from: undefined,
    sender: undefined,
    rights: [],
    dropsRights,
    outFlags: 0,
  };
  const receiving = receive(networkOf(caller.services.files.core), file.state, into);
  return { result: typeof receiving === 'number' ? receiving : yield* receiving, into };
}

export function* recvfrom(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, length, flags, addressBegins, lengthAt] = args;
  const denied = canStoreAddress(caller, addressBegins, lengthAt);
  const known = socketAt(caller, fd);
  if (typeof known === 'number') return known;
  if (denied < 0) return denied;
  const { result, into } = yield* receiveParts(caller, fd, [at, length >>> 0], flags, true);
  if (result < 0 || addressBegins === 0 || !into) return result;
  const failed = storeAddress(caller, into.from ?? new Uint8Array(0), addressBegins, lengthAt);
  return failed < 0 ? failed : result;
}

export function* recvmsg(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, flags] = args;
  return yield* receiveHeader(caller, fd, at, flags);
}

function* receiveHeader(caller: Caller, fd: number, at: number, flags: number): Kernel<number> {
  const known = socketAt(caller, fd);
  if (typeof known === 'number') return known;
  const { user } = caller;
  const header = headerAt(caller, at);
  if (typeof header === 'number') return header;
  // All that is written later must be there now: a message is received only once.
  if (user.writable(at, MSGHDR.size) < 0) return -EFAULT;
  const hasControl = header.control !== 0 && header.controlLength > 0;
  if (header.name !== 0 && user.writable(header.name, header.nameLength) < 0) return -EFAULT;
  if (hasControl && user.writable(header.control, Math.min(header.controlLength, 4096)) < 0) return -EFAULT;
  const { result, into } = yield* receiveParts(caller, fd, header.segments, flags, !hasControl);
  if (result < 0 || !into) return result;
  let written = 0;
  if (hasControl) {
    const bytes = writeControl(caller, known.state, into, header.controlLength);
    written = bytes.length;
    if (written > 0) user.write(header.control, bytes);
  } else if (
    known.state.settings.passCredentials ||
    into.beside ||
    (into.journey && besides(known.state, into.journey).length > 0)
  )
    into.outFlags |= F.MSG_CTRUNC;
  if (header.name !== 0) {
    const name = into.from ?? new Uint8Array(0);
    const shown = name.subarray(0, Math.min(name.length, header.nameLength));
    if (shown.length > 0) user.write(header.name, shown);
    user.writable(at, MSGHDR.size);
    user.store32(at + MSGHDR.at.msg_namelen, name.length);
  }
  if (user.writable(at, MSGHDR.size) < 0) return -EFAULT;
  user.store32(at + MSGHDR.at.msg_controllen, written);
  user.store32(at + MSGHDR.at.msg_flags, into.outFlags | (flags & F.MSG_CMSG_CLOEXEC));
  return result;
}

/** recvmmsg(2): as many messages as come before the time is up; the time is looked at after each. */
function recvmmsg(read: typeof readTimespec32) {
  return (caller: Caller, args: Int32Array) => receiveMany(caller, args, read);
}

function* receiveMany(caller: Caller, args: Int32Array, read: typeof readTimespec32): Kernel<number> {
  const [fd, at, count, flags, timeAt] = args;
  const time = timeAt === 0 ? Number.POSITIVE_INFINITY : read(caller.user, timeAt);
  if (time < 0) return time;
  const known = socketAt(caller, fd);
  if (typeof known === 'number') return known;
  const { clock } = caller.services.files.core;
  const until = clock.virtual + time;
  let got = 0;
  let how = flags & FLAGS_KEPT;
  const most = Math.min(count >>> 0, SEGMENTS_MAX);
  while (got < most) {
    const entry = at + got * MMSGHDR;
    if (caller.user.writable(entry, MMSGHDR) < 0) return got || -EFAULT;
    const result = yield* receiveHeader(caller, fd, entry, how);
    if (result < 0) {
      if (got === 0) return result;
      if (result !== -EAGAIN) known.state.error = -result;
      return got;
    }
    if (caller.user.writable(entry, MMSGHDR) < 0) return got || -EFAULT;
    caller.user.store32(entry + MSGHDR.size, result);
    got++;
    if (flags & MSG_WAITFORONE) how |= F.MSG_DONTWAIT;
    if (clock.virtual >= until) break;
  }
  return got;
}

export const recvmmsgNarrow = recvmmsg(readTimespec32);

/** Sending and receiving. */
export const socketMessageCalls: readonly Row[] = [
  { number: 337, name: 'recvmmsg', run: (c) => recvmmsgNarrow(c, c.args) },
  { number: 345, name: 'sendmmsg', run: (c) => sendmmsg(c, c.args) },
  { number: 369, name: 'sendto', run: (c) => sendto(c, c.args), note: 'out-of-band data of AF_UNIX is refused' },
  { number: 370, name: 'sendmsg', run: (c) => sendmsg(c, c.args), note: 'out-of-band data of AF_UNIX is refused' },
  { number: 371, name: 'recvfrom', run: (c) => recvfrom(c, c.args) },
  { number: 372, name: 'recvmsg', run: (c) => recvmsg(c, c.args) },
  { number: 417, name: 'recvmmsg_time64', run: (c) => recvmmsg(readTimespec64)(c, c.args) },
];
