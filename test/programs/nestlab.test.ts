import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Case, cases, programs } from './stage.ts';

const nestlab = join(programs, '../dist/main.js');
const batch = 40;

/** Quotes for the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Each case in a folder of its own, its output followed by a line with its status. */
function driver(list: readonly Case[]): string {
  return list
    .map(
      ({ script }, i) =>
        `mkdir /tmp/${i}; cd /tmp/${i}; sh -c ${quote(script)} sh A 'B C' </dev/null; echo "@@ ${i} $?"`,
    )
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

const all = cases('shell-cases.json');
const batches = Array.from({ length: Math.ceil(all.length / batch) }, (_, i) => all.slice(i * batch, (i + 1) * batch));

// What programs/sh prints natively (shell.test.ts), it prints in nestlab.
describe.skipIf(!existsSync(nestlab))('programs/sh in nestlab (after npm run build)', () => {
  test.each(batches.map((list, i) => [i * batch, list] as const))('shell cases from %i on', (_start, list) => {
    const args = [nestlab, 'run', '--env', 'HOME=/tmp', '--env', 'PATH=/bin', '--', '/bin/sh', '-c', driver(list)];
    const result = spawnSync(process.execPath, args, { input: '', encoding: 'latin1', timeout: 100_000 });
    const seen = outcomes(result.stdout);
    expect(list.map(({ script }, i) => ({ script, ...seen.get(i) }))).toEqual(
      list.map(({ script, stdout, status }) => ({ script, stdout, status })),
    );
  });
});
