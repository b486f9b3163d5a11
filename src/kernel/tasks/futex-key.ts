import { FRAME_SHIFT } from '../memory/pages.ts';
import type { Task } from './task.ts';

/**
 * The name of a futex word: by address space where it is private, by physical address in shared memory, so that
 * processes that share the page meet there. The page is present.
 */
export function futexKey(task: Task, address: number, isPrivate: boolean): string {
  const at = address >>> 0;
  const { id, areas, pages } = task.memory;
  if (!isPrivate && areas.find(at >>> 12)?.shared) return `frame ${pages.get(at >>> 12) >>> FRAME_SHIFT} ${at & 4095}`;
  return `space ${id} ${at}`;
}
