/** `nestlab explain` and `nestlab scenario` as a user meets them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nestlab } from './nestlab.ts';

const folder = mkdtempSync(join(tmpdir(), 'nestlab-scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Status and the one line of standard error. */
function refused(...words: string[]): unknown[] {
  const { status, stderr, stdout } = nestlab(words);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  return [status, stderr.trim()];
}

describe('nestlab explain', () => {
  it('shows the crossings of a null call in 80 columns, with their sums', () => {
    const { status, stdout, stderr } = nestlab(['explain', 'sysemu', 'getpid']);
    const lines = Buffer.from(stdout, 'latin1').toString('utf8').split('\n');
    expect([status, stderr]).toEqual([0, '']);
    expect(lines[0]).toBe('null system call (null), sysemu');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => /^ ?\d+ {2}/.test(line))).toHaveLength(16);
    expect(lines).toContain(' 1  app/3   host    int 0x80 3→0  A     getpid()');
    expect(lines).toContain('16  host    app/3   iret     0→3  B→A   getpid = 2');
    expect(stdout).toMatch(/^ +8 crossings in, as many out +2 task switches$/m);
  });

  it('says the same as JSON', () => {
    const { status, stdout } = nestlab(['explain', 'skas', 'null', '--json']);
    const { towers, operation, totals, lines } = JSON.parse(stdout);
    expect([status, towers, operation]).toEqual([0, ['skas'], 'null']);
    expect(totals).toMatchObject({ crossings: 11, taskSwitches: 4, pageTableSwitches: 2, ptraceRequests: 8 });
    expect(lines.filter(({ kind }: { kind: string }) => kind === 'crossing')).toHaveLength(22);
  });

  it.each([
    [['sysem', 'null'], /^nestlab: explain: sysem: .* Did you mean sysemu\?$/],
    [['sysemu', 'getpd'], /^nestlab: explain: getpd: there is no such operation\. Did you mean getpid\?$/],
    [['sysemu', 'null', '--depth', '9'], /^nestlab: explain: depth 9: guest kernels nest 1 to 4 deep/],
    [['sysemu', 'null', '--depth', 'two'], /^nestlab: --depth: "two" is not a number/],
    [['sysemu/skas', 'null', '--depth', '3'], /^nestlab: explain: depth 3: sysemu\/skas is 2 deep/],
    [['native', 'null', '--depth', '1'], /^nestlab: explain: native has no guest kernel/],
    [['sysemu', 'cpu'], /^nestlab: explain: cpu: nothing .* crosses a ring/],
    [['sysemu'], /^nestlab: missing required argument 'OPERATION'\. See: nestlab explain --help$/],
  ])('explain %j is refused in one line', (words, line) => {
    expect(refused('explain', ...words)).toEqual([125, expect.stringMatching(line)]);
  });
});

describe('nestlab scenario', () => {
  it('lists our own', () => {
    const { status, stdout } = nestlab(['scenario']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^nesting +a null call /m);
    expect(stdout).toMatch(/^sysemu +as skas, /m);
  });

  it('prints one with its defaults, which is a scenario again', () => {
    const small = file('small.json', '{"title": "t", "towers": ["skas"], "depth": 2, "operations": ["getpid"]}');
    const { status, stdout } = nestlab(['scenario', small, '--print']);
    expect(status).toBe(0);
    const printed = JSON.parse(stdout);
    expect(printed).toEqual({
      title: 't',
      depth: 1,
      towers: ['skas/skas'],
      operations: ['null'],
      programs: [],
      expect: {},
    });
    expect(nestlab(['scenario', file('again.json', stdout), '--print']).stdout).toBe(stdout);
  });

  it('succeeds where all is as expected', () => {
    const good = { title: 'good', towers: ['native', 'sysemu'], expect: { sysemu: { null: { crossings: 8 } } } };
    const { status, stdout } = nestlab(['scenario', file('good.json', JSON.stringify(good))]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^native +null +1 crossings, 0 task switches, 1 host calls$/m);
    expect(stdout).toMatch(/^sysemu +null +1 counts as expected$/m);
  });

  it('fails where something is not, and says what', () => {
    const bad = {
      title: 'bad',
      towers: ['sysemu'],
      programs: [{ argv: ['/bin/sh', '-c', 'echo x; exit 3'], output: 'y\n' }],
      expect: { sysemu: { null: { crossings: 7 } } },
    };
    const path = file('bad.json', JSON.stringify(bad));
    const { status, stdout, stderr } = nestlab(['scenario', path]);
    expect(status).toBe(1);
    expect(stdout).toContain('    crossings: 7 expected, 8 counted\n');
    expect(stdout).toContain('    status: 0 expected, 3 came\n');
    expect(stdout).toContain('    output: "y\\n" expected, "x\\n" came\n');
    expect(stderr).toContain(`nestlab: ${path}: 2 of 2 not as expected.`);
  });

  it('refuses a wrong file in one line', () => {
    const wrong = file('wrong.json', '{"title": "t", "tower": ["skas"]}');
    expect(refused('scenario', wrong)).toEqual([125, expect.stringContaining('"towers" is missing')]);
    const typo = file('typo.json', '{"title": "t", "towers": ["skas"], "operation": []}');
    expect(refused('scenario', typo)).toEqual([
      125,
      `nestlab: ${typo}: there is no key "operation" here. Did you mean "operations"?`,
    ]);
    const half = file('half.json', '{"title": "t",\n');
    expect(refused('scenario', half)).toEqual([
      125,
      `nestlab: ${half}: line 2, column 1: not JSON: the end comes too early`,
    ]);
    expect(refused('scenario', 'sysem')).toEqual([125, expect.stringMatching(/Did you mean sysemu\?$/)]);
    expect(refused('scenario', folder)).toEqual([125, expect.stringContaining('it is a directory')]);
  });
});
