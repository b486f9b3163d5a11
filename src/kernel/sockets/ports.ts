import type { Books } from '../audit/books.ts';
import { versionOf } from './address.ts';
import { reachOf } from './inet.ts';
import type { Socket } from './socket.ts';

/** net.ipv4.ip_local_port_range. */
const FIRST = 32768;
const LAST = 60999;

/** How long the end of a connection that ended it keeps its port (TCP_TIMEWAIT_LEN), in ns, and how many may (tcp_max_tw_buckets). */
const TIME_WAIT = 60e9;
const TIME_WAITS_MAX = 16384;

/** TCP_FIN_WAIT2 and TCP_TIME_WAIT. */
export const FIN_WAIT2_STATE = 5;
export const TIME_WAIT_STATE = 6;

/** The end of a connection that no descriptor leads to any more, as far as its port remembers it. */
export interface Remnant {
  readonly family: number;
  readonly address: number;
  readonly port: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  /** FIN_WAIT2_STATE: the other side still talks; TIME_WAIT_STATE: all is over. */
  readonly state: number;
  /** Virtual time in ns. */
  readonly until: number;
}

/** Which sockets of one protocol have which port. Free ports are given out in order: the same in every run. */
export class Ports {
  readonly #byPort = new Map<number, Set<Socket>>();
  readonly #now: () => number;
  /** In the order in which they end. */
  readonly #remnants = new Set<Remnant>();
  readonly #remnantsAt = new Map<number, Set<Remnant>>();
  #next = FIRST;

  /** `now` tells virtual time in ns. */
  constructor(now: () => number) {
    this.#now = now;
  }

  at(port: number): Iterable<Socket> {
    return this.#byPort.get(port) ?? [];
  }

  /** Whether a socket is registered under its port. */
  has(socket: Socket): boolean {
    return this.#byPort.get(socket.port)?.has(socket) ?? false;
  }

  /** Each socket is under its own port; `sockets` are all that there are. */
  audit(books: Books, name: string, sockets: ReadonlySet<Socket>): void {
    for (const [port, list] of this.#byPort)
      for (const socket of list) {
        books.equal(`${name} port`, `of socket ${socket.number}`, port, socket.port);
        books.equal('socket', `${socket.number} under ${name} port ${port}`, true, sockets.has(socket));
      }
  }

  /** A port that nobody uses, best one that no connection has ended with of late; 0 when there is none. */
  free(): number {
    this.#forget();
    for (const fresh of [true, false])
      for (let tries = FIRST; tries <= LAST; tries++) {
        const port = this.#next;
        this.#next = port === LAST ? FIRST : port + 1;
        if (!this.#byPort.has(port) && !(fresh && this.#remnantsAt.has(port))) return port;
      }
    return 0;
  }

  /** Whether a socket may have the port at its address, beside those that have it. */
  permits(socket: Socket, address: number, port: number, datagrams: boolean): boolean {
    const { settings } = socket;
    const reach = address === 0 ? socket.reach : versionOf(address);
    const meets = (others: number, other: number) =>
      (others & reach) !== 0 && (address === 0 || other === 0 || address === other);
    this.#forget();
    for (const other of this.#remnantsAt.get(port) ?? []) {
      if (!meets(versionOf(other.address), other.address)) continue;
      const shared = settings.reuseAddress && other.reuseAddress;
      if (!shared && !(settings.reusePort && other.reusePort)) return false;
    }
    for (const other of this.at(port)) {
      if (other === socket || !meets(reachOf(other), other.address)) continue;
      if (settings.reusePort && other.settings.reusePort && socket.creator.uid === other.creator.uid) continue;
      if (!settings.reuseAddress || !other.settings.reuseAddress) return false;
      if (!datagrams && other.state === 'listening') return false;
    }
    return true;
  }

  add(socket: Socket, port: number): void {
    const list = this.#byPort.get(port);
    if (list) list.add(socket);
    else this.#byPort.set(port, new Set([socket]));
    socket.port = port;
  }

  remove(socket: Socket): void {
    const list = this.#byPort.get(socket.port);
    list?.delete(socket);
    if (list?.size === 0) this.#byPort.delete(socket.port);
  }

  /** Who gets what is sent to an address and port: the most exact address first; of several with SO_REUSEPORT one by the sender's port. */
  find(address: number, port: number, wanted: (socket: Socket) => boolean, fromPort = 0): Socket | undefined {
    const version = versionOf(address);
    let best: Socket[] = [];
    let most = -1;
    for (const socket of this.at(port)) {
      if (!(reachOf(socket) & version) || (socket.address !== 0 && socket.address !== address)) continue;
      if (!wanted(socket)) continue;
      const score = (socket.remotePort ? 2 : 0) + (socket.address === 0 ? 0 : 1);
      if (score < most) continue;
      if (score > most) best = [];
      most = score;
      best.push(socket);
    }
    return best.length > 1 && best[0].settings.reusePort ? best[fromPort % best.length] : best[0];
  }

  /** The end of a connection keeps its port for a while, in place of what it kept before. */
  linger(socket: Socket, state: number): void {
    this.#forget();
    if (socket.remnant) this.#drop(socket.remnant);
    if (this.#remnants.size >= TIME_WAITS_MAX) return;
    const { family, address, port, remoteAddress, remotePort, settings } = socket;
    const { reuseAddress, reusePort } = settings;
    const until = this.#now() + TIME_WAIT;
    const remnant = { family, address, port, remoteAddress, remotePort, reuseAddress, reusePort, state, until };
    socket.remnant = remnant;
    this.#remnants.add(remnant);
    const there = this.#remnantsAt.get(port);
    if (there) there.add(remnant);
    else this.#remnantsAt.set(port, new Set([remnant]));
  }

  /** A reset has come: nothing is left of the connection. */
  cut(socket: Socket): void {
    if (socket.remnant) this.#drop(socket.remnant);
  }

  /** Ends of connections that still keep their ports. */
  remnants(): Iterable<Remnant> {
    this.#forget();
    return this.#remnants;
  }

  #forget(): void {
    const now = this.#now();
    for (const remnant of this.#remnants) {
      if (remnant.until > now) return;
      this.#drop(remnant);
    }
  }

  #drop(remnant: Remnant): void {
    if (!this.#remnants.delete(remnant)) return;
    const there = this.#remnantsAt.get(remnant.port);
    there?.delete(remnant);
    if (there?.size === 0) this.#remnantsAt.delete(remnant.port);
  }
}
