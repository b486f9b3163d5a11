import { EFAULT, EINVAL, EPERM } from '../../abi/errno.ts';
import {
  PR_CAP_AMBIENT,
  PR_CAPBSET_DROP,
  PR_CAPBSET_READ,
  PR_GET_CHILD_SUBREAPER,
  PR_GET_DUMPABLE,
  PR_GET_KEEPCAPS,
  PR_GET_NAME,
  PR_GET_NO_NEW_PRIVS,
  PR_GET_PDEATHSIG,
  PR_GET_SECCOMP,
  PR_GET_SECUREBITS,
  PR_GET_TID_ADDRESS,
  PR_GET_TIMERSLACK,
  PR_GET_TIMING,
  PR_GET_TSC,
  PR_SET_CHILD_SUBREAPER,
  PR_SET_DUMPABLE,
  PR_SET_KEEPCAPS,
  PR_SET_NAME,
  PR_SET_NO_NEW_PRIVS,
  PR_SET_PDEATHSIG,
  PR_SET_TIMERSLACK,
  PR_SET_TIMING,
  PR_SET_TSC,
  PR_SET_VMA,
} from '../../abi/flags.ts';
import { NSIG } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const NAME_SIZE = 16;
const LAST_CAPABILITY = 40;
const TSC_ENABLE = 1;
const TIMER_SLACK = 50000;

/** Writes one word and returns 0; -EFAULT. */
function put(task: Task, address: number, value: number): number {
  if (task.user.writable(address, 4) < 0) return -EFAULT;
  task.user.store32(address, value);
  return 0;
}

function setName(task: Task, address: number): number {
  const name = task.user.string(address, NAME_SIZE - 1);
  if (typeof name === 'string') task.name = name;
  else {
    const bytes = task.user.bytes(address, NAME_SIZE - 1);
    if (typeof bytes === 'number') return bytes;
    task.name = String.fromCharCode(...bytes);
  }
  return 0;
}

function getName(task: Task, address: number): number {
  const bytes = new Uint8Array(NAME_SIZE);
  for (let n = 0; n < task.name.length; n++) bytes[n] = task.name.charCodeAt(n);
  return task.user.write(address, bytes);
}

function setDeathSignal(task: Task, signal: number): number {
  if (signal < 0 || signal > NSIG) return -EINVAL;
  task.process.parentDeathSignal = signal;
  return 0;
}

function setDumpable(task: Task, value: number): number {
  if (value !== 0 && value !== 1) return -EINVAL;
  task.process.dumpable = value;
  return 0;
}

function setNoNewPrivileges(task: Task, value: number): number {
  if (value !== 1 || task.args[2] || task.args[3] || task.args[4]) return -EINVAL;
  task.identity.noNewPrivileges = true;
  return 0;
}

function setSubreaper(task: Task, value: number): number {
  task.process.subreaper = value !== 0;
  return 0;
}

function setKeep(task: Task, value: number): number {
  if (value !== 0 && value !== 1) return -EINVAL;
  task.identity.keepCapabilities = value === 1;
  return 0;
}

/** prctl(2) by option: what each does with its first argument. */
const OPTIONS: Readonly<Record<number, (task: Task, argument: number) => number>> = {
  [PR_SET_PDEATHSIG]: setDeathSignal,
  [PR_GET_PDEATHSIG]: (task, address) => put(task, address, task.process.parentDeathSignal),
  [PR_GET_DUMPABLE]: (task) => task.process.dumpable,
  [PR_SET_DUMPABLE]: setDumpable,
  [PR_GET_KEEPCAPS]: (task) => (task.identity.keepCapabilities ? 1 : 0),
  [PR_SET_KEEPCAPS]: setKeep,
  [PR_GET_TIMING]: () => 0,
  [PR_SET_TIMING]: (_task, value) => (value === 0 ? 0 : -EINVAL),
  [PR_SET_NAME]: setName,
  [PR_GET_NAME]: getName,
  [PR_GET_SECCOMP]: () => 0,
  [PR_CAPBSET_READ]: (_task, value) => (value >>> 0 > LAST_CAPABILITY ? -EINVAL : 1),
  [PR_CAPBSET_DROP]: (task, value) => {
    if (!task.identity.privileged) return -EPERM;
    return value >>> 0 > LAST_CAPABILITY ? -EINVAL : 0;
  },
  [PR_GET_TSC]: (task, address) => put(task, address, TSC_ENABLE),
  [PR_SET_TSC]: (_task, value) => (value === TSC_ENABLE ? 0 : -EINVAL),
  [PR_GET_SECUREBITS]: () => 0,
  [PR_SET_TIMERSLACK]: () => 0,
  [PR_GET_TIMERSLACK]: () => TIMER_SLACK,
  [PR_SET_CHILD_SUBREAPER]: setSubreaper,
  [PR_GET_CHILD_SUBREAPER]: (task, address) => put(task, address, task.process.subreaper ? 1 : 0),
  [PR_SET_NO_NEW_PRIVS]: setNoNewPrivileges,
  [PR_GET_NO_NEW_PRIVS]: (task) => (task.identity.noNewPrivileges ? 1 : 0),
  [PR_GET_TID_ADDRESS]: (task, address) => put(task, address, task.clearTid),
  [PR_CAP_AMBIENT]: (_task, value) => (value === 4 ? 0 : -EINVAL),
  [PR_SET_VMA]: () => -EINVAL,
};

function prctl(task: Task): number {
  const option = OPTIONS[task.args[0]];
  return option ? option(task, task.args[1]) : -EINVAL;
}

/** personality(2): -1 only asks. */
function personality(task: Task): number {
  const { process } = task;
  const old = process.personality;
  if (task.args[0] !== -1) process.personality = task.args[0];
  return old;
}

/** Calls that set the manner in which a process runs. */
export const controlCalls: readonly Row[] = [
  row(136, 'personality', personality, 'READ_IMPLIES_EXEC only'),
  row(172, 'prctl', prctl, 'capabilities follow the uid; no seccomp'),
];
