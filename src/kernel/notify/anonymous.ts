import { O_CLOEXEC, RLIMIT_NOFILE } from '../../abi/flags.ts';
import type { Caller } from '../call.ts';
import { ROOT } from '../files/node.ts';
import { type FileOps, makeFile, type OpenFile } from '../files/open-file.ts';

/**
 * Opens a file that has no name and gives it a descriptor: `kind` is what /proc/PID/fd shows, `flags` the access mode
 * and status flags with O_CLOEXEC. The descriptor, or -EMFILE.
 */
export function openAnonymous<S>(caller: Caller, kind: string, ops: FileOps<S>, state: S, flags: number): number {
  const { files } = caller.services;
  const place = files.core.nameless.make(kind, 0o600, ROOT);
  const file = makeFile(files.core, ops, place, state, flags & ~O_CLOEXEC);
  return files.table(caller.table).add(file as OpenFile, (flags & O_CLOEXEC) !== 0, caller.limit(RLIMIT_NOFILE));
}
