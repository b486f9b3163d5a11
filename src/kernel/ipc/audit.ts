import type { Books } from '../audit/books.ts';
import type { Ipc } from './ipc.ts';
import type { UndoList } from './semaphore.ts';

/** System V IPC's books: who waits in a queue, and whose end adjusts which semaphores; `lists` are those of living tasks. */
export function auditIpc(ipc: Ipc, lists: ReadonlyMap<UndoList, number>, nobodyRuns: boolean, books: Books): void {
  for (const [list, users] of lists) books.equal('undo list', 'of tasks', users, list.users);
  for (const set of ipc.semaphores.list()) {
    const name = `semaphores ${set.id}`;
    for (const waiter of set.waiters) waits(`a waiter for ${name}`, waiter.queue, nobodyRuns, books);
    for (const list of set.undos.keys()) {
      books.equal('undo list', `of ${name} belongs to a task`, true, lists.has(list));
      books.equal('undo list', `of ${name} knows it`, true, list.sets.has(set));
    }
    books.gone('waiters', `for ${name}`, set.waiters.length);
  }
  for (const queue of ipc.queues.list()) {
    const name = `message queue ${queue.id}`;
    books.queue(`senders to ${name}`, queue.room);
    for (const receiver of queue.receivers) waits(`a receiver from ${name}`, receiver.queue, nobodyRuns, books);
    books.gone('receivers', `from ${name}`, queue.receivers.length);
    const bytes = queue.messages.reduce((sum, message) => sum + message.bytes.length, 0);
    books.equal('bytes', `in ${name}`, bytes, queue.bytes);
  }
}

/** Whoever waits sleeps, unless he has been roused and has yet to run. */
function waits(name: string, queue: Parameters<Books['queue']>[1], nobodyRuns: boolean, books: Books): void {
  books.queue(name, queue);
  if (nobodyRuns) books.equal('asleep', name, 1, queue.sleepers.length);
}
