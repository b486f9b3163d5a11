/** What rtnetlink(7) says about the one interface, lo: its link, its addresses, its routes. */
import { EINVAL, ENETUNREACH, ENODEV, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../abi/flags.ts';
import { bytes6, LOOPBACK, LOOPBACK6 } from './address.ts';
import type { Network } from './network.ts';

/** Bytes of a struct nlmsghdr, and NLMSG_* and NLM_F_*. */
const HEADER = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const REQUEST = 1;
const MULTI = 2;
const ACK = 4;
const DUMP = 0x300;
const CAPPED = 0x100;
/** Messages of rtnetlink: the one that is new, and + 2 the one that asks for it. */
const LINK = 16;
const ADDRESS = 20;
const ROUTE = 24;
const NEIGHBOUR = 28;
const RULE = 32;
const LAST_TYPE = 119;
/** RT_TABLE_LOCAL, RTPROT_KERNEL, RT_SCOPE_HOST, RT_SCOPE_LINK, RTN_LOCAL, RTN_BROADCAST, RTN_UNICAST. */
const TABLE_LOCAL = 255;
const TABLE_MAIN = 254;
const KERNEL = 2;
const HOST = 254;
const SCOPE_LINK = 253;
const LOCAL = 2;
const BROADCAST = 3;

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
const text = (value: string): Uint8Array => Uint8Array.from(`${value}\0`, (c) => c.charCodeAt(0));
const bytes4 = (address: number): Uint8Array => Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);

/** A head and attributes (pairs type, value) behind each other, each filled up to 4 bytes. */
function body(head: Uint8Array, attributes: readonly (readonly [number, Uint8Array])[]): Uint8Array {
  const parts: number[] = [...head];
  for (const [type, value] of attributes) {
    const length = value.length + 4;
    parts.push(length & 255, length >> 8, type & 255, type >> 8, ...value);
    while (parts.length % 4 !== 0) parts.push(0);
  }
  return Uint8Array.from(parts);
}

/** A struct nlmsghdr and what follows it. */
function message(type: number, flags: number, sequence: number, port: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  view.setUint32(12, port, true);
  bytes.set(content, HEADER);
  return bytes;
}

/** IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_LOWER_UP. */
const LINK_FLAGS = 0x10049;
/** A struct ifinfomsg (AF_UNSPEC, ARPHRD_LOOPBACK, index 1) with IFLA_*. */
function link({ traffic }: Network): Uint8Array {
  const { packets, bytes } = traffic;
  const counters = (pair: (value: number) => number[]): number[] => [packets, packets, bytes, bytes].flatMap(pair);
  const wide = counters((value) => [value >>> 0, Math.floor(value / 2 ** 32)]);
  return body(words(772 << 16, 1, LINK_FLAGS, 0), [
    [3, text('lo')],
    [13, word(1000)],
    [16, Uint8Array.of(0)],
    [17, Uint8Array.of(0)],
    [4, word(65536)],
    [50, word(0)],
    [51, word(0)],
    [27, word(0)],
    [30, word(0)],
    [61, word(0)],
    [31, word(1)],
    [32, word(1)],
    [33, Uint8Array.of(1)],
    [6, text('noqueue')],
    [35, word(0)],
    [47, word(0)],
    [48, word(0)],
    [14, new Uint8Array(32)],
    [39, Uint8Array.of(0)],
    [1, new Uint8Array(6)],
    [2, new Uint8Array(6)],
    [23, words(...wide, ...new Array(40).fill(0))],
    [7, words(...counters((value) => [value >>> 0]), ...new Array(20).fill(0))],
  ]);
}

/** A struct ifaddrmsg with IFA_*. */
function addresses(family: number): Uint8Array[] {
  const forever = words(0xffffffff, 0xffffffff, 0, 0);
  const found: Uint8Array[] = [];
  if (family !== AF_INET6)
    found.push(
      body(Uint8Array.of(AF_INET, 8, 0x80, HOST, 1, 0, 0, 0), [
        [1, bytes4(LOOPBACK)],
        [2, bytes4(LOOPBACK)],
        [3, text('lo')],
        [8, word(0x80)],
        [6, forever],
      ]),
    );
  if (family !== AF_INET)
    found.push(
      body(Uint8Array.of(AF_INET6, 128, 0x80, HOST, 1, 0, 0, 0), [
        [1, bytes6(LOOPBACK6)],
        [6, forever],
        [8, word(0x80)],
        [11, Uint8Array.of(1)],
      ]),
    );
  return found;
}

/** A struct rtmsg with RTA_TABLE, RTA_DST, RTA_OIF, RTA_PREFSRC. */
function route4(address: number, length: number, type: number): Uint8Array {
  const scope = type === BROADCAST ? SCOPE_LINK : HOST;
  return body(Uint8Array.of(AF_INET, length, 0, 0, TABLE_LOCAL, KERNEL, scope, type, 0, 0, 0, 0), [
    [15, word(TABLE_LOCAL)],
    [1, bytes4(address)],
    [7, bytes4(LOOPBACK)],
    [4, word(1)],
  ]);
}

function route6(): Uint8Array {
  return body(Uint8Array.of(AF_INET6, 128, 0, 0, TABLE_LOCAL, KERNEL, 0, LOCAL, 0, 0, 0, 0), [
    [15, word(TABLE_LOCAL)],
    [1, bytes6(LOOPBACK6)],
    [6, word(0)],
    [4, word(1)],
    [12, new Uint8Array(32)],
    [20, Uint8Array.of(0)],
  ]);
}

function routes(family: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  if (family !== AF_INET6)
    found.push(route4(0x7f000000, 8, LOCAL), route4(LOOPBACK, 32, LOCAL), route4(0x7fffffff, 32, BROADCAST));
  if (family !== AF_INET) found.push(route6());
  return found;
}

/** The route to an address (`ip route get`), from a struct rtmsg with RTA_DST; an errno when there is none. */
function routeTo(content: Uint8Array): Uint8Array | number {
  const destination = attribute(content, 12, 1);
  if (!destination) return EINVAL;
  if (content[0] === AF_INET6) {
    if (!destination.every((byte, i) => byte === (i === 15 ? 1 : 0))) return ENETUNREACH;
    return route6();
  }
  if (destination[0] !== 127) return ENETUNREACH;
  return body(Uint8Array.of(AF_INET, 32, 0, 0, TABLE_LOCAL, 0, 0, LOCAL, 0, 2, 0x80, 0), [
    [15, word(TABLE_LOCAL)],
    [1, destination],
    [4, word(1)],
    [7, bytes4(LOOPBACK)],
    [25, word(0)],
    [12, words(0, 0, 0, 0, 0, 0, 0, 0)],
  ]);
}

function rules(family: number): Uint8Array[] {
  const rule = (version: number, table: number, priority: number): Uint8Array =>
    body(Uint8Array.of(version, 0, 0, 0, table, 0, 0, 1, 0, 0, 0, 0), [
      [15, word(table)],
      [14, word(0xffffffff)],
      ...(priority > 0 ? [[6, word(priority)] as const] : []),
      [21, Uint8Array.of(KERNEL)],
    ]);
  const of4 = [rule(AF_INET, TABLE_LOCAL, 0), rule(AF_INET, TABLE_MAIN, 32766), rule(AF_INET, 253, 32767)];
  const of6 = [rule(AF_INET6, TABLE_LOCAL, 0), rule(AF_INET6, TABLE_MAIN, 32766)];
  return family === AF_INET ? of4 : family === AF_INET6 ? of6 : [...of4, ...of6];
}

/** The value of an attribute behind a head of so many bytes. */
function attribute(content: Uint8Array, head: number, wanted: number): Uint8Array | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  for (let at = head; at + 4 <= content.length; ) {
    const length = view.getUint16(at, true);
    if (length < 4) return undefined;
    if ((view.getUint16(at + 2, true) & 0x3fff) === wanted) return content.subarray(at + 4, at + length);
    at += (length + 3) & ~3;
  }
  return undefined;
}

/** All that there is of a kind, or undefined when the kind is unknown. */
function dump(network: Network, type: number, family: number): Uint8Array[] | undefined {
  switch (type) {
    case LINK:
      return [link(network)];
    case ADDRESS:
      return addresses(family);
    case ROUTE:
      return routes(family);
    case RULE:
      return rules(family);
    case NEIGHBOUR:
      return [];
    default:
      return undefined;
  }
}

/** One thing that is asked for by name: its message, or an errno. */
function one(network: Network, type: number, content: Uint8Array): Uint8Array | number {
  if (type === ROUTE) return routeTo(content);
  if (type !== LINK) return EOPNOTSUPP;
  const index = new DataView(content.buffer, content.byteOffset).getInt32(4, true);
  const name = attribute(content, 16, 3);
  const named = name && String.fromCharCode(...name).replace(/\0.*/, '');
  return index === 1 || (index === 0 && named === 'lo') ? link(network) : ENODEV;
}

/** The answers to the messages that a program has sent to the kernel: one array per message that it receives. */
export function answer(network: Network, bytes: Uint8Array, port: number): Uint8Array[] {
  const replies: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || length > bytes.length - at) break;
    const whole = bytes.subarray(at, at + length);
    replies.push(...answerOne(network, whole, port));
    at += (length + 3) & ~3;
  }
  return replies;
}

function answerOne(network: Network, whole: Uint8Array, port: number): Uint8Array[] {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.length);
  const type = view.getUint16(4, true);
  const flags = view.getUint16(6, true);
  const sequence = view.getUint32(8, true);
  const content = whole.slice(HEADER);
  const status = (errno: number): Uint8Array =>
    message(
      NLMSG_ERROR,
      errno ? 0 : CAPPED,
      sequence,
      port,
      Uint8Array.of(...word(-errno), ...(errno ? whole : whole.subarray(0, HEADER))),
    );
  // Control messages, and what is no request, are not answered.
  if (!(flags & REQUEST) || type < LINK) return flags & ACK ? [status(0)] : [];
  if (type > LAST_TYPE) return [status(EOPNOTSUPP)];
  // Of each kind: new, delete, get, set.
  if ((type & 3) !== 2) return [status(EOPNOTSUPP)];
  if (content.length === 0) return [status(EINVAL)];
  const kind = type - 2;
  if ((flags & DUMP) === 0) {
    const found = one(network, kind, content);
    if (typeof found === 'number') return [status(found)];
    return [message(kind, 0, sequence, port, found), ...(flags & ACK ? [status(0)] : [])];
  }
  const found = dump(network, kind, content[0] ?? AF_UNSPEC);
  if (!found) return [status(EOPNOTSUPP)];
  const parts = found.map((part) => message(kind, MULTI, sequence, port, part));
  const done = message(NLMSG_DONE, MULTI, sequence, port, word(0));
  return parts.length > 0 ? [Uint8Array.from(parts.flatMap((part) => [...part])), done] : [done];
}
