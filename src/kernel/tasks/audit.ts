import type { Books } from '../audit/books.ts';
import type { Actions } from '../signals/actions.ts';
import type { System } from '../system.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

/** The tasks service's books: processes and their family, threads, what each sleeps on, timers, signals, futexes. */
export function auditTasks(system: System, books: Books): void {
  const { scheduler } = system;
  const users = new Map<Actions, number>();
  for (const [pid, process] of system.processes) {
    books.equal('pid', `process ${pid}`, pid, process.pid);
    auditFamily(process, books);
    auditProcess(process, books);
    if (!process.zombie) users.set(process.actions, (users.get(process.actions) ?? 0) + 1);
  }
  for (const [actions, count] of users) books.equal('signal actions', 'shared', count, actions.users);
  for (const [tid, task] of system.tasks) auditTask(task, tid, books);
  scheduler.audit(books, system.tasks.values());
  system.timers.audit(books);
  system.futexes.audit(books, scheduler.ready === 0 && !scheduler.running);
  books.gone('tasks', 'alive', system.tasks.size);
  books.gone('processes', 'beside process 1', system.processes.size - 1);
}

/** A parent knows its children, and they it. */
function auditFamily(process: Process, books: Books): void {
  const { system, parent, pid } = process;
  const name = `process ${pid}`;
  if (parent) {
    books.equal('parent', `of ${name} is alive`, true, system.processes.get(parent.pid) === parent);
    books.equal('parent', `of ${name} knows it`, true, parent.children.has(process));
  } else books.equal('parent', `of ${name}`, 1, pid);
  for (const child of process.children)
    books.equal('child', `${child.pid} of ${name}`, true, child.parent === process && system.processes.has(child.pid));
}

function auditProcess(process: Process, books: Books): void {
  const { pid, system } = process;
  const name = `process ${pid}`;
  // Process 1 is the kernel's own: it has no thread.
  books.equal('zombie', name, process.threads.length === 0 && pid !== 1, process.zombie);
  for (const task of process.threads)
    books.equal(
      'thread',
      `${task.tid} of ${name}`,
      true,
      task.process === process && system.tasks.get(task.tid) === task,
    );
  process.pending.audit(books, name);
  process.scripts?.audit(books, name);
  process.tables?.audit(books, name);
  books.queue(`children of ${name}`, process.childChanged);
  books.queue(`threads of ${name}`, process.threadEnded);
  books.queue(`signals of ${name}`, process.signalArrived);
  books.queue(`continuation of ${name}`, process.continued);
  books.queue(`end of ${name}`, process.ended);
  for (const timer of process.intervalTimers ?? []) timer.claim(books, `an interval timer of ${name}`);
  for (const timer of process.posixTimers.values()) timer.claim(books, `timer ${timer.id} of ${name}`);
}

function auditTask(task: Task, tid: number, books: Books): void {
  const name = `task ${tid}`;
  books.equal('tid', name, tid, task.tid);
  books.equal('thread', `${name} of process ${task.pid}`, true, task.process.threads.includes(task));
  books.holds('address space', task.memory.id, name);
  books.holds('descriptor table', task.table, name);
  books.holds('places', task.places, name);
  task.pending.audit(books, name);
  task.timer.claim(books, name);
  const { sleep } = task;
  books.equal('sleep', name, task.state === 'asleep', sleep !== undefined);
  books.equal('timer', `of ${name}`, sleep !== undefined && sleep.until !== Number.POSITIVE_INFINITY, task.timer.isSet);
  if (!sleep) return;
  books.borrowers++;
  for (const queue of sleep.queues) books.sleeps(task, name, queue);
}
