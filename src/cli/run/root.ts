import { existsSync, statSync } from 'node:fs';
import { nearest } from '../../abi/nearest.ts';
import type { Kernel, LowerTree, Memory } from '../../kernel/platform.ts';
import { Failure } from '../failure.ts';
import { EmbeddedTree, programsFolder } from '../tree/embedded.ts';
import { HostTree } from '../tree/hosttree.ts';
import { whyRefused } from './why.ts';

/** Directories in which a program's name is looked for when a better one is suggested. */
const PLACES = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin'];

/** The tree of --root, or the embedded programs. `memory` is the machine's, once it is there. */
export function openTree(root: string | undefined, writable: boolean, memory: () => Memory): LowerTree {
  if (root === undefined) {
    if (writable) throw new Failure('--rw: the embedded programs are never written. Name a directory: --root DIR --rw');
    return new EmbeddedTree(programsFolder(), memory);
  }
  try {
    return new HostTree(root, writable, memory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'no such directory' : code === 'ENOTDIR' ? 'not a directory' : `${code}`;
    throw new Failure(`--root: ${root}: ${why}. Name a directory of this computer`);
  }
}

/** Why there is no program of this name, and what to do: one line. */
export function notFound(name: string, root: string | undefined, tree: LowerTree): string {
  const where = root === undefined ? 'the embedded programs' : `--root ${root}`;
  const last = name.slice(name.lastIndexOf('/') + 1);
  const names = programNames(tree);
  if (names.has(last) && exists(tree, name)) {
    const why = root === undefined ? undefined : whyRefused(name, root);
    return `run: ${name}: ${why ?? `it is there, but the interpreter that its #! line names is not. See: nestlab run -- /bin/head -1 ${name}`}`;
  }
  const near = nearest(last, names);
  if (near) return `run: no program "${name}" in ${where}. Did you mean "${near}"?`;
  if (root === undefined && existsSync(name) && statSync(name).isFile())
    return `run: no program "${name}" in ${where}; it lies on this computer. Name its directory: nestlab run --root DIR -- /${name.replace(/^.*\//, '')}`;
  return `run: no program "${name}" in ${where}. See: nestlab run ${root === undefined ? '' : `--root ${root} `}-- /bin/ls /bin`;
}

/** The node of a path, -1 where there is none; links are not followed. */
function nodeAt(tree: LowerTree, path: string): number {
  let node = tree.root;
  for (const part of path.split('/').filter((name) => name !== '')) {
    const found = now(tree.lookup(node, part));
    if (typeof found === 'number') return -1;
    node = found.node;
  }
  return node;
}

/** Whether a program lies at a path, or under a bare name in one of the usual directories. */
function exists(tree: LowerTree, name: string): boolean {
  const paths = name.includes('/') ? [name] : PLACES.map((place) => `${place}/${name}`);
  return paths.some((path) => nodeAt(tree, path) >= 0);
}

/** Names in the usual directories of programs; links to directories are not followed. */
function programNames(tree: LowerTree): Set<string> {
  const names = new Set<string>();
  for (const place of PLACES) {
    const node = nodeAt(tree, place);
    const list = node < 0 ? -1 : now(tree.list(node));
    if (typeof list !== 'number') for (const { name } of list) names.add(name);
  }
  return names;
}

/** Our own trees never wait. */
function now<T>(routine: Kernel<T>): T {
  const { done, value } = routine.next();
  if (!done) throw new Error('run: a tree of this computer waited');
  return value;
}
