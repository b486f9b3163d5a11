import type { Layer, LayerData } from '../kernel/files/layer.ts';
import type { Inode } from '../kernel/files/node.ts';
import type { Kernel, LowerTree, Memory } from '../kernel/platform.ts';

/** A difference between a layer and the tree below it. Paths are relative to the root, without a leading slash. */
export type Change =
  /** A name of the tree below that is gone. */
  | { readonly kind: 'removed'; readonly path: string }
  /** A file, directory, link or device that is new, moved here, or not as it was. */
  | { readonly kind: 'node'; readonly path: string; readonly node: Inode<LayerData> };

const PAGE = 4096;

/** What is compared with what. */
interface Layered {
  readonly layer: Layer;
  readonly tree: LowerTree;
}

/** All differences of a layer, directories before what is in them, names in the order of bytes; -errno where the tree below fails. */
export function* changesOf(layered: Layered, root: Inode<LayerData>): Kernel<Change[] | number> {
  const found: Change[] = [];
  const failed = yield* collect(layered, root, '', found);
  return failed < 0 ? failed : found;
}

/** Differences inside a directory that itself is where it was. */
function* collect(layered: Layered, directory: Inode<LayerData>, at: string, found: Change[]): Kernel<number> {
  const { names, hidden } = directory.data;
  for (const name of [...names.keys()].sort()) {
    const node = names.get(name);
    const path = `${at}${name}`;
    if (!node) {
      if (!hidden.has(name)) continue;
      const below = yield* layered.tree.lookup(directory.data.below, name);
      if (typeof below !== 'number') found.push({ kind: 'removed', path });
      continue;
    }
    if (node.data.stub) continue;
    const isNew = hidden.has(name) || directory.data.below < 0;
    if (isNew || node.data.altered || node.content?.altered) found.push({ kind: 'node', path, node });
    if (!node.isDirectory) continue;
    const failed = isNew
      ? yield* everything(layered, node, `${path}/`, found)
      : yield* collect(layered, node, `${path}/`, found);
    if (failed < 0) return failed;
  }
  return 0;
}

/** All that is in a directory which is new here, whether it was made in the layer or came from another place below. */
function* everything(layered: Layered, directory: Inode<LayerData>, at: string, found: Change[]): Kernel<number> {
  const entries = yield* layered.layer.list(directory);
  if (typeof entries === 'number') return entries;
  for (const { name } of entries) {
    const node = yield* layered.layer.lookup(directory, name);
    if (typeof node === 'number') return node;
    if (node.data.stub) continue;
    const path = `${at}${name}`;
    found.push({ kind: 'node', path, node });
    const failed = node.isDirectory ? yield* everything(layered, node, `${path}/`, found) : 0;
    if (failed < 0) return failed;
  }
  return 0;
}

/** The bytes of a regular file of a layer; -errno where the tree below fails. */
export function* contentsOf(node: Inode<LayerData>, memory: Memory): Kernel<Uint8Array | number> {
  const bytes = new Uint8Array(node.size);
  for (let at = 0; at < node.size; at += PAGE) {
    const frame = node.content ? yield* node.content.page(at / PAGE, 'read') : 0;
    if (frame < 0) return frame;
    if (frame > 0) memory.read(frame * PAGE, bytes, at, Math.min(PAGE, node.size - at));
  }
  return bytes;
}
