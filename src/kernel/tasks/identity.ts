import type { Credentials } from '../services.ts';

/** Who a process is: user and group ids in their four roles, and groups (credentials(7)). */
export class Identity implements Credentials {
  realUid = 0;
  realGid = 0;
  effectiveUid = 0;
  effectiveGid = 0;
  savedUid = 0;
  savedGid = 0;
  /** Those that count for files (fsuid, fsgid). */
  uid = 0;
  gid = 0;
  groups: readonly number[] = [];
  noNewPrivileges = false;
  keepCapabilities = false;

  constructor(from?: Identity) {
    if (from) Object.assign(this, from);
  }

  /** An identity with one uid and gid in all roles. */
  static of(uid: number, gid: number): Identity {
    const identity = new Identity();
    identity.setUids(uid, uid, uid);
    identity.setGids(gid, gid, gid);
    return identity;
  }

  /** Whether it may do what root may. */
  get privileged(): boolean {
    return this.effectiveUid === 0;
  }

  setUids(real: number, effective: number, saved: number): void {
    this.realUid = real;
    this.effectiveUid = effective;
    this.savedUid = saved;
    this.uid = effective;
  }

  setGids(real: number, effective: number, saved: number): void {
    this.realGid = real;
    this.effectiveGid = effective;
    this.savedGid = saved;
    this.gid = effective;
  }
}
