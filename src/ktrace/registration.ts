/** A script that somebody has registered, and the threads that it is attached to. */
import { KTRACE_CHILDREN, KTRACE_PROCESS } from '../abi/ktrace.ts';
import type { Frames } from '../kernel/memory/frames.ts';
import { mayInspect } from '../kernel/tasks/inspect.ts';
import type { Process } from '../kernel/tasks/process.ts';
import type { Task } from '../kernel/tasks/task.ts';
import type { Script } from './script.ts';
import { type Attachment, Scripts } from './scripts.ts';

/** clone(2): a thread of the same process. */
const CLONE_THREAD = 0x10000;

export class Registration {
  readonly script: Script;
  /** Whose it is; undefined: the kernel's own, for the user of the run. */
  readonly owner: Process | undefined;
  readonly tasks = new Set<Task>();
  /** Frames of the owner's memory that save areas lie in. */
  readonly frames: readonly number[];

  constructor(script: Script, owner: Process | undefined, frames: readonly number[] = []) {
    this.script = script;
    this.owner = owner;
    this.frames = frames;
  }

  /** Attaches the script to a thread, behind those that are there. False when it is attached already. */
  attach(task: Task, flags: number, mode: number): boolean {
    if (this.tasks.has(task)) return false;
    const scripts = task.probes instanceof Scripts ? task.probes : new Scripts(mode);
    if (this.script.changes) scripts.mode = mode;
    scripts.attachments = [...scripts.attachments, { registration: this, flags }];
    task.probes = scripts;
    this.tasks.add(task);
    return true;
  }

  detach(task: Task): void {
    const { probes } = task;
    this.tasks.delete(task);
    if (!(probes instanceof Scripts)) return;
    probes.attachments = probes.attachments.filter(({ registration }) => registration !== this);
    if (probes.attachments.length === 0) task.probes = undefined;
  }

  /** Whether a child made with clone's `flags` is watched too: a thread of the process, or a process. */
  passesOn({ flags }: Attachment, clone: number): boolean {
    if (clone & CLONE_THREAD) return (flags & KTRACE_PROCESS) !== 0;
    // What a program's script changes makes sense in that program's memory only.
    return (flags & KTRACE_CHILDREN) !== 0 && (!this.script.changes || !this.owner);
  }

  /** Whether it stays with a thread that executes another program: what it changes would make no sense there. */
  survivesExec(task: Task, secure: boolean): boolean {
    if (!this.owner) return true;
    const owner = this.owner.leader;
    return !this.script.changes && owner !== undefined && (!secure || mayInspect(owner, task, 'real') === 0);
  }

  /** Detaches it from all threads and gives its memory back. */
  remove(frames: Frames): void {
    for (const task of [...this.tasks]) this.detach(task);
    for (const frame of this.frames) frames.release(frame);
  }
}
