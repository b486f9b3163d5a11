import { EBADF, EFAULT, EINVAL, ENOTSOCK } from '../../abi/errno.ts';
import { ADDRESS_MAX } from '../../abi/sockets.ts';
import type { Caller } from '../call.ts';
import type { OpenFile } from '../files/open-file.ts';
import { isSocket } from '../sockets/ops.ts';
import type { Socket } from '../sockets/socket.ts';
import { fileAt } from './file-arguments.ts';

/** The open socket behind a descriptor; -EBADF, -ENOTSOCK. */
export function socketAt(caller: Caller, fd: number): (OpenFile<Socket> & OpenFile) | number {
  const file = fileAt(caller, fd);
  if (!file) return -EBADF;
  return isSocket(file) ? file : -ENOTSOCK;
}

/** A copy of an address of `length` bytes; -EINVAL, -EFAULT (move_addr_to_kernel). */
export function addressAt({ user }: Caller, at: number, length: number): Uint8Array | number {
  if (length < 0 || length > ADDRESS_MAX) return -EINVAL;
  return length === 0 ? new Uint8Array(0) : user.bytes(at, length);
}

/** Writes an address and its true length, as far as the caller has room; 0 or -errno (move_addr_to_user). */
export function storeAddress({ user }: Caller, bytes: Uint8Array, at: number, lengthAt: number): number {
  if (user.writable(lengthAt, 4) < 0) return -EFAULT;
  const room = user.load32(lengthAt);
  if (room < 0) return -EINVAL;
  const shown = bytes.subarray(0, Math.min(room, bytes.length));
  if (shown.length > 0) {
    const failed = user.write(at, shown);
    if (failed < 0) return failed;
  }
  user.store32(lengthAt, bytes.length);
  return 0;
}

/** Before anything happens: 0 when an address can be written there later. No address wanted is fine. */
export function canStoreAddress({ user }: Caller, at: number, lengthAt: number): number {
  if (at === 0) return 0;
  if (user.writable(lengthAt, 4) < 0) return -EFAULT;
  const room = user.load32(lengthAt);
  return room < 0 ? -EINVAL : user.writable(at, Math.min(room, ADDRESS_MAX));
}
