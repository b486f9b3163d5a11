import { E2BIG, EFAULT, ENAMETOOLONG } from '../../abi/errno.ts';
import { RLIMIT_STACK } from '../../abi/flags.ts';
import type { User } from '../call.ts';
import type { Limits } from '../memory/limits.ts';

/** Longest single argument with its zero (MAX_ARG_STRLEN). */
const STRING_MAX = 131072;
/** Argument and environment strings and their pointers: at least this much, at most the next, else a quarter of the stack. */
const TOTAL_LEAST = 131072;
const TOTAL_MOST = 6 << 20;
const POINTER = 4;
/** Most pointers in one vector (MAX_ARG_STRINGS is larger than any address space). */
const POINTERS_MAX = TOTAL_MOST / POINTER;

/** Bytes that argv and envp may fill together (bprm_stack_limits). */
export function stringSpace(limits: Limits): number {
  return Math.max(TOTAL_LEAST, Math.min(TOTAL_MOST, limits.soft[RLIMIT_STACK] / 4));
}

/** Reads a zero-terminated vector of strings; a null vector is empty. -EFAULT, -E2BIG. */
export function readStrings(user: User, vector: number, space: number): string[] | number {
  const strings: string[] = [];
  if (vector >>> 0 === 0) return strings;
  let total = 0;
  for (let n = 0; n < POINTERS_MAX; n++) {
    const slot = (vector >>> 0) + n * POINTER;
    if (user.readable(slot, POINTER) < 0) return -EFAULT;
    const address = user.load32(slot);
    if (address === 0) return strings;
    const string = user.string(address, STRING_MAX);
    if (typeof string === 'number') return string === -ENAMETOOLONG ? -E2BIG : string;
    total += string.length + 1 + POINTER;
    if (total > space) return -E2BIG;
    strings.push(string);
  }
  return -E2BIG;
}

/** Whether these strings, with the file's name, fit. */
export function stringsFit(strings: readonly string[], space: number): boolean {
  let total = 0;
  for (const string of strings) {
    if (string.length >= STRING_MAX) return false;
    total += string.length + 1 + POINTER;
  }
  return total <= space;
}
