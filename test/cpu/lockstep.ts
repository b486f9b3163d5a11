/**
 * Lockstep: every instruction that our machine executes at CPL 3 is executed by the real processor too, and registers,
 * flags, x87 state and (at every entry into the kernel) memory are compared.
 *
 * It hooks into `Machine.execute`, below any kernel: whatever the kernel does between two calls (serve a system call, map
 * a page, build a signal frame, switch tasks) is copied into the native process when user code goes on. The native process
 * gets its pages one by one, as it faults on them, from our page tables; there is one per address space (CR3).
 */

import { decode } from '../../src/machine/decode.ts';
import { getFlags } from '../../src/machine/flags.ts';
import type { Machine } from '../../src/machine/machine.ts';
import * as st from '../../src/machine/state.ts';
import { STOP_BUDGET } from '../../src/machine/stop.ts';
import { storeFx } from './fx.ts';
import { Mirror } from './mirror.ts';
import { openStepper, type Step, type Stepper, type Steps } from './stepper.ts';

const BATCH = 256;
const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SYS_SET_THREAD_AREA = 243;
/** GDT entry 12 is the first TLS entry of a 64-bit kernel, 0x63 its selector. */
const NATIVE_TLS = 12;
const IGNORED_FLAGS = 0x10100;
const USER_CODE = 0x73;

const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

interface State {
  readonly gpr: Uint32Array;
  readonly eip: number;
  readonly eflags: number;
}

interface Native {
  readonly stepper: Stepper;
  readonly mirror: Mirror;
  /** FXSAVE image of the process, pointers cleared. */
  fx: Uint8Array;
  /** Base and limit of GS that the process's TLS entry has. */
  tls: string;
}

export class Lockstep {
  /** Instructions compared so far. */
  steps = 0;
  /** Flags that an instruction left undefined and that have differed since. */
  private loose = 0;
  private readonly machine: Machine;
  private readonly original: (budget: number) => number;
  private readonly natives = new Map<number, Native>();
  private readonly s: Int32Array;

  /** Takes over `machine.execute`. */
  constructor(machine: Machine) {
    this.machine = machine;
    this.s = machine.cpu.s;
    this.original = machine.execute.bind(machine);
    machine.execute = (budget) => this.execute(budget);
  }

  close(): void {
    for (const { stepper } of this.natives.values()) stepper.close();
  }

  private execute(budget: number): number {
    let left = budget;
    // The kernel's way out, an IRET, is not for the native process.
    while (this.s[st.CPL] !== 3) {
      const stop = this.original(1);
      if (stop !== STOP_BUDGET || --left === 0) return stop;
    }
    const native = this.enter();
    while (left > 0) {
      const ahead = native.stepper.step(Math.min(left, BATCH));
      for (const step of ahead.steps) {
        const before = this.s[st.EIP];
        const stop = this.one(step.eip);
        left--;
        const now = stop === STOP_BUDGET ? this.running() : this.trapped(native);
        this.compare(before, now, step, native);
        if (stop === STOP_BUDGET) continue;
        // The fetch of the next instruction has faulted already, which the real processor does with its next step.
        if (step !== ahead.steps.at(-1) || ahead.reason !== 'signal') this.diverge('we trap, the processor does not');
        native.mirror.verify();
        return stop;
      }
      if (ahead.reason === 'done') continue;
      if (ahead.reason === 'signal' && this.isMirrored(ahead, native)) continue;
      const before = this.s[st.EIP];
      const stop = this.one(-1);
      left--;
      if (stop !== STOP_BUDGET) {
        native.mirror.verify();
        return stop;
      }
      if (ahead.reason === 'signal')
        this.diverge(
          `the processor raises signal ${ahead.signal} at ${hex(before)} (address ${hex(ahead.address)}), we do not`,
        );
      this.steps++;
      native.mirror.copy(this.s[st.ESP], 16);
      this.setRegisters(native);
    }
    native.mirror.verify();
    return STOP_BUDGET;
  }

  /** The native process of the current address space, made equal to ours. */
  private enter(): Native {
    const cr3 = this.s[st.CR3];
    let native = this.natives.get(cr3);
    if (native === undefined) {
      const stepper = openStepper();
      native = { stepper, mirror: new Mirror(this.machine, stepper), fx: new Uint8Array(0), tls: '' };
      this.natives.set(cr3, native);
    }
    native.mirror.refresh();
    const fx = storeFx(this.s);
    if (!sameFx(native.fx, fx)) native.stepper.setFx(fx);
    native.fx = fx;
    this.setRegisters(native);
    return native;
  }

  /** Loads our registers into the process; its GS stands for ours, whatever the selector. */
  private setRegisters(native: Native): void {
    const { s } = this;
    const base = s[st.BASE + st.GS] >>> 0;
    const limit = s[st.LIMIT + st.GS] >>> 0;
    const isTls = s[st.ATTR + st.GS] !== 0 && (base !== 0 || limit !== 0xffffffff);
    const tls = isTls ? `${base} ${limit}` : native.tls;
    if (tls !== native.tls) {
      const inPages = limit > 0xfffff ? 1 : 0;
      const descriptor = Uint32Array.of(NATIVE_TLS, base, inPages ? limit >>> 12 : limit, 0x41 | (inPages << 4));
      const scratch = native.mirror.scratch(new Uint8Array(descriptor.buffer));
      if (native.stepper.call(SYS_SET_THREAD_AREA, scratch) !== 0) throw new Error('lockstep: set_thread_area failed');
      native.tls = tls;
    }
    native.stepper.set({
      gpr: new Uint32Array(s.subarray(0, 8)),
      eip: s[st.EIP] >>> 0,
      eflags: (getFlags(s) & 0xed5) | 0x202,
      fs: { selector: 0, base: 0 },
      gs: { selector: isTls ? (NATIVE_TLS << 3) | 3 : 0, base: isTls ? base : 0 },
    });
  }

  /** Gives the process a page that ours has and it lacks; false when the fault is one for both. */
  private isMirrored({ signal, code, address }: Steps, { mirror }: Native): boolean {
    const SIGSEGV = 11;
    const SI_KERNEL = 0x80;
    return signal === SIGSEGV && code !== SI_KERNEL && mirror.supply(address);
  }

  /** One instruction of ours, with all repetitions of a string instruction; `next` is where the processor is after it. */
  private one(next: number): number {
    const before = this.s[st.EIP];
    let stop: number;
    do stop = this.original(1);
    while (stop === STOP_BUDGET && this.s[st.EIP] === before && next !== before >>> 0);
    return stop;
  }

  private running(): State {
    const { s } = this;
    return { gpr: new Uint32Array(s.subarray(0, 8)), eip: s[st.EIP] >>> 0, eflags: getFlags(s) };
  }

  /** The state that the gate to ring 0 has put on its stack, above an error code where there is one. */
  private trapped({ mirror }: Native): State {
    const { s } = this;
    const stack = new Int32Array(mirror.peek(s[st.ESP], 24).buffer);
    const at = stack[1] === USER_CODE ? 0 : 1;
    const gpr = new Uint32Array(s.subarray(0, 8));
    gpr[4] = stack[at + 3];
    return { gpr, eip: stack[at] >>> 0, eflags: stack[at + 2] };
  }

  private compare(before: number, now: State, step: Step, native: Native): void {
    this.steps++;
    for (let i = 0; i < 8; i++) {
      if (now.gpr[i] !== step.gpr[i])
        this.diverge(`${REGISTERS[i]}: ours ${hex(now.gpr[i])}, the processor's ${hex(step.gpr[i])}`);
    }
    if (now.eip !== step.eip) this.diverge(`eip: ours ${hex(now.eip)}, the processor's ${hex(step.eip)}`);
    const differing = (now.eflags ^ step.eflags) & ~IGNORED_FLAGS;
    if ((differing & ~this.loose) !== 0) this.loose |= undefinedFlags(this.machine, native.mirror.peek(before, 16));
    if ((differing & ~this.loose) !== 0) {
      this.diverge(`eflags: ours ${hex(now.eflags)}, the processor's ${hex(step.eflags)}`);
    }
    this.loose &= differing;
    if (step.fx) {
      native.fx = storeFx(this.s);
      if (!sameFx(native.fx, step.fx)) this.diverge('the x87 or SSE state differs');
    }
  }

  private diverge(what: string): never {
    throw new Error(`lockstep: after ${this.steps} equal instructions, before EIP ${hex(this.s[st.EIP])}: ${what}`);
  }
}

const FLAGS: Readonly<Record<string, number>> = { o: 0x800, s: 0x80, z: 0x40, a: 0x10, p: 0x04, c: 0x01 };

/** EFLAGS bits that the instruction at the start of `code` leaves undefined. */
function undefinedFlags({ cpu }: Machine, code: Uint8Array): number {
  const insn = decode(cpu.model, code, code.length, cpu.big);
  return [...(insn?.row.undef ?? '')].reduce((flags, letter) => flags | FLAGS[letter], 0);
}

/** Equality of two images but for pointers, reserved parts and the second eight XMM registers. */
function sameFx(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < 288; i++) {
    const pointer = (i >= 5 && i < 24) || (i >= 28 && i < 32);
    const reserved = i >= 32 && i < 160 && (i & 15) >= 10;
    if (!pointer && !reserved && a[i] !== b[i]) return false;
  }
  return true;
}
