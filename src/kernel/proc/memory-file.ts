import { EACCES, EIO, EPERM } from '../../abi/errno.ts';
import { POLLIN, POLLOUT } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import type { Opened } from '../files/devices.ts';
import type { FileOps, OpenFile, Transfer } from '../files/open-file.ts';
import { gather, scatter } from '../files/ranges.ts';
import type { Kernel } from '../platform.ts';

/** Bytes that one step moves. */
const STEP = 65536;
/** One past the last address. */
const END = 0x100000000;

/** /proc/PID/mem: a task's memory, at its addresses, for who may trace it (proc_pid_mem(5)). */
const memoryOps: FileOps<{ readonly tid: number }> = {
  name: 'mem',
  seekable: true,
  *read(core, file, transfer) {
    const denied = allowed(core, file, transfer);
    if (denied < 0) return denied;
    const bytes = new Uint8Array(Math.min(transfer.length, STEP));
    const moved = yield* core.tasks.memory(file.state.tid, transfer.position, bytes, false);
    return moved > 0 ? scatter(core.memory, transfer.ranges, bytes.subarray(0, moved)) : moved;
  },
  write,
  poll: () => POLLIN | POLLOUT,
};

function allowed(core: FilesCore, { state }: OpenFile<{ readonly tid: number }>, transfer: Transfer): number {
  if (transfer.position >= END) return -EIO;
  return core.tasks.mayInspect(transfer.pid, state.tid) === -EPERM ? -EACCES : 0;
}

function* write(core: FilesCore, file: OpenFile<{ readonly tid: number }>, transfer: Transfer): Kernel<number> {
  const denied = allowed(core, file, transfer);
  if (denied < 0) return denied;
  const bytes = gather(core.memory, transfer.ranges, STEP);
  return yield* core.tasks.memory(file.state.tid, transfer.position, bytes, true);
}

/** How /proc/PID/mem is opened. */
export function memoryFile(tid: number): Opened {
  return { ops: memoryOps as FileOps, state: { tid } };
}
