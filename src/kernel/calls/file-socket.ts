import { EAFNOSUPPORT, EBADF, EFAULT, EINVAL, ENOTSOCK } from '../../abi/errno.ts';
import type { Caller, Row } from '../call.ts';
import { fileAt } from './file-arguments.ts';

/** socketcall's numbers (linux/net.h): socket and socketpair make sockets, the others take one. */
const SOCKET = 1;
const SOCKETPAIR = 8;
const LAST = 20;
const NOTE = 'there are no sockets: every address family is unsupported';

/** A call on a descriptor: no descriptor is a socket. */
function onDescriptor(caller: Caller, fd: number): number {
  return fileAt(caller, fd) === undefined ? -EBADF : -ENOTSOCK;
}

/** socketcall(2): the number of the call, and the address of its arguments. */
function socketcall(caller: Caller): number {
  const [call, address] = caller.args;
  if (call < 1 || call > LAST) return -EINVAL;
  if (caller.user.readable(address, 4) < 0) return -EFAULT;
  if (call === SOCKET || call === SOCKETPAIR) return -EAFNOSUPPORT;
  return onDescriptor(caller, caller.user.load32(address));
}

function make(number: number, name: string): Row {
  return { number, name, run: () => -EAFNOSUPPORT, note: NOTE };
}
function take(number: number, name: string): Row {
  return { number, name, run: (caller) => onDescriptor(caller, caller.args[0]), note: NOTE };
}

export const fileSocketCalls: readonly Row[] = [
  { number: 102, name: 'socketcall', run: socketcall, note: NOTE },
  make(359, 'socket'),
  make(360, 'socketpair'),
  take(361, 'bind'),
  take(362, 'connect'),
  take(363, 'listen'),
  take(364, 'accept4'),
  take(365, 'getsockopt'),
  take(366, 'setsockopt'),
  take(367, 'getsockname'),
  take(368, 'getpeername'),
  take(369, 'sendto'),
  take(370, 'sendmsg'),
  take(371, 'recvfrom'),
  take(372, 'recvmsg'),
  take(373, 'shutdown'),
];
