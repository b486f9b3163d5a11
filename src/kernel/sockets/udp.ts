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
import type { Network } from './network.ts';
import { DATAGRAM_LINEAR, fill, trueSize } from './packet.ts';
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
  const to = inet.destination(address);
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
function targetOf(socket: Socket, out: Outgoing): { readonly address: number; readonly port: number } | number {
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
  const to = inet.destination(address);
  return to < 0 ? to : { address: to, port };
}

function send(network: Network, socket: Socket, out: Outgoing): number {
  if (out.total > 0xffff) return -EMSGSIZE;
  if (out.flags & MSG_OOB) return -EOPNOTSUPP;
  const to = targetOf(socket, out);
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
  const from = socket.address || inet.LOOPBACK;
  const target = network.udp.find(to.address, to.port, (other) => wants(other, from, socket.port));
  const size = trueSize(out.total, DATAGRAM_LINEAR);
  if (target && (usage.get(target) ?? 0) + size <= target.settings.receiveBuffer) {
    usage.set(target, (usage.get(target) ?? 0) + size);
    const { sender } = out;
    target.put({
      frames,
      start: 0,
      length: out.total,
      owner: socket,
      charge: 0,
      from: inet.addressOf(from, socket.port),
      sender,
      rights: [],
    });
    return 0;
  }
  for (const frame of frames) core.frames.release(frame);
  // Nobody is there: only a connected socket is told (ICMP port unreachable).
  if (!target && socket.state === 'connected' && to.port === socket.remotePort) socket.fail(ECONNREFUSED);
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
