import { RLIMIT_CORE, RLIMIT_SIGPENDING } from '../../abi/flags.ts';
import {
  CLD_CONTINUED,
  CLD_STOPPED,
  defaultAction,
  SA_NOCLDSTOP,
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGRTMIN,
  SIGSTOP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
} from '../../abi/signals.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import type { Info } from './info.ts';
import { CODE, makeInfo, SIGNO, STATUS, STIME, UTIME } from './info.ts';
import type { Pending } from './pending.ts';
import { SignalSet } from './set.ts';

/** Bit of a wait status that says a core was dumped. */
const CORE = 0x80;
const STOPS = SignalSet.of(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU).lo;
const CONTINUES = SignalSet.of(SIGCONT).lo;
/** ns in a clock tick of siginfo and times(2). */
const TICK = 10_000_000;

/** Sends a signal to a process: to the first of its threads that does not block it. */
export function sendToProcess(process: Process, info: Info): void {
  const { leader } = process;
  if (!leader || !prepare(process, leader, info[SIGNO])) return;
  if (info[SIGNO] === SIGKILL) {
    endProcess(process, SIGKILL);
    return;
  }
  if (!enqueue(process, process.pending, info)) return;
  process.signalArrived.wake();
  const willing = process.threads.find((task) => !task.mask.has(info[SIGNO]));
  if (willing) arrive(willing, info);
}

/** Sends a signal to one thread. */
export function sendToTask(task: Task, info: Info): void {
  const { process } = task;
  if (!prepare(process, task, info[SIGNO])) return;
  if (info[SIGNO] === SIGKILL) {
    endProcess(process, SIGKILL);
    return;
  }
  if (!enqueue(process, task.pending, info)) return;
  process.signalArrived.wake();
  if (!task.mask.has(info[SIGNO])) arrive(task, info);
}

/**
 * A thread that does not block a signal has got it. One that can only end a process of several threads ends it now, for
 * the thread might leave before it sees to it (complete_signal).
 */
function arrive(task: Task, info: Info): void {
  const { process } = task;
  const signal = info[SIGNO];
  const acts = process.threads.length > 1 && process.stopSignal === 0 && !task.hook && !task.awaited?.has(signal);
  const ends = process.actions.handler(signal) === SIG_DFL && defaultAction(signal) === 'terminate';
  if (!acts || !ends) {
    notice(task);
    return;
  }
  process.system.platform.observer?.signal(process.pid, signal, new Uint8Array(info.buffer));
  endProcess(process, signal);
}

/** Whether as many signals wait for the process as RLIMIT_SIGPENDING lets be queued. */
export function queueFull(process: Process): boolean {
  let { length } = process.pending;
  for (const task of process.threads) length += task.pending.length;
  return length >= process.limits.soft[RLIMIT_SIGPENDING];
}

/** Past the limit only standard signals of the kernel and kill keep their siginfo (__send_signal_locked). */
function enqueue(process: Process, pending: Pending, info: Info): boolean {
  const signal = info[SIGNO];
  if ((signal < SIGRTMIN && info[CODE] >= 0) || !queueFull(process)) return pending.add(info);
  pending.addBare(signal);
  return true;
}

/** Sends a timer's signal, to one thread or the process, without regard to others of its number. */
export function sendAlways(process: Process, task: Task | undefined, info: Info): void {
  const { leader } = process;
  if (!leader || task?.ended || !prepare(process, task ?? leader, info[SIGNO])) return;
  if (info[SIGNO] === SIGKILL) {
    endProcess(process, SIGKILL);
    return;
  }
  (task ?? process).pending.addAlways(info);
  const willing = task ?? process.threads.find((other) => !other.mask.has(info[SIGNO]));
  if (willing && !willing.mask.has(info[SIGNO])) notice(willing);
}

/** A signal that the task's own instruction caused: it cannot be blocked or ignored (force_sig). */
export function forceSignal(task: Task, info: Info): void {
  const signal = info[SIGNO];
  const { actions } = task.process;
  const blocked = task.mask.has(signal);
  if (blocked || actions.handler(signal) === SIG_IGN) {
    actions.set(signal, SIG_DFL, 0, 0, 0, 0);
    task.mask.delete(signal);
  }
  task.pending.add(info);
  notice(task);
}

/** The wait status of a process that a signal ends with a core dump, where limits and privileges allow one. */
export function dumpStatus(process: Process, signal: number): number {
  return process.limits.soft[RLIMIT_CORE] > 0 && process.dumpable ? signal | CORE : signal;
}

/** The process is to end with this wait status: every thread sees it at once. */
export function endProcess(process: Process, status: number): void {
  if (process.ending) return;
  process.ending = true;
  process.status = status;
  process.stopSignal = 0;
  for (const task of process.threads) {
    notice(task);
    // Also out of the waits that no signal may end.
    process.system.scheduler.rouse(task, 'signal');
  }
  process.continued.wake();
}

/** The process stops: every thread as soon as it can. */
export function stopProcess(process: Process, signal: number): void {
  process.stopSignal = signal;
  process.stoppedThreads = 0;
  process.stops++;
  process.unreportedContinue = false;
  for (const task of process.threads) notice(task);
}

/** All threads have stopped: the parent learns of it. */
export function reportStop(process: Process): void {
  process.unreportedStop = true;
  notifyParent(process, CLD_STOPPED, process.stopSignal);
}

/** SIGCHLD to the parent about a child that stopped or continued, unless it asked not to hear of these. */
function notifyParent(process: Process, code: number, status: number): void {
  if (process.parent) tellOfStop(process.parent, () => childInfo(process, SIGCHLD, code, status));
}

/** SIGCHLD about a stop or its end, for those who want such, and a wake for those who wait for it. */
export function tellOfStop(watcher: Process, info: () => Info): void {
  const { actions, leader } = watcher;
  const told = !(actions.flags(SIGCHLD) & SA_NOCLDSTOP) && actions.handler(SIGCHLD) !== SIG_IGN;
  // What nobody would notice is not even made.
  if (told && leader && !ignores(watcher, leader, SIGCHLD)) sendToProcess(watcher, info());
  watcher.childChanged.wake();
}

/** The siginfo that tells of a child. */
export function childInfo(child: Process, signal: number, code: number, status: number): Info {
  const info = makeInfo(signal, code, child.pid, child.identity.realUid);
  // Any other exit signal has the layout of kill's (siginfo_layout).
  if (signal !== SIGCHLD) return info;
  info[STATUS] = status;
  info[UTIME] = child.usage.userTime / TICK;
  info[STIME] = child.usage.systemTime / TICK;
  return info;
}

/** Lets a task see to its signals before its application runs again, ending an interruptible wait. */
export function notice(task: Task): void {
  task.attention = true;
  task.system.scheduler.interrupt(task);
}

/** Effects of sending that do not depend on delivery. Says whether the signal is to be queued. */
function prepare(process: Process, task: Task, signal: number): boolean {
  if (process.ending) return false;
  const bit = signal <= 32 ? 1 << (signal - 1) : 0;
  if (bit & STOPS) discard(process, CONTINUES);
  else if (signal === SIGCONT) {
    discard(process, STOPS);
    goOn(process);
  }
  return !ignores(process, task, signal);
}

/** SIGCONT takes effect when it is sent, even where it is blocked or ignored. */
function goOn(process: Process): void {
  if (process.stopSignal === 0) return;
  process.stopSignal = 0;
  process.stoppedThreads = 0;
  process.unreportedStop = false;
  process.unreportedContinue = true;
  process.continued.wake();
  notifyParent(process, CLD_CONTINUED, SIGCONT);
}

function discard(process: Process, lo: number): void {
  process.pending.discard(lo, 0);
  for (const task of process.threads) task.pending.discard(lo, 0);
}

/** A signal that nobody would notice is not even queued; one that is blocked is, since its action may change. */
function ignores(process: Process, task: Task, signal: number): boolean {
  // A tracer sees every signal.
  if (task.hook || task.mask.has(signal) || task.awaited?.has(signal)) return false;
  const handler = process.actions.handler(signal);
  if (handler === SIG_IGN) return true;
  if (handler !== SIG_DFL) return false;
  const action = defaultAction(signal);
  return action === 'ignore' || action === 'continue';
}
