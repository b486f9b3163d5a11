/** What comes beside a datagram when its receiver asked for it (ip(7), ipv6(7), SO_TIMESTAMP of socket(7)). */
import { AF_INET6, IPPROTO_IP, IPPROTO_IPV6, SOL_SOCKET } from '../../abi/flags.ts';
import { SO_TIMESTAMP, SO_TIMESTAMPNS } from '../../abi/sockets.ts';
import type { Stamp } from '../files/clock.ts';
import { bytes6, LOOPBACK, V6, versionOf } from './address.ts';
import type { Outgoing, Socket } from './socket.ts';

/** How a datagram travelled. */
export interface Journey {
  /** Where it was sent to. */
  readonly to: number;
  readonly hops: number;
  readonly service: number;
  /** When it came. */
  readonly stamp: Stamp;
}

/** IP_TTL, IP_TOS, IPV6_UNICAST_HOPS and IPV6_TCLASS: what a sender sets, and what TTL he has if he does not. */
const TTL = 2;
const TOS = 1;
const HOPS = 16;
const CLASS = 67;
const USUAL_HOPS = 64;
/** What a receiver asks for: IP_PKTINFO, IP_RECVTTL, IP_RECVTOS; IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS. */
const PACKET_INFO = 8;
const RECEIVE_TTL = 12;
const RECEIVE_TOS = 13;
const RECEIVE_INFO6 = 49;
const RECEIVE_HOPS6 = 51;
const RECEIVE_CLASS6 = 66;
/** And what it gets: IPV6_PKTINFO, IPV6_HOPLIMIT. */
const INFO6 = 50;
const HOPS6 = 52;
/** The only interface. */
const INDEX = 1;

/** Control messages (level:type) with which a sender sets them for one datagram. */
export const SENT_HOPS: ReadonlySet<string> = new Set([`${IPPROTO_IP}:${TTL}`, `${IPPROTO_IPV6}:${HOPS6}`]);
export const SENT_SERVICE: ReadonlySet<string> = new Set([`${IPPROTO_IP}:${TOS}`, `${IPPROTO_IPV6}:${CLASS}`]);

/** A control message. */
export type Beside = readonly [level: number, type: number, bytes: Uint8Array];

const word = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

/** How a datagram of a socket travels to an address, now; `given`: what goes for this one alone. */
export function journeyOf(
  { options, core }: Socket,
  to: number,
  given: Pick<Outgoing, 'hops' | 'service'> = {},
): Journey {
  const six = versionOf(to) === V6;
  const set = given.hops ?? options.get(six ? `${IPPROTO_IPV6}:${HOPS}` : `${IPPROTO_IP}:${TTL}`) ?? USUAL_HOPS;
  const service = given.service ?? options.get(six ? `${IPPROTO_IPV6}:${CLASS}` : `${IPPROTO_IP}:${TOS}`) ?? 0;
  return { to, hops: set < 0 ? USUAL_HOPS : set, service: Math.max(0, service), stamp: core.clock.stamp() };
}

/** The control messages that a socket gets with a datagram, in Linux's order. */
export function besides({ options, family }: Socket, { to, hops, service, stamp }: Journey): Beside[] {
  const found: Beside[] = [];
  const wants = (level: number, name: number): boolean => (options.get(`${level}:${name}`) ?? 0) !== 0;
  const { seconds, nanoseconds } = stamp;
  const time = (fraction: number) => new Uint8Array(Int32Array.of(seconds, fraction).buffer);
  if (wants(SOL_SOCKET, SO_TIMESTAMP)) found.push([SOL_SOCKET, SO_TIMESTAMP, time(Math.floor(nanoseconds / 1000))]);
  if (wants(SOL_SOCKET, SO_TIMESTAMPNS)) found.push([SOL_SOCKET, SO_TIMESTAMPNS, time(nanoseconds)]);
  if (family === AF_INET6) {
    if (wants(IPPROTO_IPV6, RECEIVE_INFO6))
      found.push([IPPROTO_IPV6, INFO6, Uint8Array.of(...bytes6(to || LOOPBACK), ...word(INDEX))]);
    if (versionOf(to) !== V6) return found;
    if (wants(IPPROTO_IPV6, RECEIVE_HOPS6)) found.push([IPPROTO_IPV6, HOPS6, word(hops)]);
    if (wants(IPPROTO_IPV6, RECEIVE_CLASS6)) found.push([IPPROTO_IPV6, CLASS, word(service)]);
    return found;
  }
  if (wants(IPPROTO_IP, PACKET_INFO)) {
    const info = new Uint8Array(12);
    const view = new DataView(info.buffer);
    view.setUint32(0, INDEX, true);
    view.setUint32(4, to);
    view.setUint32(8, to);
    found.push([IPPROTO_IP, PACKET_INFO, info]);
  }
  if (wants(IPPROTO_IP, RECEIVE_TTL)) found.push([IPPROTO_IP, TTL, word(hops)]);
  if (wants(IPPROTO_IP, RECEIVE_TOS)) found.push([IPPROTO_IP, TOS, Uint8Array.of(service)]);
  return found;
}
