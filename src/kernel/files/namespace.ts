import { MS_RDONLY } from '../../abi/flags.ts';
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
  /** Mounts on this name and on those below it: it must stay known. */
  pins = 0;

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
  /** What it covers; undefined for the first, and for one that was taken away while somebody used it. */
  readonly at: Place | undefined;
  /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC: those of the mount, and MS_RDONLY also where its file system is read-only. */
  readonly flags: number;
  /** As /proc/mounts names the device. */
  readonly source: string;
}

/** Where a path leads: a name, as seen through a mount. */
export interface Place {
  readonly mount: Mount;
  readonly dentry: Dentry;
}

/** A mount in the name space. */
class Attached implements Mount {
  readonly id: number;
  readonly root: Dentry;
  readonly source: string;
  at: Place | undefined;
  own: number;

  constructor(id: number, root: Dentry, source: string, flags: number) {
    this.id = id;
    this.root = root;
    this.source = source;
    this.own = flags;
  }

  get fs(): FileSystem {
    return this.root.node.fs;
  }

  get flags(): number {
    return this.fs.isReadOnly ? this.own | MS_RDONLY : this.own;
  }
}

/** Keeps a name and those above it known to their directories, while something is mounted there. */
function pin(dentry: Dentry, by: 1 | -1): void {
  for (let at = dentry; ; at = at.parent) {
    at.pins += by;
    if (at.isRoot) return;
    at.parent.children ??= new Map();
    if (by > 0) at.parent.children.set(at.name, at);
  }
}

/** All mounts of the kernel. */
export class Namespace {
  readonly mounts: Attached[] = [];
  /** Mounts that nobody has used since umount2 with MNT_EXPIRE asked. */
  readonly expiring = new Set<Mount>();
  #nextId = 1;

  /** Mounts `root` on a place (undefined: as the first); returns the place of its root. */
  attach(root: Dentry, at: Place | undefined, source: string, flags: number): Place {
    const mount = new Attached(this.#nextId++, root, source, flags);
    this.#cover(mount, at);
    return { mount, dentry: root };
  }

  /** Puts a mount on top of all others at a place. */
  #cover(mount: Attached, at: Place | undefined): void {
    mount.at = at;
    this.mounts.push(mount);
    if (!at) return;
    at.dentry.mounts++;
    pin(at.dentry, 1);
  }

  #uncover(mount: Attached): void {
    this.mounts.splice(this.mounts.indexOf(mount), 1);
    if (!mount.at) return;
    mount.at.dentry.mounts--;
    pin(mount.at.dentry, -1);
    mount.at = undefined;
  }

  /** Takes a mount away again, with all that is mounted in it: which these were. */
  detach(mount: Mount): readonly Mount[] {
    this.expiring.delete(mount);
    const gone = this.#within(mount);
    for (const each of gone.toReversed()) this.#uncover(each);
    return gone;
  }

  /** Moves a mount to another place, or (undefined) to the first. */
  move(mount: Mount, to: Place | undefined): void {
    this.#uncover(mount as Attached);
    this.#cover(mount as Attached, to);
  }

  /** Changes the flags of one mount. */
  setFlags(mount: Mount, flags: number): void {
    (mount as Attached).own = flags;
  }

  /** The mount and those in it, outer ones first. */
  #within(mount: Mount): Attached[] {
    const found = new Set<Mount>([mount]);
    for (const other of this.mounts) if (other.at && found.has(other.at.mount)) found.add(other);
    return this.mounts.filter((other) => found.has(other));
  }

  /** Whether a mount is another or is mounted in it. */
  isWithin(mount: Mount, outer: Mount): boolean {
    for (let at: Mount | undefined = mount; at; at = at.at?.mount) if (at === outer) return true;
    return false;
  }

  /** Mounts a place again at another (MS_BIND), with what is mounted below it where `deep`. */
  bind(from: Place, to: Place, deep: boolean): void {
    const { mount } = from;
    const inner = deep ? this.#within(mount).filter((other) => other !== mount) : [];
    const made = this.attach(from.dentry, to, mount.source, (mount as Attached).own ?? mount.flags);
    const copies = new Map<Mount, Mount>([[mount, made.mount]]);
    for (const other of inner) {
      const at = other.at as Place;
      const outer = copies.get(at.mount);
      if (!outer || (at.mount === mount && !lies(at.dentry, from.dentry))) continue;
      copies.set(other, this.attach(other.root, { mount: outer, dentry: at.dentry }, other.source, other.own).mount);
    }
  }

  /** What is seen at a place: the root of the topmost mount on it, or the place itself. */
  cross(place: Place): Place {
    let seen = place;
    while (seen.dentry.mounts > 0) {
      const { mount, dentry } = seen;
      const over = this.mounts.findLast((m) => m.at?.dentry === dentry && m.at.mount === mount);
      if (!over) break;
      this.expiring.delete(over);
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

/** Whether a name is another or lies below it. */
function lies(dentry: Dentry, below: Dentry): boolean {
  for (let at = dentry; ; at = at.parent) {
    if (at === below) return true;
    if (at.isRoot) return false;
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
