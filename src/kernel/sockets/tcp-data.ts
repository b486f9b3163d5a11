import { EAGAIN, ECONNRESET, EINVAL, ENOTCONN, EPIPE } from '../../abi/errno.ts';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL } from '../../abi/flags.ts';
import { SIGURG } from '../../abi/signals.ts';
import { MSG_ERRQUEUE } from '../../abi/sockets.ts';
import type { FilesCore } from '../files/core.ts';
import { lengthOf } from '../files/ranges.ts';
import { rangesOf } from '../files/transfer.ts';
import { PAGE } from '../memory/frames.ts';
import type { Network } from './network.ts';
import { consume, copyIn, deliver, fill, release } from './packet.ts';
import { type Incoming, type Outgoing, SHUT_BOTH, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';

/** Most bytes that one step moves. */
const PIECE = 0x8000;

/** How many bytes the other side still takes: its buffer and what may be on the way. */
export function roomAt(socket: Socket, peer: Socket): number {
  return peer.settings.receiveBuffer + socket.settings.sendBuffer - peer.queued;
}

/** One step of a send (tcp_sendmsg_locked). */
export function send(network: Network, socket: Socket, out: Outgoing): number {
  if (socket.state === 'connecting') return -EAGAIN;
  while (out.done < out.total || out.total === 0) {
    if (socket.error) return socket.takeError();
    if (socket.state !== 'connected' || socket.down & SHUT_SEND) return -EPIPE;
    if (out.total === 0) return 0;
    const { peer } = socket;
    if (!peer || peer.closed) {
      // The other end is closed: these bytes go out, and a reset comes back.
      out.done = out.total;
      if (peer) network.tcp.cut(peer);
      hearReset(socket);
      return 0;
    }
    const room = roomAt(socket, peer);
    if (room <= 0) return -EAGAIN;
    const count = append(network, socket, peer, out, Math.min(room, out.total - out.done, PIECE));
    if (count < 0) return count;
    out.done += count;
    network.traffic.packets++;
    network.traffic.bytes += count;
    if (out.flags & MSG_OOB && out.done === out.total) urge(network, peer);
  }
  return 0;
}

function hearReset(socket: Socket): void {
  socket.peer = undefined;
  socket.state = 'new';
  const errno = socket.down & SHUT_RECEIVE ? EPIPE : ECONNRESET;
  socket.down = SHUT_BOTH;
  socket.fail(errno);
}

/** Adds up to `most` bytes to what the other side has to read: into the last page first. The count, or -errno. */
function append({ core }: Network, socket: Socket, peer: Socket, out: Outgoing, most: number): number {
  const last = peer.inbox.at(-1);
  const end = last ? last.start + last.length : 0;
  const spare = last ? last.frames.length * PAGE - end : 0;
  if (last && spare > 0) {
    const ranges = rangesOf(out.user, out.segments, out.done, Math.min(most, spare), false);
    if (typeof ranges === 'number') return ranges;
    const count = lengthOf(ranges);
    copyIn(core, last.frames, end, ranges);
    last.length += count;
    peer.queued += count;
    peer.canRead.wake();
    return count;
  }
  const frames = fill(core, out, out.done, most);
  if (typeof frames === 'number') return frames;
  peer.put({
    frames,
    start: 0,
    length: most,
    owner: socket,
    charge: 0,
    from: undefined,
    sender: out.sender,
    rights: [],
  });
  return most;
}

/** The last byte that was sent is urgent: the receiver's owner gets SIGURG (tcp_check_urg). */
function urge({ core }: Network, peer: Socket): void {
  const { urgent, settings, file } = peer;
  // An urgent byte that is next to be read and was not asked for gives way to the new one.
  if (urgent?.at === peer.readAt && !settings.urgentInline && peer.queued > 1) drop(core, peer, 1);
  peer.urgent = { at: peer.readAt + peer.queued - 1, unread: true };
  if (file?.owner) core.tasks.signalOwner(file.owner, SIGURG, undefined);
  peer.canRead.wake();
}

/** Takes bytes away from the front. */
function drop(core: FilesCore, socket: Socket, count: number): void {
  const packet = socket.inbox[0];
  consume(core, packet, count);
  socket.queued -= count;
  socket.readAt += count;
  if (packet.length === 0) {
    socket.inbox.shift();
    release(core, packet);
  }
  if (socket.urgent && socket.readAt > socket.urgent.at) socket.urgent = undefined;
}

/** Bytes that a receive finds: without an urgent byte that is next. */
export function readable({ queued, urgent, readAt, settings }: Socket): number {
  return urgent?.at === readAt && !settings.urgentInline ? queued - 1 : queued;
}

/** Bytes up to the urgent one, or all (tcp_inq). */
export function unreadBytes({ queued, urgent, readAt, settings }: Socket): number {
  return urgent && !settings.urgentInline ? urgent.at - readAt : queued;
}

/** recv(2) with MSG_OOB (tcp_recv_urg). */
function receiveUrgent({ core }: Network, socket: Socket, into: Incoming): number {
  const { urgent } = socket;
  if (!urgent?.unread || socket.settings.urgentInline) return -EINVAL;
  let skip = urgent.at - socket.readAt;
  const packet = socket.inbox.find(({ length }) => {
    if (skip < length) return true;
    skip -= length;
    return false;
  });
  if (!packet) return -EAGAIN;
  if (into.total > 0) {
    const moved = deliver(core, packet, skip, into, 0, 1);
    if (moved < 0) return moved;
  } else into.outFlags |= MSG_TRUNC;
  if (!(into.flags & MSG_PEEK)) urgent.unread = false;
  into.outFlags |= MSG_OOB;
  into.done = Math.min(1, into.total);
  return into.done;
}

/** One step of a receive (tcp_recvmsg_locked). */
export function receive(network: Network, socket: Socket, into: Incoming): number {
  const { core } = network;
  if (into.flags & MSG_ERRQUEUE) return -EAGAIN;
  if (socket.state === 'listening') return -ENOTCONN;
  if (into.flags & MSG_OOB) return receiveUrgent(network, socket, into);
  const peek = (into.flags & MSG_PEEK) !== 0;
  const target = into.flags & MSG_WAITALL ? into.total : Math.min(socket.settings.lowWater, into.total) || 1;
  let skip = peek ? into.done : 0;
  let at = socket.readAt + skip;
  for (let i = 0; into.done < into.total; ) {
    const { urgent } = socket;
    // A receive ends at the mark.
    if (urgent?.at === at && into.done > 0) return into.done;
    const packet = socket.inbox[i];
    if (!packet) break;
    if (skip >= packet.length) {
      skip -= packet.length;
      i++;
      continue;
    }
    if (urgent?.at === at && !socket.settings.urgentInline) {
      if (peek) skip++;
      else drop(core, socket, 1);
      at++;
      continue;
    }
    const whole = Math.min(packet.length - skip, into.total - into.done);
    const count = urgent && urgent.at > at ? Math.min(whole, urgent.at - at) : whole;
    // MSG_TRUNC: the bytes are thrown away.
    const moved = into.flags & MSG_TRUNC ? count : deliver(core, packet, skip, into, into.done, count);
    if (moved < 0) return into.done > 0 ? into.done : moved;
    into.done += count;
    at += count;
    if (peek) skip += count;
    else {
      drop(core, socket, count);
      const { peer } = socket;
      if (peer && roomAt(peer, socket) * 3 >= socket.settings.receiveBuffer) peer.canWrite.wake();
    }
  }
  if (into.done >= target || (into.total === 0 && socket.queued > 0)) return into.done;
  return into.done > 0 && (socket.error || socket.down & SHUT_RECEIVE) ? into.done : ended(socket);
}

function ended(socket: Socket): number {
  if (socket.ended) return 0;
  if (socket.error) return socket.takeError();
  if (socket.down & SHUT_RECEIVE) return 0;
  return socket.state === 'new' ? -ENOTCONN : -EAGAIN;
}
