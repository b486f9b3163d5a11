import { EDESTADDRREQ, EINVAL, EMSGSIZE, ENETUNREACH, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET6, AF_UNSPEC, MSG_OOB } from '../../abi/flags.ts';
import { type Endpoint, familyOf, isLoopback, nameFor, sourceFor } from './address.ts';
import { journeyOf } from './ancillary.ts';
import * as inet from './inet.ts';
import type { Network } from './network.ts';
import { contents, fill, framesOf } from './packet.ts';
import type { Outgoing, Protocol, Socket } from './socket.ts';
import { udp } from './udp.ts';
import { receive } from './unix-datagram.ts';

/** Bytes of an ICMP header: type, code, checksum, identifier, sequence number. */
const HEADER = 8;
/** Types of echo requests and replies: ICMP, ICMPv6. */
const REQUEST = 8;
const REPLY = 0;
const REQUEST6 = 128;
const REPLY6 = 129;

/** Echo sockets (SOCK_DGRAM of IPPROTO_ICMP and IPPROTO_ICMPV6, icmp(7)): this machine answers itself. The port is the identifier. */
export const ping: Protocol = {
  ...udp,
  name: 'icmp',
  connect(network, socket, bytes) {
    if (familyOf(bytes) === AF_UNSPEC) return udp.connect(network, socket, bytes, undefined);
    const to = inet.destinationOf(socket, bytes, false);
    if (typeof to === 'number') return to;
    if (!isLoopback(to.address)) return -ENETUNREACH;
    const failed = inet.autobind(network.echo, socket);
    if (failed < 0) return failed;
    if (!socket.addressIsChosen) socket.address = sourceFor(to.address);
    socket.remoteAddress = to.address;
    socket.remotePort = to.port;
    socket.state = 'connected';
    return 0;
  },
  send,
  receive,
};

function targetOf(socket: Socket, out: Outgoing): Endpoint | number {
  if (out.address) return inet.destinationOf(socket, out.address, false);
  if (socket.state !== 'connected') return -EDESTADDRREQ;
  return { address: socket.remoteAddress, port: 0 };
}

function send(network: Network, socket: Socket, out: Outgoing): number {
  if (out.total > 0xffff) return -EMSGSIZE;
  if (out.total < HEADER) return -EINVAL;
  if (out.flags & MSG_OOB) return -EOPNOTSUPP;
  const frames = fill(network.core, out, 0, out.total);
  if (typeof frames === 'number') return frames;
  const bytes = contents(network.core, frames, out.total);
  for (const frame of frames) network.core.frames.release(frame);
  const six = socket.family === AF_INET6;
  if (bytes[0] !== (six ? REQUEST6 : REQUEST) || bytes[1] !== 0) return -EINVAL;
  const to = targetOf(socket, out);
  if (typeof to === 'number') return to;
  if (!isLoopback(to.address)) return -ENETUNREACH;
  const failed = inet.autobind(network.echo, socket);
  if (failed < 0) return failed;
  out.done = out.total;
  reply(network, socket, to.address, bytes, six);
  return 0;
}

/** The answer of this machine to an echo request; lost when there is no room. */
function reply(network: Network, socket: Socket, address: number, bytes: Uint8Array, six: boolean): void {
  const view = new DataView(bytes.buffer);
  bytes[0] = six ? REPLY6 : REPLY;
  view.setUint16(4, socket.port);
  view.setUint16(2, 0);
  view.setUint16(2, checksum(bytes));
  if (socket.queued + bytes.length > socket.settings.receiveBuffer) return;
  const frames = framesOf(network.core, bytes);
  if (!frames) return;
  socket.put({
    frames,
    start: 0,
    length: bytes.length,
    owner: socket,
    charge: 0,
    from: nameFor(socket.family, { address, port: 0 }),
    sender: { pid: 0, uid: 0, gid: 0 },
    rights: [],
    journey: journeyOf(socket, address),
  });
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
