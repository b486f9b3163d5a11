/**
 * Millions of random system calls from threads and children of random programs: the emulator stays up, its books are
 * right at the end, a root that may not be written is not, and nothing beside it is read or written.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCalls } from './calls.ts';

const main = process.env.NESTLAB_MAIN ?? join(import.meta.dirname, '../../dist/main.js');
/** All of it where nothing may be skipped; a sample in `npm test` on a user's machine. */
const FULL = process.env.NESTLAB_REQUIRE_BINARIES === '1';
const CALLS = Number(process.env.NESTLAB_CALLS ?? (FULL ? 5_000_000 : 100_000));
const SEED = Number(process.env.NESTLAB_SEED ?? 1);
/** Only this one run: `SEED GENERATIONS UID`. */
const REPLAY = process.env.NESTLAB_REPLAY;
/** Generations of workers of one run: some 200,000 calls. */
const GENERATIONS = FULL ? 60 : 10;
/** A run that takes longer hangs, ms. */
const PATIENCE = 120_000;

const program = buildCalls();
const missing = typeof program === 'string' ? program : undefined;
if (missing !== undefined && FULL) throw new Error(missing);

let base = '';
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'nestlab-calls-'));
  for (const folder of ['root', 'root/bin', 'root/dev', 'root/proc', 'root/sys', 'root/tmp', 'root/etc', 'outside'])
    mkdirSync(join(base, folder));
  if (typeof program !== 'string') writeFileSync(join(base, 'root/bin/calls'), program, { mode: 0o755 });
  for (const file of ['root/etc/passwd', 'root/tmp/f2', 'outside/passwd', 'outside/f2'])
    writeFileSync(join(base, file), 'untouched\n', { mode: 0o666 });
  // A read would show: the time of access is older than that of change (relatime).
  for (const file of ['outside/passwd', 'outside/f2']) utimesSync(join(base, file), 1_000_000_000, 1_500_000_000);
});
afterAll(() => rmSync(base, { recursive: true }));

/** Every name below a folder with all that a change would change; times of access where `access`. */
function snapshot(folder: string, access: boolean): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'latin1' })
    .sort()
    .map((name) => {
      const { mode, uid, gid, size, mtimeMs, ctimeMs, nlink, atimeMs } = lstatSync(join(folder, name));
      return [name, mode, uid, gid, size, mtimeMs, ctimeMs, nlink, access ? atimeMs : ''].join(' ');
    });
}

function contents(): string {
  const hash = createHash('sha256');
  for (const file of ['root/etc/passwd', 'root/tmp/f2', 'root/bin/calls']) hash.update(readFileSync(join(base, file)));
  return hash.digest('hex');
}

interface Ran {
  readonly calls: number;
  /** Lines in which nestlab complains about itself, and how the command ended. */
  readonly mistakes: readonly string[];
}

/** One run of the fuzzer: under a root of its own, or brought into the embedded one. */
function run(seed: number, generations: number, uid: number, embedded: boolean): Ran {
  const words = [`${seed}`, `${generations}`, `${uid}`];
  const script = `cat > /tmp/calls; chmod 755 /tmp/calls; exec /tmp/calls ${words.join(' ')}`;
  const where = embedded
    ? ['--', '/bin/sh', '-c', script]
    : ['--root', join(base, 'root'), '--', '/bin/calls', ...words];
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    [main, 'run', '--audit', '--stat', '--json', ...where],
    {
      encoding: 'latin1',
      input: embedded ? Buffer.from(program as Uint8Array) : '',
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  const figures = /^\{"instructions".*$/m.exec(stderr.slice(Math.max(0, stderr.lastIndexOf('{"instructions"'))));
  const { calls = {} } = figures ? (JSON.parse(figures[0]) as { calls?: Record<string, number> }) : {};
  const mistakes = stderr.split('\n').filter((line) => /nestlab: (audit|a mistake)|^\s+at /.test(line));
  if (status === null || status === 124 || status === 125 || !figures)
    mistakes.push(`ended with ${signal ?? status}${signal === 'SIGKILL' ? ': it hung' : ''}`);
  return { calls: Object.values(calls).reduce((sum, count) => sum + count, 0), mistakes };
}

const title =
  REPLAY === undefined ? `${CALLS} random system calls from seed ${SEED} on` : `random system calls ${REPLAY}`;

test.skipIf(missing)(
  `${title}${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    const before = [snapshot(join(base, 'root'), false), snapshot(join(base, 'outside'), true), contents()];
    if (REPLAY !== undefined) {
      const [seed, generations, uid] = REPLAY.split(' ').map(Number);
      expect(run(seed, generations, uid, REPLAY.endsWith('embedded')).mistakes).toEqual([]);
      return;
    }
    let calls = 0;
    for (let n = 0; calls < CALLS; n++) {
      const uid = n % 2 === 0 ? 1000 : 0;
      const embedded = n % 4 === 3;
      const ran = run(SEED + n, GENERATIONS, uid, embedded);
      const again = `NESTLAB_REPLAY='${SEED + n} ${GENERATIONS} ${uid}${embedded ? ' embedded' : ''}'`;
      expect(ran.mistakes, `again: npm run build && ${again} npx vitest run test/robust/calls.test.ts`).toEqual([]);
      expect(ran.calls).toBeGreaterThan(0);
      calls += ran.calls;
    }
    expect([snapshot(join(base, 'root'), false), snapshot(join(base, 'outside'), true), contents()]).toEqual(before);
  },
  FULL ? 1_200_000 : 300_000,
);
