import {
  IN_ATTRIB,
  IN_DELETE,
  IN_DELETE_SELF,
  IN_ISDIR,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
} from '../../abi/inotify.ts';
import type { Dentry } from './namespace.ts';
import type { Inode } from './node.ts';

/** Somebody who wants to know what happens to a node, and in it when it is a directory (inotify). */
export interface NodeWatch {
  /** IN_* with IN_ISDIR; `name` is '' for the node itself. */
  happened(mask: number, cookie: number, name: string, linked: boolean): void;
  /** The node is no more. */
  gone(): void;
}

/** A name changed within its directory: beside IN_MOVED_FROM and IN_MOVED_TO, for F_NOTIFY alone (FS_DN_RENAME). */
export const RENAMED = 1 << 20;

/** Something happened to the node behind a name: those who watch its directory and it are told, in this order. */
export function tell(dentry: Dentry, mask: number): void {
  const { node, parent } = dentry;
  const above = dentry.isRoot ? undefined : parent.node.watches;
  if (!above && !node.watches) return;
  const kind = node.isDirectory ? mask | IN_ISDIR : mask;
  if (above) for (const watch of [...above]) watch.happened(kind, 0, dentry.name, dentry.linked);
  tellNode(node, kind);
}

function tellNode(node: Inode, mask: number): void {
  if (node.watches) for (const watch of [...node.watches]) watch.happened(mask, 0, '', true);
}

/** A name appeared in a directory, or went. */
export function tellName(directory: Inode, mask: number, name: string, node: Inode, cookie = 0): void {
  if (!directory.watches) return;
  const kind = node.isDirectory ? mask | IN_ISDIR : mask;
  for (const watch of [...directory.watches]) watch.happened(kind, cookie, name, true);
}

/** The number of a node's names changed: its attributes did. */
export function tellLinks(node: Inode): void {
  tellNode(node, node.isDirectory ? IN_ATTRIB | IN_ISDIR : IN_ATTRIB);
}

/** A name was removed from a directory. */
export function tellRemoved(directory: Inode, name: string, node: Inode): void {
  if (!node.isDirectory) tellLinks(node);
  tellGone(node);
  tellName(directory, IN_DELETE, name, node);
}

/** A name was moved, and may have replaced another node's. */
export function tellMoved(from: Inode, name: string, to: Inode, newName: string, node: Inode, replaced?: Inode): void {
  const { fs } = node;
  const cookie = (fs.moves ?? 0) + 1;
  fs.moves = cookie;
  if (from === to) tellName(from, RENAMED, name, node);
  tellName(from, IN_MOVED_FROM, name, node, cookie);
  tellName(to, IN_MOVED_TO, newName, node, cookie);
  if (replaced) {
    tellLinks(replaced);
    tellGone(replaced);
  }
  tellNode(node, IN_MOVE_SELF);
}

/** When a node has neither names nor open files left, its watches end. */
export function tellGone(node: Inode): void {
  if (!node.watches || node.users > 0 || (node.nlink > 0 && !node.isDirectory)) return;
  tellNode(node, IN_DELETE_SELF);
  for (const watch of [...node.watches]) watch.gone();
}
