import { CAP_SYS_ADMIN, CAP_SYS_NICE } from '../../abi/capabilities.ts';
import { EACCES, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import { PRIO_PGRP, PRIO_PROCESS, PRIO_USER, RLIMIT_NICE } from '../../abi/flags.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const NICE_LEAST = -20;
const NICE_MOST = 19;
/** Most that nice(2) changes at once. */
const STEP_MOST = 40;

// ioprio_set(2): what `which` names, and classes.
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_WHO_USER = 3;
const CLASS_SHIFT = 13;
const CLASS_NONE = 0;
const CLASS_REALTIME = 1;
const CLASS_IDLE = 3;
const LEVELS = 8;

/** The threads that PRIO_* and `who` name; undefined for another `which`. */
function chosen(task: Task, which: number, who: number): readonly Task[] | undefined {
  const { process, system } = task;
  if (which === PRIO_PROCESS) {
    const one = who === 0 ? task : system.tasks.get(who);
    return one ? [one] : [];
  }
  if (which === PRIO_PGRP) return system.group(who || process.group).flatMap((member) => member.threads);
  if (which !== PRIO_USER) return undefined;
  const uid = who || task.identity.realUid;
  return [...system.tasks.values()].filter((other) => other.identity.realUid === uid);
}

/** Whether a process is meant that has no thread here: the first one, which is root's, or a zombie. */
function isThreadless(task: Task, which: number, who: number): boolean {
  return which === PRIO_PROCESS && task.system.processes.has(who);
}

/** What a change comes to where nothing was chosen. */
function changeNothing(task: Task, which: number, who: number): number {
  if (!isThreadless(task, which, who)) return -ESRCH;
  return capable(task.identity, CAP_SYS_NICE) ? 0 : -EPERM;
}

function getpriority(task: Task): number {
  const [which, who] = task.args;
  const tasks = chosen(task, which, who);
  if (!tasks) return -EINVAL;
  if (tasks.length === 0) return isThreadless(task, which, who) ? 20 : -ESRCH;
  // The call returns 20 - nice so that no priority looks like an error.
  return Math.max(...tasks.map((other) => 20 - other.schedule.nice));
}

function setpriority(task: Task): number {
  const [which, who, wanted] = task.args;
  const tasks = chosen(task, which, who);
  if (!tasks) return -EINVAL;
  if (tasks.length === 0) {
    // The first process has no thread, and is root's.
    if (which !== PRIO_PROCESS || !task.system.processes.has(who)) return -ESRCH;
    return capable(task.identity, CAP_SYS_NICE) ? 0 : -EPERM;
  }
  const nice = Math.min(NICE_MOST, Math.max(NICE_LEAST, wanted));
  let result = 0;
  for (const other of tasks) {
    const failed = setNice(task, other, nice);
    if (failed < 0) result = failed;
  }
  return result;
}

/** Whether a task may be given this nice value (can_nice). */
function canNice(task: Task, target: Task, nice: number): boolean {
  return 20 - nice <= target.process.limits.soft[RLIMIT_NICE] || capable(task.identity, CAP_SYS_NICE);
}

function isOwn(task: Task, target: Task): boolean {
  const { effectiveUid } = task.identity;
  const { identity } = target;
  return identity.realUid === effectiveUid || identity.effectiveUid === effectiveUid;
}

function setNice(task: Task, target: Task, nice: number): number {
  if (!isOwn(task, target) && !capable(task.identity, CAP_SYS_NICE)) return -EPERM;
  if (nice < target.schedule.nice && !canNice(task, target, nice)) return -EACCES;
  target.schedule.nice = nice;
  return 0;
}

function nice(task: Task): number {
  const step = Math.min(STEP_MOST, Math.max(-STEP_MOST, task.args[0]));
  const wanted = Math.min(NICE_MOST, Math.max(NICE_LEAST, task.schedule.nice + step));
  if (step < 0 && !canNice(task, task, wanted)) return -EPERM;
  task.schedule.nice = wanted;
  return 0;
}

/** The threads that IOPRIO_WHO_* and `who` name: PRIO_* with other numbers. */
function chosenForIo(task: Task, which: number, who: number): readonly Task[] | undefined {
  if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER) return undefined;
  return chosen(task, which - IOPRIO_WHO_PROCESS, who);
}

function setIoPriority(task: Task): number {
  const [which, who, priority] = task.args;
  const kind = priority >> CLASS_SHIFT;
  const level = priority & ((1 << CLASS_SHIFT) - 1);
  if (kind === CLASS_REALTIME && !capable(task.identity, CAP_SYS_ADMIN) && !capable(task.identity, CAP_SYS_NICE))
    return -EPERM;
  if (kind < CLASS_NONE || kind > CLASS_IDLE) return -EINVAL;
  if (kind === CLASS_NONE ? level !== 0 : kind !== CLASS_IDLE && level >= LEVELS) return -EINVAL;
  const tasks = chosenForIo(task, which, who);
  if (!tasks) return -EINVAL;
  if (tasks.length === 0) return changeNothing(task, which - IOPRIO_WHO_PROCESS, who);
  for (const other of tasks) {
    if (!isOwn(task, other) && !capable(task.identity, CAP_SYS_NICE)) return -EPERM;
    other.schedule.ioPriority = priority;
  }
  return 0;
}

function getIoPriority(task: Task): number {
  const [which, who] = task.args;
  const tasks = chosenForIo(task, which, who);
  if (!tasks) return -EINVAL;
  if (tasks.length === 0) return isThreadless(task, which - IOPRIO_WHO_PROCESS, who) ? 0 : -ESRCH;
  // The best of them: a lower number of a class other than none.
  const set = tasks.map((other) => other.schedule.ioPriority).filter((priority) => priority >> CLASS_SHIFT !== 0);
  return set.length === 0 ? 0 : Math.min(...set);
}

const NOTE = 'priorities are kept but do not change the schedule';

/** Calls about nice values and priorities of input and output. */
export const priorityCalls: readonly Row[] = [
  row(34, 'nice', nice, NOTE),
  row(96, 'getpriority', getpriority),
  row(97, 'setpriority', setpriority, NOTE),
  row(289, 'ioprio_set', setIoPriority, 'priorities of input and output are kept but do not change any order'),
  row(290, 'ioprio_get', getIoPriority),
];
