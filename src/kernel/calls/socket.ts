import { CAP_NET_RAW } from '../../abi/capabilities.ts';
import {
  EACCES,
  EADDRINUSE,
  EAFNOSUPPORT,
  EAGAIN,
  EALREADY,
  EBADF,
  ECONNREFUSED,
  EEXIST,
  EINPROGRESS,
  EINVAL,
  EOPNOTSUPP,
  EPROTONOSUPPORT,
  EPROTOTYPE,
  ESOCKTNOSUPPORT,
  ETIMEDOUT,
} from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { permit } from '../files/access.ts';
import { make } from '../files/names.ts';
import { makeFile, type OpenFile } from '../files/open-file.ts';
import { walk } from '../files/walk.ts';
import type { Kernel } from '../platform.ts';
import { familyOf } from '../sockets/address.ts';
import { accept as acceptNext, pauseToSend } from '../sockets/exchange.ts';
import * as inet from '../sockets/inet.ts';
import { bindNetlink, NETLINK_ROUTE, NETLINK_SOCK_DIAG, netlink } from '../sockets/netlink.ts';
import { keyOf, networkOf } from '../sockets/network.ts';
import { senderOf, socketOps } from '../sockets/ops.ts';
import { ping } from '../sockets/ping.ts';
import { BUFFER, type Protocol, type Socket, type SocketKind } from '../sockets/socket.ts';
import { admit, tcp } from '../sockets/tcp.ts';
import { udp } from '../sockets/udp.ts';
import { autobind, bindAbstract, matches, pair } from '../sockets/unix.ts';
import { unixDatagram, unixPackets } from '../sockets/unix-datagram.ts';
import { unixStream } from '../sockets/unix-stream.ts';
import { tableOf, viewOf } from './file-arguments.ts';
import { addressAt, canStoreAddress, socketAt, storeAddress } from './socket-arguments.ts';

const KIND_FLAGS = F.SOCK_NONBLOCK | F.SOCK_CLOEXEC;
/** SOCK_TYPE_MASK, SOCK_MAX, IPPROTO_MAX, net.core.somaxconn. */
const TYPE_MASK = 0xf;
const TYPES = 11;
const PROTOCOLS = 263;
const BACKLOG_MAX = 4096;
/** How long a connection that finds no room is asked for, in ns. */
const CONNECT_TIME = 131e9;
/** TCP's own buffers at first, and what a connection may have on the way. */
const TCP_SEND = 16384;
const TCP_SEND_CONNECTED = 2626560;
const TCP_RECEIVE = 131072;

function networkIn(caller: Caller) {
  return networkOf(caller.services.files.core);
}

/** What sort of socket is asked for; -errno in Linux's order. */
function kindOf(caller: Caller, family: number, type: number, protocol: number): SocketKind | number {
  if (type >= TYPES) return -EINVAL;
  if (family === F.AF_UNIX) {
    if (protocol !== 0 && protocol !== F.AF_UNIX) return -EPROTONOSUPPORT;
    const hows: Readonly<Record<number, Protocol>> = {
      [F.SOCK_STREAM]: unixStream,
      [F.SOCK_DGRAM]: unixDatagram,
      // Believe it or not: a raw one is made a datagram one.
      [F.SOCK_RAW]: unixDatagram,
      [F.SOCK_SEQPACKET]: unixPackets,
    };
    const how = hows[type];
    return how ? { family, type: type === F.SOCK_RAW ? F.SOCK_DGRAM : type, protocol: 0, how } : -ESOCKTNOSUPPORT;
  }
  if (family === F.AF_NETLINK) {
    if (type !== F.SOCK_RAW && type !== F.SOCK_DGRAM) return -ESOCKTNOSUPPORT;
    const isKnown = protocol === NETLINK_ROUTE || protocol === NETLINK_SOCK_DIAG;
    return isKnown ? { family, type, protocol, how: netlink } : -EPROTONOSUPPORT;
  }
  if (family !== F.AF_INET && family !== F.AF_INET6) return -EAFNOSUPPORT;
  if (protocol < 0 || protocol >= PROTOCOLS) return -EINVAL;
  if (type === F.SOCK_STREAM) {
    if (protocol !== 0 && protocol !== F.IPPROTO_TCP) return -EPROTONOSUPPORT;
    return { family, type, protocol: F.IPPROTO_TCP, how: tcp };
  }
  if (type === F.SOCK_DGRAM) {
    if (protocol === (family === F.AF_INET ? F.IPPROTO_ICMP : F.IPPROTO_ICMPV6))
      return { family, type, protocol, how: ping };
    if (protocol !== 0 && protocol !== F.IPPROTO_UDP) return -EPROTONOSUPPORT;
    return { family, type, protocol: F.IPPROTO_UDP, how: udp };
  }
  return type === F.SOCK_RAW && protocol !== 0 && !capable(caller.credentials, CAP_NET_RAW)
    ? -EACCES
    : -ESOCKTNOSUPPORT;
}

function newSocket(caller: Caller, kind: SocketKind): Socket {
  const { core } = caller.services.files;
  const socket = networkOf(core).create(kind, senderOf(core, caller.pid));
  if (kind.how === tcp) {
    socket.settings.sendBuffer = TCP_SEND;
    socket.settings.receiveBuffer = TCP_RECEIVE;
  } else socket.settings.sendBuffer = BUFFER;
  return socket;
}

/** An open file for a socket. */
function openSocket(caller: Caller, socket: Socket, flags: number): OpenFile {
  const { core } = caller.services.files;
  const place = core.nameless.make('socket', F.S_IFSOCK | 0o777, caller.credentials);
  socket.inode = place.dentry.node.number;
  const file = makeFile(core, socketOps, place, socket, F.O_RDWR | (flags & F.O_NONBLOCK)) as OpenFile;
  socket.file = file;
  return file;
}

/** Gives a socket a descriptor; it is closed when there is none. */
function install(caller: Caller, socket: Socket, flags: number): number {
  const closeOnExec = (flags & F.SOCK_CLOEXEC) !== 0;
  return tableOf(caller).add(openSocket(caller, socket, flags), closeOnExec, caller.limit(F.RLIMIT_NOFILE));
}

export function socket(caller: Caller, args: Int32Array): number {
  const [family, type, protocol] = args;
  if (type & ~(TYPE_MASK | KIND_FLAGS)) return -EINVAL;
  const kind = kindOf(caller, family, type & TYPE_MASK, protocol);
  return typeof kind === 'number' ? kind : install(caller, newSocket(caller, kind), type);
}

export function socketpair(caller: Caller, args: Int32Array): number {
  const [family, type, protocol, address] = args;
  if (type & ~(TYPE_MASK | KIND_FLAGS)) return -EINVAL;
  const bad = caller.user.writable(address, 8);
  if (bad < 0) return bad;
  const kind = kindOf(caller, family, type & TYPE_MASK, protocol);
  if (typeof kind === 'number') return kind;
  if (family !== F.AF_UNIX) return -EOPNOTSUPP;
  const one = newSocket(caller, kind);
  const other = newSocket(caller, kind);
  pair(one, other);
  const first = install(caller, one, type);
  const second = install(caller, other, type);
  if (first < 0) return first;
  if (second < 0) {
    tableOf(caller).close(first);
    return second;
  }
  caller.user.store32(address, first);
  caller.user.store32(address + 4, second);
  return 0;
}

/** The bytes behind the family of a struct sockaddr_un; -EINVAL (unix_validate_addr). */
function unixPath(bytes: Uint8Array): Uint8Array | number {
  if (bytes.length <= 2 || bytes.length > 110 || familyOf(bytes) !== F.AF_UNIX) return -EINVAL;
  return bytes.subarray(2);
}

/** A path name: up to its zero. */
function pathText(path: Uint8Array): string {
  const end = path.indexOf(0);
  return String.fromCharCode(...(end < 0 ? path : path.subarray(0, end)));
}

export function* bind(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, length] = args;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  const bytes = addressAt(caller, at, length);
  if (typeof bytes === 'number') return bytes;
  const network = networkIn(caller);
  const { state } = file;
  if (inet.isInet(state)) return inet.bind(inet.portsOf(network, state), state, bytes, caller.credentials);
  if (state.family === F.AF_NETLINK) return bindNetlink(network, state, bytes);
  if (bytes.length === 2 && familyOf(bytes) === F.AF_UNIX) {
    autobind(network, state);
    return 0;
  }
  const path = unixPath(bytes);
  if (typeof path === 'number') return path;
  return path[0] === 0 ? bindName(caller, state, path) : yield* bindPath(caller, state, path);
}

function bindName(caller: Caller, state: Socket, name: Uint8Array): number {
  const network = networkIn(caller);
  if (state.path) return -EINVAL;
  if (network.abstract.has(keyOf(name))) return -EADDRINUSE;
  bindAbstract(network, state, name.slice());
  return 0;
}

function* bindPath(caller: Caller, state: Socket, bytes: Uint8Array): Kernel<number> {
  const text = pathText(bytes);
  const view = viewOf(caller);
  const mode = F.S_IFSOCK | (0o777 & ~view.umask);
  if (state.path) return typeof (yield* walk(view, text, false)) === 'number' ? -EINVAL : -EADDRINUSE;
  const { uid, gid } = caller.credentials;
  const failed = yield* make(view, text, { mode, owner: { uid, gid }, rdev: 0, target: '' });
  if (failed < 0) return failed === -EEXIST ? -EADDRINUSE : failed;
  const place = yield* walk(view, text, false);
  if (typeof place === 'number') return place;
  networkIn(caller).nodes.set(place.dentry.node, state);
  state.path = Uint8Array.from(`${text}\0`, (c) => c.charCodeAt(0));
  return 0;
}

/** The socket that an AF_UNIX address leads to; -errno (unix_find_other). */
export function* findUnix(caller: Caller, from: Socket, bytes: Uint8Array): Kernel<Socket | number> {
  const path = unixPath(bytes);
  if (typeof path === 'number') return path;
  const network = networkIn(caller);
  let target: Socket | undefined;
  if (path[0] === 0) target = network.abstract.get(keyOf(path));
  else {
    const place = yield* walk(viewOf(caller), pathText(path), true);
    if (typeof place === 'number') return place;
    const { node } = place.dentry;
    const denied = permit(node, F.W_OK, caller.credentials);
    if (denied < 0) return denied;
    if (node.type === F.S_IFSOCK) target = network.nodes.get(node);
  }
  if (!target) return -ECONNREFUSED;
  return matches(from, target) < 0 ? -EPROTOTYPE : target;
}

export function* connect(caller: Caller, args: Int32Array): Kernel<number> {
  const [fd, at, length] = args;
  const file = socketAt(caller, fd);
  if (file === -EBADF) return file;
  const bytes = addressAt(caller, at, length);
  if (typeof bytes === 'number') return bytes;
  if (typeof file === 'number') return file;
  if (bytes.length < 2) return -EINVAL;
  const { state } = file;
  const waits = !(file.flags & F.O_NONBLOCK);
  const until = state.core.clock.virtual + state.settings.sendTimeout;
  const result = yield* state.family === F.AF_UNIX
    ? connectUnix(caller, state, bytes, waits, until)
    : connectInet(caller, state, bytes, waits, until);
  if (state.how === tcp && state.state === 'connected' && !state.options.has('sendBuffer'))
    state.settings.sendBuffer = TCP_SEND_CONNECTED;
  return result;
}

function* connectUnix(caller: Caller, state: Socket, bytes: Uint8Array, waits: boolean, until: number): Kernel<number> {
  const network = networkIn(caller);
  if (state.isDatagram && familyOf(bytes) === F.AF_UNSPEC) return state.how.connect(network, state, bytes, undefined);
  for (;;) {
    const target = yield* findUnix(caller, state, bytes);
    if (typeof target === 'number') return target;
    const result = state.how.connect(network, state, bytes, target);
    if (result !== -EAGAIN || !waits) return result;
    const over = yield* pauseToSend(state, target.canWrite, until);
    if (over < 0) return over;
  }
}

function* connectInet(caller: Caller, state: Socket, bytes: Uint8Array, waits: boolean, until: number): Kernel<number> {
  const network = networkIn(caller);
  const result = state.how.connect(network, state, bytes, undefined);
  if ((result !== -EINPROGRESS && result !== -EALREADY) || !waits) return result;
  const tired = state.core.clock.virtual + CONNECT_TIME;
  while (state.state === 'connecting') {
    const over = yield* pauseToSend(state, state.canWrite, Math.min(until, tired));
    if (over === -EAGAIN && tired <= until) return giveUpConnect(state);
    if (over < 0) return over === -EAGAIN ? -EINPROGRESS : over;
  }
  return state.how.connect(network, state, bytes, undefined);
}

/** Nobody let the connection in for so long (net.ipv4.tcp_syn_retries). */
function giveUpConnect(state: Socket): number {
  state.state = 'new';
  state.stage = 'unconnected';
  state.remotePort = 0;
  state.changed();
  return -ETIMEDOUT;
}

export function listen(caller: Caller, args: Int32Array): number {
  const [fd, backlog] = args;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  return file.state.how.listen(networkIn(caller), file.state, Math.min(backlog >>> 0, BACKLOG_MAX));
}

export function* accept(caller: Caller, args: Int32Array, flags: number): Kernel<number> {
  const [fd, at, lengthAt] = args;
  const file = socketAt(caller, fd);
  if (file === -EBADF) return file;
  if (flags & ~KIND_FLAGS) return -EINVAL;
  const room = tableOf(caller).free(caller.limit(F.RLIMIT_NOFILE));
  if (room < 0) return room;
  if (typeof file === 'number') return file;
  const { state } = file;
  if (state.isDatagram) return -EOPNOTSUPP;
  const denied = canStoreAddress(caller, at, lengthAt);
  if (denied < 0) return denied;
  const network = networkIn(caller);
  const taken = yield* acceptNext(state, !(file.flags & F.O_NONBLOCK), () => admit(network, state));
  if (typeof taken === 'number') return taken;
  if (taken.how === tcp && !taken.options.has('sendBuffer')) taken.settings.sendBuffer = TCP_SEND_CONNECTED;
  const result = install(caller, taken, flags);
  if (result < 0 || at === 0) return result;
  const name = taken.how.remote(taken);
  storeAddress(caller, typeof name === 'number' ? inet.peerName(taken) : name, at, lengthAt);
  return result;
}

export function getsockname(caller: Caller, args: Int32Array): number {
  const [fd, at, lengthAt] = args;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  return storeAddress(caller, file.state.how.local(file.state), at, lengthAt);
}

export function getpeername(caller: Caller, args: Int32Array): number {
  const [fd, at, lengthAt] = args;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  const name = file.state.how.remote(file.state);
  return typeof name === 'number' ? name : storeAddress(caller, name, at, lengthAt);
}

export function shutdown(caller: Caller, args: Int32Array): number {
  const [fd, how] = args;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  if (how < F.SHUT_RD || how > F.SHUT_RDWR) return -EINVAL;
  return file.state.how.shutdown(networkIn(caller), file.state, how + 1);
}

const NOTE =
  'AF_UNIX; TCP, UDP and echo sockets of AF_INET and AF_INET6 over the loopback; AF_NETLINK for questions about links and sockets; no raw or packet sockets';

/** Making, naming and connecting sockets. */
export const socketCalls: readonly Row[] = [
  { number: 359, name: 'socket', run: (c) => socket(c, c.args), note: NOTE },
  { number: 360, name: 'socketpair', run: (c) => socketpair(c, c.args) },
  { number: 361, name: 'bind', run: (c) => bind(c, c.args) },
  { number: 362, name: 'connect', run: (c) => connect(c, c.args) },
  { number: 363, name: 'listen', run: (c) => listen(c, c.args) },
  { number: 364, name: 'accept4', run: (c) => accept(c, c.args, c.args[3]) },
  { number: 367, name: 'getsockname', run: (c) => getsockname(c, c.args) },
  { number: 368, name: 'getpeername', run: (c) => getpeername(c, c.args) },
  { number: 373, name: 'shutdown', run: (c) => shutdown(c, c.args) },
];
