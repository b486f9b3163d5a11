import { SIGCONT, SIGHUP } from '../../abi/signals.ts';
import { kernelInfo } from '../signals/info.ts';
import { sendToProcess } from '../signals/send.ts';
import type { System } from '../system.ts';
import type { Process } from './process.ts';

/**
 * Whether a process group is orphaned: no member has a living parent in another group of the same session
 * (POSIX, 3.264). `leaving` is a process that is just ending: it counts neither as a member nor as a parent.
 */
export function isOrphaned(system: System, group: number, leaving?: Process): boolean {
  for (const process of system.processes.values()) {
    if (process.group !== group || process === leaving || process.zombie) continue;
    // The first program's parent is in the world outside, which can continue it.
    if (process === system.first && system.platform.suspend) return false;
    const { parent } = process;
    if (
      parent &&
      parent !== leaving &&
      parent.pid !== 1 &&
      parent.session === process.session &&
      parent.group !== group
    )
      return false;
  }
  return true;
}

/** A process ends or leaves: groups that become orphaned by it and have stopped members get SIGHUP and SIGCONT. */
export function hangUpOrphans(system: System, process: Process): void {
  const groups = new Set<number>();
  const { parent } = process;
  if (parent && parent.session === process.session && parent.group !== process.group) groups.add(process.group);
  for (const child of process.children) {
    if (child.session === process.session && child.group !== process.group) groups.add(child.group);
  }
  for (const group of groups) {
    if (!isOrphaned(system, group, process)) continue;
    const members = system.group(group).filter((member) => !member.zombie && member !== process);
    if (!members.some((member) => member.stopSignal !== 0)) continue;
    for (const member of members) sendToProcess(member, kernelInfo(SIGHUP));
    for (const member of members) sendToProcess(member, kernelInfo(SIGCONT));
  }
}
