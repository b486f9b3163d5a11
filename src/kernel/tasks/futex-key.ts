import { FRAME_SHIFT } from '../memory/pages.ts';
import type { Task } from './task.ts';

/**
 * The name of a futex word: by physical address in shared memory, so that processes that share the page meet there (the
 * page is present then), else by address space. As on Linux those who say that a word is private and those who do not
 * never meet.
 */
export function futexKey(task: Task, address: number, isPrivate: boolean): string {
  const at = address >>> 0;
  const { id, areas, pages } = task.memory;
  if (isPrivate) return `private ${id} ${at}`;
  if (areas.find(at >>> 12)?.shared) return `frame ${pages.get(at >>> 12) >>> FRAME_SHIFT} ${at & 4095}`;
  return `space ${id} ${at}`;
}
