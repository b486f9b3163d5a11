import {
  CLD_DUMPED,
  CLD_EXITED,
  CLD_KILLED,
  NSIG,
  SA_NOCLDWAIT,
  SI_USER,
  SIG_IGN,
  SIGCHLD,
} from '../../abi/signals.ts';
import type { Kernel } from '../platform.ts';
import { makeInfo } from '../signals/info.ts';
import { childInfo, reportStop, sendToProcess } from '../signals/send.ts';
import type { System } from '../system.ts';
import { dropPosixTimers } from '../time/posix.ts';
import { hangUpOrphans } from './groups.ts';
import type { Process } from './process.ts';
import { leaveMemory } from './robust.ts';
import type { Task } from './task.ts';

/** Ends a task: gives back what it holds; with the last thread the process becomes a zombie. */
export function* endTask(task: Task): Kernel<void> {
  const { process, system } = task;
  if (task.hook) yield* task.hook.ending();
  task.ended = true;
  yield* leaveMemory(task);
  task.undo?.release(process.pid, system.ipc.now());
  noteUsage(task);
  releaseVfork(task);
  task.memory.release();
  if (process.threads.length === 1) dropTables(process);
  system.timers.clear(task.timer);
  yield* system.files.release(task.table);
  system.files.releasePlaces(task.places);
  yield* closeDropped(system);
  system.platform.dropContext(task.context);
  process.threads.splice(process.threads.indexOf(task), 1);
  if (system.tasks.get(task.tid) === task) system.tasks.delete(task.tid);
  process.usage.voluntarySwitches += task.usage.voluntarySwitches;
  process.usage.involuntarySwitches += task.usage.involuntarySwitches;
  process.lastName = task.name;
  for (const tracee of process.tracees) tracee.tracerEnded(task);
  task.hook?.ended(process.threads.length === 0, process.status);
  task.probes?.ended(task);
  process.lastIdentity = task.identity;
  process.threadEnded.wake();
  if (process.threads.length === 0) endLast(process);
  else if (process.stopSignal !== 0 && process.stoppedThreads === process.threads.length) reportStop(process);
}

/** The page tables that a process has beside the one in use. */
export function dropTables(process: Process): void {
  process.tables?.drop();
  process.tables = undefined;
}

/** Closes the files that mappings gave up. */
export function* closeDropped(system: System): Kernel<void> {
  const { dropped } = system.pool;
  while (dropped.length > 0) yield* system.files.drop(dropped.pop()!);
}

/** The vfork parent may go on: its child has its own memory or has ended. */
export function releaseVfork(task: Task): void {
  task.vforkDone?.wake();
  task.vforkDone = undefined;
}

/** Takes note of what the task's memory used so far. */
export function noteUsage(task: Task): void {
  const { usage } = task.process;
  usage.peakPages = Math.max(usage.peakPages, task.memory.pages.resident);
  usage.minorFaults += task.memory.minorFaults;
  task.memory.minorFaults = 0;
}

/** The process has no thread any more. */
function endLast(process: Process): void {
  const { system } = process;
  if (!process.ending) process.ending = true;
  process.zombie = true;
  process.ended.wake();
  process.scripts?.ownerGone();
  for (const timer of process.intervalTimers ?? []) timer.set({ value: 0, interval: 0 });
  dropPosixTimers(process);
  process.actions.users--;
  if (process.session === process.pid) {
    const terminal = system.terminals.get(process.session);
    if (terminal) system.files.sessionEnded(process.session, terminal);
    system.terminals.delete(process.session);
  }
  hangUpOrphans(system, process);
  adoptChildren(process);
  system.platform.observer?.exit(process.pid, process.status);
  announce(process);
}

/** Children of a process that ends go to the nearest subreaper, or to process 1. */
function adoptChildren(process: Process): void {
  const { system } = process;
  let heir = process.parent;
  while (heir && heir.pid !== 1 && (!heir.subreaper || heir.zombie)) heir = heir.parent;
  heir ??= system.processes.get(1)!;
  for (const child of process.children) {
    child.parent = heir;
    heir.children.add(child);
    const signal = child.parentDeathSignal;
    if (signal && !child.zombie) sendToProcess(child, makeInfo(signal, SI_USER, process.pid, process.identity.realUid));
    if (child.zombie) announce(child);
  }
  process.children.clear();
}

/** Tells the parent of a zombie, or reaps it at once where nobody wants to know. A tracer hears of it first. */
export function announce(process: Process): void {
  const { parent } = process;
  if (process.hiddenBy) return;
  if (!parent || parent.pid === 1 || parent.zombie) {
    reap(process);
    return;
  }
  const signal = process.exitSignal;
  const ignored = signal === SIGCHLD && parent.actions.handler(SIGCHLD) === SIG_IGN;
  const forgotten = ignored || (signal === SIGCHLD && (parent.actions.flags(SIGCHLD) & SA_NOCLDWAIT) !== 0);
  // clone(2) takes any number; one that is no signal is not sent.
  if (signal && signal <= NSIG && !ignored) {
    const [code, status] = exitCode(process.status);
    sendToProcess(parent, childInfo(process, signal, code, status));
  }
  if (forgotten) reap(process);
  parent.childChanged.wake();
}

/** si_code and si_status of a wait status. */
export function exitCode(status: number): [code: number, status: number] {
  const signal = status & 0x7f;
  if (signal === 0) return [CLD_EXITED, (status >> 8) & 0xff];
  return [status & 0x80 ? CLD_DUMPED : CLD_KILLED, signal];
}

/** Removes a zombie; its parent inherits its usage. */
export function reap(process: Process): void {
  const { parent, system } = process;
  if (parent) {
    parent.childUsage.add(process.usage);
    parent.childUsage.add(process.childUsage);
    parent.children.delete(process);
  }
  system.processes.delete(process.pid);
}
