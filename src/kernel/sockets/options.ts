import { EDOM, EINVAL, ENODATA, ENOPROTOOPT, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import * as S from '../../abi/sockets.ts';
import { V4, V6, versionOf } from './address.ts';
import { isInet } from './inet.ts';
import type { Socket } from './socket.ts';
import { stateOf } from './tables.ts';

/** Largest and smallest buffers that a program may ask for (net.core.wmem_max, SOCK_MIN_SNDBUF, SOCK_MIN_RCVBUF). */
const BUFFER_MAX = 212992;
const SEND_MIN = 4608;
const RECEIVE_MIN = 2304;
const SECOND = 1e9;
const FOREVER = Number.POSITIVE_INFINITY;

/** An option of SOL_SOCKET: how it is read (undefined = it cannot be) and set with a whole word. */
interface Option {
  readonly get?: (socket: Socket) => number;
  readonly set?: (socket: Socket, value: number) => number;
}

/** An option that is only remembered. */
function kept(name: number, initial = 0, flag = false): Option {
  const key = `${F.SOL_SOCKET}:${name}`;
  return {
    get: ({ options }) => options.get(key) ?? initial,
    set({ options }, value) {
      options.set(key, flag ? Number(value !== 0) : value);
      return 0;
    },
  };
}

/** Times of datagrams, of one kind or the other. */
function stamps(name: number, other: number): Option {
  const { get, set } = kept(name, 0, true);
  return {
    get,
    set(socket, value) {
      if (value) socket.options.set(`${F.SOL_SOCKET}:${other}`, 0);
      return set?.(socket, value) ?? 0;
    },
  };
}

type Flag = 'urgentInline' | 'reuseAddress' | 'reusePort' | 'passCredentials' | 'broadcast';
function flag(name: Flag): Option {
  return {
    get: ({ settings }) => Number(settings[name]),
    set({ settings }, value) {
      settings[name] = value !== 0;
      return 0;
    },
  };
}

function buffer(name: 'sendBuffer' | 'receiveBuffer', least: number): Option {
  return {
    get: ({ settings }) => settings[name],
    set(socket, value) {
      const wanted = Math.min(value >>> 0, BUFFER_MAX) * 2;
      socket.settings[name] = Math.max(wanted, least);
      socket.options.set(name, 1);
      socket.canWrite.wake();
      return 0;
    },
  };
}

const OPTIONS: ReadonlyMap<number, Option> = new Map([
  [F.SO_DEBUG, kept(F.SO_DEBUG, 0, true)],
  [F.SO_REUSEADDR, flag('reuseAddress')],
  [F.SO_TYPE, { get: (socket) => socket.type }],
  [F.SO_ERROR, { get: (socket) => -socket.takeError() }],
  [F.SO_DONTROUTE, kept(F.SO_DONTROUTE, 0, true)],
  [F.SO_BROADCAST, flag('broadcast')],
  [F.SO_SNDBUF, buffer('sendBuffer', SEND_MIN)],
  [F.SO_RCVBUF, buffer('receiveBuffer', RECEIVE_MIN)],
  [S.SO_SNDBUFFORCE, { set: buffer('sendBuffer', SEND_MIN).set }],
  [S.SO_RCVBUFFORCE, { set: buffer('receiveBuffer', RECEIVE_MIN).set }],
  [F.SO_KEEPALIVE, kept(F.SO_KEEPALIVE, 0, true)],
  [F.SO_OOBINLINE, flag('urgentInline')],
  [S.SO_NO_CHECK, kept(S.SO_NO_CHECK, 0, true)],
  [S.SO_PRIORITY, kept(S.SO_PRIORITY)],
  [S.SO_BSDCOMPAT, { get: () => 0, set: () => 0 }],
  [
    F.SO_REUSEPORT,
    {
      ...flag('reusePort'),
      set: (socket, value) => (isInet(socket) ? (flag('reusePort').set?.(socket, value) ?? 0) : -EOPNOTSUPP),
    },
  ],
  [F.SO_PASSCRED, { ...flag('passCredentials'), set: passCredentials }],
  [S.SO_RCVLOWAT, { get: ({ settings }) => settings.lowWater, set: setLowWater }],
  [S.SO_SNDLOWAT, { get: () => 1 }],
  [F.SO_ACCEPTCONN, { get: ({ state }) => Number(state === 'listening') }],
  [S.SO_TIMESTAMP, stamps(S.SO_TIMESTAMP, S.SO_TIMESTAMPNS)],
  [S.SO_TIMESTAMPNS, stamps(S.SO_TIMESTAMPNS, S.SO_TIMESTAMP)],
  [S.SO_PASSSEC, kept(S.SO_PASSSEC, 0, true)],
  // About devices, and about what never happens here: nothing is dropped unseen, nothing is sent without a copy.
  [S.SO_RXQ_OVFL, kept(S.SO_RXQ_OVFL, 0, true)],
  [S.SO_WIFI_STATUS, kept(S.SO_WIFI_STATUS, 0, true)],
  [S.SO_SELECT_ERR_QUEUE, kept(S.SO_SELECT_ERR_QUEUE, 0, true)],
  [S.SO_LOCK_FILTER, { get: () => 0 }],
  [S.SO_BUSY_POLL, { get: () => 0 }],
  [S.SO_INCOMING_NAPI_ID, { get: () => 0 }],
  [S.SO_ZEROCOPY, { get: () => 0, set: () => -EOPNOTSUPP }],
  [S.SO_MAX_PACING_RATE, kept(S.SO_MAX_PACING_RATE, -1)],
  [S.SO_MARK, { get: () => 0, set: () => -EPERM }],
  [F.SO_PROTOCOL, { get: (socket) => socket.protocol }],
  [F.SO_DOMAIN, { get: (socket) => socket.family }],
  [S.SO_INCOMING_CPU, { get: () => -1, set: () => 0 }],
]);

function passCredentials(socket: Socket, value: number): number {
  if (socket.family !== F.AF_UNIX) return -EOPNOTSUPP;
  socket.settings.passCredentials = value !== 0;
  return 0;
}

function setLowWater(socket: Socket, value: number): number {
  if (socket.family === F.AF_UNIX && !socket.isStream) return -EOPNOTSUPP;
  socket.settings.lowWater = value < 0 ? 0x7fffffff : value || 1;
  return 0;
}

/** TCP_MAXSEG: of a connection, what fits into a packet of the loopback. */
const MAXSEG = 2;
const SEGMENT = 65483;
const SEGMENT6 = 65463;

/** Options below SOL_SOCKET that TCP and IP know: with their first values. */
const TCP_OPTIONS: ReadonlyMap<number, number> = new Map([
  [1, 0], // TCP_NODELAY
  [MAXSEG, 536], // TCP_MAXSEG
  [3, 0], // TCP_CORK
  [4, 7200], // TCP_KEEPIDLE
  [5, 75], // TCP_KEEPINTVL
  [6, 9], // TCP_KEEPCNT
  [7, 6], // TCP_SYNCNT
  [8, 60], // TCP_LINGER2
  [9, 0], // TCP_DEFER_ACCEPT
  [10, 0], // TCP_WINDOW_CLAMP
  [12, 1], // TCP_QUICKACK
  [18, 0], // TCP_USER_TIMEOUT
  [23, 0], // TCP_FASTOPEN
  [24, 0], // TCP_TIMESTAMP
  [25, 0], // TCP_NOTSENT_LOWAT
  [30, 0], // TCP_FASTOPEN_CONNECT
]);
const IP_OPTIONS: ReadonlyMap<number, number> = new Map([
  [1, 0], // IP_TOS
  [2, 64], // IP_TTL
  [3, 0], // IP_HDRINCL
  [5, 0], // IP_RECVOPTS
  [6, 0], // IP_RECVRETOPTS... (IP_RETOPTS)
  [8, 0], // IP_PKTINFO
  [10, 1], // IP_MTU_DISCOVER
  [11, 0], // IP_RECVERR
  [12, 0], // IP_RECVTTL
  [13, 0], // IP_RECVTOS
  [15, 0], // IP_FREEBIND
  [24, 0], // IP_BIND_ADDRESS_NO_PORT
  [33, 1], // IP_MULTICAST_TTL
  [34, 1], // IP_MULTICAST_LOOP
]);
/** NETLINK_*: membership, packet info, errors, strict checks. */
const NETLINK_OPTIONS: ReadonlyMap<number, number> = new Map([1, 2, 3, 4, 5, 8, 10, 11, 12].map((name) => [name, 0]));
/** IPV6_V6ONLY: whether the socket hears IPv6 alone. */
const V6ONLY = 26;
const IP6_OPTIONS: ReadonlyMap<number, number> = new Map([
  [16, 64], // IPV6_UNICAST_HOPS
  [17, 0], // IPV6_MULTICAST_IF
  [18, 1], // IPV6_MULTICAST_HOPS
  [19, 1], // IPV6_MULTICAST_LOOP
  [23, 1], // IPV6_MTU_DISCOVER
  [24, 65536], // IPV6_MTU
  [25, 0], // IPV6_RECVERR
  [V6ONLY, 0],
  [33, 0], // IPV6_FLOWINFO_SEND
  [49, 0], // IPV6_RECVPKTINFO
  [51, 0], // IPV6_RECVHOPLIMIT
  [53, 0], // IPV6_RECVHOPOPTS
  [56, 0], // IPV6_RECVRTHDR
  [58, 0], // IPV6_RECVDSTOPTS
  [60, 0], // IPV6_RECVPATHMTU
  [62, 0], // IPV6_DONTFRAG
  [66, 0], // IPV6_RECVTCLASS
  [67, 0], // IPV6_TCLASS
  [70, 0], // IPV6_AUTOFLOWLABEL
  [72, 0], // IPV6_ADDR_PREFERENCES
  [73, 0], // IPV6_MINHOPCOUNT
  [78, 0], // IPV6_FREEBIND
]);
const FLAG_OPTIONS = new Set(['6:1', '6:3', '0:8', '0:11', '41:26', '41:49', '41:51', '41:66', '41:25', '41:19']);
/** Smallest and largest value of options that have them. */
const BOUNDS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['41:16', [-1, 255]],
  ['41:18', [-1, 255]],
  ['41:67', [-1, 255]],
]);

function isFlag(level: number, name: number): boolean {
  return FLAG_OPTIONS.has(`${level}:${name}`);
}

/** Options of a protocol, or undefined when it has none at this level. */
function protocolOptions(socket: Socket, level: number): ReadonlyMap<number, number> | undefined {
  if (socket.family === F.AF_NETLINK) return level === S.SOL_NETLINK ? NETLINK_OPTIONS : undefined;
  if (!isInet(socket)) return undefined;
  if (level === F.IPPROTO_IPV6) return socket.family === F.AF_INET6 ? IP6_OPTIONS : undefined;
  if (level === F.IPPROTO_IP) return IP_OPTIONS;
  return level === S.SOL_TCP && socket.isStream ? TCP_OPTIONS : undefined;
}

/** TCP_INFO: a struct tcp_info whose state, queues and segment sizes are true; nothing is lost or late here. */
const INFO = 11;
const INFO_SIZE = 248;
function tcpInfo(socket: Socket): Uint8Array {
  const bytes = new Uint8Array(INFO_SIZE);
  const view = new DataView(bytes.buffer);
  const listens = socket.state === 'listening';
  const segment = versionOf(socket.address) === V6 ? SEGMENT6 : SEGMENT;
  bytes[0] = stateOf(socket);
  // tcpi_rto and tcpi_ato (us), tcpi_snd_mss, tcpi_rcv_mss; of a listening socket tcpi_unacked and tcpi_sacked are its queue.
  const values = [201_000, 40_000, segment, listens ? 536 : segment];
  values.push(listens ? socket.waiting.length : 0, listens ? socket.backlog : 0);
  for (const [i, value] of values.entries()) view.setUint32(8 + i * 4, value, true);
  // tcpi_pmtu, tcpi_snd_cwnd, tcpi_advmss.
  view.setUint32(60, 65535, true);
  view.setUint32(80, 10, true);
  view.setUint32(84, segment, true);
  return bytes;
}

const words = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);

/** The bytes of an option's value; -errno (getsockopt(2)). */
export function getOption(socket: Socket, level: number, name: number): Uint8Array | number {
  if (level !== F.SOL_SOCKET) {
    const known = protocolOptions(socket, level);
    if (!known) return -EOPNOTSUPP;
    if (level === S.SOL_TCP && name === 13)
      return Uint8Array.from('cubic\0\0\0\0\0\0\0\0\0\0\0', (c) => c.charCodeAt(0));
    if (level === S.SOL_TCP && name === INFO) return tcpInfo(socket);
    if (level === S.SOL_TCP && name === MAXSEG && socket.state === 'connected')
      return words(versionOf(socket.address) === V6 ? SEGMENT6 : SEGMENT);
    const initial = known.get(name);
    return initial === undefined ? -ENOPROTOOPT : words(socket.options.get(`${level}:${name}`) ?? initial);
  }
  const { settings } = socket;
  switch (name) {
    case F.SO_LINGER:
      return words(Number(settings.linger >= 0), Math.max(0, settings.linger));
    case S.SO_RCVTIMEO:
      return timeval(settings.receiveTimeout, false);
    case S.SO_SNDTIMEO:
      return timeval(settings.sendTimeout, false);
    case S.SO_RCVTIMEO_NEW:
      return timeval(settings.receiveTimeout, true);
    case S.SO_SNDTIMEO_NEW:
      return timeval(settings.sendTimeout, true);
    case F.SO_PEERCRED:
      return words(socket.peerSender.pid, socket.peerSender.uid, socket.peerSender.gid);
    case S.SO_BINDTODEVICE:
      return new Uint8Array(0);
    case S.SO_PEERSEC:
      return -ENOPROTOOPT;
    case S.SO_PEERGROUPS:
      return socket.peer ? new Uint8Array(0) : -ENODATA;
  }
  const option = OPTIONS.get(name);
  return option?.get ? words(option.get(socket)) : -ENOPROTOOPT;
}

/** Sets an option from its bytes; 0 or -errno (setsockopt(2)). */
export function setOption(socket: Socket, level: number, name: number, bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (level !== F.SOL_SOCKET) {
    const known = protocolOptions(socket, level);
    if (!known) return isInet(socket) ? -ENOPROTOOPT : -EOPNOTSUPP;
    if (level === S.SOL_TCP && name === 13) return 0;
    if (level === S.SOL_TCP && bytes.length < 4) return -EINVAL;
    if (!known.has(name)) return -ENOPROTOOPT;
    const value = bytes.length >= 4 ? view.getInt32(0, true) : bytes.length >= 1 && level === 0 ? bytes[0] : undefined;
    if (value === undefined) return -EINVAL;
    const [least, most] = BOUNDS.get(`${level}:${name}`) ?? [-Infinity, Infinity];
    if (value < least || value > most) return -EINVAL;
    if (level === F.IPPROTO_IPV6 && name === V6ONLY) {
      if (socket.port !== 0) return -EINVAL;
      socket.reach = value ? V6 : V4 | V6;
    }
    // Where -1 is possible it stands for the usual value.
    const kept = value === -1 && least === -1 ? (known.get(name) ?? 0) : value;
    socket.options.set(`${level}:${name}`, isFlag(level, name) ? Number(value !== 0) : kept);
    return 0;
  }
  if (name === S.SO_BINDTODEVICE) return -EPERM;
  if (bytes.length < 4) return -EINVAL;
  const { settings } = socket;
  switch (name) {
    case F.SO_LINGER:
      if (bytes.length < 8) return -EINVAL;
      settings.linger = view.getInt32(0, true) ? view.getInt32(4, true) : -1;
      return 0;
    case S.SO_RCVTIMEO:
    case S.SO_RCVTIMEO_NEW:
    case S.SO_SNDTIMEO:
    case S.SO_SNDTIMEO_NEW: {
      const time = timeOf(view, name >= S.SO_RCVTIMEO_NEW);
      if (time < 0) return time;
      if (name === S.SO_RCVTIMEO || name === S.SO_RCVTIMEO_NEW) settings.receiveTimeout = time;
      else settings.sendTimeout = time;
      return 0;
    }
  }
  return OPTIONS.get(name)?.set?.(socket, view.getInt32(0, true)) ?? -ENOPROTOOPT;
}

/** A struct timeval as a time limit in ns: 0 = none, a negative one has passed already. */
function timeOf(view: DataView, wide: boolean): number {
  if (view.byteLength < (wide ? 16 : 8)) return -EINVAL;
  const seconds = wide ? Number(view.getBigInt64(0, true)) : view.getInt32(0, true);
  const microseconds = wide ? Number(view.getBigInt64(8, true)) : view.getInt32(4, true);
  if (microseconds < 0 || microseconds >= 1e6) return -EDOM;
  if (seconds < 0) return 0;
  return seconds === 0 && microseconds === 0 ? FOREVER : seconds * SECOND + microseconds * 1000;
}

function timeval(time: number, wide: boolean): Uint8Array {
  const whole = time === FOREVER ? 0 : Math.floor(time / SECOND);
  const rest = time === FOREVER ? 0 : Math.floor((time % SECOND) / 1000);
  return wide ? words(whole, 0, rest, 0) : words(whole, rest);
}
