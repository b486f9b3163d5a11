/** `nestlab compare` as a command. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nestlab } from '../nestlab.ts';

const folder = mkdtempSync(join(tmpdir(), 'nestlab-compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs it where it works and says nothing on standard error. */
function compare(...words: readonly string[]): string {
  const { status, stdout, stderr } = nestlab(['compare', ...words]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return Buffer.from(stdout, 'latin1').toString();
}

describe('a table', () => {
  const text = compare('--towers', 'sysemu', '--programs', 'null,pipe');

  it('has a block for each operation, in 80 columns, without colours', () => {
    const lines = text.split('\n');
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
    expect(text).not.toContain('\x1b');
    const at = lines.indexOf('null system call');
    expect(lines.slice(at + 3, at + 5).map((line) => line.split(/ +/))).toEqual([
      ['native', '1', '·', '·', '1', '·', '·', '·', '301', '1.00'],
      ['sysemu', '8', '2', '2', '8', '6', '6', expect.any(String), expect.any(String), expect.any(String)],
    ]);
    expect(lines).toContain('a byte through pipes and back');
  });

  it('says what its columns are, and which nobody has any of', () => {
    expect(text).toContain('  task swap    the host kernel lets another task run\n');
    expect(text).toContain('(nobody has any: seg. chg., sig. frm., map call)');
  });

  it('ends with a sentence', () => {
    expect(text).toMatch(
      /\nSummary \(geometric mean of 2 operations; cycles of Pentium III\)\n {2}native ran\n +[\d.]+ times faster than sysemu\n$/,
    );
  });
});

it('--depth shows how it grows', () => {
  const text = compare('--towers', 'sysemu', '--programs', 'getpid', '--depth', '2');
  expect(text).toMatch(/\nsysemu 1 +8 .*\nsysemu 2 +64 .* 8\.00\n/);
  expect(text).toContain('times faster than sysemu at depth 2');
});

it('a chain of towers is one row', () => {
  expect(compare('--towers', 'sysemu/skas', '--programs', 'null')).toMatch(/\nsysemu\/skas +88 /);
});

it('--sensitivity looks at every price that is assumed', () => {
  const text = compare('--towers', 'sysemu,skas', '--programs', 'null', '--sensitivity', '--profile', 'skylake-2016');
  expect(text).toMatch(/Prices that are assumed for skylake-2016 \(call, segment,\s/);
  expect(text.replaceAll('\n', ' ')).toContain('each by half and twice: none of 3 rankings changes.');
});

it('--cycles says what the cycles are for: the columns add up', () => {
  const text = compare(
    '--cycles',
    '--towers',
    'ktrace+segments',
    '--programs',
    'null,read',
    '--profile',
    'pentium-1996',
  );
  const lines = text.split('\n');
  for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
  const rows = lines.filter((line) => /^(native|ktrace\+segments) +[\d·]+ /.test(line));
  expect(rows).toHaveLength(4);
  for (const row of rows) {
    const cells = row
      .split(/ +/)
      .slice(1)
      .map((cell) => (cell === '·' ? 0 : Number(cell)));
    expect(cells.slice(0, -2).reduce((sum, cell) => sum + cell)).toBe(cells.at(-2));
  }
  expect(text).toContain('  host call    calls of the host kernel x call\n');
});

it('--overhead is percent beyond the baseline, for each of several processors', () => {
  const towers = 'ktrace+segments,sysemu/ktrace+segments';
  const file = join(folder, 'overhead.json');
  const words = ['--towers', towers, '--programs', 'null,read', '--profile', 'pentium3*,skylake-2016'];
  const lines = compare('--overhead', ...words, '--export-json', file).split('\n');
  for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
  const tables = lines.flatMap((line, n) =>
    /^(Pentium III|Skylake)/.test(line) ? [lines.slice(n, n + 4).map((each) => each.split(/ {2,}|(?<=\d) /))] : [],
  );
  expect(tables).toHaveLength(2);
  const { operations } = JSON.parse(readFileSync(file, 'utf8'));
  const cells = (row: number, cell: (cost: { cycles: number; ratio: number }) => number): string[] =>
    operations.map(({ rows }: { rows: { cycles: number; ratio: number }[] }) => String(Math.round(cell(rows[row]))));
  expect(tables[0].slice(1)).toEqual([
    ['', 'null read'],
    ['native (cycles)', ...cells(0, ({ cycles }) => cycles)],
    ['ktrace+segments', ...cells(1, ({ ratio }) => 100 * (ratio - 1))],
  ]);
  expect(lines.join(' ')).toContain(
    'sysemu/ktrace+segments refused null, read: the guest kernel at depth 2: the kernel at depth 1 cannot limit segments:',
  );
  expect(lines.join(' ')).not.toContain('exit code');
});

describe('files', () => {
  const file = (name: string): string => join(folder, name);

  it('are equal when the question is', () => {
    for (const name of ['a', 'b'])
      compare(
        '--towers',
        'tt',
        '--programs',
        'null,cpu',
        '--export-json',
        file(`${name}.json`),
        '--export-csv',
        file(`${name}.csv`),
      );
    for (const kind of ['json', 'csv'])
      expect(readFileSync(file(`a.${kind}`), 'utf8')).toBe(readFileSync(file(`b.${kind}`), 'utf8'));
    const { operations } = JSON.parse(readFileSync(file('a.json'), 'utf8'));
    expect(operations[0].rows[1].kernels.map(({ calls }: { calls: object }) => 'getpid' in calls)).toEqual([
      false,
      true,
    ]);
    expect(operations[1].rows.map(({ counts }: { counts: { crossings: number } }) => counts.crossings)).toEqual([0, 0]);
  });

  it('- is standard output, and the table is left out', () => {
    const lines = compare('--towers', 'native', '--programs', 'null', '--export-csv', '-').split('\n');
    expect(lines[0]).toMatch(/^operation,tower,depth,crossings,/);
    expect(lines[1]).toBe('null,native,0,1,0,0,0,1,0,0,0,0,0,11,301,1,,');
    expect(lines.length).toBe(3);
  });
});

describe('a mistake is one line, before anything runs', () => {
  it.each([
    ['--towers sysmu', '--towers: sysmu: there is no such tower. Did you mean sysemu?'],
    ['--towers x*', '--towers: x*: no tower is called so. Choose one of native, '],
    ['--towers ,', '--towers: the list is empty. Write it as --towers native,skas'],
    ['--baseline nativ', '--baseline: nativ: there is no such tower. Did you mean native?'],
    ['--programs nul', '--programs: nul: there is no such operation. Did you mean null?'],
    ['--depth 5', '--depth: "5" is not possible. Give the deepest level, 1 to 4, or a range: 2..3'],
    ['--depth 3..2', '--depth: "3..2" is not possible.'],
    ['--profile pentium4', '--profile: pentium4: there is no such profile. Did you mean pentium4-2002?'],
    [
      '--export-json /nothing/x',
      '--export-json: /nothing/x: no such directory. Name a file in a directory that exists',
    ],
    ['--profile skylake-2016,athlon-2002', '--profile: one at a time. Several are shown side by side with --overhead'],
    ['--export-csv /', '--export-csv: /: it is a directory.'],
    ['--export-xml x', "unknown option '--export-xml'. Did you mean --export-csv?"],
  ])('%s', (words, expected) => {
    const { status, stdout, stderr } = nestlab(['compare', ...words.split(' ')]);
    expect(status).toBe(125);
    expect(stdout).toBe('');
    expect(stderr.startsWith(`nestlab: ${expected}`), stderr).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
