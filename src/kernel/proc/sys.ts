import { SYSFS_MAGIC } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import { PAGE } from '../memory/frames.ts';
import { type DirectoryItem, fixed, Generated, type Item } from './generated.ts';

/** Folders that are there but empty: a machine without disks, buses and modules. */
const EMPTY = [
  'block',
  'bus',
  'class/block',
  'class/mem',
  'class/misc',
  'dev/block',
  'dev/char',
  'devices/virtual',
  'firmware',
  'fs',
  'hypervisor',
  'kernel/debug',
  'module',
] as const;

/** What /sys holds: paths to texts. */
const TEXTS: Readonly<Record<string, (core: FilesCore) => string>> = {
  'class/net/lo/address': () => '00:00:00:00:00:00',
  'class/net/lo/flags': () => '0x9',
  'class/net/lo/ifindex': () => '1',
  'class/net/lo/mtu': () => '65536',
  'class/net/lo/operstate': () => 'unknown',
  'class/net/lo/type': () => '772',
  'class/tty/console/active': () => 'tty0',
  'devices/system/clocksource/clocksource0/available_clocksource': () => 'tsc ',
  'devices/system/clocksource/clocksource0/current_clocksource': () => 'tsc',
  'devices/system/cpu/possible': () => '0',
  'devices/system/cpu/online': () => '0',
  'devices/system/cpu/offline': () => '',
  'devices/system/cpu/isolated': () => '',
  'devices/system/cpu/present': () => '0',
  'devices/system/cpu/kernel_max': () => '0',
  'devices/system/cpu/cpu0/topology/core_id': () => '0',
  'devices/system/cpu/cpu0/topology/core_cpus': () => '1',
  'devices/system/cpu/cpu0/topology/core_cpus_list': () => '0',
  'devices/system/cpu/cpu0/topology/core_siblings': () => '1',
  'devices/system/cpu/cpu0/topology/core_siblings_list': () => '0',
  'devices/system/cpu/cpu0/topology/die_id': () => '0',
  'devices/system/cpu/cpu0/topology/package_cpus': () => '1',
  'devices/system/cpu/cpu0/topology/package_cpus_list': () => '0',
  'devices/system/cpu/cpu0/topology/physical_package_id': () => '0',
  'devices/system/cpu/cpu0/topology/thread_siblings': () => '1',
  'devices/system/cpu/cpu0/topology/thread_siblings_list': () => '0',
  'devices/system/node/online': () => '0',
  'devices/system/node/possible': () => '0',
  'devices/system/node/has_cpu': () => '0',
  'devices/system/node/has_memory': () => '0',
  'devices/system/node/node0/cpulist': () => '0',
  'devices/system/node/node0/cpumap': () => '1',
  'devices/system/node/node0/distance': () => '10',
  'devices/system/node/node0/meminfo': ({ frames }) =>
    [
      `Node 0 MemTotal:       ${(frames.total * PAGE) / 1024} kB`,
      `Node 0 MemFree:        ${(frames.free * PAGE) / 1024} kB`,
    ].join('\n'),
  'kernel/mm/transparent_hugepage/enabled': () => 'always madvise [never]',
  'kernel/mm/transparent_hugepage/defrag': () => 'always defer defer+madvise madvise [never]',
  'kernel/uevent_seqnum': () => '0',
  'kernel/profiling': () => '0',
  'power/state': () => '',
};

/** A folder while the tree is put together. */
type Folder = Map<string, Folder | ((core: FilesCore) => string)>;

function folderAt(root: Folder, names: readonly string[]): Folder {
  let at = root;
  for (const name of names) {
    const next = (at.get(name) ?? new Map()) as Folder;
    at.set(name, next);
    at = next;
  }
  return at;
}

/** /sys: what C libraries and tools look at (sysfs(5)). */
export function sysFs(core: FilesCore, device: number): Generated {
  const tree: Folder = new Map();
  for (const path of EMPTY) folderAt(tree, path.split('/'));
  for (const [path, text] of Object.entries(TEXTS)) {
    const names = path.split('/');
    folderAt(tree, names.slice(0, -1)).set(names[names.length - 1], text);
  }
  let number = 1;
  const build = (folder: Folder): DirectoryItem => {
    const own = number++;
    const items: Record<string, Item> = {};
    for (const [name, inside] of folder)
      items[name] =
        inside instanceof Map ? build(inside) : { kind: 'text', number: number++, text: () => `${inside(core)}\n` };
    return fixed(own, items);
  };
  return new Generated(core.clock, 'sysfs', SYSFS_MAGIC, device, build(tree));
}
