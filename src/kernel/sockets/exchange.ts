import { EAGAIN, EFAULT, EINTR, EINVAL, EPIPE } from '../../abi/errno.ts';
import { MSG_DONTWAIT, MSG_NOSIGNAL } from '../../abi/flags.ts';
import { SIGPIPE } from '../../abi/signals.ts';
import { ERESTARTSYS, RANGES_MAX, wait } from '../call.ts';
import type { Kernel } from '../platform.ts';
import type { Queue } from '../queue.ts';
import type { Network } from './network.ts';
import type { Buffer } from './packet.ts';
import { type Incoming, type Outgoing, type Pending, SHUT_RECEIVE, type Socket } from './socket.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** Waits on a socket's queue: 0, or what a call returns whose wait has ended (sock_intr_errno). */
function* pause(socket: Socket, queue: Queue, until: number, timed: boolean): Kernel<number> {
  const why = yield* wait(queue, until);
  if (why === 'signal') return timed ? -EINTR : -ERESTARTSYS;
  return socket.core.clock.virtual >= until ? -EAGAIN : 0;
}

/** Sends a message, waiting for room where that is allowed: bytes sent or -errno. */
export function send(network: Network, socket: Socket, out: Outgoing): Pending {
  const result = socket.how.send(network, socket, out);
  if (ends(result, out)) return sent(network, socket, out, result);
  return sendOn(network, socket, out, result);
}

/** Whether a step's result is the end: not when it can be waited, or more of the caller's memory be brought. */
function ends(result: number, message: Outgoing | Incoming): boolean {
  if (result === -EAGAIN) return (message.flags & MSG_DONTWAIT) !== 0;
  return result !== -EFAULT || message.done === 0 || !message.user.bring;
}

function* sendOn(network: Network, socket: Socket, out: Outgoing, first: number): Kernel<number> {
  const { sendTimeout } = socket.settings;
  const until = socket.core.clock.virtual + sendTimeout;
  let result = first;
  let brought = -1;
  while (!ends(result, out)) {
    // What is bad although it was brought stays bad.
    if (result === -EFAULT && brought === out.done) break;
    if (result === -EFAULT) brought = out.done;
    const over = yield* goOn(socket, out, result, socket.canWrite, until, sendTimeout !== FOREVER);
    if (over < 0) return out.done > 0 ? out.done : over;
    result = socket.how.send(network, socket, out);
  }
  return sent(network, socket, out, result);
}

/** What a step waits for: 0 when the next may be tried. */
function* goOn(
  socket: Socket,
  message: Outgoing | Incoming,
  result: number,
  queue: Queue,
  until: number,
  timed: boolean,
): Kernel<number> {
  if (result === -EAGAIN) return yield* pause(socket, queue, until, timed);
  return (yield* bringOn(message)) > 0 ? 0 : -EFAULT;
}

/** Brings the pages of what comes next in, up to the first bad one: how many bytes are good. */
function* bringOn(message: Outgoing | Incoming): Kernel<number> {
  const { segments, user } = message;
  const write = 'outFlags' in message;
  let offset = message.done;
  let good = 0;
  for (let i = 0; i < segments.length && good < RANGES_MAX; i += 2) {
    const length = Math.min(segments[i + 1] - offset, RANGES_MAX - good);
    if (length > 0) {
      const count = yield* (user.bring as NonNullable<Buffer['user']['bring']>)(
        (segments[i] + offset) | 0,
        length,
        write,
      );
      good += count;
      if (count < length) break;
    }
    offset = Math.max(0, offset - segments[i + 1]);
  }
  return good;
}

function sent({ core }: Network, socket: Socket, out: Outgoing, result: number): number {
  if (result === 0 || out.done > 0) return out.done;
  if (result === -EPIPE && socket.isStream && !(out.flags & MSG_NOSIGNAL)) core.tasks.signal(out.pid, SIGPIPE);
  return result;
}

/** Receives a message, waiting for it where that is allowed: the result of the call. */
export function receive(network: Network, socket: Socket, into: Incoming): Pending {
  const result = socket.how.receive(network, socket, into);
  if (ends(result, into)) return result === -EAGAIN && into.done > 0 ? into.done : result;
  return receiveOn(network, socket, into, result);
}

function* receiveOn(network: Network, socket: Socket, into: Incoming, first: number): Kernel<number> {
  const { receiveTimeout } = socket.settings;
  const until = socket.core.clock.virtual + receiveTimeout;
  let result = first;
  let brought = -1;
  while (!ends(result, into)) {
    if (result === -EFAULT && brought === into.done) break;
    if (result === -EFAULT) brought = into.done;
    const over = yield* goOn(socket, into, result, socket.canRead, until, receiveTimeout !== FOREVER);
    if (over < 0) return into.done > 0 ? into.done : over;
    result = socket.how.receive(network, socket, into);
  }
  return result === -EAGAIN && into.done > 0 ? into.done : result;
}

/** Takes the first connection that waits; `admit` lets others come in. A socket or -errno. */
export function* accept(socket: Socket, waits: boolean, admit: () => void): Kernel<Socket | number> {
  const { receiveTimeout } = socket.settings;
  const until = socket.core.clock.virtual + receiveTimeout;
  for (;;) {
    if (socket.state !== 'listening') return -EINVAL;
    const taken = socket.waiting.shift();
    if (taken) {
      admit();
      socket.canWrite.wake();
      return taken;
    }
    if (socket.down & SHUT_RECEIVE) return -EINVAL;
    if (!waits) return -EAGAIN;
    const over = yield* pause(socket, socket.canRead, until, receiveTimeout !== FOREVER);
    if (over < 0) return over;
  }
}

/** Waits on a queue for at most the socket's time to send: 0 or -errno. */
export function* pauseToSend(socket: Socket, queue: Queue, until: number): Kernel<number> {
  return yield* pause(socket, queue, until, socket.settings.sendTimeout !== FOREVER);
}
