import { CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { CapabilitySet } from '../capabilities.ts';
import type { Credentials } from '../services.ts';

/** Who a task is: user and group ids in their four roles, groups, capabilities (credentials(7), capabilities(7)). */
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
  permitted = CapabilitySet.all;
  effective = CapabilitySet.all;
  inheritable = CapabilitySet.none;
  bounding = CapabilitySet.all;
  ambient = CapabilitySet.none;
  /** SECBIT_*. */
  securebits = 0;

  constructor(from?: Identity) {
    if (from) Object.assign(this, from);
  }

  /** An identity with one uid and gid in all roles; only root has capabilities. */
  static of(uid: number, gid: number): Identity {
    const identity = new Identity();
    identity.setUids(uid, uid, uid);
    identity.setGids(gid, gid, gid);
    if (uid !== 0) {
      identity.permitted = CapabilitySet.none;
      identity.effective = CapabilitySet.none;
    }
    return identity;
  }

  /** Whether it may do what has no capability of its own: CAP_SYS_ADMIN. */
  get privileged(): boolean {
    return this.effective.has(CAP_SYS_ADMIN);
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
