import { EBADF, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import { O_NONBLOCK, RLIMIT_NOFILE } from '../../abi/flags.ts';
import { NSIG, SI_TKILL, SI_USER } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import type { Info } from '../signals/info.ts';
import { CODE, makeInfo, SIGNO } from '../signals/info.ts';
import { sendToProcess } from '../signals/send.ts';
import { mayInspect } from '../tasks/inspect.ts';
import { openPid, processOf } from '../tasks/pidfd.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { INFO_SIZE } from './signal-bits.ts';
import { maySignal } from './signal-send.ts';

function pidfdOpen(task: Task): number {
  const [pid, flags] = task.args;
  const { system } = task;
  if (flags & ~O_NONBLOCK || pid <= 0) return -EINVAL;
  const process = system.processes.get(pid);
  if (process) return openPid(task, process, flags);
  // A thread that is not the first of its process.
  return system.tasks.has(pid) ? -EINVAL : -ESRCH;
}

function pidfdSendSignal(task: Task): number {
  const [fd, signal, infoAt, flags] = task.args;
  if (flags !== 0) return -EINVAL;
  const named = processOf(task, fd);
  if (typeof named === 'number') return named;
  const { process } = named;
  let info: Info = makeInfo(signal, SI_USER, task.pid, task.identity.realUid);
  if (infoAt !== 0) {
    const bytes = task.user.bytes(infoAt, INFO_SIZE);
    if (typeof bytes === 'number') return bytes;
    info = new Int32Array(bytes.buffer);
    if (info[SIGNO] !== signal) return -EINVAL;
    if (process !== task.process && (info[CODE] >= 0 || info[CODE] === SI_TKILL)) return -EPERM;
  }
  if (signal < 0 || signal > NSIG) return -EINVAL;
  if (task.system.processes.get(process.pid) !== process) return -ESRCH;
  if (!maySignal(task, process, signal)) return -EPERM;
  if (signal > 0) sendToProcess(process, info);
  return 0;
}

/** pidfd_getfd(2): a descriptor for a file that another process has open. */
function pidfdGetfd(task: Task): number {
  const [pidfd, fd, flags] = task.args;
  if (flags !== 0) return -EINVAL;
  const named = processOf(task, pidfd);
  if (typeof named === 'number') return named;
  const target = named.process.leader;
  if (!target || target.ended) return -ESRCH;
  const denied = mayInspect(task, target, 'real');
  if (denied < 0) return denied;
  const { files } = task.services;
  const file = files.table(target.table).get(fd);
  if (!file) return -EBADF;
  file.users++;
  return files.table(task.table).add(file, true, task.limit(RLIMIT_NOFILE));
}

/** process_mrelease(2): the memory of a process that is about to end, which goes with its last thread anyway. */
function processMrelease(task: Task): number {
  const [pidfd, flags] = task.args;
  if (flags !== 0) return -EINVAL;
  const named = processOf(task, pidfd);
  if (typeof named === 'number') return named;
  if (named.process.zombie) return -ESRCH;
  return named.process.ending ? 0 : -EINVAL;
}

/** Calls about descriptors that name processes. */
export const pidfdCalls: readonly Row[] = [
  row(424, 'pidfd_send_signal', pidfdSendSignal, 'directories of /proc are not taken for pidfds'),
  row(434, 'pidfd_open', pidfdOpen),
  row(438, 'pidfd_getfd', pidfdGetfd),
  row(448, 'process_mrelease', processMrelease, 'memory goes when the last thread ends, no earlier'),
];
