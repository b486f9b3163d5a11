/**
 * What hostile programs get at, under every tower: each attack of program/*.c prints what came of it, beside a victim with
 * a secret in the same guest; the table says what it must print, and where a published mechanism is weak.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { ATTEMPTS, PROTECTED, SHARING, WEAK } from './attempts.ts';
import { buildAttacks, execute, guest, type Outcome, SECRET, sections } from './lab.ts';

const program = buildAttacks();
const missing = typeof program === 'string' ? program : undefined;
if (missing !== undefined && process.env.NESTLAB_REQUIRE_BINARIES === '1') throw new Error(missing);
const files = { '/bin/attack': program as Uint8Array };

/** Attacks of an application two kernels up: at the stubs of both. */
const INSIDE = ['deface', 'scribble', 'ruin', 'batch', 'resume', 'stack', 'returns', 'note', 'unmount'];
/** A run of all attacks, on a busy machine. */
const PATIENCE = 400_000;

describe.skipIf(missing).each(PROTECTED)('under %s', (tower) => {
  let outcome: Outcome;
  let found: ReadonlyMap<string, string>;
  beforeAll(() => {
    outcome = execute(guest(tower, ['/bin/attack', 'all']), files);
    found = sections(outcome.output);
  }, PATIENCE);

  it.each(Object.entries(ATTEMPTS))('%s', (name, { expected, shared }) => {
    expect(found.get(name)?.split('\n')).toEqual(SHARING.has(tower) ? (shared ?? expected) : expected);
  });

  it('the secret stays, the victim is as it was, guest kernel and host kernel go on', () => {
    expect([...found.keys()].filter((name) => name in ATTEMPTS)).toEqual(Object.keys(ATTEMPTS));
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

describe.skipIf(missing)('a guest in a guest', () => {
  it('the inner application gets neither at the inner nor at the outer guest kernel', () => {
    const words = guest('sysemu', guest('skas', ['/bin/attack', 'pages', ...INSIDE], '16M'), '48M');
    const outcome = execute(words, files, { memory: 96 << 20 });
    const found = sections(outcome.output);
    for (const name of INSIDE) expect(found.get(name)?.split('\n'), name).toEqual(ATTEMPTS[name].expected);
    expect(found.get('pages')).toMatch(/^bfffc000-bfffd000 readable\nbfffd000-bfffe000 writable\n[\s\S]*no secret$/);
    expect(outcome.output).not.toContain(SECRET.trim());
    expect(outcome.output).not.toContain('VICTIM');
    expect(outcome).toMatchObject({ status: 0, violations: [] });
  });
});
