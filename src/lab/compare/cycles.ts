/** Turns counts into cycles: counts are facts, cycles are a model of one processor. */
import type { Event } from '../../abi/events.ts';
import type { Priced, Profile } from '../profiles/profile.ts';
import { crossings, mapCalls } from './metrics.ts';
import type { Sample } from './slope.ts';

export type Part =
  | 'instructions'
  | 'calls'
  | 'faults'
  | 'crossings'
  | 'pageTables'
  | 'segments'
  | 'guestWork'
  | 'signals'
  | 'taskSwitches'
  | 'maps'
  | 'bytes';

/** What the cycles of an operation consist of: head of two short words, and what is in it, as a product of counts and prices. */
export const PARTS: Readonly<Record<Part, { readonly head: readonly [string, string]; readonly meaning: string }>> = {
  instructions: { head: ['inst', 'ret.'], meaning: 'instructions retired, one cycle each' },
  calls: { head: ['host', 'call'], meaning: 'calls of the host kernel x call' },
  faults: { head: ['page', 'flt.'], meaning: 'page faults of the machine x fault' },
  crossings: { head: ['othr', 'crs.'], meaning: 'gates, SYSENTER, other crossings x their prices' },
  pageTables: { head: ['CR3', 'TLB'], meaning: 'CR3 loads x pageTable, TLB misses x tlbMiss' },
  segments: { head: ['seg.', 'chg.'], meaning: 'segment changes x segment' },
  guestWork: { head: ['gst.', 'work'], meaning: 'calls and faults of guest kernels x (call, fault - crossing)' },
  signals: { head: ['sig.', 'frm.'], meaning: 'signal frames of all kernels x (signal - 2 call)' },
  taskSwitches: { head: ['task', 'swap'], meaning: 'task switches of all kernels x (taskSwitch - pageTable)' },
  maps: { head: ['map', 'call'], meaning: 'map calls of all kernels x (map - call)' },
  bytes: { head: ['byte', 'mov.'], meaning: 'bytes moved by all kernels x byte' },
};

/**
 * Cycles of one operation by what they are for: an instruction takes one; what the machine does is charged as it happens;
 * what kernels do (faults, switches, signals, mappings) is charged alike at every depth, without the crossing, which is
 * counted already.
 */
export function partsOf(sample: Sample, { prices }: Profile): Record<Part, number> {
  const price = (name: Priced): number => prices[name].cycles;
  const without = (name: Priced, part: number): number => Math.max(0, price(name) - part);
  const { depths, instructions } = sample;
  const machine = depths[0].events;
  const sum = (event: Event, from: number): number =>
    depths.slice(from).reduce((total, { events }) => total + events[event], 0);
  const others =
    crossings(sample) - machine.callTrap - machine.pageFault - machine.crossingGate - machine.crossingSysenter;
  return {
    instructions,
    calls: machine.callTrap * price('call'),
    faults: machine.pageFault * price('fault'),
    crossings:
      machine.crossingGate * price('gate') +
      machine.crossingSysenter * price('sysenter') +
      Math.max(0, others) * price('crossing'),
    pageTables: machine.pageTableSwitch * price('pageTable') + machine.tlbMiss * price('tlbMiss'),
    segments: machine.segmentChange * price('segment'),
    guestWork:
      sum('callTrap', 1) * without('call', price('crossing')) +
      sum('pageFault', 1) * without('fault', price('crossing')),
    signals: sum('signalFrame', 0) * without('signal', 2 * price('call')),
    taskSwitches: sum('taskSwitch', 0) * without('taskSwitch', price('pageTable')),
    maps: depths.reduce((total, depth) => total + mapCalls(depth), 0) * without('map', price('call')),
    bytes: sum('bytesCopied', 0) * price('byte'),
  };
}

/** Cycles of one operation. */
export function cyclesOf(sample: Sample, profile: Profile): number {
  return totalOf(partsOf(sample, profile));
}

/** All parts together. */
export function totalOf(parts: Readonly<Record<Part, number>>): number {
  return Object.values(parts).reduce((total, cycles) => total + cycles, 0);
}
