/** Runs lines in one go on either kernel, and takes apart what each of them printed. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native, nested, type Outcome, project, whyNot } from '../binaries/native.ts';
import { FILES } from './lines.ts';

/** Where scripts/debian-root.sh has put the programs. */
export const ROOT = join(project, 'cache', 'debian');

/** Why the lines cannot be run here; undefined when they can. Throws where they are required. */
export function whyNoDebian(): string | undefined {
  return whyNot(join(ROOT, '.packages'), 'scripts/debian-root.sh cache/debian $(cat test/debian/packages)');
}

/** Words around a line's output that no line prints. */
const MARK = '@@line';
const ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: '/root', TERM: 'dumb', LC_ALL: 'C' };
/** What all lines of a run may take together, in ms. */
const PATIENCE = 500_000;

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
function parts(whole: Outcome): Outcome[] {
  const stdout = whole.stdout.split(new RegExp(`${MARK}\\d*\n`));
  const stderr = whole.stderr.split(new RegExp(`${MARK}\\d*\n`));
  return stdout.slice(1, -1).map((text, index) => {
    const [printed = '', status = 'none'] = text.split(`${MARK}-status `);
    return { stdout: printed, stderr: stderr[index + 1] ?? '', status: Number(status) };
  });
}

export interface Both {
  readonly native: readonly Outcome[];
  readonly nested: readonly Outcome[];
  /** What the script itself said before the first line and at the end of the nested run. */
  readonly rest: Outcome;
}

/** Runs the lines on the real kernel and in nestlab. */
export function runBoth(lines: readonly string[]): Both {
  const command = ['/bin/sh', '-c', script(lines)];
  const scratch = mkdtempSync(join(tmpdir(), 'nestlab-scratch-'));
  chmodSync(scratch, 0o1777);
  const setting = { environment: ENVIRONMENT, scratch, patience: PATIENCE };
  const theirs = native(ROOT, command, setting);
  rmSync(scratch, { recursive: true });
  // xz asks for 94 MB with its default preset, which Linux refuses where the machine has less.
  const ours = nested(ROOT, command, { ...setting, options: ['--mem', '512M'] });
  return { native: parts(theirs), nested: parts(ours), rest: ours };
}
