import { ECHILD, EINTR } from '../../abi/errno.ts';
import * as f from '../../abi/flags.ts';
import { SIGTRAP } from '../../abi/signals.ts';
import { AT_REGISTERS, AT_STATUS } from '../../guest/below.ts';
import { syscallNumber } from '../../guest/call.ts';
import type { Guest } from '../../guest/platform.ts';
import { EAX, type Kernel, ORIG_EAX, REGISTERS } from '../../kernel/platform.ts';

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

/** A wait status that says that the process is no more. */
export const LOST = -1;

/** ptrace(2). */
export function* request(guest: Guest, what: number, pid: number, address: number, data: number): Kernel<number> {
  const { call } = guest.below;
  yield call.of(CALL.ptrace, what, pid, address, data);
  return call.result;
}

/**
 * Waits for the next stop: its signal (with 0x80 at a system call), or LOST. Signals to the guest kernel itself are
 * acted on; `interrupted` is called for each time that happened.
 */
export function* nextStop(guest: Guest, pid: number, interrupted?: () => Kernel<void>): Kernel<number> {
  const { call, memory } = guest.below;
  for (;;) {
    yield call.of(CALL.wait4, pid, guest.below.at(AT_STATUS), f.__WALL, 0);
    if (call.result === -EINTR) {
      if ((yield* guest.notice()) && interrupted) yield* interrupted();
      continue;
    }
    if (call.result === -ECHILD) return LOST;
    const status = memory.load32(AT_STATUS);
    return (status & 0xff) === 0x7f ? (status >> 8) & 0xffff : LOST;
  }
}

/** Runs code of the stub, or one instruction, from these registers on until it traps. False when the process is lost. */
export function* runStub(guest: Guest, pid: number, registers: Int32Array, how: number): Kernel<boolean> {
  yield* setRegisters(guest, pid, registers);
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

/** PTRACE_SETREGS; no call is restarted. 0 or -EIO: there is a selector that a program cannot have. */
export function* setRegisters(guest: Guest, pid: number, registers: Int32Array): Kernel<number> {
  const { memory } = guest;
  for (let n = 0; n < REGISTERS; n++) memory.store32(AT_REGISTERS + n * 4, n === ORIG_EAX ? -1 : registers[n]);
  const { call } = guest.below;
  yield call.of(CALL.ptrace, f.PTRACE_SETREGS, pid, 0, guest.below.at(AT_REGISTERS));
  return call.result;
}

/** PTRACE_GETREGS. */
export function* getRegisters(guest: Guest, pid: number, registers: Int32Array): Kernel<void> {
  const { call } = guest.below;
  yield call.of(CALL.ptrace, f.PTRACE_GETREGS, pid, 0, guest.below.at(AT_REGISTERS));
  const { memory } = guest;
  for (let n = 0; n < REGISTERS; n++) registers[n] = memory.load32(AT_REGISTERS + n * 4);
}
