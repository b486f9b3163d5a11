import { EAGAIN, EFAULT, EINVAL, ENOMEM } from '../../abi/errno.ts';
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
  RLIMIT_CPU,
  RLIMIT_NPROC,
} from '../../abi/flags.ts';
import { NSIG } from '../../abi/signals.ts';
import { wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { EAX, ESP, ORIG_EAX } from '../platform.ts';
import { Queue } from '../queue.ts';
import { watchProcessorLimit } from '../time/interval.ts';
import { FORK } from '../work.ts';
import { Process } from './process.ts';
import { Task } from './task.ts';
import { setThreadArea } from './tls.ts';

/** What clone(2) is asked for. */
export interface CloneRequest {
  readonly flags: number;
  /** 0 = the parent's. */
  readonly stack: number;
  readonly parentTid: number;
  readonly childTid: number;
  /** Address of a struct user_desc (CLONE_SETTLS). */
  readonly tls: number;
}

/** fork(2), vfork(2), clone(2): the child's tid, or -EAGAIN, -ENOMEM, -EINVAL, -EFAULT. A vfork parent waits for its child. */
export function cloneTask(parent: Task, request: CloneRequest): number | Kernel<number> {
  const { flags } = request;
  if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) return -EINVAL;
  if (flags & CLONE_SIGHAND && !(flags & CLONE_VM)) return -EINVAL;
  if ((flags & CSIGNAL) > NSIG) return -EINVAL;
  const { system } = parent;
  if (flags & CLONE_PARENT_SETTID && parent.user.writable(request.parentTid, 4) < 0) return -EFAULT;
  if (!mayFork(parent)) return -EAGAIN;
  const tid = system.newPid();
  if (tid < 0) return tid;

  const memory = flags & CLONE_VM ? parent.memory : parent.memory.fork();
  if (!memory) return -ENOMEM;
  if (flags & CLONE_VM) memory.users++;
  system.platform.charge(FORK);
  const context = system.platform.newContext();
  copyContext(parent, context);
  context.regs[EAX] = 0;
  if (request.stack !== 0) context.regs[ESP] = request.stack;
  const isThread = (flags & CLONE_THREAD) !== 0;
  const process = isThread ? parent.process : newProcess(parent, tid, flags);
  const table = flags & CLONE_FILES ? system.files.share(parent.table) : system.files.fork(parent.table);
  const task = new Task(process, tid, context, memory, table);
  task.name = parent.name;
  task.mask.assign(parent.mask.lo, parent.mask.hi);
  if (!(flags & CLONE_VM) || flags & CLONE_VFORK) Object.assign(task.alternate, parent.alternate);
  if (!(flags & CLONE_VM)) memory.limits = process.limits;
  if (flags & CLONE_SETTLS) {
    const set = setThreadArea(task, request.tls, parent.user);
    if (set < 0) return abandon(task, set);
  }
  if (flags & CLONE_PARENT_SETTID) parent.user.store32(request.parentTid, tid);
  if (flags & CLONE_CHILD_CLEARTID) task.clearTid = request.childTid;
  if (flags & CLONE_CHILD_SETTID && task.user.writable(request.childTid, 4) === 0)
    task.user.store32(request.childTid, tid);
  process.threads.push(task);
  system.processes.set(process.pid, process);
  system.tasks.set(tid, task);
  task.life = system.live(task);
  system.scheduler.enqueue(task);
  return flags & CLONE_VFORK ? waitForVfork(parent, task, tid) : tid;
}

/** Only the child's exec or end, or the parent's own end, ends this wait. */
function* waitForVfork(parent: Task, child: Task, tid: number): Kernel<number> {
  const done = new Queue();
  child.vforkDone = done;
  while (child.vforkDone === done && !parent.process.ending && !parent.leaving)
    yield* wait(done, Number.POSITIVE_INFINITY, false);
  return tid;
}

function newProcess(parent: Task, pid: number, flags: number): Process {
  const { process, system } = parent;
  const of = flags & CLONE_PARENT ? (process.parent ?? process) : process;
  const child = new Process(system, pid, process, (flags & CLONE_SIGHAND) !== 0);
  if (of !== process) {
    process.children.delete(child);
    of.children.add(child);
    child.parent = of;
  }
  if (child.limits.soft[RLIMIT_CPU] !== Number.POSITIVE_INFINITY) watchProcessorLimit(child);
  child.exitSignal = flags & CLONE_PARENT ? process.exitSignal : flags & CSIGNAL;
  return child;
}

/** Undoes what was built for a child that cannot be. */
function abandon(task: Task, error: number): number {
  task.memory.release();
  task.system.platform.dropContext(task.context);
  task.process.parent?.children.delete(task.process);
  task.system.files.release(task.table);
  return error;
}

/** RLIMIT_NPROC counts the processes of one real user and does not bind root. */
function mayFork(parent: Task): boolean {
  const { process, system } = parent;
  const limit = process.limits.soft[RLIMIT_NPROC];
  if (process.identity.privileged || limit === Number.POSITIVE_INFINITY) return true;
  let count = 0;
  for (const other of system.tasks.values()) if (other.process.identity.realUid === process.identity.realUid) count++;
  return count < limit;
}

function copyContext(parent: Task, to: Task['context']): void {
  const { platform } = parent.system;
  platform.saveFpu(parent.context);
  to.regs.set(parent.context.regs);
  to.tls.set(parent.context.tls);
  to.debug.set(parent.context.debug);
  to.fpu.set(parent.context.fpu);
  to.regs[ORIG_EAX] = -1;
  platform.loadFpu(to);
}
