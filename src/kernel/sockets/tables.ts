import { AF_INET, AF_UNIX } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import { networkOf } from './network.ts';
import { SHUT_RECEIVE, SHUT_SEND, type Socket } from './socket.ts';

const INET_HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const UDP_HEAD =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');

/** An address as /proc/net shows it: its bytes as they lie in memory, read as a word. */
function shown(address: number, port: number): string {
  const turned = ((address & 0xff) << 24) | ((address & 0xff00) << 8) | ((address >>> 8) & 0xff00) | (address >>> 24);
  return `${hex(turned, 8)}:${hex(port, 4)}`;
}

/** TCP_ESTABLISHED, TCP_SYN_SENT, TCP_FIN_WAIT2, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LISTEN. */
function stateOf(socket: Socket): number {
  if (socket.state === 'listening') return 10;
  if (socket.state === 'connecting') return 2;
  if (socket.state === 'new') return 7;
  if (socket.down & SHUT_SEND) return 5;
  return socket.isStream && socket.down & SHUT_RECEIVE ? 8 : 1;
}

function inetLine(socket: Socket, index: number): string {
  const local = shown(socket.address, socket.port);
  const remote = shown(socket.remoteAddress, socket.remotePort);
  const queued = socket.state === 'listening' ? socket.waiting.length : socket.queued;
  const owner = `${socket.creator.uid}`.padStart(5);
  const line = `${`${index}`.padStart(4)}: ${local} ${remote} ${hex(stateOf(socket), 2)} 00000000:${hex(queued, 8)} 00:00000000 00000000 ${owner}        0 ${socket.inode}`;
  return `${line} 1 0000000000000000${socket.isStream ? ' 100 0 0 10 0' : ' 0'}`;
}

function inetTable(core: FilesCore, head: string, name: string): string {
  const sockets = [...networkOf(core).sockets].filter(
    (s) => s.family === AF_INET && s.how.name === name && s.port !== 0,
  );
  return [head, ...sockets.map(inetLine)].map((line) => `${line.padEnd(149)}\n`).join('');
}

function unixLine(socket: Socket): string {
  const flags = socket.state === 'listening' ? 0x10000 : 0;
  const state = socket.state === 'connected' || (socket.isDatagram && socket.peer) ? 3 : 1;
  let line = `0000000000000000: 00000002 00000000 ${hex(flags, 8)} ${hex(socket.type, 4)} ${hex(state, 2)} ${`${socket.inode}`.padStart(5)}`;
  const { path } = socket;
  if (path && path[0] === 0) line += ` @${String.fromCharCode(...path.subarray(1)).replaceAll('\0', '@')}`;
  else if (path) line += ` ${String.fromCharCode(...path.subarray(0, path.indexOf(0)))}`;
  return `${line}\n`;
}

/** The texts of /proc/net about sockets (proc(5)). */
export const NET_TABLES: Readonly<Record<string, (core: FilesCore) => string>> = {
  tcp: (core) => inetTable(core, INET_HEAD, 'tcp'),
  udp: (core) => inetTable(core, UDP_HEAD, 'udp'),
  raw: () => `${UDP_HEAD}\n`,
  unix(core) {
    const sockets = [...networkOf(core).sockets].filter(({ family }) => family === AF_UNIX);
    return `Num       RefCount Protocol Flags    Type St Inode Path\n${sockets.map(unixLine).join('')}`;
  },
};
