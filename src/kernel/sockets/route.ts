/** What rtnetlink(7) says about the one interface, lo: its link, its addresses, its routes. */
import { EINVAL, ENETUNREACH, ENODEV, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../abi/flags.ts';
import { bytes6, LOOPBACK, LOOPBACK6 } from './address.ts';
import { type Answers, attribute, body, bytes4, type Reply, text, word, words } from './netlink-message.ts';
import type { Network } from './network.ts';

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
  // RTM_F_CLONED, RTCF_LOCAL.
  return body(Uint8Array.of(AF_INET, 32, 0, 0, TABLE_MAIN, 0, 0, LOCAL, 0, 2, 0, 0x80), [
    [15, word(TABLE_MAIN)],
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

/** All that there is of a kind. */
function all(network: Network, kind: number, family: number): Uint8Array[] | undefined {
  switch (kind) {
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

/** Of each kind the types are new, delete, get, set; new and get count here. */
function kindOf(type: number): number | undefined {
  return type <= LAST_TYPE && (type & 3) === 2 ? type - 2 : undefined;
}

/** What NETLINK_ROUTE answers. */
export function routeAnswers(network: Network): Answers {
  return {
    dump(type, content) {
      const kind = kindOf(type);
      const found = kind === undefined ? undefined : all(network, kind, content[0] ?? AF_UNSPEC);
      return kind === undefined || !found ? EOPNOTSUPP : found.map((part): Reply => [kind, part]);
    },
    one(type, content) {
      if (type === LINK) return keptUp(content);
      const kind = kindOf(type);
      if (kind !== LINK && kind !== ROUTE) return EOPNOTSUPP;
      const found = kind === ROUTE ? routeTo(content) : linkNamed(network, content);
      return typeof found === 'number' ? found : [kind, found];
    },
  };
}

/** A change of the link: that it be up, as it is (`ip link set lo up`). */
function keptUp(content: Uint8Array): number {
  if (content.length < 16) return EINVAL;
  const view = new DataView(content.buffer, content.byteOffset);
  if (view.getInt32(4, true) !== 1) return ENODEV;
  return view.getUint32(12, true) === 1 && view.getUint32(8, true) & 1 ? 0 : EOPNOTSUPP;
}

/** The link with the index or the name (IFLA_IFNAME) of a question. */
function linkNamed(network: Network, content: Uint8Array): Uint8Array | number {
  if (content.length < 16) return EINVAL;
  const index = new DataView(content.buffer, content.byteOffset).getInt32(4, true);
  const name = attribute(content, 16, 3);
  const named = name && String.fromCharCode(...name).replace(/\0.*/, '');
  return index === 1 || (index === 0 && named === 'lo') ? link(network) : ENODEV;
}
