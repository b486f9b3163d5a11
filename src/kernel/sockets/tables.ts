import { AF_INET, AF_INET6, AF_UNIX } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import { type DirectoryItem, fixed, type Item } from '../proc/generated.ts';
import { nameFor, V4 } from './address.ts';
import { networkOf } from './network.ts';
import { type Remnant, TIME_WAIT_STATE } from './ports.ts';
import { SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';
import { STATISTICS } from './statistics.ts';

const NARROW = 'local_address rem_address  ';
const WIDE = 'local_address                         remote_address                       ';
const INET_HEAD = '  sl  HEAD st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const UDP_HEAD = '  sl  HEAD st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');

/** An address and port as /proc/net shows them: the address's words as they lie in memory. */
function shown(family: number, address: number, port: number, mapped = false): string {
  const bytes = nameFor(family, { address, port }, mapped);
  const view = new DataView(bytes.buffer);
  const words = family === AF_INET6 ? [8, 12, 16, 20] : [4];
  return `${words.map((at) => hex(view.getUint32(at, true), 8)).join('')}:${hex(port, 4)}`;
}

/** TCP_ESTABLISHED, TCP_SYN_SENT, TCP_FIN_WAIT2, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LISTEN. */
export function stateOf(socket: Socket): number {
  if (socket.state === 'listening') return 10;
  if (socket.state === 'connecting') return 2;
  if (socket.state === 'new') return 7;
  if (!socket.isStream) return 1;
  if (socket.down & SHUT_SEND) return 5;
  return socket.down & SHUT_RECEIVE ? 8 : 1;
}

/** What a line says of a socket or of the rest of a connection. */
interface Row {
  readonly ends: string;
  readonly state: number;
  readonly unread: number;
  readonly timer: string;
  readonly uid: number;
  readonly inode: number;
  readonly tail: string;
}

function rowOf(socket: Socket): Row {
  const { family, address, port, remoteAddress, remotePort, creator, inode, reach } = socket;
  const ends = `${shown(family, address, port, family === AF_INET6 && reach === V4)} ${shown(family, remoteAddress, remotePort)}`;
  const state = stateOf(socket);
  const unread = state === 10 ? socket.waiting.length : socket.queued;
  const tail = !socket.isStream
    ? ' 2 0000000000000000 0'
    : state === 10
      ? ' 1 0000000000000000 100 0 0 10 0'
      : ' 1 0000000000000000 20 4 0 10 -1';
  return { ends, state, unread, timer: '00:00000000', uid: creator.uid, inode, tail };
}

/** A connection's end that nobody holds any more: waiting for the other end, or for stray segments. */
function remnantRow(remnant: Remnant, now: number): Row {
  const { family, address, port, remoteAddress, remotePort, state, until } = remnant;
  const ends = `${shown(family, address, port)} ${shown(family, remoteAddress, remotePort)}`;
  const timer = `03:${hex(Math.max(0, Math.floor((until - now) / 10e6)), 8)}`;
  return { ends, state, unread: 0, timer, uid: 0, inode: 0, tail: ' 3 0000000000000000' };
}

function inetLine({ ends, state, unread, timer, uid, inode, tail }: Row, index: number, width: number): string {
  return `${`${index}`.padStart(width)}: ${ends} ${hex(state, 2)} 00000000:${hex(unread, 8)} ${timer} 00000000 ${`${uid}`.padStart(5)}        0 ${inode}${tail}`;
}

function inetTable(core: FilesCore, family: number, name: string): string {
  const network = networkOf(core);
  const six = family === AF_INET6;
  const isShown = (s: Socket) =>
    s.family === family && s.how.name === name && s.port !== 0 && (name !== 'tcp' || s.state !== 'new');
  const rows = [...network.sockets].filter(isShown).map(rowOf);
  if (name === 'tcp')
    for (const remnant of network.tcp.remnants())
      if (remnant.family === family) rows.push(remnantRow(remnant, core.clock.virtual));
  const isUdp = name.startsWith('udp');
  const head = (name === 'tcp' ? INET_HEAD : UDP_HEAD).replace('HEAD', six ? WIDE : NARROW);
  const lines = [isUdp && !six ? ` ${head}` : head, ...rows.map((row, i) => inetLine(row, i, isUdp ? 5 : 4))];
  const width = six ? 0 : name === 'tcp' ? 149 : isUdp ? 127 : 0;
  return lines.map((line) => `${line.padEnd(width)}\n`).join('');
}

/** How many sockets there are of which kind. */
function counts(core: FilesCore, family: number): string {
  const { sockets, tcp } = networkOf(core);
  const many = (name: string) =>
    [...sockets].filter((s) => s.family === family && s.how.name === name && s.port !== 0).length;
  const ends = [...tcp.remnants()];
  if (family === AF_INET6)
    return `TCP6: inuse ${many('tcp')}\nUDP6: inuse ${many('udp')}\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n`;
  const orphans = ends.filter(({ state }) => state !== TIME_WAIT_STATE).length;
  const all = [...sockets].filter((s) => s.how.name === 'tcp').length;
  return (
    `sockets: used ${sockets.size}\nTCP: inuse ${many('tcp')} orphan ${orphans} tw ${ends.length - orphans} alloc ${all} mem 0\n` +
    `UDP: inuse ${many('udp')} mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n`
  );
}

/** Traffic of lo: received is what was sent. */
function device(core: FilesCore): string {
  const { bytes, packets } = networkOf(core).traffic;
  const half = (rest: readonly number[]) =>
    `${`${bytes}`.padStart(8)} ${`${packets}`.padStart(7)} ${'0'.padStart(4)} ${'0'.padStart(4)} ${'0'.padStart(4)} ${rest.map((width) => '0'.padStart(width)).join(' ')}`;
  return (
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
    `    lo:${half([5, 10, 9])} ${half([5, 7, 10])}\n`
  );
}

function unixLine(socket: Socket): string {
  const flags = socket.state === 'listening' ? 0x10000 : 0;
  // SS_CONNECTING: nobody has accepted it yet.
  const connected = socket.file ? 3 : 2;
  const state = socket.state === 'connected' || (socket.isDatagram && socket.peer) ? connected : 1;
  const references = socket.peer ? 3 : 2;
  let line = `0000000000000000: ${hex(references, 8)} 00000000 ${hex(flags, 8)} ${hex(socket.type, 4)} ${hex(state, 2)} ${`${socket.inode}`.padStart(5)}`;
  const { path } = socket;
  if (path && path[0] === 0) line += ` @${String.fromCharCode(...path.subarray(1)).replaceAll('\0', '@')}`;
  else if (path) line += ` ${String.fromCharCode(...path.subarray(0, path.indexOf(0)))}`;
  return `${line}\n`;
}

/** The texts of /proc/net about sockets (proc(5)). */
const NET_TABLES: Readonly<Record<string, (core: FilesCore) => string>> = {
  tcp: (core) => inetTable(core, AF_INET, 'tcp'),
  tcp6: (core) => inetTable(core, AF_INET6, 'tcp'),
  udp: (core) => inetTable(core, AF_INET, 'udp'),
  udp6: (core) => inetTable(core, AF_INET6, 'udp'),
  udplite: (core) => inetTable(core, AF_INET, 'udplite'),
  udplite6: (core) => inetTable(core, AF_INET6, 'udplite'),
  raw: (core) => inetTable(core, AF_INET, 'raw'),
  raw6: (core) => inetTable(core, AF_INET6, 'raw'),
  icmp: (core) => inetTable(core, AF_INET, 'icmp'),
  icmp6: (core) => inetTable(core, AF_INET6, 'icmp'),
  sockstat: (core) => counts(core, AF_INET),
  sockstat6: (core) => counts(core, AF_INET6),
  dev: device,
  ...STATISTICS,
  unix(core) {
    const sockets = [...networkOf(core).sockets].filter(({ family }) => family === AF_UNIX);
    return `Num       RefCount Protocol Flags    Type St Inode Path\n${sockets.map(unixLine).join('')}`;
  },
};

/** The directory /proc/PID/net; inode numbers from `number` on. */
export function netDirectory(core: FilesCore, number: number): DirectoryItem {
  const items = Object.entries(NET_TABLES).map(([name, text], i): [string, Item] => [
    name,
    { kind: 'text', number: number + 1 + i, text: () => text(core) },
  ]);
  return fixed(number, Object.fromEntries(items));
}
