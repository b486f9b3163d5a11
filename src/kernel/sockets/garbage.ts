import type { OpenFile } from '../files/open-file.ts';
import type { Network } from './network.ts';
import { Socket } from './socket.ts';

/**
 * Closes sockets that are only held by messages which nobody can ever receive: two sockets that travel in each other's
 * messages would keep each other open for ever (unix_gc of net/unix/garbage.c).
 */
export function collectGarbage(network: Network): void {
  if (!network.carriesFiles) return;
  const travelling = travellers(network);
  network.carriesFiles = travelling.size > 0;
  const doubtful = new Set<Socket>();
  for (const [file, count] of travelling)
    if (file.users === count && file.state instanceof Socket) doubtful.add(file.state);
  if (doubtful.size === 0) return;
  const served = new Set<Socket>();
  for (const { waiting } of network.sockets) for (const socket of waiting) served.add(socket);
  spare(
    [...network.sockets].filter((socket) => !doubtful.has(socket) && !served.has(socket)),
    doubtful,
  );
  // What is drained closes others, which would begin anew.
  network.carriesFiles = false;
  for (const socket of doubtful) for (const one of [socket, ...socket.waiting]) one.drain();
  network.carriesFiles = true;
}

/** Files in messages, and how many references messages have to each. */
function travellers(network: Network): Map<OpenFile, number> {
  const travelling = new Map<OpenFile, number>();
  for (const { inbox } of network.sockets) {
    for (const { rights } of inbox) for (const file of rights) travelling.set(file, (travelling.get(file) ?? 0) + 1);
  }
  return travelling;
}

/** Takes from `doubtful` what can be received by way of sockets that somebody has. */
function spare(ahead: Socket[], doubtful: Set<Socket>): void {
  for (let socket = ahead.pop(); socket; socket = ahead.pop()) {
    ahead.push(...socket.waiting);
    for (const { rights } of socket.inbox)
      for (const { state } of rights) if (state instanceof Socket && doubtful.delete(state)) ahead.push(state);
  }
}
