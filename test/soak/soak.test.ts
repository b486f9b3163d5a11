/**
 * The same thing for a long time: processes, signals, hand-offs between threads, bytes through pipes and sockets, files.
 * Each ends as it must, the kernel's books are right at the end, and nestlab's own memory does not grow.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WORDS } from '../robust/build.ts';

const main = process.env.NESTLAB_MAIN ?? join(import.meta.dirname, '../../dist/main.js');
const LIBRARY = join(import.meta.dirname, '../../programs/lib');
/** All of it where nothing may be skipped; a fortieth in `npm test` on a user's machine. */
const FULL = process.env.NESTLAB_REQUIRE_BINARIES === '1';
const SHARE = FULL ? 1 : 40;
/** MiB that the process may grow by between the second and the last eighth of its work: what the engine has yet to collect. */
const GROWTH = 96;
/** MiB of heap that the engine gets: some 30 are in use, and 100 bytes lost each of a million times would burst it. */
const HEAP = 96;
const MIB = 1 << 20;

/** How often here, in whole pieces of 64 KiB. */
const pieces = (whole: number) => (FULL ? whole : Math.floor(whole / SHARE / 64) * 64);

/** Mode of soak.c, how often, and what --mem it needs. Bytes are in KiB: 1 GiB through pipes, 1 GiB through sockets. */
const KINDS = [
  ['forks', pieces(200_000), '64M'],
  ['signals', pieces(1_000_000), '64M'],
  ['threads', pieces(2_000_000), '64M'],
  ['pipe', pieces(MIB), '64M'],
  ['unix', pieces(MIB / 2), '64M'],
  ['tcp', pieces(MIB / 2), '64M'],
  ['files', pieces(100_000), '64M'],
  ['kept', pieces(100_000), '128M'],
] as const;

let root = '';
let missing: string | undefined;

function build(): string | undefined {
  root = mkdtempSync(join(tmpdir(), 'nestlab-soak-'));
  for (const folder of ['bin', 'tmp', 'dev', 'proc', 'sys']) mkdirSync(join(root, folder));
  const library = readdirSync(LIBRARY)
    .filter((name) => /\.[cS]$/.test(name))
    .map((name) => join(LIBRARY, name));
  const words = [
    ...WORDS,
    `-I${LIBRARY}`,
    `-Wl,-T,${join(LIBRARY, '../link.ld')}`,
    join(import.meta.dirname, 'soak.c'),
  ];
  const built = spawnSync('gcc', [...words, ...library, '-o', join(root, 'bin/soak')], { encoding: 'utf8' });
  if (built.error) return 'no gcc';
  return built.status === 0 ? undefined : `gcc -m32: ${built.stderr.slice(0, 500)}`;
}

beforeAll(() => {
  missing = build();
  if (missing !== undefined && FULL) throw new Error(missing);
});
afterAll(() => rmSync(root, { recursive: true }));

/** Resident memory of a process, MiB; 0 where this system does not tell. */
function resident(pid: number): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096) / MIB;
  } catch {
    return 0;
  }
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most resident memory of the second and of the last eighth, MiB. */
  readonly early: number;
  readonly late: number;
}

/** Runs one kind, and looks at the process again and again. */
function soak(mode: string, count: number, memory: string): Promise<Ran> {
  return new Promise((resolve) => {
    const words = ['run', '--audit', '--mem', memory, '--root', root, '--', '/bin/soak', mode, `${count}`];
    const heap = `--max-old-space-size=${mode === 'kept' ? 4 * HEAP : HEAP}`;
    const child = spawn(process.execPath, [heap, main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    const most = new Float64Array(10);
    const text = { stdout: '', stderr: '' };
    let eighth = 0;
    const look = () => {
      most[eighth] = Math.max(most[eighth], resident(child.pid as number));
    };
    const timer = setInterval(look, 20);
    child.stdout.on('data', (bytes) => {
      look();
      text.stdout += bytes;
      eighth = (text.stdout.match(/^\d\/8$/gm) ?? []).length;
      look();
    });
    child.stderr.on('data', (bytes) => {
      text.stderr += bytes;
    });
    child.on('close', (status) => {
      clearInterval(timer);
      resolve({ status, ...text, early: most[1], late: Math.max(most[7], most[8]) });
    });
  });
}

test.each(KINDS)(
  '%s, %i times',
  async (mode, count, memory) => {
    if (missing !== undefined) return console.warn(`skipped: ${missing}`);
    const { status, stdout, stderr, early, late } = await soak(mode, count, memory);
    expect({ status, stderr, end: stdout.trim().split('\n').at(-1) }).toEqual({
      status: 0,
      stderr: '',
      end: `${mode} ${count}`,
    });
    // The files that are kept have to be somewhere.
    const allowed = GROWTH + (mode === 'kept' ? (count * 2048) / MIB : 0);
    expect(late - early, `resident memory grew from ${early} MiB to ${late} MiB`).toBeLessThan(allowed);
  },
  FULL ? 600_000 : 120_000,
);
