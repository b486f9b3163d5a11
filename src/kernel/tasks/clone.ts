import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from '../../abi/capabilities.ts';
import { EAGAIN, EEXIST, EFAULT, EINVAL, ENOMEM } from '../../abi/errno.ts';
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_PIDFD,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  RLIMIT_CPU,
} from '../../abi/flags.ts';
import { SIGCHLD } from '../../abi/signals.ts';
import { wait } from '../call.ts';
import { capable } from '../capabilities.ts';
import { UndoList } from '../ipc/semaphore.ts';
import type { Kernel } from '../platform.ts';
import { EAX, ESP, ORIG_EAX } from '../platform.ts';
import { Queue } from '../queue.ts';
import { watchProcessorLimit } from '../time/interval.ts';
import { FORK } from '../work.ts';
import { exceedsProcesses } from './credential-rules.ts';
import type { Birth } from './hook.ts';
import { copyLdt } from './ldt.ts';
import { openPid } from './pidfd.ts';
import { Process } from './process.ts';
import { Task } from './task.ts';
import { setThreadArea } from './tls.ts';

/** What clone(2) and clone3(2) are asked for. */
export interface CloneRequest {
  /** CLONE_*, without the signal. */
  readonly flags: number;
  /** CLONE_CLEAR_SIGHAND, whose bit lies above the first word. */
  readonly clearHandlers: boolean;
  readonly exitSignal: number;
  /** 0 = the parent's. */
  readonly stack: number;
  readonly parentTid: number;
  readonly childTid: number;
  /** Where the descriptor of the child goes (CLONE_PIDFD). */
  readonly pidfd: number;
  /** Address of a struct user_desc (CLONE_SETTLS). */
  readonly tls: number;
  /** The tid that the child is to have, 0 = any. */
  readonly tid: number;
}

/**
 * fork(2), vfork(2), clone(2), clone3(2): the child's tid, or -EAGAIN, -ENOMEM, -EINVAL, -EFAULT, -EMFILE, -EEXIST.
 * A vfork parent waits for its child.
 */
export function cloneTask(parent: Task, request: CloneRequest): number | Kernel<number> {
  const { flags } = request;
  if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) return -EINVAL;
  if (flags & CLONE_SIGHAND && !(flags & CLONE_VM)) return -EINVAL;
  if (flags & CLONE_PIDFD && flags & CLONE_THREAD) return -EINVAL;
  const { system } = parent;
  // A bad address for the tid goes unnoticed, but a page that must be waited for is waited for.
  const told = (flags & CLONE_PARENT_SETTID) !== 0 && parent.user.writable(request.parentTid, 4) === 0;
  if (flags & CLONE_PARENT_SETTID && !told && parent.user.missing >= 0) return -EFAULT;
  if (flags & CLONE_PIDFD && parent.user.writable(request.pidfd, 4) < 0) return -EFAULT;
  if (!mayFork(parent)) return -EAGAIN;
  if (system.tasks.has(request.tid) || system.processes.has(request.tid)) return -EEXIST;
  const tid = request.tid || system.newPid();
  if (tid < 0) return tid;

  const memory = flags & CLONE_VM ? parent.memory : parent.memory.fork();
  if (!memory) return -ENOMEM;
  if (flags & CLONE_VM) memory.users++;
  else if (!copyLdt(parent.memory, memory)) {
    memory.release();
    return -ENOMEM;
  }
  system.platform.charge(FORK);
  const task = makeTask(parent, tid, request, memory);
  const failed = finishTask(parent, task, request);
  if (failed < 0) return abandon(task, failed);
  if (told) parent.user.store32(request.parentTid, tid);
  const { process } = task;
  process.threads.push(task);
  system.processes.set(process.pid, process);
  system.tasks.set(tid, task);
  task.life = system.live(task);
  const birth = flags & CLONE_VFORK ? 'vfork' : request.exitSignal === SIGCHLD ? 'fork' : 'clone';
  parent.hook?.born(task, flags, birth);
  parent.probes?.born(parent, task, flags);
  system.scheduler.enqueue(task);
  if (parent.hook) return showBirth(parent, task, tid, birth);
  return flags & CLONE_VFORK ? waitForVfork(parent, task, tid) : tid;
}

/** The end of a clone whose caller is watched. */
function* showBirth(parent: Task, task: Task, tid: number, birth: Birth): Kernel<number> {
  // Before the parent stops: the child may be over by the time it goes on.
  const done = birth === 'vfork' ? new Queue() : undefined;
  task.vforkDone = done;
  if (parent.hook) yield* parent.hook.parted(tid, birth, false);
  if (!done) return tid;
  while (task.vforkDone === done && !parent.process.ending && !parent.leaving)
    yield* wait(done, Number.POSITIVE_INFINITY, false);
  if (parent.hook) yield* parent.hook.parted(tid, birth, true);
  return tid;
}

/** A task with its own or shared parts; nobody knows it yet. */
function makeTask(parent: Task, tid: number, request: CloneRequest, memory: Task['memory']): Task {
  const { flags } = request;
  const { system } = parent;
  const { files } = system;
  const context = system.platform.newContext();
  copyContext(parent, context);
  context.regs[EAX] = 0;
  if (request.stack !== 0) context.regs[ESP] = request.stack;
  const process = flags & CLONE_THREAD ? parent.process : newProcess(parent, tid, request);
  const table = flags & CLONE_FILES ? files.share(parent.table) : files.fork(parent.table);
  const places = flags & CLONE_FS ? files.sharePlaces(parent.places) : files.forkPlaces(parent.places);
  const task = new Task(process, tid, context, memory, table, places);
  task.identity = parent.identity;
  task.memoryPolicy = parent.memoryPolicy;
  task.noNewPrivileges = parent.noNewPrivileges;
  task.seccomp = parent.seccomp;
  task.schedule = parent.schedule.child();
  task.timerSlack = parent.timerSlack;
  task.usualSlack = parent.timerSlack;
  if (flags & CLONE_SYSVSEM) {
    parent.undo ??= new UndoList();
    parent.undo.users++;
    task.undo = parent.undo;
  }
  task.name = parent.name;
  task.mask.assign(parent.mask.lo, parent.mask.hi);
  if (!(flags & CLONE_VM) || flags & CLONE_VFORK) Object.assign(task.alternate, parent.alternate);
  if (!(flags & CLONE_VM)) memory.limits = process.limits;
  return task;
}

/** What can still fail, and what the parent's and the child's memory are told. */
function finishTask(parent: Task, task: Task, request: CloneRequest): number {
  const { flags } = request;
  if (flags & CLONE_SETTLS) {
    const set = setThreadArea(task, request.tls, parent.user, false);
    if (set < 0) return set;
  }
  if (flags & CLONE_PIDFD) {
    const fd = openPid(parent, task.process, 0);
    if (fd < 0) return fd;
    parent.user.store32(request.pidfd, fd);
  }
  if (flags & CLONE_CHILD_CLEARTID) task.clearTid = request.childTid;
  if (flags & CLONE_CHILD_SETTID && task.user.writable(request.childTid, 4) === 0)
    task.user.store32(request.childTid, task.tid);
  return 0;
}

/** Only the child's exec or end, or the parent's own end, ends this wait. */
function* waitForVfork(parent: Task, child: Task, tid: number): Kernel<number> {
  const done = new Queue();
  child.vforkDone = done;
  while (child.vforkDone === done && !parent.process.ending && !parent.leaving)
    yield* wait(done, Number.POSITIVE_INFINITY, false);
  return tid;
}

function newProcess(parent: Task, pid: number, request: CloneRequest): Process {
  const { flags } = request;
  const { process, system } = parent;
  const child = new Process(system, pid, process, (flags & CLONE_SIGHAND) !== 0);
  const of = flags & CLONE_PARENT ? process.parent : undefined;
  if (of) {
    process.children.delete(child);
    of.children.add(child);
    child.parent = of;
  }
  if (request.clearHandlers) child.actions.resetHandlers();
  if (child.limits.soft[RLIMIT_CPU] !== Number.POSITIVE_INFINITY) watchProcessorLimit(child);
  child.exitSignal = flags & CLONE_PARENT ? process.exitSignal : request.exitSignal;
  return child;
}

/** Undoes what was built for a child that cannot be. */
function abandon(task: Task, error: number): number {
  const { process, system } = task;
  task.undo?.release(process.pid, system.ipc.now());
  task.memory.release();
  system.platform.dropContext(task.context);
  if (process.threads.length === 0) {
    process.parent?.children.delete(process);
    process.actions.users--;
  }
  system.files.release(task.table);
  system.files.releasePlaces(task.places);
  return error;
}

/** RLIMIT_NPROC counts the tasks of one real user and does not bind root. */
function mayFork(parent: Task): boolean {
  const { identity } = parent;
  if (identity.realUid === 0 || capable(identity, CAP_SYS_RESOURCE) || capable(identity, CAP_SYS_ADMIN)) return true;
  return !exceedsProcesses(parent, identity.realUid, 1);
}

function copyContext(parent: Task, to: Task['context']): void {
  const { platform } = parent.system;
  platform.saveFpu(parent.context);
  to.regs.set(parent.context.regs);
  to.tls.set(parent.context.tls);
  to.debug.set(parent.context.debug);
  to.fpu.set(parent.context.fpu);
  if (parent.context.limit !== undefined) to.limit = parent.context.limit;
  if (parent.context.gate !== undefined) to.gate = parent.context.gate;
  to.regs[ORIG_EAX] = -1;
  platform.loadFpu(to);
}
