import { EAGAIN, EFAULT, EINTR, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import {
  defaultAction,
  NSIG,
  SA_NODEFER,
  SA_RESETHAND,
  SI_TKILL,
  SI_USER,
  SIG_BLOCK,
  SIG_DFL,
  SIG_IGN,
  SIG_SETMASK,
  SIG_UNBLOCK,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
} from '../../abi/signals.ts';
import { OLD_SIGACTION, SIGACTION, STACK_T } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { ERESTARTNOHAND, waitAny } from '../call.ts';
import type { Kernel } from '../platform.ts';
import { ESP } from '../platform.ts';
import { alternateFlags } from '../signals/frame.ts';
import type { Info } from '../signals/info.ts';
import { CODE, makeInfo, SIGNO } from '../signals/info.ts';
import { returnFromRealtimeSignal, returnFromSignal, setAlternateStack } from '../signals/restore.ts';
import { sendToProcess, sendToTask } from '../signals/send.ts';
import { SignalSet } from '../signals/set.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import { readTimespec32, readTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';

const SIGSET = 8;
const INFO_SIZE = 128;
/** sa_flags that Linux keeps (UAPI_SA_FLAGS): others read back as 0. */
const KNOWN_FLAGS = 0xdc000007 | 0x800;

// ---- sending ------------------------------------------------------------------------------------------------------

/** Whether the caller may signal the process (kill_ok_by_cred, and SIGCONT within a session). */
function maySignal(task: Task, target: Process, signal: number): boolean {
  const own = task.process.identity;
  const other = target.identity;
  if (own.privileged || target === task.process) return true;
  if (signal === SIGCONT && target.session === task.process.session) return true;
  return (
    own.effectiveUid === other.savedUid ||
    own.effectiveUid === other.realUid ||
    own.realUid === other.savedUid ||
    own.realUid === other.realUid
  );
}

function userInfo(task: Task, signal: number, code: number): Info {
  return makeInfo(signal, code, task.process.pid, task.process.identity.realUid);
}

function kill(task: Task): number {
  const [pid, signal] = task.args;
  return sendTo(task, pid, signal, () => userInfo(task, signal, SI_USER));
}

/** kill(2)'s choice of processes: one, a group, or all but the first and oneself. */
function sendTo(task: Task, pid: number, signal: number, info: () => Info): number {
  const { system, process } = task;
  if (signal < 0 || signal > NSIG) return -EINVAL;
  if (pid === -0x80000000) return -ESRCH;
  let targets: readonly Process[];
  if (pid > 0) {
    const target = system.processes.get(pid) ?? system.tasks.get(pid)?.process;
    targets = target ? [target] : [];
  } else if (pid === -1) targets = [...system.processes.values()].filter((other) => other.pid > 1 && other !== process);
  else targets = system.group(pid === 0 ? process.group : -pid);
  if (targets.length === 0) return -ESRCH;
  let sent = 0;
  for (const target of targets) {
    if (!maySignal(task, target, signal)) continue;
    sent++;
    if (signal > 0) sendToProcess(target, info());
  }
  return sent > 0 ? 0 : -EPERM;
}

function sendToThread(task: Task, group: number, tid: number, signal: number, info: Info): number {
  if (tid <= 0 || group === 0 || group < -1 || signal < 0 || signal > NSIG) return -EINVAL;
  const target = task.system.tasks.get(tid);
  if (!target || (group > 0 && target.process.pid !== group)) return -ESRCH;
  if (!maySignal(task, target.process, signal)) return -EPERM;
  if (signal > 0) sendToTask(target, info);
  return 0;
}

function tkill(task: Task): number {
  const [tid, signal] = task.args;
  return sendToThread(task, -1, tid, signal, userInfo(task, signal, SI_TKILL));
}

function tgkill(task: Task): number {
  const [group, tid, signal] = task.args;
  if (group <= 0) return -EINVAL;
  return sendToThread(task, group, tid, signal, userInfo(task, signal, SI_TKILL));
}

/** The siginfo that a program sends along; only it itself may claim to be the kernel. */
function readInfo(task: Task, address: number, signal: number, self: boolean): Info | number {
  const bytes = task.user.bytes(address, INFO_SIZE);
  if (typeof bytes === 'number') return bytes;
  const info = new Int32Array(bytes.buffer);
  info[SIGNO] = signal;
  if (!self && (info[CODE] >= 0 || info[CODE] === SI_TKILL)) return -EPERM;
  return info;
}

function rtSigqueueinfo(task: Task): number {
  const [pid, signal, address] = task.args;
  const info = readInfo(task, address, signal, pid === task.process.pid);
  if (typeof info === 'number') return info;
  if (pid <= 0) return -ESRCH;
  return sendTo(task, pid, signal, () => info);
}

function rtTgsigqueueinfo(task: Task): number {
  const [group, tid, signal, address] = task.args;
  if (group <= 0 || tid <= 0) return -EINVAL;
  const info = readInfo(task, address, signal, tid === task.tid);
  return typeof info === 'number' ? info : sendToThread(task, group, tid, signal, info);
}

// ---- actions ------------------------------------------------------------------------------------------------------

/** Sets an action; signals that are now ignored are forgotten (do_sigaction). */
function setAction(
  process: Process,
  signal: number,
  handler: number,
  flags: number,
  restorer: number,
  lo: number,
  hi: number,
): void {
  process.actions.set(signal, handler, flags & KNOWN_FLAGS, restorer, lo & ~KILL_STOP, hi);
  const action = defaultAction(signal);
  const ignored = handler === SIG_IGN || (handler === SIG_DFL && (action === 'ignore' || action === 'continue'));
  if (!ignored) return;
  const set = SignalSet.of(signal);
  process.pending.discard(set.lo, set.hi);
  for (const task of process.threads) task.pending.discard(set.lo, set.hi);
}

const KILL_STOP = SignalSet.of(SIGKILL, SIGSTOP).lo;

function badSignal(signal: number, changes: boolean): boolean {
  return signal < 1 || signal > NSIG || (changes && (signal === SIGKILL || signal === SIGSTOP));
}

function rtSigaction(task: Task): number {
  const [signal, next, old, size] = task.args;
  const { process, user } = task;
  const { at } = SIGACTION;
  if (size !== SIGSET) return -EINVAL;
  if (next && user.readable(next, SIGACTION.size) < 0) return -EFAULT;
  if (badSignal(signal, next !== 0)) return -EINVAL;
  if (old && user.writable(old, SIGACTION.size) < 0) return -EFAULT;
  const handler = next ? user.load32(next + at.sa_handler) : 0;
  const flags = next ? user.load32(next + at.sa_flags) : 0;
  const restorer = next ? user.load32(next + at.sa_restorer) : 0;
  const lo = next ? user.load32(next + at.sa_mask) : 0;
  const hi = next ? user.load32(next + at.sa_mask + 4) : 0;
  if (old) {
    const { actions } = process;
    user.store32(old + at.sa_handler, actions.handler(signal));
    user.store32(old + at.sa_flags, actions.flags(signal));
    user.store32(old + at.sa_restorer, actions.restorer(signal));
    user.store32(old + at.sa_mask, actions.maskLo(signal));
    user.store32(old + at.sa_mask + 4, actions.maskHi(signal));
  }
  if (next) setAction(process, signal, handler, flags, restorer, lo, hi);
  return 0;
}

function sigaction(task: Task): number {
  const [signal, next, old] = task.args;
  const { process, user } = task;
  const { at } = OLD_SIGACTION;
  if (next && user.readable(next, OLD_SIGACTION.size) < 0) return -EFAULT;
  if (badSignal(signal, next !== 0)) return -EINVAL;
  if (old && user.writable(old, OLD_SIGACTION.size) < 0) return -EFAULT;
  const handler = next ? user.load32(next + at.sa_handler) : 0;
  const lo = next ? user.load32(next + at.sa_mask) : 0;
  const flags = next ? user.load32(next + at.sa_flags) : 0;
  const restorer = next ? user.load32(next + at.sa_restorer) : 0;
  if (old) {
    const { actions } = process;
    user.store32(old + at.sa_handler, actions.handler(signal));
    user.store32(old + at.sa_mask, actions.maskLo(signal));
    user.store32(old + at.sa_flags, actions.flags(signal));
    user.store32(old + at.sa_restorer, actions.restorer(signal));
  }
  if (next) setAction(process, signal, handler, flags, restorer, lo, 0);
  return 0;
}

function signal(task: Task): number {
  const [number, handler] = task.args;
  if (badSignal(number, true)) return -EINVAL;
  const old = task.process.actions.handler(number);
  setAction(task.process, number, handler, SA_RESETHAND | SA_NODEFER, 0, 0, 0);
  return old;
}

// ---- masks --------------------------------------------------------------------------------------------------------

/** A new mask from the old one: -EINVAL for an unknown `how`. */
function changeMask(task: Task, how: number, lo: number, hi: number): number {
  const { mask } = task;
  if (how === SIG_BLOCK) task.block(mask.lo | lo, mask.hi | hi);
  else if (how === SIG_UNBLOCK) task.block(mask.lo & ~lo, mask.hi & ~hi);
  else if (how === SIG_SETMASK) task.block(lo, hi);
  else return -EINVAL;
  return 0;
}

function rtSigprocmask(task: Task): number {
  const [how, next, old, size] = task.args;
  const { mask, user } = task;
  if (size !== SIGSET) return -EINVAL;
  if (next && user.readable(next, SIGSET) < 0) return -EFAULT;
  if (old && user.writable(old, SIGSET) < 0) return -EFAULT;
  const { lo, hi } = mask;
  const result = next ? changeMask(task, how, user.load32(next), user.load32(next + 4)) : 0;
  if (result < 0 || !old) return result;
  user.store32(old, lo);
  user.store32(old + 4, hi);
  return 0;
}

function sigprocmask(task: Task): number {
  const [how, next, old] = task.args;
  const { mask, user } = task;
  if (next && user.readable(next, 4) < 0) return -EFAULT;
  if (old && user.writable(old, 4) < 0) return -EFAULT;
  const { lo, hi } = mask;
  const set = next ? user.load32(next) : 0;
  const result = next ? changeMask(task, how, set, how === SIG_SETMASK ? hi : 0) : 0;
  if (result < 0 || !old) return result;
  user.store32(old, lo);
  return 0;
}

function rtSigpending(task: Task): number {
  const [address, size] = task.args;
  if (size >>> 0 > SIGSET) return -EINVAL;
  if (task.user.writable(address, size) < 0) return -EFAULT;
  const { mask, pending, process, user } = task;
  if (size >= 4) user.store32(address, (pending.set.lo | process.pending.set.lo) & mask.lo);
  if (size === 8) user.store32(address + 4, (pending.set.hi | process.pending.set.hi) & mask.hi);
  return 0;
}

function sigpending(task: Task): number {
  if (task.user.writable(task.args[0], 4) < 0) return -EFAULT;
  task.user.store32(task.args[0], (task.pending.set.lo | task.process.pending.set.lo) & task.mask.lo);
  return 0;
}

function* suspend(task: Task, lo: number, hi: number): Kernel<number> {
  task.savedMask.assign(task.mask.lo, task.mask.hi);
  task.block(lo, hi);
  while (!task.signalled()) yield* waitAny([]);
  task.maskSaved = true;
  task.attention = true;
  return -ERESTARTNOHAND;
}

function rtSigsuspend(task: Task): number | Kernel<number> {
  const [address, size] = task.args;
  if (size !== SIGSET) return -EINVAL;
  if (task.user.readable(address, SIGSET) < 0) return -EFAULT;
  return suspend(task, task.user.load32(address), task.user.load32(address + 4));
}

/** sigsuspend(2) has its mask in the third argument. */
function sigsuspend(task: Task): Kernel<number> {
  return suspend(task, task.args[2], 0);
}

function* pause(task: Task): Kernel<number> {
  while (!task.signalled()) yield* waitAny([]);
  return -ERESTARTNOHAND;
}

function* timedWait(task: Task, lo: number, hi: number, infoAt: number, timeout: number): Kernel<number> {
  const { system, user } = task;
  const wanted = new SignalSet(lo & ~KILL_STOP, hi);
  const others = new SignalSet(~wanted.lo, ~wanted.hi);
  const until = system.platform.now() + timeout;
  let info = task.takeSignal(others);
  if (!info && timeout > 0) {
    // While it waits the awaited signals are not blocked, so that they wake it.
    const before = new SignalSet(task.mask.lo, task.mask.hi);
    task.awaited = before;
    task.mask.assign(before.lo & ~wanted.lo, before.hi & ~wanted.hi);
    yield* waitAny([], until);
    task.awaited = undefined;
    task.block(before.lo, before.hi);
    info = task.takeSignal(others);
    if (!info) return system.platform.now() >= until ? -EAGAIN : -EINTR;
  }
  if (!info) return -EAGAIN;
  if (infoAt && (yield* user.bring(infoAt, INFO_SIZE, true)) === INFO_SIZE) {
    user.write(infoAt, new Uint8Array(info.buffer));
  }
  return info[SIGNO];
}

function sigtimedwait(read: typeof readTimespec32): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [setAt, infoAt, timeAt, size] = task.args;
    const { user } = task;
    if (size !== SIGSET) return -EINVAL;
    if (user.readable(setAt, SIGSET) < 0) return -EFAULT;
    const timeout = timeAt ? read(user, timeAt) : Number.POSITIVE_INFINITY;
    if (timeout < 0) return timeout;
    if (infoAt && user.writable(infoAt, INFO_SIZE) < 0) return -EFAULT;
    return timedWait(task, user.load32(setAt), user.load32(setAt + 4), infoAt, timeout);
  };
}

// ---- the alternate stack --------------------------------------------------------------------------------------------

function sigaltstack(task: Task): number {
  const [next, old] = task.args;
  const { alternate, user } = task;
  const { at } = STACK_T;
  if (next && user.readable(next, STACK_T.size) < 0) return -EFAULT;
  if (old && user.writable(old, STACK_T.size) < 0) return -EFAULT;
  const { base, size, flags } = alternate;
  const shown = alternateFlags(alternate, task.context.regs[ESP]) | (flags & 0x80000000);
  if (next) {
    const result = setAlternateStack(
      task,
      user.load32(next + at.ss_sp) >>> 0,
      user.load32(next + at.ss_flags),
      user.load32(next + at.ss_size) >>> 0,
    );
    if (result < 0) return result;
  }
  if (old) {
    user.store32(old + at.ss_sp, base);
    user.store32(old + at.ss_flags, shown);
    user.store32(old + at.ss_size, size);
  }
  return 0;
}

/** restart_syscall(2): goes on with what a signal interrupted. */
function restartSyscall(task: Task): number | Kernel<number> {
  const { rest } = task;
  task.rest = undefined;
  return rest ? rest(task) : -EINTR;
}

function ssetmask(task: Task): number {
  const old = task.mask.lo;
  task.block(task.args[0], task.mask.hi);
  return old;
}

/** Calls about signals. */
export const signalCalls: readonly Row[] = [
  row(0, 'restart_syscall', restartSyscall),
  row(29, 'pause', pause),
  row(37, 'kill', kill),
  row(48, 'signal', signal),
  row(67, 'sigaction', sigaction),
  row(68, 'sgetmask', (task) => task.mask.lo),
  row(69, 'ssetmask', ssetmask),
  row(72, 'sigsuspend', sigsuspend),
  row(73, 'sigpending', sigpending),
  row(119, 'sigreturn', returnFromSignal),
  row(126, 'sigprocmask', sigprocmask),
  row(173, 'rt_sigreturn', returnFromRealtimeSignal),
  row(174, 'rt_sigaction', rtSigaction),
  row(175, 'rt_sigprocmask', rtSigprocmask),
  row(176, 'rt_sigpending', rtSigpending),
  row(177, 'rt_sigtimedwait', sigtimedwait(readTimespec32)),
  row(178, 'rt_sigqueueinfo', rtSigqueueinfo),
  row(179, 'rt_sigsuspend', rtSigsuspend),
  row(186, 'sigaltstack', sigaltstack),
  row(238, 'tkill', tkill),
  row(270, 'tgkill', tgkill),
  row(335, 'rt_tgsigqueueinfo', rtTgsigqueueinfo),
  row(421, 'rt_sigtimedwait_time64', sigtimedwait(readTimespec64)),
];
