import { S_IFLNK } from '../../abi/flags.ts';
import type { Kernel } from '../platform.ts';
import type { Stamp } from './clock.ts';
import type { Content } from './content.ts';
import type { Layer, LayerData } from './layer.ts';
import type { Inode } from './node.ts';

/** One difference between a layer and the tree below it. */
export interface LayerChange {
  /** Byte string without a leading '/'; '' is the root itself. */
  readonly path: string;
  /** A name that is no more, another name of an earlier `path`, or a node with its attributes. */
  readonly kind: 'removed' | 'link' | 'node';
  /** S_IFMT bits and permissions; 0 when removed. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly mtime: Stamp;
  readonly size: number;
  /** Target of a symbolic link, or the earlier path. */
  readonly target: string;
  /** Bytes of a regular file, fewer at its end; -errno. */
  readonly read: (position: number, length: number) => Kernel<Uint8Array | number>;
}

type Visit = (change: LayerChange) => Kernel<void>;

/** Reports all that a layer changed, directories before what is in them, names in order; 0 or -errno of the tree below. */
export function* layerChanges(layer: Layer, root: Inode<LayerData>, visit: Visit): Kernel<number> {
  const walk = new ChangeWalk(layer, visit);
  if (root.data.altered) yield* walk.report('', root);
  return yield* walk.directory('', root, false);
}

class ChangeWalk {
  readonly #layer: Layer;
  readonly #visit: Visit;
  /** First paths of files that have several. */
  readonly #paths = new Map<Inode<LayerData>, string>();

  constructor(layer: Layer, visit: Visit) {
    this.#layer = layer;
    this.#visit = visit;
  }

  /** Reports what changed in a directory; `whole`: everything in it, since the directory itself is new at its place. */
  *directory(path: string, node: Inode<LayerData>, whole: boolean): Kernel<number> {
    const names = whole ? yield* this.#allNames(node) : [...node.data.names.keys()].sort();
    if (typeof names === 'number') return names;
    for (const name of names) {
      const at = path === '' ? name : `${path}/${name}`;
      const child = whole ? yield* this.#layer.lookup(node, name) : node.data.names.get(name);
      if (typeof child === 'number') return child;
      const replaced = whole || node.data.hidden.has(name);
      const failed = child ? yield* this.#child(at, child, replaced) : yield* this.#gone(at, node, name);
      if (failed < 0) return failed;
    }
    return 0;
  }

  *#allNames(node: Inode<LayerData>): Kernel<string[] | number> {
    const entries = yield* this.#layer.list(node);
    return typeof entries === 'number' ? entries : entries.map(({ name }) => name);
  }

  *#child(path: string, node: Inode<LayerData>, replaced: boolean): Kernel<number> {
    if (node.data.stub) return 0;
    if (replaced || node.data.altered || node.content?.altered) yield* this.report(path, node);
    return node.isDirectory ? yield* this.directory(path, node, replaced) : 0;
  }

  *#gone(path: string, directory: Inode<LayerData>, name: string): Kernel<number> {
    const was = directory.data.hidden.has(name) ? yield* this.#layer.wasBelow(directory, name) : false;
    if (was) yield* this.#visit({ ...this.#record(path, directory), kind: 'removed', mode: 0, size: 0 });
    return 0;
  }

  /** Reports one node. */
  *report(path: string, node: Inode<LayerData>): Kernel<void> {
    const first = this.#paths.get(node);
    const record = this.#record(path, node);
    if (first !== undefined) {
      yield* this.#visit({ ...record, kind: 'link', target: first });
      return;
    }
    if (!node.isDirectory && node.nlink > 1) this.#paths.set(node, path);
    const target = node.type === S_IFLNK ? yield* this.#layer.readlink(node) : '';
    yield* this.#visit({ ...record, target: typeof target === 'string' ? target : '' });
  }

  #record(path: string, node: Inode<LayerData>): LayerChange {
    const { mode, uid, gid, rdev, mtime, size } = node;
    const read = (position: number, length: number) => readBytes(node.content, size, position, length);
    return { path, kind: 'node', mode, uid, gid, rdev, mtime, size: node.isRegular ? size : 0, target: '', read };
  }
}

function* readBytes(
  content: Content | undefined,
  size: number,
  position: number,
  length: number,
): Kernel<Uint8Array | number> {
  return content ? yield* content.bytes(position, Math.max(0, Math.min(length, size - position))) : new Uint8Array(0);
}
