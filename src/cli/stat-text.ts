import type { Event } from '../abi/events.ts';
import type { DepthStat, Stat } from '../lab/stat.ts';

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

/** What kernels see; the rest only the machine does. */
const KERNEL_ROWS = new Set(['task switches', 'page faults', 'signal frames', 'bytes copied', 'system calls']);

const line = (count: number, name: string): string => `${group(count).padStart(20)}  ${name}\n`.replace(/ +\n$/, '\n');

/** The rows of one depth, and its calls by name, most first. */
function depthRows({ events, calls }: DepthStat, shows: (name: string) => boolean): string[] {
  const sum = (of: readonly Event[]): number => of.reduce((total, event) => total + events[event], 0);
  const rows = ROWS.filter(([name]) => shows(name))
    .map(([name, of]) => ({ name, count: sum(of) }))
    .filter(({ name, count }) => count > 0 || !OPTIONAL.has(name))
    .map(({ name, count }) => line(count, name));
  const named = Object.entries(calls)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([name, count]) => line(count, `  ${name}`));
  return [...rows, ...named];
}

/** The figures of a run as a table in the manner of perf stat: machine and host kernel, then guest kernels by depth. */
export function statText(title: string, stat: Stat): string {
  const guests = stat.guests.flatMap((guest) => [
    `\n Guest kernels at depth ${guest.depth}:\n\n`,
    ...depthRows(guest, (name) => KERNEL_ROWS.has(name)),
  ]);
  return [
    `\n Counts for ${title}:\n\n`,
    line(stat.instructions, 'instructions'),
    ...depthRows(stat, () => true),
    ...guests,
    `\n${(stat.time / 1e9).toFixed(9).padStart(20)}  seconds of virtual time\n\n`,
  ].join('');
}
