import { S_ISGID, S_ISUID } from '../../abi/flags.ts';
import { SIGCHLD, SS_DISABLE } from '../../abi/signals.ts';
import type { AddressSpace } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import { Actions } from '../signals/actions.ts';
import { resetFpu } from '../signals/fpstate.ts';
import { noteUsage, releaseVfork } from '../tasks/exit.ts';
import { Identity } from '../tasks/identity.ts';
import { leaveMemory } from '../tasks/robust.ts';
import type { Task } from '../tasks/task.ts';
import { dismissOthers } from '../tasks/threads.ts';
import { dropPosixTimers } from '../time/posix.ts';

/** Bytes of comm without its zero (TASK_COMM_LEN). */
const NAME_MAX = 15;

/**
 * Makes the task the only thread of a process with this address space (still empty) and otherwise fresh, as exec
 * does. Returns 1 when its ids changed (AT_SECURE), 0 when not.
 */
export function* becomeImage(task: Task, memory: AddressSpace, file: number, path: string): Kernel<number> {
  const { process, system } = task;
  yield* dismissOthers(task);
  yield* leaveMemory(task);
  noteUsage(task);
  const old = task.memory;
  task.memory = memory;
  task.user.space = memory;
  memory.limits = process.limits;
  releaseVfork(task);
  old.release();

  if (sharesTable(task)) {
    const own = system.files.fork(task.table);
    yield* system.files.release(task.table);
    task.table = own;
  }
  yield* system.files.exec(task.table);
  if (process.actions.users > 1) {
    process.actions.users--;
    process.actions = new Actions(process.actions);
  }
  process.actions.resetHandlers();
  dropPosixTimers(process);
  Object.assign(task.alternate, { base: 0, size: 0, flags: SS_DISABLE });
  task.rest = undefined;
  process.exitSignal = SIGCHLD;
  process.executed = true;
  process.executable = system.files.describe(file).path;
  process.executableFile = file;
  task.name = path.slice(path.lastIndexOf('/') + 1).slice(0, NAME_MAX);
  const secure = changeIdentity(task, file);
  resetContext(task);
  return secure ? 1 : 0;
}

/** Set-user-id and set-group-id programs; saved ids follow the effective ones. */
function changeIdentity(task: Task, file: number): boolean {
  const { process, system } = task;
  const { mode, uid, gid } = system.files.describe(file);
  const identity = new Identity(task.identity);
  task.identity = identity;
  if (!identity.noNewPrivileges) {
    if (mode & S_ISUID) identity.effectiveUid = uid;
    // Set-group-id without group execute means mandatory locking.
    if (mode & S_ISGID && mode & 0o10) identity.effectiveGid = gid;
  }
  identity.setUids(identity.realUid, identity.effectiveUid, identity.effectiveUid);
  identity.setGids(identity.realGid, identity.effectiveGid, identity.effectiveGid);
  const secure = identity.realUid !== identity.effectiveUid || identity.realGid !== identity.effectiveGid;
  process.dumpable = secure ? 0 : 1;
  if (secure) process.parentDeathSignal = 0;
  return secure;
}

function sharesTable(task: Task): boolean {
  for (const other of task.system.tasks.values()) if (other !== task && other.table === task.table) return true;
  return false;
}

/** Registers, TLS, debug registers and FPU of a fresh program. */
function resetContext(task: Task): void {
  const { platform } = task.system;
  const { context } = task;
  const fresh = platform.newContext();
  context.regs.set(fresh.regs);
  context.tls.fill(0);
  context.debug.fill(0);
  platform.dropContext(fresh);
  platform.saveFpu(context);
  resetFpu(context.fpu);
  platform.loadFpu(context);
}
