import type { FileService } from '../files/service.ts';
import { auditIpc } from '../ipc/audit.ts';
import type { UndoList } from '../ipc/semaphore.ts';
import { auditSockets } from '../sockets/audit.ts';
import { networkOf } from '../sockets/network.ts';
import type { System } from '../system.ts';
import { auditTasks } from '../tasks/audit.ts';
import { Books, type Violation } from './books.ts';

/**
 * The kernel checks its own books: every service says what it keeps and what it holds, and both sides must agree.
 * Between two steps of a run, or after its end, when nothing may be left that belonged to a process.
 * Returns what is wrong: mistakes of this kernel, whatever its programs did.
 */
export function audit(system: System, files: FileService): readonly Violation[] {
  const books = new Books(system.over);
  system.pool.frames.audit(books);
  system.platform.audit?.(books);
  system.pool.audit(books);
  auditTasks(system, books);
  files.audit(books);
  auditSockets(networkOf(files.core), books);
  const { scheduler } = system;
  auditIpc(system.ipc, undoLists(system), scheduler.ready === 0 && !scheduler.running, books);
  return books.close();
}

/** Undo lists of living tasks, and how many share each. */
function undoLists(system: System): Map<UndoList, number> {
  const lists = new Map<UndoList, number>();
  for (const { undo } of system.tasks.values()) if (undo) lists.set(undo, (lists.get(undo) ?? 0) + 1);
  return lists;
}
