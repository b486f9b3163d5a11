/** What a kernel cannot do for a script, and why. */
import type { Task } from '../kernel/tasks/task.ts';
import type { Ability } from './verbs.ts';

/** Why the kernel below `task` lacks an ability; undefined where it has it. */
export function lackOf(task: Task, ability: Ability): string | undefined {
  const { platform } = task.system;
  const at = `at depth ${platform.depth}`;
  switch (ability) {
    case 'segments':
      return platform.segments
        ? undefined
        : `The kernel ${at} cannot limit segments: its own applications are not limited by segments.`;
    case 'rings':
      return platform.rings ? undefined : `The kernel ${at} has no ring between its own and its applications'.`;
    case 'pageTables':
      return task.process.tables ? undefined : 'This process has one page table: make others first.';
  }
}
