import { EIO } from '../../abi/errno.ts';
import * as f from '../../abi/flags.ts';
import { SIGTRAP, SIGVTALRM } from '../../abi/signals.ts';
import { USER_DESC } from '../../abi/structs.ts';
import { AT_FPU, AT_SIGINFO, AT_STRUCT } from '../../guest/below.ts';
import { syscallNumber } from '../../guest/call.ts';
import type { Guest } from '../../guest/platform.ts';
import type { GuestSpace } from '../../guest/space.ts';
import type { Delivery } from '../../guest/tower.ts';
import {
  type Context,
  DS,
  EAX,
  EIP,
  ES,
  ESP,
  FS,
  GS,
  type Kernel,
  ORIG_EAX,
  type Stop,
} from '../../kernel/platform.ts';
import { describe } from '../../kernel/tasks/tls.ts';
import { EXCEPTION_SIGNALS, type Processes } from './processes.ts';
import { TRAP_ADDRESS, TRAP_ERROR, TRAP_NUMBER } from './stub.ts';
import {
  CALL,
  gettingRegisters,
  INTERRUPTED,
  LOST,
  nextStop,
  request,
  settingRegisters,
  stopOf,
  type Tracee,
  takeRegisters,
  waitingFor,
} from './tracee.ts';

const PAGE = 4096;
/** The ring of a selector. */
const RING = 3;
const FXSAVE = 512;
/** SIGTRAP with the mark of a system call. */
const CALL_STOP = SIGTRAP | 0x80;
const DEBUG = 1;
const GENERAL_PROTECTION = 13;
const PAGE_FAULT = 14;
/** Processes that may be lost one after the other before the application is told. */
const MOST_LOSSES = 8;
/** Where struct user has the debug registers. */
const DEBUG_OFFSET = 252;
const GETPID = syscallNumber('getpid');

/** How a stop at a system call is had without the call. */
export type Manner = 'skas' | 'sysemu';

/**
 * Delivery: the application is let go with PTRACE_SYSEMU, which stops it at a system call and leaves the call out; or
 * with PTRACE_SYSCALL, which needs a second stop after a harmless call in its place.
 */
export class Rounds implements Delivery {
  readonly #guest: Guest;
  readonly #processes: Processes;
  readonly #emulates: boolean;
  /** Processes that were lost since the last stop. */
  #losses = 0;

  constructor(guest: Guest, processes: Processes, manner: Manner) {
    this.#guest = guest;
    this.#processes = processes;
    this.#emulates = manner === 'sysemu';
  }

  /** Makes the usual calls itself: a generator for each would cost more than all else that this does. */
  *run(space: GuestSpace, context: Context): Kernel<Stop> {
    const guest = this.#guest;
    const tracee = space.below as Tracee;
    const { pid } = tracee;
    const { below, memory } = guest;
    const { call } = below;
    if (differs(tracee, context)) yield* this.#loadRest(tracee, context);
    yield settingRegisters(guest, pid, context.regs);
    if (call.result === -EIO && !(yield* this.#loadable(pid, context.regs)))
      return this.#tell('exception', GENERAL_PROTECTION, 0, 0);
    memory.write(AT_FPU, context.fpu, 0, FXSAVE);
    yield call.of(CALL.ptrace, f.PTRACE_SETFPXREGS, pid, 0, below.at(AT_FPU));
    let kicked = false;
    for (;;) {
      yield call.of(CALL.ptrace, this.#emulates ? f.PTRACE_SYSEMU : f.PTRACE_SYSCALL, pid, 0, 0);
      yield waitingFor(guest, pid);
      let signal = stopOf(guest);
      while (signal === INTERRUPTED) {
        if ((yield* guest.notice()) && !kicked) {
          kicked = true;
          yield* call.make(CALL.kill, pid, SIGVTALRM);
        }
        yield waitingFor(guest, pid);
        signal = stopOf(guest);
      }
      if (signal === LOST) return yield* this.#lost(space);
      const known = signal === CALL_STOP || signal === SIGVTALRM || EXCEPTION_SIGNALS.has(signal);
      // Somebody below sent the process a signal: it is nothing to the application.
      if (!known) continue;
      yield gettingRegisters(guest, pid);
      takeRegisters(guest, context.regs);
      yield call.of(CALL.ptrace, f.PTRACE_GETFPXREGS, pid, 0, below.at(AT_FPU));
      memory.read(AT_FPU, context.fpu, 0, FXSAVE);
      yield call.of(CALL.ptrace, f.PTRACE_GETSIGINFO, pid, 0, below.at(AT_SIGINFO));
      if (signal === CALL_STOP) {
        if (!this.#emulates) yield* this.#annul(pid);
        return this.#call(context);
      }
      if (signal === SIGVTALRM) return this.#tell('quantum', 0, 0, 0);
      return yield* this.#exception(space, tracee, context, signal);
    }
  }

  /** Gives the process the application's TLS descriptors and debug registers. */
  *#loadRest(tracee: Tracee, context: Context): Kernel<void> {
    const guest = this.#guest;
    const { pid } = tracee;
    for (let n = 0; n < 3; n++) {
      if (tracee.tls[n * 2] === context.tls[n * 2] && tracee.tls[n * 2 + 1] === context.tls[n * 2 + 1]) continue;
      yield* this.#setThreadArea(pid, 6 + n, context.tls[n * 2], context.tls[n * 2 + 1]);
      tracee.tls[n * 2] = context.tls[n * 2];
      tracee.tls[n * 2 + 1] = context.tls[n * 2 + 1];
    }
    for (let n = 0; n < 8; n++) {
      if ((n > 3 && n < 7) || tracee.debug[n] === context.debug[n]) continue;
      yield* request(guest, f.PTRACE_POKEUSR, pid, DEBUG_OFFSET + n * 4, context.debug[n]);
      tracee.debug[n] = context.debug[n];
    }
  }

  /** Registers that were refused, as where the processor loads them: a data selector that it cannot load is null then. */
  *#loadable(pid: number, regs: Int32Array): Kernel<boolean> {
    for (const n of [DS, ES, FS, GS]) if ((regs[n] & RING) !== RING) regs[n] = 0;
    yield settingRegisters(this.#guest, pid, regs);
    return this.#guest.below.call.result !== -EIO;
  }

  /** Puts a harmless call in the place of the one that the process has stopped at, and lets it be made. */
  *#annul(pid: number): Kernel<void> {
    const guest = this.#guest;
    yield* request(guest, f.PTRACE_POKEUSR, pid, ORIG_EAX * 4, GETPID);
    yield* request(guest, f.PTRACE_SYSCALL, pid, 0, 0);
    yield* nextStop(guest, pid);
  }

  /** A system call of the application; one made from the stub is refused. */
  #call(context: Context): Stop {
    const { regs } = context;
    regs[EAX] = regs[ORIG_EAX];
    // EIP is behind the instruction, whose last byte may be the last below the stub.
    if (this.#inStub(regs[EIP] - 1)) return this.#tell('exception', GENERAL_PROTECTION, 0, 0);
    return this.#tell('syscall', 0x80, 0, 0);
  }

  /** An exception: its signal is let through to the stub's handler, which leaves the details in the shared page. */
  *#exception(space: GuestSpace, tracee: Tracee, context: Context, first: number): Kernel<Stop> {
    const guest = this.#guest;
    const { pid } = tracee;
    // With its ESP there, the application would be taken for a handler that runs: the frame would not begin at the top.
    if (this.#inStub(context.regs[ESP] - 1)) {
      const registers = context.regs.slice();
      registers[ESP] = 0;
      yield settingRegisters(guest, pid, registers);
    }
    for (let signal = first; ; ) {
      yield* request(guest, f.PTRACE_CONT, pid, 0, signal);
      const stopped = yield* nextStop(guest, pid);
      if (stopped === SIGTRAP) break;
      if (stopped === LOST) return yield* this.#lost(space);
      signal = 0;
    }
    const { memory } = guest;
    const at = tracee.data * PAGE;
    const vector = memory.load32(at + TRAP_NUMBER);
    if (vector === DEBUG) {
      yield* request(guest, f.PTRACE_PEEKUSR, pid, DEBUG_OFFSET + 6 * 4, guest.below.at(AT_STRUCT));
      context.debug[6] = memory.load32(AT_STRUCT);
    }
    const error = memory.load32(at + TRAP_ERROR);
    if (this.#inStub(context.regs[EIP])) return this.#tell('exception', GENERAL_PROTECTION, 0, 0);
    if (vector === PAGE_FAULT) return this.#tell('fault', vector, error, memory.load32(at + TRAP_ADDRESS));
    return this.#tell('exception', vector, error, 0);
  }

  #inStub(address: number): boolean {
    return address >>> 0 >= this.#processes.stubCode && address >>> 0 < this.#guest.found.top;
  }

  /** The process was killed below: the application goes on in a new one, but not for ever. */
  *#lost(space: GuestSpace): Kernel<Stop> {
    yield* this.#processes.lost(space);
    if (++this.#losses < MOST_LOSSES) return this.#guest.tell('quantum', 0, 0, 0);
    return this.#tell('exception', GENERAL_PROTECTION, 0, 0);
  }

  #tell(why: Stop['why'], vector: number, error: number, address: number): Stop {
    this.#losses = 0;
    return this.#guest.tell(why, vector, error, address);
  }

  *#setThreadArea(pid: number, entry: number, low: number, high: number): Kernel<void> {
    const { memory } = this.#guest;
    const { base, limit, flags } = describe(low, high);
    const { at } = USER_DESC;
    memory.store32(AT_STRUCT + at.entry_number, entry);
    memory.store32(AT_STRUCT + at.base_addr, base);
    memory.store32(AT_STRUCT + at.limit, limit);
    memory.store32(AT_STRUCT + at.flags, flags);
    yield* request(this.#guest, f.PTRACE_SET_THREAD_AREA, pid, entry, this.#guest.below.at(AT_STRUCT));
  }
}

/** Whether the process has other TLS descriptors or debug registers than the application. */
function differs(tracee: Tracee, { tls, debug }: Context): boolean {
  for (let n = 0; n < 6; n++) if (tracee.tls[n] !== tls[n]) return true;
  for (let n = 0; n < 8; n++) if ((n < 4 || n === 7) && tracee.debug[n] !== debug[n]) return true;
  return false;
}
