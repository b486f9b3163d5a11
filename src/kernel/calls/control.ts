import { CAP_LAST_CAP, SECBIT_KEEP_CAPS } from '../../abi/capabilities.ts';
import { EFAULT, EINVAL, ENODEV, ENXIO } from '../../abi/errno.ts';
import * as F from '../../abi/flags.ts';
import { NSIG } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { ambient, dropBounding, setKeep, setSecurebits } from './capability.ts';
import { addFilter, setStrict } from './seccomp.ts';

const NAME_SIZE = 16;
const TSC_ENABLE = 1;
/** What PR_MCE_KILL_GET says: as the system does. */
const MCE_KILL_DEFAULT = 2;
/** PR_SPEC_*: store bypass, indirect branches, L1D flush; and the answer PR_SPEC_NOT_AFFECTED. */
const MISFEATURES = 3;
const NOT_AFFECTED = 0;

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
  if (value !== 1 || rest(task, 2)) return -EINVAL;
  task.noNewPrivileges = true;
  return 0;
}

function setSubreaper(task: Task, value: number): number {
  task.process.subreaper = value !== 0;
  return 0;
}

function setSlack(task: Task, value: number): number {
  task.timerSlack = value > 0 ? value : task.usualSlack;
  return 0;
}

function setHugePages(task: Task, value: number): number {
  if (rest(task, 2)) return -EINVAL;
  task.process.noHugePages = value !== 0;
  return 0;
}

/** PR_SET_SECCOMP: the older way to both modes. */
function setSeccomp(task: Task, mode: number, address: number): number {
  if (mode === F.SECCOMP_MODE_STRICT) return setStrict(task);
  return mode === F.SECCOMP_MODE_FILTER ? addFilter(task, 0, address) : -EINVAL;
}

/** Whether an argument from number `first` on is not 0: most options want those that they do not use to be. */
function rest(task: Task, first: number): boolean {
  return task.args.subarray(first, 5).some((word) => word !== 0);
}

/** What the speculation options say of a misfeature: this processor has none of them. */
function speculation(task: Task, which: number): number {
  if (task.args[0] === F.PR_SET_SPECULATION_CTRL) {
    if (rest(task, 3)) return -EINVAL;
    return which >>> 0 < MISFEATURES ? -ENXIO : -ENODEV;
  }
  if (rest(task, 2)) return -EINVAL;
  return which >>> 0 < MISFEATURES ? NOT_AFFECTED : -ENODEV;
}

type Option = (task: Task, first: number, second: number) => number;

/** prctl(2) by option: what each does with its first arguments. */
const OPTIONS: Readonly<Record<number, Option>> = {
  [F.PR_SET_PDEATHSIG]: setDeathSignal,
  [F.PR_GET_PDEATHSIG]: (task, address) => put(task, address, task.process.parentDeathSignal),
  [F.PR_GET_DUMPABLE]: (task) => task.process.dumpable,
  [F.PR_SET_DUMPABLE]: setDumpable,
  [F.PR_GET_KEEPCAPS]: (task) => (task.identity.securebits & SECBIT_KEEP_CAPS ? 1 : 0),
  [F.PR_SET_KEEPCAPS]: setKeep,
  [F.PR_GET_TIMING]: () => 0,
  [F.PR_SET_TIMING]: (_task, value) => (value === 0 ? 0 : -EINVAL),
  [F.PR_SET_NAME]: setName,
  [F.PR_GET_NAME]: getName,
  [F.PR_GET_SECCOMP]: (task) => task.seccomp?.mode ?? 0,
  [F.PR_SET_SECCOMP]: setSeccomp,
  [F.PR_CAPBSET_READ]: (task, value) => {
    if (value >>> 0 > CAP_LAST_CAP) return -EINVAL;
    return task.identity.bounding.has(value) ? 1 : 0;
  },
  [F.PR_CAPBSET_DROP]: dropBounding,
  [F.PR_GET_TSC]: (task, address) => put(task, address, TSC_ENABLE),
  [F.PR_SET_TSC]: (_task, value) => (value === TSC_ENABLE ? 0 : -EINVAL),
  [F.PR_GET_SECUREBITS]: (task) => task.identity.securebits,
  [F.PR_SET_SECUREBITS]: setSecurebits,
  [F.PR_SET_TIMERSLACK]: setSlack,
  [F.PR_GET_TIMERSLACK]: (task) => task.timerSlack,
  [F.PR_TASK_PERF_EVENTS_DISABLE]: () => 0,
  [F.PR_TASK_PERF_EVENTS_ENABLE]: () => 0,
  [F.PR_MCE_KILL_GET]: (task) => (rest(task, 1) ? -EINVAL : MCE_KILL_DEFAULT),
  [F.PR_SET_CHILD_SUBREAPER]: setSubreaper,
  [F.PR_GET_CHILD_SUBREAPER]: (task, address) => put(task, address, task.process.subreaper ? 1 : 0),
  [F.PR_SET_NO_NEW_PRIVS]: setNoNewPrivileges,
  [F.PR_GET_NO_NEW_PRIVS]: (task) => (rest(task, 1) ? -EINVAL : task.noNewPrivileges ? 1 : 0),
  [F.PR_GET_TID_ADDRESS]: (task, address) => put(task, address, task.clearTid),
  [F.PR_SET_THP_DISABLE]: setHugePages,
  [F.PR_GET_THP_DISABLE]: (task) => (rest(task, 1) ? -EINVAL : task.process.noHugePages ? 1 : 0),
  [F.PR_CAP_AMBIENT]: ambient,
  [F.PR_GET_SPECULATION_CTRL]: speculation,
  [F.PR_SET_SPECULATION_CTRL]: speculation,
};

function prctl(task: Task): number {
  const [option, first, second] = task.args;
  return OPTIONS[option]?.(task, first, second) ?? -EINVAL;
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
  row(136, 'personality', personality, 'READ_IMPLIES_EXEC and UNAME26 have an effect; addresses are never random'),
  row(
    172,
    'prctl',
    prctl,
    'no PR_SET_MM, core scheduling or syscall dispatch; PR_SET_TSC only as it is; PR_SET_PDEATHSIG means the parent process, not its thread',
  ),
];
