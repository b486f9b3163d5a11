import type { Event } from '../abi/events.ts';
import type { Stat } from '../lab/stat.ts';

/** Rows of the table: what is counted, how it is called, and what it is a part of. */
const ROWS: readonly (readonly [name: string, events: readonly Event[]])[] = [
  [
    'ring crossings inward',
    ['crossingSoftware', 'crossingException', 'crossingInterrupt', 'crossingGate', 'crossingSysenter'],
  ],
  ['  by INT n', ['crossingSoftware']],
  ['  by exception', ['crossingException']],
  ['  by interrupt', ['crossingInterrupt']],
  ['  by call gate', ['crossingGate']],
  ['  by SYSENTER', ['crossingSysenter']],
  ['ring crossings outward', ['crossingReturn']],
  ['page-table switches', ['pageTableSwitch']],
  ['task switches', ['taskSwitch']],
  ['page faults', ['pageFault']],
  ['TLB misses', ['tlbMiss']],
  ['TLB flushes', ['tlbFlush']],
  ['descriptor changes', ['segmentChange']],
  ['map operations', ['mapOperation']],
  ['signal frames', ['signalFrame']],
  ['native calls', ['nativeCall']],
  ['bytes copied', ['bytesCopied']],
  ['system calls', ['systemCall']],
];

const group = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** Rows that a run without such events does not show. */
const OPTIONAL = new Set([
  '  by call gate',
  '  by SYSENTER',
  'descriptor changes',
  'signal frames',
  'native calls',
  'bytes copied',
]);

/** The figures of a run as a table in the manner of perf stat; calls by name, most first. */
export function statText(title: string, stat: Stat): string {
  const line = (count: number, name: string): string =>
    `${group(count).padStart(20)}  ${name}\n`.replace(/ +\n$/, '\n');
  const sum = (events: readonly Event[]): number => events.reduce((total, event) => total + stat.events[event], 0);
  const rows = ROWS.map(([name, events]) => ({ name, count: sum(events) }))
    .filter(({ name, count }) => count > 0 || !OPTIONAL.has(name))
    .map(({ name, count }) => line(count, name));
  const calls = Object.entries(stat.calls)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, count]) => line(count, `  ${name}`));
  return [
    `\n Counts for ${title}:\n\n`,
    line(stat.instructions, 'instructions'),
    ...rows,
    ...calls,
    `\n${(stat.time / 1e9).toFixed(9).padStart(20)}  seconds of virtual time\n\n`,
  ].join('');
}
