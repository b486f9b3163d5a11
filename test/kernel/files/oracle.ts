/** The same script of system calls on the real kernel (oracle.c) and in the fake world. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSCALLS } from '../../../src/abi/syscalls.ts';
import { type FakeOptions, World } from './fake.ts';

/** An argument: a number, a string, the result of an earlier line, or one of eight buffers. */
export type Arg = number | string | { readonly result: number } | { readonly buffer: number };
/** A call, a print of a buffer's first bytes, or new first bytes of a buffer. */
export type Line =
  | readonly [name: string, ...args: Arg[]]
  | { readonly print: number; readonly count: number }
  | { readonly into: number; readonly hex: string };

const BUFFER = 8192;
let program: string | undefined;

/** Why the real kernel cannot be asked here; undefined when it can. */
export function oracleMissing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root (chroot)';
  try {
    program ??= build();
  } catch {
    return 'needs gcc -m32';
  }
  return undefined;
}

function build(): string {
  const directory = mkdtempSync(join(tmpdir(), 'nestlab-oracle-'));
  const output = join(directory, 'oracle');
  const source = new URL('oracle.c', import.meta.url).pathname;
  const flags = ['-m32', '-static', '-nostdlib', '-fno-pic', '-no-pie', '-O1', '-fno-stack-protector', '-fno-builtin'];
  execFileSync('gcc', [...flags, '-o', output, source], { stdio: 'pipe' });
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  return output;
}

const NUMBERS = new Map(SYSCALLS.filter(Boolean).map((call) => [call.name, call.number]));

function shown(arg: Arg): string {
  if (typeof arg === 'number') return `${arg | 0}`;
  if (typeof arg === 'string')
    return `"${arg.replace(/[^A-Za-z0-9_./-]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`;
  return 'result' in arg ? `@${arg.result}` : `&${arg.buffer}`;
}

/** Results of the script on the real kernel, in an empty root with a directory /w that belongs to `uid`; one line each. */
export function runNatively(lines: readonly Line[], uid = 0): string[] {
  const root = mkdtempSync(join(tmpdir(), 'nestlab-root-'));
  try {
    for (const name of ['w', 'dev', 'proc', 'sys']) mkdirSync(join(root, name), { mode: 0o755 });
    execFileSync('chmod', ['755', root]);
    execFileSync('chown', [`${uid}:${uid}`, join(root, 'w')]);
    const text = lines.map((line) => {
      if ('print' in line) return `p ${line.print} ${line.count}`;
      if ('into' in line) return `b ${line.into} ${line.hex}`;
      const [name, ...args] = line;
      const number = NUMBERS.get(name);
      if (number === undefined) throw new Error(`no call ${name}`);
      return [number, ...args.map(shown)].join(' ');
    });
    const { stdout, status, signal } = spawnSync(program as string, [root, `${uid}`], {
      input: `${text.join('\n')}\n`,
      encoding: 'latin1',
      timeout: 20_000,
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(`oracle: status ${status}, signal ${signal}`);
    return stdout.split('\n');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** A result that every file system is free to choose. */
export const ANY = '*';

function isDirectoryPosition(world: World, name: string, results: readonly number[], fd: Arg): boolean {
  if (name !== 'lseek') return false;
  const number = typeof fd === 'object' && 'result' in fd ? results[fd.result] : Number(fd);
  return world.service.table(world.table).get(number)?.node.isDirectory ?? false;
}

/** Results of the script in the fake world. */
export function runInWorld(lines: readonly Line[], uid = 0, options: FakeOptions = { tree: { w: {} } }): string[] {
  const world = new World(options);
  world.call('chown32', '/w', uid, uid);
  world.credentials = { ...world.credentials, uid, gid: uid, realUid: uid, realGid: uid };
  world.call('chdir', '/w');
  for (let fd = 0; fd < 3; fd++) world.call('close', fd);
  world.call('open', '/dev/null', 2, 0);
  world.call('dup', 0);
  world.call('dup', 0);
  const buffers = Array.from({ length: 8 }, () => world.room(BUFFER));
  world.keepFrom();
  const results: number[] = [];
  return lines.map((line, i) => {
    if ('print' in line) {
      results[i] = 0;
      const bytes = world.memory.bytes.subarray(buffers[line.print], buffers[line.print] + line.count);
      return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    if ('into' in line) {
      results[i] = 0;
      const data = (line.hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
      world.memory.bytes.set(data, buffers[line.into]);
      return '';
    }
    const [name, ...args] = line;
    world.time += 1e6;
    results[i] = world.call(
      name,
      ...args.map((arg) => {
        if (typeof arg !== 'object') return arg;
        return 'result' in arg ? results[arg.result] : buffers[arg.buffer];
      }),
    );
    return isDirectoryPosition(world, name, results, args[0]) ? ANY : `${results[i]}`;
  });
}
