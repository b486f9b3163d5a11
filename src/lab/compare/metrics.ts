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
const MAP_CALLS = ['mmap', 'mmap2', 'munmap', 'mprotect', 'mremap', 'remap_file_pages', 'brk'];

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
    meaning: 'changes to an inner ring: calls, faults, interrupts; each has its way back',
    of: crossings,
  },
  {
    name: 'taskSwitches',
    head: ['task', 'swtch'],
    meaning: 'the host kernel lets another task run',
    of: onMachine('taskSwitch'),
  },
  {
    name: 'pageTableSwitches',
    head: ['page', 'table'],
    meaning: 'CR3 gets another page table',
    of: onMachine('pageTableSwitch'),
  },
  {
    name: 'segmentChanges',
    head: ['seg', 'chng'],
    meaning: 'a segment descriptor in use is changed',
    of: onMachine('segmentChange'),
  },
  {
    name: 'hostCalls',
    head: ['host', 'calls'],
    meaning: 'the host kernel is asked for a call, by whomever',
    of: onMachine('callTrap'),
  },
  {
    name: 'ptraceRequests',
    head: ['ptr', 'reqs'],
    meaning: 'host calls that are ptrace requests',
    of: ({ depths }) => depths[0].calls['ptrace'] ?? 0,
  },
  {
    name: 'signalFrames',
    head: ['sig', 'frame'],
    meaning: 'frames for signal handlers, built by any kernel',
    of: everywhere('signalFrame'),
  },
  {
    name: 'mapCalls',
    head: ['map', 'calls'],
    meaning: 'host calls that map, unmap or protect memory',
    of: ({ depths }) => mapCalls(depths[0]),
  },
  {
    name: 'tlbMisses',
    head: ['TLB', 'miss'],
    meaning: 'entries of the TLB filled by a walk',
    of: onMachine('tlbMiss'),
  },
  {
    name: 'bytesCopied',
    head: ['bytes', 'copied'],
    meaning: 'bytes moved in bulk, by any kernel',
    of: everywhere('bytesCopied'),
  },
];
