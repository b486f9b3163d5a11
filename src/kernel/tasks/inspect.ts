import { CAP_SYS_PTRACE } from '../../abi/capabilities.ts';
import { EPERM } from '../../abi/errno.ts';
import { capable } from '../capabilities.ts';
import type { Task } from './task.ts';

/** Whether a task may look into another, judged by its real ids or by those that count for files: 0 or -EPERM (ptrace_may_access). */
export function mayInspect(task: Task, target: Task, by: 'real' | 'files'): number {
  const me = task.identity;
  const it = target.identity;
  if (target.process === task.process || capable(me, CAP_SYS_PTRACE)) return 0;
  const [uid, gid] = by === 'real' ? [me.realUid, me.realGid] : [me.uid, me.gid];
  const same =
    [it.realUid, it.effectiveUid, it.savedUid].every((id) => id === uid) &&
    [it.realGid, it.effectiveGid, it.savedGid].every((id) => id === gid);
  const held = by === 'real' ? me.permitted : me.effective;
  return same && target.process.dumpable === 1 && it.permitted.isWithin(held) ? 0 : -EPERM;
}
