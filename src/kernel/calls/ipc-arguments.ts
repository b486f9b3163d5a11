import { EFAULT } from '../../abi/errno.ts';
import { IPC_64 } from '../../abi/ipc.ts';
import type { Layout } from '../../abi/structs.ts';
import type { IpcObject } from '../ipc/object.ts';
import { pack, unpack } from '../ipc/pack.ts';
import type { Task } from '../tasks/task.ts';

/** A command of semctl, shmctl, msgctl and whether its structures are the old, narrow ones. */
export interface Command {
  readonly number: number;
  readonly old: boolean;
}

/** The command as the direct calls take it: always with the wide structures. */
export function directCommand(number: number): Command {
  return { number, old: false };
}

/** The command as ipc(117) takes it: with or without IPC_64. */
export function multiplexedCommand(number: number): Command {
  return { number: number & ~IPC_64, old: (number & IPC_64) === 0 };
}

/** Writes a structure; 0 or -EFAULT. */
export function store(task: Task, address: number, layout: Layout, values: Readonly<Record<string, number>>): number {
  return task.user.write(address, pack(layout, values));
}

/** Reads a structure; -EFAULT. */
export function fetch(task: Task, address: number, layout: Layout): Readonly<Record<string, number>> | number {
  const bytes = task.user.bytes(address, layout.size);
  return typeof bytes === 'number' ? -EFAULT : unpack(layout, bytes);
}

/** Seconds as structures with a low and a high word carry them. */
export function seconds(name: string, value: number): Record<string, number> {
  return { [name]: value, [`${name}_high`]: Math.floor(value / 0x1_0000_0000) };
}

/**
 * The identifier as *_STAT wants it (a slot) or IPC_STAT (an identifier), and whether the caller may read; the object
 * or -errno. `anyone`: *_STAT_ANY asks for no permission.
 */
export function toStat<T extends IpcObject>(
  task: Task,
  table: { find(id: number): T | number; inSlot(index: number): T | number },
  id: number,
  bySlot: boolean,
  anyone: boolean,
): T | number {
  const object = bySlot ? table.inSlot(id) : table.find(id);
  if (typeof object === 'number') return object;
  const denied = anyone ? 0 : object.permits(task.identity, 0o444);
  return denied < 0 ? denied : object;
}

/** The object that IPC_SET or IPC_RMID is to change, when the caller may; -EINVAL, -EPERM. */
export function toChange<T extends IpcObject>(
  task: Task,
  table: { find(id: number): T | number },
  id: number,
): T | number {
  const object = table.find(id);
  if (typeof object === 'number') return object;
  const denied = object.controls(task.identity);
  return denied < 0 ? denied : object;
}
