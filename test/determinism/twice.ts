/** One command line in two worlds: what a user sees, and the hash of everything that happened. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = process.env.NESTLAB_MAIN ?? join(import.meta.dirname, '../../dist/main.js');
/** What one run may take, in ms. */
const PATIENCE = 100_000;

/** Surroundings of nestlab that must make no difference. */
export interface World {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The standard input arrives in pieces of this many bytes. */
  readonly piece: number;
  /** The process is stopped for a moment again and again, while time goes on. */
  readonly halting: boolean;
}

export const HERE: World = { env: {}, cwd: '/', piece: 1 << 20, halting: false };
const ELSEWHERE: World = {
  env: {
    TZ: 'Asia/Tokyo',
    LANG: 'ja_JP.UTF-8',
    LC_ALL: 'de_DE',
    HOME: '/nowhere',
    TERM: 'vt52',
    COLUMNS: '33',
    X: 'y',
  },
  cwd: tmpdir(),
  piece: 97,
  halting: true,
};

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  /** Messages of the program, and the counts of --stat. */
  readonly stderr: string;
  /** The trace's hash. */
  readonly hash: string;
}

/** The same command line here and elsewhere, at the same time: each is load for the other. `there` are its options elsewhere. */
export function inBoth(
  options: readonly string[],
  line: readonly string[],
  input = '',
  there = options,
): Promise<[here: Outcome, elsewhere: Outcome]> {
  return Promise.all([runIn(HERE, options, line, input), runIn(ELSEWHERE, there, line, input)]);
}

/** Runs `nestlab run OPTIONS -- LINE` with the trace on. */
export async function runIn(
  world: World,
  options: readonly string[],
  line: readonly string[],
  input = '',
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'nestlab-trace-'));
  const log = join(folder, 'log');
  const words = [main, 'run', ...options, '--stat', '--json', '-d', 'hash', '-D', log, '--', ...line];
  try {
    const env = { PATH: process.env.PATH, ...world.env };
    const run = spawn(process.execPath, words, { cwd: world.cwd, env, timeout: PATIENCE, stdio: 'pipe' });
    const stdout = collect(run.stdout);
    const stderr = collect(run.stderr);
    if (world.halting) halt(run);
    await feed(run, input, world.piece);
    const status = await new Promise<number | null>((resolve) => run.on('close', resolve));
    const { hash } = JSON.parse(readFileSync(log, 'latin1').trim());
    return { status, stdout: stdout(), stderr: stderr(), hash };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How long it goes between two stops, and how long it is stopped, ms. */
const GOING = 40;
const STOPPED = 10;

/** Stops a process and lets it go on, until it ends. */
function halt(run: ChildProcess): void {
  let next: NodeJS.Timeout;
  const go = () => {
    run.kill('SIGCONT');
    next = setTimeout(stop, GOING);
  };
  const stop = () => {
    run.kill('SIGSTOP');
    next = setTimeout(go, STOPPED);
  };
  run.once('exit', () => clearTimeout(next));
  next = setTimeout(stop, GOING);
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = [];
  stream.on('data', (part) => parts.push(part));
  return () => Buffer.concat(parts).toString('latin1');
}

async function feed(run: ChildProcess, input: string, piece: number): Promise<void> {
  const { stdin } = run;
  if (!stdin) throw new Error('no standard input');
  // A program that ends early reads the rest no more.
  stdin.on('error', () => {});
  for (let at = 0; at < input.length; at += piece) {
    stdin.write(input.slice(at, at + piece));
    await new Promise((resolve) => setImmediate(resolve));
  }
  stdin.end();
}
