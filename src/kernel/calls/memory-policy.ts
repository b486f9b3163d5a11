import { CAP_SYS_NICE } from '../../abi/capabilities.ts';
import { EFAULT, EINVAL, ENODEV, ENOENT, ENOSYS, EPERM, ESRCH } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { PAGE } from '../memory/frames.ts';
import { protectPages } from '../memory/map.ts';
import type { MemoryPolicy, Task } from '../tasks/task.ts';
import { row } from './caller.ts';

// set_mempolicy(2)
const MPOL_DEFAULT = 0;
const MPOL_PREFERRED = 1;
const MPOL_LOCAL = 4;
const MPOL_MAX = 7;
const MPOL_BIND = 2;
const MPOL_F_STATIC_NODES = 1 << 15;
const MPOL_F_RELATIVE_NODES = 1 << 14;
const MPOL_F_NUMA_BALANCING = 1 << 13;
const MODE_FLAGS = MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING;
const MPOL_F_NODE = 1;
const MPOL_F_ADDR = 2;
const MPOL_F_MEMS_ALLOWED = 4;
const MPOL_INTERLEAVE = 3;
/** Flags of mbind(2): STRICT, MOVE, MOVE_ALL. */
const MBIND_FLAGS = 7;
const MOVE_ALL = 4;
/** Bits that a mask may have (a page full). */
const MASK_MAX = PAGE * 8;

const DEFAULT: MemoryPolicy = { mode: MPOL_DEFAULT, named: false };

/** Nodes of a mask: whether it names node 0, and whether it names any; -EINVAL, -EFAULT. */
function nodesAt(
  task: Task,
  address: number,
  most: number,
): { readonly zero: boolean; readonly any: boolean } | number {
  const bits = (most >>> 0) - 1;
  if (bits <= 0 || address === 0) return { zero: false, any: false };
  if (bits > MASK_MAX) return -EINVAL;
  const bytes = task.user.bytes(address, Math.ceil(bits / 32) * 4);
  if (typeof bytes === 'number') return -EFAULT;
  const any = bytes.some(
    (byte, at) => (at * 8 + 8 <= bits ? byte : byte & ((1 << Math.max(0, bits - at * 8)) - 1)) !== 0,
  );
  return { zero: (bytes[0] & 1) !== 0, any };
}

/** The policy that set_mempolicy and mbind ask for; -EINVAL, -EFAULT. */
function policyFrom(task: Task, given: number, maskAt: number, most: number): MemoryPolicy | number {
  const flags = given & MODE_FLAGS;
  let mode = given & ~MODE_FLAGS;
  if (mode >>> 0 >= MPOL_MAX) return -EINVAL;
  if (flags & MPOL_F_STATIC_NODES && flags & MPOL_F_RELATIVE_NODES) return -EINVAL;
  if (flags & MPOL_F_NUMA_BALANCING && mode !== MPOL_BIND) return -EINVAL;
  const nodes = nodesAt(task, maskAt, most);
  if (typeof nodes === 'number') return nodes;
  if (mode === MPOL_DEFAULT) return nodes.any ? -EINVAL : DEFAULT;
  if (mode === MPOL_LOCAL) return nodes.any || flags ? -EINVAL : { mode, named: false };
  if (!nodes.any) {
    if (mode !== MPOL_PREFERRED || flags) return -EINVAL;
    mode = MPOL_LOCAL;
    return { mode, named: false };
  }
  return nodes.zero ? { mode: mode | flags, named: true } : -EINVAL;
}

function setPolicy(task: Task): number {
  const [mode, maskAt, most] = task.args;
  const policy = policyFrom(task, mode, maskAt, most);
  if (typeof policy === 'number') return policy;
  task.memoryPolicy = policy;
  return 0;
}

function getPolicy(task: Task): number {
  const [modeAt, maskAt, most, address, flags] = task.args;
  if (maskAt !== 0 && most >>> 0 < 1) return -EINVAL;
  if (flags & ~(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED)) return -EINVAL;
  if (flags & MPOL_F_MEMS_ALLOWED) {
    if (flags & (MPOL_F_NODE | MPOL_F_ADDR)) return -EINVAL;
    return answer(task, modeAt, 0, maskAt, most, true);
  }
  const own = task.memoryPolicy ?? DEFAULT;
  if (flags & MPOL_F_ADDR) {
    if (!task.memory.areas.find(address >>> 12)) return -EFAULT;
    return answer(task, modeAt, flags & MPOL_F_NODE ? 0 : own.mode, maskAt, most, own.named);
  }
  if (address !== 0) return -EINVAL;
  if (flags & MPOL_F_NODE && (own.mode & ~MODE_FLAGS) !== MPOL_INTERLEAVE) return -EINVAL;
  return answer(task, modeAt, flags & MPOL_F_NODE ? 0 : own.mode, maskAt, most, own.named);
}

function answer(task: Task, modeAt: number, mode: number, maskAt: number, most: number, named: boolean): number {
  const { user } = task;
  const length = (Math.ceil(((most >>> 0) - 1) / 64) * 64) / 8;
  if (maskAt !== 0 && length > PAGE) return -EINVAL;
  if (modeAt !== 0) {
    if (user.writable(modeAt, 4) < 0) return -EFAULT;
    user.store32(modeAt, mode);
  }
  if (maskAt === 0 || length === 0) return 0;
  const mask = new Uint8Array(length);
  mask[0] = named ? 1 : 0;
  return user.write(maskAt, mask);
}

/** mbind(2): the policy is checked and forgotten, for there is nothing to choose. */
function bind(task: Task): number {
  const [address, length, mode, maskAt, most, flags] = task.args;
  if (flags & ~MBIND_FLAGS) return -EINVAL;
  if (flags & MOVE_ALL && !capable(task.identity, CAP_SYS_NICE)) return -EPERM;
  if (address & (PAGE - 1)) return -EINVAL;
  const start = address >>> 12;
  const end = start + Math.ceil((length >>> 0) / PAGE);
  if (end > 0x100000) return -EINVAL;
  if (start === end && (mode & ~MODE_FLAGS) >>> 0 < MPOL_MAX) return 0;
  const policy = policyFrom(task, mode, maskAt, most);
  if (typeof policy === 'number') return policy;
  return task.memory.areas.covered(start, end) ? 0 : -EFAULT;
}

/** migrate_pages(2): everything is where it can be. */
function migrate(task: Task): number {
  const pid = task.args[0];
  const target = pid === 0 ? task.process : task.system.processes.get(pid);
  if (!target) return -ESRCH;
  const nodes = nodesAt(task, task.args[3], task.args[1]);
  if (typeof nodes === 'number') return nodes;
  return nodes.zero ? 0 : -EINVAL;
}

/** move_pages(2): where each page is, or that it is there already. */
function movePages(task: Task): number {
  const [pid, count, pagesAt, nodesAddress, statusAt, flags] = task.args;
  const { user } = task;
  if (flags & ~(2 | MOVE_ALL)) return -EINVAL;
  if (flags & MOVE_ALL && !capable(task.identity, CAP_SYS_NICE)) return -EPERM;
  const target = pid === 0 ? task.process : task.system.processes.get(pid);
  if (!target?.leader) return -ESRCH;
  const { pages } = target.leader.memory;
  const total = count >>> 0;
  if (total > MASK_MAX) return -EINVAL;
  if (user.readable(pagesAt, total * 4) < 0 || user.writable(statusAt, total * 4) < 0) return -EFAULT;
  if (nodesAddress !== 0 && user.readable(nodesAddress, total * 4) < 0) return -EFAULT;
  for (let n = 0; n < total; n++) {
    if (nodesAddress !== 0 && user.load32(nodesAddress + n * 4) !== 0) return -ENODEV;
    const page = user.load32(pagesAt + n * 4) >>> 12;
    const there = page < target.leader.memory.pool.topPage;
    const status = !there || !target.leader.memory.areas.find(page) ? -EFAULT : pages.get(page) === 0 ? -ENOENT : 0;
    user.store32(statusAt + n * 4, status);
  }
  return 0;
}

function pkeyProtect(task: Task): number {
  const [address, length, protection, key] = task.args;
  return key === -1 ? protectPages(task.memory, address, length, protection) : -EINVAL;
}

const note = 'one node: policies are checked, areas forget theirs';

/** Nodes of memory, of which there is one; keys of memory, of which there are none. */
export const memoryPolicyCalls: readonly Row[] = [
  row(274, 'mbind', bind, note),
  row(275, 'get_mempolicy', getPolicy, note),
  row(276, 'set_mempolicy', setPolicy, note),
  row(294, 'migrate_pages', migrate, note),
  row(317, 'move_pages', movePages, note),
  row(374, 'userfaultfd', () => -ENOSYS, 'no page faults for programs to handle (CONFIG_USERFAULTFD)'),
  row(380, 'pkey_mprotect', pkeyProtect, 'the processor has no keys: only key -1'),
  row(381, 'pkey_alloc', () => -EINVAL, 'EINVAL: the processor has no protection keys'),
  row(382, 'pkey_free', () => -EINVAL, 'EINVAL: the processor has no protection keys'),
];
