/** The debug registers of a thread (SDM vol. 3, 18.2), as ptrace_write_dr_breakpoint of Linux takes them. */
import { EINVAL, EIO } from '../../abi/errno.ts';
import type { Task } from './task.ts';

/** Bits of DR6 that are always set, and of DR7 that cannot be written. */
export const DR6_RESERVED = 0xffff0ff0;
const DR7_RESERVED = 0xfc00;

/** Sets DR0 to DR7: 0, -EIO where there is none of the number, -EINVAL for an address or a kind that cannot be. */
export function setDebug(task: Task, index: number, value: number): number {
  const { context, system } = task;
  if (index === 4 || index === 5) return -EIO;
  if (index < 4 && value >>> 0 >= system.platform.top) return -EINVAL;
  if (index === 7) {
    const control = value & ~DR7_RESERVED;
    if (!validControl(control)) return -EINVAL;
    context.debug[7] = control;
  } else context.debug[index] = index === 6 ? value & ~DR6_RESERVED : value;
  return 0;
}

/** Has the platform take over what was set for the thread that is running. */
export function useDebug({ context, system: { platform } }: Task): void {
  platform.saveFpu(context);
  platform.dropContext(context);
  platform.loadFpu(context);
}

/** Whether all enabled breakpoints of DR7 are of a kind that exists: execution (length 1), write, or access. */
function validControl(control: number): boolean {
  for (let n = 0; n < 4; n++) {
    if (((control >>> (n * 2)) & 3) === 0) continue;
    const kind = (control >>> (16 + n * 4)) & 3;
    const length = (control >>> (18 + n * 4)) & 3;
    if (kind === 2 || length === 2 || (kind === 0 && length !== 0)) return false;
  }
  return true;
}
