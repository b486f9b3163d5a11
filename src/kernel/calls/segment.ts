import { EINVAL, ENOSYS, EPERM } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { readDefaultLdt, readLdt, writeLdt } from '../tasks/ldt.ts';
import type { Task } from '../tasks/task.ts';
import { getThreadArea, setThreadArea } from '../tasks/tls.ts';
import { row } from './caller.ts';

const PORTS = 65536;
const IOPL_MOST = 3;

/** modify_ldt(2) by function. */
const FUNCTIONS: Readonly<Record<number, (task: Task, address: number, size: number) => number>> = {
  0: readLdt,
  1: (task, address, size) => writeLdt(task, address, size, true),
  2: readDefaultLdt,
  17: (task, address, size) => writeLdt(task, address, size, false),
};

function modifyLdt(task: Task): number {
  const [which, address, size] = task.args;
  const run = FUNCTIONS[which];
  return run ? run(task, address, size >>> 0) : -ENOSYS;
}

/** iopl(2): nobody gets ports; giving up what one does not have is no error. */
function iopl(task: Task): number {
  const level = task.args[0] >>> 0;
  if (level > IOPL_MOST) return -EINVAL;
  return level === 0 ? 0 : -EPERM;
}

/** ioperm(2): the same, port by port. */
function ioperm(task: Task): number {
  const [from, count, on] = task.args;
  const end = (from >>> 0) + (count >>> 0);
  if (count === 0 || end > PORTS) return -EINVAL;
  return on ? -EPERM : 0;
}

/** Calls about descriptor tables and ports. */
export const segmentCalls: readonly Row[] = [
  row(101, 'ioperm', ioperm, 'no ports: turning some on is refused to everybody'),
  row(110, 'iopl', iopl, 'no ports: a level above 0 is refused to everybody'),
  row(113, 'vm86old', () => -ENOSYS, 'virtual-8086 mode is not offered to programs, as by 64-bit kernels'),
  row(123, 'modify_ldt', modifyLdt),
  row(166, 'vm86', () => -ENOSYS, 'virtual-8086 mode is not offered to programs, as by 64-bit kernels'),
  row(243, 'set_thread_area', (task) => setThreadArea(task, task.args[0], task.user)),
  row(244, 'get_thread_area', (task) => getThreadArea(task, task.args[0], task.user)),
];
