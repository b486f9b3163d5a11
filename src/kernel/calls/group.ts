import { EACCES, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

/** The process that `pid` names to `task`: 0 is itself. */
function named(task: Task, pid: number): Process | undefined {
  if (pid === 0) return task.process;
  return task.system.processes.get(pid) ?? task.system.tasks.get(pid)?.process;
}

function setpgid(task: Task): number {
  const { process, system } = task;
  const pid = task.args[0] || process.pid;
  const group = task.args[1] || pid;
  if (group < 0) return -EINVAL;
  const target = system.processes.get(pid);
  if (!target) return -ESRCH;
  if (target.parent === process) {
    if (target.session !== process.session) return -EPERM;
    if (target.executed) return -EACCES;
  } else if (target !== process) return -ESRCH;
  if (target.session === target.pid) return -EPERM;
  if (group !== pid && !system.group(group).some((member) => member.session === process.session)) return -EPERM;
  target.group = group;
  return 0;
}

function setsid(task: Task): number {
  const { process, system } = task;
  if (process.session === process.pid || system.group(process.pid).length > 0) return -EPERM;
  process.session = process.pid;
  process.group = process.pid;
  return process.pid;
}

function getpgid(task: Task): number {
  return named(task, task.args[0])?.group ?? -ESRCH;
}

function getsid(task: Task): number {
  return named(task, task.args[0])?.session ?? -ESRCH;
}

/** Calls about process groups and sessions. */
export const groupCalls: readonly Row[] = [
  row(57, 'setpgid', setpgid),
  row(65, 'getpgrp', (task) => task.process.group),
  row(66, 'setsid', setsid),
  row(132, 'getpgid', getpgid),
  row(147, 'getsid', getsid),
];
