import { ENOSYS } from '../../abi/errno.ts';
import { dispatch, finish, settle, unsettled } from '../calls/dispatch.ts';
import type { Outcome } from '../memory/space.ts';
import { ACCERR, MUSTWAIT, NOFRAME, OK } from '../memory/space.ts';
import type { Kernel, Stop } from '../platform.ts';
import { EAX, EIP, ORIG_EAX } from '../platform.ts';
import { attend } from '../signals/deliver.ts';
import { raiseException, raiseFault } from '../signals/exceptions.ts';
import { processorTime } from '../time/processor.ts';
import { FAULT } from '../work.ts';
import { outOfMemory } from './oom.ts';
import { GIVE_WAY } from './scheduler.ts';
import type { Task } from './task.ts';

const WRITE_FAULT = 2;
const USER_FAULT = 4;
const PAGE_FAULT = 14;

/**
 * The kernel side of a task, from its first instruction to its end. What is usual is done here and not in routines of its
 * own: each generator on the way to a wait costs at every wait.
 */
export function* live(task: Task): Kernel<void> {
  for (;;) {
    if (task.attention) {
      yield* attend(task);
      if (task.ended) return;
    }
    const { scheduler, platform } = task.system;
    // An application that a script sends where it traps at once gives the timer no chance to interrupt it.
    if (task.probes?.redirected && platform.now() >= scheduler.until()) yield* serve(task, TIME_IS_UP);
    if (scheduler.turnIsOver()) yield GIVE_WAY;
    let step: Stop | Unfinished | undefined = enter(task);
    if ('kind' in step && step.kind === 'stop') {
      const stop: Stop = yield* step.stop;
      step = stop.why === 'syscall' ? systemCall(task) : stop;
      if (step === undefined) continue;
    }
    if ('why' in step) yield* serve(task, step);
    else if (step.kind === 'call') {
      const first = yield* step.call;
      const outcome = unsettled(task, first) ? yield* settle(task, first) : first;
      task.context.regs[EAX] = result(task, finish(task, outcome));
    } else if (step.kind === 'watched') {
      // Both ends of the call of a traced task are shown, and it may be changed or left out.
      const { regs } = task.context;
      regs[ORIG_EAX] = regs[EAX];
      regs[EAX] = -ENOSYS;
      const entered = task.hook!.enter();
      const wanted = typeof entered === 'boolean' ? entered : yield* entered;
      if (task.process.ending || task.leaving) continue;
      if (wanted && regs[ORIG_EAX] !== -1) {
        regs[EAX] = regs[ORIG_EAX];
        yield* make(task);
      }
      const left = task.hook?.leave();
      if (left) yield* left;
    }
  }
}

/** Makes the call in the registers, unless a script has it done otherwise. */
function* make(task: Task): Kernel<void> {
  if (task.probes?.enter(task)) return;
  const call = dispatch(task);
  if (typeof call === 'number') task.context.regs[EAX] = result(task, call);
  else yield* complete(task, call);
}

/** Brings a call that waits to its end. */
function* complete(task: Task, call: Kernel<number>): Kernel<void> {
  const first = yield* call;
  const outcome = unsettled(task, first) ? yield* settle(task, first) : first;
  task.context.regs[EAX] = result(task, finish(task, outcome));
}

/** The result of a call as scripts leave it. */
function result(task: Task, value: number): number {
  return task.probes === undefined ? value : task.probes.leave(task, value);
}

const TIME_IS_UP: Stop = { why: 'quantum', vector: 0, error: 0, address: 0 };

/** A call that must wait, a stop that the world below has yet to tell, or something to see to first. */
type Unfinished =
  | { readonly kind: 'call'; readonly call: Kernel<number> }
  | { readonly kind: 'stop'; readonly stop: Kernel<Stop> }
  | { readonly kind: 'attention' }
  | { readonly kind: 'watched' };

const ATTENTION: Unfinished = { kind: 'attention' };
const WATCHED: Unfinished = { kind: 'watched' };

/** Runs the application for as long as all it wants can be done at once. */
function enter(task: Task): Stop | Unfinished {
  const { system, context } = task;
  const { platform, scheduler } = system;
  for (;;) {
    const stop = platform.run(task.memory.space, context, scheduler.until());
    if (!('why' in stop)) return { kind: 'stop', stop };
    if (stop.why === 'syscall') {
      const step = systemCall(task);
      if (step !== undefined) return step;
    } else if (stop.why === 'fault') {
      platform.charge(FAULT);
      const page = stop.address >>> 12;
      if (isForbidden(task, page, stop.error)) return stop;
      if (task.memory.touch(page, (stop.error & WRITE_FAULT) !== 0) !== OK) return stop;
      if (task.probes !== undefined) task.probes.served(task, stop.error, stop.address);
    } else return stop;
  }
}

/** An application has touched a page of an inner ring. */
function isForbidden({ memory }: Task, page: number, error: number): boolean {
  return (error & USER_FAULT) !== 0 && memory.isInner(page);
}

/** A system call of the application; undefined where it is done. */
function systemCall(task: Task): Stop | Unfinished | undefined {
  const { platform, scheduler } = task.system;
  if (task.hook?.calls) return WATCHED;
  if (task.probes === undefined || !task.probes.enter(task)) {
    const call = dispatch(task);
    if (typeof call !== 'number') return { kind: 'call', call };
    task.context.regs[EAX] = result(task, call);
  } else if (platform.now() >= scheduler.until()) return TIME_IS_UP;
  return task.attention ? ATTENTION : undefined;
}

/** Does what a stop other than a system call asks for, waiting where it must. */
function* serve(task: Task, stop: Stop): Kernel<void> {
  const { system } = task;
  switch (stop.why) {
    case 'fault':
      return yield* fault(task, stop.address, stop.error);
    case 'exception':
      task.context.regs[ORIG_EAX] = -1;
      if (task.probes?.fault(task, stop.vector, stop.error, task.context.regs[EIP])) return;
      return raiseException(task, stop);
    case 'quantum':
      task.context.regs[ORIG_EAX] = -1;
      system.timers.run(system.platform.now());
      task.process.processorTimers.run(processorTime(task.process));
      task.probes?.tick(task);
      if (system.scheduler.turnIsOver()) yield GIVE_WAY;
      return;
  }
}

/** A page fault that could not be served at once. */
function* fault(task: Task, address: number, error: number): Kernel<void> {
  task.context.regs[ORIG_EAX] = -1;
  const write = (error & WRITE_FAULT) !== 0;
  const page = address >>> 12;
  let outcome: Outcome = isForbidden(task, page, error) ? ACCERR : task.memory.touch(page, write);
  if (outcome === MUSTWAIT) outcome = yield* task.memory.bring(page, write);
  if (outcome === OK) {
    task.probes?.served(task, error, address);
    return;
  }
  if (outcome === NOFRAME) return outOfMemory(task);
  if (task.probes?.fault(task, PAGE_FAULT, error, address)) return;
  raiseFault(task, address, error, outcome);
}
