import { EAGAIN, EBUSY, EINVAL, ELOOP, ENODEV, ENOTDIR } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { mqueueOf } from '../ipc/mqueue.ts';
import type { Kernel } from '../platform.ts';
import type { FilesCore } from './core.ts';
import { discardDetached } from './detached.ts';
import { Layer, type LayerLimits } from './layer.ts';
import { Dentry, type Mount, type Place } from './namespace.ts';
import type { Inode } from './node.ts';

/** What mount(2) is asked for. */
export interface MountRequest {
  readonly source: string;
  /** Where a bind mount's source leads; undefined for others. */
  readonly from: Place | undefined;
  readonly target: Place;
  readonly type: string;
  readonly flags: number;
  readonly options: string;
}

// umount2(2)
export const MNT_FORCE = 1;
export const MNT_DETACH = 2;
export const MNT_EXPIRE = 4;
export const UMOUNT_NOFOLLOW = 8;

/** Flags that a mount keeps. */
const KEPT = F.MS_RDONLY | F.MS_NOSUID | F.MS_NODEV | F.MS_NOEXEC;
/** How mounts spread between name spaces: there is one only. */
const SPREADING = F.MS_PRIVATE | F.MS_SLAVE | F.MS_SHARED | (1 << 17);
/** File systems of which there is one, however often it is mounted. */
const SINGLE: ReadonlySet<string> = new Set(['proc', 'sysfs', 'devtmpfs']);
/** Anonymous device numbers of mounted file systems begin here. */
const FIRST_DEVICE = 32;

/** Mounts; 0 or -errno. The caller is root, and the target has been walked to. */
export function* mountAt(core: FilesCore, request: MountRequest, limits: LayerLimits): Kernel<number> {
  const { flags, target, from, source } = request;
  const { namespace } = core;
  if (flags & F.MS_REMOUNT) return remount(core, request, limits);
  if (flags & F.MS_BIND) {
    if (!from) return -EINVAL;
    if (from.dentry.node.isDirectory !== target.dentry.node.isDirectory) return -ENOTDIR;
    namespace.bind(from, target, (flags & F.MS_REC) !== 0);
    return 0;
  }
  if (flags & SPREADING) return target.dentry === target.mount.root ? 0 : -EINVAL;
  if (flags & F.MS_MOVE) return from ? moveMount(core, from, target) : -EINVAL;
  const root = yield* rootOf(core, request, limits);
  if (typeof root === 'number') return root;
  if (!target.dentry.node.isDirectory) return -ENOTDIR;
  namespace.attach(root, target, source || 'none', flags & KEPT);
  return 0;
}

/** Files of this mount, or of the file system behind it, that are open for writing. */
function isWritten(core: FilesCore, same: (place: Place) => boolean): boolean {
  for (const file of core.open.values()) if (file.writable && file.node.isRegular && same(file.place)) return true;
  return false;
}

/** Other flags for a mount (with MS_BIND), or for it and its file system. */
function remount(core: FilesCore, { target, flags, options }: MountRequest, limits: LayerLimits): number {
  const { mount, dentry } = target;
  if (dentry !== mount.root) return -EINVAL;
  const readOnly = (flags & F.MS_RDONLY) !== 0;
  const whole = !(flags & F.MS_BIND);
  if (readOnly && isWritten(core, (place) => (whole ? place.mount.fs === mount.fs : place.mount === mount)))
    return -EBUSY;
  if (whole) {
    const bad = mount.fs.resize?.(choicesIn(options, limits)) ?? 0;
    if (bad < 0) return bad;
    mount.fs.isReadOnly = readOnly;
  }
  core.namespace.setFlags(mount, flags & KEPT);
  return 0;
}

/** MS_MOVE. */
function moveMount({ namespace }: FilesCore, from: Place, to: Place): number {
  const { mount, dentry } = from;
  if (dentry !== mount.root || !mount.at) return -EINVAL;
  if (dentry.node.isDirectory !== to.dentry.node.isDirectory) return -EINVAL;
  if (namespace.isWithin(to.mount, mount)) return -ELOOP;
  namespace.move(mount, to);
  return 0;
}

/**
 * pivot_root(2): the mount that `root` is on moves to `old`, the one whose root `fresh` is becomes the first; -EBUSY,
 * -EINVAL. Whoever stood at the old root has to be led to the new one.
 */
export function pivot({ namespace }: FilesCore, fresh: Place, old: Place, root: Place): number {
  if (fresh.mount === root.mount || old.mount === root.mount) return -EBUSY;
  if (root.dentry !== root.mount.root || fresh.dentry !== fresh.mount.root || !fresh.mount.at) return -EINVAL;
  if (!namespace.isWithin(old.mount, fresh.mount) || !namespace.isWithin(fresh.mount, root.mount)) return -EINVAL;
  const { at } = root.mount;
  namespace.move(fresh.mount, at);
  namespace.move(root.mount, old);
  return 0;
}

/** The root of a file system of the wanted type: a new tmpfs, or the one there is of proc, sysfs, devtmpfs, devpts. */
function* rootOf(core: FilesCore, { type, options }: MountRequest, limits: LayerLimits): Kernel<Dentry | number> {
  if (type === 'tmpfs' || type === 'ramfs') {
    const { cache, clock } = core;
    const device = FIRST_DEVICE + core.nextDevice++;
    const layer = new Layer({
      cache,
      clock,
      device,
      limits: { ...limits, ...defined(choicesIn(options, limits)) },
      type,
    });
    const mode = /(?:^|,)mode=([0-7]{1,4})(?:,|$)/.exec(options)?.[1];
    const node = yield* layer.root(mode ? Number.parseInt(mode, 8) : 0o1777);
    return typeof node === 'number' ? node : new Dentry(undefined, '', node as Inode);
  }
  if (type === 'devpts') return core.pts ?? -ENODEV;
  if (type === 'mqueue') return new Dentry(undefined, '', mqueueOf(core).root as Inode);
  const there = SINGLE.has(type) ? core.namespace.mounts.find(({ fs }) => fs.type === type) : undefined;
  return there ? there.root : -ENODEV;
}

/** What a tmpfs is told: size= in bytes or with k, m, g; nr_inodes= (tmpfs(5)); never more than `limits`. */
function choicesIn(options: string, limits: LayerLimits): Partial<LayerLimits> {
  const number = (name: string, most: number) => {
    const found = new RegExp(`(?:^|,)${name}=(\\d{1,15})([kmg]?)(?:,|$)`, 'i').exec(options);
    if (!found) return undefined;
    const scale = { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 }[found[2].toLowerCase()] as number;
    return Math.min(Number(found[1]) * scale, most);
  };
  return { bytes: number('size', limits.bytes), names: number('nr_inodes', limits.names) };
}

/** Without what is undefined. */
function defined<T extends object>(choices: T): Partial<T> {
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * Takes away the mount whose root `place` is; `places` are the directories that tasks are in, `marked` says that nobody
 * used it since MNT_EXPIRE asked before. 0, -EINVAL, -EBUSY, -EAGAIN.
 */
export function unmount(
  core: FilesCore,
  place: Place,
  flags: number,
  places: Iterable<Place>,
  marked: boolean,
): number {
  const { mount } = place;
  const { namespace } = core;
  if (place.dentry !== mount.root || !namespace.mounts.some((known) => known === mount)) return -EINVAL;
  if (!mount.at) return flags & MNT_EXPIRE ? -EINVAL : -EBUSY;
  if (!(flags & MNT_DETACH) && isBusy(core, mount, places)) return -EBUSY;
  if (flags & MNT_EXPIRE && !marked) {
    namespace.expiring.add(mount);
    return -EAGAIN;
  }
  for (const { fs } of namespace.detach(mount)) if (fs.discard) core.detached.add(fs);
  discardDetached(core);
  return 0;
}

function isBusy(core: FilesCore, mount: Mount, places: Iterable<Place>): boolean {
  if (core.namespace.mounts.some(({ at }) => at?.mount === mount)) return true;
  for (const place of places) if (place.mount === mount) return true;
  for (const file of core.open.values()) if (file.place.mount === mount) return true;
  return false;
}
