import { ENOSPC } from '../../abi/errno.ts';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { fillRanges, scatter } from '../files/ranges.ts';

const always = () => POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
const swallow = (_core: FilesCore, _file: OpenFile, transfer: Transfer) => transfer.length;
const zeros = (core: FilesCore, _file: OpenFile, transfer: Transfer) => fillRanges(core.memory, transfer.ranges, 0);
const random = (core: FilesCore, _file: OpenFile, transfer: Transfer) =>
  scatter(core.memory, transfer.ranges, core.random(transfer.length));

/** /dev/null: empty, and takes everything (null(4)). */
export const nullOps: FileOps = {
  name: 'null',
  seekable: true,
  fixed: true,
  read: () => 0,
  write: swallow,
  poll: always,
};
/** /dev/zero: zeros without end. */
export const zeroOps: FileOps = {
  name: 'zero',
  seekable: true,
  fixed: true,
  read: zeros,
  write: swallow,
  poll: always,
};
/** /dev/full: always full (full(4)). */
export const fullOps: FileOps = {
  name: 'full',
  seekable: true,
  fixed: true,
  read: zeros,
  write: () => -ENOSPC,
  poll: always,
};
/** /dev/random and /dev/urandom: the run's pseudo-random bytes (random(4)). */
export const randomOps: FileOps = {
  name: 'random',
  seekable: true,
  fixed: true,
  read: random,
  write: swallow,
  poll: always,
};
