/** How ids and capabilities change together: by the setuid calls and by exec (capabilities(7); security/commoncap.c). */
import * as C from '../../abi/capabilities.ts';
import { EPERM } from '../../abi/errno.ts';
import { RLIMIT_NPROC, S_ISGID, S_ISUID } from '../../abi/flags.ts';
import { CapabilitySet, capable } from '../capabilities.ts';
import { Identity } from './identity.ts';
import type { Task } from './task.ts';

/** What CAP_FS_SET names: capabilities that follow the fsuid. */
const FS = CapabilitySet.of(
  C.CAP_CHOWN,
  C.CAP_DAC_OVERRIDE,
  C.CAP_DAC_READ_SEARCH,
  C.CAP_FOWNER,
  C.CAP_FSETID,
  C.CAP_LINUX_IMMUTABLE,
  C.CAP_MKNOD,
  C.CAP_MAC_OVERRIDE,
);

/** Capabilities after the ids changed from those of `old` (cap_emulate_setxuid). */
export function followUids(identity: Identity, old: Identity): void {
  if (identity.securebits & C.SECBIT_NO_SETUID_FIXUP) return;
  const wasRoot = [old.realUid, old.effectiveUid, old.savedUid].includes(0);
  const isRoot = [identity.realUid, identity.effectiveUid, identity.savedUid].includes(0);
  if (wasRoot && !isRoot) {
    if (!(identity.securebits & C.SECBIT_KEEP_CAPS)) {
      identity.permitted = CapabilitySet.none;
      identity.effective = CapabilitySet.none;
    }
    identity.ambient = CapabilitySet.none;
  }
  if (old.effectiveUid === 0 && identity.effectiveUid !== 0) identity.effective = CapabilitySet.none;
  if (old.effectiveUid !== 0 && identity.effectiveUid === 0) identity.effective = identity.permitted;
}

/** Capabilities after setfsuid(2). */
export function followFsuid(identity: Identity, old: Identity): void {
  if (identity.securebits & C.SECBIT_NO_SETUID_FIXUP) return;
  if (old.uid === 0 && identity.uid !== 0) identity.effective = identity.effective.without(FS);
  if (old.uid !== 0 && identity.uid === 0) identity.effective = identity.effective.or(identity.permitted.and(FS));
}

/** Makes an identity the task's; who gains or changes what counts is not for others to look into (commit_creds). */
export function commit(task: Task, identity: Identity): void {
  const old = task.identity;
  const same =
    old.effectiveUid === identity.effectiveUid &&
    old.effectiveGid === identity.effectiveGid &&
    old.uid === identity.uid &&
    old.gid === identity.gid &&
    identity.permitted.isWithin(old.permitted);
  if (!same) {
    task.process.dumpable = 0;
    task.process.parentDeathSignal = 0;
  }
  const { realUid } = identity;
  if (realUid !== old.realUid) task.tooMany = realUid !== 0 && exceedsProcesses(task, realUid, 1);
  task.identity = identity;
}

/** Whether a user with `more` tasks than he has would have more than RLIMIT_NPROC allows. */
export function exceedsProcesses(task: Task, uid: number, more: number): boolean {
  const limit = task.process.limits.soft[RLIMIT_NPROC];
  if (limit === Number.POSITIVE_INFINITY) return false;
  let count = more;
  for (const other of task.system.tasks.values()) if (other.identity.realUid === uid) count++;
  return count > limit;
}

/** What a program file says about who runs it. */
export interface Privileges {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The attribute security.capability. */
  readonly capabilities: Uint8Array | undefined;
}

/** Who a task is after exec, and whether its program must be careful (AT_SECURE). */
export interface Raised {
  readonly identity: Identity;
  readonly secure: boolean;
}

/** The identity with which a program runs (cap_bprm_creds_from_file); -EPERM where it could not have what it needs. */
export function executeAs(task: Task, file: Privileges): Raised | number {
  const old = task.identity;
  const identity = new Identity(old);
  if (!task.noNewPrivileges) {
    if (file.mode & S_ISUID) identity.effectiveUid = file.uid;
    // Set-group-id without group execute means mandatory locking.
    if (file.mode & S_ISGID && file.mode & 0o10) identity.effectiveGid = file.gid;
  }
  const forced = fileCapabilities(file.capabilities);
  let effective = forced?.effective ?? false;
  identity.permitted = CapabilitySet.none;
  if (forced) {
    identity.permitted = old.bounding.and(forced.permitted).or(old.inheritable.and(forced.inheritable));
    if (effective && !forced.permitted.isWithin(identity.permitted)) return -EPERM;
  }
  const isSuidRoot = identity.realUid !== 0 && identity.effectiveUid === 0;
  if (!(old.securebits & C.SECBIT_NOROOT) && !(forced && isSuidRoot)) {
    if (identity.effectiveUid === 0 || identity.realUid === 0) identity.permitted = old.bounding.or(old.inheritable);
    if (identity.effectiveUid === 0) effective = true;
  }
  const changes = identity.effectiveUid !== old.realUid || identity.effectiveGid !== old.realGid;
  if ((changes || !identity.permitted.isWithin(old.permitted)) && isUnsafe(task)) {
    if (!capable(old, C.CAP_SETUID) || task.noNewPrivileges) {
      identity.effectiveUid = identity.realUid;
      identity.effectiveGid = identity.realGid;
    }
    identity.permitted = identity.permitted.and(old.permitted);
  }
  identity.setUids(identity.realUid, identity.effectiveUid, identity.effectiveUid);
  identity.setGids(identity.realGid, identity.effectiveGid, identity.effectiveGid);
  const isSetid = identity.effectiveUid !== old.realUid || identity.effectiveGid !== old.realGid;
  if (forced || isSetid) identity.ambient = CapabilitySet.none;
  identity.permitted = identity.permitted.or(identity.ambient);
  identity.effective = effective ? identity.permitted : identity.ambient;
  identity.securebits &= ~C.SECBIT_KEEP_CAPS;
  const grew = !identity.permitted.isWithin(identity.ambient);
  return { identity, secure: isSetid || (identity.realUid !== 0 && (effective || grew)) };
}

/** Whether somebody else could steer what the program does: a tracer, or who shares its directories (check_unsafe_exec). */
function isUnsafe(task: Task): boolean {
  const { process, system } = task;
  if (task.noNewPrivileges) return true;
  const sharing = process.threads.filter((thread) => thread.places === task.places).length;
  if (system.services.files.places(task.places).users > sharing) return true;
  const tracer = task.hook && system.processes.get(task.hook.tracerPid);
  return tracer !== undefined && !capable(tracer.identity, C.CAP_SYS_PTRACE);
}

interface Forced {
  readonly permitted: CapabilitySet;
  readonly inheritable: CapabilitySet;
  readonly effective: boolean;
}

/** A security.capability attribute of revision 1 to 3; undefined when there is none, or none that can be read. */
function fileCapabilities(bytes: Uint8Array | undefined): Forced | undefined {
  if (!bytes || bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0, true);
  const revision = (magic & C.VFS_CAP_REVISION_MASK) >>> 0;
  const isWide = revision === C.VFS_CAP_REVISION_2 || revision === C.VFS_CAP_REVISION_3;
  const size = revision === C.VFS_CAP_REVISION_3 ? 24 : isWide ? 20 : 12;
  if (bytes.length !== size || (!isWide && revision !== C.VFS_CAP_REVISION_1)) return undefined;
  // Revision 3 names the root of a user namespace; there is only one here.
  if (size === 24 && view.getUint32(20, true) !== 0) return undefined;
  const word = (at: number): number => (at + 4 <= 20 && (at < 12 || isWide) ? view.getInt32(at, true) : 0);
  return {
    permitted: new CapabilitySet(word(4), word(12)),
    inheritable: new CapabilitySet(word(8), word(16)),
    effective: (magic & C.VFS_CAP_FLAGS_EFFECTIVE) !== 0,
  };
}
