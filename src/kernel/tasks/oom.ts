import { SIGKILL } from '../../abi/signals.ts';
import { endProcess } from '../signals/send.ts';
import type { Task } from './task.ts';

/** Memory is exhausted and this task needs more: it is killed, as by the out-of-memory killer, and the user is told. */
export function outOfMemory(task: Task): void {
  const { platform, pool } = task.system;
  if (!task.process.ending) {
    const size = pool.frames.total >>> 8;
    platform.warn(`out of memory (${size} MiB): killed process ${task.pid} (${task.name})`);
  }
  endProcess(task.process, SIGKILL);
}
