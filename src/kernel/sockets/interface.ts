import { EINVAL, ENODEV, ENOTTY, EOPNOTSUPP, EPERM } from '../../abi/errno.ts';
import { SIOCATMARK } from '../../abi/flags.ts';
import * as S from '../../abi/sockets.ts';
import type { Caller } from '../call.ts';
import { addressOf, LOOPBACK } from './address.ts';
import type { Socket } from './socket.ts';
import { unreadBytes } from './tcp-data.ts';

/** Bytes of a struct ifreq, and of the name at its beginning. */
const REQUEST = 32;
const NAME = 16;
/** IFF_UP | IFF_LOOPBACK | IFF_RUNNING. */
const FLAGS = 0x49;
const NETMASK = 0xff000000;
const MTU = 65536;

const word = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);

/** What the one interface, lo, answers (netdevice(7)): bytes behind its name. */
const ANSWERS: ReadonlyMap<number, Uint8Array> = new Map([
  [S.SIOCGIFFLAGS, word(FLAGS)],
  [S.SIOCGIFADDR, addressOf(LOOPBACK, 0)],
  [S.SIOCGIFDSTADDR, addressOf(LOOPBACK, 0)],
  [S.SIOCGIFBRDADDR, addressOf(0, 0)],
  [S.SIOCGIFNETMASK, addressOf(NETMASK, 0)],
  [S.SIOCGIFMETRIC, word(0)],
  [S.SIOCGIFMTU, word(MTU)],
  [S.SIOCGIFINDEX, word(1)],
  [S.SIOCGIFTXQLEN, word(1000)],
  // ARPHRD_LOOPBACK, and a hardware address of zeros.
  [S.SIOCGIFHWADDR, Uint8Array.of(0x04, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
]);

const LO = Uint8Array.from('lo\0\0\0\0\0\0\0\0\0\0\0\0\0\0', (c) => c.charCodeAt(0));

/** ioctl(2) on a socket. */
export function controlSocket(socket: Socket, caller: Caller, request: number, argument: number): number {
  const { user } = caller;
  const tell = (value: number) => user.write(argument, word(value));
  switch (request) {
    case S.SIOCINQ:
      if (socket.how.name === 'icmp') return -ENOTTY;
      return socket.state === 'listening' ? -EINVAL : tell(unread(socket));
    case S.SIOCOUTQ:
      return socket.state === 'listening' ? -EINVAL : tell(socket.charged);
    case SIOCATMARK:
      return socket.isStream ? tell(Number(socket.urgent?.at === socket.readAt)) : -EOPNOTSUPP;
    case S.SIOCGIFCONF:
      return listInterfaces(caller, argument);
    case S.SIOCGIFNAME:
      return nameInterface(caller, argument);
  }
  const answer = ANSWERS.get(request);
  if (!answer && request !== S.SIOCSIFFLAGS) return -ENOTTY;
  const asked = user.bytes(argument, REQUEST);
  if (typeof asked === 'number') return asked;
  const end = asked.indexOf(0);
  if (String.fromCharCode(...asked.subarray(0, end < 0 ? NAME : end)) !== 'lo') return -ENODEV;
  if (answer) return user.write(argument + NAME, answer);
  // lo is up, and stays so.
  return asked[NAME] & 1 ? 0 : -EPERM;
}

/** Bytes that a receive would find: of the first message, or of a stream all. */
function unread(socket: Socket): number {
  if (socket.how.name === 'tcp') return unreadBytes(socket);
  return socket.isStream ? socket.queued : (socket.inbox[0]?.length ?? 0);
}

function listInterfaces({ user }: Caller, argument: number): number {
  const bad = user.writable(argument, 8);
  if (bad < 0) return bad;
  const room = user.load32(argument);
  const to = user.load32(argument + 4);
  if (to !== 0 && room >= REQUEST) {
    const entry = new Uint8Array(REQUEST);
    entry.set(LO);
    entry.set(addressOf(LOOPBACK, 0), NAME);
    const failed = user.write(to, entry);
    if (failed < 0) return failed;
  }
  user.store32(argument, to === 0 || room >= REQUEST ? REQUEST : 0);
  return 0;
}

function nameInterface({ user }: Caller, argument: number): number {
  const bad = user.writable(argument, REQUEST);
  if (bad < 0) return bad;
  return user.load32(argument + NAME) === 1 ? user.write(argument, LO) : -ENODEV;
}
