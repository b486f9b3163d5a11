import { CAP_CHECKPOINT_RESTORE } from '../../abi/capabilities.ts';
import { E2BIG, EAGAIN, ECHILD, EFAULT, EINVAL, ENOENT, EPERM, ERESTARTSYS, ESRCH } from '../../abi/errno.ts';
import {
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  CLONE_DETACHED,
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWTIME,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
  P_ALL,
  P_PGID,
  P_PID,
  P_PIDFD,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
} from '../../abi/flags.ts';
import { NSIG, SIGCHLD } from '../../abi/signals.ts';
import { CLONE_ARGS, RUSAGE } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { capable } from '../capabilities.ts';
import { execute } from '../exec/exec.ts';
import { readStrings, stringSpace } from '../exec/strings.ts';
import { PAGE } from '../memory/frames.ts';
import type { Kernel } from '../platform.ts';
import { endProcess } from '../signals/send.ts';
import { PID_MAX } from '../system.ts';
import type { CloneRequest } from '../tasks/clone.ts';
import { cloneTask } from '../tasks/clone.ts';
import { processOf } from '../tasks/pidfd.ts';
import type { Task } from '../tasks/task.ts';
import { leave } from '../tasks/threads.ts';
import type { Event } from '../tasks/wait.ts';
import { look, waitForChild } from '../tasks/wait.ts';
import { row } from './caller.ts';
import { storeUsage } from './usage.ts';

/** What unshare(2) may part. */
const UNSHAREABLE = CLONE_FILES | CLONE_FS | CLONE_SYSVSEM;
/** What unshare(2) accepts from a process that shares none of it anyway. */
const SINGLE = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
/** CLONE_NEW*: namespaces. */
const NAMESPACES = 0x7e020000;
/** Bit 32 of clone3's flags: the child's signal handlers are those of a new program. */
const CLEAR_SIGHAND = 1;
/** Deepest nesting of pid namespaces. */
const TIDS_MAX = 32;
const SIGINFO_SIZE = 128;

function exit(task: Task): number {
  leave(task, (task.args[0] & 0xff) << 8);
  return 0;
}

function exitGroup(task: Task): number {
  endProcess(task.process, (task.args[0] & 0xff) << 8);
  return 0;
}

/** What fork, and other calls where they do not say, ask for. */
const PLAIN: CloneRequest = {
  flags: 0,
  clearHandlers: false,
  exitSignal: SIGCHLD,
  stack: 0,
  parentTid: 0,
  childTid: 0,
  pidfd: 0,
  tls: 0,
  tid: 0,
};

function fork(task: Task): number | Kernel<number> {
  return cloneTask(task, { ...PLAIN, flags: 0 });
}

function vfork(task: Task): number | Kernel<number> {
  return cloneTask(task, { ...PLAIN, flags: CLONE_VFORK | CLONE_VM });
}

/** New namespaces: refused to everybody, as where the kernel was built without them. */
function namespaces(task: Task): number {
  return task.identity.privileged ? -EINVAL : -EPERM;
}

function clone(task: Task): number | Kernel<number> {
  const [word, stack, parentTid, tls, childTid] = task.args;
  const flags = word & ~CSIGNAL;
  if (flags & NAMESPACES) return namespaces(task);
  // The parent's word for the tid is also the one for the descriptor.
  if (flags & CLONE_PIDFD && flags & (CLONE_PARENT_SETTID | CLONE_DETACHED)) return -EINVAL;
  return cloneTask(task, {
    ...PLAIN,
    flags,
    exitSignal: word & CSIGNAL,
    stack,
    parentTid,
    childTid,
    pidfd: parentTid,
    tls,
  });
}

/** clone3(2): the same in a struct, whose size says how much of it the caller knows. */
function clone3(task: Task): number | Kernel<number> {
  const [address, size] = task.args;
  const { user } = task;
  const { at } = CLONE_ARGS;
  if (size >>> 0 > PAGE) return -E2BIG;
  if (size < at.set_tid) return -EINVAL;
  if (user.readable(address, size) < 0) return -EFAULT;
  for (let n = CLONE_ARGS.size; n < size; n++) if (user.load8(address + n) !== 0) return -E2BIG;
  const word = (offset: number): number => (offset < size ? user.load32(address + offset) : 0);
  const tids = word(at.set_tid_size) >>> 0;
  if (tids > TIDS_MAX || (word(at.set_tid) === 0) !== (tids === 0)) return -EINVAL;
  const exitSignal = word(at.exit_signal);
  if (exitSignal >>> 0 > NSIG || word(at.exit_signal + 4)) return -EINVAL;
  const flags = word(at.flags);
  const upper = word(at.flags + 4);
  if (upper & ~CLEAR_SIGHAND || flags & CLONE_DETACHED || flags & CSIGNAL & ~CLONE_NEWTIME) return -EINVAL;
  if (flags & CLONE_SIGHAND && upper & CLEAR_SIGHAND) return -EINVAL;
  if (flags & (CLONE_THREAD | CLONE_PARENT) && exitSignal) return -EINVAL;
  if ((word(at.stack) === 0) !== (word(at.stack_size) === 0)) return -EINVAL;
  if (flags & (NAMESPACES | CLONE_NEWTIME)) return namespaces(task);
  if (flags & CLONE_PIDFD && flags & CLONE_PARENT_SETTID && word(at.pidfd) === word(at.parent_tid)) return -EINVAL;
  const tid = tids === 0 ? 0 : chosenTid(task, word(at.set_tid), tids);
  if (tid < 0) return tid;
  return cloneTask(task, {
    flags,
    clearHandlers: upper === CLEAR_SIGHAND,
    exitSignal,
    stack: word(at.stack) ? (word(at.stack) + word(at.stack_size)) | 0 : 0,
    parentTid: word(at.parent_tid),
    childTid: word(at.child_tid),
    pidfd: word(at.pidfd),
    tls: word(at.tls),
    tid,
  });
}

/** The tid that the caller wants for its child; there is one namespace of them. */
function chosenTid(task: Task, address: number, count: number): number {
  if (task.user.readable(address, count * 4) < 0) return -EFAULT;
  if (count > 1) return -EINVAL;
  const tid = task.user.load32(address);
  if (tid < 1 || tid >= PID_MAX) return -EINVAL;
  return capable(task.identity, CAP_CHECKPOINT_RESTORE) || task.identity.privileged ? tid : -EPERM;
}

function execve(task: Task): number | Kernel<number> {
  const { args, user } = task;
  const path = user.string(args[0]);
  if (typeof path === 'number') return path;
  const space = stringSpace(task.process.limits);
  const argv = readStrings(user, args[1], space);
  if (typeof argv === 'number') return argv;
  const envp = readStrings(user, args[2], space);
  if (typeof envp === 'number') return envp;
  return execute(task, path, argv, envp);
}

/** execveat(2): a program by directory and name, or by descriptor alone. */
function execveat(task: Task): number | Kernel<number> {
  const [directory, pathAt, argvAt, envpAt, flags] = task.args;
  const { user } = task;
  const path = user.string(pathAt);
  if (typeof path === 'number') return path;
  if (path === '' && !(flags & AT_EMPTY_PATH)) return -ENOENT;
  if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) return -EINVAL;
  const space = stringSpace(task.process.limits);
  const argv = readStrings(user, argvAt, space);
  if (typeof argv === 'number') return argv;
  const envp = readStrings(user, envpAt, space);
  if (typeof envp === 'number') return envp;
  const follow = !(flags & AT_SYMLINK_NOFOLLOW);
  return execute(task, path, argv, envp, { table: task.table, fd: directory, follow });
}

/** unshare(2): a descriptor table, or a working directory, root and umask, of one's own; new namespaces are refused. */
function unshare(task: Task): number | Kernel<number> {
  const flags = task.args[0];
  if (flags & ~(UNSHAREABLE | SINGLE | NAMESPACES | CLONE_NEWTIME)) return -EINVAL;
  if (flags & SINGLE && (task.process.threads.length > 1 || task.process.actions.users > 1)) return -EINVAL;
  if (flags & CLONE_VM && task.memory.users > 1) return -EINVAL;
  if (flags & (NAMESPACES | CLONE_NEWTIME)) return namespaces(task);
  const { files, ipc } = task.system;
  if (flags & CLONE_SYSVSEM) {
    task.undo?.release(task.pid, ipc.now());
    task.undo = undefined;
  }
  if (flags & CLONE_FS) {
    const own = files.forkPlaces(task.places);
    files.releasePlaces(task.places);
    task.places = own;
  }
  return flags & CLONE_FILES ? partTable(task) : 0;
}

function* partTable(task: Task): Kernel<number> {
  const { files } = task.system;
  const own = files.fork(task.table);
  yield* files.release(task.table);
  task.table = own;
  return 0;
}

function* wait4(task: Task): Kernel<number> {
  const { args } = task;
  const pid = args[0];
  const statusAt = args[1];
  const options = args[2];
  const usageAt = args[3];
  if (options & ~(WNOHANG | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL)) return -EINVAL;
  if (pid === -0x80000000) return -ESRCH;
  const { user } = task;
  const group = pid === 0 ? task.process.group : pid < -1 ? -pid : 0;
  const selection = { pid: Math.max(pid, 0), group };
  // As `waitForChild`, whose generator would show in the time that tracers need.
  let event = look(task, selection, options | WEXITED);
  while (event === 0 && !(options & WNOHANG)) {
    if ((yield task.process.childChanged.sleep) === 'signal') return -ERESTARTSYS;
    event = look(task, selection, options | WEXITED);
  }
  if (typeof event === 'number') return event;
  // As on Linux the child is gone even where the answer cannot be written.
  if (statusAt) {
    if (user.writable(statusAt, 4) < 0 && (yield* user.bring(statusAt, 4, true)) < 4) return -EFAULT;
    user.store32(statusAt, event.status);
  }
  if (usageAt) {
    if ((yield* user.bring(usageAt, RUSAGE.size, true)) < RUSAGE.size) return -EFAULT;
    storeUsage(user, usageAt, event.usage);
  }
  return event.pid;
}

function waitpid(task: Task): Kernel<number> {
  task.args[3] = 0;
  return wait4(task);
}

function* waitid(task: Task): Kernel<number> {
  const [kind, id, infoAt, options, usageAt] = task.args;
  const { user } = task;
  if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
    return -EINVAL;
  if (!(options & (WEXITED | WSTOPPED | WCONTINUED))) return -EINVAL;
  let pid = 0;
  let group = 0;
  let nonblocking = false;
  if (kind === P_PID) {
    if (id <= 0) return -EINVAL;
    pid = id;
  } else if (kind === P_PGID) {
    if (id < 0) return -EINVAL;
    group = id === 0 ? task.process.group : id;
  } else if (kind === P_PIDFD) {
    if (id < 0) return -EINVAL;
    const named = processOf(task, id);
    if (typeof named === 'number') return named;
    if (!task.process.children.has(named.process)) return -ECHILD;
    pid = named.process.pid;
    nonblocking = named.nonblocking;
  } else if (kind !== P_ALL) return -EINVAL;
  const event = yield* waitForChild(task, { pid, group }, nonblocking ? options | WNOHANG : options);
  if (event === 0 && nonblocking && !(options & WNOHANG)) return -EAGAIN;
  if (typeof event === 'number' && event < 0) return event;
  const found = typeof event === 'number' ? undefined : event;
  if (usageAt && found) {
    if ((yield* user.bring(usageAt, RUSAGE.size, true)) < RUSAGE.size) return -EFAULT;
    storeUsage(user, usageAt, found.usage);
  }
  if (infoAt) {
    if ((yield* user.bring(infoAt, SIGINFO_SIZE, true)) < SIGINFO_SIZE) return -EFAULT;
    storeChildInfo(task, infoAt, found);
  }
  return 0;
}

/** waitid writes only the words that it means; all zero when nothing happened. */
function storeChildInfo(task: Task, at: number, event: Event | undefined): void {
  const words = event ? [SIGCHLD, 0, event.code, event.pid, event.uid, event.value] : [0, 0, 0, 0, 0, 0];
  for (const [n, value] of words.entries()) task.user.store32(at + n * 4, value);
}

function setTidAddress(task: Task): number {
  task.clearTid = task.args[0];
  return task.tid;
}

function getppid(task: Task): number {
  return task.process.parent?.pid ?? 0;
}

/** Calls that make, end and name processes. */
export const processCalls: readonly Row[] = [
  row(1, 'exit', exit),
  row(2, 'fork', fork),
  row(7, 'waitpid', waitpid),
  row(11, 'execve', execve),
  row(20, 'getpid', (task) => task.process.pid),
  row(64, 'getppid', getppid),
  row(114, 'wait4', wait4, '__WNOTHREAD changes nothing: children belong to the process'),
  row(120, 'clone', clone, 'no namespaces'),
  row(190, 'vfork', vfork),
  row(224, 'gettid', (task) => task.tid),
  row(252, 'exit_group', exitGroup),
  row(258, 'set_tid_address', setTidAddress),
  row(284, 'waitid', waitid),
  row(310, 'unshare', unshare, 'no namespaces'),
  row(358, 'execveat', execveat),
  row(435, 'clone3', clone3, 'no namespaces, no CLONE_INTO_CGROUP'),
];
