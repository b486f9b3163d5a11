import {
  BUS_ADRALN,
  BUS_ADRERR,
  FPE_FLTDIV,
  FPE_FLTINV,
  FPE_FLTOVF,
  FPE_FLTRES,
  FPE_FLTUND,
  FPE_INTDIV,
  ILL_ILLOPN,
  SEGV_ACCERR,
  SEGV_MAPERR,
  SI_KERNEL,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGSEGV,
  SIGTRAP,
  TRAP_BRKPT,
  TRAP_HWBKPT,
  TRAP_TRACE,
} from '../../abi/signals.ts';
import type { Outcome } from '../memory/space.ts';
import { ACCERR, BUSERR } from '../memory/space.ts';
import type { Stop } from '../platform.ts';
import { EIP } from '../platform.ts';
import type { Task } from '../tasks/task.ts';
import { makeInfo } from './info.ts';
import { forceSignal } from './send.ts';

/** Signal and si_code of each exception; `address` says whether si_addr is EIP (arch/x86/kernel/traps.c). */
interface Row {
  readonly signal: number;
  readonly code: number | ((task: Task) => number);
  readonly address: boolean;
}

const EXCEPTIONS: Readonly<Record<number, Row>> = {
  0: { signal: SIGFPE, code: FPE_INTDIV, address: true },
  1: { signal: SIGTRAP, code: debugCode, address: true },
  3: { signal: SIGTRAP, code: SI_KERNEL, address: false },
  4: { signal: SIGSEGV, code: SI_KERNEL, address: false },
  5: { signal: SIGSEGV, code: SI_KERNEL, address: false },
  6: { signal: SIGILL, code: ILL_ILLOPN, address: true },
  9: { signal: SIGFPE, code: SI_KERNEL, address: false },
  10: { signal: SIGSEGV, code: SI_KERNEL, address: false },
  11: { signal: SIGBUS, code: SI_KERNEL, address: false },
  12: { signal: SIGBUS, code: SI_KERNEL, address: false },
  13: { signal: SIGSEGV, code: SI_KERNEL, address: false },
  16: { signal: SIGFPE, code: x87Code, address: true },
  17: { signal: SIGBUS, code: BUS_ADRALN, address: false },
  19: { signal: SIGFPE, code: sseCode, address: true },
};

const PAGE_FAULT = 14;

/** The signal that an exception of the application is to it. An exception that no program can cause is SIGSEGV. */
export function raiseException(task: Task, stop: Stop): void {
  task.trapNumber = stop.vector;
  task.trapError = stop.error;
  const row = EXCEPTIONS[stop.vector] ?? EXCEPTIONS[13];
  const code = typeof row.code === 'number' ? row.code : row.code(task);
  forceSignal(task, makeInfo(row.signal, code, row.address ? task.context.regs[EIP] : 0));
}

/** The signal of a page fault that the memory service could not satisfy. */
export function raiseFault(task: Task, address: number, error: number, outcome: Outcome): void {
  task.trapNumber = PAGE_FAULT;
  task.trapError = error;
  task.trapAddress = address | 0;
  if (outcome === BUSERR) forceSignal(task, makeInfo(SIGBUS, BUS_ADRERR, address));
  else forceSignal(task, makeInfo(SIGSEGV, outcome === ACCERR ? SEGV_ACCERR : SEGV_MAPERR, address));
}

/** #DB: single step or breakpoint, by DR6. */
function debugCode(task: Task): number {
  const dr6 = task.context.debug[6];
  if (dr6 & 0x4000) return TRAP_TRACE;
  return dr6 & 0xf ? TRAP_HWBKPT : TRAP_BRKPT;
}

/** #MF: the first unmasked x87 exception, in the order of fpu__exception_code. */
function x87Code(task: Task): number {
  task.system.platform.saveFpu(task.context);
  const { fpu } = task.context;
  return floatCode(~fpu[0] & fpu[2] & 0x3f);
}

/** #XM: the same for SSE. */
function sseCode(task: Task): number {
  task.system.platform.saveFpu(task.context);
  const { fpu } = task.context;
  const mxcsr = fpu[24] | (fpu[25] << 8);
  return floatCode(~(mxcsr >> 7) & mxcsr & 0x3f);
}

function floatCode(exceptions: number): number {
  if (exceptions & 0x01) return FPE_FLTINV;
  if (exceptions & 0x04) return FPE_FLTDIV;
  if (exceptions & 0x08) return FPE_FLTOVF;
  if (exceptions & 0x12) return FPE_FLTUND;
  return exceptions & 0x20 ? FPE_FLTRES : SI_KERNEL;
}
