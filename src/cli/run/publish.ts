import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import type { Gate, Harbour } from '../../kernel/platform.ts';
import { Failure } from '../failure.ts';
import type { Doorbell } from './driver.ts';
import { addressNumber, OutsideLine } from './line.ts';

/** A port of this computer that leads to a port of the machine. */
export interface Published {
  readonly address: string;
  readonly outside: number;
  readonly inside: number;
  readonly datagrams: boolean;
}

const FORM = 'Write it as HOSTPORT:PORT, e.g. 8080:80, or 5353:53/udp';
/** How long, in ms, clients have at the end to take what was written to them, as long as some of it moves. */
const PATIENCE = 3000;

/** What `[ADDRESS:]HOSTPORT:PORT[/tcp|/udp]` says, or a Failure. */
export function publishedPort(text: string): Published {
  const match = /^(?:(\d+\.\d+\.\d+\.\d+):)?(\d+):(\d+)(?:\/(tcp|udp))?$/.exec(text);
  if (!match) throw new Failure(`--publish: "${text}" is not a pair of ports. ${FORM}`);
  const [, address = '127.0.0.1', outside, inside, protocol = 'tcp'] = match;
  if (address.split('.').some((part) => Number(part) > 255))
    throw new Failure(`--publish: ${address} is not an address. Take 127.0.0.1, or 0.0.0.0 for all of this computer`);
  for (const port of [outside, inside])
    if (Number(port) > 65535) throw new Failure(`--publish: ${text}: port ${port} is above 65535. ${FORM}`);
  if (Number(inside) === 0) throw new Failure(`--publish: ${text}: port 0 inside is no port. ${FORM}`);
  return { address, outside: Number(outside), inside: Number(inside), datagrams: protocol === 'udp' };
}

/** The ports of this computer that lead to servers inside. */
export class Ports implements Harbour {
  readonly #published: readonly Published[];
  readonly #bell: Doorbell;
  readonly #say: (line: string) => void;
  readonly #servers: (Server | UdpSocket)[] = [];
  readonly #lines = new Set<OutsideLine>();
  #gate: Gate | undefined;

  /** `say` is told the port where any free one was asked for (HOSTPORT 0). */
  constructor(published: readonly Published[], bell: Doorbell, say: (line: string) => void) {
    this.#published = published;
    this.#bell = bell;
    this.#say = say;
  }

  open(gate: Gate): void {
    this.#gate = gate;
  }

  /** Takes the ports: a Failure when one cannot be had; then none is kept. */
  async listen(): Promise<void> {
    try {
      for (const published of this.#published) await this.#listenAt(published);
    } catch (error) {
      this.#stop();
      throw error;
    }
  }

  /** No more clients; those that are there get what was written to them, for as long as they take it. */
  async close(): Promise<void> {
    this.#stop();
    for (const line of this.#lines) line.move();
    await Promise.all([...this.#lines].map((line) => line.finish(PATIENCE)));
  }

  #stop(): void {
    for (const server of this.#servers) server.close();
  }

  async #listenAt(published: Published): Promise<void> {
    const server = published.datagrams ? this.#datagrams(published) : this.#connections(published);
    const { address, outside, inside } = published;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(new Failure(reason(error, published))));
      server.once('listening', resolve);
      if ('bind' in server) server.bind({ address, port: outside, exclusive: true });
      else server.listen({ host: address, port: outside, exclusive: true });
    });
    server.removeAllListeners('error');
    // A client that went away before it was taken, or an answer that found nobody, is no failure of the run.
    server.on('error', () => {});
    this.#servers.push(server);
    const { port } = server.address() as { port: number };
    if (outside === 0)
      this.#say(`nestlab: ${address}:${port} leads to port ${inside}${published.datagrams ? '/udp' : ''}`);
  }

  #connections({ inside }: Published): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const line = new OutsideLine(socket, this.#bell);
      this.#lines.add(line);
      socket.once('close', () => this.#lines.delete(line));
      line.connect(this.#gate as Gate, inside);
    });
  }

  #datagrams({ inside }: Published): UdpSocket {
    const socket = createSocket('udp4');
    socket.on('message', (bytes, { address, port }) => {
      const peer = {
        address: addressNumber(address),
        port,
        receive: (answer: Uint8Array) => socket.send(answer, port, address),
      };
      this.#gate?.datagram(inside, peer, bytes);
      this.#bell.ring();
    });
    return socket;
  }
}

/** Why a port cannot be had, and what to do. */
function reason({ code }: NodeJS.ErrnoException, { address, outside, inside, datagrams }: Published): string {
  const where = `--publish: ${address}:${outside}${datagrams ? '/udp' : ''}`;
  const other = `${outside < 1024 ? outside + 8000 : Math.min(outside + 1, 65535)}:${inside}${datagrams ? '/udp' : ''}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is in use by another program. End that, or take another port: --publish ${other}`;
    case 'EACCES':
      return `${where} is for root only. Take a port from 1024 on: --publish ${other}`;
    case 'EADDRNOTAVAIL':
      return `${where} is not an address of this computer. Take 127.0.0.1, or 0.0.0.0 for all of them`;
    default:
      return `${where} cannot be opened (${code}). Try another port: --publish ${other}`;
  }
}
