import { SYSFS_MAGIC } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import { type DirectoryItem, fixed, Generated, type Item } from './generated.ts';

/** What /sys holds: paths to texts. */
const TEXTS: Readonly<Record<string, string>> = {
  'devices/system/cpu/possible': '0\n',
  'devices/system/cpu/online': '0\n',
  'devices/system/cpu/present': '0\n',
  'devices/system/cpu/kernel_max': '0\n',
  'kernel/mm/transparent_hugepage/enabled': 'always madvise [never]\n',
};

/** /sys: the few files that C libraries and tools look at (sysfs(5)). */
export function sysFs(core: FilesCore, device: number): Generated {
  let number = 1;
  const build = (prefix: string): DirectoryItem => {
    const own = number++;
    const items: Record<string, Item> = {};
    for (const [path, content] of Object.entries(TEXTS)) {
      if (!path.startsWith(prefix)) continue;
      const [name, ...deeper] = path.slice(prefix.length).split('/');
      if (Object.hasOwn(items, name)) continue;
      items[name] =
        deeper.length > 0 ? build(`${prefix}${name}/`) : { kind: 'text', number: number++, text: () => content };
    }
    return fixed(own, items);
  };
  return new Generated(core.clock, 'sysfs', SYSFS_MAGIC, device, build(''));
}
