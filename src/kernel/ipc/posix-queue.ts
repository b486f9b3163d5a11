import { Queue } from '../queue.ts';
import type { Socket } from '../sockets/socket.ts';

/** A message with its priority; higher ones are received first, equal ones in the order they came. */
export interface PosixMessage {
  readonly priority: number;
  readonly bytes: Uint8Array;
}

/** Who is to be told of a message that comes into the empty queue: the owner's descriptor table names him (mq_notify(3)). */
export interface Notice {
  readonly table: number;
  readonly pid: number;
  /** 0 = nobody is signalled (SIGEV_NONE). */
  readonly signal: number;
  readonly value: number;
  /** SIGEV_THREAD: a cookie, 32 bytes, for the netlink socket on which the library's thread listens. */
  readonly thread?: { readonly socket: Socket; readonly cookie: Uint8Array };
}

/** A task that waits: for a message that it gets here, or for room for the one that it brings. */
export interface QueueWaiter {
  message: PosixMessage | undefined;
  done: boolean;
  readonly queue: Queue;
}

/** A POSIX message queue (mq_overview(7)). */
export class PosixQueue {
  readonly most: number;
  readonly size: number;
  /** Whose RLIMIT_MSGQUEUE it counts against, and with how many bytes. */
  readonly uid: number;
  readonly cost: number;
  readonly messages: PosixMessage[] = [];
  readonly receivers: QueueWaiter[] = [];
  readonly senders: QueueWaiter[] = [];
  notice: Notice | undefined;
  /** For poll: reading or writing may have become possible. */
  readonly readable = new Queue();
  readonly writable = new Queue();

  /** For at most `most` messages of at most `size` bytes. */
  constructor(most: number, size: number, uid: number, cost: number) {
    this.most = most;
    this.size = size;
    this.uid = uid;
    this.cost = cost;
  }

  get full(): boolean {
    return this.messages.length >= this.most;
  }

  /** Bytes in it. */
  get bytes(): number {
    return this.messages.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** A message for which there is room; returns whom to tell of it, once. */
  send(message: PosixMessage): Notice | undefined {
    const receiver = this.receivers.shift();
    if (receiver) {
      finish(receiver, message);
      return undefined;
    }
    this.#insert(message);
    this.readable.wake();
    if (this.messages.length !== 1) return undefined;
    const { notice } = this;
    this.notice = undefined;
    return notice;
  }

  /** Takes the first message out of a queue that has one; whoever waited longest with another puts it in. */
  receive(): PosixMessage {
    const message = this.messages.shift()!;
    const sender = this.senders.shift();
    if (sender) {
      this.#insert(sender.message!);
      finish(sender, undefined);
    } else this.writable.wake();
    return message;
  }

  #insert(message: PosixMessage): void {
    const at = this.messages.findIndex(({ priority }) => priority < message.priority);
    this.messages.splice(at < 0 ? this.messages.length : at, 0, message);
  }

  /** Starts a wait, for a message or to send one. */
  await(message: PosixMessage | undefined): QueueWaiter {
    const waiter: QueueWaiter = { message, done: false, queue: new Queue() };
    (message ? this.senders : this.receivers).push(waiter);
    return waiter;
  }

  forget(waiter: QueueWaiter): void {
    for (const list of [this.senders, this.receivers]) {
      const at = list.indexOf(waiter);
      if (at >= 0) list.splice(at, 1);
    }
  }
}

function finish(waiter: QueueWaiter, message: PosixMessage | undefined): void {
  waiter.done = true;
  waiter.message = message;
  waiter.queue.wake();
}
