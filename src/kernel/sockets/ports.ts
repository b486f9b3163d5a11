import type { Books } from '../audit/books.ts';
import type { Socket } from './socket.ts';

/** net.ipv4.ip_local_port_range. */
const FIRST = 32768;
const LAST = 60999;

/** Which sockets of one protocol have which port. Free ports are given out in order: the same in every run. */
export class Ports {
  readonly #byPort = new Map<number, Socket[]>();
  #next = FIRST;

  at(port: number): readonly Socket[] {
    return this.#byPort.get(port) ?? [];
  }

  /** Each socket is under its own port, once; `sockets` are all that there are. */
  audit(books: Books, name: string, sockets: ReadonlySet<Socket>): void {
    for (const [port, list] of this.#byPort) {
      books.equal('sockets', `under ${name} port ${port}`, new Set(list).size, list.length);
      for (const socket of list) {
        books.equal(`${name} port`, `of socket ${socket.number}`, port, socket.port);
        books.equal('socket', `${socket.number} under ${name} port ${port}`, true, sockets.has(socket));
      }
    }
  }

  /** A port that nobody uses; 0 when there is none. */
  free(): number {
    for (let tries = FIRST; tries <= LAST; tries++) {
      const port = this.#next;
      this.#next = port === LAST ? FIRST : port + 1;
      if (!this.#byPort.has(port)) return port;
    }
    return 0;
  }

  /** Whether a socket may have the port at its address, beside those that have it. */
  permits(socket: Socket, address: number, port: number, datagrams: boolean): boolean {
    return this.at(port).every((other) => {
      if (other === socket) return true;
      if (address !== 0 && other.address !== 0 && address !== other.address) return true;
      const { settings } = socket;
      if (settings.reusePort && other.settings.reusePort && socket.creator.uid === other.creator.uid) return true;
      if (!settings.reuseAddress || !other.settings.reuseAddress) return false;
      return datagrams || other.state !== 'listening';
    });
  }

  add(socket: Socket, port: number): void {
    const list = this.#byPort.get(port);
    if (list) list.push(socket);
    else this.#byPort.set(port, [socket]);
    socket.port = port;
  }

  remove(socket: Socket): void {
    const left = this.at(socket.port).filter((other) => other !== socket);
    if (left.length > 0) this.#byPort.set(socket.port, left);
    else this.#byPort.delete(socket.port);
  }

  /** Who gets what is sent to an address and port: the most exact address first. */
  find(address: number, port: number, wanted: (socket: Socket) => boolean): Socket | undefined {
    let best: Socket | undefined;
    for (const socket of this.at(port)) {
      if ((socket.address !== 0 && socket.address !== address) || !wanted(socket)) continue;
      if (!best || (best.address === 0 && socket.address !== 0) || (!best.remotePort && socket.remotePort))
        best = socket;
    }
    return best;
  }
}
