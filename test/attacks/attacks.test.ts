/**
 * What hostile programs get at, under every tower: each attack of program/*.c prints what came of it, beside a victim with
 * a secret in the same guest; the table says what it must print, and where a published mechanism is weak.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Runs } from './apart.ts';
import { linesFor, TOWERS } from './attempt.ts';
import { ATTEMPTS, WEAK } from './attempts.ts';
import { EXTENSIONS } from './extensions.ts';
import { buildAttacks, guest, type Outcome, SECRET, sections } from './lab.ts';

const program = buildAttacks();
const missing = typeof program === 'string' ? program : undefined;
if (missing !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(missing);

const ALL = { ...ATTEMPTS, ...EXTENSIONS };
/** All runs, on a busy machine. */
const PATIENCE = 600_000;
/** Attacks of an application two kernels up: at the doors of both, at their memory, by scripts and by steps. */
const DEEP = [
  ...['deface', 'ruin', 'returns', 'above', 'stale', 'twins', 'deposit', 'selfmem'],
  ...['foreign', 'forged', 'detaches', 'outlive', 'tables', 'flagged', 'stepping', 'vectors', 'handmade'],
];
/** Outer and inner guest kernel. */
const NESTS = [
  ['sysemu', 'skas'],
  ['ktrace+pagetables', 'sysemu'],
  ['sysemu', 'ktrace+pagetables'],
  ['gate', 'ktrace'],
] as const;

let runs: Runs;
const towers = new Map<string, Promise<Outcome>>();
const nests = new Map<string, Promise<Outcome>>();
const weak = new Map<string, Promise<Outcome>>();
if (missing === undefined)
  beforeAll(() => {
    runs = new Runs(program as Uint8Array);
    for (const tower of Object.keys(TOWERS)) towers.set(tower, runs.run(guest(tower, ['/bin/attack', 'all'])));
    for (const [outer, inner] of NESTS) {
      const words = guest(outer, guest(inner, ['/bin/attack', ...DEEP], '16M'), '48M');
      nests.set(`${inner} on ${outer}`, runs.run(words, { memory: 96 << 20 }));
    }
    for (const name of Object.keys(WEAK)) weak.set(name, runs.run(guest('tt', ['/bin/attack', name])));
  });
afterAll(() => runs?.close());

describe.skipIf(missing).each(Object.entries(TOWERS))('under %s', (tower, facts) => {
  let outcome: Outcome;
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    outcome = await towers.get(tower)!;
    found = sections(outcome.output);
  }, PATIENCE);

  it.each(Object.entries(ALL))('%s', (name, attempt) => {
    expect(found.get(name)).toEqual(linesFor(attempt, facts));
  });

  it('the secret stays, the victim is as it was, guest kernel and host kernel go on', () => {
    expect([...found.keys()].filter((name) => name in ALL).sort()).toEqual(Object.keys(ALL).sort());
    expectUnharmed(outcome);
  });
});

describe.skipIf(missing).each(NESTS)('under %s, on which %s is', (outer, inner) => {
  it(
    'the application gets neither at the inner nor at the outer guest kernel',
    async () => {
      const outcome = await nests.get(`${inner} on ${outer}`)!;
      const found = sections(outcome.output);
      // What limits the outer kernel's applications limits theirs.
      const facts = { ...TOWERS[outer], ...TOWERS[inner] };
      for (const name of DEEP) expect(found.get(name), name).toEqual(linesFor(ALL[name], facts));
      expectUnharmed(outcome);
    },
    PATIENCE,
  );
});

describe.skipIf(missing)('under tt, which protects nothing', () => {
  it.each(Object.entries(WEAK))(
    '%s',
    async (name, { expected, status }) => {
      const outcome = await weak.get(name)!;
      expect(outcome.output.replace(/^nestlab: .*\n/gm, '').trimEnd()).toMatch(expected);
      expect(outcome).toMatchObject({ status, violations: [] });
    },
    PATIENCE,
  );
});

function expectUnharmed(outcome: Outcome): void {
  expect(outcome.output).not.toContain(SECRET.trim());
  expect(outcome.output).not.toContain('VICTIM');
  expect(outcome.output).toContain('== end');
  expect(outcome).toMatchObject({ status: 0, violations: [] });
}
