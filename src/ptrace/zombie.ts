import { WEXITED, WNOWAIT } from '../abi/flags.ts';
import { SIGCHLD } from '../abi/signals.ts';
import { PID } from '../kernel/signals/info.ts';
import { childInfo, sendToProcess } from '../kernel/signals/send.ts';
import { announce, exitCode } from '../kernel/tasks/exit.ts';
import type { Tracee } from '../kernel/tasks/hook.ts';
import type { Process } from '../kernel/tasks/process.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { Usage } from '../kernel/tasks/usage.ts';
import type { Event } from '../kernel/tasks/wait.ts';

/**
 * A traced task has ended: its tracer is to learn of it by wait, before the parent of the process does. Where the tracer
 * is the parent itself, the end of the process is an ordinary one.
 */
export function leaveZombie(task: Task, tracer: Task, status: number, last: boolean): void {
  const { process } = task;
  const watcher = tracer.process;
  if (watcher.zombie || (last && process.parent === watcher)) return;
  // A leader that ends before its threads is seen with the last of them.
  if (!last && task.tid === process.pid) return;
  if (last) process.hiddenBy = watcher;
  const [code, value] = exitCode(status);
  new Zombie(task, watcher, status, last);
  const info = childInfo(process, SIGCHLD, code, value);
  info[PID] = last ? process.pid : task.tid;
  sendToProcess(watcher, info);
  watcher.childChanged.wake();
}

/** What is left of a task for its tracer. */
class Zombie implements Tracee {
  readonly tid: number;
  readonly #process: Process;
  readonly #watcher: Process;
  readonly #status: number;
  readonly #last: boolean;

  constructor(task: Task, watcher: Process, status: number, last: boolean) {
    this.tid = last ? task.process.pid : task.tid;
    this.#process = task.process;
    this.#watcher = watcher;
    this.#status = status;
    this.#last = last;
    watcher.tracees.add(this);
  }

  get group(): number {
    return this.#process.group;
  }

  event(options: number): Event | undefined {
    if (!(options & WEXITED)) return undefined;
    const [code, value] = exitCode(this.#status);
    const usage = new Usage();
    usage.add(this.#process.usage);
    if (!(options & WNOWAIT)) this.#forget();
    return { pid: this.tid, uid: this.#process.identity.realUid, status: this.#status, code, value, usage };
  }

  tracerEnded(): void {
    if (this.#watcher.threads.length === 0) this.#forget();
  }

  /** The tracer has seen it: now it is the parent's. */
  #forget(): void {
    this.#watcher.tracees.delete(this);
    if (!this.#last) return;
    this.#process.hiddenBy = undefined;
    announce(this.#process);
  }
}
