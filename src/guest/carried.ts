/** Delivery to and from a kernel that another process carries. */
import { SIGSEGV } from '../abi/signals.ts';
import { FPSTATE, SIGCONTEXT, SIGFRAME } from '../abi/structs.ts';
import { EAX, type Kernel, ORIG_EAX, REGISTERS, type Stop } from '../kernel/platform.ts';
import { fromFpstate } from '../kernel/signals/fpstate.ts';
import { SIGCONTEXT_REGISTERS } from '../kernel/signals/frame.ts';
import { Burst, type Record } from './burst.ts';
import type { GuestContext } from './context.ts';
import { GATE_FRAME } from './image.ts';
import { GENERAL_PROTECTION, type Home, Inside, loadable, PAGE_FAULT, setHandlers } from './inside.ts';
import {
  PAGE_COMMAND,
  PAGE_DEBUG,
  PAGE_DEBUG_CHANGED,
  PAGE_LEFT,
  PAGE_REASON,
  PAGE_REGISTERS,
  PAGE_SIGNALS,
  REASON,
  RUN,
} from './kernel-page.ts';
import type { Guest } from './platform.ts';
import type { GuestSpace } from './space.ts';
import type { Protection, Switching } from './tower.ts';

const PAGE = 4096;
const DEBUG = 1;

/**
 * A list of calls hides the kernel and lets the application go; its next trap comes back by the list in the entry page.
 * The carrier exchanges the registers.
 */
export class Carried extends Inside {
  readonly #protection: Protection;
  readonly #leave: (home: Home) => readonly Record[];
  readonly #burst: Burst;

  /** `leave`: the calls by which a process tells that the application is to run. */
  constructor(guest: Guest, protection: Protection, switching: Switching, leave: (home: Home) => readonly Record[]) {
    super(guest, switching);
    this.#protection = protection;
    this.#leave = leave;
    this.#burst = new Burst(guest.memory, () => this.home.gate);
  }

  *run(_space: GuestSpace, context: GuestContext): Kernel<Stop> {
    const { memory } = this.guest;
    if (memory.load32(PAGE_SIGNALS) !== 0) {
      yield* this.guest.notice();
      return this.tell('quantum', 0, 0, 0);
    }
    if (!loadable(context.regs)) return this.tell('exception', GENERAL_PROTECTION, 0, 0);
    const calls = [...this.descriptors(context), ...this.#protection.hide, ...this.#leave(this.home)];
    this.#load(context);
    this.takeFpu(context);
    memory.store32(PAGE_LEFT, calls.length);
    memory.store32(PAGE_COMMAND, RUN);
    yield this.#burst.of(calls);
    const reason = memory.load32(PAGE_REASON);
    if (reason === REASON.exception) return this.#exception(context);
    const { regs } = context;
    for (let n = 0; n < REGISTERS; n++) regs[n] = memory.load32(PAGE_REGISTERS + n * 4);
    if (reason === REASON.frameless) {
      // A frame that finds no room takes the handler of SIGSEGV away.
      yield* setHandlers(this.guest, [SIGSEGV]);
      return this.tell('exception', GENERAL_PROTECTION, 0, 0);
    }
    if (reason === REASON.syscall) {
      regs[EAX] = regs[ORIG_EAX];
      return this.tell('syscall', 0x80, 0, 0);
    }
    yield* this.guest.notice();
    return this.tell('quantum', 0, 0, 0);
  }

  /** Leaves the registers of the application where whoever lets it run finds them. */
  #load(context: GuestContext): void {
    const { home } = this;
    const { memory } = this.guest;
    const { regs, debug } = context;
    for (let n = 0; n < REGISTERS; n++) memory.store32(PAGE_REGISTERS + n * 4, n === ORIG_EAX ? -1 : regs[n]);
    let changed = 0;
    for (let n = 0; n < 8; n++) {
      memory.store32(PAGE_DEBUG + n * 4, debug[n]);
      if ((n < 4 || n === 7) && home.debug[n] !== debug[n]) changed = 1;
      home.debug[n] = debug[n];
    }
    memory.store32(PAGE_DEBUG_CHANGED, changed);
  }

  /** An exception left its frame on the stack in the gate page. */
  #exception(context: GuestContext): Stop {
    const { memory } = this.guest;
    const { gate } = this.home;
    const frame = gate + (memory.load32(gate + GATE_FRAME) & (PAGE - 1));
    const at = frame + SIGFRAME.at.sc;
    const { regs } = context;
    for (const [offset, register, size] of SIGCONTEXT_REGISTERS)
      regs[register] = size === 2 ? memory.load16(at + offset) : memory.load32(at + offset);
    regs[ORIG_EAX] = -1;
    const fpstate = memory.load32(at + SIGCONTEXT.at.fpstate);
    if (fpstate !== 0) {
      const bytes = new Uint8Array(FPSTATE.size);
      memory.read(gate + (fpstate & (PAGE - 1)), bytes, 0, bytes.length);
      fromFpstate(bytes, context.fpu);
    }
    context.fpuHome = undefined;
    const vector = memory.load32(at + SIGCONTEXT.at.trapno);
    const error = memory.load32(at + SIGCONTEXT.at.err);
    if (vector === DEBUG) context.debug[6] = memory.load32(PAGE_DEBUG + 6 * 4);
    if (vector === PAGE_FAULT) return this.tell('fault', vector, error, memory.load32(at + SIGCONTEXT.at.cr2));
    return this.tell('exception', vector, error, 0);
  }
}
