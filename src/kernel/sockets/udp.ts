import {
  EACCES,
  EAFNOSUPPORT,
  ECONNREFUSED,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENOTCONN,
  EOPNOTSUPP,
  EPIPE,
} from '../../abi/errno.ts';
import {
  AF_INET,
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
import * as inet from './inet.ts';
import { type Network, peerKey } from './network.ts';
import { contents, DATAGRAM_LINEAR, fill, trueSize } from './packet.ts';
import { type Outgoing, type Protocol, SHUT_BOTH, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';
import { receive } from './unix-datagram.ts';

/** Most bytes of a datagram: 64 KiB without the IP and UDP headers. */
const DATAGRAM_MAX = 65507;
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
  if (inet.familyOf(bytes) === AF_UNSPEC) {
    socket.state = 'new';
    socket.remoteAddress = socket.remotePort = 0;
    return 0;
  }
  if (bytes.length < inet.ADDRESS_SIZE) return -EINVAL;
  if (inet.familyOf(bytes) !== AF_INET) return -EAFNOSUPPORT;
  const { address, port } = inet.parse(bytes);
  if (address === BROADCAST && !socket.settings.broadcast) return -EACCES;
  const to = peerOf(network, socket, address, port) ? address : inet.destination(address);
  if (to < 0) return to;
  const failed = inet.autobind(network.udp, socket);
  if (failed < 0) return failed;
  if (socket.address === 0) socket.address = inet.LOOPBACK;
  socket.remoteAddress = to;
  socket.remotePort = port;
  socket.state = 'connected';
  return 0;
}

/** Where a message goes: its own address, or the connected one; -errno. */
function targetOf(network: Network, socket: Socket, out: Outgoing): inet.Endpoint | number {
  if (!out.address) {
    if (socket.state !== 'connected') return -EDESTADDRREQ;
    return { address: socket.remoteAddress, port: socket.remotePort };
  }
  if (out.address.length < inet.ADDRESS_SIZE) return -EINVAL;
  const family = inet.familyOf(out.address);
  if (family !== AF_INET && family !== AF_UNSPEC) return -EAFNOSUPPORT;
  const { address, port } = inet.parse(out.address);
  if (port === 0) return -EINVAL;
  if (address === BROADCAST && !socket.settings.broadcast) return -EACCES;
  if (peerOf(network, socket, address, port)) return { address, port };
  const to = inet.destination(address);
  return to < 0 ? to : { address: to, port };
}

/** A sender outside that has written to this socket's port. */
function peerOf({ peers }: Network, socket: Socket, address: number, port: number) {
  const peer = peers.size > 0 ? peers.get(peerKey(address, port)) : undefined;
  return peer?.port === socket.port ? peer : undefined;
}

/** Who takes a datagram of `length` bytes that is sent to an address and port; its buffer is charged. Undefined when nobody is there, null when there is no room. */
export function targetFor(
  network: Network,
  to: inet.Endpoint,
  from: inet.Endpoint,
  length: number,
): Socket | null | undefined {
  const target = network.udp.find(to.address, to.port, (other) => wants(other, from.address, from.port));
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
  if (out.total > DATAGRAM_MAX) return -EMSGSIZE;
  const unbound = inet.autobind(network.udp, socket);
  if (unbound < 0) return unbound;
  const { core } = network;
  const frames = fill(core, out, 0, out.total);
  if (typeof frames === 'number') return frames;
  out.done = out.total;
  const peer = peerOf(network, socket, to.address, to.port);
  if (peer) {
    peer.receive(contents(core, frames, out.total));
    for (const frame of frames) core.frames.release(frame);
    return 0;
  }
  const from = { address: socket.address || inet.LOOPBACK, port: socket.port };
  const target = targetFor(network, to, from, out.total);
  if (target) {
    const { sender } = out;
    target.put({
      frames,
      start: 0,
      length: out.total,
      owner: socket,
      charge: 0,
      from: inet.addressOf(from.address, from.port),
      sender,
      rights: [],
    });
    return 0;
  }
  for (const frame of frames) core.frames.release(frame);
  // Nobody is there: only a connected socket is told (ICMP port unreachable).
  if (target === undefined && socket.state === 'connected' && to.port === socket.remotePort) socket.fail(ECONNREFUSED);
  return 0;
}

/** A connected socket takes datagrams from its peer only. */
function wants(socket: Socket, address: number, port: number): boolean {
  return socket.state !== 'connected' || (socket.remoteAddress === address && socket.remotePort === port);
}

function poll(socket: Socket): number {
  let events = POLLOUT | POLLWRNORM | POLLWRBAND;
  if (socket.error) events |= POLLERR;
  if (socket.down & SHUT_RECEIVE) events |= POLLRDHUP | POLLIN | POLLRDNORM;
  if (socket.down === SHUT_BOTH) events |= POLLHUP;
  if (socket.inbox.length > 0) events |= POLLIN | POLLRDNORM;
  return events;
}
