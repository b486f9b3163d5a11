import { EBUSY, EINVAL, ENAMETOOLONG, ENOSYS, EPERM } from '../../abi/errno.ts';
import { O_LARGEFILE, O_RDWR, RLIMIT_NOFILE, S_IFREG } from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import type { FilesCore } from '../files/core.ts';
import { Layer } from '../files/layer.ts';
import { Dentry, type Mount } from '../files/namespace.ts';
import type { FileSystem, Inode } from '../files/node.ts';
import { makeFile, type OpenFile } from '../files/open-file.ts';
import { regular } from '../files/regular.ts';
import {
  ALL_SEALS,
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  sealsOf,
} from '../files/seals.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const MFD_HUGETLB = 4;
const MFD_NOEXEC_SEAL = 8;
const MFD_EXEC = 16;
const KNOWN = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | MFD_NOEXEC_SEAL | MFD_EXEC;
/** Longest name: what "memfd:" leaves of NAME_MAX. */
const NAME_MAX = 249;
/** Device of the kernel's own tmpfs. */
const DEVICE = 1;
const EXECUTE = 0o111;

const INSTANCES = new WeakMap<FilesCore, Layer>();

/** The tmpfs that no path leads to (shm_mnt). */
function hiddenTmpfs(task: Task): Layer {
  const { core, mountLimits } = task.services.files;
  let layer = INSTANCES.get(core);
  if (!layer) {
    layer = new Layer({ cache: core.cache, clock: core.clock, device: DEVICE, limits: mountLimits, type: 'tmpfs' });
    INSTANCES.set(core, layer);
  }
  return layer;
}

/** memfd_create(2): a file without a name, in memory. */
function memfdCreate(task: Task): number {
  const [address, flags] = task.args;
  if (flags & ~KNOWN || (flags & MFD_EXEC && flags & MFD_NOEXEC_SEAL)) return -EINVAL;
  if (flags & MFD_HUGETLB) return -ENOSYS;
  const name = task.user.string(address, NAME_MAX + 1);
  if (typeof name === 'number') return name === -ENAMETOOLONG ? -EINVAL : name;
  const { files } = task.services;
  const table = files.table(task.table);
  const limit = task.limit(RLIMIT_NOFILE);
  const free = table.free(limit);
  if (free < 0) return free;
  const layer = hiddenTmpfs(task);
  const locked = (flags & MFD_NOEXEC_SEAL) !== 0;
  const mode = S_IFREG | (locked ? 0o666 : 0o777);
  const node = layer.temporary({ mode, owner: task.credentials, rdev: 0, target: '' }) as Inode;
  node.seals = locked ? F_SEAL_EXEC : flags & MFD_ALLOW_SEALING ? 0 : F_SEAL_SEAL;
  const dentry = new Dentry(undefined, `/memfd:${name} (deleted)`, node);
  const mount: Mount = { id: 0, fs: layer as FileSystem, root: dentry, at: undefined, flags: 0, source: 'tmpfs' };
  const file = makeFile(files.core, regular, { mount, dentry }, undefined, O_RDWR | O_LARGEFILE, true);
  return table.add(file as OpenFile, (flags & MFD_CLOEXEC) !== 0, limit);
}

/** F_GET_SEALS of fcntl(2). */
export function getSeals({ node }: OpenFile): number {
  const seals = sealsOf(node);
  return seals < 0 ? -EINVAL : seals;
}

/** F_ADD_SEALS of fcntl(2): -EPERM, -EINVAL, -EBUSY while a shared mapping may still write. */
export function addSeals(task: Task, file: OpenFile, wanted: number): number {
  const { node } = file;
  if (!file.writable) return -EPERM;
  if (wanted & ~ALL_SEALS) return -EINVAL;
  const seals = sealsOf(node);
  if (seals < 0) return -EINVAL;
  if (seals & F_SEAL_SEAL) return -EPERM;
  if (wanted & F_SEAL_WRITE && !(seals & F_SEAL_WRITE) && isMappedWritable(task, node)) return -EBUSY;
  // What may be executed must not change any more.
  const implied = wanted & F_SEAL_EXEC && node.mode & EXECUTE;
  node.seals = seals | wanted | (implied ? F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE : 0);
  return 0;
}

function isMappedWritable({ system }: Task, node: Inode): boolean {
  for (const { areas } of system.pool.living) {
    for (const { shared, mayWrite, backing } of areas.list) {
      if (!shared || !mayWrite || !backing?.file) continue;
      const { device, inode } = system.files.describe(backing.file);
      if (device === node.fs.device && inode === node.number) return true;
    }
  }
  return false;
}

/** Whether the seals of an open file forbid that a shared mapping ever writes. */
export function isWriteSealed(task: Task, file: number): boolean {
  const seals = task.services.files.core.open.get(file)?.node.seals ?? 0;
  return (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0;
}

/** Files in memory. */
export const memfdCalls: readonly Row[] = [
  row(356, 'memfd_create', memfdCreate, 'no huge pages; the sysctl vm.memfd_noexec is 0'),
];
