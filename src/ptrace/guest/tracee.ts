import { ECHILD, EINTR } from '../../abi/errno.ts';
import * as f from '../../abi/flags.ts';
import { SIGTRAP } from '../../abi/signals.ts';
import { AT_REGISTERS, AT_STATUS } from '../../guest/below.ts';
import { type Call, syscallNumber } from '../../guest/call.ts';
import type { Guest } from '../../guest/platform.ts';
import { EAX, type Kernel, ORIG_EAX } from '../../kernel/platform.ts';

export const CALL = {
  ptrace: syscallNumber('ptrace'),
  wait4: syscallNumber('wait4'),
  kill: syscallNumber('kill'),
} as const;

/** A process of the kernel below that is one application address space, traced by the guest kernel. */
export interface Tracee {
  readonly pid: number;
  /** Physical frame of its stub's data page. */
  readonly data: number;
  /** Registers of a fresh process: what a batch begins with. */
  readonly fresh: Int32Array;
  /** TLS descriptors and debug registers that it has now. */
  readonly tls: Int32Array;
  readonly debug: Int32Array;
}

/** In the place of the signal of a stop: the process is no more; the wait was interrupted by a signal to the kernel. */
export const LOST = -1;
export const INTERRUPTED = -2;

/** ptrace(2). */
export function* request(guest: Guest, what: number, pid: number, address: number, data: number): Kernel<number> {
  const { call } = guest.below;
  yield call.of(CALL.ptrace, what, pid, address, data);
  return call.result;
}

/** The call that waits for the next stop; then `stopOf` tells it. */
export function waitingFor(guest: Guest, pid: number): Call {
  const { call } = guest.below;
  return call.of(CALL.wait4, pid, guest.below.at(AT_STATUS), f.__WALL, 0);
}

/** What such a call came to: the signal of the stop (with 0x80 at a system call), LOST, or INTERRUPTED. */
export function stopOf(guest: Guest): number {
  const { call, memory } = guest.below;
  if (call.result === -EINTR) return INTERRUPTED;
  if (call.result === -ECHILD) return LOST;
  const status = memory.load32(AT_STATUS);
  return (status & 0xff) === 0x7f ? (status >> 8) & 0xffff : LOST;
}

/** Waits for the next stop: as `stopOf`, but signals to the guest kernel itself are acted on. */
export function* nextStop(guest: Guest, pid: number): Kernel<number> {
  for (;;) {
    yield waitingFor(guest, pid);
    const stop = stopOf(guest);
    if (stop !== INTERRUPTED) return stop;
    yield* guest.notice();
  }
}

/** Runs code of the stub, or one instruction, from these registers on until it traps. False when the process is lost. */
export function* runStub(guest: Guest, pid: number, registers: Int32Array, how: number): Kernel<boolean> {
  yield settingRegisters(guest, pid, registers);
  for (;;) {
    yield* request(guest, how, pid, 0, 0);
    const signal = yield* nextStop(guest, pid);
    if (signal === LOST) return false;
    if (signal === SIGTRAP) return true;
  }
}

/** EAX of a process that has stopped. */
export function* resultOf(guest: Guest, pid: number): Kernel<number> {
  const at = AT_STATUS + 8;
  yield* request(guest, f.PTRACE_PEEKUSR, pid, EAX * 4, guest.below.at(at));
  return guest.memory.load32(at);
}

/** The call that sets the registers; no call is restarted. It comes to 0 or -EIO: there is a selector that a program cannot have. */
export function settingRegisters(guest: Guest, pid: number, registers: Int32Array): Call {
  const { call, memory } = guest.below;
  memory.storeWords(AT_REGISTERS, registers);
  memory.store32(AT_REGISTERS + ORIG_EAX * 4, -1);
  return call.of(CALL.ptrace, f.PTRACE_SETREGS, pid, 0, guest.below.at(AT_REGISTERS));
}

/** The call that reads the registers; then `takeRegisters` has them. */
export function gettingRegisters(guest: Guest, pid: number): Call {
  const { below } = guest;
  return below.call.of(CALL.ptrace, f.PTRACE_GETREGS, pid, 0, below.at(AT_REGISTERS));
}

export function takeRegisters({ below: { memory } }: Guest, registers: Int32Array): void {
  memory.loadWords(AT_REGISTERS, registers);
}
