import { IPPROTO_IP, SOL_SOCKET } from '../../abi/flags.ts';
import { CHOICES } from '../../abi/flagsets.ts';
import * as s from '../../abi/sockets.ts';
import { CMSGHDR } from '../../abi/structs.ts';
import { choiceText, hex } from './text.ts';

/** Options by level that the general list does not have: SOL_SOCKET, SOL_IP, SOL_TCP. */
const OPTIONS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [SOL_SOCKET]: {
    [s.SO_NO_CHECK]: 'SO_NO_CHECK',
    [s.SO_PRIORITY]: 'SO_PRIORITY',
    [s.SO_RCVLOWAT]: 'SO_RCVLOWAT',
    [s.SO_SNDLOWAT]: 'SO_SNDLOWAT',
    [s.SO_RCVTIMEO]: 'SO_RCVTIMEO_OLD',
    [s.SO_SNDTIMEO]: 'SO_SNDTIMEO_OLD',
    [s.SO_BINDTODEVICE]: 'SO_BINDTODEVICE',
    [s.SO_TIMESTAMP]: 'SO_TIMESTAMP_OLD',
    [s.SO_SNDBUFFORCE]: 'SO_SNDBUFFORCE',
    [s.SO_RCVBUFFORCE]: 'SO_RCVBUFFORCE',
    [s.SO_RCVTIMEO_NEW]: 'SO_RCVTIMEO_NEW',
    [s.SO_SNDTIMEO_NEW]: 'SO_SNDTIMEO_NEW',
  },
  [IPPROTO_IP]: { 1: 'IP_TOS', 2: 'IP_TTL', 8: 'IP_PKTINFO', 10: 'IP_MTU_DISCOVER', 11: 'IP_RECVERR' },
  [s.SOL_TCP]: {
    1: 'TCP_NODELAY',
    2: 'TCP_MAXSEG',
    3: 'TCP_CORK',
    4: 'TCP_KEEPIDLE',
    5: 'TCP_KEEPINTVL',
    6: 'TCP_KEEPCNT',
    7: 'TCP_SYNCNT',
    8: 'TCP_LINGER2',
    9: 'TCP_DEFER_ACCEPT',
    10: 'TCP_WINDOW_CLAMP',
    11: 'TCP_INFO',
    12: 'TCP_QUICKACK',
    13: 'TCP_CONGESTION',
    18: 'TCP_USER_TIMEOUT',
    23: 'TCP_FASTOPEN',
  },
};

/** The name of a socket option at its level (setsockopt(2)). */
export function optionText(level: number, name: number): string {
  const known = OPTIONS[level]?.[name];
  if (known) return known;
  return level === SOL_SOCKET ? choiceText(CHOICES.so, name) : hex(name);
}

/** Control messages of a msghdr (cmsg(3)): descriptors and credentials by what they are. */
export function controlText(v: DataView): string {
  const messages: string[] = [];
  for (let at = 0; at + CMSGHDR.size <= v.byteLength; ) {
    const length = v.getUint32(at, true);
    const level = v.getInt32(at + 4, true);
    const type = v.getInt32(at + 8, true);
    const end = Math.min(at + length, v.byteLength);
    const words: number[] = [];
    for (let i = at + CMSGHDR.size; i + 4 <= end; i += 4) words.push(v.getInt32(i, true));
    messages.push(`{cmsg_len=${length}, ${bodyText(level, type, words)}}`);
    if (length < CMSGHDR.size) break;
    at += (length + 3) & ~3;
  }
  return `[${messages.join(', ')}]`;
}

function bodyText(level: number, type: number, words: readonly number[]): string {
  if (level !== SOL_SOCKET) return `cmsg_level=${hex(level)}, cmsg_type=${hex(type)}`;
  const head = 'cmsg_level=SOL_SOCKET, cmsg_type=';
  if (type === s.SCM_RIGHTS) return `${head}SCM_RIGHTS, cmsg_data=[${words.join(', ')}]`;
  if (type !== s.SCM_CREDENTIALS) return `${head}${hex(type)}`;
  return `${head}SCM_CREDENTIALS, cmsg_data={pid=${words[0]}, uid=${words[1]}, gid=${words[2]}}`;
}
