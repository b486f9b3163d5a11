import {
  EACCES,
  EAFNOSUPPORT,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENETUNREACH,
  ENOTCONN,
  EOPNOTSUPP,
  EPIPE,
} from '../../abi/errno.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  MSG_OOB,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/flags.ts';
import { MSG_ERRQUEUE } from '../../abi/sockets.ts';
import {
  type Endpoint,
  familyOf,
  isLoopback,
  LOOPBACK,
  nameFor,
  parse,
  sourceFor,
  V4,
  V6,
  versionOf,
} from './address.ts';
import { journeyOf } from './ancillary.ts';
import { comeBack, receiveError } from './errors.ts';
import * as inet from './inet.ts';
import { type Network, peerKey } from './network.ts';
import { contents, DATAGRAM_LINEAR, fill, trueSize } from './packet.ts';
import { type Outgoing, type Protocol, SHUT_BOTH, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';
import { receive } from './unix-datagram.ts';

/** Most bytes of a datagram: 64 KiB without the IP and UDP headers. */
const DATAGRAM_MAX = 65507;
const DATAGRAM6_MAX = 65527;
const BROADCAST = 0xffffffff;
/** Bytes of the receive buffer that waiting datagrams take. */
const usage = new WeakMap<Socket, number>();

/** AF_INET, SOCK_DGRAM (udp(7)): datagrams between sockets of this machine. */
export const udp: Protocol = {
  name: 'udp',
  connect,
  listen: () => -EOPNOTSUPP,
  send,
  receive(network, socket, into) {
    if (into.flags & MSG_ERRQUEUE) return receiveError(network, socket, into);
    const before = socket.inbox[0];
    const result = receive(network, socket, into);
    // A receive buffer is measured by what waits in it.
    if (before && socket.inbox[0] !== before)
      usage.set(socket, (usage.get(socket) ?? 0) - trueSize(before.start + before.length, DATAGRAM_LINEAR));
    return result;
  },
  poll,
  shutdown(_network, socket, directions) {
    socket.down |= directions;
    socket.changed();
    return socket.state === 'connected' ? 0 : -ENOTCONN;
  },
  close(network, socket) {
    socket.closed = true;
    socket.down = SHUT_BOTH;
    inet.unbind(network, socket);
    socket.drain();
    socket.changed();
  },
  local: inet.localName,
  remote: inet.remoteName,
};

/** Chooses to whom datagrams go and from whom they come; AF_UNSPEC ends that. */
function connect(network: Network, socket: Socket, bytes: Uint8Array): number {
  if (familyOf(bytes) === AF_UNSPEC) {
    socket.state = 'new';
    socket.remoteAddress = socket.remotePort = 0;
    inet.giveUp(network.udp, socket);
    return 0;
  }
  if (familyOf(bytes) === AF_INET && !(socket.reach & V4)) return -EAFNOSUPPORT;
  const to = inet.destinationOf(socket, bytes, true);
  if (typeof to === 'number') return to;
  if (to.address === BROADCAST && !socket.settings.broadcast) return -EACCES;
  if (!isLoopback(to.address) && !peerOf(network, socket, to)) return -ENETUNREACH;
  const failed = inet.autobind(network.udp, socket);
  if (failed < 0) return failed;
  if (!socket.addressIsChosen) socket.address = sourceFor(to.address);
  socket.remoteAddress = to.address;
  socket.remotePort = to.port;
  socket.state = 'connected';
  return 0;
}

/** Where a message goes: its own address, or the connected one; -errno. */
function targetOf(network: Network, socket: Socket, out: Outgoing): Endpoint | number {
  if (!out.address) {
    if (socket.state !== 'connected') return -EDESTADDRREQ;
    return { address: socket.remoteAddress, port: socket.remotePort };
  }
  const to = inet.destinationOf(socket, out.address, true);
  const named = to === -EAFNOSUPPORT ? unknownFamily(socket, out.address) : to;
  return typeof named === 'number' ? named : permitted(network, socket, named);
}

/** AF_UNSPEC means AF_INET for an AF_INET socket, and everything else nothing. */
function unknownFamily(socket: Socket, bytes: Uint8Array): Endpoint | number {
  if (socket.family === AF_INET6) return -EINVAL;
  if (familyOf(bytes) !== AF_UNSPEC) return -EAFNOSUPPORT;
  const { address, port } = parse(bytes);
  return { address: address || LOOPBACK, port };
}

function permitted(network: Network, socket: Socket, to: Endpoint): Endpoint | number {
  if (to.port === 0) return -EINVAL;
  if (to.address === BROADCAST && !socket.settings.broadcast) return -EACCES;
  return isLoopback(to.address) || peerOf(network, socket, to) ? to : -ENETUNREACH;
}

/** A sender outside that has written to this socket's port. */
function peerOf({ peers }: Network, socket: Socket, { address, port }: Endpoint) {
  const peer = peers.size > 0 ? peers.get(peerKey(address, port)) : undefined;
  return peer?.port === socket.port ? peer : undefined;
}

/** Who takes a datagram of `length` bytes that is sent to an address and port; its buffer is charged. Undefined when nobody is there, null when there is no room. */
export function targetFor(network: Network, to: Endpoint, from: Endpoint, length: number): Socket | null | undefined {
  const target = network.udp.find(to.address, to.port, (other) => wants(other, from.address, from.port), from.port);
  if (!target) return undefined;
  const used = (usage.get(target) ?? 0) + trueSize(length, DATAGRAM_LINEAR);
  if (used > target.settings.receiveBuffer) return null;
  usage.set(target, used);
  return target;
}

function send(network: Network, socket: Socket, out: Outgoing): number {
  if (out.total > 0xffff) return -EMSGSIZE;
  if (out.flags & MSG_OOB) return -EOPNOTSUPP;
  const to = targetOf(network, socket, out);
  if (typeof to === 'number') return to;
  if (socket.error) return socket.takeError();
  if (socket.down & SHUT_SEND) return -EPIPE;
  if (out.total > (versionOf(to.address) === V6 ? DATAGRAM6_MAX : DATAGRAM_MAX)) return -EMSGSIZE;
  const unbound = inet.autobind(network.udp, socket);
  if (unbound < 0) return unbound;
  const { core } = network;
  const frames = fill(core, out, 0, out.total);
  if (typeof frames === 'number') return frames;
  out.done = out.total;
  const peer = peerOf(network, socket, to);
  if (peer) {
    peer.receive(contents(core, frames, out.total));
    for (const frame of frames) core.frames.release(frame);
    return 0;
  }
  const from = { address: socket.address || sourceFor(to.address), port: socket.port };
  const target = targetFor(network, to, from, out.total);
  if (target) {
    const { sender } = out;
    network.traffic.packets++;
    network.traffic.bytes += out.total;
    target.put({
      frames,
      start: 0,
      length: out.total,
      owner: socket,
      charge: 0,
      from: nameFor(target.family, from),
      sender,
      rights: [],
      journey: journeyOf(socket, to.address, out),
    });
    return 0;
  }
  if (target === undefined) comeBack(socket, to, () => contents(core, frames, out.total));
  for (const frame of frames) core.frames.release(frame);
  return 0;
}

/** A connected socket takes datagrams from its peer only. */
function wants(socket: Socket, address: number, port: number): boolean {
  return socket.state !== 'connected' || (socket.remoteAddress === address && socket.remotePort === port);
}

function poll(socket: Socket): number {
  let events = POLLOUT | POLLWRNORM | POLLWRBAND;
  if (socket.error || socket.errors.length > 0) events |= POLLERR;
  if (socket.down & SHUT_RECEIVE) events |= POLLRDHUP | POLLIN | POLLRDNORM;
  if (socket.down === SHUT_BOTH) events |= POLLHUP;
  if (socket.inbox.length > 0) events |= POLLIN | POLLRDNORM;
  return events;
}
