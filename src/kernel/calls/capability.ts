import * as C from '../../abi/capabilities.ts';
import { EFAULT, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { CapabilitySet, capable } from '../capabilities.ts';
import { commit } from '../tasks/credential-rules.ts';
import { Identity } from '../tasks/identity.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

/** Elements of capget's data by header version. */
const VERSIONS: Readonly<Record<number, number>> = {
  [C.LINUX_CAPABILITY_VERSION_1]: 1,
  [C.LINUX_CAPABILITY_VERSION_2]: 2,
  [C.LINUX_CAPABILITY_VERSION_3]: 2,
};
/** One element: effective, permitted, inheritable. */
const ELEMENT = 12;

/** How many elements the header's version means; an unknown version is replaced by the preferred one (-EINVAL). */
function elements(task: Task, header: number): number {
  const { user } = task;
  if (user.readable(header, 4) < 0) return -EFAULT;
  const count = VERSIONS[user.load32(header)];
  if (count !== undefined) return count;
  if (user.writable(header, 4) < 0) return -EFAULT;
  user.store32(header, C.LINUX_CAPABILITY_VERSION_3);
  return -EINVAL;
}

function capget(task: Task): number {
  const [header, data] = task.args;
  const { system, user } = task;
  const count = elements(task, header);
  if (count < 0) return data === 0 && count === -EINVAL ? 0 : count;
  if (data === 0) return 0;
  if (user.readable(header + 4, 4) < 0) return -EFAULT;
  const pid = user.load32(header + 4);
  if (pid < 0) return -EINVAL;
  const target = pid === 0 ? task : (system.tasks.get(pid) ?? system.processes.get(pid));
  if (!target) return -ESRCH;
  if (user.writable(data, count * ELEMENT) < 0) return -EFAULT;
  const { effective, permitted, inheritable } = target.identity;
  for (const [n, set] of [effective, permitted, inheritable].entries()) {
    user.store32(data + n * 4, set.lo);
    if (count > 1) user.store32(data + ELEMENT + n * 4, set.hi);
  }
  return 0;
}

function capset(task: Task): number {
  const [header, data] = task.args;
  const { user } = task;
  const count = elements(task, header);
  if (count < 0) return count;
  if (user.readable(header + 4, 4) < 0) return -EFAULT;
  const pid = user.load32(header + 4);
  if (pid !== 0 && pid !== task.tid) return -EPERM;
  if (user.readable(data, count * ELEMENT) < 0) return -EFAULT;
  const [effective, permitted, inheritable] = [0, 1, 2].map(
    (n) => new CapabilitySet(user.load32(data + n * 4), count > 1 ? user.load32(data + ELEMENT + n * 4) : 0),
  );
  const old = task.identity;
  const ownInheritable = old.inheritable.or(old.permitted);
  if (!capable(old, C.CAP_SETPCAP) && !inheritable.isWithin(ownInheritable)) return -EPERM;
  if (!inheritable.isWithin(old.inheritable.or(old.bounding))) return -EPERM;
  if (!permitted.isWithin(old.permitted) || !effective.isWithin(permitted)) return -EPERM;
  const identity = new Identity(old);
  Object.assign(identity, { effective, permitted, inheritable });
  identity.ambient = old.ambient.and(permitted).and(inheritable);
  commit(task, identity);
  return 0;
}

/** prctl(PR_CAPBSET_DROP). */
export function dropBounding(task: Task, number: number): number {
  if (!capable(task.identity, C.CAP_SETPCAP)) return -EPERM;
  if (number >>> 0 > C.CAP_LAST_CAP) return -EINVAL;
  return change(task, (identity) => {
    identity.bounding = identity.bounding.without(CapabilitySet.of(number));
  });
}

/** prctl(PR_SET_SECUREBITS): locked bits stay, locks stay. */
export function setSecurebits(task: Task, bits: number): number {
  const old = task.identity.securebits;
  const locks = old & C.SECURE_ALL_LOCKS;
  const bad = ((locks >> 1) & (old ^ bits)) | (locks & ~bits) | (bits & ~(C.SECURE_ALL_LOCKS | C.SECURE_ALL_BITS));
  if (bad !== 0 || !capable(task.identity, C.CAP_SETPCAP)) return -EPERM;
  return change(task, (identity) => {
    identity.securebits = bits;
  });
}

/** prctl(PR_SET_KEEPCAPS). */
export function setKeep(task: Task, value: number): number {
  if (value >>> 0 > 1) return -EINVAL;
  if (task.identity.securebits & C.SECBIT_KEEP_CAPS_LOCKED) return -EPERM;
  return change(task, (identity) => {
    identity.securebits = (identity.securebits & ~C.SECBIT_KEEP_CAPS) | (value ? C.SECBIT_KEEP_CAPS : 0);
  });
}

/** prctl(PR_CAP_AMBIENT). */
export function ambient(task: Task, operation: number): number {
  const [, , number, more, most] = task.args;
  const own = task.identity;
  if (more | most) return -EINVAL;
  if (operation === C.PR_CAP_AMBIENT_CLEAR_ALL) {
    if (number !== 0) return -EINVAL;
    return change(task, (identity) => {
      identity.ambient = CapabilitySet.none;
    });
  }
  if (number >>> 0 > C.CAP_LAST_CAP) return -EINVAL;
  if (operation === C.PR_CAP_AMBIENT_IS_SET) return own.ambient.has(number) ? 1 : 0;
  if (operation === C.PR_CAP_AMBIENT_LOWER)
    return change(task, (identity) => {
      identity.ambient = own.ambient.without(CapabilitySet.of(number));
    });
  if (operation !== C.PR_CAP_AMBIENT_RAISE) return -EINVAL;
  const may = own.permitted.has(number) && own.inheritable.has(number);
  if (!may || own.securebits & C.SECBIT_NO_CAP_AMBIENT_RAISE) return -EPERM;
  return change(task, (identity) => {
    identity.ambient = own.ambient.with(number);
  });
}

function change(task: Task, alter: (identity: Identity) => void): number {
  const identity = new Identity(task.identity);
  alter(identity);
  commit(task, identity);
  return 0;
}

/** Calls about capabilities (capabilities(7)). */
export const capabilityCalls: readonly Row[] = [row(184, 'capget', capget), row(185, 'capset', capset)];
