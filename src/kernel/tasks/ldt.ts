import { EFAULT, EINVAL, ENOMEM, ENOSYS } from '../../abi/errno.ts';
import { USER_DESC } from '../../abi/structs.ts';
import type { AddressSpace } from '../memory/space.ts';
import type { Task } from './task.ts';
import { CONTENTS, descriptor, isAbsent, SEG_NOT_PRESENT } from './tls.ts';

const ENTRIES = 8192;
const ENTRY_SIZE = 8;
/** Bytes of the table that the kernel gives to programs without one: empty. */
const DEFAULT_SIZE = 128;
/** Available to software: the old form of the call cannot set it. */
const AVL = 0x100000;

/** modify_ldt(2), function 0: the table's bytes, then zeros; as many as were asked for, 0 where there is no table. */
export function readLdt(task: Task, address: number, wanted: number): number {
  const { ldt } = task.memory;
  if (ldt.length === 0) return 0;
  const count = Math.min(wanted, ENTRIES * ENTRY_SIZE);
  const bytes = new Uint8Array(count);
  const words = new Uint8Array(ldt.buffer);
  bytes.set(words.subarray(0, Math.min(count, words.length)));
  const failed = task.user.write(address, bytes);
  return failed < 0 ? failed : count;
}

/** modify_ldt(2), function 2. */
export function readDefaultLdt(task: Task, address: number, wanted: number): number {
  const count = Math.min(wanted, DEFAULT_SIZE);
  const failed = task.user.write(address, new Uint8Array(count));
  return failed < 0 ? failed : count;
}

/** modify_ldt(2), functions 1 (`old`) and 0x11: one descriptor from a struct user_desc (write_ldt). */
export function writeLdt(task: Task, address: number, size: number, old: boolean): number {
  const { memory, user } = task;
  const { at } = USER_DESC;
  if (size !== USER_DESC.size) return -EINVAL;
  if (user.readable(address, USER_DESC.size) < 0) return -EFAULT;
  const entry = user.load32(address + at.entry_number) >>> 0;
  const base = user.load32(address + at.base_addr);
  const limit = user.load32(address + at.limit);
  const flags = user.load32(address + at.flags);
  if (entry >= ENTRIES) return -EINVAL;
  // Conforming code: only as a descriptor that is not present.
  if ((flags & CONTENTS) === CONTENTS && (old || !(flags & SEG_NOT_PRESENT))) return -EINVAL;
  const clears = (old && base === 0 && limit === 0) || isAbsent(base, limit, flags);
  const [low, high] = clears ? [0, 0] : descriptor(base, limit, flags);
  return set(memory, entry, low, old ? high & ~AVL : high);
}

function set(memory: AddressSpace, entry: number, low: number, high: number): number {
  const { space } = memory;
  if (!space.setDescriptor) return -ENOSYS;
  if (!space.setDescriptor(entry, low, high)) return -ENOMEM;
  if (memory.ldt.length <= entry * 2) {
    const grown = new Int32Array(entry * 2 + 2);
    grown.set(memory.ldt);
    memory.ldt = grown;
  }
  memory.ldt[entry * 2] = low;
  memory.ldt[entry * 2 + 1] = high;
  return 0;
}

/** fork: the child's space gets a copy of the table. False when memory is exhausted. */
export function copyLdt(from: AddressSpace, to: AddressSpace): boolean {
  for (let n = 0; n < from.ldt.length; n += 2) if (set(to, n / 2, from.ldt[n], from.ldt[n + 1]) < 0) return false;
  return true;
}
