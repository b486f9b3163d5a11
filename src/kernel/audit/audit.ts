import type { FileService } from '../files/service.ts';
import { auditSockets } from '../sockets/audit.ts';
import { networkOf } from '../sockets/network.ts';
import type { System } from '../system.ts';
import { auditTasks } from '../tasks/audit.ts';
import { Books, type Violation } from './books.ts';

/**
 * The kernel checks its own books: every service says what it keeps and what it holds, and both sides must agree.
 * Between two steps of a run, or with `over` after its end, when nothing may be left that belonged to a process.
 * Returns what is wrong: mistakes of this kernel, whatever its programs did.
 */
export function audit(system: System, files: FileService, over: boolean): readonly Violation[] {
  const books = new Books(over);
  system.pool.frames.audit(books);
  system.pool.audit(books);
  auditTasks(system, books);
  files.audit(books);
  auditSockets(networkOf(files.core), books);
  return books.close();
}
