/** The columns of a comparison. */
import type { Event } from '../../abi/events.ts';
import type { DepthStat } from '../stat.ts';
import type { Sample } from './slope.ts';

/** A column: its name in exports, its head of two short words, and what is counted, in words. */
export interface Metric {
  readonly name: string;
  readonly head: readonly [string, string];
  readonly meaning: string;
  of(sample: Sample): number;
}

const INWARD: readonly Event[] = [
  'crossingSoftware',
  'crossingException',
  'crossingInterrupt',
  'crossingGate',
  'crossingSysenter',
];

/** System calls that change what is mapped. */
const MAP_CALLS = ['mmap', 'mmap2', 'munmap', 'mprotect', 'mremap', 'remap_file_pages', 'brk', 'pagetables'];

/** Calls of one depth that change what is mapped. */
export function mapCalls({ calls }: DepthStat): number {
  return MAP_CALLS.reduce((sum, name) => sum + (calls[name] ?? 0), 0);
}

/** Changes of ring inward, by whatever cause. */
export function crossings({ depths }: Sample): number {
  return INWARD.reduce((sum, event) => sum + depths[0].events[event], 0);
}

const onMachine =
  (event: Event) =>
  ({ depths }: Sample): number =>
    depths[0].events[event];

const everywhere =
  (event: Event) =>
  ({ depths }: Sample): number =>
    depths.reduce((sum, { events }) => sum + events[event], 0);

export const METRICS: readonly Metric[] = [
  {
    name: 'crossings',
    head: ['ring', 'cross'],
    meaning: 'changes to an inner ring (calls, faults), each with its way back',
    of: crossings,
  },
  {
    name: 'taskSwitches',
    head: ['task', 'swap'],
    meaning: 'the host kernel lets another task run',
    of: onMachine('taskSwitch'),
  },
  {
    name: 'pageTableSwitches',
    head: ['CR3', 'load'],
    meaning: 'another page table is put into CR3',
    of: onMachine('pageTableSwitch'),
  },
  {
    name: 'segmentChanges',
    head: ['seg.', 'chg.'],
    meaning: 'a segment descriptor in use is changed',
    of: onMachine('segmentChange'),
  },
  {
    name: 'hostCalls',
    head: ['host', 'call'],
    meaning: 'calls that the host kernel is asked for, by whomever',
    of: onMachine('callTrap'),
  },
  {
    name: 'ptraceRequests',
    head: ['ptr.', 'req.'],
    meaning: 'host calls that are ptrace requests',
    of: ({ depths }) => depths[0].calls['ptrace'] ?? 0,
  },
  {
    name: 'signalFrames',
    head: ['sig.', 'frm.'],
    meaning: 'signal frames built, by the host or a guest kernel',
    of: everywhere('signalFrame'),
  },
  {
    name: 'mapCalls',
    head: ['map', 'call'],
    meaning: 'host calls that map, unmap or protect memory',
    of: ({ depths }) => mapCalls(depths[0]),
  },
  {
    name: 'tlbMisses',
    head: ['TLB', 'miss'],
    meaning: 'translations that had to be looked up in the page tables',
    of: onMachine('tlbMiss'),
  },
  {
    name: 'bytesCopied',
    head: ['bytes', 'moved'],
    meaning: 'bytes that the host or a guest kernel moved in bulk',
    of: everywhere('bytesCopied'),
  },
];
