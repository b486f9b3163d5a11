/** What probes there are, with what is known at each: for `nestlab ktrace -l` and the reference. */
import { syscallNamed } from '../abi/syscalls.ts';
import { type Probe, probeName, probesOf } from './probes.ts';
import { VARIABLES, type Variable, variablesAt } from './variables.ts';

/** One probe with the names that are known there and not everywhere. */
export interface Listed {
  readonly probe: string;
  readonly args: readonly { readonly name: string; readonly type: string; readonly says: string }[];
}

/** The probes that a name with globs stands for. */
export function listProbes(pattern: string): readonly Listed[] {
  return probesOf(pattern).map((probe) => ({ probe: probeName(probe), args: argumentsOf(probe) }));
}

function argumentsOf(probe: Probe): Listed['args'] {
  const own = variablesAt(probe.kind).filter(({ at }) => at !== undefined && !EVERYWHERE_ALMOST.has(at));
  const call = probe.provider === 'syscall' ? syscallNamed(probe.parts[0]) : undefined;
  const isArgument = ({ name }: Variable): boolean => /^arg\d$/.test(name);
  return own
    .filter((row) => !call || !isArgument(row) || Number(row.name[3]) < call.args.length)
    .map((row) => ({
      name: row.name,
      type: row.type,
      says: call && isArgument(row) ? call.args[Number(row.name[3])] : row.says,
    }));
}

/** Names that only crossings lack are listed once, below. */
const EVERYWHERE_ALMOST: ReadonlySet<readonly string[]> = new Set(
  VARIABLES.filter(({ name }) => name === 'ip' || name === 'sp').map(({ at }) => at!),
);

/** A line per probe: `syscall:open:entry  name number arg0(path) ...`, and one about what is known everywhere. */
export function listingText(listed: readonly Listed[]): string {
  const width = Math.min(40, Math.max(...listed.map(({ probe }) => probe.length)));
  const lines = listed.map(({ probe, args }) => {
    const shown = args.map(({ name, says }) =>
      /^arg\d$/.test(name) && !says.includes(' ') ? `${name}(${says})` : name,
    );
    return `${probe.padEnd(width)}  ${shown.join(' ')}`.trimEnd();
  });
  const everywhere = VARIABLES.filter(({ at }) => at === undefined || EVERYWHERE_ALMOST.has(at)).map(
    ({ name }) => name,
  );
  return `${lines.join('\n')}\n\nat every probe: ${everywhere.join(' ')}\n`;
}
