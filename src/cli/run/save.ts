import { closeSync, openSync, writeSync } from 'node:fs';
import { errnoMessage } from '../../abi/errno.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/flags.ts';
import type { Run } from '../../host/boot.ts';
import type { LayerChange } from '../../kernel/files/changes.ts';
import type { Kernel } from '../../kernel/platform.ts';
import { Failure } from '../failure.ts';
import { endBlocks, type Member, memberBlocks } from './tar.ts';

const TYPES: Readonly<Record<number, Member['type']>> = {
  [S_IFREG]: 'file',
  [S_IFDIR]: 'directory',
  [S_IFLNK]: 'symlink',
  [S_IFCHR]: 'character',
  [S_IFBLK]: 'block',
  [S_IFIFO]: 'fifo',
};

/** What stands for a removed name, as in OCI image layers: an empty file `.wh.NAME` in its directory. */
const WHITEOUT = '.wh.';
/** Bytes of a file that are read at a time. */
const CHUNK = 1 << 20;

/** Opens the archive of --save before the run, so that a bad name is told before any work is done. */
export function openArchive(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`--save: ${path} cannot be written (${code}). Name a file in a directory that exists`);
  }
}

/** Writes all that a run changed in its root to an open archive, and closes it. */
export function saveChanges(run: Run, archive: number): void {
  const write = (block: Uint8Array): void => {
    for (let done = 0; done < block.length; ) done += writeSync(archive, block, done);
  };
  function* visit(change: LayerChange): Kernel<void> {
    for (const block of memberBlocks(memberOf(change))) write(block);
  }
  const failed = now(run.files.changes(visit));
  if (failed < 0) throw unreadable(failed);
  write(endBlocks());
  closeSync(archive);
}

function memberOf(change: LayerChange): Member {
  const { path, mode, uid, gid, rdev, target, size } = change;
  const common = { mode, uid, gid, mtime: change.mtime.seconds };
  if (change.kind === 'removed') {
    const slash = path.lastIndexOf('/') + 1;
    return { ...common, path: `${path.slice(0, slash)}${WHITEOUT}${path.slice(slash)}`, type: 'file', mtime: 0 };
  }
  if (change.kind === 'link') return { ...common, path, type: 'hardlink', target };
  const type = TYPES[mode & S_IFMT];
  if (type === 'directory') return { ...common, path: path === '' ? './' : `${path}/`, type };
  if (type === 'symlink') return { ...common, path, type, target };
  if (type === 'file') return { ...common, path, type, size, data: contents(change) };
  return { ...common, path, type, major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) };
}

function* contents(change: LayerChange): Generator<Uint8Array> {
  for (let at = 0; at < change.size; at += CHUNK) {
    const bytes = now(change.read(at, CHUNK));
    if (typeof bytes === 'number') throw unreadable(bytes);
    yield bytes;
  }
}

function unreadable(errno: number): Failure {
  return new Failure(
    `--save: the root cannot be read any longer: ${errnoMessage(-errno)}. The archive is not complete`,
  );
}

/** Our own trees never wait. */
function now<T>(routine: Kernel<T>): T {
  const { done, value } = routine.next();
  if (!done) throw new Error('save: a tree of this computer waited');
  return value;
}
