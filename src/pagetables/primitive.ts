/** pagetables(op, ...): a process makes page tables, maps into them, and changes from one to another by one call. */
import { EFAULT, EINVAL } from '../abi/errno.ts';
import * as p from '../abi/pagetables.ts';
import { syscallNamed } from '../abi/syscalls.ts';
import { row } from '../kernel/calls/caller.ts';
import type { AddressSpace } from '../kernel/memory/space.ts';
import type { Kernel } from '../kernel/platform.ts';
import type { Primitive } from '../kernel/primitive.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { Tables, tablesOf } from './tables.ts';

const PAGE = 4096;
/** Calls about memory that can be made in another table; what they read of the caller they read in his own. */
const CALLS: ReadonlySet<number> = new Set(
  ['mmap2', 'munmap', 'mprotect', 'madvise', 'mremap', 'mlock', 'munlock', 'modify_ldt'].map(
    (name) => syscallNamed(name)!.number,
  ),
);

const OPERATIONS: Readonly<Record<number, (caller: Task) => number | Kernel<number>>> = {
  [p.PAGETABLES_CREATE]: create,
  [p.PAGETABLES_CALL]: call,
  [p.PAGETABLES_SWITCH]: (caller) => (existing(caller)?.select(caller, caller.args[1]) ? 0 : -EINVAL),
  [p.PAGETABLES_DROP]: (caller) => existing(caller)?.remove(caller.args[1]) ?? -EINVAL,
};

function pagetables(caller: Task): number | Kernel<number> {
  return OPERATIONS[caller.args[0]]?.(caller) ?? -EINVAL;
}

function existing({ process }: Task): Tables | undefined {
  return process.tables instanceof Tables ? process.tables : undefined;
}

/** CREATE: both addresses are multiples of 4096, within what a program may map. */
function create(caller: Task): number {
  const from = caller.args[1] >>> 0;
  const to = caller.args[2] >>> 0;
  if (from % PAGE || to % PAGE || to < from || to > caller.system.platform.top) return -EINVAL;
  return tablesOf(caller).create(caller, from / PAGE, to / PAGE);
}

/** CALL: what the call returns; -EINVAL where it is none about memory, or there is no such table. */
function call(caller: Task): number | Kernel<number> {
  const { user, args, system } = caller;
  const space = existing(caller)?.get(args[1]);
  const at = args[2];
  if (user.readable(at, p.PAGETABLES_CALL_WORDS * 4) < 0) return -EFAULT;
  const number = user.load32(at);
  const run = CALLS.has(number) ? system.calls[number]?.run : undefined;
  if (!space || !run) return -EINVAL;
  const words = Int32Array.from({ length: 6 }, (_, n) => user.load32(at + 4 + n * 4));
  return within(caller, space, words, run);
}

/** Runs a handler as if the caller ran in another space. */
function within(
  caller: Task,
  space: AddressSpace,
  words: Int32Array,
  run: (caller: Task) => number | Kernel<number>,
): number | Kernel<number> {
  const { memory, args } = caller;
  const own = args.slice();
  caller.memory = space;
  args.set(words);
  const result = run(caller);
  if (typeof result !== 'number') return waiting(caller, memory, own, result);
  caller.memory = memory;
  args.set(own);
  return result;
}

/** The same for a handler that waits; the caller is back in his own space however it ends. */
function* waiting(caller: Task, memory: AddressSpace, own: Int32Array, call: Kernel<number>): Kernel<number> {
  try {
    return yield* call;
  } finally {
    caller.memory = memory;
    caller.args.set(own);
  }
}

export const pagetablesPrimitive: Primitive = {
  name: 'pagetables',
  calls: [row(p.PAGETABLES, 'pagetables', pagetables, 'a call of nestlab: several page tables of one process')],
};
