/** The error queue of datagram sockets (IP_RECVERR of ip(7)): what was sent to a port where nobody is comes back. */
import { EAGAIN, ECONNREFUSED } from '../../abi/errno.ts';
import { AF_INET6, IPPROTO_IP, IPPROTO_IPV6, MSG_TRUNC } from '../../abi/flags.ts';
import { MSG_ERRQUEUE } from '../../abi/sockets.ts';
import { type Endpoint, nameFor } from './address.ts';
import type { Beside } from './ancillary.ts';
import type { Network } from './network.ts';
import { deliver, framesOf, release } from './packet.ts';
import type { Incoming, Socket } from './socket.ts';

/** IP_RECVERR and IPV6_RECVERR. */
const ERRORS = 11;
const ERRORS6 = 25;
/** Most errors that wait; more are lost, as when a receive buffer is full. */
const ERRORS_MAX = 256;
/** SO_EE_ORIGIN_ICMP with destination and port unreachable; the same of ICMPv6. */
const UNREACHABLE = [2, 3, 3] as const;
const UNREACHABLE6 = [3, 1, 4] as const;

/** A datagram that came back. */
export interface Returned {
  readonly bytes: Uint8Array;
  readonly to: Endpoint;
}

/** Whether a socket wants to know of what came back. */
export function wantsErrors({ options, family }: Socket): boolean {
  const key = family === AF_INET6 ? `${IPPROTO_IPV6}:${ERRORS6}` : `${IPPROTO_IP}:${ERRORS}`;
  return (options.get(key) ?? 0) !== 0;
}

/** Nobody was there: a socket that is connected, or wants to know, is told (icmp port unreachable). */
export function comeBack(socket: Socket, to: Endpoint, bytes: () => Uint8Array): void {
  const wanted = wantsErrors(socket);
  if (wanted && socket.errors.length < ERRORS_MAX) socket.errors.push({ bytes: bytes(), to });
  const isPeer = socket.state === 'connected' && to.port === socket.remotePort;
  if (wanted || isPeer) socket.fail(ECONNREFUSED);
}

/** recvmsg(2) with MSG_ERRQUEUE: never waits. */
export function receiveError({ core }: Network, socket: Socket, into: Incoming): number {
  const [first] = socket.errors;
  if (!first) return -EAGAIN;
  const frames = framesOf(core, first.bytes) ?? [];
  const { length } = first.bytes;
  const sender = { pid: 0, uid: 0, gid: 0 };
  const packet = { frames, start: 0, length, owner: socket, charge: 0, from: undefined, sender, rights: [] };
  const count = Math.min(length, into.total, frames.length === 0 ? 0 : length);
  const moved = count === 0 ? 0 : deliver(core, packet, 0, into, 0, count);
  release(core, packet);
  if (moved < 0) return moved;
  socket.errors.shift();
  // What is next is the socket's error now (sock_dequeue_err_skb).
  socket.error = socket.errors.length > 0 ? ECONNREFUSED : 0;
  into.done = count;
  into.from = nameFor(socket.family, first.to);
  into.beside = [besideError(socket, first.to)];
  into.outFlags |= MSG_ERRQUEUE | (count < length ? MSG_TRUNC : 0);
  return count;
}

/** A struct sock_extended_err and the address of who sent the datagram back. */
function besideError({ family }: Socket, to: Endpoint): Beside {
  const six = family === AF_INET6;
  const offender = nameFor(family, { address: to.address, port: 0 });
  const bytes = new Uint8Array(16 + offender.length);
  bytes[0] = ECONNREFUSED;
  bytes.set(six ? UNREACHABLE6 : UNREACHABLE, 4);
  bytes.set(offender, 16);
  return six ? [IPPROTO_IPV6, ERRORS6, bytes] : [IPPROTO_IP, ERRORS, bytes];
}
