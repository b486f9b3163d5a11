import type { Books } from '../audit/books.ts';
import type { Content } from './content.ts';
import type { FilesCore } from './core.ts';
import { Layer, type LayerData } from './layer.ts';
import type { Dentry, Place } from './namespace.ts';
import type { Inode } from './node.ts';
import type { OpenFile } from './open-file.ts';
import type { Table } from './table.ts';

/** The open files of a node. */
interface Use {
  users: number;
  writers: number;
}

/** The files service's books: open files and who has them, nodes, locks, and the pages and names that are kept. */
export function auditFiles(
  core: FilesCore,
  tables: ReadonlyMap<number, Table>,
  places: ReadonlyMap<number, { readonly users: number }>,
  roots: Iterable<Place>,
  books: Books,
): void {
  for (const [handle, table] of tables) {
    books.counts('descriptor table', handle, table.users);
    for (const [fd, file] of table.descriptors()) books.holds('open file', file.handle, `fd ${fd} of table ${handle}`);
  }
  for (const [handle, { users }] of places) books.counts('places', handle, users);
  const uses = auditOpen(core, books);
  const nodes = nodesOf(core, roots);
  for (const node of uses.keys()) nodes.add(node);
  const contents = new Set<Content>();
  for (const node of nodes) {
    auditNode(core, tables, node, uses.get(node), books);
    if (node.content) contents.add(node.content);
  }
  core.cache.audit(books, contents);
  for (const fs of new Set(core.namespace.mounts.map((mount) => mount.fs)))
    if (fs instanceof Layer) fs.audit(books, nodes);
  books.gone('descriptor tables', 'in use', tables.size);
  books.gone('open files', 'left', core.open.size);
}

/** Every open file, and what kinds of open files keep beside them; open files by node. */
function auditOpen(core: FilesCore, books: Books): Map<Inode, Use> {
  const uses = new Map<Inode, Use>();
  const byState = new Map<unknown, OpenFile[]>();
  for (const [handle, file] of core.open) {
    books.counts('open file', handle, file.users);
    const use = uses.get(file.node) ?? { users: 0, writers: 0 };
    uses.set(file.node, use);
    use.users++;
    if (file.node.isRegular) use.writers += file.ops.name === 'executable' ? -1 : Number(file.holdsWrite);
    for (const watcher of file.watchers ?? []) books.counts('watch', watcher, 1);
    if (!file.ops.audit) continue;
    const same = byState.get(file.state);
    if (same) same.push(file);
    else byState.set(file.state, [file]);
  }
  for (const files of byState.values()) files[0].ops.audit!(core, files, books);
  return uses;
}

/** All nodes that can be reached: by name below a root or a mount, and where tasks are. */
function nodesOf(core: FilesCore, roots: Iterable<Place>): Set<Inode> {
  const nodes = new Set<Inode>();
  const ahead: Dentry[] = core.namespace.mounts.flatMap(({ root, at }) => (at ? [root, at.dentry] : [root]));
  for (const { dentry } of roots) ahead.push(dentry);
  if (core.pts) ahead.push(core.pts);
  const seen = new Set<Dentry>(ahead);
  for (let dentry = ahead.pop(); dentry; dentry = ahead.pop()) {
    nodes.add(dentry.node);
    if (dentry.node.fs instanceof Layer) addNames(dentry.node as Inode<LayerData>, nodes);
    const next = dentry.isRoot ? [] : [dentry.parent];
    if (dentry.children) next.push(...dentry.children.values());
    for (const other of next) {
      if (seen.has(other)) continue;
      seen.add(other);
      ahead.push(other);
    }
  }
  return nodes;
}

/** The nodes in a directory of a layer, and below it. */
function addNames(directory: Inode<LayerData>, nodes: Set<Inode>): void {
  const ahead = [directory];
  for (let from = ahead.pop(); from; from = ahead.pop()) {
    for (const node of from.data.names.values()) {
      if (!node || nodes.has(node as Inode)) continue;
      nodes.add(node as Inode);
      if (node.isDirectory) ahead.push(node);
    }
  }
}

function auditNode(
  core: FilesCore,
  tables: ReadonlyMap<number, Table>,
  node: Inode,
  use: Use | undefined,
  books: Books,
): void {
  const name = `node ${node.number} of ${node.fs.type}`;
  books.equal('open files', `of ${name}`, use?.users ?? 0, node.users);
  books.equal('writers', `of ${name}`, use?.writers ?? 0, node.writers);
  // That each is somebody's: a node of /proc that is only watched cannot be found from here.
  if (node.watches) for (const watch of node.watches) books.holds('watch', watch, name, 0);
  const { leases, locks } = node;
  if (leases) {
    books.queue(`leases of ${name}`, leases.changed);
    for (const { handle } of leases.held.keys())
      books.equal('lease', `of open file ${handle} on ${name}`, true, core.open.has(handle));
  }
  if (!locks) return;
  books.queue(`locks of ${name}`, locks.changed);
  for (const owner of locks.owners()) {
    const there = typeof owner === 'number' ? tables.has(owner) : core.open.has(owner.handle);
    const who = typeof owner === 'number' ? `table ${owner}` : `open file ${owner.handle}`;
    if (!there) books.wrong('lock', `on ${name}`, 'an owner that is there', `${who}, which is gone`);
  }
}
