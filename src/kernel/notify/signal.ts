import { EAGAIN, EFAULT, EINVAL } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/flags.ts';
import { SI_QUEUE, SI_TIMER, SIGBUS, SIGCHLD, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from '../../abi/signals.ts';
import type { FilesCore } from '../files/core.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { scatter } from '../files/ranges.ts';
import * as I from '../signals/info.ts';
import { SignalSet } from '../signals/set.ts';
import type { System } from '../system.ts';

/** Bytes of a struct signalfd_siginfo. */
const SIZE = 128;

/** What a signalfd takes. */
export class SignalState {
  readonly system: System;
  /** Signals that it does not take. */
  readonly blocked = new SignalSet();

  constructor(system: System) {
    this.system = system;
  }
}

/** signalfd(2): a read takes pending signals of the thread that reads. */
export const signalOps: FileOps<SignalState> = {
  name: 'signalfd',
  looksFirst: true,
  seekable: false,
  read: readSignals,
  write: () => -EINVAL,
  poll(_core, { state }) {
    const task = state.system.scheduler.running;
    if (!task) return POLLIN;
    const own = task.pending.set;
    const shared = task.process.pending.set;
    const { blocked } = state;
    return ((own.lo | shared.lo) & ~blocked.lo) | ((own.hi | shared.hi) & ~blocked.hi) ? POLLIN : 0;
  },
  queue: (_core, { state }, writing) => (writing ? undefined : state.system.scheduler.running?.process.signalArrived),
};

function readSignals(core: FilesCore, { state }: OpenFile<SignalState>, transfer: Transfer): number {
  const count = Math.floor(transfer.wanted / SIZE);
  if (count === 0) return -EINVAL;
  const task = state.system.scheduler.running;
  if (!task) throw new Error('signalfd: a read outside of every task');
  if (signalOps.poll(core, { state } as OpenFile<SignalState>) === 0) return -EAGAIN;
  if (transfer.length < SIZE) return -EFAULT;
  const bytes = new Uint8Array(Math.min(count, Math.floor(transfer.length / SIZE)) * SIZE);
  let done = 0;
  while (done < bytes.length) {
    const info = task.takeSignal(state.blocked);
    if (!info) break;
    describe(new DataView(bytes.buffer, done, SIZE), info);
    done += SIZE;
  }
  return scatter(core.memory, transfer.ranges, bytes.subarray(0, done));
}

const FAULTS: ReadonlySet<number> = new Set([SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP]);

/** A siginfo as a struct signalfd_siginfo (signalfd_copyinfo). */
function describe(to: DataView, info: I.Info): void {
  const set = (at: number, value: number) => to.setInt32(at, value, true);
  const signal = info[I.SIGNO];
  const code = info[I.CODE];
  set(0, signal);
  set(4, info[1]);
  set(8, code);
  if (FAULTS.has(signal) && code > 0 && code < 0x80) {
    set(72, info[I.ADDRESS]);
    return;
  }
  if (code === SI_TIMER) {
    set(24, info[3]);
    set(32, info[4]);
  } else {
    set(12, info[I.PID]);
    set(16, info[I.UID]);
  }
  if (signal === SIGCHLD && code > 0 && code < 0x80) {
    set(40, info[I.STATUS]);
    to.setBigInt64(56, BigInt(info[I.UTIME]), true);
    to.setBigInt64(64, BigInt(info[I.STIME]), true);
  } else if (code === SI_QUEUE || code === SI_TIMER || (code < 0 && code !== -6)) {
    set(44, info[I.VALUE]);
    to.setBigInt64(48, BigInt(info[I.VALUE]), true);
  }
}
