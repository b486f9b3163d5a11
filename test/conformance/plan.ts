/** Which program is run under which towers: a rule, so that nobody picks what passes. */
import { TOWERS } from '../../src/lab/registry.ts';
import type { Program } from './program.ts';

/** One chain of towers, the outermost first, and what is run under it. */
export interface Job {
  readonly towers: readonly string[];
  readonly programs: readonly Program[];
}

/** NESTLAB_CONFORMANCE=full: every program under every tower, a third at depth 2, a dozen at depth 3. */
export const FULL = process.env.NESTLAB_CONFORMANCE === 'full';

const NAMES = TOWERS.map(({ name }) => name);
/** The tower on which everything is run every time. */
const QUICKEST = 'sysemu';
const OTHERS = NAMES.filter((name) => name !== QUICKEST);
/** Of as many programs each other tower gets one. */
const SPARSE = 12;
const DOZEN = 12;
/** Towers that are run at depth 3 too: below umlinux, which traces its own kernel, every level costs more than a minute. */
const FAST = NAMES.filter((name) => name !== 'umlinux');

/** Everything at depth 1 on the quickest tower. */
export function everything(programs: readonly Program[]): Job[] {
  return [{ towers: [QUICKEST], programs }];
}

/** Depth 1 on the other towers: every program, or each tower another twelfth. */
export function others(programs: readonly Program[]): Job[] {
  return OTHERS.map((name, n) => ({
    towers: [name],
    programs: FULL ? programs : programs.filter((_, at) => at % SPARSE === n % SPARSE),
  }));
}

/** Depth 2: each tower in itself and in its neighbour; a third of the programs. */
export function twice(programs: readonly Program[]): Job[] {
  return NAMES.flatMap((name, n) => [
    { towers: [name, name], programs: programs.filter((_, at) => at % 3 === n % 3) },
    { towers: [name, NAMES[(n + 1) % NAMES.length]], programs: programs.filter((_, at) => at % 3 === (n + 1) % 3) },
  ]);
}

/** Depth 3: each tower in itself; a dozen programs. */
export function thrice(programs: readonly Program[]): Job[] {
  const step = Math.ceil(programs.length / DOZEN);
  return FAST.map((name, n) => ({
    towers: [name, name, name],
    programs: programs.filter((_, at) => at % step === n % step),
  }));
}

/** Deeper towers every time: the small programs, dealt out to all chains of depth 2, one for each of depth 3 and 4. */
export function deepSample(small: readonly Program[]): Job[] {
  const mixed = NAMES.map((name, n) => [name, NAMES[(n + 1) % NAMES.length]]);
  return [
    ...mixed.map((towers, n) => ({ towers, programs: small.filter((_, at) => at % mixed.length === n) })),
    ...FAST.map((name, n) => ({ towers: [name, name, name], programs: [small[n % small.length]] })),
    { towers: [QUICKEST, QUICKEST, QUICKEST, QUICKEST], programs: small.slice(0, 1) },
  ];
}
