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
export function reportText(file: string, model: Model, report: Report): string {
  const lacking = report.features.filter(({ what }) => !(model.features as ReadonlySet<string>).has(what));
  const kind = report.dynamic ? 'dynamic: the code of its libraries is not looked at' : 'static';
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
