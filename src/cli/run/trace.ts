import type { Observer } from '../../kernel/platform.ts';
import { parseFilter } from '../../lab/strace/filter.ts';
import { JsonLog } from '../../lab/strace/json.ts';
import { StraceLog } from '../../lab/strace/log.ts';
import { Summary, summaryText } from '../../lab/strace/summary.ts';
import { Failure } from '../failure.ts';
import type { Log } from './log.ts';

/** What watches the system calls of a run, by kernel, and what is left to print at its end. */
export interface Trace {
  /** Of the kernel that has so many below it; undefined where it is not traced. */
  observer(depth: number): Observer | undefined;
  finish(): void;
}

/** One kernel's observer, and its last lines. */
interface Tracer {
  readonly observer: Observer;
  finish(): void;
}

/**
 * The trace that --strace, -c and --json ask for, of the kernel above all `guests` or of the one that --strace-depth
 * names. `now` is the virtual time in ns.
 */
export function traceOf(
  filter: string,
  options: { readonly summary?: boolean; readonly json?: boolean; readonly straceDepth?: string },
  guests: number,
  log: Log,
  now: () => number,
): Trace {
  const parsed = parseFilter(filter);
  if ('error' in parsed)
    throw new Failure(`--strace: ${parsed.error} Write it as --strace=open,close or --strace=%file`);
  const { shows } = parsed;
  const wanted = depthOf(options.straceDepth, guests);
  const tracers: Tracer[] = [];
  return {
    observer(depth) {
      if (wanted !== 'all' && depth !== wanted) return undefined;
      const tracer = tracerOf(depth, shows, options, log, now);
      tracers.push(tracer);
      return tracer.observer;
    },
    finish() {
      for (const tracer of tracers) tracer.finish();
    },
  };
}

function depthOf(text: string | undefined, guests: number): number | 'all' {
  if (text === undefined) return guests;
  if (text === 'all') return text;
  const depth = /^\d$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  if (depth > guests)
    throw new Failure(`--strace-depth: "${text}" is no depth of this run. Give 0 (the host) to ${guests}, or all`);
  return depth;
}

function tracerOf(
  depth: number,
  shows: (number: number) => boolean,
  options: { readonly summary?: boolean; readonly json?: boolean },
  log: Log,
  now: () => number,
): Tracer {
  if (options.summary) {
    const observer = new Summary(shows, now);
    const text = (): string =>
      options.json ? JSON.stringify(observer.rows()) : summaryText(observer.rows()).replace(/\n$/, '');
    return { observer, finish: () => log.line(text()) };
  }
  const settings = { depth, shows, events: true, emit: (line: string) => log.line(line) };
  if (options.json) return { observer: new JsonLog(settings), finish: () => {} };
  const observer = new StraceLog(settings);
  return { observer, finish: () => observer.close() };
}
