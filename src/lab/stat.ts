import { EVENTS, type Event } from '../abi/events.ts';
import { syscallName } from '../abi/syscalls.ts';

/** Numbers of one depth. */
interface Counts {
  readonly counts: ArrayLike<number>;
  readonly calls: ArrayLike<number>;
}

/** What kernels at one depth counted. */
export interface DepthStat {
  readonly events: Readonly<Record<Event, number>>;
  /** System calls by name, in the order of their numbers. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What happened in a run, as numbers only: equal runs give equal objects. `events` and `calls` are those of depth 0. */
export interface Stat extends DepthStat {
  readonly instructions: number;
  /** Virtual nanoseconds from boot to end. */
  readonly time: number;
  /** The guest kernels, by depth from 1 on. */
  readonly guests: readonly (DepthStat & { readonly depth: number })[];
}

/** The figures of a run from its ledger's counters, by depth from 0 on. */
export function statOf(depths: readonly Counts[], instructions: number, time: number): Stat {
  const [machine, ...guests] = depths.map(depthStat);
  return { instructions, time, ...machine, guests: guests.map((stat, n) => ({ depth: n + 1, ...stat })) };
}

function depthStat({ counts, calls }: Counts): DepthStat {
  const names = Object.keys(EVENTS) as Event[];
  return {
    events: Object.fromEntries(names.map((name) => [name, counts[EVENTS[name]]])) as Record<Event, number>,
    calls: Object.fromEntries(
      Array.from(calls).flatMap((count, number) => (count > 0 ? [[syscallName(number), count]] : [])),
    ),
  };
}
