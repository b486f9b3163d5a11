import type { Report, Tally } from '../lab/check/report.ts';
import type { Model } from '../machine/model.ts';

/** Functions that are named for one finding. */
const PLACES = 4;

function line({ what, count, where }: Tally, width: number): string {
  const shown = where.slice(0, PLACES).map(({ symbol, count: n }) => (n === 1 ? symbol : `${symbol} (${n})`));
  const more = where.length > PLACES ? `, and ${where.length - PLACES} more` : '';
  return `  ${what.padEnd(width)} ${String(count).padStart(6)}  ${shown.join(', ')}${more}\n`;
}

function block(title: string, tallies: readonly Tally[]): string {
  if (tallies.length === 0) return '';
  const width = Math.max(12, ...tallies.map(({ what }) => what.length));
  return `\n${title}\n${tallies.map((tally) => line(tally, width)).join('')}`;
}

function restrictions({ restrictedCalls }: Report): string {
  if (restrictedCalls.length === 0) return '';
  const width = Math.max(12, ...restrictedCalls.map(({ name }) => name.length));
  const lines = restrictedCalls.map(({ name, note }) => `  ${name.padEnd(width)}  ${note}\n`);
  return `\nSystem calls that are there with a restriction\n${lines.join('')}`;
}

/** The verdict of `nestlab check` for people: what is not supported, by symbol, and which processor the program needs. */
export function reportText(file: string, model: Model, report: Report, withLibraries = false): string {
  const lacking = report.features.filter(({ what }) => !(model.features as ReadonlySet<string>).has(what));
  const hint = withLibraries ? '' : ' (its libraries are not looked at: name their root with --root DIR)';
  const kind = report.dynamic ? `dynamic${hint}` : 'static';
  const names = report.symbols === 0 ? 'no symbols: places are addresses' : `${report.symbols} symbols`;
  const calls = report.calls.length + report.unsupportedCalls.length;
  const unknown = report.unknownCalls === 0 ? '' : `, and ${report.unknownCalls} where the number is computed`;
  return [
    `${file}: i386 executable, ${kind}; ${names}\n`,
    `system calls: ${calls} kinds, ${report.unsupportedCalls.length} not supported${unknown}\n`,
    `processor: ${report.model ?? 'none of ours has all that its code contains'}`,
    lacking.length === 0
      ? `; ${model.name} has all of it\n`
      : `; ${model.name} lacks ${lacking.map((t) => t.what).join(', ')}\n`,
    block('System calls that are not supported', report.unsupportedCalls),
    restrictions(report),
    block('Instructions that no processor model has (code behind a CPUID check is never reached)', report.opcodes),
    block(`Instructions that ${model.name} has not (likewise)`, lacking),
    block('Instructions that only a kernel may execute', report.privileged),
  ].join('');
}

/** A library of a program, looked at like the program itself. */
export interface CheckedLibrary {
  readonly name: string;
  /** Path in the root, '' where it is not there. */
  readonly path: string;
  readonly by: string;
  /** Why it cannot be used, '' where it can. */
  readonly why: string;
  readonly report: Report | undefined;
}

/** Its libraries, a line each: where they are, and the system calls in their code that are not supported. */
export function librariesText(
  libraries: readonly CheckedLibrary[],
  dynamic: boolean,
  root: string | undefined,
): string {
  if (root === undefined || !dynamic) return '';
  const width = Math.max(...libraries.map(({ name }) => name.length));
  const lines = libraries.map(({ name, path, by, why, report }) => {
    if (path === '') return `  ${name.padEnd(width)}  not in --root ${root}; needed by ${by}\n`;
    if (report === undefined) return `  ${name.padEnd(width)}  ${path}: ${why}\n`;
    const calls = report.unsupportedCalls.map(({ what }) => what);
    return `  ${name.padEnd(width)}  ${path}${calls.length === 0 ? '' : `; not supported: ${calls.join(', ')}`}\n`;
  });
  return `\nLibraries\n${lines.join('')}`;
}
