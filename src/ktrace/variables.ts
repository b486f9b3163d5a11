/** What a script knows of an event: the arguments of each probe, by name. */
import { MODE_KERNEL } from '../abi/ktrace.ts';
import { CS, EBP, EBX, ECX, EDI, EDX, EIP, ESI, ESP } from '../kernel/platform.ts';
import type { Kind, Moment } from './moment.ts';
import { EVENT_NAMES } from './probes.ts';
import type { Type, Value } from './types.ts';

/** One name, what it is, and where it is known (everywhere when `at` is absent). */
export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly says: string;
  readonly at?: readonly Kind[];
  /** How it is read; `kind` is fixed when the script is compiled. */
  readonly read: (kind: Kind) => (moment: Moment) => Value;
}

const ARGUMENTS = [EBX, ECX, EDX, ESI, EDI, EBP] as const;
const NAMED: readonly Kind[] = ['entry', 'return', 'fault', 'signal', 'crossing'];

/** Where the kernel knows the registers. */
const STOPS: readonly Kind[] = ['entry', 'return', 'fault', 'demand', 'signal', 'switch', 'tick'];

const plain =
  (read: (moment: Moment) => Value): Variable['read'] =>
  () =>
    read;

/** At the entry the registers hold the arguments; later the kernel's own copy does. */
function argument(n: number): Variable {
  const register = ARGUMENTS[n];
  return {
    name: `arg${n}`,
    type: 'int',
    says: `argument ${n} of the call, as a signed word`,
    at: ['entry', 'return'],
    read: (kind) => (kind === 'entry' ? ({ task }) => task.context.regs[register] : ({ task }) => task.args[n]),
  };
}

export const VARIABLES: readonly Variable[] = [
  {
    name: 'name',
    type: 'string',
    says: 'name of the call, class of the fault, name of the signal, cause of the crossing',
    at: NAMED,
    read: (kind) => {
      const name = EVENT_NAMES[kind];
      return (moment) => name(moment.number);
    },
  },
  {
    name: 'number',
    type: 'int',
    says: 'number of the call, vector of the fault, number of the signal',
    at: ['entry', 'return', 'fault', 'signal'],
    read: plain((moment) => moment.number),
  },
  ...[0, 1, 2, 3, 4, 5].map(argument),
  {
    name: 'ret',
    type: 'int',
    says: 'result of the call; an error is negative',
    at: ['return'],
    read: plain((moment) => moment.result),
  },
  {
    name: 'elapsed',
    type: 'int',
    says: 'virtual ns from the entry of the call to its return',
    at: ['return'],
    read: plain((moment) => moment.elapsed),
  },
  {
    name: 'address',
    type: 'address',
    says: 'what a page fault was about; where the instruction of another fault lies; si_addr of a signal',
    at: ['fault', 'demand', 'signal'],
    read: plain((moment) => moment.address >>> 0),
  },
  {
    name: 'error',
    type: 'int',
    says: "the processor's error code",
    at: ['fault', 'demand'],
    read: plain((moment) => moment.error),
  },
  {
    name: 'write',
    type: 'bool',
    says: 'the page was to be written',
    at: ['fault', 'demand'],
    read: plain((moment) => (moment.error & 2) !== 0),
  },
  { name: 'code', type: 'int', says: 'si_code of the signal', at: ['signal'], read: plain((moment) => moment.error) },
  {
    name: 'previous',
    type: 'int',
    says: 'tid of the thread that ran before',
    at: ['switch'],
    read: plain((moment) => moment.previous),
  },
  { name: 'pid', type: 'int', says: 'process', read: plain(({ task }) => task.pid) },
  { name: 'tid', type: 'int', says: 'thread', read: plain(({ task }) => task.tid) },
  { name: 'uid', type: 'int', says: 'real user', read: plain(({ task }) => task.identity.realUid) },
  { name: 'comm', type: 'string', says: 'name of the program', read: plain(({ task }) => task.name) },
  {
    name: 'depth',
    type: 'int',
    says: 'kernels below the one in which it happens: 0 the host, 1 a guest kernel',
    read: plain(({ task }) => task.system.platform.depth),
  },
  { name: 'mode', type: 'mode', says: 'app or kernel', read: plain((moment) => moment.mode) },
  { name: 'ip', type: 'address', says: 'EIP', at: STOPS, read: plain(({ task }) => task.context.regs[EIP] >>> 0) },
  { name: 'sp', type: 'address', says: 'ESP', at: STOPS, read: plain(({ task }) => task.context.regs[ESP] >>> 0) },
  {
    name: 'ring',
    type: 'int',
    says: 'ring of the code that runs: 3, or 1 where there is one',
    at: STOPS,
    read: plain(({ task }) => task.context.regs[CS] & 3),
  },
  { name: 'nsecs', type: 'int', says: 'virtual ns since boot', read: plain(({ task }) => task.system.platform.now()) },
];

const BY_NAME: ReadonlyMap<string, Variable> = new Map(VARIABLES.map((row) => [row.name, row]));

export function variableNamed(name: string): Variable | undefined {
  return BY_NAME.get(name);
}

/** The names known at a kind of event, in the order of the table. */
export function variablesAt(kind: Kind): readonly Variable[] {
  return VARIABLES.filter(({ at }) => at === undefined || at.includes(kind));
}

/** Words that are values by themselves. */
export const CONSTANTS: Readonly<Record<string, { readonly type: Type; readonly value: Value }>> = {
  true: { type: 'bool', value: true },
  false: { type: 'bool', value: false },
  app: { type: 'mode', value: 0 },
  kernel: { type: 'mode', value: MODE_KERNEL },
};
