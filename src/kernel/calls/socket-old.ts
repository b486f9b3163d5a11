import { EFAULT, EINVAL } from '../../abi/errno.ts';
import type { Caller, Row } from '../call.ts';
import type { Kernel } from '../platform.ts';
import * as make from './socket.ts';
import * as message from './socket-message.ts';
import { getsockopt, setsockopt } from './socket-option.ts';

/** One of socketcall's calls: how many words it takes, and what it does with them. */
type Old = readonly [words: number, run: (caller: Caller, args: Int32Array) => number | Kernel<number>];

/** send(2) and recv(2) are sendto and recvfrom without an address. */
const withoutAddress = (args: Int32Array): Int32Array => Int32Array.of(args[0], args[1], args[2], args[3], 0, 0);

/** By number, from SYS_SOCKET = 1 (linux/net.h). */
const CALLS: readonly (Old | undefined)[] = [
  undefined,
  [3, make.socket],
  [3, make.bind],
  [3, make.connect],
  [2, make.listen],
  [3, (caller, args) => make.accept(caller, args, 0)],
  [3, make.getsockname],
  [3, make.getpeername],
  [4, make.socketpair],
  [4, (caller, args) => message.sendto(caller, withoutAddress(args))],
  [4, (caller, args) => message.recvfrom(caller, withoutAddress(args))],
  [6, message.sendto],
  [6, message.recvfrom],
  [2, make.shutdown],
  [5, setsockopt],
  [5, getsockopt],
  [3, message.sendmsg],
  [3, message.recvmsg],
  [4, (caller, args) => make.accept(caller, args, args[3])],
  [5, message.recvmmsgNarrow],
  [4, message.sendmmsg],
];

/** socketcall(2): the number of a call, and the address of its arguments. */
function socketcall(caller: Caller): number | Kernel<number> {
  const [number, address] = caller.args;
  const call = CALLS[number];
  if (!call) return -EINVAL;
  const [words, run] = call;
  if (caller.user.readable(address, words * 4) < 0) return -EFAULT;
  const args = Int32Array.from({ length: 6 }, (_, i) => (i < words ? caller.user.load32(address + i * 4) : 0));
  return run(caller, args);
}

/** Sockets as all programs called them before the direct calls came (Linux 4.3). */
export const socketOldCalls: readonly Row[] = [{ number: 102, name: 'socketcall', run: socketcall }];
