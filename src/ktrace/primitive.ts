/** ktrace(op, ...): a program registers scripts that the kernel runs at its events, and at those of others. */
import { E2BIG, EAGAIN, EEXIST, EFAULT, EINVAL, ENOENT, ESRCH } from '../abi/errno.ts';
import * as k from '../abi/ktrace.ts';
import { row } from '../kernel/calls/caller.ts';
import type { Primitive } from '../kernel/primitive.ts';
import { setDebug, useDebug } from '../kernel/tasks/debug.ts';
import { mayInspect } from '../kernel/tasks/inspect.ts';
import type { Task } from '../kernel/tasks/task.ts';
import { lackOf } from './abilities.ts';
import { mistakeText } from './error.ts';
import { LIMITS } from './limits.ts';
import { mapsJson } from './output.ts';
import { ownerOf } from './owner.ts';
import { readNames } from './registered.ts';
import { Registration } from './registration.ts';
import { readScript } from './script.ts';

/** Cycles that a character of a script takes of virtual time when it is compiled. */
const CYCLES_PER_CHARACTER = 20;
const DEBUG_REGISTERS = 8;
const FLAGS = k.KTRACE_PROCESS | k.KTRACE_CHILDREN | k.KTRACE_KERNEL;

const OPERATIONS: Readonly<Record<number, (caller: Task) => number>> = {
  [k.KTRACE_LOAD]: load,
  [k.KTRACE_ATTACH]: attach,
  [k.KTRACE_DETACH]: detach,
  [k.KTRACE_UNLOAD]: (caller) => (ownerOf(caller.process, false)?.remove(caller.args[1]) ? 0 : -ENOENT),
  [k.KTRACE_READ]: read,
  [k.KTRACE_DEBUG]: debug,
};

function ktrace(caller: Task): number {
  return OPERATIONS[caller.args[0]]?.(caller) ?? -EINVAL;
}

/** LOAD: the script's number; -EINVAL with the mistake told in the caller's buffer. */
function load(caller: Task): number {
  const { user, args, system, process } = caller;
  const { platform } = system;
  const at = args[1];
  if (user.readable(at, k.KTRACE_LOAD_SIZE) < 0) return -EFAULT;
  const word = (name: keyof typeof k.KTRACE_LOAD_AT): number => user.load32(at + k.KTRACE_LOAD_AT[name]);
  const length = word('length') >>> 0;
  const count = word('count') >>> 0;
  const room = word('errorSize') >>> 0;
  if (length > LIMITS.text || count > k.KTRACE_NAMES_MAX) return -E2BIG;
  const error = word('error');
  const bytes = user.bytes(word('text'), length);
  if (typeof bytes === 'number') return bytes;
  if (room > 0 && user.writable(error, Math.min(room, LIMITS.text)) < 0) return -EFAULT;
  const registered = readNames(caller, word('names'), count);
  if (typeof registered === 'number') return registered;
  const owner = ownerOf(process, true)!;
  if (owner.full) return -EAGAIN;
  platform.charge(length * CYCLES_PER_CHARACTER);
  const { names, frames } = registered;
  const script = readScript(String.fromCharCode(...bytes), names, (ability) => lackOf(caller, ability));
  if ('mistake' in script) {
    tell(caller, error, room, mistakeText('ktrace', script.mistake));
    return -EINVAL;
  }
  for (const frame of frames) platform.frames.hold(frame);
  return owner.keep(new Registration(script, process, frames));
}

/** Leaves a text with its zero in the caller's buffer, as much as fits. */
function tell({ user }: Task, address: number, room: number, text: string): void {
  const length = Math.min(text.length, room - 1);
  if (length < 0) return;
  const bytes = new Uint8Array(length + 1);
  for (let n = 0; n < length; n++) bytes[n] = text.charCodeAt(n);
  user.write(address, bytes);
}

/** ATTACH: -ESRCH, -EPERM as ptrace(2); -EINVAL where the thread has not the memory into which the script leads it. */
function attach(caller: Task): number {
  const [, number, tid, flags] = caller.args;
  const registration = ownerOf(caller.process, false)?.get(number);
  if (!registration) return -ENOENT;
  if (flags & ~FLAGS) return -EINVAL;
  const task = tid === 0 ? caller : caller.system.tasks.get(tid);
  if (!task || task.ended) return -ESRCH;
  const allowed = mayInspect(caller, task, 'real');
  if (allowed < 0) return allowed;
  const threads = flags & k.KTRACE_PROCESS ? [...task.process.threads] : [task];
  const { script } = registration;
  const leads = script.checked.some(({ verbs }) => verbs.some(({ name }) => name === 'goto' || name === 'restore'));
  if (leads && threads.some((thread) => thread.memory !== caller.memory)) return -EINVAL;
  if (threads.some((thread) => registration.tasks.has(thread))) return -EEXIST;
  const mode = flags & k.KTRACE_KERNEL ? k.MODE_KERNEL : k.MODE_APP;
  for (const thread of threads) registration.attach(thread, flags, mode);
  return 0;
}

function detach(caller: Task): number {
  const [, number, tid] = caller.args;
  const registration = ownerOf(caller.process, false)?.get(number);
  if (!registration) return -ENOENT;
  const task = tid === 0 ? caller : caller.system.tasks.get(tid);
  if (!task || !registration.tasks.has(task)) return -ESRCH;
  registration.detach(task);
  return 0;
}

/** READ: as much of the maps' JSON as fits; returns its whole length. */
function read(caller: Task): number {
  const [, number, buffer, size] = caller.args;
  const registration = ownerOf(caller.process, false)?.get(number);
  if (!registration) return -ENOENT;
  const text = `[${mapsJson(registration.script.maps).join(',')}]`;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const failed = caller.user.write(buffer, bytes.subarray(0, size >>> 0));
  return failed < 0 ? failed : bytes.length;
}

/** DEBUG: 0, -EFAULT, -EINVAL. */
function debug(caller: Task): number {
  const { user, args } = caller;
  if (user.readable(args[1], DEBUG_REGISTERS * 4) < 0) return -EFAULT;
  let result = 0;
  for (const n of [0, 1, 2, 3, 6, 7]) result ||= setDebug(caller, n, user.load32(args[1] + n * 4));
  useDebug(caller);
  return result;
}

export const ktracePrimitive: Primitive = {
  name: 'ktrace',
  calls: [
    row(k.KTRACE, 'ktrace', ktrace, 'a call of nestlab: registers scripts that this kernel runs at events'),
    row(k.RESUME, 'resume', () => -EINVAL, 'a call of nestlab: a script goes back to an application at it'),
  ],
};
