import { EINVAL, ENOTTY, EPERM } from '../../abi/errno.ts';
import { RLIMIT_NOFILE } from '../../abi/flags.ts';
import type { Caller } from '../call.ts';
import type { FilesCore } from '../files/core.ts';
import { Dentry, type Mount, type Place } from '../files/namespace.ts';
import type { FileSystem, Inode } from '../files/node.ts';
import { type FileOps, makeFile, type OpenFile } from '../files/open-file.ts';
import { type DirectoryItem, fixed, Generated, type Item, type LinkItem } from './generated.ts';
import type { ProcessSource } from './source.ts';

/** f_type of the file system that name spaces are files of (NSFS_MAGIC), and its device number. */
const MAGIC = 0x6e736673;
const DEVICE = 4;

/** The name spaces that every process is in, and their inode numbers in Linux (proc_ns.h; mnt and net are made at boot). */
const SPACES: readonly (readonly [name: string, kind: string, number: number])[] = [
  ['cgroup', 'cgroup', 4026531835],
  ['ipc', 'ipc', 4026531839],
  ['mnt', 'mnt', 4026531841],
  ['net', 'net', 4026531840],
  ['pid', 'pid', 4026531836],
  ['pid_for_children', 'pid', 4026531836],
  ['time', 'time', 4026531834],
  ['time_for_children', 'time', 4026531834],
  ['user', 'user', 4026531837],
  ['uts', 'uts', 4026531838],
];

/** CLONE_NEW* of each kind (ioctl_ns(2)). */
const TYPES: Readonly<Record<string, number>> = {
  cgroup: 0x02000000,
  ipc: 0x08000000,
  mnt: 0x00020000,
  net: 0x40000000,
  pid: 0x20000000,
  time: 0x80,
  user: 0x10000000,
  uts: 0x04000000,
};
const NS_GET_USERNS = 0xb701;
const NS_GET_PARENT = 0xb702;
const NS_GET_NSTYPE = 0xb703;
const NS_GET_OWNER_UID = 0xb704;

/** A name space as a file: it can only be asked about. */
const spaceOps: FileOps<{ readonly kind: string }> = {
  name: 'nsfs',
  seekable: false,
  read: () => -EINVAL,
  write: () => -EINVAL,
  poll: () => 0,
  ioctl: ask,
};

function ask(
  core: FilesCore,
  { state }: OpenFile<{ readonly kind: string }>,
  caller: Caller,
  request: number,
  argument: number,
): number {
  switch (request) {
    case NS_GET_USERNS: {
      const place = PLACES.get(core)?.get('user');
      if (!place || state.kind === 'user') return -EPERM;
      const file = makeFile(core, spaceOps as FileOps, place, { kind: 'user' }, 0);
      return caller.services.files.table(caller.table).add(file, true, caller.limit(RLIMIT_NOFILE));
    }
    case NS_GET_PARENT:
      return state.kind === 'user' || state.kind === 'pid' ? -EPERM : -EINVAL;
    case NS_GET_NSTYPE:
      return TYPES[state.kind];
    case NS_GET_OWNER_UID:
      if (state.kind !== 'user') return -EINVAL;
      return caller.user.write(argument, new Uint8Array(4));
    default:
      return -ENOTTY;
  }
}

/** Where the links of /proc/PID/ns lead, made when somebody first looks. */
const PLACES = new WeakMap<object, ReadonlyMap<string, Place>>();

function placesOf({ core }: ProcessSource): ReadonlyMap<string, Place> {
  const known = PLACES.get(core);
  if (known) return known;
  const items: Record<string, Item> = {};
  for (const [, kind, number] of SPACES)
    items[kind] = { kind: 'open', number, open: () => ({ ops: spaceOps as FileOps, state: { kind } }) };
  const fs = new Generated(core.clock, 'nsfs', MAGIC, DEVICE, fixed(1, items)) as unknown as FileSystem;
  const places = new Map<string, Place>();
  for (const [, kind, number] of SPACES) {
    const { value } = (fs as unknown as Generated).lookup((fs as unknown as Generated).root, kind).next();
    const root = new Dentry(undefined, `${kind}:[${number}]`, value as Inode);
    const mount: Mount = { id: 0, fs, root, at: undefined, flags: 0, source: 'nsfs' };
    places.set(kind, { mount, dentry: root });
  }
  PLACES.set(core, places);
  return places;
}

/** /proc/PID/ns: all processes are in the same name spaces. */
export function nameSpaces(source: ProcessSource, number: number, pid: number): DirectoryItem {
  const links = SPACES.map(([name, kind, inode], n): [string, LinkItem] => [
    name,
    {
      kind: 'link',
      number: pid * 0x10000 + 0x700 + n,
      task: pid,
      place: () => placesOf(source).get(kind),
      target: () => `${kind}:[${inode}]`,
    },
  ]);
  return fixed(number, Object.fromEntries(links));
}
