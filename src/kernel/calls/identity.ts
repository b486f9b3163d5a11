import { CAP_SETGID, CAP_SETUID } from '../../abi/capabilities.ts';
import { EFAULT, EINVAL, EPERM } from '../../abi/errno.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { commit, followFsuid, followUids } from '../tasks/credential-rules.ts';
import { Identity } from '../tasks/identity.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';

const GROUPS_MAX = 65536;
/** What a 16-bit call shows of an id that does not fit (overflowuid). */
const OVERFLOW = 65534;
/** Bits of an id: 16 for the old calls, where 65535 means -1. */
type Bits = 16 | 32;

function widen(id: number, bits: Bits): number {
  if (bits === 32) return id;
  return (id & 0xffff) === 0xffff ? -1 : id & 0xffff;
}

function narrow(id: number, bits: Bits): number {
  if (bits === 32) return id;
  return id >>> 0 > 0xffff ? OVERFLOW : id;
}

/** Changes a copy of the identity and keeps it when `change` agrees: identities are shared by value, not by place. */
function change(task: Task, alter: (identity: Identity) => number): number {
  const identity = new Identity(task.identity);
  const result = alter(identity);
  if (result >= 0) commit(task, identity);
  return result;
}

/** The roles of uid and gid calls differ in names only: this is one set of them. */
interface Role {
  readonly ids: (identity: Identity) => readonly [real: number, effective: number, saved: number];
  readonly set: (identity: Identity, real: number, effective: number, saved: number) => void;
  readonly fs: 'uid' | 'gid';
  /** What allows any change. */
  readonly capability: number;
}

const UID: Role = {
  ids: (identity) => [identity.realUid, identity.effectiveUid, identity.savedUid],
  set(identity, real, effective, saved) {
    const old = new Identity(identity);
    identity.setUids(real, effective, saved);
    followUids(identity, old);
  },
  fs: 'uid',
  capability: CAP_SETUID,
};

const GID: Role = {
  ids: (identity) => [identity.realGid, identity.effectiveGid, identity.savedGid],
  set: (identity, real, effective, saved) => identity.setGids(real, effective, saved),
  fs: 'gid',
  capability: CAP_SETGID,
};

function setId(role: Role, bits: Bits): (task: Task) => number {
  return (task) =>
    change(task, (identity) => {
      const id = widen(task.args[0], bits);
      if (id === -1) return -EINVAL;
      const [real, , saved] = role.ids(identity);
      if (capable(identity, role.capability)) role.set(identity, id, id, id);
      else if (id === real || id === saved) role.set(identity, real, id, saved);
      else return -EPERM;
      return 0;
    });
}

function setReId(role: Role, bits: Bits): (task: Task) => number {
  return (task) =>
    change(task, (identity) => {
      const r = widen(task.args[0], bits);
      const e = widen(task.args[1], bits);
      const [real, effective, saved] = role.ids(identity);
      if (!capable(identity, role.capability)) {
        if (r !== -1 && r !== real && r !== effective) return -EPERM;
        if (e !== -1 && e !== real && e !== effective && e !== saved) return -EPERM;
      }
      const newReal = r === -1 ? real : r;
      const newEffective = e === -1 ? effective : e;
      const keeps = r === -1 && (e === -1 || e === real);
      role.set(identity, newReal, newEffective, keeps ? saved : newEffective);
      return 0;
    });
}

function setResId(role: Role, bits: Bits): (task: Task) => number {
  return (task) =>
    change(task, (identity) => {
      const old = role.ids(identity);
      const wanted = [0, 1, 2].map((n) => widen(task.args[n], bits));
      if (!capable(identity, role.capability) && wanted.some((id) => id !== -1 && !old.includes(id))) return -EPERM;
      const [real, effective, saved] = wanted.map((id, n) => (id === -1 ? old[n] : id));
      role.set(identity, real, effective, saved);
      return 0;
    });
}

function getResId(role: Role, bits: Bits): (task: Task) => number {
  return (task) => {
    const { args, user } = task;
    const size = bits / 8;
    const ids = role.ids(task.identity);
    for (let n = 0; n < 3; n++) if (user.writable(args[n], size) < 0) return -EFAULT;
    for (let n = 0; n < 3; n++) {
      if (bits === 16) user.store16(args[n], narrow(ids[n], bits));
      else user.store32(args[n], ids[n]);
    }
    return 0;
  };
}

function setFsId(role: Role, bits: Bits): (task: Task) => number {
  return (task) => {
    const id = widen(task.args[0], bits);
    const old = task.identity[role.fs];
    change(task, (identity) => {
      if (id === -1 || !(capable(identity, role.capability) || id === old || role.ids(identity).includes(id)))
        return -EPERM;
      identity[role.fs] = id;
      if (role === UID) followFsuid(identity, task.identity);
      return 0;
    });
    return narrow(old, bits);
  };
}

function getId(role: Role, which: 0 | 1, bits: Bits): (task: Task) => number {
  return (task) => narrow(role.ids(task.identity)[which], bits);
}

function getgroups(bits: Bits): (task: Task) => number {
  return (task) => {
    const [size, list] = task.args;
    const { groups } = task.identity;
    if (size < 0) return -EINVAL;
    if (size === 0) return groups.length;
    if (size < groups.length) return -EINVAL;
    const width = bits / 8;
    if (task.user.writable(list, groups.length * width) < 0) return -EFAULT;
    for (const [n, group] of groups.entries()) {
      if (bits === 16) task.user.store16(list + n * width, narrow(group, bits));
      else task.user.store32(list + n * width, group);
    }
    return groups.length;
  };
}

function setgroups(bits: Bits): (task: Task) => number {
  return (task) => {
    const [size, list] = task.args;
    if (!capable(task.identity, CAP_SETGID)) return -EPERM;
    if (size >>> 0 > GROUPS_MAX) return -EINVAL;
    const width = bits / 8;
    if (task.user.readable(list, size * width) < 0) return -EFAULT;
    const groups = Array.from({ length: size }, (_, n) =>
      bits === 16 ? task.user.load16(list + n * width) : task.user.load32(list + n * width),
    );
    return change(task, (identity) => {
      identity.groups = groups.sort((a, b) => (a >>> 0) - (b >>> 0));
      return 0;
    });
  };
}

function umask(task: Task): number {
  const places = task.system.services.files.places(task.places);
  const old = places.umask;
  places.umask = task.args[0] & 0o777;
  return old;
}

const both = (name: string, old: number, wide: number, run: (bits: Bits) => (task: Task) => number): readonly Row[] => [
  row(old, name, run(16)),
  row(wide, `${name}32`, run(32)),
];

/** Calls about users and groups; each in its 16-bit and its 32-bit form. */
export const identityCalls: readonly Row[] = [
  ...both('setuid', 23, 213, (bits) => setId(UID, bits)),
  ...both('getuid', 24, 199, (bits) => getId(UID, 0, bits)),
  ...both('setgid', 46, 214, (bits) => setId(GID, bits)),
  ...both('getgid', 47, 200, (bits) => getId(GID, 0, bits)),
  ...both('geteuid', 49, 201, (bits) => getId(UID, 1, bits)),
  ...both('getegid', 50, 202, (bits) => getId(GID, 1, bits)),
  row(60, 'umask', umask),
  ...both('setreuid', 70, 203, (bits) => setReId(UID, bits)),
  ...both('setregid', 71, 204, (bits) => setReId(GID, bits)),
  ...both('getgroups', 80, 205, getgroups),
  ...both('setgroups', 81, 206, setgroups),
  ...both('setfsuid', 138, 215, (bits) => setFsId(UID, bits)),
  ...both('setfsgid', 139, 216, (bits) => setFsId(GID, bits)),
  ...both('setresuid', 164, 208, (bits) => setResId(UID, bits)),
  ...both('getresuid', 165, 209, (bits) => getResId(UID, bits)),
  ...both('setresgid', 170, 210, (bits) => setResId(GID, bits)),
  ...both('getresgid', 171, 211, (bits) => getResId(GID, bits)),
];
