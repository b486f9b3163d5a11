/** Tells steps in lines: who goes where, by what, and why. */
import { EVENTS } from '../../abi/events.ts';
import { signalName } from '../../abi/signals.ts';
import { syscallName } from '../../abi/syscalls.ts';
import type { Line } from './line.ts';
import { Letters, type Names } from './names.ts';
import type { Counted, Inward, Made, Outward, Step } from './step.ts';
import { askedWords, isPtrace } from './words.ts';

const VECTORS: Readonly<Record<number, string>> = {
  0: '#DE',
  1: '#DB',
  3: 'int3',
  4: 'into',
  6: '#UD',
  13: '#GP',
  14: '#PF',
  17: '#AC',
};
const INSTRUCTIONS: Readonly<Record<number, string>> = {
  [EVENTS.crossingGate]: 'lcall',
  [EVENTS.crossingSysenter]: 'sysenter',
  [EVENTS.crossingInterrupt]: 'timer',
};
const REMARKS: Readonly<Record<number, string>> = {
  [EVENTS.signalFrame]: 'writes the frame of a signal handler',
  [EVENTS.signalReturn]: 'takes the frame of a signal handler away',
  [EVENTS.segmentChange]: 'changes segment descriptors',
};
const WRITES = 2;
const PRESENT = 1;

/** What was last known of a task of the host. */
interface Known {
  /** Its last way in, and whether the host has begun to make the call. */
  trap?: Inward;
  made: boolean;
  /** A script acted on it. */
  scripted: boolean;
  /** The remark that it was not made. */
  leftOut?: { kind: 'remark'; text: string };
  result?: string;
  /** A handler's frame was written since. */
  signal?: number;
  /** Its last trap as a program. */
  program?: Inward;
}

/** What a line of a script is called, as in messages about scripts. */
export const SCRIPT = 'ktrace';

/** What stands between a clause's braces, on one line. */
function actions(clause: string): string {
  return clause
    .slice(clause.indexOf('{') + 1, -1)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/;$/, '');
}

export class Narrator {
  readonly #names: Names;
  readonly #tasks = new Map<number, Known>();
  #letters = new Letters();
  #lines: Line[] = [];
  #table = 0;
  /** The ring after the last crossing. */
  #ring = 0;
  /** Who came in last, until somebody goes out. */
  #inside: number | undefined;
  #running = 0;
  /** Tasks that ptrace was asked about. */
  readonly #traced = new Set<number>();
  /** Whose crossing was the last line. */
  #latest = 0;
  /** The task of the host that a program was in when it trapped last, and whether a guest kernel has taken another of its tasks since. */
  #trapped = 0;
  #another = false;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Begins a new account: letters and lines from the start. */
  begin(): void {
    this.#letters = new Letters();
    this.#lines = [];
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  tell(step: Step): void {
    switch (step.kind) {
      case 'in':
        this.#in(step);
        break;
      case 'out':
        this.#out(step);
        break;
      case 'switch':
        this.#switch(step.depth, step.pid);
        break;
      case 'made':
        this.#made(step);
        break;
      case 'script':
        this.#task(step.pid).scripted = true;
        this.#remark(`${SCRIPT}:${step.line} ${actions(step.clause)}`);
        break;
      case 'returned':
        this.#task(step.pid).result = step.result;
        break;
      case 'signal':
        this.#task(step.pid).signal = step.number;
        this.#remark(`${signalName(step.number)} for ${this.#names.task(step.pid)}`);
        break;
      case 'counted':
        this.#counted(step);
    }
  }

  #task(pid: number): Known {
    let known = this.#tasks.get(pid);
    if (!known) {
      known = { made: false, scripted: false };
      this.#tasks.set(pid, known);
    }
    return known;
  }

  #remark(text: string): { kind: 'remark'; text: string } {
    const remark = { kind: 'remark' as const, text };
    this.#lines.push(remark);
    return remark;
  }

  #in(step: Inward): void {
    const { pid } = step.from;
    const known = this.#task(pid);
    known.trap = step;
    known.made = false;
    known.scripted = false;
    known.leftOut = undefined;
    known.result = undefined;
    if (step.from.kind === 'program') {
      known.program = step;
      this.#trapped = pid;
      this.#another = false;
    }
    this.#inside = pid;
    this.#running = pid;
    this.#latest = pid;
    this.#table = step.table;
    this.#ring = step.ring;
    this.#lines.push({
      kind: 'crossing',
      from: this.#names.of(step.from),
      to: this.#inner(step.ring, pid),
      by: instructionOf(step),
      ring: [step.outer, step.ring],
      table: [this.#letters.of(step.table)],
      why: whyIn(step),
    });
  }

  #out(step: Outward): void {
    this.#unmade();
    const before = this.#letters.of(this.#table);
    const after = this.#letters.of(step.table);
    const why = this.#whyOut(step);
    this.#inside = undefined;
    this.#running = step.to.pid;
    this.#table = step.table;
    this.#lines.push({
      kind: 'crossing',
      from: this.#inner(this.#ring, step.to.pid),
      to: this.#names.of(step.to),
      by: 'iret',
      ring: [this.#ring, step.ring],
      table: before === after ? [before] : [before, after],
      why,
    });
    this.#ring = step.ring;
    this.#task(step.to.pid).signal = undefined;
  }

  /** Who is in an inner ring. */
  #inner(ring: number, pid: number): string {
    return ring === 0 ? 'host' : `${this.#names.kernel(1)}/${pid}`;
  }

  #switch(depth: number, pid: number): void {
    if (depth > 0) {
      this.#remark(`${this.#names.kernel(depth)} switches to another of its tasks`);
      this.#another = true;
      return;
    }
    this.#unmade();
    this.#inside = undefined;
    this.#remark(`task switch: ${this.#names.task(this.#running)} to ${this.#names.task(pid)}`);
    this.#running = pid;
  }

  /** A task that came in with a call leaves the processor before the host has made it: it stops for its tracer. */
  #unmade(): void {
    if (this.#inside === undefined) return;
    const known = this.#task(this.#inside);
    if (known.made || !this.#traced.has(this.#inside)) return;
    const name = this.#names.task(this.#inside);
    if (known.trap?.asked) known.leftOut = this.#remark(`${name} stops for its tracer; its call is left out`);
    else this.#remark(`${name} stops for its tracer`);
  }

  #made({ depth, pid, number }: Made): void {
    const name = syscallName(number);
    if (depth > 0) {
      this.#remark(`${this.#names.kernel(depth)} makes the call: ${name}`);
      return;
    }
    const known = this.#task(pid);
    known.made = true;
    const asked = known.trap?.asked;
    if (asked && isPtrace(asked)) this.#traced.add(asked.args[1]);
    if (this.#inside === pid && asked?.number === number) return;
    const task = this.#names.task(pid);
    if (known.leftOut) known.leftOut.text = `${task} stops for its tracer, before its call`;
    this.#remark(`host makes the call of ${task}, as ${name}; it stops again, after it`);
  }

  #counted({ depth, event }: Counted): void {
    this.#remark(`${this.#names.kernel(depth)} ${REMARKS[event]}`);
  }

  #whyOut({ to, result }: Outward): string {
    const known = this.#task(to.pid);
    const { trap } = known;
    if (to.kind !== 'program') {
      if (trap?.asked && trap.from.kind === to.kind && trap.from.address === to.address) {
        const name = this.#latest === to.pid ? '' : `${syscallName(trap.asked.number)} `;
        return `${name}= ${known.result ?? result}`;
      }
      if (known.signal !== undefined) return `handler of ${signalName(known.signal)}`;
      if (to.kind === 'stub') return 'works for its kernel';
      const isDirected =
        trap?.from.kind === 'program' ||
        (trap && known.scripted && this.#names.depth(to) < this.#names.depth(trap.from));
      return isDirected ? 'directed to the guest kernel' : 'goes on';
    }
    const { program } = known;
    if (!program) return 'begins';
    // Where one task of the host is all of the guest's, its last trap was another's.
    if (this.#another && to.pid === this.#trapped) return 'another task of the guest goes on';
    if (program.from.address !== to.address) return elsewhere(program, known.signal);
    if (program.asked) return `${syscallName(program.asked.number)} = ${result}`;
    return program.vector === 14 ? 'the instruction again' : 'goes on';
  }
}

/** Why a program goes on at another place than that of its trap. */
function elsewhere({ asked }: Inward, signal: number | undefined): string {
  const name = asked ? syscallName(asked.number) : '';
  if (name === 'execve') return 'runs the new program';
  if (name.endsWith('sigreturn')) return 'goes on where the signal came';
  return signal === undefined ? 'goes on elsewhere' : 'runs its handler';
}

function instructionOf({ event, vector, asked }: Inward): string {
  if (asked) return `int 0x${vector.toString(16)}`;
  return INSTRUCTIONS[event] ?? VECTORS[vector] ?? `vector ${vector}`;
}

function whyIn(step: Inward): string {
  const { asked, vector, error, fault, event } = step;
  if (asked) return askedWords(asked);
  if (event === EVENTS.crossingInterrupt) return 'time is up';
  if (vector === 3) return 'done';
  if (vector !== 14) return '';
  const what = (error & WRITES) !== 0 ? 'writes' : 'reads';
  const why = (error & PRESENT) !== 0 ? 'may not' : 'no page there';
  return `${what} 0x${(fault >>> 0).toString(16).padStart(8, '0')}: ${why}`;
}
