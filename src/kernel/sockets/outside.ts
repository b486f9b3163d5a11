/** Clients outside (--publish): each is a socket of the kernel's own, whose bytes come from and go to the platform. */
import { AF_INET, SOCK_STREAM } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import { PAGE } from '../memory/frames.ts';
import type { Gate, Line, Peer } from '../platform.ts';
import type { Queue, Sleeper } from '../queue.ts';
import { addressOf, LOOPBACK, nameFor } from './address.ts';
import { type Network, peerKey } from './network.ts';
import { consume, contents, framesOf, type Packet, release, type Sender, store } from './packet.ts';
import { SHUT_SEND, type Socket } from './socket.ts';
import { tcp } from './tcp.ts';
import { targetFor } from './udp.ts';

const NOBODY: Sender = { pid: 0, uid: 0, gid: 0 };
/** Most bytes that move at once. */
const PIECE = 0x8000;
/** Senders of datagrams that are remembered for the answers; the oldest is forgotten first. */
const PEERS_MAX = 4096;

/** What the kernel offers to those who come from outside. */
export function gateOf(network: Network): Gate {
  return {
    connect(port, line) {
      const client = new Client(network, line);
      client.connect(port);
      return () => client.move();
    },
    datagram: (port, peer, bytes) => datagram(network, port, peer, bytes),
  };
}

/** The inside of a connection from outside. */
class Client implements Sleeper {
  readonly #network: Network;
  readonly #line: Line;
  readonly #socket: Socket;
  #over = false;
  /** The client's end, and the server's, have been handed on. */
  #saidEnd = false;
  #heardEnd = false;

  constructor(network: Network, line: Line) {
    this.#network = network;
    this.#line = line;
    this.#socket = network.create({ family: AF_INET, type: SOCK_STREAM, protocol: 6, how: tcp }, NOBODY);
    const socket = this.#socket;
    network.sockets.delete(socket);
    network.outside.add(socket);
    // Its port is one of another world: none inside is taken by it.
    socket.address = line.address;
    socket.port = line.port;
    socket.addressIsChosen = socket.portIsChosen = true;
    socket.canRead.add(this);
    socket.canWrite.add(this);
  }

  connect(port: number): void {
    tcp.connect(this.#network, this.#socket, addressOf(LOOPBACK, port), undefined);
    this.#line.news();
  }

  /** Nothing moves inside of a call: the platform is told, and comes back between two runs. */
  woken(queue: Queue): void {
    if (this.#over) return;
    queue.add(this);
    this.#line.news();
  }

  /** Moves what can be moved, both ways. */
  move(): void {
    if (this.#over) return;
    const socket = this.#socket;
    if (!this.#line.broken && socket.state === 'connecting') return;
    if (!this.#line.broken) this.#take();
    if (this.#line.broken || socket.error || !this.#give() || socket.error) this.#abort();
    else if (this.#saidEnd && this.#heardEnd) this.#finish();
  }

  /** From the server inside to the client. */
  #take(): void {
    const socket = this.#socket;
    const { core } = this.#network;
    while (this.#line.writable) {
      const packet = socket.inbox[0];
      if (!packet) break;
      const count = Math.min(packet.length, PIECE);
      this.#line.write(contents(core, packet.frames, count, packet.start));
      consume(core, packet, count);
      socket.queued -= count;
      if (packet.length === 0) {
        socket.inbox.shift();
        release(core, packet);
      }
    }
    socket.peer?.canWrite.wake();
    if (!socket.ended || socket.inbox.length > 0 || this.#heardEnd) return;
    this.#heardEnd = true;
    this.#line.end();
  }

  /** From the client to the server inside: false when the server is gone, or memory is. */
  #give(): boolean {
    const socket = this.#socket;
    while (!this.#saidEnd) {
      const { peer } = socket;
      const room = peer && !peer.closed ? peer.settings.receiveBuffer - peer.queued : PIECE;
      if (room <= 0) return true;
      const bytes = this.#line.read(Math.min(room, PIECE));
      if (!bytes) break;
      if (!peer || peer.closed || !append(this.#network.core, peer, bytes)) return false;
    }
    if (this.#saidEnd || !this.#line.ended) return true;
    this.#saidEnd = true;
    tcp.shutdown(this.#network, socket, SHUT_SEND);
    return true;
  }

  /** The connection is cut on both sides. */
  #abort(): void {
    this.#socket.settings.linger = 0;
    this.#line.reset();
    this.#finish();
  }

  #finish(): void {
    this.#over = true;
    this.#socket.canRead.remove(this);
    this.#socket.canWrite.remove(this);
    tcp.close(this.#network, this.#socket);
    this.#network.outside.delete(this.#socket);
  }
}

/** Adds bytes to what a socket has to read, into its last page first; false when memory is exhausted. */
function append(core: FilesCore, socket: Socket, bytes: Uint8Array): boolean {
  let done = 0;
  const last = socket.inbox.at(-1);
  const end = last ? last.start + last.length : 0;
  if (last && last.frames.length * PAGE > end) {
    done = Math.min(bytes.length, last.frames.length * PAGE - end);
    store(core, last.frames, end, bytes, done);
    last.length += done;
    socket.queued += done;
  }
  const rest = bytes.subarray(done);
  if (rest.length > 0) {
    const frames = framesOf(core, rest);
    if (!frames) return false;
    socket.put({ ...nothing(socket), frames, length: rest.length });
  } else socket.canRead.wake();
  return true;
}

/** A packet that nobody inside has sent. */
function nothing(owner: Socket): Packet {
  return { frames: [], start: 0, length: 0, owner, charge: 0, from: undefined, sender: NOBODY, rights: [] };
}

/** A datagram from outside: lost when nobody wants it or there is no room, as on a real network. */
function datagram(network: Network, port: number, peer: Peer, bytes: Uint8Array): void {
  const key = peerKey(peer.address, peer.port);
  network.peers.delete(key);
  network.peers.set(key, { port, receive: (answer) => peer.receive(answer) });
  if (network.peers.size > PEERS_MAX) network.peers.delete(network.peers.keys().next().value as string);
  const target = targetFor(network, { address: LOOPBACK, port }, peer, bytes.length);
  const frames = target && framesOf(network.core, bytes);
  if (!target || !frames) return;
  target.put({
    ...nothing(target),
    frames,
    length: bytes.length,
    from: nameFor(target.family, peer),
  });
}
