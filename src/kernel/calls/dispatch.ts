import { EFAULT, ENOSYS, ERESTART_RESTARTBLOCK, ERESTARTSYS } from '../../abi/errno.ts';
import { NOFRAME, OK } from '../memory/space.ts';
import type { Kernel } from '../platform.ts';
import { EAX, EBP, EBX, ECX, EDI, EDX, ESI, ORIG_EAX } from '../platform.ts';
import { closeDropped } from '../tasks/exit.ts';
import { outOfMemory } from '../tasks/oom.ts';
import { judge } from '../tasks/seccomp.ts';
import type { Task } from '../tasks/task.ts';
import { CALL } from '../work.ts';

/**
 * Starts the system call that the task's registers name (number in EAX, arguments in EBX, ECX, EDX, ESI, EDI, EBP).
 * Returns its result; or what it waits for, whose outcome goes through `settle` where it is `unsettled`, and through
 * `finish`. This is the choke point for calls.
 */
export function dispatch(task: Task): number | Kernel<number> {
  const { regs } = task.context;
  const { args, system, user } = task;
  const number = regs[EAX];
  regs[ORIG_EAX] = number;
  args[0] = regs[EBX];
  args[1] = regs[ECX];
  args[2] = regs[EDX];
  args[3] = regs[ESI];
  args[4] = regs[EDI];
  args[5] = regs[EBP];
  task.call = number;
  user.missing = -1;
  system.platform.call(number);
  system.platform.charge(CALL);
  const { observer } = system.platform;
  if (observer) observer.enter(task.pid, number, args, (address, length) => user.peek(address, length));
  if (task.seccomp) {
    const instead = judge(task, task.seccomp, number);
    if (instead !== undefined) return finish(task, instead);
  }
  const row = system.calls[number];
  if (row === undefined) return finish(task, unknown(task, number));
  const result = row.run(task);
  if (typeof result !== 'number') return result;
  return unsettled(task, result) ? settle(task, result) : finish(task, result);
}

/** Whether a call is not yet over with this result. */
export function unsettled({ user, system }: Task, result: number): boolean {
  return (result === -EFAULT && (user.missing >= 0 || user.exhausted)) || system.pool.dropped.length > 0;
}

/** Brings an unsettled call to its end: runs it again when a page was missing. */
export function* settle(task: Task, first: number): Kernel<number> {
  const { system, user } = task;
  const row = system.calls[task.call]!;
  let result = first;
  while (result === -EFAULT && user.missing >= 0 && !task.process.ending) {
    const outcome = yield* task.memory.bring(user.missing, user.missingWrite);
    user.missing = -1;
    if (outcome === NOFRAME) user.exhausted = true;
    if (outcome !== OK) break;
    const next = row.run(task);
    result = typeof next === 'number' ? next : yield* next;
  }
  if (user.exhausted) {
    user.exhausted = false;
    outOfMemory(task);
  }
  if (system.pool.dropped.length > 0) yield* closeDropped(system);
  return result;
}

/** The end of every call: the observer's other side, and a restart is left to signal delivery. */
export function finish(task: Task, result: number): number {
  if (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK) task.attention = true;
  const { user } = task;
  const { observer } = task.system.platform;
  if (observer) observer.leave(task.pid, task.call, task.args, result, (address, length) => user.peek(address, length));
  return result;
}

/** A call that is not in the table: -ENOSYS, and its number is named to the user once. */
function unknown(task: Task, number: number): number {
  const { system } = task;
  if (!system.unknownCalls.has(number)) {
    system.unknownCalls.add(number);
    system.platform.warn(`unknown system call ${number} (${task.name}, pid ${task.pid}): ENOSYS`);
  }
  return -ENOSYS;
}
