import { EPERM } from '../../abi/errno.ts';
import { PIPEFS_MAGIC } from '../../abi/flags.ts';
import type { Kernel } from '../platform.ts';
import type { Clock } from './clock.ts';
import type { Opened } from './devices.ts';
import { applyChange } from './layer.ts';
import { Dentry, type Mount, type Place } from './namespace.ts';
import { type Change, type FileSystem, Inode, ROOT } from './node.ts';

type Data = Opened | undefined;

/** Refuses: nameless nodes are in no directory. */
function* refuse(): Kernel<number> {
  return -EPERM;
}

/** Nodes that no path leads to: pipes, standard streams. /proc shows them as `pipe:[number]`. */
export class Nameless implements FileSystem<Data> {
  readonly type = 'pipefs';
  readonly magic = PIPEFS_MAGIC;
  readonly device: number;
  readonly memory = 'none';
  readonly lookup = refuse;
  readonly list = refuse;
  readonly create = refuse;
  readonly link = refuse;
  readonly remove = refuse;
  readonly rename = refuse;
  readonly readlink = refuse;
  readonly truncate = refuse;
  readonly #clock: Clock;
  // Not too small: programs that look for a number in the text of a link count on some digits (net-tools).
  #nextNumber = 1000;

  constructor(clock: Clock, device: number) {
    this.#clock = clock;
    this.device = device;
  }

  /** A new node's place; `kind` is the word that /proc shows, `opened` how it works when it is opened again. */
  make(kind: string, mode: number, owner = ROOT, opened?: Opened): Place {
    const number = this.#nextNumber++;
    const node = new Inode<Data>(this, number, opened, mode, owner, this.#clock.stamp());
    const numbered = kind === 'pipe' || kind === 'socket';
    const root = new Dentry(undefined, numbered ? `${kind}:[${number}]` : kind, node as Inode);
    const mount: Mount = { id: 0, fs: this as FileSystem, root, at: undefined, flags: 0, source: 'none' };
    return { mount, dentry: root };
  }

  *change(node: Inode<Data>, change: Change): Kernel<number> {
    applyChange(node as Inode, change, this.#clock);
    return 0;
  }

  room() {
    return { pages: 0, freePages: 0, nodes: 0, freeNodes: 0 };
  }

  open(node: Inode<Data>): Opened | undefined {
    return node.data;
  }

  forget(): void {}
}
