import { SIGKILL } from '../../abi/signals.ts';
import { endProcess } from '../signals/send.ts';
import type { Task } from './task.ts';

/** Memory is exhausted and this task needs more: it is killed, as by the out-of-memory killer, and the user is told. */
export function outOfMemory(task: Task): void {
  const { system } = task;
  if (!task.process.ending) {
    const size = system.pool.frames.total >>> 8;
    system.outOfMemoryKills++;
    if (system.outOfMemoryKills === 1) {
      system.platform.warn(`out of memory (${size} MiB): killed process ${task.pid} (${task.name})`);
    } else if (system.outOfMemoryKills === 2) {
      system.platform.warn('out of memory again: processes that need more are killed without further notice');
    }
  }
  endProcess(task.process, SIGKILL);
}
