/** A comparison made of given counts: cycles, ratios, rankings, files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS, type Event } from '../../../src/abi/events.ts';
import { comparisonOf, type Question } from '../../../src/lab/compare/comparison.ts';
import { cyclesOf } from '../../../src/lab/compare/cycles.ts';
import { toCsv, toJson, toMarkdown } from '../../../src/lab/compare/export.ts';
import type { Measured } from '../../../src/lab/compare/measure.ts';
import { sensitivityOf } from '../../../src/lab/compare/sensitivity.ts';
import { type Sample, slope } from '../../../src/lab/compare/slope.ts';
import { standingsOf } from '../../../src/lab/compare/summary.ts';
import { OPERATIONS } from '../../../src/lab/operations.ts';
import { PRICED, PROFILES } from '../../../src/lab/profiles/profile.ts';

type Given = Partial<Record<Event, number>> & { readonly calls?: Readonly<Record<string, number>> };

/** Counts by depth; what is not given is 0. */
function sample(instructions: number, ...depths: readonly Given[]): Sample {
  const names = Object.keys(EVENTS) as Event[];
  return {
    instructions,
    depths: depths.map(({ calls = {}, ...given }) => ({
      events: Object.fromEntries(names.map((name) => [name, given[name] ?? 0])) as Record<Event, number>,
      calls,
    })),
  };
}

const [pentium, pentium3] = PROFILES;
const measured = (perOperation: Sample): Measured => ({ count: 16, perOperation });
const question = (towers: readonly string[], depths: readonly number[] = [1]): Question => ({
  towers,
  operations: [OPERATIONS[0]],
  depths,
  baseline: 'native',
  profile: pentium,
});
const NATIVE = sample(10, { crossingSoftware: 1, callTrap: 1, systemCall: 1 });

describe('a slope', () => {
  it('is exact, and has fractions where there are any', () => {
    const few = sample(100, { pageFault: 7, calls: { read: 5 } });
    const many = sample(180, { pageFault: 10, calls: { read: 5, write: 8 } }, { taskSwitch: 4 });
    const each = slope(few, many, 8);
    expect(each.instructions).toBe(10);
    expect(each.depths[0].events.pageFault).toBe(0.375);
    expect(each.depths[0].calls).toEqual({ write: 1 });
    expect(each.depths[1].events.taskSwitch).toBe(0.5);
  });
});

describe('cycles', () => {
  it('of a null call on the host kernel are its published price, and its instructions', () => {
    for (const profile of PROFILES) expect(cyclesOf(NATIVE, profile)).toBe(profile.prices.call.cycles + 10);
  });

  it('charge the machine once and kernels at every depth, without the crossing that is counted already', () => {
    const nested = sample(
      0,
      { crossingSoftware: 3, crossingException: 2, callTrap: 2, pageFault: 1, pageTableSwitch: 4, tlbMiss: 5 },
      { callTrap: 1, pageFault: 1, signalFrame: 1 },
    );
    // Pentium: 2 calls, a fault, 2 other crossings, CR3, TLB; then a call, a fault and a frame of the guest kernel.
    const machine = 2 * 223 + 1500 + 2 * 75 + 4 * 34 + 5 * 9;
    expect(cyclesOf(nested, pentium)).toBe(machine + (223 - 75) + (1500 - 75) + (2000 - 2 * 223));
  });

  it('of a task switch contain its page-table switch once', () => {
    const twice = sample(0, { taskSwitch: 2, pageTableSwitch: 2 });
    expect(cyclesOf(twice, pentium3)).toBe(2 * 504);
  });
});

describe('a comparison', () => {
  it('has the baseline first, ratios to it, and the growth of each level', () => {
    const deep = (crossings: number) => measured(sample(0, { crossingSoftware: crossings, callTrap: crossings }));
    const { tables } = comparisonOf(question(['sysemu', 'native'], [1, 2]), [measured(NATIVE), deep(8), deep(66)]);
    expect(tables[0].rows.map(({ tower, depth }) => `${tower} ${depth}`)).toEqual(['native 0', 'sysemu 1', 'sysemu 2']);
    expect(tables[0].rows).toMatchObject([{ ratio: 1 }, { ratio: (8 * 223) / 233 }, { growth: 8.25 }]);
  });

  it('shows why a tower refuses, and leaves it out of the standings', () => {
    const comparison = comparisonOf(question(['sysemu']), [measured(NATIVE), { refused: 'no room, "none" at all' }]);
    expect(comparison.tables[0].rows[1]).toEqual({ tower: 'sysemu', depth: 1, refused: 'no room, "none" at all' });
    expect(standingsOf(comparison)).toEqual([{ tower: 'native', depth: 0, times: 1 }]);
    expect(toCsv(comparison)).toContain(',"no room, ""none"" at all"\n');
    expect(toMarkdown(comparison)).toContain('| sysemu | 1 | refused: no room, "none" at all |');
  });

  it('is a file without times, the same for the same counts', () => {
    const make = () => toJson(comparisonOf(question([]), [measured(NATIVE)]));
    expect(make()).toBe(make());
    expect(JSON.parse(make())).toMatchObject({
      baseline: { tower: 'native', depth: 0 },
      operations: [
        { name: 'null', count: 16, rows: [{ cycles: 233, ratio: 1, counts: { crossings: 1, tlbMisses: 0 } }] },
      ],
    });
  });
});

describe('sensitivity', () => {
  // Ten page faults (assumed: 1500 each) against more calls (measured: 223 each).
  const faults = sample(0, { crossingException: 10, pageFault: 10 });
  const calls = (count: number) => sample(0, { crossingSoftware: count, callTrap: count });
  const flips = (count: number) =>
    sensitivityOf(comparisonOf(question(['skas', 'sysemu']), [NATIVE, faults, calls(count)].map(measured))).flips;

  it('names the price that decides who is ahead', () => {
    expect(flips(50)).toEqual([
      {
        operation: 'null',
        price: 'fault',
        factor: 0.5,
        ahead: { tower: 'sysemu', depth: 1 },
        behind: { tower: 'skas', depth: 1 },
      },
    ]);
  });

  it('says nothing where the distance is more than what is assumed', () => {
    expect(flips(20)).toEqual([]);
  });
});

describe('profiles', () => {
  it.each(PROFILES.map((profile) => [profile.name, profile] as const))(
    '%s has every price, with a source',
    (_, profile) => {
      expect(Object.keys(profile.prices).sort()).toEqual(Object.keys(PRICED).sort());
      for (const price of Object.values(profile.prices)) {
        expect(price.cycles).toBeGreaterThan(0);
        expect(['measured', 'assumed']).toContain(price.basis);
        expect(price.source.length).toBeGreaterThan(10);
        if (!price.range) continue;
        expect(price.cycles).toBeGreaterThanOrEqual(price.range[0]);
        expect(price.cycles).toBeLessThanOrEqual(price.range[1]);
      }
    },
  );

  it('are what docs/profiles.md says', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/profiles.md'), 'utf8');
    for (const name of Object.keys(PRICED) as (keyof typeof PRICED)[]) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      const cells = row
        .split('|')
        .slice(3, -1)
        .map((cell) => cell.trim());
      expect(cells).toEqual(
        PROFILES.map(({ prices }) => `${prices[name].cycles}${prices[name].basis === 'assumed' ? '*' : ''}`),
      );
    }
  });
});
