/** What NETLINK_SOCK_DIAG (sock_diag(7)) says about sockets: the questions of ss(8). */
import { EINVAL, EOPNOTSUPP } from '../../abi/errno.ts';
import { AF_INET6, AF_UNIX, IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM } from '../../abi/flags.ts';
import { bytes6, type Endpoint, V6 } from './address.ts';
import { isInet, reachOf } from './inet.ts';
import { type Answers, attribute, body, type Reply, word, words } from './netlink-message.ts';
import type { Network } from './network.ts';
import type { Remnant } from './ports.ts';
import type { Socket } from './socket.ts';
import { stateOf } from './tables.ts';

/** SOCK_DIAG_BY_FAMILY. */
const BY_FAMILY = 20;
/** Bytes of a struct inet_diag_req_v2 up to its socket, and of a struct unix_diag_req. */
const INET_REQUEST = 8;
const INET_REQUEST_WHOLE = 56;
const INET_REQUEST_PROTOCOL = 3;
const UNIX_REQUEST = 24;
/** UNIX_DIAG_* and INET_DIAG_* attributes. */
const UNIX_NAME = 0;
const UNIX_PEER = 2;
const UNIX_QUEUES = 4;
const UNIX_SHUTDOWN = 6;
const INET_SHUTDOWN = 8;
const INET_SKV6ONLY = 11;
const NAMES: Readonly<Record<number, string>> = { [IPPROTO_TCP]: 'tcp', [IPPROTO_UDP]: 'udp' };

/** An address in a struct inet_diag_sockid: 16 bytes of which an IPv4 one takes the first 4. */
function shown(family: number, { address }: Endpoint): Uint8Array {
  if (family === AF_INET6) return bytes6(address);
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, address);
  return bytes;
}

/** A struct inet_diag_msg. */
function inetMessage(socket: Socket): Uint8Array {
  const { family, remoteAddress, remotePort, port, creator, inode } = socket;
  const head = new Uint8Array(72);
  const view = new DataView(head.buffer);
  const listens = socket.state === 'listening';
  head[0] = family;
  head[1] = stateOf(socket);
  view.setUint16(4, port);
  view.setUint16(6, remotePort);
  head.set(shown(family, socket), 8);
  head.set(shown(family, { address: remoteAddress, port: remotePort }), 24);
  view.setUint32(44, socket.number, true);
  view.setUint32(56, listens ? socket.waiting.length : socket.queued, true);
  view.setUint32(60, listens ? socket.backlog : 0, true);
  view.setUint32(64, Math.max(0, creator.uid), true);
  view.setUint32(68, inode, true);
  const only = family === AF_INET6 ? [[INET_SKV6ONLY, Uint8Array.of(Number(reachOf(socket) === V6))] as const] : [];
  return body(head, [[INET_SHUTDOWN, Uint8Array.of(socket.down)], ...only]);
}

/** What is left of a connection that nobody holds any more, as a struct inet_diag_msg. */
function remnantMessage(remnant: Remnant): Uint8Array {
  const { family, state, port, remoteAddress, remotePort } = remnant;
  const head = new Uint8Array(72);
  const view = new DataView(head.buffer);
  head[0] = family;
  head[1] = state;
  view.setUint16(4, port);
  view.setUint16(6, remotePort);
  head.set(shown(family, remnant), 8);
  head.set(shown(family, { address: remoteAddress, port: remotePort }), 24);
  return head;
}

function inetSockets({ sockets, tcp }: Network, content: Uint8Array): Uint8Array[] {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const [family, short] = content;
  const states = view.getUint32(4, true);
  // A protocol whose number takes more than a byte (MPTCP).
  const long = attribute(content, INET_REQUEST_WHOLE, INET_REQUEST_PROTOCOL);
  const name = NAMES[long && long.length >= 4 ? new DataView(long.slice().buffer).getUint32(0, true) : short];
  const isAsked = (state: number): boolean => ((states >>> state) & 1) !== 0;
  const found = [...sockets]
    .filter((s) => isInet(s) && s.family === family && s.how.name === name && s.port !== 0)
    .filter((s) => (s.isDatagram || s.state !== 'new') && isAsked(stateOf(s)))
    .map(inetMessage);
  if (name !== 'tcp') return found;
  const left = [...tcp.remnants()].filter((remnant) => remnant.family === family && isAsked(remnant.state));
  return [...found, ...left.map(remnantMessage)];
}

/** A struct unix_diag_msg. */
function unixMessage(socket: Socket): Uint8Array {
  const { type, inode, number, path, peer, state, inbox, waiting, backlog } = socket;
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  head[0] = AF_UNIX;
  head[1] = type;
  head[2] = unixState(socket);
  view.setUint32(4, inode, true);
  view.setUint32(8, number, true);
  const name = path?.[0] === 0 ? path : path?.subarray(0, path.indexOf(0));
  const queues = state === 'listening' ? [waiting.length, backlog] : [inbox.length, 0];
  return body(head, [
    ...(name ? [[UNIX_NAME, name] as const] : []),
    ...(peer ? [[UNIX_PEER, word(peer.inode)] as const] : []),
    [UNIX_QUEUES, words(...queues)],
    [UNIX_SHUTDOWN, Uint8Array.of(socket.down)],
  ]);
}

/** As ss shows it: TCP_ESTABLISHED, TCP_CLOSE, TCP_LISTEN. */
function unixState({ state, type, peer }: Socket): number {
  if (state === 'listening') return 10;
  return state === 'connected' || (type === SOCK_DGRAM && peer) ? 1 : 7;
}

function unixSockets({ sockets }: Network, content: Uint8Array): Uint8Array[] {
  const states = new DataView(content.buffer, content.byteOffset).getUint32(4, true);
  return [...sockets].filter((s) => s.family === AF_UNIX && (states >>> unixState(s)) & 1).map(unixMessage);
}

/** What NETLINK_SOCK_DIAG answers; sockets of other families there are none. */
export function diagAnswers(network: Network): Answers {
  return {
    dump(type, content) {
      if (type !== BY_FAMILY) return EOPNOTSUPP;
      const isUnix = content[0] === AF_UNIX;
      if (content.length < (isUnix ? UNIX_REQUEST : INET_REQUEST)) return EINVAL;
      const found = isUnix ? unixSockets(network, content) : inetSockets(network, content);
      return found.map((part): Reply => [BY_FAMILY, part]);
    },
    one: () => EOPNOTSUPP,
  };
}
