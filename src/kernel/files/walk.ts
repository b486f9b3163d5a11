import { ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EXDEV } from '../../abi/errno.ts';
import {
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
  X_OK,
} from '../../abi/flags.ts';
import type { Kernel } from '../platform.ts';
import type { Credentials } from '../services.ts';
import { permit } from './access.ts';
import { Dentry, type Namespace, type Place } from './namespace.ts';

/** Longest name of one file. */
export const NAME_MAX = 255;
/** Longest path, with its zero. */
const PATH_MAX = 4096;
/** Most symbolic links in one walk. */
const LINKS_MAX = 40;
/** Names that one directory remembers before it forgets them all (they can be looked up again). */
const REMEMBERED = 20000;

/** From where, and as whom, a path is walked. */
export interface Viewpoint {
  readonly namespace: Namespace;
  readonly root: Place;
  readonly start: Place;
  /** Rights that new files do not get. */
  readonly umask: number;
  readonly who: Credentials;
  /** The process that walks (/proc/self). */
  readonly pid: number;
  /** RESOLVE_* of openat2(2); with RESOLVE_BENEATH and RESOLVE_IN_ROOT `root` is where the walk begins. */
  readonly resolve?: number;
}

/** The last step of a path: the directory it is in, and its name ('' for the root itself; may be '.' or '..'). */
export interface Last {
  readonly directory: Place;
  readonly name: string;
  /** The path ended in '/': only a directory will do. */
  readonly slash: boolean;
}

/** A walk through a path, one component at a time (path_resolution(7)). */
export class Walk {
  readonly #view: Viewpoint;
  /** Components that are still ahead, the next one last. */
  readonly #ahead: string[] = [];
  #links = 0;
  #slash = false;
  readonly #resolve: number;
  /** Where the walk has come to. */
  place: Place;

  constructor(view: Viewpoint, path: string) {
    this.#view = view;
    this.#resolve = view.resolve ?? 0;
    this.place = path.startsWith('/') ? view.root : view.start;
    this.#push(path);
  }

  #push(path: string): void {
    if (this.#ahead.length === 0) this.#slash ||= path.endsWith('/');
    const names = path.split('/');
    for (let i = names.length - 1; i >= 0; i--) if (names[i] !== '') this.#ahead.push(names[i]);
  }

  /** Goes on to the last component, following every link before it; -errno. */
  *toLast(): Kernel<Last | number> {
    const ahead = this.#ahead;
    while (ahead.length > 1) {
      const denied = this.#enter();
      if (denied < 0) return denied;
      const name = ahead.pop() as string;
      const step = yield* this.step(name);
      if (typeof step === 'number') return step;
      if (step.dentry.node.isLink) {
        const failed = yield* this.follow(step);
        if (failed < 0) return failed;
      } else if (!step.dentry.node.isDirectory) return -ENOTDIR;
      else this.place = step;
    }
    const denied = ahead.length > 0 ? this.#enter() : 0;
    if (denied < 0) return denied;
    return { directory: this.place, name: ahead.pop() ?? '', slash: this.#slash };
  }

  /** 0 when names may be looked up where the walk has come to. */
  #enter(): number {
    const { node } = this.place.dentry;
    return node.isDirectory ? permit(node, X_OK, this.#view.who) : -ENOTDIR;
  }

  /** The place one component on from a directory that may be searched; links are not followed. */
  *step(name: string): Kernel<Place | number> {
    const { place } = this;
    const { who, namespace, root } = this.#view;
    if (this.#resolve !== 0 && name === '..') return this.#stepUp();
    if (name === '') return place;
    if (name === '.') return place;
    if (name === '..') return namespace.parent(place, root);
    const child = yield* childOf(place.dentry, name, who);
    if (typeof child === 'number') return child;
    if (child.mounts === 0) return { mount: place.mount, dentry: child };
    const crossed = namespace.cross({ mount: place.mount, dentry: child });
    return this.#resolve & RESOLVE_NO_XDEV && crossed.mount !== place.mount ? -EXDEV : crossed;
  }

  /** `..` where openat2(2) says how far a path may lead. */
  #stepUp(): Place | number {
    const { place } = this;
    const { namespace, root } = this.#view;
    const atRoot = place.mount === root.mount && place.dentry === root.dentry;
    if (atRoot && this.#resolve & RESOLVE_BENEATH) return -EXDEV;
    const above = namespace.parent(place, root);
    return this.#resolve & RESOLVE_NO_XDEV && above.mount !== place.mount ? -EXDEV : above;
  }

  /** 0, or why openat2(2) does not let a link lead on: to `jump` if it is magic, to the root if its target is absolute. */
  #mayFollow(jump: Place | undefined, absolute: boolean): number {
    const resolve = this.#resolve;
    if (jump && resolve & RESOLVE_NO_MAGICLINKS) return -ELOOP;
    if (jump && resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) return -EXDEV;
    if (absolute && resolve & RESOLVE_BENEATH) return -EXDEV;
    const to = jump ?? (absolute ? this.#view.root : this.place);
    return resolve & RESOLVE_NO_XDEV && to.mount !== this.place.mount ? -EXDEV : 0;
  }

  /** Follows a link found by `step`: what it stands for is ahead now, or (magic links) is where the walk has come to. */
  *follow(link: Place): Kernel<number> {
    if (++this.#links > LINKS_MAX) return -ELOOP;
    if (this.#resolve & RESOLVE_NO_SYMLINKS) return -ELOOP;
    const { node } = link.dentry;
    const jump = node.fs.follow?.(node, this.#view.pid);
    if (typeof jump === 'number') return jump;
    const refused = jump && this.#resolve ? this.#mayFollow(jump, false) : 0;
    if (refused < 0) return refused;
    if (jump) {
      this.place = jump;
      return 0;
    }
    const target = yield* node.fs.readlink(node, this.#view.pid);
    if (typeof target === 'number') return target;
    if (target === '') return -ENOENT;
    const denied = this.#resolve ? this.#mayFollow(undefined, target.startsWith('/')) : 0;
    if (denied < 0) return denied;
    if (target.startsWith('/')) this.place = this.#view.root;
    this.#push(target);
    return 0;
  }
}

/** A name in a directory, from memory or from its file system; -ENOENT, -ENAMETOOLONG. */
export function* childOf(directory: Dentry, name: string, who: Credentials): Kernel<Dentry | number> {
  const known = directory.children?.get(name);
  const { node } = directory;
  if (known && (node.fs.memory === 'keep' || known.pins > 0)) return known;
  if (!directory.linked) return -ENOENT;
  if (name.length > NAME_MAX) return -ENAMETOOLONG;
  const found = yield* node.fs.lookup(node, name, who);
  if (known && known.node === found) return known;
  if (known) {
    // The name has gone, or stands for something else now.
    known.linked = false;
    directory.children?.delete(name);
  }
  if (typeof found === 'number') return found;
  if (node.fs.memory === 'none') return new Dentry(directory, name, found);
  return remember(directory, name, found);
}

/** Adds a name to those that a directory remembers. */
export function remember(directory: Dentry, name: string, node: Dentry['node']): Dentry {
  const child = new Dentry(directory, name, node);
  directory.children ??= new Map();
  if (directory.children.size >= REMEMBERED) forgetIdle(directory.children);
  directory.children.set(name, child);
  return child;
}

function forgetIdle(children: Map<string, Dentry>): void {
  for (const [name, child] of children)
    if (!child.node.isDirectory && child.mounts === 0 && child.node.users === 0) children.delete(name);
}

/** -errno when a string cannot be a path: empty, or too long. */
export function checkPath(path: string): number {
  if (path.length >= PATH_MAX) return -ENAMETOOLONG;
  return path === '' ? -ENOENT : 0;
}

/** Where a path leads. `followLast`: a link in last place is followed too (a trailing slash does so in any case). */
export function* walk(view: Viewpoint, path: string, followLast: boolean): Kernel<Place | number> {
  const bad = checkPath(path);
  if (bad < 0) return bad;
  const way = new Walk(view, path);
  for (;;) {
    const last = yield* way.toLast();
    if (typeof last === 'number') return last;
    const place = yield* way.step(last.name);
    if (typeof place === 'number') return place;
    const { node } = place.dentry;
    // No name is left after a magic link: what it leads to is not looked into further.
    if (!node.isLink || last.name === '' || (!followLast && !last.slash))
      return last.slash && !node.isDirectory ? -ENOTDIR : place;
    const failed = yield* way.follow(place);
    if (failed < 0) return failed;
  }
}

/** The directory and last name of a path that is to be made, removed or renamed; links in last place are not followed. */
export function* walkToLast(view: Viewpoint, path: string): Kernel<Last | number> {
  const bad = checkPath(path);
  if (bad < 0) return bad;
  return yield* new Walk(view, path).toLast();
}
