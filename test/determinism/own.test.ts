/** Runs of the embedded programs are functions of their inputs: twice the same, wherever and in whatever pieces. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HERE, inBoth, runIn } from './twice.ts';

const sh = (script: string): readonly string[] => ['/bin/sh', '-c', script];
const numbers = Array.from({ length: 5000 }, (_, n) => `${(n * 7919) % 5000}\n`).join('');

/** Command lines, and what they read. */
const LINES: readonly (readonly [line: readonly string[], input?: string])[] = [
  [['/bin/hello']],
  [['/bin/probe-pipe', '200']],
  [['/bin/probe-signal', '200']],
  [['/bin/probe-exec', '20']],
  [['/bin/probe-switch', '200']],
  [sh('date; date +%s; echo $$ $PPID; pwd; env | sort; uname -a; id')],
  [sh('for i in 5 3 1 4 2; do (sleep 0.0$i; echo $i) & done; wait; echo $?')],
  [sh('seq 3000 | sort -r | uniq | head -n 5 | tr 0-9 a-j')],
  [
    sh(
      'i=0; trap "echo usr1" USR1; (sleep 0.01; kill -USR1 $$) & while [ $i -lt 2000 ]; do i=$((i+1)); done; wait; echo $i',
    ),
  ],
  [sh('yes | head -n 20000 | wc; cat /proc/self/stat /proc/meminfo /proc/uptime /proc/self/maps | cksum')],
  [
    sh(
      'od -A n -t x1 -N 16 /dev/urandom; cat /proc/sys/kernel/random/uuid 2>/dev/null; ls -la /dev /proc | head -n 40',
    ),
  ],
  [sh('sort -n | tail -n 3'), numbers],
  [sh('cat | cat | wc; echo rest: $(wc -c)'), numbers],
  [sh('while read x; do echo "<$x>"; [ "$x" = 4838 ] && break; done; wc'), numbers],
  [sh('(sleep 0.1; echo slow) & sort | uniq | wc -l; wait'), numbers],
];

test.each(LINES.map(([line, input]) => [line.join(' ').slice(0, 90), line, input] as const))(
  '%s',
  async (_, line, input) => {
    const [first, again] = await inBoth([], line, input);
    expect(first.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(again).toEqual(first);
  },
);

test('the seed changes what is random, and the hash sees it', async () => {
  const line = sh('od -A n -t x1 -N 16 /dev/urandom');
  const [one, two] = [await runIn(HERE, ['--seed', '1'], line), await runIn(HERE, ['--seed', '2'], line)];
  expect(two.stdout).not.toBe(one.stdout);
});

describe('a directory as the root', () => {
  const folders: string[] = [];
  const bin = join(import.meta.dirname, '../../programs/bin');
  const names = ['zeta', 'alpha', 'mu', 'beta', 'omega', 'iota', 'pi', 'x1', 'x2', 'x3'];

  /** The same files, made in another order at another time. */
  function makeRoot(order: readonly string[]): string {
    const root = mkdtempSync(join(tmpdir(), 'nestlab-root-'));
    folders.push(root);
    const made = new Date('2001-02-03T04:05:06Z');
    for (const name of ['bin', 'data', 'dev', 'proc', 'tmp']) mkdirSync(join(root, name));
    for (const program of ['sh', 'tools'])
      if (existsSync(join(bin, program))) copyFileSync(join(bin, program), join(root, 'bin', program));
    for (const tool of order === names ? ['ls', 'cat', 'wc', 'find', 'stat'] : ['stat', 'find', 'wc', 'cat', 'ls'])
      symlinkSync('tools', join(root, 'bin', tool));
    for (const name of order) writeFileSync(join(root, 'data', name), `${name}\n`.repeat(100));
    for (const name of [
      ...names.map((name) => `data/${name}`),
      'bin/sh',
      'bin/tools',
      'bin',
      'data',
      'dev',
      'proc',
      'tmp',
      '.',
    ])
      utimesSync(join(root, name), made, made);
    return root;
  }

  beforeAll(() => {
    makeRoot(names);
    makeRoot([...names].reverse());
  });
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  test.each([
    ['ls -lai /data /bin; find / -name "*a*"; cat /data/* | wc'],
    ['echo /data/*; stat /data/pi /data /; cd /data; for f in *; do wc $f; done | wc'],
    ['cat /data/x? > /tmp/new; ls -la /tmp; stat -f / 2>/dev/null; rm /data/x1; ls -i /data'],
  ])('%s', async (script) => {
    const [one, two] = folders;
    const [first, again] = await inBoth(['--root', one], sh(script), '', ['--root', two]);
    expect(first.stdout.length).toBeGreaterThan(100);
    expect(again).toEqual(first);
  });
});
