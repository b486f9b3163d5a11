import { closeSync, openSync, writeSync } from 'node:fs';
import { errnoMessage } from '../../abi/errno.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from '../../abi/flags.ts';
import type { Run } from '../../host/boot.ts';
import type { Layer, LayerData } from '../../kernel/files/layer.ts';
import type { Inode } from '../../kernel/files/node.ts';
import type { Kernel } from '../../kernel/platform.ts';
import { type Change, changesOf, contentsOf } from '../../lab/changes.ts';
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
  const root = run.files.root.dentry.node as Inode<LayerData>;
  const changes = now(changesOf({ layer: run.files.rootFs as Layer, tree: run.host.tree }, root));
  const seen = new Map<Inode<LayerData>, string>();
  for (const change of changes) {
    for (const block of memberBlocks(memberOf(run, change, seen))) writeSync(archive, block);
  }
  writeSync(archive, endBlocks());
  closeSync(archive);
}

function memberOf(run: Run, change: Change, seen: Map<Inode<LayerData>, string>): Member {
  const { path } = change;
  if (change.kind === 'removed') {
    const slash = path.lastIndexOf('/') + 1;
    const name = `${path.slice(0, slash)}${WHITEOUT}${path.slice(slash)}`;
    return { path: name, type: 'file', mode: 0, uid: 0, gid: 0, mtime: 0 };
  }
  const { node } = change;
  const common = { mode: node.mode, uid: node.uid, gid: node.gid, mtime: node.mtime.seconds };
  const first = seen.get(node);
  if (first !== undefined) return { ...common, path, type: 'hardlink', target: first };
  if (!node.isDirectory) seen.set(node, path);
  const type = TYPES[node.type];
  if (type === 'directory') return { ...common, path: `${path}/`, type };
  if (type === 'symlink') return { ...common, path, type, target: now(node.fs.readlink(node, 0)) };
  if (type === 'file') return { ...common, path, type, data: now(contentsOf(node, run.host.memory)) };
  return {
    ...common,
    path,
    type,
    major: (node.rdev >>> 8) & 0xfff,
    minor: (node.rdev & 0xff) | ((node.rdev >>> 12) & 0xfff00),
  };
}

/** Our own trees never wait; a negative number is an error of the tree below. */
function now<T>(routine: Kernel<T | number>): T {
  const { done, value } = routine.next();
  if (!done) throw new Error('save: a tree of this computer waited');
  if (typeof value === 'number')
    throw new Failure(`--save: the root cannot be read any longer: ${errnoMessage(-value)}`);
  return value as T;
}
