import { EINVAL, ENOMEM, EPERM } from '../../abi/errno.ts';
import { EVENTS } from '../../abi/events.ts';
import { SIGSEGV, SS_AUTODISARM, SS_DISABLE, SS_ONSTACK } from '../../abi/signals.ts';
import { RT_SIGFRAME, SIGCONTEXT, SIGFRAME, UCONTEXT } from '../../abi/structs.ts';
import * as R from '../platform.ts';
import { isInner, isOuter } from '../tasks/rings.ts';
import type { Task } from '../tasks/task.ts';
import { FPSTATE_SIZE, fromFpstate } from './fpstate.ts';
import { onAlternateStack, SIGCONTEXT_REGISTERS } from './frame.ts';
import { kernelInfo } from './info.ts';
import { forceSignal } from './send.ts';

/** EFLAGS bits that a frame may change: CF PF AF ZF SF TF DF OF RF AC (FIX_EFLAGS). */
const USER_FLAGS = 0x1 | 0x4 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 0x800 | 0x10000 | 0x40000;
/** Smallest alternate stack that is accepted (MINSIGSTKSZ). */
const MINSIGSTKSZ = 2048;

/** sigreturn(2): back to what the frame holds. The result is EAX's new value; a bad frame is SIGSEGV. */
export function returnFromSignal(task: Task): number {
  const base = (task.context.regs[R.ESP] - 8) >>> 0;
  const { at } = SIGFRAME;
  const bytes = task.user.bytes(base, SIGFRAME.size);
  if (typeof bytes === 'number') return badFrame(task, bytes);
  const view = new DataView(bytes.buffer);
  return resume(
    task,
    view,
    at.sc,
    view.getInt32(at.sc + SIGCONTEXT.at.oldmask, true),
    view.getInt32(at.extramask, true),
  );
}

/** rt_sigreturn(2). */
export function returnFromRealtimeSignal(task: Task): number {
  const base = (task.context.regs[R.ESP] - 4) >>> 0;
  const { at } = RT_SIGFRAME;
  const uc = UCONTEXT.at;
  const bytes = task.user.bytes(base, RT_SIGFRAME.size);
  if (typeof bytes === 'number') return badFrame(task, bytes);
  const view = new DataView(bytes.buffer);
  const mask = at.uc + uc.uc_sigmask;
  const result = resume(task, view, at.uc + uc.uc_mcontext, view.getInt32(mask, true), view.getInt32(mask + 4, true));
  const stack = at.uc + uc.uc_stack;
  setAlternateStack(task, view.getUint32(stack, true), view.getInt32(stack + 4, true), view.getUint32(stack + 8, true));
  return result;
}

/** sigaltstack(2)'s checks and change: 0, -EPERM while it is in use, -EINVAL, -ENOMEM. */
export function setAlternateStack(task: Task, base: number, flags: number, size: number): number {
  if (onAlternateStack(task.alternate, task.context.regs[R.ESP])) return -EPERM;
  const mode = flags & ~SS_AUTODISARM;
  if (mode !== SS_DISABLE && mode !== SS_ONSTACK && mode !== 0) return -EINVAL;
  if (mode === SS_DISABLE) {
    task.alternate.base = 0;
    task.alternate.size = 0;
  } else {
    if (size < MINSIGSTKSZ) return -ENOMEM;
    task.alternate.base = base;
    task.alternate.size = size;
  }
  task.alternate.flags = flags;
  return 0;
}

function resume(task: Task, view: DataView, sc: number, maskLo: number, maskHi: number): number {
  const { regs } = task.context;
  const fpAddress = view.getUint32(sc + SIGCONTEXT.at.fpstate, true);
  const fp = fpAddress ? task.user.bytes(fpAddress, FPSTATE_SIZE) : undefined;
  if (typeof fp === 'number') return badFrame(task, fp);
  task.block(maskLo, maskHi);
  task.system.platform.count(EVENTS.signalReturn, 1);
  const flags = regs[R.EFLAGS];
  const wasOuter = isOuter(regs);
  for (const [offset, register, size] of SIGCONTEXT_REGISTERS) {
    regs[register] = size === 2 ? view.getUint16(sc + offset, true) : view.getInt32(sc + offset, true);
  }
  // No frame leads to an inner ring; the rest of the selector is checked where it is loaded.
  if (wasOuter || !isInner(task, regs)) {
    regs[R.CS] |= 3;
    regs[R.SS] |= 3;
  }
  regs[R.EFLAGS] = (flags & ~USER_FLAGS) | (regs[R.EFLAGS] & USER_FLAGS);
  regs[R.ORIG_EAX] = -1;
  if (fp) {
    task.system.platform.saveFpu(task.context);
    fromFpstate(fp, task.context.fpu);
    task.system.platform.loadFpu(task.context);
  }
  return regs[R.EAX];
}

/** The frame cannot be read: SIGSEGV, unless a page of it must only be waited for. */
function badFrame(task: Task, error: number): number {
  if (task.user.missing >= 0) return error;
  task.context.regs[R.ORIG_EAX] = -1;
  forceSignal(task, kernelInfo(SIGSEGV));
  return 0;
}
