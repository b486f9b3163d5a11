import { EBUSY, EINVAL, ENODEV, ENOTDIR, EPERM } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { mqueueOf } from '../ipc/mqueue.ts';
import type { Kernel } from '../platform.ts';
import type { FilesCore } from './core.ts';
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
  if (flags & SPREADING) return 0;
  if (flags & F.MS_MOVE) return -EINVAL;
  if (flags & F.MS_REMOUNT) return remount(target, flags);
  if (flags & F.MS_BIND) {
    if (!from) return -EINVAL;
    if (from.dentry.node.isDirectory !== target.dentry.node.isDirectory) return -ENOTDIR;
    namespace.attach(from.dentry, target, from.mount.source, from.mount.flags);
    return 0;
  }
  const root = yield* rootOf(core, request, limits);
  if (typeof root === 'number') return root;
  if (!target.dentry.node.isDirectory) return -ENOTDIR;
  namespace.attach(root, target, source || 'none', flags & KEPT);
  return 0;
}

function remount({ mount, dentry }: Place, flags: number): number {
  if (dentry !== mount.root) return -EINVAL;
  mount.flags = flags & KEPT;
  return 0;
}

/** The root of a file system of the wanted type: a new tmpfs, or the one there is of proc, sysfs, devtmpfs, devpts. */
function* rootOf(core: FilesCore, { type, options }: MountRequest, limits: LayerLimits): Kernel<Dentry | number> {
  if (type === 'tmpfs' || type === 'ramfs') {
    const { cache, clock } = core;
    const device = FIRST_DEVICE + core.nextDevice++;
    const layer = new Layer({ cache, clock, device, limits: limitsIn(options, limits), type });
    const mode = /(?:^|,)mode=([0-7]{1,4})(?:,|$)/.exec(options)?.[1];
    const node = yield* layer.root(mode ? Number.parseInt(mode, 8) : 0o1777);
    return typeof node === 'number' ? node : new Dentry(undefined, '', node as Inode);
  }
  if (type === 'devpts') return core.pts ?? -ENODEV;
  if (type === 'mqueue') return new Dentry(undefined, '', mqueueOf(core).root as Inode);
  const there = SINGLE.has(type) ? core.namespace.mounts.find(({ fs }) => fs.type === type) : undefined;
  return there ? there.root : -ENODEV;
}

/** The limits that a tmpfs is mounted with: size= in bytes or with k, m, g; nr_inodes= (tmpfs(5)). */
function limitsIn(options: string, limits: LayerLimits): LayerLimits {
  const number = (name: string, otherwise: number) => {
    const found = new RegExp(`(?:^|,)${name}=(\\d{1,15})([kmg]?)(?:,|$)`, 'i').exec(options);
    if (!found) return otherwise;
    const scale = { '': 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 }[found[2].toLowerCase()] as number;
    return Number(found[1]) * scale;
  };
  return {
    bytes: Math.min(number('size', limits.bytes), limits.bytes),
    names: Math.min(number('nr_inodes', limits.names), limits.names),
  };
}

/** Takes away the mount whose root `place` is; `places` are the directories that tasks are in. 0, -EINVAL, -EBUSY, -EPERM. */
export function unmount(core: FilesCore, place: Place, flags: number, places: Iterable<Place>): number {
  const { mount } = place;
  if (place.dentry !== mount.root) return -EINVAL;
  if (!mount.at) return -EPERM;
  if (!(flags & MNT_DETACH) && isBusy(core, mount, places)) return -EBUSY;
  core.namespace.detach(mount);
  return 0;
}

function isBusy(core: FilesCore, mount: Mount, places: Iterable<Place>): boolean {
  if (core.namespace.mounts.some(({ at }) => at?.mount === mount)) return true;
  for (const place of places) if (place.mount === mount) return true;
  for (const file of core.open.values()) if (file.place.mount === mount) return true;
  return false;
}
