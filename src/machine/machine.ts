/** The computer: a processor, its memory, and the loop that runs until something outside has to act. */
import { EVENTS } from '../abi/events.ts';
import { Cpu, STOP_BUDGET } from './cpu.ts';
import { afterInstruction, beforeInstruction } from './debug.ts';
import { setArithmetic } from './flags.ts';
import { compile, type Execute, FAULTED, interpretOnly } from './hot/execute.ts';
import { warm } from './hot/warm.ts';
import { deliver } from './interrupts.ts';
import { Ledger } from './ledger.ts';
import { Memory } from './memory.ts';
import { MODELS, type Model } from './model.ts';
import { Natives } from './native.ts';
import { CR0, CR4, DR, EIP, FCW, FLAGS, FTW, MXCSR } from './state.ts';
import { resume } from './system/stepping.ts';

/**
 * Most instructions of one call of the loop: the engine replaces a function by its compiled form when it is called, and
 * compiles it a second time for a loop that does not return.
 */
const SLICE = 20_000;
/** Instructions after which it pays to have the loop compiled: some 150 ms uncompiled. */
const SHORT = 1_000_000;

export class Machine {
  readonly memory: Memory;
  readonly ledger = new Ledger();
  readonly cpu: Cpu;
  readonly natives: Natives;
  /**
   * Called before each instruction, CS:EIP at its start (-d exec, tests). Slow: the loop then executes one at a time.
   */
  watch: ((cpu: Cpu) => void) | undefined;
  /** The loop for the first moments of a run, and the one for the rest of it, once it is needed. */
  private readonly cold: Execute;
  private hot: Execute | undefined;

  /** A machine with `size` bytes of memory; every register as after INIT except that nothing runs until `execute`. */
  constructor(size: number, model: Model = MODELS.pentium2) {
    this.memory = new Memory(size);
    this.memory.copied = (bytes) => this.ledger.add(EVENTS.bytesCopied, bytes);
    this.cpu = new Cpu(this.memory, model, this.ledger);
    this.natives = new Natives(this.cpu);
    this.cpu.natives = this.natives;
    this.cold = interpretOnly(this.cpu);
    const s = this.cpu.s;
    s[CR0] = 0x10;
    s[CR4] = 0;
    s[FLAGS] = 2;
    setArithmetic(s, 0);
    s[DR + 6] = 0xffff0ff0 | 0;
    s[DR + 7] = 0x400;
    s[FCW] = 0x37f;
    s[FTW] = 0xffff;
    s[MXCSR] = 0x1f80;
  }

  /**
   * Executes up to `budget` instructions, delivering exceptions through the IDT; returns one of STOP_*. The number of
   * instructions retired is added to `cpu.retired`.
   */
  execute(budget: number): number {
    const cpu = this.cpu;
    let left = budget;
    cpu.stop = -1;
    cpu.attention = false;
    resume(cpu);
    while (left > 0) {
      const before = left;
      left = cpu.single || this.watch !== undefined ? this.step(left) : this.run(left);
      cpu.retired += before - left;
      if (cpu.stop >= 0) {
        const stop = cpu.stop;
        cpu.stop = -1;
        return stop;
      }
    }
    return STOP_BUDGET;
  }

  /** Runs the fast loop once and takes care of what ended it; returns the budget left. */
  private run(left: number): number {
    const cpu = this.cpu;
    const slice = Math.min(left, SLICE);
    const why = this.enter(slice);
    const rest = left - slice + cpu.left;
    if (why === FAULTED) this.raise();
    else if (cpu.attention) {
      cpu.attention = false;
      afterInstruction(cpu);
    }
    return rest;
  }

  /** Executes one instruction with every debug condition looked at; returns the budget left. */
  private step(left: number): number {
    const cpu = this.cpu;
    cpu.attention = false;
    if (this.watch !== undefined) this.watch(cpu);
    const why = this.enter(1);
    const rest = left - 1 + cpu.left;
    if (why === FAULTED) this.raise();
    else if (cpu.single || cpu.attention) afterInstruction(cpu);
    cpu.attention = false;
    return rest;
  }

  /** Fetches at CS:EIP and enters the loop; a fault before the first instruction counts as one raised in the loop. */
  private enter(left: number): number {
    const cpu = this.cpu;
    const loop = cpu.retired < SHORT ? this.cold : (this.hot ?? this.heat());
    cpu.budget = left;
    cpu.left = left;
    try {
      if (cpu.single) beforeInstruction(cpu);
      const insn = cpu.code.fetch();
      return loop(insn, left);
    } catch (thrown) {
      if (thrown !== cpu.pending) throw thrown;
      cpu.code.fetching = false;
      cpu.left = left;
      return FAULTED;
    }
  }

  /** Makes the loop that is worth compiling; `execute` does so in time. */
  heat(): Execute {
    const hot = compile(this.cpu);
    warm(this.cpu, hot);
    this.hot = hot;
    return hot;
  }

  /** Delivers the pending fault. */
  private raise(): void {
    const { vector, error } = this.cpu.pending;
    deliver(this.cpu, vector, 'exception', error, this.cpu.s[EIP]);
  }
}
