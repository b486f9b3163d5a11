import { CAP_SYS_RESOURCE } from '../../abi/capabilities.ts';
import {
  EAGAIN,
  EBADF,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  EMSGSIZE,
  ENAMETOOLONG,
  ENOENT,
  ENOTSOCK,
  ETIMEDOUT,
} from '../../abi/errno.ts';
import {
  CLOCK_REALTIME,
  O_ACCMODE,
  O_CREAT,
  O_EXCL,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  R_OK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NOFILE,
  W_OK,
} from '../../abi/flags.ts';
import { MQ_ATTR, MQ_PRIO_MAX, SIGEVENT } from '../../abi/ipc.ts';
import { NSIG, SI_MESGQ } from '../../abi/signals.ts';
import type { Row } from '../call.ts';
import { ERESTARTSYS, RANGES_MAX, wait } from '../call.ts';
import { capable } from '../capabilities.ts';
import { mayRemove, permit } from '../files/access.ts';
import { makeFile, type OpenFile } from '../files/open-file.ts';
import {
  checkName,
  MESSAGE_SIZE_MAX,
  MESSAGES_MAX,
  type Mqueue,
  mqueueOf,
  mqueueOps,
  sendCookie,
  WOKEN,
  withdrawNotice,
} from '../ipc/mqueue.ts';
import type { Notice, PosixMessage, PosixQueue } from '../ipc/posix-queue.ts';
import type { Kernel } from '../platform.ts';
import { makeInfo } from '../signals/info.ts';
import { sendToProcess } from '../signals/send.ts';
import { netlink } from '../sockets/netlink.ts';
import { Socket } from '../sockets/socket.ts';
import type { Task } from '../tasks/task.ts';
import { clockOf, whenShows } from '../time/clock.ts';
import { readTimespec32, readTimespec64 } from '../time/spec.ts';
import { row } from './caller.ts';
import { fetch, store } from './ipc-arguments.ts';

const NAME_MAX = 255;
/** NOTIFY_COOKIE_LEN. */
const COOKIE_SIZE = 32;
const SIGEV_SIGNAL = 0;
const SIGEV_THREAD = 2;

function nameAt(task: Task, address: number): string | number {
  const name = task.user.string(address);
  if (typeof name === 'number') return name;
  const bad = checkName(name);
  return bad < 0 ? bad : name.length > NAME_MAX ? -ENAMETOOLONG : name;
}

function mqOpen(task: Task): number {
  const [nameAddress, flags, mode, attributesAt] = task.args;
  const attributes = attributesAt ? fetch(task, attributesAt, MQ_ATTR) : undefined;
  if (typeof attributes === 'number') return attributes;
  const name = nameAt(task, nameAddress);
  if (typeof name === 'number') return name;
  const { core } = task.services.files;
  const table = task.services.files.table(task.table);
  const limit = task.limit(RLIMIT_NOFILE);
  const free = table.free(limit);
  if (free < 0) return free;
  const mqueue = mqueueOf(core);
  const found = mqueue.find(name);
  if (!found && !(flags & O_CREAT)) return -ENOENT;
  if (found && flags & O_CREAT && flags & O_EXCL) return -EEXIST;
  const access = flags & O_ACCMODE;
  if (found && access === O_ACCMODE) return -EINVAL;
  const wanted = access === O_RDONLY ? R_OK : access === O_WRONLY ? W_OK : R_OK | W_OK;
  const denied = found ? permit(found, wanted, task.credentials) : 0;
  if (denied < 0) return denied;
  const { umask } = task.services.files.places(task.places);
  const node =
    found ??
    mqueue.make(name, {
      most: attributes ? attributes.mq_maxmsg | 0 : MESSAGES_MAX,
      size: attributes ? attributes.mq_msgsize | 0 : MESSAGE_SIZE_MAX,
      mode: mode & 0o7777 & ~umask,
      owner: task.credentials,
      privileged: capable(task.identity, CAP_SYS_RESOURCE),
      limit: task.limit(RLIMIT_MSGQUEUE),
    });
  if (typeof node === 'number') return node;
  const status = flags & (O_ACCMODE | O_NONBLOCK);
  const file = makeFile(core, mqueueOps, mqueue.placeOf(name, node), node.data as PosixQueue, status);
  return table.add(file as OpenFile, true, limit);
}

function mqUnlink(task: Task): number {
  const name = nameAt(task, task.args[0]);
  if (typeof name === 'number') return name;
  const mqueue: Mqueue = mqueueOf(task.services.files.core);
  const node = mqueue.find(name);
  if (!node) return -ENOENT;
  const denied = mayRemove(mqueue.root, node, task.credentials);
  if (denied < 0) return denied;
  mqueue.unlink(name);
  return 0;
}

/** The open queue behind a descriptor; -EBADF. */
function queueAt(task: Task, fd: number): OpenFile<PosixQueue> | number {
  const file = task.services.files.table(task.table).get(fd);
  return file?.ops === mqueueOps ? (file as OpenFile<PosixQueue>) : -EBADF;
}

/** An absolute time as ns of virtual time, Infinity for none; -EFAULT, -EINVAL. */
function deadline(task: Task, address: number, read: typeof readTimespec32): number {
  if (address === 0) return Number.POSITIVE_INFINITY;
  const time = read(task.user, address);
  return time < 0 ? time : Math.max(0, whenShows(task, clockOf(task, CLOCK_REALTIME)!, time));
}

function send(read: typeof readTimespec32): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [fd, address, length, priority, timeout] = task.args;
    const until = deadline(task, timeout, read);
    if (until < 0) return until;
    if (priority >>> 0 >= MQ_PRIO_MAX) return -EINVAL;
    const file = queueAt(task, fd);
    if (typeof file === 'number') return file;
    if (!file.writable) return -EBADF;
    const queue = file.state;
    if (length >>> 0 > queue.size) return -EMSGSIZE;
    const bytes = task.user.bytes(address, length);
    if (typeof bytes === 'number') return bytes;
    const message = { priority, bytes };
    if (queue.full) return file.flags & O_NONBLOCK ? -EAGAIN : sendLater(file.state, message, until);
    put(task, file, message);
    return 0;
  };
}

/** A message goes in; who wanted to know of it is told. */
function put(task: Task, { state, node }: OpenFile<PosixQueue>, message: PosixMessage): void {
  const notice = state.send(message);
  node.atime = node.mtime = node.ctime = task.services.files.core.clock.stamp();
  if (notice) sendCookie(task.services.files.core, notice, WOKEN);
  const owner = notice && notice.signal !== 0 ? task.system.processes.get(notice.pid) : undefined;
  if (!notice || !owner) return;
  sendToProcess(owner, makeInfo(notice.signal, SI_MESGQ, task.pid, task.identity.realUid, notice.value));
}

function* sendLater(queue: PosixQueue, message: PosixMessage, until: number): Kernel<number> {
  const waiter = queue.await(message);
  const why = yield* wait(waiter.queue, until);
  if (waiter.done) return 0;
  queue.forget(waiter);
  return why === 'timeout' ? -ETIMEDOUT : -ERESTARTSYS;
}

function receive(read: typeof readTimespec32): (task: Task) => number | Kernel<number> {
  return (task) => {
    const [fd, address, length, priorityAt, timeout] = task.args;
    const until = deadline(task, timeout, read);
    if (until < 0) return until;
    const file = queueAt(task, fd);
    if (typeof file === 'number') return file;
    if (!file.readable) return -EBADF;
    const queue = file.state;
    if (length >>> 0 < queue.size) return -EMSGSIZE;
    if (queue.messages.length > 0) return deliver(task, file, queue.receive(), address, priorityAt);
    return file.flags & O_NONBLOCK ? -EAGAIN : receiveLater(task, file, until, address, priorityAt);
  };
}

function* receiveLater(
  task: Task,
  file: OpenFile<PosixQueue>,
  until: number,
  address: number,
  priorityAt: number,
): Kernel<number> {
  const queue = file.state;
  const waiter = queue.await(undefined);
  const why = yield* wait(waiter.queue, until);
  if (waiter.done) return yield* deliver(task, file, waiter.message!, address, priorityAt);
  queue.forget(waiter);
  return why === 'timeout' ? -ETIMEDOUT : -ERESTARTSYS;
}

/** Hands a message over that has left the queue: a bad address loses it, as on Linux. */
function* deliver(
  task: Task,
  { node }: OpenFile<PosixQueue>,
  { bytes, priority }: PosixMessage,
  address: number,
  priorityAt: number,
): Kernel<number> {
  const { user } = task;
  node.atime = node.mtime = node.ctime = task.services.files.core.clock.stamp();
  if (priorityAt !== 0) {
    if ((yield* user.bring(priorityAt, 4, true)) < 4) return -EFAULT;
    user.store32(priorityAt, priority);
  }
  for (let done = 0; done < bytes.length; done += RANGES_MAX) {
    const piece = Math.min(RANGES_MAX, bytes.length - done);
    if ((yield* user.bring(address + done, piece, true)) < piece) return -EFAULT;
  }
  return user.write(address, bytes) < 0 ? -EFAULT : bytes.length;
}

/** What SIGEV_THREAD names: a cookie in the value, a netlink socket in the signal; -EFAULT, -EBADF, -ENOTSOCK, -EINVAL. */
function threadOf(task: Task, event: Readonly<Record<string, number>>): Notice['thread'] | number {
  const cookie = task.user.bytes(event.sigev_value, COOKIE_SIZE);
  if (typeof cookie === 'number') return cookie;
  const file = task.services.files.table(task.table).get(event.sigev_signo);
  if (!file) return -EBADF;
  if (!(file.state instanceof Socket)) return -ENOTSOCK;
  return file.state.how === netlink ? { socket: file.state, cookie } : -EINVAL;
}

function mqNotify(task: Task): number {
  const [fd, eventAt] = task.args;
  const event = eventAt ? fetch(task, eventAt, SIGEVENT) : undefined;
  if (typeof event === 'number') return event;
  if (event) {
    if (event.sigev_notify > SIGEV_THREAD) return -EINVAL;
    if (event.sigev_notify === SIGEV_SIGNAL && event.sigev_signo > NSIG) return -EINVAL;
  }
  const thread = event?.sigev_notify === SIGEV_THREAD ? threadOf(task, event) : undefined;
  if (typeof thread === 'number') return thread;
  const file = queueAt(task, fd);
  if (typeof file === 'number') return file;
  const queue = file.state;
  if (!event) {
    if (queue.notice?.pid === task.pid) withdrawNotice(task.services.files.core, queue);
    return 0;
  }
  if (queue.notice) return -EBUSY;
  const signal = event.sigev_notify === SIGEV_SIGNAL ? event.sigev_signo : 0;
  queue.notice = { table: task.table, pid: task.pid, signal, value: event.sigev_value, ...(thread && { thread }) };
  return 0;
}

function mqGetSetAttributes(task: Task): number {
  const [fd, newAt, oldAt] = task.args;
  const wanted = newAt ? fetch(task, newAt, MQ_ATTR) : undefined;
  if (typeof wanted === 'number') return wanted;
  if (wanted && wanted.mq_flags & ~O_NONBLOCK) return -EINVAL;
  const file = queueAt(task, fd);
  if (typeof file === 'number') return file;
  const { most, size, messages } = file.state;
  const before = { mq_flags: file.flags & O_NONBLOCK, mq_maxmsg: most, mq_msgsize: size, mq_curmsgs: messages.length };
  const bad = oldAt ? task.user.writable(oldAt, MQ_ATTR.size) : 0;
  if (bad < 0 && task.user.missing >= 0) return bad;
  if (wanted) file.flags = (file.flags & ~O_NONBLOCK) | wanted.mq_flags;
  return oldAt ? store(task, oldAt, MQ_ATTR, before) : 0;
}

/** POSIX message queues. */
export const ipcPosixCalls: readonly Row[] = [
  row(277, 'mq_open', mqOpen),
  row(278, 'mq_unlink', mqUnlink),
  row(279, 'mq_timedsend', send(readTimespec32)),
  row(280, 'mq_timedreceive', receive(readTimespec32)),
  row(281, 'mq_notify', mqNotify),
  row(282, 'mq_getsetattr', mqGetSetAttributes),
  row(418, 'mq_timedsend_time64', send(readTimespec64)),
  row(419, 'mq_timedreceive_time64', receive(readTimespec64)),
];
