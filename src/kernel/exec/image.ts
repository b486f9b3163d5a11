import { SIGCHLD, SS_DISABLE } from '../../abi/signals.ts';
import type { AddressSpace } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import { Actions } from '../signals/actions.ts';
import { resetFpu } from '../signals/fpstate.ts';
import type { Raised } from '../tasks/credential-rules.ts';
import { commit } from '../tasks/credential-rules.ts';
import { dropTables, noteUsage, releaseVfork } from '../tasks/exit.ts';
import { leaveMemory } from '../tasks/robust.ts';
import type { Task } from '../tasks/task.ts';
import { dismissOthers } from '../tasks/threads.ts';
import { dropPosixTimers } from '../time/posix.ts';

/** What a set-user-id program does not inherit: ADDR_NO_RANDOMIZE, MMAP_PAGE_ZERO, ADDR_COMPAT_LAYOUT, READ_IMPLIES_EXEC. */
const PER_CLEAR_ON_SETID = 0x0040000 | 0x0100000 | 0x0200000 | 0x0400000;
/** Bytes of comm without its zero (TASK_COMM_LEN). */
const NAME_MAX = 15;

/**
 * Makes the task the only thread of a process with this address space (still empty) and otherwise fresh, as exec
 * does; it runs as `raised` says.
 */
export function* becomeImage(
  task: Task,
  memory: AddressSpace,
  file: number,
  path: string | undefined,
  raised: Raised,
): Kernel<void> {
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
  dropTables(process);

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
  // A program that was named by its descriptor alone is called as its file is.
  const name = path ?? process.executable;
  task.name = name.slice(name.lastIndexOf('/') + 1).slice(0, NAME_MAX);
  become(task, raised);
  resetContext(task);
}

/** Who the program runs as; nobody else may look into one that was raised, or ends with the one who started it. */
function become(task: Task, { identity, secure }: Raised): void {
  const { process } = task;
  const differs = identity.realUid !== identity.effectiveUid || identity.realGid !== identity.effectiveGid;
  process.dumpable = differs ? 0 : 1;
  commit(task, identity);
  if (secure) {
    process.parentDeathSignal = 0;
    process.personality &= ~PER_CLEAR_ON_SETID;
  }
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
  if (fresh.limit !== undefined) context.limit = fresh.limit;
  if (context.gate !== undefined) context.gate = undefined;
  platform.dropContext(fresh);
  platform.saveFpu(context);
  resetFpu(context.fpu);
  platform.loadFpu(context);
}
