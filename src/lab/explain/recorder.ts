/** Takes down what happens in a run: from the ledger's trace, and from what the host kernel tells its observer. */
import { EVENTS } from '../../abi/events.ts';
import type { Run } from '../../host/boot.ts';
import type { Observer, UserReader } from '../../kernel/platform.ts';
import type { Cpu } from '../../machine/cpu.ts';
import { hasErrorCode } from '../../machine/fault.ts';
import * as st from '../../machine/state.ts';
import { word } from '../strace/memory.ts';
import { kindAt, userAt } from './place.ts';
import { type Asked, type Counters, codeKey, type Inward, type Place, type Step } from './step.ts';
import { callWords, resultWords } from './words.ts';

const CROSSINGS_IN: ReadonlySet<number> = new Set([
  EVENTS.crossingSoftware,
  EVENTS.crossingException,
  EVENTS.crossingInterrupt,
  EVENTS.crossingGate,
  EVENTS.crossingSysenter,
]);
const COUNTED: ReadonlySet<number> = new Set([EVENTS.signalFrame, EVENTS.signalReturn, EVENTS.segmentChange]);
/** INT 0x80 of programs, and of a guest kernel in ring 1. */
const CALLS: ReadonlySet<number> = new Set([0x80, 0x81]);
const PAGE_FAULT = 14;

export class Recorder {
  readonly steps: Step[] = [];
  /** Depth of the guest kernel whose code a page of a task is, by `codeKey`. */
  readonly depths = new Map<string, number>();
  #run: Run | undefined;

  /** What the host kernel is to tell. */
  get observer(): Observer {
    return {
      enter: (pid, number) => this.steps.push({ kind: 'made', depth: 0, pid, number, page: 0 }),
      leave: (pid, number, args, result, user) =>
        this.steps.push({
          kind: 'returned',
          pid,
          number,
          args: Array.from(args),
          result: resultWords(number, args, result, user),
        }),
      signal: (pid, number) => this.steps.push({ kind: 'signal', pid, number }),
      exit: () => {},
      script: (pid, line, clause) => this.steps.push({ kind: 'script', pid, line, clause }),
    };
  }

  /** Begins to listen; called before anything has run. */
  attach(run: Run): void {
    this.#run = run;
    const { machine } = run;
    machine.ledger.trace(
      () => machine.cpu.retiredNow(),
      (event, detail, depth) => this.#note(event, detail, depth),
    );
  }

  #note(event: number, detail: number, depth: number): void {
    const run = this.#run!;
    const { cpu } = run.machine;
    // A guest kernel counts while its own code is being executed.
    const page = cpu.s[st.EIP] >>> 12;
    if (depth > 0) this.depths.set(codeKey(run.running(), page), depth);
    if (CROSSINGS_IN.has(event)) this.steps.push(this.#inward(cpu, event, detail));
    else if (event === EVENTS.crossingReturn) {
      const to = this.#place(cpu, cpu.s[st.EIP]);
      this.steps.push({ kind: 'out', to, ring: cpu.s[st.CPL], table: cpu.s[st.CR3], result: cpu.s[st.EAX] });
    } else if (event === EVENTS.taskSwitch) this.steps.push({ kind: 'switch', depth, pid: run.running() });
    else if (event === EVENTS.systemCall && depth > 0)
      this.steps.push({ kind: 'made', depth, pid: run.running(), number: detail, page });
    else if (COUNTED.has(event)) this.steps.push({ kind: 'counted', depth, event });
  }

  #inward(cpu: Cpu, event: number, vector: number): Inward {
    const { s } = cpu;
    const user = userAt(cpu);
    const frame = (s[st.BASE + st.SS] + s[st.ESP]) | 0;
    const error = event === EVENTS.crossingException && hasErrorCode(vector);
    const eip = (frame + (error ? 4 : 0)) | 0;
    const from = this.#place(cpu, word(user, eip) ?? 0);
    const isCall = event === EVENTS.crossingSoftware && CALLS.has(vector);
    return {
      kind: 'in',
      event,
      vector,
      error: error ? (word(user, frame) ?? 0) : 0,
      fault: vector === PAGE_FAULT ? s[st.CR2] : 0,
      from,
      // The selector of the code that was left has its ring in its two lowest bits.
      outer: (word(user, (eip + 4) | 0) ?? 3) & 3,
      ring: s[st.CPL],
      table: s[st.CR3],
      ...(isCall ? { asked: askedOf(cpu, user) } : {}),
      ...(from.kind === 'program' || from.kind === undefined ? { counters: this.#counters() } : {}),
    };
  }

  /** Programs are at the code segment's base of ring 3, which is 0 for all that is flat. */
  #place(cpu: Cpu, address: number): Place {
    return { kind: kindAt(cpu, address), pid: this.#run!.running(), address: address >>> 0 };
  }

  #counters(): Counters {
    const { ledger, cpu } = this.#run!.machine;
    const depths = ledger.depths.map(({ counts, calls }) => ({ counts: counts.slice(), calls: calls.slice() }));
    return { depths, instructions: cpu.retiredNow() };
  }
}

/** The call for which the registers are set. */
function askedOf({ s }: Cpu, user: UserReader): Asked {
  const args = [st.EBX, st.ECX, st.EDX, st.ESI, st.EDI, st.EBP].map((register) => s[register]);
  const number = s[st.EAX];
  return { number, args, text: callWords(number, args, user) };
}
