/** Runs lines in one go on either kernel, and takes apart what each of them printed. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { native, nested, type Outcome, project, whyNot } from '../binaries/native.ts';
import { FILES } from './lines.ts';

/** Where scripts/debian-root.sh has put the programs. */
const ROOT = process.env.NESTLAB_DEBIAN ?? join(project, 'cache', 'debian');
const SCRIPT = 'scripts/debian-root.sh cache/debian $(cat test/debian/packages)';

/** Why the lines cannot be run here; undefined when they can. Throws where they are required. */
export function whyNoDebian(): string | undefined {
  const stamp = join(ROOT, '.packages');
  const there = existsSync(stamp) ? readFileSync(stamp, 'utf8').split('\n') : [];
  const wanted = readFileSync(join(import.meta.dirname, 'packages'), 'utf8').split('\n');
  return whyNot(wanted.every((name) => there.includes(name)) ? stamp : join(ROOT, '(all packages)'), SCRIPT);
}

/** Words around a line's output that no line prints. */
const MARK = '@@line';
const ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/root', TERM: 'dumb', LC_ALL: 'C' };
/** What all lines of a run may take together, in ms. */
const PATIENCE = 900_000;

/**
 * A script that runs every line in a folder of its own and tells on both streams where each begins. The lines keep
 * their own pipes: nothing of what they write passes through the script.
 */
function script(lines: readonly string[]): string {
  const folders = lines.map((_, index) => index).join(' ');
  const runs = lines.map(
    (line, index) =>
      `cd /tmp/w/${index}; echo ${MARK}${index}; echo ${MARK}${index} >&2; sh -c ${quote(line)} </dev/null; echo "${MARK}-status $?"`,
  );
  return `mkdir /tmp/w; cd /tmp/w\n${FILES}\nmkdir ${folders}\n${runs.join('\n')}\necho ${MARK}; echo ${MARK} >&2\n`;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** What each line printed and how it ended; a line that was never reached is missing. */
export function parts(whole: Outcome): Outcome[] {
  const stdout = whole.stdout.split(new RegExp(`${MARK}\\d*\n`));
  const stderr = whole.stderr.split(new RegExp(`${MARK}\\d*\n`));
  return stdout.slice(1, -1).map((text, index) => {
    const [printed = '', status = 'none'] = text.split(`${MARK}-status `);
    return { stdout: printed, stderr: stderr[index + 1] ?? '', status: Number(status) };
  });
}

interface Both {
  readonly native: readonly Outcome[];
  readonly nested: readonly Outcome[];
  /** What the script itself said before the first line and at the end of the nested run. */
  readonly rest: Outcome;
}

/** Runs the lines on the real kernel and in nestlab, under these towers. */
function runBoth(lines: readonly string[], towers: readonly string[]): Both {
  const theirs = runNatively(lines);
  const ours = runNested(lines, towers);
  return { native: theirs, nested: parts(ours), rest: ours };
}

/**
 * Runs the lines in nestlab, under these towers; `parts` takes apart what comes out. The innermost kernel has 512 MB at
 * depth 0 and 1: xz asks for 94 MB with its default preset, which Linux refuses where the machine has less.
 */
export function runNested(lines: readonly string[], towers: readonly string[]): Outcome {
  const guests = towers.flatMap((tower) => ['--guest', tower]);
  const size = Math.min(512 << towers.length, 1024);
  const options = ['--mem', `${size}M`, ...guests];
  return nested(ROOT, ['/bin/sh', '-c', script(lines)], { environment: ENVIRONMENT, patience: PATIENCE, options });
}

/** Runs the lines on the real kernel, in a folder of their own as /tmp. */
export function runNatively(lines: readonly string[]): Outcome[] {
  const scratch = mkdtempSync(join(tmpdir(), 'nestlab-scratch-'));
  chmodSync(scratch, 0o1777);
  try {
    const setting = { environment: ENVIRONMENT, scratch, patience: PATIENCE };
    return parts(native(ROOT, ['/bin/sh', '-c', script(lines)], setting));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** How often the real kernel is asked anew where it differs. */
const TRIES = 3;

/**
 * The real kernel's answer to one of the lines: the one that ours gives, if it gives that at all. Ours is the same every
 * time, but what a line prints there may depend on how busy this computer is.
 */
function answer(lines: readonly string[], index: number, both: Both): Outcome | undefined {
  let theirs = both.native[index];
  const alone = lines.map((line, n) => (n === index ? line : ':'));
  for (let tries = 0; tries < TRIES && !isDeepStrictEqual(theirs, both.nested[index]); tries++) {
    theirs = runNatively(alone)[index];
  }
  return theirs;
}

/** A run goes on to the next program until it has this many lines: to begin one costs as much as ten lines. */
const ENOUGH = 24;

/** The lines of several programs together, as `[their names, lines]`. */
export function runs(lines: Readonly<Record<string, readonly string[]>>): [programs: string, lines: string[]][] {
  const all: [string, string[]][] = [];
  for (const [program, some] of Object.entries(lines)) {
    const last = all.at(-1);
    if (last === undefined || last[1].length >= ENOUGH) all.push([program, [...some]]);
    else all[all.length - 1] = [`${last[0]}, ${program}`, [...last[1], ...some]];
  }
  return all;
}

/** Declares a test for every line (by program): both kernels print the same and end the same, under these towers too. */
export function compare(
  title: string,
  lines: Readonly<Record<string, readonly string[]>>,
  towers: readonly string[] = [],
): void {
  const missing = whyNoDebian();
  describe.skipIf(missing)(`${title}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    describe.each(runs(lines))('%s', (_programs, some) => {
      let both: Both;
      beforeAll(() => {
        both = runBoth(some, towers);
      }, 2 * PATIENCE);

      it('reaches the end', () => {
        expect(both.native).toHaveLength(some.length);
        expect(both.rest).toMatchObject({ status: 0 });
      });

      it.each(some.map((line, index) => [line.slice(0, 100), index] as const))('%s', (_title, index) => {
        expect(both.nested[index]).toEqual(answer(some, index, both));
      });
    });
  });
}
