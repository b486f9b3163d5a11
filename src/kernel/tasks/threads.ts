import { wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { endProcess } from '../signals/send.ts';
import type { Task } from './task.ts';

/** Lets one thread end by itself, soon (exit(2) without the others). The status of the last one is the process's. */
export function leave(task: Task, status: number): void {
  const { process } = task;
  if (process.threads.every((other) => other === task || other.leaving)) endProcess(process, status);
  else dismiss(task);
}

/** The thread ends before its application runs again. */
function dismiss(task: Task): void {
  task.leaving = true;
  task.attention = true;
  task.system.scheduler.rouse(task, 'signal');
}

/** exec by one thread ends all others of its process; it becomes the leader and takes the pid as its tid. */
export function* dismissOthers(task: Task): Kernel<void> {
  const { process, system } = task;
  for (const other of [...process.threads]) if (other !== task) dismiss(other);
  while (process.threads.length > 1) yield* wait(process.threadEnded, Number.POSITIVE_INFINITY, false);
  if (task.tid === process.pid) return;
  system.tasks.delete(task.tid);
  task.tid = process.pid;
  system.tasks.set(task.tid, task);
}
