import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Case, cases, programs, stageRoot, writeFixture } from './stage.ts';

const nestlab = join(programs, '../dist/main.js');
const batch = 40;

/** Quotes for the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Each case in a folder of its own (a copy of /fixture, if there is one), its output followed by a line with its status. */
function driver(list: readonly Case[]): string {
  const prepare = (i: number) =>
    `if [ -d /fixture ]; then cp -r /fixture /tmp/${i}; else mkdir /tmp/${i}; fi; cd /tmp/${i}`;
  return list
    .map(({ script }, i) => `${prepare(i)}; sh -c ${quote(script)} sh A 'B C' </dev/null; echo "@@ ${i} $?"`)
    .join('\n');
}

/** Splits what the driver printed into one outcome per case. */
function outcomes(stdout: string): Map<number, { stdout: string; status: number }> {
  const found = new Map<number, { stdout: string; status: number }>();
  let from = 0;
  for (const match of stdout.matchAll(/@@ (\d+) (\d+)\n/g)) {
    found.set(Number(match[1]), { stdout: stdout.slice(from, match.index), status: Number(match[2]) });
    from = match.index + match[0].length;
  }
  return found;
}

/** Runs the cases in one nestlab process, and compares all of them with their literals. */
function expectAll(list: readonly Case[], ...options: string[]): void {
  const args = [
    nestlab,
    'run',
    ...options,
    '--env',
    'HOME=/tmp',
    '--env',
    'PATH=/bin',
    '--',
    '/bin/sh',
    '-c',
    driver(list),
  ];
  const { stdout } = spawnSync(process.execPath, args, { input: '', encoding: 'latin1', timeout: 100_000 });
  const seen = outcomes(stdout);
  expect(list.map(({ script }, i) => ({ script, ...seen.get(i) }))).toEqual(
    list.map(({ script, stdout, status }, i) => ({ script, stdout: stdout.replaceAll('DIR', `/tmp/${i}`), status })),
  );
}

function batches(name: string): (readonly [number, readonly Case[]])[] {
  const all = cases(name);
  return Array.from({ length: Math.ceil(all.length / batch) }, (_, i) => [
    i * batch,
    all.slice(i * batch, (i + 1) * batch),
  ]);
}

// What programs/ prints natively (shell.test.ts, tools.test.ts), it prints in nestlab.
describe.skipIf(!existsSync(nestlab))('programs in nestlab (after npm run build)', () => {
  test.each(batches('shell-cases.json'))('shell cases from %i on', (_start, list) => expectAll(list));

  test.each(batches('tool-cases.json'))('tool cases from %i on', (_start, list) => {
    const root = stageRoot();
    try {
      writeFixture(join(root, 'fixture'));
      expectAll(list, '--root', root);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
