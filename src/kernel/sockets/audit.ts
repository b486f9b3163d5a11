import type { Books } from '../audit/books.ts';
import type { Network } from './network.ts';
import type { Socket } from './socket.ts';

/** The sockets service's books: each socket is somebody's, and so is every byte and file on its way. */
export function auditSockets(network: Network, books: Books): void {
  const { sockets, outside, tcp, udp, abstract, nodes } = network;
  const charges = new Map<Socket, number>();
  for (const socket of sockets) {
    const name = `socket ${socket.number}`;
    books.counts('socket', socket.number, 1);
    books.equal('closed', name, false, socket.closed);
    books.queue(`readers of ${name}`, socket.canRead);
    books.queue(`writers of ${name}`, socket.canWrite);
    for (const waiting of socket.waiting) books.holds('socket', waiting.number, `connections to ${name}`);
    auditInbox(socket, charges, books);
    if (socket.port === 0 || !socket.how.name.match(/^(tcp|udp)$/)) continue;
    const there = (socket.isStream ? tcp : udp).has(socket);
    books.equal('port', `${socket.port} of ${name} knows it`, true, there);
  }
  for (const socket of outside) auditInbox(socket, charges, books);
  for (const socket of sockets)
    books.equal('send buffer', `of socket ${socket.number}`, charges.get(socket) ?? 0, socket.charged);
  tcp.audit(books, 'TCP', sockets);
  udp.audit(books, 'UDP', sockets);
  for (const [name, socket] of abstract)
    books.equal('socket', `${socket.number} with name ${JSON.stringify(name)}`, true, sockets.has(socket));
  for (const [node, socket] of nodes)
    books.equal('socket', `${socket.number} at node ${node.number}`, true, sockets.has(socket));
  books.gone('sockets', 'left', sockets.size);
}

/** What waits to be received: its frames, its files, and what it takes of its sender's buffer. */
function auditInbox(socket: Socket, charges: Map<Socket, number>, books: Books): void {
  const name = `the inbox of socket ${socket.number}`;
  let bytes = 0;
  for (const packet of socket.inbox) {
    bytes += packet.length;
    charges.set(packet.owner, (charges.get(packet.owner) ?? 0) + packet.charge);
    for (const frame of packet.frames) books.holds('frame', frame, name);
    for (const file of packet.rights) books.holds('open file', file.handle, name);
  }
  books.equal('bytes', `in ${name}`, bytes, socket.queued);
}
