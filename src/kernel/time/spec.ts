import { EFAULT, EINVAL } from '../../abi/errno.ts';
import type { User } from '../call.ts';

/** ns in a second. */
export const SECOND = 1e9;
/** Later than any timer that matters: 2^53 ns are 104 days, larger sums lose their last digits only. */
const FAR = Number.POSITIVE_INFINITY;
/** KTIME_SEC_MAX: durations from here on are endless. */
const SECONDS_MAX = 9223372036;

/** A struct timespec of two words at `address`, in ns; -EFAULT, -EINVAL (negative, or nanoseconds of a second and more). */
export function readTimespec32(user: User, address: number): number {
  if (user.readable(address, 8) < 0) return -EFAULT;
  return toNanoseconds(user.load32(address), user.load32(address + 4));
}

/** A struct __kernel_timespec, 64 bits each; the upper half of the nanoseconds is ignored for 32-bit programs. */
export function readTimespec64(user: User, address: number): number {
  if (user.readable(address, 16) < 0) return -EFAULT;
  const seconds = (user.load32(address) >>> 0) + user.load32(address + 4) * 0x1_0000_0000;
  return toNanoseconds(seconds, user.load32(address + 8));
}

/** A struct timeval of two words, in ns; -EFAULT, -EINVAL. */
export function readTimeval(user: User, address: number): number {
  if (user.readable(address, 8) < 0) return -EFAULT;
  const microseconds = user.load32(address + 4);
  return microseconds < 0 || microseconds >= 1e6 ? -EINVAL : toNanoseconds(user.load32(address), microseconds * 1000);
}

/** A struct timeval as select(2) reads it: microseconds may be a second and more. In ns; -EFAULT, -EINVAL. */
export function readLooseTimeval(user: User, address: number): number {
  if (user.readable(address, 8) < 0) return -EFAULT;
  const microseconds = user.load32(address + 4);
  const seconds = Math.trunc(microseconds / 1e6);
  return toNanoseconds(user.load32(address) + seconds, (microseconds - seconds * 1e6) * 1000);
}

/** Writes a time as a two-word timespec; 0 or -EFAULT. */
export function writeTimespec32(user: User, address: number, time: number): number {
  if (user.writable(address, 8) < 0) return -EFAULT;
  user.store32(address, Math.floor(time / SECOND));
  user.store32(address + 4, time % SECOND);
  return 0;
}

/** Writes a time as a struct __kernel_timespec; 0 or -EFAULT. */
export function writeTimespec64(user: User, address: number, time: number): number {
  if (user.writable(address, 16) < 0) return -EFAULT;
  const seconds = Math.floor(time / SECOND);
  user.store32(address, seconds % 0x1_0000_0000);
  user.store32(address + 4, Math.floor(seconds / 0x1_0000_0000));
  user.store32(address + 8, time % SECOND);
  user.store32(address + 12, 0);
  return 0;
}

/** Writes a time as a struct timeval; the place is known to be writable. */
export function storeTimeval(user: User, address: number, time: number): void {
  user.store32(address, Math.floor(time / SECOND));
  user.store32(address + 4, Math.floor((time % SECOND) / 1000));
}

function toNanoseconds(seconds: number, nanoseconds: number): number {
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= SECOND) return -EINVAL;
  return seconds >= SECONDS_MAX ? FAR : seconds * SECOND + nanoseconds;
}
