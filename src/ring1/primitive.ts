/** ring1(op, ...): a program's own kernel in ring 1, its pages for that ring alone, and a gate that leads there. */
import { EEXIST, EINVAL, EOPNOTSUPP, EPERM } from '../abi/errno.ts';
import * as r from '../abi/ring1.ts';
import { row } from '../kernel/calls/caller.ts';
import { type AddressSpace, PAGE_TABLES } from '../kernel/memory/space.ts';
import type { Primitive } from '../kernel/primitive.ts';
import { enterRing, isOuter } from '../kernel/tasks/rings.ts';
import type { Task } from '../kernel/tasks/task.ts';

const PAGE = 4096;
/** What one entry of a page directory covers: the pages of ring 1 are as many of these. */
const REGION = 1 << 22;

const OPERATIONS: Readonly<Record<number, (caller: Task, a: number, b: number) => number>> = {
  [r.RING1_ENTER]: enter,
  [r.RING1_TABLES]: showTables,
  [r.RING1_GATE]: setGate,
};

/** -EOPNOTSUPP where this kernel has no ring between its own and its applications'. */
function ring1(caller: Task): number {
  if (!caller.system.platform.rings) return -EOPNOTSUPP;
  return OPERATIONS[caller.args[0]]?.(caller, caller.args[1] >>> 0, caller.args[2] >>> 0) ?? -EINVAL;
}

/** ENTER: -EPERM where ring 3 asks for what ring 1 has already. */
function enter(caller: Task, from: number, to: number): number {
  const { memory, context } = caller;
  const { top } = caller.system.platform;
  if (from % REGION || to % REGION || from >= to || to > top) return -EINVAL;
  if (memory.inner[0] !== memory.inner[1] && isOuter(context.regs)) return -EPERM;
  for (const space of spacesOf(caller)) space.seclude(from / PAGE, to / PAGE);
  enterRing(caller, 1);
  // Where segments end below the host kernel in both rings, nothing changes between them.
  context.limit = Math.min(context.limit ?? Number.POSITIVE_INFINITY, top - 1);
  return 0;
}

/** TABLES: -EEXIST where something is mapped there. */
function showTables(caller: Task, at: number): number {
  const { memory, context } = caller;
  if (isOuter(context.regs)) return -EPERM;
  const start = at / PAGE;
  const end = start + REGION / PAGE;
  if (at % REGION || start < memory.inner[0] || end > memory.inner[1]) return -EINVAL;
  const spaces = spacesOf(caller);
  if (spaces.some((space) => !space.areas.free(start, end))) return -EEXIST;
  for (const space of spaces)
    space.place({
      start,
      end,
      rights: 0,
      shared: true,
      growsDown: false,
      backing: null,
      offset: 0,
      mayWrite: false,
      label: PAGE_TABLES,
      locked: false,
      fork: 'copy',
    });
  return 0;
}

/** GATE: for this thread and what it clones. */
function setGate({ context, system }: Task, entry: number, stack: number): number {
  if (isOuter(context.regs)) return -EPERM;
  const { top } = system.platform;
  if (entry >= top || stack > top || stack % 4) return -EINVAL;
  context.gate = entry === 0 ? undefined : { entry, stack };
  return 0;
}

function spacesOf({ process, memory }: Task): AddressSpace[] {
  return process.tables ? [...process.tables.spaces()] : [memory];
}

export const ring1Primitive: Primitive = {
  name: 'ring1',
  calls: [row(r.RING1, 'ring1', ring1, 'a call of nestlab: part of a program in ring 1; on the host alone')],
};
