import { EBADF, ENAMETOOLONG, ERANGE } from '../../abi/errno.ts';
import { AT_FDCWD } from '../../abi/flags.ts';
import type { Caller, Row } from '../call.ts';
import type { Place } from '../files/namespace.ts';
import { badAttribute, getAttribute, listAttributes, removeAttribute, setAttribute } from '../files/xattr.ts';
import type { Kernel } from '../platform.ts';
import { fileAt, placeAt } from './file-arguments.ts';

/** Longest name with its zero (limits.h). */
const XATTR_NAME = 256;

/** How a call names its file in its first argument: a path (links followed or not) or a descriptor. */
type Target = (caller: Caller) => Kernel<Place | number>;

const followed: Target = (c) => placeAt(c, AT_FDCWD, c.args[0], true);
const itself: Target = (c) => placeAt(c, AT_FDCWD, c.args[0], false);
function* opened(c: Caller): Kernel<Place | number> {
  return fileAt(c, c.args[0])?.place ?? -EBADF;
}

/** An attribute's name; an empty one and one that is too long are both out of range. */
function nameAt(caller: Caller, address: number): string | number {
  const name = caller.user.string(address, XATTR_NAME);
  return name === '' || name === -ENAMETOOLONG ? -ERANGE : name;
}

/** Gives the caller `bytes` in a buffer of `size`; a size of 0 only asks for the length. */
function give(caller: Caller, bytes: Uint8Array, address: number, size: number): number {
  if (size === 0) return bytes.length;
  if (bytes.length > size >>> 0) return -ERANGE;
  return caller.user.write(address, bytes) || bytes.length;
}

function set(target: Target) {
  return function* run(caller: Caller): Kernel<number> {
    const [, nameAddress, address, size, flags] = caller.args;
    const bad = badAttribute(size, flags);
    if (bad < 0) return bad;
    const name = nameAt(caller, nameAddress);
    if (typeof name === 'number') return name;
    const value = size === 0 ? new Uint8Array(0) : caller.user.bytes(address, size);
    if (typeof value === 'number') return value;
    const place = yield* target(caller);
    if (typeof place === 'number') return place;
    return yield* setAttribute(caller.services.files.core, place, name, value, flags, caller.credentials);
  };
}

function get(target: Target) {
  return function* run(caller: Caller): Kernel<number> {
    const name = nameAt(caller, caller.args[1]);
    if (typeof name === 'number') return name;
    const place = yield* target(caller);
    if (typeof place === 'number') return place;
    const value = getAttribute(place.dentry.node, name, caller.credentials);
    return typeof value === 'number' ? value : give(caller, value, caller.args[2], caller.args[3]);
  };
}

function list(target: Target) {
  return function* run(caller: Caller): Kernel<number> {
    const place = yield* target(caller);
    if (typeof place === 'number') return place;
    const names = listAttributes(place.dentry.node, caller.credentials);
    const bytes = Uint8Array.from(names, (character) => character.charCodeAt(0));
    return give(caller, bytes, caller.args[1], caller.args[2]);
  };
}

function remove(target: Target) {
  return function* run(caller: Caller): Kernel<number> {
    const name = nameAt(caller, caller.args[1]);
    if (typeof name === 'number') return name;
    const place = yield* target(caller);
    if (typeof place === 'number') return place;
    return yield* removeAttribute(caller.services.files.core, place, name, caller.credentials);
  };
}

const note = 'user., trusted. and security. in the layer; no access control lists; --rw and --save do not keep them';

/** Extended attributes (xattr(7)). */
export const fileXattrCalls: readonly Row[] = [
  { number: 226, name: 'setxattr', run: set(followed), note },
  { number: 227, name: 'lsetxattr', run: set(itself), note },
  { number: 228, name: 'fsetxattr', run: set(opened), note },
  { number: 229, name: 'getxattr', run: get(followed), note },
  { number: 230, name: 'lgetxattr', run: get(itself), note },
  { number: 231, name: 'fgetxattr', run: get(opened), note },
  { number: 232, name: 'listxattr', run: list(followed), note },
  { number: 233, name: 'llistxattr', run: list(itself), note },
  { number: 234, name: 'flistxattr', run: list(opened), note },
  { number: 235, name: 'removexattr', run: remove(followed), note },
  { number: 236, name: 'lremovexattr', run: remove(itself), note },
  { number: 237, name: 'fremovexattr', run: remove(opened), note },
];
