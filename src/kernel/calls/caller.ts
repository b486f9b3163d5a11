import type { Caller, Row } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';

/**
 * A row whose handler belongs to the tasks, memory or time service and so may see the whole task. Every caller in this
 * kernel is a Task.
 */
export function row(number: number, name: string, run: (task: Task) => number | Kernel<number>, note?: string): Row {
  return {
    number,
    name,
    run: run as (caller: Caller) => number | Kernel<number>,
    ...(note === undefined ? {} : { note }),
  };
}
