import { CAP_SYS_RESOURCE } from '../../abi/capabilities.ts';
import { E2BIG, EAGAIN, EFAULT, EIDRM, EINVAL, ENOMSG, EPERM } from '../../abi/errno.ts';
import { IPC_NOWAIT, IPC_RMID, IPC_SET, IPC_STAT } from '../../abi/flags.ts';
import * as I from '../../abi/ipc.ts';
import type { Row } from '../call.ts';
import { ERESTARTNOHAND, RANGES_MAX, wait } from '../call.ts';
import { capable } from '../capabilities.ts';
import { type Message, MessageQueue, type Receiver, type Wanted, wantedBy } from '../ipc/message.ts';
import { ALTER, READ } from '../ipc/object.ts';
import type { Kernel } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { row } from './caller.ts';
import { type Command, directCommand, fetch, seconds, store, toChange, toStat } from './ipc-arguments.ts';

/** msgget(2). */
export function msgget(task: Task, key: number, flags: number): number {
  const { queues, queueMax, now } = task.system.ipc;
  return queues.get(key, flags, task.identity, {
    make: () => queues.full || new MessageQueue(key, task.identity, flags, now(), queueMax),
    fits: () => 0,
  });
}

/** msgsnd(2). Never restarted once a handler has run. */
export function msgsnd(
  task: Task,
  id: number,
  address: number,
  length: number,
  flags: number,
): number | Kernel<number> {
  const { user } = task;
  const { ipc } = task.system;
  if (user.readable(address, 4) < 0) return -EFAULT;
  const type = user.load32(address);
  if (length < 0 || length > ipc.messageMax || id < 0 || type < 1) return -EINVAL;
  const bytes = user.bytes(address + 4, length);
  if (typeof bytes === 'number') return bytes;
  const queue = ipc.queues.find(id);
  if (typeof queue === 'number') return queue;
  const denied = queue.permits(task.identity, ALTER);
  if (denied < 0) return denied;
  if (!queue.fits(length)) return flags & IPC_NOWAIT ? -EAGAIN : sendLater(task, queue, { type, bytes });
  queue.send({ type, bytes }, task.pid, ipc.now());
  return 0;
}

function* sendLater(task: Task, queue: MessageQueue, message: Message): Kernel<number> {
  while (!queue.fits(message.bytes.length)) {
    const why = yield* wait(queue.room);
    if (queue.removed) return -EIDRM;
    if (why === 'signal') return -ERESTARTNOHAND;
    const denied = queue.permits(task.identity, ALTER);
    if (denied < 0) return denied;
  }
  queue.send(message, task.pid, task.system.ipc.now());
  return 0;
}

/** msgrcv(2): bytes of the text that was received. Never restarted once a handler has run. */
export function msgrcv(
  task: Task,
  id: number,
  address: number,
  length: number,
  type: number,
  flags: number,
): number | Kernel<number> {
  const { ipc } = task.system;
  if (id < 0 || length < 0) return -EINVAL;
  const copies = (flags & I.MSG_COPY) !== 0;
  if (copies && (flags & I.MSG_EXCEPT || !(flags & IPC_NOWAIT))) return -EINVAL;
  const queue = ipc.queues.find(id);
  if (typeof queue === 'number') return queue;
  const denied = queue.permits(task.identity, READ);
  if (denied < 0) return denied;
  const wanted = wantedBy(type, flags, copies);
  const room = flags & I.MSG_NOERROR ? Number.POSITIVE_INFINITY : length;
  const message = queue.find(wanted);
  if (!message) return flags & IPC_NOWAIT ? -ENOMSG : receiveLater(task, queue, wanted, room, address, length);
  if (message.bytes.length > room) return -E2BIG;
  if (copies && message.bytes.length > length) return -EINVAL;
  if (!copies) queue.take(message, task.pid, ipc.now());
  return deliver(task, message, address, length);
}

function* receiveLater(
  task: Task,
  queue: MessageQueue,
  wanted: Wanted,
  room: number,
  address: number,
  length: number,
): Kernel<number> {
  for (;;) {
    const receiver = queue.await(wanted, room, task.pid);
    const got = yield* answer(queue, receiver);
    if (typeof got !== 'number') return yield* deliver(task, got, address, length);
    if (got !== -EAGAIN) return got;
    const denied = queue.permits(task.identity, READ);
    if (denied < 0) return denied;
    const message = queue.find(wanted);
    if (!message) continue;
    if (message.bytes.length > room) return -E2BIG;
    queue.take(message, task.pid, task.system.ipc.now());
    return yield* deliver(task, message, address, length);
  }
}

function* answer(queue: MessageQueue, receiver: Receiver): Kernel<Message | number> {
  const why = yield* wait(receiver.queue);
  if (receiver.got !== undefined) return receiver.got;
  queue.forget(receiver);
  return why === 'signal' ? -ERESTARTNOHAND : -EAGAIN;
}

/** Hands a message over. It has left the queue: a bad address loses it, as on Linux. */
function* deliver(task: Task, message: Message, address: number, length: number): Kernel<number> {
  const { user } = task;
  const bytes = message.bytes.subarray(0, length);
  for (let done = 0; done < bytes.length + 4; done += RANGES_MAX) {
    const piece = Math.min(RANGES_MAX, bytes.length + 4 - done);
    if ((yield* user.bring(address + done, piece, true)) < piece) return -EFAULT;
  }
  if (user.writable(address, bytes.length + 4) < 0) return -EFAULT;
  user.store32(address, message.type);
  user.write(address + 4, bytes);
  return bytes.length;
}

/** msgctl(2). */
export function msgctl(task: Task, id: number, command: Command, address: number): number {
  const { ipc } = task.system;
  const { queues } = ipc;
  if (id < 0 || command.number < 0) return -EINVAL;
  switch (command.number) {
    case I.IPC_INFO:
    case I.MSG_INFO:
      return limits(task, command.number === I.MSG_INFO, address);
    case IPC_STAT:
    case I.MSG_STAT:
    case I.MSG_STAT_ANY:
      return status(task, id, command, address);
    case IPC_SET: {
      const wanted = fetch(task, address, command.old ? I.OLD_MSQID : I.MSQID);
      if (typeof wanted === 'number') return wanted;
      const queue = toChange(task, queues, id);
      if (typeof queue === 'number') return queue;
      const most = command.old ? wanted.qbytes || wanted.lqbytes : wanted.qbytes;
      if (most > ipc.queueMax && !capable(task.identity, CAP_SYS_RESOURCE)) return -EPERM;
      queue.most = most;
      queue.assign(wanted.uid, wanted.gid, wanted.mode, ipc.now());
      queue.stir();
      return 0;
    }
    case IPC_RMID: {
      const queue = toChange(task, queues, id);
      if (typeof queue === 'number') return queue;
      queues.destroy(queue);
      return 0;
    }
    default:
      return -EINVAL;
  }
}

function limits(task: Task, used: boolean, address: number): number {
  const { queues, messageMax, queueMax } = task.system.ipc;
  const all = queues.list();
  const messages = all.reduce((sum, queue) => sum + queue.messages.length, 0);
  const bytes = all.reduce((sum, queue) => sum + queue.bytes, 0);
  const written = store(task, address, I.MSGINFO, {
    msgpool: used ? queues.size : (I.MSGMNI * I.MSGMNB) / 1024,
    msgmap: used ? messages : I.MSGMNB,
    msgmax: messageMax,
    msgmnb: queueMax,
    msgmni: I.MSGMNI,
    msgssz: I.MSGSSZ,
    msgtql: used ? bytes : I.MSGMNB,
    msgseg: I.MSGSEG,
  });
  return written < 0 ? written : queues.highest;
}

function status(task: Task, id: number, { number, old }: Command, address: number): number {
  const queue = toStat(task, task.system.ipc.queues, id, number !== IPC_STAT, number === I.MSG_STAT_ANY);
  if (typeof queue === 'number') return queue;
  const narrow = (value: number): number => (old ? Math.min(value, 0xffff) : value);
  const written = store(task, address, old ? I.OLD_MSQID : I.MSQID, {
    ...queue.permission(old),
    ...seconds('stime', queue.sent),
    ...seconds('rtime', queue.received),
    ...seconds('ctime', queue.changed),
    lcbytes: queue.bytes,
    lqbytes: queue.most,
    cbytes: narrow(queue.bytes),
    qnum: narrow(queue.messages.length),
    qbytes: narrow(queue.most),
    lspid: queue.lastSender,
    lrpid: queue.lastReceiver,
  });
  if (written < 0) return written;
  return number === IPC_STAT ? 0 : queue.id;
}

/** Message queues by their own calls. */
export const ipcMessageCalls: readonly Row[] = [
  row(399, 'msgget', (task) => msgget(task, task.args[0], task.args[1])),
  row(400, 'msgsnd', (task) => msgsnd(task, task.args[0], task.args[1], task.args[2], task.args[3])),
  row(401, 'msgrcv', (task) => {
    const [id, address, length, type, flags] = task.args;
    return msgrcv(task, id, address, length, type, flags);
  }),
  row(402, 'msgctl', (task) => msgctl(task, task.args[0], directCommand(task.args[1]), task.args[2])),
];
