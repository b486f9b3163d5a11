import { ECONNRESET, EINVAL, ENOTCONN, EOPNOTSUPP, EPROTOTYPE } from '../../abi/errno.ts';
import {
  AF_UNIX,
  MSG_CTRUNC,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/flags.ts';
import { dropFile } from '../files/open-file.ts';
import { collectGarbage } from './garbage.ts';
import { keyOf, type Network, networkOf } from './network.ts';
import type { Packet, Sender } from './packet.ts';
import { type Incoming, type Outgoing, SHUT_BOTH, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';

/** Credentials of a message whose sender did not want to be named: nobody (overflowuid). */
const UNNAMED: Sender = { pid: 0, uid: 65534, gid: 65534 };

/** Whether a socket's type makes connections. */
export function connects(socket: Socket): boolean {
  return !socket.isDatagram;
}

/** A struct sockaddr_un of a socket: the family alone while it has no name. */
export function nameOf(socket: Socket): Uint8Array {
  const path = socket.path ?? new Uint8Array(0);
  const name = new Uint8Array(2 + path.length);
  name[0] = AF_UNIX;
  name.set(path, 2);
  return name;
}

/** The name of a sender as the receiver gets it: nothing at all when there is none. */
export function senderName(socket: Socket): Uint8Array {
  return socket.path ? nameOf(socket) : new Uint8Array(0);
}

export function remoteName(socket: Socket): Uint8Array | number {
  return socket.peer ? nameOf(socket.peer) : -ENOTCONN;
}

/** 0 when messages of one socket can go to the other: -EPROTOTYPE when they are of different types. */
export function matches(socket: Socket, target: Socket): number {
  return socket.type === target.type ? 0 : -EPROTOTYPE;
}

/** Gives a socket an abstract name of its own choice, when it has none (unix_autobind). */
export function autobind(network: Network, socket: Socket): void {
  if (socket.path) return;
  const name = network.freeName();
  if (name) bindAbstract(network, socket, name);
}

export function bindAbstract(network: Network, socket: Socket, name: Uint8Array): void {
  socket.path = name;
  network.abstract.set(keyOf(name), socket);
}

/** Two sockets that are connected to each other from the beginning (socketpair(2)). */
export function pair(a: Socket, b: Socket): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ]) {
    one.peer = other;
    one.peerSender = other.creator;
    if (connects(one)) one.state = 'connected';
    else other.clients.add(one);
  }
}

/** A message with what travels beside its bytes. */
export function packetOf(
  frames: number[],
  length: number,
  charge: number,
  from: Socket,
  to: Socket,
  out: Outgoing,
): Packet {
  const named = out.named || to.settings.passCredentials;
  for (const file of out.rights) file.users++;
  if (out.rights.length > 0) networkOf(from.core).carriesFiles = true;
  from.charge(charge);
  return {
    frames,
    start: 0,
    length,
    owner: from,
    charge,
    from: undefined,
    sender: named ? out.sender : UNNAMED,
    rights: out.rights,
  };
}

/** Hands the files of a message over; with `peek` they stay in it too. */
export function takeRights(packet: Packet, message: Incoming, peek: boolean): void {
  if (packet.rights.length === 0) return;
  if (message.dropsRights) {
    if (peek) return;
    const { rights } = packet;
    packet.rights = [];
    message.outFlags |= MSG_CTRUNC;
    for (const file of rights) dropFile(packet.owner.core, file);
    return;
  }
  message.rights = [...message.rights, ...packet.rights];
  if (peek) for (const file of packet.rights) file.users++;
  else packet.rights = [];
}

export function listen(_network: Network, socket: Socket, backlog: number): number {
  if (!connects(socket)) return -EOPNOTSUPP;
  if (!socket.path) return -EINVAL;
  if (socket.state !== 'new' && socket.state !== 'listening') return -EINVAL;
  socket.state = 'listening';
  socket.backlog = backlog;
  socket.peerSender = socket.creator;
  socket.canWrite.wake();
  return 0;
}

/** Shuts directions of a socket, and the opposite ones of its peer. */
export function shutdown(_network: Network, socket: Socket, directions: number): number {
  socket.down |= directions;
  socket.changed();
  const { peer } = socket;
  if (!peer || !connects(socket)) return 0;
  if (directions & SHUT_RECEIVE) peer.down |= SHUT_SEND;
  if (directions & SHUT_SEND) peer.down |= SHUT_RECEIVE;
  peer.changed();
  return 0;
}

/** What unix_poll says. */
export function poll(socket: Socket): number {
  let events = 0;
  if (socket.error) events |= POLLERR;
  if (socket.down === SHUT_BOTH) events |= POLLHUP;
  if (socket.down & SHUT_RECEIVE) events |= POLLRDHUP | POLLIN | POLLRDNORM;
  if (socket.inbox.length > 0 || socket.waiting.length > 0) events |= POLLIN | POLLRDNORM;
  if (connects(socket) && socket.state === 'new') events |= POLLHUP;
  if (socket.state !== 'listening' && socket.charged * 4 <= socket.settings.sendBuffer && !peerIsFull(socket))
    events |= POLLOUT | POLLWRNORM | POLLWRBAND;
  return events;
}

/** Most datagrams that wait at a socket (net.unix.max_dgram_qlen). */
const DATAGRAMS_MAX = 10;

export function isFull(target: Socket): boolean {
  return target.inbox.length > DATAGRAMS_MAX;
}

/** A connected datagram socket cannot be written while the other has too much to read, unless that one is connected back. */
function peerIsFull(socket: Socket): boolean {
  const { peer } = socket;
  return socket.isDatagram && peer !== undefined && peer.peer !== socket && isFull(peer);
}

/** The end of a socket: its name is free, its peer learns of it, connections that nobody accepted end too. */
export function close(network: Network, socket: Socket): void {
  socket.closed = true;
  socket.down = SHUT_BOTH;
  network.sockets.delete(socket);
  if (socket.path && network.abstract.get(keyOf(socket.path)) === socket) network.abstract.delete(keyOf(socket.path));
  for (const [node, bound] of network.nodes) if (bound === socket) network.nodes.delete(node);
  const unread = socket.inbox.length > 0 || socket.waiting.length > 0;
  const { peer } = socket;
  if (peer && connects(socket)) {
    peer.down = SHUT_BOTH;
    if (unread) peer.error = ECONNRESET;
    peer.changed();
  }
  peer?.clients.delete(socket);
  socket.blockedBy?.clients.delete(socket);
  for (const client of socket.clients) client.canWrite.wake();
  socket.clients.clear();
  for (const waiting of socket.waiting.splice(0)) {
    if (waiting.peer) waiting.peer.error = ECONNRESET;
    close(network, waiting);
  }
  socket.drain();
  socket.changed();
  collectGarbage(network);
}
