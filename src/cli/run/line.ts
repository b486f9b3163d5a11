import type { Socket } from 'node:net';
import type { Gate, Line } from '../../kernel/platform.ts';
import type { Doorbell } from './driver.ts';

/** A dotted IPv4 address as a number, the first byte highest. */
export function addressNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** A TCP connection from outside, as the kernel sees it. */
export class OutsideLine implements Line {
  readonly address: number;
  readonly port: number;
  broken = false;
  readonly #socket: Socket;
  readonly #bell: Doorbell;
  /** What was read from the connection and not yet taken. */
  #pending: Uint8Array | undefined;
  #inputOver = false;
  #isWritable = true;
  #isAsked = false;
  #inside: () => void = () => {};

  constructor(socket: Socket, bell: Doorbell) {
    this.#socket = socket;
    this.#bell = bell;
    this.address = addressNumber(socket.remoteAddress ?? '0.0.0.0');
    this.port = socket.remotePort ?? 0;
  }

  /** Asks for the server behind a port inside. */
  connect(gate: Gate, port: number): void {
    const socket = this.#socket;
    this.#inside = gate.connect(port, this);
    socket.on('readable', () => this.move());
    socket.on('end', () => {
      this.#inputOver = true;
      this.move();
    });
    socket.on('drain', () => {
      this.#isWritable = true;
      this.move();
    });
    const gone = (): void => {
      if (this.broken) return;
      this.broken = true;
      this.move();
    };
    socket.on('error', gone);
    socket.on('close', () => {
      if (!this.#inputOver) gone();
    });
    this.#bell.ring();
  }

  /** Lets the kernel take and give. */
  move(): void {
    this.#inside();
    this.#bell.ring();
  }

  news(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    setImmediate(() => {
      this.#isAsked = false;
      this.move();
    });
  }

  read(length: number): Uint8Array | undefined {
    const bytes = this.#pending ?? (this.#socket.read() as Buffer | null);
    if (!bytes) return undefined;
    this.#pending = bytes.length > length ? bytes.subarray(length) : undefined;
    return bytes.subarray(0, length);
  }

  get ended(): boolean {
    return this.#inputOver && !this.#pending;
  }

  get writable(): boolean {
    return this.#isWritable;
  }

  write(bytes: Uint8Array): void {
    this.#isWritable = this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    if (!this.#socket.destroyed) this.#socket.resetAndDestroy();
  }

  /** The run is over: resolves when the client has taken all, or nothing more for `patience` ms; the connection is closed then. */
  async finish(patience: number): Promise<void> {
    const socket = this.#socket;
    const taken = (): number => socket.bytesWritten - socket.writableLength;
    let before = -1;
    while (!socket.destroyed && !socket.writableFinished && taken() !== before) {
      before = taken();
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, patience);
        const over = (): void => {
          clearTimeout(timer);
          resolve(undefined);
        };
        socket.once('finish', over);
        socket.once('close', over);
        socket.once('drain', () => this.move());
      });
    }
    socket.destroy();
  }
}
