import type { Observer } from '../../kernel/platform.ts';
import { parseFilter } from '../../lab/strace/filter.ts';
import { JsonLog } from '../../lab/strace/json.ts';
import { StraceLog } from '../../lab/strace/log.ts';
import { Summary, summaryText } from '../../lab/strace/summary.ts';
import { Failure } from '../failure.ts';
import type { Log } from './log.ts';

/** What watches the system calls of a run, and what is left to print at its end. */
export interface Trace {
  readonly observer: Observer;
  finish(): void;
}

/** The trace that --strace, -c and --json ask for. `now` is the virtual time in ns. */
export function traceOf(
  filter: string,
  options: { readonly summary?: boolean; readonly json?: boolean },
  log: Log,
  now: () => number,
): Trace {
  const parsed = parseFilter(filter);
  if ('error' in parsed)
    throw new Failure(`--strace: ${parsed.error} Write it as --strace=open,close or --strace=%file`);
  const { shows } = parsed;
  if (options.summary) {
    const observer = new Summary(shows, now);
    const text = (): string =>
      options.json ? JSON.stringify(observer.rows()) : summaryText(observer.rows()).replace(/\n$/, '');
    return { observer, finish: () => log.line(text()) };
  }
  const settings = { depth: 0, shows, events: true, emit: (line: string) => log.line(line) };
  if (options.json) return { observer: new JsonLog(settings), finish: () => {} };
  const observer = new StraceLog(settings);
  return { observer, finish: () => observer.close() };
}
