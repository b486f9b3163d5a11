import { AF_INET6, SOCK_DGRAM, SOCK_STREAM } from '../../abi/flags.ts';
import type { FilesCore } from '../files/core.ts';
import type { OpenFile } from '../files/open-file.ts';
import type { Kernel } from '../platform.ts';
import { Queue } from '../queue.ts';
import { V4, V6 } from './address.ts';
import type { Beside, Journey } from './ancillary.ts';
import type { Returned } from './errors.ts';
import type { Network } from './network.ts';
import { type Buffer, type Packet, release, type Sender } from './packet.ts';
import type { Remnant } from './ports.ts';

/** net.core.wmem_default and rmem_default. */
export const BUFFER = 212992;
/** Directions that are shut down (RCV_SHUTDOWN, SEND_SHUTDOWN). */
export const SHUT_RECEIVE = 1;
export const SHUT_SEND = 2;
export const SHUT_BOTH = 3;

/** A message that is being sent. */
export interface Outgoing extends Buffer {
  readonly pid: number;
  readonly total: number;
  /** MSG_*. */
  readonly flags: number;
  /** Where to, when the call says so: the address, and for AF_UNIX the socket that is there. */
  readonly address: Uint8Array | undefined;
  readonly target: Socket | undefined;
  readonly rights: readonly OpenFile[];
  readonly sender: Sender;
  /** Credentials were given, or the sending socket has SO_PASSCRED. */
  readonly named: boolean;
  /** Time to live and type of service of a datagram, where they are given. */
  readonly hops?: number | undefined;
  readonly service?: number | undefined;
  /** Bytes that are sent already. */
  done: number;
}

/** A message that is being received, and what is found out about it. */
export interface Incoming extends Buffer {
  readonly pid: number;
  readonly total: number;
  readonly flags: number;
  done: number;
  /** Address of the sender: undefined = the protocol gives none. */
  from: Uint8Array | undefined;
  sender: Sender | undefined;
  /** How a datagram travelled. */
  journey?: Journey | undefined;
  /** Control messages that come with it in any case. */
  beside?: readonly Beside[];
  /** Files that came along; each has one reference for the receiver. */
  rights: OpenFile[];
  /** Nobody takes the files: they are closed. */
  readonly dropsRights: boolean;
  /** MSG_TRUNC... */
  outFlags: number;
}

/** How a kind of socket works: a table of functions. Results below 0 are -errno; -EAGAIN means that a wait may help. */
export interface Protocol {
  readonly name: string;
  connect(network: Network, socket: Socket, address: Uint8Array, target: Socket | undefined): number;
  listen(network: Network, socket: Socket, backlog: number): number;
  /** One step of a send: 0 when all is sent, -EAGAIN when the rest has to wait. */
  send(network: Network, socket: Socket, message: Outgoing): number;
  /** One step of a receive: the call's result, -EAGAIN when there is nothing (more) yet. */
  receive(network: Network, socket: Socket, message: Incoming): number;
  poll(socket: Socket): number;
  shutdown(network: Network, socket: Socket, directions: number): number;
  /** The last descriptor is closed. */
  close(network: Network, socket: Socket): void;
  local(socket: Socket): Uint8Array;
  /** -ENOTCONN. */
  remote(socket: Socket): Uint8Array | number;
}

export type State = 'new' | 'listening' | 'connecting' | 'connected';

/** Options of SOL_SOCKET that are kept as they are given. */
export interface Settings {
  sendBuffer: number;
  receiveBuffer: number;
  /** ns; Infinity = no limit. */
  sendTimeout: number;
  receiveTimeout: number;
  /** Seconds, -1 = off. */
  linger: number;
  lowWater: number;
  reuseAddress: boolean;
  reusePort: boolean;
  passCredentials: boolean;
  broadcast: boolean;
  /** SO_OOBINLINE. */
  urgentInline: boolean;
}

/** A socket: one end of a conversation. */
export class Socket {
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  readonly how: Protocol;
  readonly core: FilesCore;
  readonly number: number;
  /** Its node, once it is an open file. */
  inode = 0;
  state: State = 'new';
  /** Something came, or the other side's end; also connections to accept. */
  readonly canRead = new Queue();
  readonly canWrite = new Queue();
  /** Messages that wait to be received, and how many bytes they hold together. */
  readonly inbox: Packet[] = [];
  queued = 0;
  /** Bytes of the send buffer that messages on their way take. */
  charged = 0;
  /** SHUT_RECEIVE | SHUT_SEND. */
  down = 0;
  /** An error that the next call reports (SO_ERROR), 0 = none. */
  error = 0;
  peer: Socket | undefined;
  /** Datagram sockets that are connected to this one or wait for room here: they are woken when there is some. */
  readonly clients = new Set<Socket>();
  /** The last one that had no room for this one's message. */
  blockedBy: Socket | undefined;
  /** How far connect(2) has come, as its caller knows (struct socket's own state). */
  stage: 'unconnected' | 'connecting' | 'connected' = 'unconnected';
  /** AF_UNIX: bytes behind the family of its address. AF_INET: undefined. */
  path: Uint8Array | undefined;
  /** AF_INET and AF_INET6: address (`address.ts`) and port of this side and of the other. */
  address = 0;
  port = 0;
  /** Address and port were chosen by bind(2): they stay when a connection ends. */
  addressIsChosen = false;
  portIsChosen = false;
  remoteAddress = 0;
  remotePort = 0;
  /** Which versions of IP it hears while it is bound to any address: V4 | V6. */
  reach: number;
  /** Listening: connections that wait for accept, and how many may. */
  readonly waiting: Socket[] = [];
  backlog = 0;
  /** TCP, listening: connections that find no room yet. */
  readonly knocking: Socket[] = [];
  /** Datagrams that came back (IP_RECVERR). */
  readonly errors: Returned[] = [];
  /** The open file that leads here, once there is one. */
  file: OpenFile | undefined;
  /** TCP: how many bytes have been read, and where in the stream the last urgent byte lies; it is gone when it is passed. */
  readAt = 0;
  urgent: { readonly at: number; unread: boolean } | undefined;
  /** TCP: the other side has sent its end. */
  ended = false;
  closed = false;
  /** TCP: what its port remembers of it. */
  remnant: Remnant | undefined;
  readonly creator: Sender;
  peerSender: Sender = { pid: 0, uid: -1, gid: -1 };
  /** Other options by level and name. */
  readonly options = new Map<string, number>();
  readonly settings: Settings = {
    sendBuffer: BUFFER,
    receiveBuffer: BUFFER,
    sendTimeout: Number.POSITIVE_INFINITY,
    receiveTimeout: Number.POSITIVE_INFINITY,
    linger: -1,
    lowWater: 1,
    reuseAddress: false,
    reusePort: false,
    passCredentials: false,
    broadcast: false,
    urgentInline: false,
  };

  constructor(core: FilesCore, number: number, kind: SocketKind, creator: Sender) {
    this.core = core;
    this.number = number;
    this.family = kind.family;
    this.type = kind.type;
    this.protocol = kind.protocol;
    this.how = kind.how;
    this.creator = creator;
    this.reach = kind.family === AF_INET6 ? V4 | V6 : V4;
  }

  get isStream(): boolean {
    return this.type === SOCK_STREAM;
  }

  get isDatagram(): boolean {
    return this.type === SOCK_DGRAM;
  }

  /** The pending error as a negative number, which is reported once. */
  takeError(): number {
    const { error } = this;
    this.error = 0;
    return -error;
  }

  /** Everybody who waits here looks again. */
  changed(): void {
    this.canRead.wake();
    this.canWrite.wake();
  }

  /** An error that came from outside of a call. */
  fail(errno: number): void {
    this.error = errno;
    this.changed();
  }

  /** A message has arrived. */
  put(packet: Packet): void {
    this.inbox.push(packet);
    this.queued += packet.length;
    this.canRead.wake();
  }

  charge(bytes: number): void {
    this.charged += bytes;
  }

  /** Room in the send buffer: writers go on when three quarters of it are free (unix_writable). */
  uncharge(bytes: number): void {
    if (bytes === 0) return;
    this.charged -= bytes;
    if (this.charged * 4 <= this.settings.sendBuffer) this.canWrite.wake();
  }

  /** Takes the first message out. */
  take(): Packet | undefined {
    const packet = this.inbox.shift();
    if (packet) this.queued -= packet.length;
    return packet;
  }

  /** Throws away all that was not received. */
  drain(): void {
    for (const packet of this.inbox.splice(0)) release(this.core, packet);
    this.queued = 0;
  }
}

/** What a socket is from the beginning. */
export interface SocketKind {
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  readonly how: Protocol;
}

/** A step that may have to wait: see `Protocol`. */
export type Pending = number | Kernel<number>;
