import { EINVAL } from '../../abi/errno.ts';
import { layout } from '../../abi/structs.ts';
import type { Caller, Row } from '../call.ts';
import { FILE_SYSTEMS } from '../proc/proc.ts';

/** struct ustat: blocks of 512 bytes and nodes that are free, and two names that no file system fills. */
const USTAT = layout('ustat', { f_tfree: 4, f_tinode: 4, f_fname: 6, f_fpack: 6 });

/** sysfs(2), the old call: file system types by number and by name. */
const NAME_TO_NUMBER = 1;
const NUMBER_TO_NAME = 2;
const COUNT = 3;

/** A device number as the old calls have it: 8 bits major, 8 bits minor. */
function oldDevice(device: number): number {
  return device & 0xffff;
}

/** ustat(2): what is free in a mounted file system, by device number. */
function ustat(caller: Caller): number {
  const [device, address] = caller.args;
  const { mounts } = caller.services.files.core.namespace;
  const mount = mounts.find(({ fs }) => oldDevice(fs.device) === device >>> 0);
  if (!mount) return -EINVAL;
  const { freePages, freeNodes } = mount.fs.room();
  const bytes = new Uint8Array(USTAT.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(USTAT.at.f_tfree, freePages, true);
  view.setUint32(USTAT.at.f_tinode, freeNodes, true);
  return caller.user.write(address, bytes);
}

function sysfs(caller: Caller): number {
  const [option, argument, address] = caller.args;
  const { user } = caller;
  switch (option) {
    case NAME_TO_NUMBER: {
      const name = user.string(argument);
      if (typeof name === 'number') return name;
      const number = FILE_SYSTEMS.findIndex(([known]) => known === name);
      return number < 0 ? -EINVAL : number;
    }
    case NUMBER_TO_NAME: {
      const known = FILE_SYSTEMS[argument];
      if (!known) return -EINVAL;
      return user.write(
        address,
        Uint8Array.from(`${known[0]}\0`, (character) => character.charCodeAt(0)),
      );
    }
    case COUNT:
      return FILE_SYSTEMS.length;
    default:
      return -EINVAL;
  }
}

/** Old questions about file systems. */
export const fileKindCalls: readonly Row[] = [
  { number: 62, name: 'ustat', run: ustat },
  { number: 135, name: 'sysfs', run: sysfs },
];
