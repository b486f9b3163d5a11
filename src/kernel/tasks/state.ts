import type { TaskFacts } from '../services.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

/** The state letter of a thread as ps shows it; without one that of what is left of the process. */
export function stateOf(process: Process, task: Task | undefined): TaskFacts['state'] {
  if (process.zombie) return 'Z';
  // Process 1 is the kernel's own and has no thread; a process whose first thread has ended shows a zombie.
  if (!task) return process.threads.length > 0 ? 'Z' : 'S';
  // SIGCONT makes it run at once, wherever it is in the order of turns.
  if (task.stopped && process.stopSignal !== 0) return 'T';
  if (task.state !== 'asleep') return 'R';
  return task.sleep!.interruptible ? 'S' : 'D';
}
