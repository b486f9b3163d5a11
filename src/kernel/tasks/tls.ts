import { EFAULT, EINVAL, ESRCH } from '../../abi/errno.ts';
import { USER_DESC } from '../../abi/structs.ts';
import type { User } from '../call.ts';
import type { Task } from './task.ts';

/** GDT entries 6, 7 and 8 belong to the thread. */
const FIRST = 6;
const COUNT = 3;

// user_desc.flags, bit positions (asm/ldt.h).
const SEG_32BIT = 0x01;
export const CONTENTS = 0x06;
const READ_EXEC_ONLY = 0x08;
const LIMIT_IN_PAGES = 0x10;
export const SEG_NOT_PRESENT = 0x20;
const USEABLE = 0x40;
const KNOWN = 0x7f;

/**
 * set_thread_area(2), CLONE_SETTLS: fills one TLS entry of `task` from the struct user_desc at `address`; entry_number
 * -1 takes a free one and is written back, where the caller may leave the choice; an `index` other than -1 stands for
 * entry_number. 0, -EFAULT, -EINVAL, -ESRCH.
 */
export function setThreadArea(task: Task, address: number, user: User, mayChoose = true, index = -1): number {
  if (user.readable(address, USER_DESC.size) < 0) return -EFAULT;
  const { at } = USER_DESC;
  let entry = index === -1 ? user.load32(address + at.entry_number) : index;
  const base = user.load32(address + at.base_addr);
  const limit = user.load32(address + at.limit);
  const flags = user.load32(address + at.flags);
  const empty = isEmpty(base, limit, flags);
  if (!empty && !(flags & SEG_32BIT)) return -EINVAL;
  // Conforming code and 16-bit segments are refused (tls_desc_okay).
  if (!empty && (flags & CONTENTS) >> 1 > 1) return -EINVAL;
  if (!empty && flags & SEG_NOT_PRESENT) return -EINVAL;
  const { tls } = task.context;
  if (entry === -1 && mayChoose) {
    if (user.writable(address, 4) < 0) return -EFAULT;
    entry = FIRST;
    while (entry < FIRST + COUNT && (tls[(entry - FIRST) * 2] | tls[(entry - FIRST) * 2 + 1]) !== 0) entry++;
    if (entry === FIRST + COUNT) return -ESRCH;
    user.store32(address + at.entry_number, entry);
  }
  if (entry < FIRST || entry >= FIRST + COUNT) return -EINVAL;
  const [low, high] = empty ? [0, 0] : descriptor(base, limit, flags);
  tls[(entry - FIRST) * 2] = low;
  tls[(entry - FIRST) * 2 + 1] = high;
  return 0;
}

/** get_thread_area(2), `index` as above: 0, -EFAULT, -EINVAL. */
export function getThreadArea(task: Task, address: number, user: User, index = -1): number {
  if (user.readable(address, 4) < 0) return -EFAULT;
  const { at } = USER_DESC;
  const entry = index === -1 ? user.load32(address + at.entry_number) : index;
  if (entry < FIRST || entry >= FIRST + COUNT) return -EINVAL;
  if (user.writable(address, USER_DESC.size) < 0) return -EFAULT;
  const { tls } = task.context;
  const { base, limit, flags } = describe(tls[(entry - FIRST) * 2], tls[(entry - FIRST) * 2 + 1]);
  user.store32(address + at.base_addr, base);
  user.store32(address + at.limit, limit);
  user.store32(address + at.flags, flags);
  return 0;
}

/** The fields of struct user_desc for a descriptor's two words. */
export function describe(
  low: number,
  high: number,
): { readonly base: number; readonly limit: number; readonly flags: number } {
  const type = (high >>> 8) & 0xf;
  return {
    base: (low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000),
    limit: (low & 0xffff) | (high & 0xf0000),
    flags:
      (high & 0x400000 ? SEG_32BIT : 0) |
      ((type >> 2) << 1) |
      (type & 2 ? 0 : READ_EXEC_ONLY) |
      (high & 0x800000 ? LIMIT_IN_PAGES : 0) |
      (high & 0x8000 ? 0 : SEG_NOT_PRESENT) |
      (high & 0x100000 ? USEABLE : 0),
  };
}

/** LDT_empty or LDT_zero: the entry is to be cleared. */
function isEmpty(base: number, limit: number, flags: number): boolean {
  return isAbsent(base, limit, flags) || (base === 0 && limit === 0 && (flags & KNOWN) === 0);
}

/** LDT_empty: a user_desc that describes no segment. */
export function isAbsent(base: number, limit: number, flags: number): boolean {
  return base === 0 && limit === 0 && (flags & KNOWN) === (READ_EXEC_ONLY | SEG_NOT_PRESENT);
}

/**
 * The processor's descriptor, two words (SDM 3A, 3.4.5; fill_ldt):
 *
 *   low   base 15..0, limit 15..0
 *   high  base 31..24, G, D/B, 0, AVL, limit 19..16, P, DPL = 3, S = 1, type, base 23..16
 */
export function descriptor(base: number, limit: number, flags: number): [number, number] {
  const writable = flags & READ_EXEC_ONLY ? 0 : 2;
  const type = 1 | writable | ((flags & CONTENTS) << 1);
  const low = (base << 16) | (limit & 0xffff);
  const high =
    ((base >>> 16) & 0xff) |
    (type << 8) |
    0x7000 |
    (flags & SEG_NOT_PRESENT ? 0 : 0x8000) |
    (limit & 0xf0000) |
    (flags & USEABLE ? 0x100000 : 0) |
    (flags & SEG_32BIT ? 0x400000 : 0) |
    (flags & LIMIT_IN_PAGES ? 0x800000 : 0) |
    (base & 0xff000000);
  return [low, high];
}
