import { EFAULT, EINVAL } from '../../abi/errno.ts';
import type { Caller, Row } from '../call.ts';
import { getOption, setOption } from '../sockets/options.ts';
import { socketAt } from './socket-arguments.ts';

/** Longest value that an option has; more is not looked at. */
const VALUE_MAX = 256;

export function setsockopt(caller: Caller, args: Int32Array): number {
  const [fd, level, name, at, length] = args;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  if (length < 0) return -EINVAL;
  const bytes = caller.user.bytes(at, Math.min(length, VALUE_MAX));
  return typeof bytes === 'number' ? bytes : setOption(file.state, level, name, bytes);
}

export function getsockopt(caller: Caller, args: Int32Array): number {
  const [fd, level, name, at, lengthAt] = args;
  const { user } = caller;
  const file = socketAt(caller, fd);
  if (typeof file === 'number') return file;
  if (user.writable(lengthAt, 4) < 0) return -EFAULT;
  const room = user.load32(lengthAt);
  if (room < 0) return -EINVAL;
  const bad = user.writable(at, Math.min(room, 4));
  if (bad < 0) return bad;
  const value = getOption(file.state, level, name);
  if (typeof value === 'number') return value;
  const shown = value.subarray(0, Math.min(room, value.length));
  if (shown.length > 0) {
    const failed = user.write(at, shown);
    if (failed < 0) return failed;
  }
  user.store32(lengthAt, shown.length);
  return 0;
}

/** Options of sockets. */
export const socketOptionCalls: readonly Row[] = [
  { number: 365, name: 'getsockopt', run: (c) => getsockopt(c, c.args) },
  {
    number: 366,
    name: 'setsockopt',
    run: (c) => setsockopt(c, c.args),
    note: 'options of IP and TCP that are about segments, timers and other networks are remembered only',
  },
];
