/** What one operation adds: the difference of two runs that differ in how often they do it. */
import type { Event } from '../../abi/events.ts';
import { type DepthStat, statOf } from '../stat.ts';
import type { Trial } from '../trial.ts';

/** Counts by depth from 0 on, and instructions retired: of a run, or of one operation (then fractions are possible). */
export interface Sample {
  readonly instructions: number;
  readonly depths: readonly DepthStat[];
}

/** The counts of a run. */
export function sampleOf({ run }: Trial): Sample {
  const { cpu, ledger } = run.machine;
  const { instructions, events, calls, guests } = statOf(ledger.depths, cpu.retired, 0);
  return { instructions, depths: [{ events, calls }, ...guests.map(({ depth: _, ...stat }) => stat)] };
}

/**
 * (many - few) / count, where `many` did the operation `count` times more often than `few`. Start-up, and whatever else
 * both did, drops out; nothing is rounded.
 */
export function slope(few: Sample, many: Sample, count: number): Sample {
  const per = (after: number, before = 0): number => (after - before) / count;
  return {
    instructions: per(many.instructions, few.instructions),
    depths: many.depths.map(({ events, calls }, depth) => {
      const before = few.depths[depth];
      const names = [...new Set([...Object.keys(calls), ...Object.keys(before?.calls ?? {})])];
      return {
        events: Object.fromEntries(
          Object.entries(events).map(([name, n]) => [name, per(n, before?.events[name as Event])]),
        ) as Record<Event, number>,
        calls: Object.fromEntries(
          names.map((name) => [name, per(calls[name] ?? 0, before?.calls[name])]).filter(([, n]) => n !== 0),
        ),
      };
    }),
  };
}
