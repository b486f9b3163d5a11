/** The probes: what events there are, and how they are named. */
import { SIGNALS, signalName } from '../abi/signals.ts';
import { OWN_CALLS, SYSCALLS, syscallName } from '../abi/syscalls.ts';
import type { Kind } from './moment.ts';

/** A provider of probes: the first part of their names. */
export interface Provider {
  readonly name: string;
  /** The parts behind it, for users. */
  readonly parts: readonly string[];
  /** Parts that may not be left out. */
  readonly needed: number;
  readonly says: string;
}

export const PROVIDERS: readonly Provider[] = [
  { name: 'syscall', parts: ['NAME', 'entry|return'], needed: 2, says: 'a system call is made, or has a result' },
  {
    name: 'fault',
    parts: ['CLASS', 'read|write'],
    needed: 0,
    says: 'an exception of the processor that this kernel does not serve itself; it would become a signal',
  },
  { name: 'demand', parts: ['read|write'], needed: 0, says: 'a page fault that this kernel has served' },
  { name: 'signal', parts: ['NAME'], needed: 0, says: 'a signal is about to act' },
  { name: 'switch', parts: [], needed: 0, says: 'the scheduler lets the thread run after another' },
  { name: 'tick', parts: [], needed: 0, says: 'the timer interrupts the thread' },
  {
    name: 'crossing',
    parts: ['CAUSE'],
    needed: 0,
    says: 'the processor changes its ring (the command only; depth is 0)',
  },
];

/** One probe by its full name. `index` tells it from others of its kind. */
export interface Probe {
  readonly provider: string;
  readonly parts: readonly string[];
  readonly kind: Kind;
  readonly index: number;
}

/** Exceptions by name. */
export const FAULTS: readonly (readonly [name: string, vector: number])[] = [
  ['de', 0],
  ['db', 1],
  ['bp', 3],
  ['of', 4],
  ['br', 5],
  ['ud', 6],
  ['nm', 7],
  ['ts', 10],
  ['np', 11],
  ['ss', 12],
  ['gp', 13],
  ['page', 14],
  ['mf', 16],
  ['ac', 17],
  ['xm', 19],
];
const PAGE_FAULT = 14;
const FAULT_NAMES: ReadonlyMap<number, string> = new Map(FAULTS.map(([name, vector]) => [vector, name]));

/** Causes of crossings, in the order of EVENTS.crossing*. */
export const CROSSINGS = ['software', 'exception', 'interrupt', 'gate', 'sysenter', 'return'] as const;

/** Index of all calls that have no name of their own. */
export const OTHER_CALLS = 512;

/** Index of a fault by vector; page faults by what was tried. */
export function faultIndex(vector: number, write: boolean): number {
  return vector * 2 + (write ? 1 : 0);
}

const NAMED: ReadonlySet<number> = new Set([...SYSCALLS, ...OWN_CALLS].map(({ number }) => number));

/** Index of a system call by number: every number has one, so that none passes by `syscall:*`. */
export function callIndex(number: number): number {
  return NAMED.has(number) ? number : OTHER_CALLS;
}

/** Every probe that there is. */
export const PROBES: readonly Probe[] = [
  ...[...SYSCALLS, ...OWN_CALLS].flatMap(({ number, name }) => callProbes(name, number)),
  ...callProbes(syscallName(OTHER_CALLS), OTHER_CALLS),
  ...FAULTS.flatMap(([name, vector]): Probe[] => {
    const probe = (parts: readonly string[], write: boolean): Probe => ({
      provider: 'fault',
      parts,
      kind: 'fault',
      index: faultIndex(vector, write),
    });
    return vector === PAGE_FAULT
      ? [probe([name, 'read'], false), probe([name, 'write'], true)]
      : [probe([name], false)];
  }),
  { provider: 'demand', parts: ['read'], kind: 'demand', index: 0 },
  { provider: 'demand', parts: ['write'], kind: 'demand', index: 1 },
  ...Object.keys(SIGNALS).map((number): Probe => {
    return { provider: 'signal', parts: [signalName(Number(number))], kind: 'signal', index: Number(number) };
  }),
  ...Array.from({ length: 33 }, (_, n): Probe => {
    return { provider: 'signal', parts: [signalName(n + 32)], kind: 'signal', index: n + 32 };
  }).filter(({ index }) => !(index in SIGNALS)),
  { provider: 'switch', parts: [], kind: 'switch', index: 0 },
  { provider: 'tick', parts: [], kind: 'tick', index: 0 },
  ...CROSSINGS.map((cause, index): Probe => ({ provider: 'crossing', parts: [cause], kind: 'crossing', index })),
];

function callProbes(name: string, index: number): Probe[] {
  return [
    { provider: 'syscall', parts: [name, 'entry'], kind: 'entry', index },
    { provider: 'syscall', parts: [name, 'return'], kind: 'return', index },
  ];
}

/** The full name of a probe. */
export function probeName({ provider, parts }: Probe): string {
  return [provider, ...parts].join(':');
}

/** How an event of a kind is called: call, class, signal, cause. */
export const EVENT_NAMES: Readonly<Record<Kind, (number: number) => string>> = {
  entry: syscallName,
  return: syscallName,
  fault: (vector) => FAULT_NAMES.get(vector) ?? `vector ${vector}`,
  demand: () => 'page',
  signal: signalName,
  switch: () => 'switch',
  tick: () => 'tick',
  crossing: (cause) => CROSSINGS[cause],
};

/** The probes that a name with globs (`*`, `?`; an empty part is `*`) stands for; parts left out are `*`. */
export function probesOf(text: string): readonly Probe[] {
  const [provider, ...parts] = text.split(':').map(glob);
  return PROBES.filter((probe) => {
    if (!provider.test(probe.provider)) return false;
    return parts.every((part, n) => (n < probe.parts.length ? part.test(probe.parts[n]) : part.test('')));
  });
}

/** A glob as a regular expression. */
export function glob(text: string): RegExp {
  const source = text
    .replace(/[^A-Za-z0-9_*?]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(text === '' ? '^' : `^${source}$`);
}
