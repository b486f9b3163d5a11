/**
 * The registers of a traced task as PTRACE_PEEKUSER and its kin show them: struct user of i386 (sys/user.h).
 *
 * Results below 0 are -EIO, -EINVAL.
 */
import { EIO } from '../abi/errno.ts';
import { CS, DS, EFLAGS, ES, FS, GS, REGISTERS, SS } from '../kernel/platform.ts';
import { DR6_RESERVED, setDebug } from '../kernel/tasks/debug.ts';
import type { Trace } from './trace.ts';

/** Bytes of struct user, and where its debug registers lie. */
const USER_SIZE = 284;
const DEBUG_OFFSET = 252;
/** EFLAGS that a tracer may change: CF PF AF ZF SF TF DF OF RF AC (FLAG_MASK). */
const FLAGS = 0x50dd5;

/** One bit for each selector. */
const SEGMENTS = (1 << DS) | (1 << ES) | (1 << FS) | (1 << GS) | (1 << CS) | (1 << SS);

/** One general register, by its word in struct user_regs_struct. */
export function register(trace: Trace, index: number): number {
  return index === EFLAGS ? trace.flags : trace.task.context.regs[index];
}

/** Sets one general register. A selector must be null or of ring 3; CS and SS must not be null: -EIO. */
export function setRegister(trace: Trace, index: number, value: number): number {
  const { regs } = trace.task.context;
  if (index === EFLAGS) trace.flags = (regs[EFLAGS] & ~FLAGS) | (value & FLAGS);
  else if ((SEGMENTS & (1 << index)) !== 0) {
    const selector = value & 0xffff;
    if (selector !== 0 && (selector & 3) !== 3) return -EIO;
    if (selector === 0 && (index === CS || index === SS)) return -EIO;
    regs[index] = selector;
  } else regs[index] = value;
  return 0;
}

/** The word at an offset of struct user; what is not kept there is 0. -EIO is said by `undefined`. */
export function peekUser(trace: Trace, offset: number): number | undefined {
  if (offset & 3 || offset >>> 0 > USER_SIZE - 4) return undefined;
  if (offset < REGISTERS * 4) return register(trace, offset >> 2);
  if (offset < DEBUG_OFFSET) return 0;
  const { debug } = trace.task.context;
  const index = (offset - DEBUG_OFFSET) >> 2;
  if (index === 6) return debug[6] | DR6_RESERVED;
  return index === 4 || index === 5 ? 0 : debug[index];
}

/** Sets the word at an offset of struct user: 0, -EIO, -EINVAL. */
export function pokeUser(trace: Trace, offset: number, value: number): number {
  if (offset & 3 || offset >>> 0 > USER_SIZE - 4) return -EIO;
  if (offset < REGISTERS * 4) return setRegister(trace, offset >> 2, value);
  if (offset < DEBUG_OFFSET) return -EIO;
  return setDebug(trace.task, (offset - DEBUG_OFFSET) >> 2, value);
}
