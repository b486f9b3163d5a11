import { EBADF, EINVAL } from '../../abi/errno.ts';
import { O_CLOEXEC, O_NONBLOCK, O_RDWR, POLLIN, POLLRDNORM } from '../../abi/flags.ts';
import type { FileOps } from '../files/open-file.ts';
import { openAnonymous } from '../notify/anonymous.ts';
import { Queue } from '../queue.ts';
import type { Process } from './process.ts';
import type { Task } from './task.ts';

/** What a pidfd names: a process, also when that has ended and its pid is another's (pidfd_open(2)). */
export class PidState {
  readonly process: Process;

  constructor(process: Process) {
    this.process = process;
  }
}

const pidOps: FileOps<PidState> = {
  name: 'pidfd',
  seekable: false,
  read: () => -EINVAL,
  write: () => -EINVAL,
  // Readable once the process has ended, waited for or not.
  poll: (_core, { state }) => (state.process.zombie ? POLLIN | POLLRDNORM : 0),
  info({ state: { process } }) {
    const known = process.system.processes.get(process.pid) === process;
    return known ? `Pid:\t${process.pid}\nNSpid:\t${process.pid}\n` : 'Pid:\t-1\nNSpid:\t-1\n';
  },
  queue: (_core, { state }, writing) => (writing ? NEVER : state.process.ended),
};

/** Nobody can ever write to a pidfd. */
const NEVER = new Queue();

/** A new close-on-exec descriptor for `process`; `flags` may add O_NONBLOCK. -EMFILE. */
export function openPid(task: Task, process: Process, flags: number): number {
  const status = O_RDWR | O_CLOEXEC | (flags & O_NONBLOCK);
  return openAnonymous(task, 'anon_inode:[pidfd]', pidOps, new PidState(process), status);
}

/** The process behind a pidfd and whether the descriptor is non-blocking; -EBADF for any other descriptor. */
export function processOf(
  task: Task,
  fd: number,
): { readonly process: Process; readonly nonblocking: boolean } | number {
  const file = task.services.files.table(task.table).get(fd);
  if (!(file?.state instanceof PidState)) return -EBADF;
  return { process: file.state.process, nonblocking: (file.flags & O_NONBLOCK) !== 0 };
}
