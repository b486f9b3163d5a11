import { EAGAIN, ECONNREFUSED, ECONNRESET, EMSGSIZE, ENOTCONN, EOPNOTSUPP, EPERM, EPIPE } from '../../abi/errno.ts';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC } from '../../abi/flags.ts';
import type { Network } from './network.ts';
import { DATAGRAM_LINEAR, deliver, fill, release, trueSize } from './packet.ts';
import { type Incoming, type Outgoing, type Protocol, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';
import * as unix from './unix.ts';
import { connect as connectStream } from './unix-stream.ts';

/** AF_UNIX, SOCK_DGRAM. */
export const unixDatagram: Protocol = {
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

/** AF_UNIX, SOCK_SEQPACKET: datagrams over a connection. */
export const unixPackets: Protocol = {
  ...unixDatagram,
  connect: connectStream,
  send: (network, socket, out) => (socket.state === 'connected' ? send(network, socket, out) : -ENOTCONN),
  receive: (network, socket, into) => (socket.state === 'connected' ? receive(network, socket, into) : -ENOTCONN),
};

/** Whether a socket takes messages from another: anyone's, or only its peer's. */
function accepts(target: Socket, socket: Socket): boolean {
  return !target.peer || target.peer === socket;
}

/** Chooses the one to whom messages go; no target: nobody any more. */
function connect(_network: Network, socket: Socket, _address: Uint8Array, target: Socket | undefined): number {
  if (target && !accepts(target, socket)) return -EPERM;
  const before = socket.peer;
  before?.clients.delete(socket);
  socket.peer = target;
  if (before && before !== target) forget(socket, before);
  target?.clients.add(socket);
  socket.canWrite.wake();
  return 0;
}

/** What the old peer sent is gone; one that still sends here learns of it (unix_dgram_disconnected). */
function forget(socket: Socket, before: Socket): void {
  if (socket.inbox.length === 0) return;
  socket.drain();
  for (const client of socket.clients) client.canWrite.wake();
  if (!before.closed && before.peer === socket) before.fail(ECONNRESET);
}

function send({ core }: Network, socket: Socket, out: Outgoing): number {
  if (out.flags & MSG_OOB) return -EOPNOTSUPP;
  const target = socket.isDatagram && out.address ? out.target : socket.peer;
  if (!target) return out.address ? -ECONNREFUSED : -ENOTCONN;
  if (out.total > socket.settings.sendBuffer - 32) return -EMSGSIZE;
  if (socket.error) return socket.takeError();
  if (socket.down & SHUT_SEND) return -EPIPE;
  if (socket.charged >= socket.settings.sendBuffer) return -EAGAIN;
  if (target.closed) {
    if (!socket.isDatagram) return -EPIPE;
    if (socket.peer === target) socket.peer = undefined;
    return -ECONNREFUSED;
  }
  if (!accepts(target, socket)) return -EPERM;
  if (target.down & SHUT_RECEIVE) return -EPIPE;
  if (target !== socket && target.peer !== socket && unix.isFull(target)) {
    // Room at the other side is told to those who are its clients.
    target.clients.add(socket);
    socket.blockedBy = target;
    return -EAGAIN;
  }
  const frames = fill(core, out, 0, out.total);
  if (typeof frames === 'number') return frames;
  target.put(unix.packetOf(frames, out.total, trueSize(out.total, DATAGRAM_LINEAR), socket, target, out));
  out.done = out.total;
  return 0;
}

/** Takes one message: what does not fit is lost. Shared with UDP. */
export function receive({ core }: Network, socket: Socket, into: Incoming): number {
  if (into.flags & MSG_OOB) return -EOPNOTSUPP;
  if (socket.error) return socket.takeError();
  const packet = socket.inbox[0];
  if (!packet) return socket.down & SHUT_RECEIVE ? endOf(socket, into) : -EAGAIN;
  const count = Math.min(packet.length, into.total);
  const moved = deliver(core, packet, 0, into, 0, count);
  if (moved < 0) return moved;
  const peek = (into.flags & MSG_PEEK) !== 0;
  const whole = packet.length;
  into.from = packet.from ?? unix.senderName(packet.owner);
  into.sender = packet.sender;
  into.journey = packet.journey;
  unix.takeRights(packet, into, peek);
  if (count < whole) into.outFlags |= MSG_TRUNC;
  into.done = count;
  if (!peek) {
    socket.take();
    release(core, packet);
    for (const client of socket.clients) client.canWrite.wake();
    if (packet.owner.peer === socket) packet.owner.canWrite.wake();
  }
  return into.flags & MSG_TRUNC ? whole : count;
}

/** After a shutdown a receive that would wait is at the end; one that would not wait has to try again, except on a connection. */
function endOf(socket: Socket, into: Incoming): number {
  into.from = undefined;
  return socket.isDatagram && into.flags & 0x40 ? -EAGAIN : 0;
}
