import type { FilesCore } from '../files/core.ts';
import type { Inode } from '../files/node.ts';
import { collectGarbage } from './garbage.ts';
import type { Sender } from './packet.ts';
import { Ports } from './ports.ts';
import { Socket, type SocketKind } from './socket.ts';

const networks = new WeakMap<FilesCore, Network>();

/** The network of a files service. */
export function networkOf(core: FilesCore): Network {
  let network = networks.get(core);
  if (!network) networks.set(core, (network = new Network(core)));
  return network;
}

/** All sockets of the kernel, and the names under which they are found. */
export class Network {
  readonly core: FilesCore;
  readonly sockets = new Set<Socket>();
  /** AF_UNIX: abstract names, and nodes of the file tree. */
  readonly abstract = new Map<string, Socket>();
  readonly nodes = new Map<Inode, Socket>();
  readonly tcp: Ports;
  readonly udp: Ports;
  /** Identifiers of echo sockets. */
  readonly echo: Ports;
  /** Clients outside (--publish). */
  readonly outside = new Set<Socket>();
  /** AF_NETLINK: sockets by kind and port id. */
  readonly netlink = new Map<number, Socket>();
  /** What lo has carried. */
  readonly traffic = { packets: 0, bytes: 0 };
  /** Senders of datagrams outside, by `peerKey`: the port inside that they wrote to, and how they are answered. */
  readonly peers = new Map<string, { readonly port: number; receive(bytes: Uint8Array): void }>();
  /** Some message may carry files. */
  carriesFiles = false;
  #nextNumber = 1;
  #nextName = 0;

  constructor(core: FilesCore) {
    this.core = core;
    core.collect = () => collectGarbage(this);
    const now = () => core.clock.virtual;
    this.tcp = new Ports(now);
    this.udp = new Ports(now);
    this.echo = new Ports(now);
  }

  create(kind: SocketKind, creator: Sender): Socket {
    const socket = new Socket(this.core, this.#nextNumber++, kind, creator);
    this.sockets.add(socket);
    return socket;
  }

  /** A free abstract name: a zero and five hexadecimal digits (unix(7), autobind); undefined when all are taken. */
  freeName(): Uint8Array | undefined {
    for (let tries = 0; tries < 0x100000; tries++) {
      const digits = (this.#nextName++ & 0xfffff).toString(16).padStart(5, '0');
      const name = Uint8Array.from(`\0${digits}`, (c) => c.charCodeAt(0));
      if (!this.abstract.has(keyOf(name))) return name;
    }
    return undefined;
  }
}

/** An abstract name as a key. */
export function keyOf(name: Uint8Array): string {
  return String.fromCharCode(...name);
}

/** The key of an address and port in `Network.peers`. */
export function peerKey(address: number, port: number): string {
  return `${address}:${port}`;
}
