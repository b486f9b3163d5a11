/**
 * Debian's programs on guest kernels: a few lines at depth 2, or a third of all at depth 2 and a dozen at depth 3
 * (NESTLAB_CONFORMANCE=full). The lines are dealt out by a rule, so that nobody picks what passes.
 */
import { LINES } from './lines.ts';
import { OTHERS } from './others.ts';
import { compare } from './run.ts';

const FULL = process.env.NESTLAB_CONFORMANCE === 'full';
const ALL = Object.values({ ...LINES, ...OTHERS }).flat();

/** Towers, the outermost first, and of how many lines one is run. */
const FEW = [[['ktrace+segments', 'sysemu'], 32]] as const;
const MANY = [
  [['sysemu', 'sysemu'], 3],
  [['ktrace+segments', 'ktrace+segments'], 3],
  [['ktrace+pagetables', 'ktrace+pagetables'], 3],
  [['ktrace+segments', 'sysemu'], 3],
  [['ktrace+segments', 'ktrace+segments', 'ktrace+segments'], 21],
  [['sysemu', 'sysemu', 'sysemu'], 21],
] as const;

for (const [n, [towers, step]] of (FULL ? MANY : FEW).entries()) {
  const lines = ALL.filter((_, at) => at % step === n % step);
  compare(`Debian's programs under ${towers.join(' > ')}`, { [`every ${step}th line`]: lines }, towers);
}
