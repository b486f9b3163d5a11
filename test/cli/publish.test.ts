/** `nestlab run --publish`: clients of this computer and a server inside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { MAIN, nestlab } from './nestlab.ts';

/** All that a connection says until its end, or the error that ends it. */
async function answer(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of socket) parts.push(part as Buffer);
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code}`;
  }
  return Buffer.concat(parts).toString('latin1');
}

const pattern = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7) & 255));

describe.skipIf(!canCompare())('published ports', () => {
  let root: string;
  let run: ChildProcess;
  let output = '';
  let port = 0;
  let udp = 0;
  let deaf = 0;

  const to = (target: number): Socket => connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
  const ask = (words: string, ...more: Buffer[]): Promise<string> => {
    const socket = to(port);
    socket.write(`${words}\n`);
    for (const bytes of more) socket.write(bytes);
    socket.end();
    return answer(socket);
  };
  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nestlab-publish-'));
    writeFileSync(join(root, 'server'), compile(join(import.meta.dirname, 'publish'), 'server'), { mode: 0o755 });
    const ports = ['0:80', '0:53/udp', '0:81'].flatMap((pair) => ['--publish', pair]);
    run = spawn(process.execPath, [MAIN, 'run', '--root', root, ...ports, '--', '/server']);
    for (const stream of [run.stdout, run.stderr])
      stream?.on('data', (bytes: Buffer) => {
        output += bytes.toString();
      });
    port = Number((await said(/127\.0\.0\.1:(\d+) leads to port 80\n/))[1]);
    udp = Number((await said(/127\.0\.0\.1:(\d+) leads to port 53\/udp\n/))[1]);
    deaf = Number((await said(/127\.0\.0\.1:(\d+) leads to port 81\n/))[1]);
    await said(/ready/);
  }, 60_000);

  afterAll(() => {
    run.kill('SIGKILL');
    rmSync(root, { recursive: true });
  });

  it('a client is seen with its own address', async () => {
    const socket = to(port);
    await once(socket, 'connect');
    const own = socket.localPort;
    socket.end('who\n');
    expect(await answer(socket)).toBe(`127.0.0.1:${own} 127.0.0.1:80\n`);
  });

  it('half-closed connections still carry the answer', async () => {
    expect(await ask('echo', Buffer.from('hello '))).toBe('hello end');
  });

  it('many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask('echo', Buffer.from(`${i} `))));
    expect(answers).toEqual(Array.from({ length: 100 }, (_, i) => `${i} end`));
  }, 60_000);

  it('all bytes arrive at a server that reads late', async () => {
    const bytes = pattern(5_000_000);
    const sum = bytes.reduce((before, byte) => (before * 31 + byte) & 0xffffff, 0);
    expect(await ask('sink', bytes)).toBe(`5000000 ${sum} end\n`);
  }, 60_000);

  it('a client is not read faster than the server reads', async () => {
    const socket = to(port);
    socket.on('error', () => {});
    const zeros = Buffer.alloc(1 << 20);
    socket.write('wait\n');
    let stuck = 0;
    for (let sent = -1; stuck < 10 && socket.bytesWritten < 200 << 20; ) {
      if (socket.writableLength < zeros.length) socket.write(zeros);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const now = socket.bytesWritten - socket.writableLength;
      stuck = now === sent ? stuck + 1 : 0;
      sent = now;
    }
    expect(stuck).toBe(10);
    socket.destroy();
  }, 60_000);

  it('all bytes arrive at a client that reads late', async () => {
    const socket = to(port);
    socket.end('source 9000000\n');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const text = await answer(socket);
    expect(text.length).toBe(9_000_000);
    expect(text.charCodeAt(65_536 * 3 + 100)).toBe(100);
  }, 60_000);

  it('resets pass through, both ways', async () => {
    expect(await ask('reset')).toBe('ECONNRESET');
    const socket = to(port);
    socket.write('wait\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.resetAndDestroy();
    await said(/wait -1 ECONNRESET\n/);
  });

  it('where nobody listens inside a connection is reset', async () => {
    expect(await answer(to(deaf))).toBe('ECONNRESET');
  });

  it('datagrams and their answers', async () => {
    const clients = await Promise.all(
      ['one', 'two'].map(async (text) => {
        const socket = createSocket('udp4');
        socket.send(text, udp, '127.0.0.1');
        const [bytes] = await once(socket, 'message');
        socket.close();
        return String(bytes);
      }),
    );
    expect(clients).toEqual(['one', 'two']);
  });

  it('the ports are free again at the end, after the last answer', async () => {
    const ended = once(run, 'exit');
    expect(await ask('quit')).toBe('bye');
    expect(await ended).toEqual([143, null]);
    const socket = to(port);
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('--publish says what is wrong', () => {
  const complaint = (value: string): string => {
    const { status, stderr, stdout } = nestlab(['run', '--publish', value, '--', '/bin/hello']);
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    return stderr;
  };

  it('in one line', () => {
    const form = 'Write it as HOSTPORT:PORT, e.g. 8080:80, or 5353:53/udp\n';
    expect(complaint('8080')).toBe(`nestlab: --publish: "8080" is not a pair of ports. ${form}`);
    expect(complaint('70000:80')).toBe(`nestlab: --publish: 70000:80: port 70000 is above 65535. ${form}`);
    expect(complaint('8080:0')).toBe(`nestlab: --publish: 8080:0: port 0 inside is no port. ${form}`);
  });

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const child = spawn(process.execPath, [MAIN, 'run', '--publish', `${port}:80`, '--', '/bin/hello']);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
    const [status] = await once(child, 'close');
    other.close();
    expect(status).toBe(125);
    expect(text).toMatch(
      new RegExp(
        `^nestlab: --publish: 127.0.0.1:${port} is in use by another program. End that, or take another port: --publish \\d+:80\n$`,
      ),
    );
  });

  it('a program that ends is not kept by its ports', () => {
    expect(nestlab(['run', '--publish', '0:80', '--', '/bin/hello'])).toMatchObject({
      status: 0,
      stdout: 'Hello from nestlab\n',
    });
  });
});
