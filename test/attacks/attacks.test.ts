/**
 * What hostile programs get at, under every tower: each attack of program/*.c prints what came of it, beside a victim with
 * a secret in the same guest; the table says what it must print, and where a published mechanism is weak.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { linesFor, TOWERS } from './attempt.ts';
import { ATTEMPTS, WEAK } from './attempts.ts';
import { EXTENSIONS } from './extensions.ts';
import { buildAttacks, execute, guest, type Outcome, SECRET, sections } from './lab.ts';

const program = buildAttacks();
const missing = typeof program === 'string' ? program : undefined;
if (missing !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(missing);
const files = { '/bin/attack': program as Uint8Array };

const ALL = { ...ATTEMPTS, ...EXTENSIONS };
/** A run of all attacks, on a busy machine. */
const PATIENCE = 400_000;

describe.skipIf(missing).each(Object.entries(TOWERS))('under %s', (tower, facts) => {
  let outcome: Outcome;
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    outcome = execute(guest(tower, ['/bin/attack', 'all']), files);
    found = sections(outcome.output);
  }, PATIENCE);

  it.each(Object.entries(ALL))('%s', (name, attempt) => {
    expect(found.get(name)).toEqual(linesFor(attempt, facts));
  });

  it('the secret stays, the victim is as it was, guest kernel and host kernel go on', () => {
    expect([...found.keys()].filter((name) => name in ALL).sort()).toEqual(Object.keys(ALL).sort());
    expect(outcome.output).not.toContain(SECRET.trim());
    expect(outcome.output).not.toContain('VICTIM');
    expect(outcome.output).toContain('== end');
    expect(outcome).toMatchObject({ status: 0, violations: [] });
  });
});

describe.skipIf(missing)('under tt, which protects nothing', () => {
  it.each(Object.entries(WEAK))('%s', (name, { expected, status }) => {
    const outcome = execute(guest('tt', ['/bin/attack', name]), files);
    expect(outcome.output.replace(/^nestlab: .*\n/gm, '').trimEnd()).toMatch(expected);
    expect(outcome).toMatchObject({ status, violations: [] });
  });
});
