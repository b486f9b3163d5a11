import { EINTR, ERESTART_RESTARTBLOCK, ERESTARTNOHAND, ERESTARTNOINTR, ERESTARTSYS } from '../../abi/errno.ts';
import {
  defaultAction,
  SA_NODEFER,
  SA_RESETHAND,
  SA_RESTART,
  SIG_DFL,
  SIG_IGN,
  SIGSEGV,
  SIGSTOP,
} from '../../abi/signals.ts';
import { wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { EAX, EIP, ORIG_EAX } from '../platform.ts';
import { endTask } from '../tasks/exit.ts';
import { isOrphaned } from '../tasks/groups.ts';
import type { Task } from '../tasks/task.ts';
import { buildFrame, enterHandler } from './frame.ts';
import type { Info } from './info.ts';
import { kernelInfo, SIGNO } from './info.ts';
import { dumpStatus, endProcess, forceSignal, reportStop, stopProcess } from './send.ts';

const RESTART_SYSCALL = 0;
/** Bytes of `int 0x80`, over which a restarted call goes back. */
const INT80 = 2;

/**
 * What a task does before its application runs again: ends, stops, takes its signals, restarts an interrupted call.
 * When it returns and the task has not ended, the registers are ready.
 */
export function* attend(task: Task): Kernel<void> {
  const { process } = task;
  for (;;) {
    task.attention = false;
    if (process.ending || task.leaving) return yield* endTask(task);
    if (task.mustStop()) {
      yield* stayStopped(task);
      continue;
    }
    if (task.hook?.attention) {
      yield* task.hook.attend();
      continue;
    }
    const taken = task.takeSignal();
    if (!taken) break;
    const info = task.hook ? yield* task.hook.signal(taken) : taken;
    if (!info || task.probes?.signal(task, info)) continue;
    const signal = info[SIGNO];
    task.system.platform.observer?.signal(process.pid, signal, new Uint8Array(info.buffer));
    const handler = process.actions.handler(signal);
    if (handler === SIG_IGN) continue;
    if (handler === SIG_DFL) actByDefault(task, signal);
    else yield* handle(task, info);
  }
  restartCall(task);
  if (task.maskSaved) {
    task.maskSaved = false;
    task.block(task.savedMask.lo, task.savedMask.hi);
    if (task.attention) yield* attend(task);
  }
}

function actByDefault(task: Task, signal: number): void {
  const { process } = task;
  const action = defaultAction(signal);
  if (action === 'ignore' || action === 'continue') return;
  if (action === 'stop') {
    // The terminal's stops would leave an orphaned group stopped for ever.
    if (signal === SIGSTOP || !isOrphaned(task.system, process.group)) stopProcess(process, signal);
    return;
  }
  endProcess(process, action === 'core' ? dumpStatus(process, signal) : signal);
}

function* stayStopped(task: Task): Kernel<void> {
  const { process } = task;
  task.stopped = true;
  task.stopSeen = 0;
  while (process.stopSignal !== 0) {
    // Continued and stopped anew before this thread came to run: it counts again.
    if (task.stopSeen !== process.stops) {
      task.stopSeen = process.stops;
      process.stoppedThreads++;
      if (process.stoppedThreads === process.threads.length) reportStop(process);
    }
    if (task.hook) {
      yield* task.hook.groupStop();
      break;
    }
    yield* wait(process.continued, Number.POSITIVE_INFINITY, false);
  }
  task.stopped = false;
}

/** Runs the program's handler: builds the frame and changes the registers. */
function* handle(task: Task, info: Info): Kernel<void> {
  const { actions } = task.process;
  const signal = info[SIGNO];
  const flags = actions.flags(signal);
  interruptCall(task, flags);
  const frame = buildFrame(task, info);
  const written =
    frame !== undefined &&
    (yield* store(task, frame.fpAddress, frame.fp)) &&
    (yield* store(task, frame.address, frame.bytes));
  if (!written) {
    // A handler for SIGSEGV that has no stack would run for ever.
    if (signal === SIGSEGV) actions.set(SIGSEGV, SIG_DFL, 0, 0, 0, 0);
    forceSignal(task, kernelInfo(SIGSEGV));
    return;
  }
  enterHandler(task, info, frame);
  task.hook?.handlerEntered();
  task.maskSaved = false;
  let lo = task.mask.lo | actions.maskLo(signal);
  let hi = task.mask.hi | actions.maskHi(signal);
  if (!(flags & SA_NODEFER)) {
    if (signal <= 32) lo |= 1 << (signal - 1);
    else hi |= 1 << (signal - 33);
  }
  task.block(lo, hi);
  if (flags & SA_RESETHAND) {
    actions.set(signal, SIG_DFL, flags, actions.restorer(signal), actions.maskLo(signal), actions.maskHi(signal));
  }
}

function* store(task: Task, address: number, bytes: Uint8Array): Kernel<boolean> {
  if ((yield* task.user.bring(address, bytes.length, true)) < bytes.length) return false;
  return task.user.write(address, bytes) === 0;
}

/** A handler is about to run: does the interrupted call fail with EINTR or go again after it? */
function interruptCall(task: Task, flags: number): void {
  const { regs } = task.context;
  if (regs[ORIG_EAX] < 0) return;
  const again = -regs[EAX];
  if (again === ERESTARTNOINTR || (again === ERESTARTSYS && flags & SA_RESTART)) repeat(task, regs[ORIG_EAX]);
  else if (isRestart(again)) regs[EAX] = -EINTR;
}

/** No handler runs: an interrupted call goes again. */
function restartCall(task: Task): void {
  const { regs } = task.context;
  if (regs[ORIG_EAX] < 0) return;
  const again = -regs[EAX];
  if (again === ERESTART_RESTARTBLOCK) repeat(task, RESTART_SYSCALL);
  else if (isRestart(again)) repeat(task, regs[ORIG_EAX]);
}

function repeat(task: Task, call: number): void {
  const { regs } = task.context;
  regs[EAX] = call;
  regs[EIP] -= INT80;
  regs[ORIG_EAX] = -1;
}

function isRestart(code: number): boolean {
  return code === ERESTARTSYS || code === ERESTARTNOINTR || code === ERESTARTNOHAND || code === ERESTART_RESTARTBLOCK;
}
