import { EBADF, EINVAL } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import { makeFile, type OpenFile } from '../files/open-file.ts';
import { Pipe, pipeOps } from '../files/pipe.ts';
import { tableOf } from './file-arguments.ts';

function limitOf(caller: Caller): number {
  return caller.limit(F.RLIMIT_NOFILE);
}

function dup2(caller: Caller): number {
  const [fd, to] = caller.args;
  const table = tableOf(caller);
  if (fd === to) return table.get(fd) ? to : -EBADF;
  return table.replace(fd, to, false, limitOf(caller));
}

function dup3(caller: Caller): number {
  const [fd, to, flags] = caller.args;
  if (flags & ~F.O_CLOEXEC || fd === to) return -EINVAL;
  return tableOf(caller).replace(fd, to, (flags & F.O_CLOEXEC) !== 0, limitOf(caller));
}

/** pipe2(2): two descriptors, the reading one first. */
function pipe(caller: Caller, address: number, flags: number): number {
  if (flags & ~(F.O_CLOEXEC | F.O_NONBLOCK | F.O_DIRECT)) return -EINVAL;
  const bad = caller.user.writable(address, 8);
  if (bad < 0) return bad;
  const { core } = caller.services.files;
  const table = tableOf(caller);
  const place = core.nameless.make('pipe', F.S_IFIFO | 0o600, caller.credentials);
  const made = new Pipe();
  place.dentry.node.pipe = made;
  made.readers = made.writers = made.writersEver = 1;
  const status = flags & ~F.O_CLOEXEC;
  const closeOnExec = (flags & F.O_CLOEXEC) !== 0;
  const reader = makeFile(core, pipeOps, place, made, F.O_RDONLY | (status & F.O_NONBLOCK)) as OpenFile;
  const writer = makeFile(core, pipeOps, place, made, F.O_WRONLY | status) as OpenFile;
  const first = table.add(reader, closeOnExec, limitOf(caller));
  const second = table.add(writer, closeOnExec, limitOf(caller));
  if (first < 0) return first;
  if (second < 0) {
    table.close(first);
    return second;
  }
  caller.user.store32(address, first);
  caller.user.store32(address + 4, second);
  return 0;
}

/** Descriptors and pipes. */
export const fileDescriptorCalls: readonly Row[] = [
  { number: 41, name: 'dup', run: (c) => tableOf(c).duplicate(c.args[0], false, limitOf(c)) },
  { number: 42, name: 'pipe', run: (c) => pipe(c, c.args[0], 0) },
  { number: 63, name: 'dup2', run: dup2 },
  { number: 330, name: 'dup3', run: dup3 },
  { number: 331, name: 'pipe2', run: (c) => pipe(c, c.args[0], c.args[1]) },
];
