import type { Row } from '../call.ts';
import type { Primitive } from '../primitive.ts';
import { absentCalls } from './absent.ts';
import { capabilityCalls } from './capability.ts';
import { controlCalls } from './control.ts';
import { fileCalls } from './file-calls.ts';
import { futexCalls } from './futex.ts';
import { groupCalls } from './group.ts';
import { identityCalls } from './identity.ts';
import { ipcCalls } from './ipc.ts';
import { ipcMessageCalls } from './ipc-message.ts';
import { ipcPosixCalls } from './ipc-posix.ts';
import { ipcSemaphoreCalls } from './ipc-semaphore.ts';
import { ipcSharedCalls } from './ipc-shared.ts';
import { limitCalls } from './limit.ts';
import { memfdCalls } from './memfd.ts';
import { memoryCalls } from './memory.ts';
import { memoryAdviseCalls } from './memory-advise.ts';
import { memoryBarrierCalls } from './memory-barrier.ts';
import { memoryLockCalls } from './memory-lock.ts';
import { memoryPolicyCalls } from './memory-policy.ts';
import { notifyCalls } from './notify.ts';
import { notifyEpollCalls } from './notify-epoll.ts';
import { notifyInotifyCalls } from './notify-inotify.ts';
import { pidfdCalls } from './pidfd.ts';
import { priorityCalls } from './priority.ts';
import { processCalls } from './process.ts';
import { processMemoryCalls } from './process-memory.ts';
import { scheduleCalls } from './schedule.ts';
import { seccompCalls } from './seccomp.ts';
import { segmentCalls } from './segment.ts';
import { signalActionCalls } from './signal-action.ts';
import { signalMaskCalls } from './signal-mask.ts';
import { signalSendCalls } from './signal-send.ts';
import { signalWaitCalls } from './signal-wait.ts';
import { socketCalls } from './socket.ts';
import { socketMessageCalls } from './socket-message.ts';
import { socketOldCalls } from './socket-old.ts';
import { socketOptionCalls } from './socket-option.ts';
import { systemCalls } from './system.ts';
import { timeCalls } from './time.ts';
import { timeAdjustCalls } from './time-adjust.ts';
import { timerCalls } from './timer.ts';
import { usageCalls } from './usage.ts';

const ROWS: readonly Row[] = [
  ...absentCalls,
  ...capabilityCalls,
  ...controlCalls,
  ...fileCalls,
  ...futexCalls,
  ...groupCalls,
  ...identityCalls,
  ...ipcCalls,
  ...ipcMessageCalls,
  ...ipcPosixCalls,
  ...ipcSemaphoreCalls,
  ...ipcSharedCalls,
  ...limitCalls,
  ...memfdCalls,
  ...memoryAdviseCalls,
  ...memoryBarrierCalls,
  ...memoryCalls,
  ...memoryLockCalls,
  ...memoryPolicyCalls,
  ...notifyCalls,
  ...notifyEpollCalls,
  ...notifyInotifyCalls,
  ...pidfdCalls,
  ...priorityCalls,
  ...processCalls,
  ...processMemoryCalls,
  ...scheduleCalls,
  ...seccompCalls,
  ...segmentCalls,
  ...signalActionCalls,
  ...signalMaskCalls,
  ...signalSendCalls,
  ...signalWaitCalls,
  ...socketCalls,
  ...socketMessageCalls,
  ...socketOldCalls,
  ...socketOptionCalls,
  ...systemCalls,
  ...timeCalls,
  ...timeAdjustCalls,
  ...timerCalls,
  ...usageCalls,
];

/** Numbers of calls are below this; the table is dense so that a lookup is one load. */
const NUMBERS = 512;

/** Every system call of the kernel itself by its number; what is not there is ENOSYS. */
export const CALLS: readonly (Row | undefined)[] = join(ROWS);

/** The table of a kernel with these primitives. Throws when two of them claim one number. */
export function callsWith(primitives: readonly Primitive[]): readonly (Row | undefined)[] {
  return primitives.length === 0 ? CALLS : join([...ROWS, ...primitives.flatMap((primitive) => primitive.calls)]);
}

function join(rows: readonly Row[]): (Row | undefined)[] {
  const table: (Row | undefined)[] = new Array(NUMBERS).fill(undefined);
  for (const row of rows) {
    if (table[row.number])
      throw new Error(`system call ${row.number}: both ${table[row.number]!.name} and ${row.name}`);
    table[row.number] = row;
  }
  return table;
}
