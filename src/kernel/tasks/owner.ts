import { SI_SIGIO, SIGBUS, SIGCHLD, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from '../../abi/signals.ts';
import type { FileOwner, SignalDetails } from '../services.ts';
import { kernelInfo, makeInfo } from '../signals/info.ts';
import { sendToProcess, sendToTask } from '../signals/send.ts';
import type { System } from '../system.ts';
import type { Process } from './process.ts';

/** Signals whose codes mean something else than POLL_* (sig_specific_sicodes without SIGIO). */
const OWN_CODES: ReadonlySet<number> = new Set([SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP, SIGCHLD]);

/** Whether a thread, process or process group of this number exists. */
export function ownerExists(system: System, kind: FileOwner['kind'], id: number): boolean {
  if (kind === 'thread') return system.tasks.has(id);
  return kind === 'process' ? system.processes.has(id) : system.group(id).length > 0;
}

/** Whether who named the owner may send signals to the process (sigio_perm). */
function permitted(process: Process, owner: FileOwner): boolean {
  const { leader } = process;
  if (!leader) return false;
  const { realUid, savedUid } = leader.identity;
  const { uid, effectiveUid } = owner;
  return effectiveUid === 0 || [realUid, savedUid].some((id) => id === uid || id === effectiveUid);
}

/** Sends a file's signal to whom F_SETOWN named (send_sigio): with POLL_* details, or as the kernel's own without. */
export function sendToOwner(system: System, owner: FileOwner, signal: number, details?: SignalDetails): void {
  const [code, band, fd] = details ?? [0, 0, 0];
  const info = () =>
    details ? makeInfo(signal, OWN_CODES.has(signal) ? SI_SIGIO : code, band, fd) : kernelInfo(signal);
  if (owner.kind === 'thread') {
    const task = system.tasks.get(owner.id);
    if (task && permitted(task.process, owner)) sendToTask(task, info());
    return;
  }
  const one = system.processes.get(owner.id);
  const targets = owner.kind === 'group' ? system.group(owner.id) : one ? [one] : [];
  for (const process of targets) if (permitted(process, owner)) sendToProcess(process, info());
}
