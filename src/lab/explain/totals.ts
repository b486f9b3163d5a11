/** What an operation costs in events: sums over what the ledger counted. */
import { EVENTS } from '../../abi/events.ts';
import { syscallNamed } from '../../abi/syscalls.ts';
import type { Counters } from './step.ts';

/** A figure of an operation. */
export interface Column {
  readonly name: string;
  readonly title: string;
  of(counters: Counters): number;
}

const events =
  (...numbers: readonly number[]) =>
  (counters: Counters): number =>
    numbers.reduce((sum, number) => sum + counters[0].counts[number], 0);

/** Calls that were really made by the host kernel. */
const calls =
  (...names: readonly string[]) =>
  (counters: Counters): number =>
    names.reduce((sum, name) => sum + counters[0].calls[syscallNamed(name)!.number], 0);

const { crossingSoftware, crossingException, crossingInterrupt, crossingGate, crossingSysenter } = EVENTS;

/** The figures, in the order in which they are shown. */
export const COLUMNS: readonly Column[] = [
  {
    name: 'crossings',
    title: 'ring crossings',
    of: events(
      crossingSoftware,
      crossingException,
      crossingInterrupt,
      crossingGate,
      crossingSysenter,
      EVENTS.crossingReturn,
    ),
  },
  { name: 'hostCalls', title: 'host calls', of: events(EVENTS.callTrap) },
  { name: 'taskSwitches', title: 'task switches', of: events(EVENTS.taskSwitch) },
  { name: 'pageTableSwitches', title: 'page-table switches', of: events(EVENTS.pageTableSwitch) },
  { name: 'segmentChanges', title: 'segment changes', of: events(EVENTS.segmentChange) },
  { name: 'ptraceRequests', title: 'ptrace requests', of: calls('ptrace') },
  { name: 'signalFrames', title: 'signal frames', of: events(EVENTS.signalFrame) },
  { name: 'mapCalls', title: 'map calls', of: calls('mmap', 'mmap2', 'munmap', 'mprotect', 'mremap') },
  { name: 'tlbMisses', title: 'TLB misses', of: events(EVENTS.tlbMiss) },
  { name: 'bytesCopied', title: 'bytes copied', of: events(EVENTS.bytesCopied) },
];
