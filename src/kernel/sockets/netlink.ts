import { EADDRINUSE, ECONNREFUSED, EINVAL, ENOBUFS, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import { AF_NETLINK, MSG_OOB, POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRBAND, POLLWRNORM } from '../../abi/flags.ts';
import { familyOf } from './address.ts';
import { diagAnswers } from './diag.ts';
import { answer } from './netlink-message.ts';
import type { Network } from './network.ts';
import { contents, fill, framesOf } from './packet.ts';
import { routeAnswers } from './route.ts';
import type { Outgoing, Protocol, Socket } from './socket.ts';
import { receive } from './unix-datagram.ts';

/** The kinds that there are. */
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
/** Bytes of a struct sockaddr_nl. */
const ADDRESS_SIZE = 12;
/** Bytes of messages that may wait to be read (a receive buffer's). */
const QUEUE_MAX = 212992;

/** AF_NETLINK: questions about the one interface and about sockets (netlink(7)). The kernel answers at once; nothing ever changes, so no group hears anything. */
export const netlink: Protocol = {
  name: 'netlink',
  connect(network, socket, bytes) {
    if (bytes.length < ADDRESS_SIZE || familyOf(bytes) !== AF_NETLINK) return -EINVAL;
    socket.remotePort = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
    bindAnywhere(network, socket);
    socket.state = 'connected';
    return 0;
  },
  listen: () => -EOPNOTSUPP,
  send,
  receive,
  poll(socket) {
    const events = POLLOUT | POLLWRNORM | POLLWRBAND | (socket.error ? POLLERR : 0);
    return socket.inbox.length > 0 ? events | POLLIN | POLLRDNORM : events;
  },
  shutdown: () => -EOPNOTSUPP,
  close(network, socket) {
    socket.closed = true;
    if (network.netlink.get(keyOf(socket, socket.port)) === socket) network.netlink.delete(keyOf(socket, socket.port));
    network.sockets.delete(socket);
    socket.drain();
    socket.changed();
  },
  local: (socket) => nameOf(socket.port, socket.address),
  remote: (socket) => (socket.state === 'connected' ? nameOf(socket.remotePort, 0) : nameOf(0, 0)),
};

/** A struct sockaddr_nl. */
function nameOf(port: number, groups: number): Uint8Array {
  return new Uint8Array(Int32Array.of(AF_NETLINK, port, groups).buffer);
}

/** Where a port id of a socket's kind is found. */
function keyOf({ protocol }: Socket, port: number): number {
  return protocol * 2 ** 32 + (port >>> 0);
}

/** bind(2): a port id (0 = the process's pid, or any that is free) and groups, in `address`. */
export function bindNetlink(network: Network, socket: Socket, bytes: Uint8Array): number {
  if (bytes.length < ADDRESS_SIZE || familyOf(bytes) !== AF_NETLINK) return -EINVAL;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const wanted = view.getUint32(4, true);
  if (socket.port !== 0 && wanted !== socket.port && wanted !== 0) return -EINVAL;
  if (socket.port === 0 && wanted !== 0) {
    if (network.netlink.has(keyOf(socket, wanted))) return -EADDRINUSE;
    take(network, socket, wanted);
  }
  bindAnywhere(network, socket);
  socket.address = view.getUint32(8, true);
  return 0;
}

function bindAnywhere(network: Network, socket: Socket): void {
  if (socket.port !== 0) return;
  let port = socket.creator.pid;
  for (let next = -4097; network.netlink.has(keyOf(socket, port)); next--) port = next;
  take(network, socket, port >>> 0);
}

function take({ netlink: ports }: Network, socket: Socket, port: number): void {
  ports.set(keyOf(socket, port), socket);
  socket.port = port;
}

function send(network: Network, socket: Socket, out: Outgoing): number {
  if (out.flags & MSG_OOB) return -EOPNOTSUPP;
  const to = out.address;
  if (to && (to.length < ADDRESS_SIZE || familyOf(to) !== AF_NETLINK)) return -EINVAL;
  const port = to ? new DataView(to.buffer, to.byteOffset).getUint32(4, true) : socket.remotePort;
  if (to && new DataView(to.buffer, to.byteOffset).getUint32(8, true) !== 0 && out.sender.uid !== 0) return -EPERM;
  bindAnywhere(network, socket);
  const frames = fill(network.core, out, 0, out.total);
  if (typeof frames === 'number') return frames;
  const bytes = contents(network.core, frames, out.total);
  for (const frame of frames) network.core.frames.release(frame);
  // Other programs do not listen to programs here: only the kernel, port 0, does.
  if (port !== 0) return network.netlink.has(keyOf(socket, port)) ? -EPERM : -ECONNREFUSED;
  out.done = out.total;
  const answers = socket.protocol === NETLINK_SOCK_DIAG ? diagAnswers(network) : routeAnswers(network);
  for (const reply of answer(bytes, socket.port, answers)) if (!put(network, socket, reply)) socket.fail(ENOBUFS);
  return 0;
}

/** A message of the kernel for a socket; false when it is lost. */
export function put({ core }: Network, socket: Socket, bytes: Uint8Array): boolean {
  if (socket.queued + bytes.length > QUEUE_MAX) return false;
  const frames = framesOf(core, bytes);
  if (!frames) return false;
  socket.put({
    frames,
    start: 0,
    length: bytes.length,
    owner: socket,
    charge: 0,
    from: nameOf(0, 0),
    sender: { pid: 0, uid: 0, gid: 0 },
    rights: [],
  });
  return true;
}
