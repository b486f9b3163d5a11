import { CAP_IPC_OWNER, CAP_SYS_ADMIN } from '../../abi/capabilities.ts';
import { EACCES, EEXIST, EINVAL, ENOENT, ENOSPC, EPERM } from '../../abi/errno.ts';
import { IPC_CREAT, IPC_EXCL, IPC_PRIVATE } from '../../abi/flags.ts';
import { capable } from '../capabilities.ts';
import type { Identity } from '../tasks/identity.ts';

/** Read and alter permission, for user, group and others at once. */
export const READ = 0o444;
export const ALTER = 0o222;
const PERMISSIONS = 0o777;
const OLD_ID_OVERFLOW = 65534;

/** Bits of an identifier that name its slot (IPCMNI_SHIFT); the rest counts how often slots began anew. */
const SLOT_BITS = 15;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const SEQUENCE_MAX = 0x7fffffff >> SLOT_BITS;
/** Slots are used in turn among at least this many. */
const CYCLE_MIN = 64;

/** What every System V IPC object has (struct kern_ipc_perm). */
export class IpcObject {
  id = -1;
  sequence = 0;
  key: number;
  uid: number;
  gid: number;
  readonly creatorUid: number;
  readonly creatorGid: number;
  /** Permissions, and for shared memory SHM_DEST and SHM_LOCKED. */
  mode: number;
  /** Has been removed; those who wait on it find out here. */
  removed = false;
  /** Seconds since 1970 of the last change. */
  changed: number;

  constructor(key: number, who: Identity, mode: number, now: number) {
    this.key = key;
    this.uid = this.creatorUid = who.effectiveUid;
    this.gid = this.creatorGid = who.effectiveGid;
    this.mode = mode & PERMISSIONS;
    this.changed = now;
  }

  /** Whether `who` has all the rights that `wanted` asks for (ipcperms): 0 or -EACCES. */
  permits(who: Identity, wanted: number): number {
    const asked = (wanted >> 6) | (wanted >> 3) | wanted;
    let granted = this.mode;
    if (this.#isOwner(who)) granted >>= 6;
    else if (isIn(who, this.creatorGid) || isIn(who, this.gid)) granted >>= 3;
    return asked & ~granted & 7 && !capable(who, CAP_IPC_OWNER) ? -EACCES : 0;
  }

  /** Whether `who` may change or remove it: 0 or -EPERM. */
  controls(who: Identity): number {
    return this.#isOwner(who) || capable(who, CAP_SYS_ADMIN) ? 0 : -EPERM;
  }

  #isOwner(who: Identity): boolean {
    return who.effectiveUid === this.creatorUid || who.effectiveUid === this.uid;
  }

  /** IPC_SET's part of every object. */
  assign(uid: number, gid: number, mode: number, now: number): void {
    this.uid = uid;
    this.gid = gid;
    this.mode = (this.mode & ~PERMISSIONS) | (mode & PERMISSIONS);
    this.changed = now;
  }

  /** The fields of struct ipc64_perm, or with `old` of struct ipc_perm, whose ids have 16 bits. */
  permission(old: boolean): Record<string, number> {
    const id = (value: number): number => (old && value > 0xffff ? OLD_ID_OVERFLOW : value);
    return {
      key: this.key,
      uid: id(this.uid),
      gid: id(this.gid),
      cuid: id(this.creatorUid),
      cgid: id(this.creatorGid),
      mode: this.mode,
      seq: this.sequence,
    };
  }
}

function isIn(who: Identity, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/** What semget, shmget and msgget have in common: how to make an object, and what else to ask of one that is there. */
export interface Recipe<T extends IpcObject> {
  readonly make: () => T | number;
  readonly fits: (object: T) => number;
}

/** All objects of one kind: identifiers as Linux gives them, keys. */
export class IpcTable<T extends IpcObject> {
  readonly #slots = new Map<number, T>();
  readonly #most: number;
  #last = -1;
  #sequence = 0;

  /** At most `most` objects. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The objects by slot. */
  list(): T[] {
    return [...this.#slots].sort(([a], [b]) => a - b).map(([, object]) => object);
  }

  /** The highest slot in use; 0 when there is none (what *_INFO returns). */
  get highest(): number {
    let highest = 0;
    for (const slot of this.#slots.keys()) highest = Math.max(highest, slot);
    return highest;
  }

  /** semget(2), shmget(2), msgget(2): an identifier or -errno. */
  get(key: number, flags: number, who: Identity, recipe: Recipe<T>): number {
    const found = key === IPC_PRIVATE ? undefined : this.#byKey(key);
    if (!found) {
      if (key !== IPC_PRIVATE && !(flags & IPC_CREAT)) return -ENOENT;
      const made = recipe.make();
      return typeof made === 'number' ? made : this.#add(made);
    }
    if (flags & IPC_CREAT && flags & IPC_EXCL) return -EEXIST;
    const unfit = recipe.fits(found);
    if (unfit < 0) return unfit;
    const denied = found.permits(who, flags & PERMISSIONS);
    return denied < 0 ? denied : found.id;
  }

  /** Whether one more would be too many: -ENOSPC or 0. */
  get full(): number {
    return this.#slots.size >= this.#most ? -ENOSPC : 0;
  }

  /** The object behind an identifier; -EINVAL. */
  find(id: number): T | number {
    const object = id < 0 ? undefined : this.#slots.get(id & SLOT_MASK);
    return object && object.id === id ? object : -EINVAL;
  }

  /** The object in a slot, whatever its sequence number (*_STAT); -EINVAL. */
  inSlot(index: number): T | number {
    return (index < 0 ? undefined : this.#slots.get(index & SLOT_MASK)) ?? -EINVAL;
  }

  remove(object: T): void {
    object.removed = true;
    this.#slots.delete(object.id & SLOT_MASK);
  }

  #byKey(key: number): T | undefined {
    for (const object of this.#slots.values()) if (object.key === key) return object;
    return undefined;
  }

  /** Slots are given cyclically (ipc_idr_alloc); each new round has a sequence number of its own. */
  #add(object: T): number {
    const slots = Math.min(Math.max(Math.floor((this.#slots.size * 3) / 2), CYCLE_MIN), this.#most);
    let slot = this.#last + 1;
    for (let tries = 0; tries <= slots; tries++, slot++) {
      if (slot >= slots) slot = 0;
      if (this.#slots.has(slot)) continue;
      if (slot <= this.#last) this.#sequence = this.#sequence + 1 >= SEQUENCE_MAX ? 0 : this.#sequence + 1;
      this.#last = slot;
      object.sequence = this.#sequence;
      object.id = (object.sequence << SLOT_BITS) + slot;
      this.#slots.set(slot, object);
      return object.id;
    }
    return -ENOSPC;
  }
}
