import type { TaskFacts } from '../services.ts';
import type { Process } from './process.ts';

/** The state letter of a process as ps shows it: that of its first thread. */
export function stateOf(process: Process): TaskFacts['state'] {
  const { leader } = process;
  if (process.zombie) return 'Z';
  // Process 1 is the kernel's own and has no thread.
  if (!leader) return 'S';
  if (leader.stopped) return 'T';
  if (leader.state !== 'asleep') return 'R';
  return leader.sleep!.interruptible ? 'S' : 'D';
}
