import { E2BIG, EACCES, ECHILD, EFAULT, EINVAL, ENOENT, EPERM, ESRCH } from '../../abi/errno.ts';
import {
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  CLONE_FILES,
  CLONE_FS,
  CLONE_PIDFD,
  CLONE_VFORK,
  CLONE_VM,
  CSIGNAL,
  P_ALL,
  P_PGID,
  P_PID,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
} from '../../abi/flags.ts';
import { NSIG, SIGCHLD } from '../../abi/signals.ts';
import { CLONE_ARGS, RUSAGE } from '../../abi/structs.ts';
import type { Row } from '../call.ts';
import { execute } from '../exec/exec.ts';
import { readStrings, stringSpace } from '../exec/strings.ts';
import type { Kernel } from '../platform.ts';
import { endProcess } from '../signals/send.ts';
import { cloneTask } from '../tasks/clone.ts';
import type { Task } from '../tasks/task.ts';
import { leave } from '../tasks/threads.ts';
import { getThreadArea, setThreadArea } from '../tasks/tls.ts';
import type { Event } from '../tasks/wait.ts';
import { waitForChild } from '../tasks/wait.ts';
import { row } from './caller.ts';
import { storeUsage } from './usage.ts';

/** What unshare(2) may part: the descriptor table, which carries the working directory too. */
const UNSHAREABLE = CLONE_FILES | CLONE_FS;
/** Flags that clone(2) may carry besides the signal; new namespaces are refused. */
const NAMESPACES = 0x7e020000;
const SIGINFO_SIZE = 128;

function exit(task: Task): number {
  const status = (task.args[0] & 0xff) << 8;
  if (task.process.threads.length === 1) endProcess(task.process, status);
  else leave(task);
  return 0;
}

function exitGroup(task: Task): number {
  endProcess(task.process, (task.args[0] & 0xff) << 8);
  return 0;
}

function fork(task: Task): number | Kernel<number> {
  return cloneTask(task, { flags: SIGCHLD, stack: 0, parentTid: 0, childTid: 0, tls: 0 });
}

function vfork(task: Task): number | Kernel<number> {
  return cloneTask(task, { flags: SIGCHLD | CLONE_VFORK | CLONE_VM, stack: 0, parentTid: 0, childTid: 0, tls: 0 });
}

function clone(task: Task): number | Kernel<number> {
  const [flags, stack, parentTid, tls, childTid] = task.args;
  if (flags & NAMESPACES) return task.process.identity.privileged ? -EINVAL : -EPERM;
  return cloneTask(task, { flags, stack, parentTid, childTid, tls });
}

/** clone3(2): the same in a struct, whose size says how much of it the caller knows. */
function clone3(task: Task): number | Kernel<number> {
  const [address, size] = task.args;
  const { user } = task;
  const { at } = CLONE_ARGS;
  if (size < at.set_tid) return -EINVAL;
  if (size > 4096) return -E2BIG;
  if (user.readable(address, size) < 0) return -EFAULT;
  const word = (offset: number): number => (offset < size ? user.load32(address + offset) : 0);
  // Namespaces and descriptors of processes are not there; neither are their bits above the first word.
  const flags = word(at.flags);
  if (word(at.flags + 4) || flags & (NAMESPACES | CLONE_PIDFD | CSIGNAL) || word(at.set_tid_size)) return -EINVAL;
  if (word(at.exit_signal) >>> 0 > NSIG || word(at.exit_signal + 4)) return -EINVAL;
  if ((word(at.stack) === 0) !== (word(at.stack_size) === 0)) return -EINVAL;
  return cloneTask(task, {
    flags: flags | word(at.exit_signal),
    stack: word(at.stack) ? (word(at.stack) + word(at.stack_size)) | 0 : 0,
    parentTid: word(at.parent_tid),
    childTid: word(at.child_tid),
    tls: word(at.tls),
  });
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

/** execveat(2): a program by directory and name, or by descriptor alone; goes by the names of /proc, as Linux says /dev/fd. */
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
  if (path.startsWith('/') || (directory === AT_FDCWD && path !== '')) return execute(task, path, argv, envp);
  if (directory === AT_FDCWD) return -EACCES;
  const file = task.system.files.fileOf(task.table, directory);
  if (file < 0) return file;
  task.system.pool.dropped.push(file);
  return execute(task, path === '' ? `/proc/self/fd/${directory}` : `/proc/self/fd/${directory}/${path}`, argv, envp);
}

/** unshare(2): a descriptor table of one's own; new namespaces are refused. */
function unshare(task: Task): number | Kernel<number> {
  const flags = task.args[0];
  if (flags & ~UNSHAREABLE) return flags & NAMESPACES ? -EPERM : -EINVAL;
  return flags === 0 ? 0 : partTable(task);
}

function* partTable(task: Task): Kernel<number> {
  const { files } = task.system;
  const own = files.fork(task.table);
  yield* files.release(task.table);
  task.table = own;
  return 0;
}

function* wait4(task: Task): Kernel<number> {
  const [pid, statusAt, options, usageAt] = task.args;
  if (options & ~(WNOHANG | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL)) return -EINVAL;
  if (pid === -0x80000000) return -ESRCH;
  const { user } = task;
  const group = pid === 0 ? task.process.group : pid < -1 ? -pid : 0;
  const event = yield* waitForChild(task, { pid: Math.max(pid, 0), group }, options | WEXITED);
  if (typeof event === 'number') return event;
  // As on Linux the child is gone even where the answer cannot be written.
  if (statusAt) {
    if ((yield* user.bring(statusAt, 4, true)) < 4) return -EFAULT;
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
  if (kind === P_PID) {
    if (id <= 0) return -EINVAL;
    pid = id;
  } else if (kind === P_PGID) {
    if (id < 0) return -EINVAL;
    group = id === 0 ? task.process.group : id;
  } else if (kind !== P_ALL) return kind === 3 ? -ECHILD : -EINVAL;
  const event = yield* waitForChild(task, { pid, group }, options);
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
  row(114, 'wait4', wait4),
  row(120, 'clone', clone, 'no namespaces; CLONE_FS is taken as CLONE_FILES'),
  row(190, 'vfork', vfork),
  row(224, 'gettid', (task) => task.tid),
  row(243, 'set_thread_area', (task) => setThreadArea(task, task.args[0], task.user)),
  row(244, 'get_thread_area', (task) => getThreadArea(task, task.args[0], task.user)),
  row(252, 'exit_group', exitGroup),
  row(258, 'set_tid_address', setTidAddress),
  row(284, 'waitid', waitid, 'no P_PIDFD'),
  row(310, 'unshare', unshare, 'no namespaces'),
  row(358, 'execveat', execveat, 'AT_SYMLINK_NOFOLLOW is ignored'),
  row(435, 'clone3', clone3, 'no namespaces, no CLONE_PIDFD, no choice of the tid'),
];
