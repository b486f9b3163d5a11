import type { FileSystem, Inode } from './node.ts';

/** A name that leads to a node: one step of a path. A root is its own parent. */
export class Dentry {
  parent: Dentry;
  name: string;
  readonly node: Inode;
  /** Names in this directory that were walked already. */
  children: Map<string, Dentry> | undefined;
  /** False once the name is removed. */
  linked = true;
  /** Mounts that sit on this name. */
  mounts = 0;

  constructor(parent: Dentry | undefined, name: string, node: Inode) {
    this.parent = parent ?? this;
    this.name = name;
    this.node = node;
  }

  get isRoot(): boolean {
    return this.parent === this;
  }
}

/** A file system (or, for a bind mount, a part of one) in its place. */
export interface Mount {
  readonly id: number;
  readonly fs: FileSystem;
  readonly root: Dentry;
  /** What it covers; undefined for the first. */
  readonly at: Place | undefined;
  /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC. */
  flags: number;
  /** As /proc/mounts names the device. */
  readonly source: string;
}

/** Where a path leads: a name, as seen through a mount. */
export interface Place {
  readonly mount: Mount;
  readonly dentry: Dentry;
}

/** All mounts of the kernel. */
export class Namespace {
  readonly mounts: Mount[] = [];
  #nextId = 1;

  /** Mounts `root` on a place (undefined: as the first); returns the place of its root. */
  attach(root: Dentry, at: Place | undefined, source: string, flags: number): Place {
    const mount: Mount = { id: this.#nextId++, fs: root.node.fs, root, at, flags, source };
    this.mounts.push(mount);
    if (at) at.dentry.mounts++;
    return { mount, dentry: root };
  }

  /** Takes a mount away again. */
  detach(mount: Mount): void {
    this.mounts.splice(this.mounts.indexOf(mount), 1);
    if (mount.at) mount.at.dentry.mounts--;
  }

  /** What is seen at a place: the root of the topmost mount on it, or the place itself. */
  cross(place: Place): Place {
    let seen = place;
    while (seen.dentry.mounts > 0) {
      const { mount, dentry } = seen;
      const over = this.mounts.findLast((m) => m.at?.dentry === dentry && m.at.mount === mount);
      if (!over) break;
      seen = { mount: over, dentry: over.root };
    }
    return seen;
  }

  /** The place of `..`: never above `root`, through mount points. */
  parent(place: Place, root: Place): Place {
    let { mount, dentry } = place;
    while (!(mount === root.mount && dentry === root.dentry)) {
      if (dentry !== mount.root) return this.cross({ mount, dentry: dentry.parent });
      if (!mount.at) break;
      ({ mount, dentry } = mount.at);
    }
    return this.cross({ mount, dentry });
  }
}

/** Paths are put together up to about here; programs can make longer ones, which no call can return. */
const SHOWN_MAX = 65536;

/** The absolute path of a place as seen from `root`; undefined when it cannot be reached from there. */
export function pathFrom(root: Place, place: Place): string | undefined {
  let { mount, dentry } = place;
  let path = '';
  while (!(mount === root.mount && dentry === root.dentry)) {
    if (dentry !== mount.root) {
      if (dentry.isRoot) return undefined;
      path = `/${dentry.name}${path}`;
      if (path.length > SHOWN_MAX) return path;
      dentry = dentry.parent;
    } else if (mount.at) ({ mount, dentry } = mount.at);
    else return undefined;
  }
  return path || '/';
}

/** As `pathFrom`, in the words of /proc: deleted names and unreachable places are marked. */
export function shownPath(root: Place, place: Place): string {
  const path = pathFrom(root, place);
  if (path === undefined) return place.dentry.isRoot ? place.dentry.name : `(unreachable)/${place.dentry.name}`;
  return place.dentry.linked ? path : `${path} (deleted)`;
}
