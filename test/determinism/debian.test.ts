/** Debian's programs twice: lines of the comparison with the real kernel, and programs with threads, sockets and timers. */
import { describe, expect, it } from 'vitest';
import { FILES, LINES } from '../debian/lines.ts';
import { PROGRAMS, ROOT, whyNoRoot } from './programs.ts';
import { inBoth } from './twice.ts';

const missing = whyNoRoot();
/** Where nothing may be skipped; on a user's machine a sample. */
const whole = process.env.NESTLAB_REQUIRE_BINARIES === '1';
/** Lines of each program, and lines in one run. */
const OF_EACH = 3;
const IN_ONE = 9;

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Scripts that run lines one after another, each in a folder of its own. */
function scripts(): string[] {
  const lines = Object.values(LINES).flatMap((each) => each.filter((_, n) => n % 5 === 1).slice(0, OF_EACH));
  const runs = lines.map((line, n) => `mkdir ${n}; cd ${n}; sh -c ${quote(line)} </dev/null; echo "status $?"; cd ..`);
  return Array.from({ length: Math.ceil(runs.length / IN_ONE) }, (_, n) =>
    [`mkdir /tmp/w; cd /tmp/w`, FILES, ...runs.slice(n * IN_ONE, (n + 1) * IN_ONE)].join('\n'),
  );
}

const programs: readonly (readonly [string, string])[] = [
  ...scripts().map((text, n) => [`lines, part ${n}`, text] as const),
  ...Object.entries(PROGRAMS).map(([name, text]) => [name, `cd /tmp; ${text}`] as const),
].filter((_, n) => whole || n % 6 === 0);

describe.skipIf(missing)(`Debian's programs twice${missing ? ` (skipped: ${missing})` : ''}`, () => {
  it.each(programs)('%s', { timeout: 200_000 }, async (_, text) => {
    const options = ['--root', ROOT, '--mem', '256M', '--env', 'PATH=/usr/bin:/bin'];
    const [first, again] = await inBoth(options, ['/bin/sh', '-c', text]);
    expect(first.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(first.stdout).not.toBe('');
    expect(again).toEqual(first);
  });
});
