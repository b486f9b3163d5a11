/** What the verbs do to a thread: its registers go to and come from save areas. */
import { KTRACE_FRAME_AT } from '../abi/ktrace.ts';
import { SIGSEGV } from '../abi/signals.ts';
import { CS, DS, EFLAGS, EIP, ES, FS, GS, ORIG_EAX, REGISTERS, SS } from '../kernel/platform.ts';
import { dumpStatus, endProcess } from '../kernel/signals/send.ts';
import { isInner } from '../kernel/tasks/rings.ts';
import type { Task } from '../kernel/tasks/task.ts';
import type { Moment } from './moment.ts';
import type { Area, Named } from './names.ts';

/** EFLAGS that a program may have: CF PF AF ZF SF TF DF OF RF AC. */
const FLAGS = 0x50dd5;
const DATA = [DS, ES, FS, GS] as const;
const { why, number, error, address, mode } = KTRACE_FRAME_AT;

/** save: registers as struct user_regs_struct, then the cause. */
export function store(moment: Moment, { physical }: Area): void {
  const { task } = moment;
  const { memory } = task.system.platform;
  const { regs } = task.context;
  for (let n = 0; n < REGISTERS; n++) memory.store32(physical + n * 4, regs[n]);
  memory.store32(physical + why, moment.why);
  memory.store32(physical + number, moment.number);
  memory.store32(physical + error, moment.error);
  memory.store32(physical + address, moment.address);
  memory.store32(physical + mode, moment.mode);
}

/**
 * restore: selectors must be null or of ring 3 (code and stack also those of ring 1, where there is one), and of the flags only the program's own count. A frame that breaks this
 * ends the process: a signal could be redirected by the same script, for ever.
 */
export function load({ task }: Moment, { physical }: Area): void {
  const { memory } = task.system.platform;
  const { regs } = task.context;
  const kept = regs[EFLAGS];
  for (let n = 0; n < REGISTERS; n++) regs[n] = memory.load32(physical + n * 4);
  regs[EFLAGS] = (kept & ~FLAGS) | (regs[EFLAGS] & FLAGS);
  // No call is under way: nothing is to be made again.
  regs[ORIG_EAX] = -1;
  const { flatCode, flatData } = task.system;
  if (!isInner(task, regs) && !(isUser(regs[CS]) && isUser(regs[SS]))) {
    regs[CS] = flatCode;
    regs[SS] = flatData;
    fail(task);
  }
  for (let n = 0; n < DATA.length; n++) {
    const segment = DATA[n];
    const selector = regs[segment] & 0xffff;
    regs[segment] = selector === 0 || isUser(selector) ? selector : 0;
  }
}

function isUser(selector: number): boolean {
  return (selector & 3) === 3;
}

/** goto: the entry's own registers where it has some, and its address. */
export function restart(moment: Moment, entry: Named): void {
  if (entry.area) load(moment, entry.area);
  const { regs } = moment.task.context;
  if (entry.address !== 0) regs[EIP] = entry.address;
  regs[ORIG_EAX] = -1;
}

export function setMode(moment: Moment, to: number): void {
  moment.mode = to;
}

/** What a script cannot go on from ends the process with SIGSEGV. */
export function fail({ process }: Task): void {
  endProcess(process, dumpStatus(process, SIGSEGV));
}
