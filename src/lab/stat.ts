import { EVENTS, type Event } from '../abi/events.ts';
import { syscallName } from '../abi/syscalls.ts';

/** What happened in a run, as numbers only: equal runs give equal objects. */
export interface Stat {
  readonly instructions: number;
  /** Virtual nanoseconds from boot to end. */
  readonly time: number;
  readonly events: Readonly<Record<Event, number>>;
  /** System calls by name, in the order of their numbers. */
  readonly calls: Readonly<Record<string, number>>;
}

/** The figures of a run from its ledger's counters. */
export function statOf(
  ledger: { readonly counts: ArrayLike<number>; readonly calls: ArrayLike<number> },
  instructions: number,
  time: number,
): Stat {
  const names = Object.keys(EVENTS) as Event[];
  return {
    instructions,
    time,
    events: Object.fromEntries(names.map((name) => [name, ledger.counts[EVENTS[name]]])) as Record<Event, number>,
    calls: Object.fromEntries(
      Array.from(ledger.calls).flatMap((count, number) => (count > 0 ? [[syscallName(number), count]] : [])),
    ),
  };
}
