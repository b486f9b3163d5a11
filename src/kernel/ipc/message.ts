import { E2BIG, EAGAIN, EIDRM } from '../../abi/errno.ts';
import { MSG_EXCEPT, MSGMNI } from '../../abi/ipc.ts';
import { Queue } from '../queue.ts';
import type { Identity } from '../tasks/identity.ts';
import { IpcObject, IpcTable } from './object.ts';

/** A message. */
export interface Message {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Which message is wanted: a type, any but that type, the lowest up to it, the first, or the one at a place (MSG_COPY). */
export interface Wanted {
  readonly how: 'any' | 'equal' | 'other' | 'lowest' | 'place';
  readonly type: number;
}

/** msgrcv's type and flags as a wish (convert_mode). */
export function wantedBy(type: number, flags: number, copies: boolean): Wanted {
  if (copies) return { how: 'place', type };
  if (type === 0) return { how: 'any', type: 0 };
  if (type < 0) return { how: 'lowest', type: type === -0x80000000 ? 0x7fffffff : -type };
  return { how: flags & MSG_EXCEPT ? 'other' : 'equal', type };
}

function matches(message: Message, { how, type }: Wanted): boolean {
  switch (how) {
    case 'any':
    case 'place':
      return true;
    case 'equal':
      return message.type === type;
    case 'other':
      return message.type !== type;
    case 'lowest':
      return message.type <= type;
  }
}

/** Someone who waits for a message. */
export interface Receiver {
  readonly wanted: Wanted;
  /** Longest message that it takes; Infinity with MSG_NOERROR. */
  readonly room: number;
  readonly pid: number;
  readonly queue: Queue;
  /** What it got; a negative number says why nothing. */
  got: Message | number | undefined;
}

/** A message queue. */
export class MessageQueue extends IpcObject {
  readonly messages: Message[] = [];
  readonly receivers: Receiver[] = [];
  /** Woken when there may be room. */
  readonly room = new Queue();
  /** Bytes in it, and most that may be. */
  bytes = 0;
  most: number;
  lastSender = 0;
  lastReceiver = 0;
  sent = 0;
  received = 0;

  constructor(key: number, who: Identity, mode: number, now: number, most: number) {
    super(key, who, mode, now);
    this.most = most;
  }

  /** Whether a message of this length may go in. */
  fits(length: number): boolean {
    return length + this.bytes <= this.most && this.messages.length + 1 <= this.most;
  }

  /** A message goes in, or straight to the first who waits for one like it. */
  send(message: Message, pid: number, now: number): void {
    this.lastSender = pid;
    this.sent = now;
    for (const receiver of [...this.receivers]) {
      if (!matches(message, receiver.wanted)) continue;
      const tooLong = receiver.room < message.bytes.length;
      this.#answer(receiver, tooLong ? -E2BIG : message);
      if (tooLong) continue;
      this.lastReceiver = receiver.pid;
      this.received = now;
      return;
    }
    this.messages.push(message);
    this.bytes += message.bytes.length;
  }

  #answer(receiver: Receiver, got: Message | number): void {
    this.forget(receiver);
    receiver.got = got;
    receiver.queue.wake();
  }

  /** The message that a wish names; undefined when there is none. */
  find(wanted: Wanted): Message | undefined {
    if (wanted.how === 'place') return this.messages[wanted.type];
    const first = this.messages.filter((message) => matches(message, wanted));
    if (wanted.how !== 'lowest') return first[0];
    return first.reduce<Message | undefined>((low, one) => (low && low.type <= one.type ? low : one), undefined);
  }

  /** Takes a message out. */
  take(message: Message, pid: number, now: number): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    this.bytes -= message.bytes.length;
    this.lastReceiver = pid;
    this.received = now;
    this.room.wake();
  }

  /** Starts a wait for a message. */
  await(wanted: Wanted, room: number, pid: number): Receiver {
    const receiver: Receiver = { wanted, room, pid, queue: new Queue(), got: undefined };
    this.receivers.push(receiver);
    return receiver;
  }

  forget(receiver: Receiver): void {
    const at = this.receivers.indexOf(receiver);
    if (at >= 0) this.receivers.splice(at, 1);
  }

  /** Limits or permissions have changed: everybody looks again. */
  stir(): void {
    for (const receiver of [...this.receivers]) this.#answer(receiver, -EAGAIN);
    this.room.wake();
  }

  /** It is gone: everybody learns it. */
  dissolve(): void {
    for (const receiver of [...this.receivers]) this.#answer(receiver, -EIDRM);
    this.room.wake();
  }
}

/** All message queues. */
export class MessageQueues extends IpcTable<MessageQueue> {
  constructor() {
    super(MSGMNI);
  }

  /** IPC_RMID. */
  destroy(queue: MessageQueue): void {
    this.remove(queue);
    queue.dissolve();
  }
}
