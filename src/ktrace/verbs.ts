/** The verbs that change the run: what they take, where they may stand, what they do. */
import { kernelInfo } from '../kernel/signals/info.ts';
import { sendToTask } from '../kernel/signals/send.ts';
import { enterRing } from '../kernel/tasks/rings.ts';
import type { Kind, Moment } from './moment.ts';
import type { Area, Named } from './names.ts';
import { fail, load, restart, setMode, store } from './registers.ts';

/**
 * What a verb takes. `constant`: a number that is known when the script is registered; `address`: such a number or a
 * word of the owner's.
 */
export type Parameter = 'frame' | 'entry' | 'int' | 'constant' | 'address' | 'signal';

/** What a kernel must be able to do for a verb. */
export type Ability = 'segments' | 'rings' | 'pageTables';

export interface Verb {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly at: readonly Kind[];
  /** Afterwards the application goes on elsewhere or without the call: the event is over. */
  readonly redirects: boolean;
  readonly ability?: Ability;
  /** As part of "the kernel ...". */
  readonly says: (args: readonly string[]) => string;
  /** For `-l` and the reference. */
  readonly summary: string;
  readonly run: (moment: Moment, args: readonly (number | Named)[]) => void;
}

const STOPS: readonly Kind[] = ['entry', 'return', 'fault', 'signal', 'tick'];

const area = (named: number | Named): Area => (named as Named).area!;

export const VERBS: readonly Verb[] = [
  {
    name: 'save',
    parameters: ['frame'],
    at: STOPS,
    redirects: false,
    says: ([frame]) => `saves the registers and the cause into ${frame}`,
    summary: 'writes registers, cause and mode into a save area',
    run: (moment, [frame]) => store(moment, area(frame)),
  },
  {
    name: 'restore',
    parameters: ['frame'],
    at: STOPS,
    redirects: true,
    says: ([frame]) => `goes on with the registers in ${frame}`,
    summary: 'goes on with the registers of a save area',
    run: (moment, [frame]) => load(moment, area(frame)),
  },
  {
    name: 'goto',
    parameters: ['entry'],
    at: STOPS,
    redirects: true,
    says: ([entry]) => `goes on at ${entry}`,
    summary: 'goes on at an entry; with its registers where it was registered with some',
    run: (moment, [entry]) => restart(moment, entry as Named),
  },
  {
    name: 'limit',
    parameters: ['address'],
    at: STOPS,
    redirects: false,
    ability: 'segments',
    says: ([last]) => `ends all segments at ${last}`,
    summary: 'no segment of the thread reaches beyond this address, the last of a page',
    run: ({ task }, [last]) => {
      // A word may hold anything: what it means is the page that it lies in.
      task.context.limit = ((last as number) | 0xfff) >>> 0;
    },
  },
  {
    name: 'ring',
    parameters: ['constant'],
    at: STOPS,
    redirects: false,
    ability: 'rings',
    says: ([ring]) => `returns to ring ${ring}`,
    summary: 'the ring to which the kernel returns: 1 or 3, with flat code and stack where that is another than before',
    run: ({ task }, [ring]) => enterRing(task, ring as number),
  },
  {
    name: 'pagetable',
    parameters: ['int'],
    at: STOPS,
    redirects: false,
    ability: 'pageTables',
    says: ([table]) => `changes to page table ${table}`,
    summary: 'which of the page tables of the process is used from now on',
    run: ({ task }, [table]) => {
      if (!task.process.tables?.select(task, table as number)) fail(task);
    },
  },
  {
    name: 'mode',
    parameters: ['constant'],
    at: STOPS,
    redirects: false,
    says: ([mode]) => `sets the mode to ${mode}`,
    summary: 'mode = app or mode = kernel: what predicates test',
    run: (moment, [mode]) => setMode(moment, mode as number),
  },
  {
    name: 'return',
    parameters: ['int'],
    at: ['entry', 'return'],
    redirects: true,
    says: ([value]) => `lets the call return ${value}`,
    summary: 'the result of the call; at its entry the call is not made',
    run: (moment, [value]) => {
      moment.result = (value as number) | 0;
    },
  },
  {
    name: 'signal',
    parameters: ['signal'],
    // Not at a signal: each would make the next, and the thread would never run.
    at: ['entry', 'return', 'fault', 'tick'],
    redirects: false,
    says: ([signal]) => `sends ${signal} to the thread`,
    summary: 'sends a signal to the thread',
    run: ({ task }, [signal]) => sendToTask(task, kernelInfo(signal as number)),
  },
];

const BY_NAME: ReadonlyMap<string, Verb> = new Map(VERBS.map((verb) => [verb.name, verb]));

export function verbNamed(name: string): Verb | undefined {
  return BY_NAME.get(name);
}
