/** Reads struct ktrace_load: the text of a script and what its owner lets it use by name. */
import { EFAULT, EINVAL } from '../abi/errno.ts';
import {
  KTRACE_ENTRY,
  KTRACE_FRAME,
  KTRACE_FRAME_SIZE,
  KTRACE_NAME_AT,
  KTRACE_NAME_LENGTH,
  KTRACE_NAME_SIZE,
  KTRACE_WORD,
} from '../abi/ktrace.ts';
import type { Task } from '../kernel/tasks/task.ts';
import type { Area, Named } from './names.ts';
import type { NameKind } from './types.ts';

const PAGE = 4096;
const WORD_SIZE = 4;
const KINDS: Readonly<Record<number, NameKind>> = {
  [KTRACE_FRAME]: 'frame',
  [KTRACE_ENTRY]: 'entry',
  [KTRACE_WORD]: 'word',
};

/** The names of a registration, and the frames of memory that they lie in (each as often as it is named). */
export interface Registered {
  readonly names: Map<string, Named>;
  readonly frames: number[];
}

/** The names at an address of the caller's memory; -EFAULT, -EINVAL. Nothing is held yet. */
export function readNames(caller: Task, address: number, count: number): Registered | number {
  const { user } = caller;
  if (count > 0 && user.readable(address, count * KTRACE_NAME_SIZE) < 0) return -EFAULT;
  const registered: Registered = { names: new Map(), frames: [] };
  for (let n = 0; n < count; n++) {
    const failed = readName(caller, address + n * KTRACE_NAME_SIZE, registered);
    if (failed < 0) return failed;
  }
  return registered;
}

function readName(caller: Task, at: number, { names, frames }: Registered): number {
  const { user } = caller;
  const name = user.string(at + KTRACE_NAME_AT.name, KTRACE_NAME_LENGTH);
  if (typeof name === 'number') return name === -EFAULT ? name : -EINVAL;
  const kind = KINDS[user.load32(at + KTRACE_NAME_AT.kind)];
  const address = user.load32(at + KTRACE_NAME_AT.address);
  const registers = user.load32(at + KTRACE_NAME_AT.registers);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || names.has(name) || !kind) return -EINVAL;
  const place = kind === 'entry' ? registers : address;
  const size = kind === 'word' ? WORD_SIZE : KTRACE_FRAME_SIZE;
  let area: Area | undefined;
  if (place !== 0 || kind !== 'entry') {
    const physical = locate(caller, place, size);
    if (physical < 0) return physical;
    area = { physical };
    frames.push(Math.floor(physical / PAGE));
  }
  names.set(name, { kind, address, area });
  return 0;
}

/**
 * Where an area lies in physical memory: -EINVAL unless it lies in one page, aligned, of memory that is mapped shared
 * (of private memory the frame changes at the next copy-on-write); -EFAULT unless it can be written.
 */
function locate(caller: Task, address: number, size: number): number {
  if (address & 3 || (address & (PAGE - 1)) > PAGE - size) return -EINVAL;
  const ranges = caller.user.ranges(address, size, true);
  if (typeof ranges === 'number') return ranges;
  return caller.memory.areas.find(address >>> 12)?.shared ? ranges[0] : -EINVAL;
}
