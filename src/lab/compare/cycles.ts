/** Turns counts into cycles: counts are facts, cycles are a model of one processor. */
import type { Event } from '../../abi/events.ts';
import type { Priced, Profile } from '../profiles/profile.ts';
import { crossings, mapCalls } from './metrics.ts';
import type { Sample } from './slope.ts';

/**
 * Cycles of one operation: an instruction takes one; what the machine does is charged as it happens; what kernels do
 * (faults, switches, signals, mappings) is charged alike at every depth, without the crossing, which is counted already.
 */
export function cyclesOf(sample: Sample, { prices }: Profile): number {
  const price = (name: Priced): number => prices[name].cycles;
  const without = (name: Priced, part: number): number => Math.max(0, price(name) - part);
  const { depths, instructions } = sample;
  const machine = depths[0].events;
  const sum = (event: Event, from: number): number =>
    depths.slice(from).reduce((total, { events }) => total + events[event], 0);
  const others =
    crossings(sample) - machine.callTrap - machine.pageFault - machine.crossingGate - machine.crossingSysenter;
  const kernelWork =
    sum('callTrap', 1) * without('call', price('crossing')) +
    sum('pageFault', 1) * without('fault', price('crossing')) +
    sum('signalFrame', 0) * without('signal', 2 * price('call')) +
    sum('taskSwitch', 0) * without('taskSwitch', price('pageTable')) +
    depths.reduce((total, depth) => total + mapCalls(depth), 0) * without('map', price('call')) +
    sum('bytesCopied', 0) * price('byte');
  return (
    instructions +
    machine.callTrap * price('call') +
    machine.pageFault * price('fault') +
    machine.crossingGate * price('gate') +
    machine.crossingSysenter * price('sysenter') +
    Math.max(0, others) * price('crossing') +
    machine.pageTableSwitch * price('pageTable') +
    machine.segmentChange * price('segment') +
    machine.tlbMiss * price('tlbMiss') +
    kernelWork
  );
}
