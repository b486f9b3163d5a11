import { Dentry, type Mount, type Place } from '../files/namespace.ts';
import type { FileSystem, Inode } from '../files/node.ts';
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

/** Where the links of /proc/PID/ns lead, made when somebody first looks. */
const PLACES = new WeakMap<object, ReadonlyMap<string, Place>>();

function placesOf({ core }: ProcessSource): ReadonlyMap<string, Place> {
  const known = PLACES.get(core);
  if (known) return known;
  const items: Record<string, Item> = {};
  for (const [, kind, number] of SPACES) items[kind] = { kind: 'text', number, text: () => '' };
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
      place: () => placesOf(source).get(kind),
      target: () => `${kind}:[${inode}]`,
    },
  ]);
  return fixed(number, Object.fromEntries(links));
}
