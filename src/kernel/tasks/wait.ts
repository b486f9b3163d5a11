import { ECHILD } from '../../abi/errno.ts';
import { __WALL, __WCLONE, WCONTINUED, WEXITED, WNOHANG, WNOWAIT, WSTOPPED } from '../../abi/flags.ts';
import { CLD_CONTINUED, CLD_STOPPED, SIGCHLD, SIGCONT } from '../../abi/signals.ts';
import { ERESTARTSYS, wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { exitCode, reap } from './exit.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';
import { Usage } from './usage.ts';

/** What a wait found: a child and what happened to it. */
export interface Event {
  readonly pid: number;
  readonly uid: number;
  /** As wait4 reports it. */
  readonly status: number;
  /** As waitid reports it: si_code and si_status. */
  readonly code: number;
  readonly value: number;
  readonly usage: Usage;
}

/** Which children: all (pid -1), one (> 0), or a group (< -1 negated, 0 = the caller's own is resolved before). */
export interface Selection {
  readonly pid: number;
  readonly group: number;
}

/**
 * Waits for a change of a child (wait4(2), waitid(2)): the event, 0 with WNOHANG when nothing happened yet, -ECHILD,
 * -ERESTARTSYS. `options` must name what to wait for: WEXITED, WSTOPPED, WCONTINUED.
 */
export function* waitForChild(task: Task, selection: Selection, options: number): Kernel<Event | number> {
  for (;;) {
    const found = look(task, selection, options);
    if (found !== 0 || options & WNOHANG) return found;
    if ((yield* wait(task.process.childChanged)) === 'signal') return -ERESTARTSYS;
  }
}

/** The event that can be reported now, 0 when there is none yet, -ECHILD when there never will be one. */
export function look(task: Task, selection: Selection, options: number): Event | number {
  const { process } = task;
  let eligible = false;
  for (const child of process.children) {
    if (selection.pid > 0 && child.pid !== selection.pid) continue;
    if (selection.group > 0 && child.group !== selection.group) continue;
    if (!(options & __WALL) && (child.exitSignal !== SIGCHLD) !== ((options & __WCLONE) !== 0)) continue;
    // What has ended can no longer stop or continue.
    if (child.zombie && !(options & WEXITED)) continue;
    eligible = true;
    if (child.hiddenBy) continue;
    const event = eventOf(child, options);
    if (event) return event;
  }
  for (const tracee of process.tracees) {
    if (selection.pid > 0 && tracee.tid !== selection.pid) continue;
    if (selection.group > 0 && tracee.group !== selection.group) continue;
    eligible = true;
    const event = tracee.event(options);
    if (event) return event;
  }
  return eligible ? 0 : -ECHILD;
}

function eventOf(child: Process, options: number): Event | undefined {
  const keep = (options & WNOWAIT) !== 0;
  if (child.zombie) {
    if (!(options & WEXITED)) return undefined;
    const usage = new Usage();
    usage.add(child.usage);
    usage.add(child.childUsage);
    const [code, value] = exitCode(child.status);
    if (!keep) reap(child);
    return make(child, child.status, code, value, usage);
  }
  if (child.unreportedStop && options & WSTOPPED) {
    if (!keep) child.unreportedStop = false;
    return make(child, (child.stopSignal << 8) | 0x7f, CLD_STOPPED, child.stopSignal, child.usage);
  }
  if (child.unreportedContinue && options & WCONTINUED) {
    if (!keep) child.unreportedContinue = false;
    return make(child, 0xffff, CLD_CONTINUED, SIGCONT, child.usage);
  }
  return undefined;
}

/** The event of a traced task that stopped with this exit_code (low byte: the signal), for the reason CLD_*. */
export function stopEvent(task: Task, code: number, why: number): Event {
  const { process } = task;
  const status = (code << 8) | 0x7f;
  return { pid: task.tid, uid: process.identity.realUid, status, code: why, value: code, usage: process.usage };
}

function make(child: Process, status: number, code: number, value: number, usage: Usage): Event {
  return { pid: child.pid, uid: child.identity.realUid, status, code, value, usage };
}
