import { EFAULT, EINVAL } from '../../abi/errno.ts';
import {
  defaultAction,
  NSIG,
  SA_NODEFER,
  SA_RESETHAND,
  SIG_DFL,
  SIG_IGN,
  SIGKILL,
  SIGSTOP,
} from '../../abi/signals.ts';
import { OLD_SIGACTION, SIGACTION, STACK_T } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { ESP } from '../platform.ts';
import { alternateFlags } from '../signals/frame.ts';
import { returnFromRealtimeSignal, returnFromSignal, setAlternateStack } from '../signals/restore.ts';
import { SignalSet } from '../signals/set.ts';
import type { Process } from '../tasks/process.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { KILL_STOP, SIGSET } from './signal-bits.ts';

/** sa_flags that Linux keeps (UAPI_SA_FLAGS): others read back as 0. */
const KNOWN_FLAGS = 0xdc000007 | 0x800;

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

/** Calls that say what a signal does, and those by which a handler returns. */
export const signalActionCalls: readonly Row[] = [
  row(48, 'signal', signal),
  row(67, 'sigaction', sigaction),
  row(119, 'sigreturn', returnFromSignal),
  row(173, 'rt_sigreturn', returnFromRealtimeSignal),
  row(174, 'rt_sigaction', rtSigaction),
  row(186, 'sigaltstack', sigaltstack),
];
