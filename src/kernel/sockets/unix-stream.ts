import { EAGAIN, ECONNREFUSED, EINVAL, EISCONN, ENOTCONN, EOPNOTSUPP, EPIPE } from '../../abi/errno.ts';
import { MSG_OOB, MSG_PEEK, MSG_WAITALL } from '../../abi/flags.ts';
import type { Network } from './network.ts';
import { consume, deliver, fill, release, STREAM_LINEAR, trueSize } from './packet.ts';
import { type Incoming, type Outgoing, type Protocol, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';
import * as unix from './unix.ts';

/** Most bytes of one message on the way: one page with its trailer, and 32 KiB of pages. */
const PIECE = STREAM_LINEAR + 32768;

/** AF_UNIX, SOCK_STREAM (unix(7); net/unix/af_unix.c for order and errors). */
export const unixStream: Protocol = {
  name: 'unix',
  connect,
  listen: unix.listen,
  send,
  receive,
  poll: unix.poll,
  shutdown: unix.shutdown,
  close: unix.close,
  local: unix.nameOf,
  remote: unix.remoteName,
};

/** Connects to a listening socket: its side of the connection waits to be accepted; -EAGAIN while too many do. */
export function connect(network: Network, socket: Socket, _address: Uint8Array, target: Socket | undefined): number {
  if (!target) return -EINVAL;
  if (target.state !== 'listening' || target.down & SHUT_RECEIVE) return -ECONNREFUSED;
  if (target.waiting.length > target.backlog) return -EAGAIN;
  if (socket.state !== 'new') return socket.state === 'connected' ? -EISCONN : -EINVAL;
  const served = network.create(target, target.creator);
  served.path = target.path;
  unix.pair(socket, served);
  served.peerSender = socket.creator;
  socket.peerSender = target.peerSender;
  target.waiting.push(served);
  target.canRead.wake();
  return 0;
}

function send({ core }: Network, socket: Socket, out: Outgoing): number {
  if (out.flags & MSG_OOB) return -EOPNOTSUPP;
  if (out.address) return socket.state === 'connected' ? -EISCONN : -EOPNOTSUPP;
  const { peer } = socket;
  if (!peer) return -ENOTCONN;
  if (socket.down & SHUT_SEND) return -EPIPE;
  while (out.done < out.total) {
    const { sendBuffer } = socket.settings;
    const size = Math.min(out.total - out.done, Math.max(1, (sendBuffer >> 1) - 64), PIECE);
    if (socket.error) return socket.takeError();
    if (socket.down & SHUT_SEND || peer.closed || peer.down & SHUT_RECEIVE) return -EPIPE;
    if (socket.charged >= sendBuffer) return -EAGAIN;
    const frames = fill(core, out, out.done, size);
    if (typeof frames === 'number') return frames;
    const first = out.done === 0 ? out : { ...out, rights: [] };
    peer.put(unix.packetOf(frames, size, trueSize(size, STREAM_LINEAR), socket, peer, first));
    out.done += size;
  }
  return 0;
}

function receive({ core }: Network, socket: Socket, into: Incoming): number {
  if (socket.state !== 'connected') return -EINVAL;
  if (into.flags & MSG_OOB) return -EOPNOTSUPP;
  const peek = (into.flags & MSG_PEEK) !== 0;
  const target = into.flags & MSG_WAITALL ? into.total : Math.min(socket.settings.lowWater, into.total) || 1;
  const seen = peek ? into.done : 0;
  let skip = seen;
  for (let i = 0; ; ) {
    const packet = socket.inbox[i];
    if (!packet) return ended(socket, into, target);
    // A peek that goes on does not look at the same bytes twice.
    if (peek && skip >= packet.length) {
      skip -= packet.length;
      i++;
      continue;
    }
    if (socket.settings.passCredentials && into.sender && !sameSender(into.sender, packet.sender)) return into.done;
    const count = Math.min(packet.length - skip, into.total - into.done);
    const moved = deliver(core, packet, skip, into, into.done, count);
    if (moved < 0) return into.done > 0 ? into.done : moved;
    into.sender = packet.sender;
    into.from = unix.senderName(packet.owner);
    into.done += count;
    skip = 0;
    const hadRights = packet.rights.length > 0;
    unix.takeRights(packet, into, peek);
    if (peek) i++;
    else {
      consume(core, packet, count);
      socket.queued -= count;
      if (packet.length > 0) return into.done;
      socket.inbox.shift();
      release(core, packet);
    }
    if (hadRights || into.done >= into.total) return into.done;
  }
}

function sameSender(a: Incoming['sender'], b: Incoming['sender']): boolean {
  return a?.pid === b?.pid && a?.uid === b?.uid && a?.gid === b?.gid;
}

/** Nothing more is there: the result, or -EAGAIN when too little has come. */
function ended(socket: Socket, into: Incoming, target: number): number {
  if (into.done >= target) return into.done;
  if (socket.error) return into.done > 0 ? into.done : socket.takeError();
  if (socket.down & SHUT_RECEIVE) return into.done;
  return -EAGAIN;
}
