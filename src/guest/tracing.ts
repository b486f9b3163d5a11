/** ptrace(2) and wait4(2) of the kernel below, as its calls. */
import { ECHILD, EINTR } from '../abi/errno.ts';
import * as f from '../abi/flags.ts';
import type { Kernel } from '../kernel/platform.ts';
import { AT_STATUS, type Below } from './below.ts';
import { syscallNumber } from './call.ts';

export const TRACING = {
  ptrace: syscallNumber('ptrace'),
  wait4: syscallNumber('wait4'),
  kill: syscallNumber('kill'),
} as const;

/** SIGTRAP with the mark of a system call (PTRACE_O_TRACESYSGOOD). */
export const CALL_STOP = 5 | 0x80;

/** ptrace(2): 0 or -errno; PEEK requests leave their word at `data`. */
export function* trace(below: Below, what: number, pid: number, address: number, data: number): Kernel<number> {
  const { call } = below;
  yield call.of(TRACING.ptrace, what, pid, address, data);
  return call.result;
}

/** What waiting came to: a process and its status, or why there is none (-EINTR, -ECHILD) in `pid`. */
export interface Waited {
  readonly pid: number;
  readonly status: number;
}

/** Waits for any tracee or child. */
export function* waitAny(below: Below): Kernel<Waited> {
  const { call, memory } = below;
  yield call.of(TRACING.wait4, -1, below.at(AT_STATUS), f.__WALL, 0);
  if (call.result === -EINTR || call.result === -ECHILD) return { pid: call.result, status: 0 };
  return { pid: call.result, status: memory.load32(AT_STATUS) };
}

/** The signal of a status that says that a process has stopped, with an event in the bits above; 0 when it has ended. */
export function stopSignal(status: number): number {
  return (status & 0xff) === 0x7f ? status >>> 8 : 0;
}
