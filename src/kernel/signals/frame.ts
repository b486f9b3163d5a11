/**
 * Signal frames as i386 Linux lays them out (arch/x86/kernel/signal_32.c): from high to low addresses the FXSAVE image
 * (64-byte aligned), the FSAVE image, then struct sigframe or rt_sigframe with (ESP + 4) a multiple of 16.
 */
import { EVENTS } from '../../abi/events.ts';
import { SA_ONSTACK, SA_RESTORER, SA_SIGINFO, SS_AUTODISARM, SS_DISABLE, SS_ONSTACK } from '../../abi/signals.ts';
import { RT_SIGFRAME, SIGCONTEXT, SIGFRAME, UCONTEXT } from '../../abi/structs.ts';
import * as R from '../platform.ts';
import { isOuter } from '../tasks/rings.ts';
import type { AlternateStack, Task } from '../tasks/task.ts';
import { SIGNAL } from '../work.ts';
import { FSAVE_SIZE, FXSAVE_SIZE, resetFpu, toFpstate } from './fpstate.ts';
import type { Info } from './info.ts';
import { SIGNO } from './info.ts';

/** EFLAGS bits that a handler starts without: TF, DF, RF. */
const CLEARED_FLAGS = 0x100 | 0x400 | 0x10000;
/** popl %eax; movl $__NR_sigreturn, %eax; int $0x80 */
const SIGRETURN_CODE = [0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80];
/** movl $__NR_rt_sigreturn, %eax; int $0x80 */
const RT_SIGRETURN_CODE = [0xb8, 0xad, 0, 0, 0, 0xcd, 0x80, 0];

/** Whether `sp` lies on the alternate stack while that counts as being in use (on_sig_stack). */
export function onAlternateStack(stack: AlternateStack, sp: number): boolean {
  if (stack.flags & SS_AUTODISARM) return false;
  return within(stack, sp);
}

/** ss_flags as a program sees them with this ESP. */
export function alternateFlags(stack: AlternateStack, sp: number): number {
  if (stack.size === 0) return SS_DISABLE;
  return onAlternateStack(stack, sp) ? SS_ONSTACK : 0;
}

/** A signal frame ready to be written. */
export interface Frame {
  readonly fpAddress: number;
  readonly fp: Uint8Array;
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The frame for the handler of `info`'s signal; undefined where it would leave the alternate stack. */
export function buildFrame(task: Task, info: Info): Frame | undefined {
  const { regs } = task.context;
  const signal = info[SIGNO];
  const { actions } = task.process;
  const flags = actions.flags(signal);
  const siginfo = (flags & SA_SIGINFO) !== 0;
  const layout = siginfo ? RT_SIGFRAME : SIGFRAME;

  let sp = regs[R.ESP] >>> 0;
  const before = onAlternateStack(task.alternate, sp);
  let entered = false;
  if (flags & SA_ONSTACK) {
    if (alternateFlags(task.alternate, sp) === 0) {
      sp = (task.alternate.base + task.alternate.size) >>> 0;
      entered = true;
    }
  } else if (
    (regs[R.SS] & 0xffff) !== (task.system.flatData & 0xffff) &&
    !(flags & SA_RESTORER) &&
    actions.restorer(signal)
  ) {
    // Where a program switched stacks by SS, sa_restorer without SA_RESTORER is the stack (legacy).
    sp = actions.restorer(signal) >>> 0;
  }
  const fxAddress = (sp - FXSAVE_SIZE) & ~63;
  const fpAddress = (fxAddress - FSAVE_SIZE) >>> 0;
  const address = (((fpAddress - layout.size + 4) & ~15) - 4) >>> 0;
  if ((before || entered) && !within(task.alternate, address)) return undefined;

  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  const at = layout.at as Readonly<Record<string, number>>;
  const restorer = flags & SA_RESTORER ? actions.restorer(signal) : address + at.retcode;
  view.setUint32(at.pretcode, restorer, true);
  view.setInt32(at.sig, signal, true);
  bytes.set(siginfo ? RT_SIGRETURN_CODE : SIGRETURN_CODE, at.retcode);
  const mask = task.maskSaved ? task.savedMask : task.mask;
  if (siginfo) {
    const uc = UCONTEXT.at as Readonly<Record<string, number>>;
    view.setUint32(at.pinfo, address + at.info, true);
    view.setUint32(at.puc, address + at.uc, true);
    for (let n = 0; n < 32; n++) view.setInt32(at.info + n * 4, info[n], true);
    const stack = at.uc + uc.uc_stack;
    view.setUint32(stack, task.alternate.base, true);
    view.setUint32(stack + 4, alternateFlags(task.alternate, regs[R.ESP]) | task.alternate.flags, true);
    view.setUint32(stack + 8, task.alternate.size, true);
    writeSigcontext(task, view, at.uc + uc.uc_mcontext, fpAddress, mask.lo);
    view.setInt32(at.uc + uc.uc_sigmask, mask.lo, true);
    view.setInt32(at.uc + uc.uc_sigmask + 4, mask.hi, true);
  } else {
    writeSigcontext(task, view, at.sc, fpAddress, mask.lo);
    view.setInt32(at.extramask, mask.hi, true);
  }
  task.system.platform.saveFpu(task.context);
  return { fpAddress, fp: toFpstate(task.context.fpu), address, bytes };
}

/** Lets the task go on in the handler: registers as the frame promises, FPU as new. */
export function enterHandler(task: Task, info: Info, frame: Frame): void {
  const { regs } = task.context;
  const { platform, flatCode, flatData } = task.system;
  const signal = info[SIGNO];
  const siginfo = (task.process.actions.flags(signal) & SA_SIGINFO) !== 0;
  if (task.alternate.flags & SS_AUTODISARM) {
    task.alternate.base = 0;
    task.alternate.size = 0;
    task.alternate.flags = SS_DISABLE;
  }
  regs[R.EIP] = task.process.actions.handler(signal);
  regs[R.ESP] = frame.address;
  regs[R.EAX] = signal;
  regs[R.EDX] = siginfo ? frame.address + (RT_SIGFRAME.at.info as number) : 0;
  regs[R.ECX] = siginfo ? frame.address + (RT_SIGFRAME.at.uc as number) : 0;
  // A handler runs in the ring that was interrupted.
  if (isOuter(regs)) {
    regs[R.CS] = flatCode;
    regs[R.SS] = flatData;
  }
  regs[R.DS] = flatData;
  regs[R.ES] = flatData;
  regs[R.EFLAGS] &= ~CLEARED_FLAGS;
  regs[R.ORIG_EAX] = -1;
  platform.count(EVENTS.signalFrame, 1);
  platform.charge(SIGNAL);
  resetFpu(task.context.fpu);
  platform.loadFpu(task.context);
}

/** Register of each field of struct sigcontext that holds one. */
export const SIGCONTEXT_REGISTERS: readonly (readonly [offset: number, register: number, size: 2 | 4])[] = (
  [
    ['gs', R.GS, 2],
    ['fs', R.FS, 2],
    ['es', R.ES, 2],
    ['ds', R.DS, 2],
    ['di', R.EDI, 4],
    ['si', R.ESI, 4],
    ['bp', R.EBP, 4],
    ['sp', R.ESP, 4],
    ['bx', R.EBX, 4],
    ['dx', R.EDX, 4],
    ['cx', R.ECX, 4],
    ['ax', R.EAX, 4],
    ['ip', R.EIP, 4],
    ['cs', R.CS, 2],
    ['flags', R.EFLAGS, 4],
    ['ss', R.SS, 2],
  ] as const
).map(([field, register, size]) => [SIGCONTEXT.at[field], register, size] as const);

function writeSigcontext(task: Task, view: DataView, base: number, fpAddress: number, oldMask: number): void {
  const { regs } = task.context;
  const { at } = SIGCONTEXT;
  for (const [offset, register, size] of SIGCONTEXT_REGISTERS) {
    view.setUint32(base + offset, size === 2 ? regs[register] & 0xffff : regs[register], true);
  }
  view.setUint32(base + at.trapno, task.trapNumber, true);
  view.setUint32(base + at.err, task.trapError, true);
  view.setUint32(base + at.sp_at_signal, regs[R.ESP], true);
  view.setUint32(base + at.fpstate, fpAddress, true);
  view.setUint32(base + at.oldmask, oldMask, true);
  view.setUint32(base + at.cr2, task.trapAddress, true);
}

function within(stack: AlternateStack, sp: number): boolean {
  return sp >>> 0 > stack.base && (sp >>> 0) - stack.base <= stack.size;
}
