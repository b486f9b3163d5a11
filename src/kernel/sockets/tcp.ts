import {
  EADDRINUSE,
  EADDRNOTAVAIL,
  EALREADY,
  ECONNABORTED,
  ECONNREFUSED,
  ECONNRESET,
  EINPROGRESS,
  EINVAL,
  EISCONN,
  ENETUNREACH,
  ENOTCONN,
  EPIPE,
} from '../../abi/errno.ts';
import {
  AF_UNSPEC,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from '../../abi/flags.ts';
import { familyOf, isLoopback, sourceFor } from './address.ts';
import * as inet from './inet.ts';
import type { Network } from './network.ts';
import { FIN_WAIT2_STATE, TIME_WAIT_STATE } from './ports.ts';
import { type Protocol, SHUT_BOTH, SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';
import { readable, receive, roomAt, send } from './tcp-data.ts';

/**
 * AF_INET, SOCK_STREAM (tcp(7)): connections between sockets of this machine. Segments, sequence numbers and timers are
 * not there: bytes go from one end's buffer to the other's, and ends and resets arrive at once.
 */
export const tcp: Protocol = {
  name: 'tcp',
  connect,
  listen,
  send,
  receive,
  poll,
  shutdown,
  close,
  local: inet.localName,
  remote: inet.remoteName,
};

function listen(network: Network, socket: Socket, backlog: number): number {
  if (socket.state !== 'new' && socket.state !== 'listening') return -EINVAL;
  if (socket.stage !== 'unconnected') return -EINVAL;
  const failed = inet.autobind(network.tcp, socket);
  if (failed < 0) return failed;
  if (!network.tcp.permits(socket, socket.address, socket.port, false)) return -EADDRINUSE;
  socket.state = 'listening';
  socket.backlog = backlog;
  socket.down = 0;
  admit(network, socket);
  return 0;
}

/**
 * connect(2) as a socket that never waits sees it: -EINPROGRESS for a new attempt, even when it succeeds at once, and
 * its outcome at the next call. The caller waits where he may.
 */
function connect(network: Network, socket: Socket, bytes: Uint8Array): number {
  if (familyOf(bytes) === AF_UNSPEC) return disconnect(network, socket);
  if (socket.stage === 'connected') return -EISCONN;
  if (socket.stage === 'connecting') {
    if (socket.state === 'connecting') return -EALREADY;
    if (socket.state === 'connected') {
      socket.stage = 'connected';
      return 0;
    }
    socket.stage = 'unconnected';
    socket.down = 0;
    inet.giveUp(network.tcp, socket);
    return socket.error ? socket.takeError() : -ECONNABORTED;
  }
  if (socket.state !== 'new') return -EISCONN;
  const to = inet.destinationOf(socket, bytes, false);
  if (typeof to === 'number') return to;
  if (!isLoopback(to.address)) return -ENETUNREACH;
  if (inet.autobind(network.tcp, socket) < 0) return -EADDRNOTAVAIL;
  if (socket.address === 0) socket.address = sourceFor(to.address);
  socket.remoteAddress = to.address;
  socket.remotePort = to.port;
  socket.state = 'connecting';
  socket.stage = 'connecting';
  socket.down = socket.error = 0;
  const listener = network.tcp.find(to.address, to.port, (other) => other.state === 'listening', socket.port);
  if (!listener) refuse(socket);
  else {
    listener.knocking.push(socket);
    admit(network, listener);
  }
  return -EINPROGRESS;
}

/** Nobody listens there (or no more). */
function refuse(socket: Socket): void {
  socket.state = 'new';
  socket.remotePort = 0;
  socket.down = SHUT_BOTH;
  socket.fail(ECONNREFUSED);
}

/** Connections come in as long as the queue has room. */
export function admit(network: Network, listener: Socket): void {
  while (listener.knocking.length > 0 && listener.waiting.length <= listener.backlog) {
    const client = listener.knocking.shift() as Socket;
    // Some have given up meanwhile.
    if (client.state !== 'connecting' || client.closed) continue;
    const served = network.create(listener, listener.creator);
    Object.assign(served.settings, listener.settings);
    for (const [key, value] of listener.options) served.options.set(key, value);
    served.address = client.remoteAddress;
    network.tcp.add(served, listener.port);
    served.remoteAddress = client.address;
    served.remotePort = client.port;
    for (const [one, other] of [
      [client, served],
      [served, client],
    ]) {
      one.peer = other;
      one.state = 'connected';
    }
    served.stage = 'connected';
    listener.waiting.push(served);
    client.canWrite.wake();
    listener.canRead.wake();
  }
}

/** AF_UNSPEC: the connection is cut, or the listening ends; the socket can be used again. */
function disconnect(network: Network, socket: Socket): number {
  const wasConnected = socket.state === 'connected';
  if (socket.state === 'listening') stopListening(network, socket);
  else reset(network, socket);
  socket.drain();
  socket.state = 'new';
  socket.stage = 'unconnected';
  socket.ended = false;
  socket.remoteAddress = socket.remotePort = socket.down = 0;
  socket.error = wasConnected ? ECONNRESET : 0;
  inet.giveUp(network.tcp, socket);
  socket.changed();
  return 0;
}

/** The other side gets a reset. */
function reset(network: Network, socket: Socket): void {
  const { peer } = socket;
  socket.peer = undefined;
  if (!peer) return;
  peer.peer = undefined;
  network.tcp.cut(peer);
  broken(peer, peer.down & SHUT_RECEIVE ? EPIPE : ECONNRESET);
}

/** A connection is over because of an error. */
export function broken(socket: Socket, errno: number): void {
  socket.state = 'new';
  socket.down = SHUT_BOTH;
  socket.fail(errno);
}

function stopListening(network: Network, socket: Socket): void {
  socket.state = 'new';
  for (const client of socket.knocking.splice(0)) refuse(client);
  for (const waiting of socket.waiting.splice(0)) {
    reset(network, waiting);
    close(network, waiting);
  }
  socket.changed();
}

function shutdown(network: Network, socket: Socket, directions: number): number {
  if (socket.state === 'new') return -ENOTCONN;
  if (socket.state === 'listening') {
    if (!(directions & SHUT_RECEIVE)) return 0;
    stopListening(network, socket);
    inet.giveUp(network.tcp, socket);
    return 0;
  }
  if (socket.state === 'connecting') {
    socket.state = 'new';
    socket.changed();
    return 0;
  }
  socket.down |= directions;
  if (directions & SHUT_SEND) sendEnd(network, socket);
  socket.changed();
  return 0;
}

/** The other side reads to the end; when both have said so the connection is over. */
function sendEnd(network: Network, socket: Socket): void {
  const { peer } = socket;
  if (!peer) return;
  peer.down |= SHUT_RECEIVE;
  peer.ended = true;
  if (socket.ended && peer.down & SHUT_SEND) {
    // The one that ended first waits for stray segments of the old connection.
    remember(network, peer, TIME_WAIT_STATE);
    for (const one of [socket, peer]) {
      one.state = 'new';
      one.down = SHUT_BOTH;
      one.canWrite.wake();
    }
  }
  peer.changed();
}

/** A port inside remembers an end of a connection. */
function remember(network: Network, socket: Socket, state: number): void {
  if (!network.outside.has(socket)) network.tcp.linger(socket, state);
}

/** The last descriptor is closed: unread bytes or SO_LINGER with 0 seconds reset the connection, else it ends. */
function close(network: Network, socket: Socket): void {
  if (socket.closed) return;
  socket.closed = true;
  if (socket.state === 'listening') stopListening(network, socket);
  const { peer } = socket;
  if (peer && (socket.queued > 0 || socket.settings.linger === 0)) reset(network, socket);
  else if (peer && !(socket.down & SHUT_SEND)) {
    socket.down |= SHUT_SEND;
    sendEnd(network, socket);
  }
  // Nobody holds this end any more, but the other side may still talk.
  if (socket.peer && socket.state === 'connected') remember(network, socket, FIN_WAIT2_STATE);
  socket.down = SHUT_BOTH;
  inet.unbind(network, socket);
  socket.drain();
  socket.changed();
}

/** What tcp_poll says. */
function poll(socket: Socket): number {
  if (socket.state === 'listening') return socket.waiting.length > 0 ? POLLIN | POLLRDNORM : 0;
  let events = 0;
  if (socket.down === SHUT_BOTH || socket.state === 'new') events |= POLLHUP;
  if (socket.down & SHUT_RECEIVE) events |= POLLIN | POLLRDNORM | POLLRDHUP;
  if (socket.state !== 'connecting') {
    if (readable(socket) >= Math.max(1, socket.settings.lowWater)) events |= POLLIN | POLLRDNORM;
    if (socket.urgent?.unread) events |= POLLPRI;
    const { peer } = socket;
    const room = !peer || socket.down & SHUT_SEND || roomAt(socket, peer) * 3 >= socket.settings.receiveBuffer;
    if (room) events |= POLLOUT | POLLWRNORM;
  }
  if (socket.error) events |= POLLERR;
  return events;
}
