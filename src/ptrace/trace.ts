import * as f from '../abi/flags.ts';
import {
  CLD_STOPPED,
  CLD_TRAPPED,
  SI_KERNEL,
  SI_USER,
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGKILL,
  SIGSTOP,
  SIGTRAP,
  TRAP_BRKPT,
} from '../abi/signals.ts';
import type { Kernel, Sleep } from '../kernel/platform.ts';
import { EFLAGS, EIP } from '../kernel/platform.ts';
import { Queue } from '../kernel/queue.ts';
import type { Info } from '../kernel/signals/info.ts';
import { CODE, fillInfo, makeInfo, PID, SIGNO } from '../kernel/signals/info.ts';
import { childInfo, endProcess, forceSignal, notice, sendToTask, tellOfStop } from '../kernel/signals/send.ts';
import type { Birth, Hook, Tracee } from '../kernel/tasks/hook.ts';
import type { Task } from '../kernel/tasks/task.ts';
import type { Event } from '../kernel/tasks/wait.ts';
import { stopEvent } from '../kernel/tasks/wait.ts';
import { leaveZombie } from './zombie.ts';

/** EFLAGS: single step. */
const TF = 0x100;
/** Marks a stop at a system call, where the tracer asked for the mark (PTRACE_O_TRACESYSGOOD). */
const CALL_MARK = 0x80;
/** Event messages at the two ends of a call (linux/ptrace.h). */
const SYSCALL_ENTRY = 1;
const SYSCALL_EXIT = 2;
/** clone(2): not to be traced along with its parent. */
const CLONE_UNTRACED = 0x800000;
const CLONE_PTRACE = 0x2000;

const BIRTHS: Readonly<Record<Birth, { readonly option: number; readonly event: number }>> = {
  fork: { option: f.PTRACE_O_TRACEFORK, event: f.PTRACE_EVENT_FORK },
  vfork: { option: f.PTRACE_O_TRACEVFORK, event: f.PTRACE_EVENT_VFORK },
  clone: { option: f.PTRACE_O_TRACECLONE, event: f.PTRACE_EVENT_CLONE },
};

/** All of PTRACE_O_*. */
export const OPTIONS = 0x3000ff;

/** How a tracer lets its tracee go on. */
export interface Going {
  /** Stops at both ends of the next system call. */
  readonly calls: boolean;
  /** Stops at the entry of the next call, which is then left out (PTRACE_SYSEMU). */
  readonly emulate: boolean;
  /** Stops after one instruction. */
  readonly step: boolean;
}

/** A stop ends when the tracer lets the task go on, or somebody continues its process. */
function stopSleep(resumed: Queue, continued: Queue): Sleep {
  return { kind: 'sleep', queues: [resumed, continued], until: Number.POSITIVE_INFINITY, interruptible: false };
}

export const CONTINUE: Going = { calls: false, emulate: false, step: false };

/** One task under ptrace(2): the stops of the tracee, and what its tracer set. */
export class Trace implements Hook, Tracee {
  readonly task: Task;
  /** The thread that may make requests; its process waits. */
  readonly tracer: Task;
  /** Attached by PTRACE_SEIZE: stops have PTRACE_EVENT_STOP. */
  readonly seized: boolean;
  /** PTRACE_O_*. */
  options: number;
  /** PTRACE_GETEVENTMSG. */
  message = 0;
  /** In a stop that a tracer can act on. */
  stopped = false;
  /** A group stop that the tracer lets last (PTRACE_LISTEN). */
  listening = false;
  /** The signal of the current stop, undefined in a group stop without one (PTRACE_GETSIGINFO). */
  info: Info | undefined;
  #going = CONTINUE;
  /** What wait has not reported yet: exit_code of the stop. */
  #code = 0;
  #why = CLD_TRAPPED;
  /** The signal with which the tracer let it go on. */
  #injected = 0;
  readonly #resumed = new Queue();
  /** EFLAGS.TF is the tracer's doing, not the program's. */
  #ownTrap = false;
  /** What the stop under way waits for; its process was ending when it began; it may last longer than the task. */
  #sleep: Sleep;
  #wasEnding = false;
  #evenWhenLeaving = false;
  /** The last stop ended because its process was continued while the tracer listened. */
  #toldAnew = false;
  /** siginfo of a stop at a call, which nobody keeps beyond the stop. */
  readonly #callInfo: Info = makeInfo(SIGTRAP, 0);
  /** A stop that is due before the application runs again. */
  #due: Info | undefined;

  constructor(task: Task, tracer: Task, seized: boolean, options: number) {
    this.task = task;
    this.tracer = tracer;
    this.seized = seized;
    this.options = options;
    this.#sleep = stopSleep(this.#resumed, task.process.continued);
    task.hook = this;
    tracer.process.tracees.add(this);
    if (task.tid === task.process.pid) task.process.hiddenBy = tracer.process;
  }

  get tid(): number {
    return this.task.tid;
  }

  get group(): number {
    return this.task.process.group;
  }

  get calls(): boolean {
    const { calls, emulate, step } = this.#going;
    return calls || emulate || step;
  }

  get attention(): boolean {
    return this.#due !== undefined;
  }

  get tracerPid(): number {
    return this.tracer.pid;
  }

  /** The end of a system call that the tracee is stopped at: 1 entry, 2 exit, 0 neither (PTRACE_GET_SYSCALL_INFO). */
  get callEnd(): number {
    return this.info?.[CODE] === (SIGTRAP | CALL_MARK) ? this.message : 0;
  }

  /** Whether requests are taken: stopped, and not to be left alone (PTRACE_LISTEN). */
  get ready(): boolean {
    return this.stopped && !this.listening;
  }

  /** Lets the tracee go on, with a signal in place of the one that it stopped for (0 = none). */
  resume(going: Going, signal: number): void {
    const { regs } = this.task.context;
    this.#going = going;
    if (going.step) {
      this.#ownTrap ||= (regs[EFLAGS] & TF) === 0;
      regs[EFLAGS] |= TF;
    } else this.#dropTrap();
    this.#injected = signal;
    this.#code = 0;
    this.stopped = false;
    this.#resumed.wake();
  }

  /** Ends the relation; the tracee goes on unless its process has stopped. */
  detach(signal: number): void {
    const { task } = this;
    this.#forget();
    if (!this.stopped) {
      this.#dropTrap();
      return;
    }
    this.resume(CONTINUE, signal);
    if (task.process.stopSignal !== 0) notice(task);
  }

  /** Makes a seized tracee stop soon (PTRACE_INTERRUPT). */
  interrupt(): void {
    this.#due ??= makeInfo(SIGTRAP, SIGTRAP | (f.PTRACE_EVENT_STOP << 8), this.task.pid);
    notice(this.task);
  }

  /** EFLAGS as the program set them, without the tracer's single step. */
  get flags(): number {
    const flags = this.task.context.regs[EFLAGS];
    return this.#ownTrap ? flags & ~TF : flags;
  }

  set flags(value: number) {
    if (value & TF) this.#ownTrap = false;
    this.task.context.regs[EFLAGS] = this.#ownTrap ? value | TF : value;
  }

  *attend(): Kernel<void> {
    const info = this.#due!;
    this.#due = undefined;
    this.#inject(yield* this.#stop(info[CODE], CLD_TRAPPED, info));
  }

  enter(): boolean | Kernel<boolean> {
    const { calls, emulate } = this.#going;
    return calls || emulate ? this.#callStop(SYSCALL_ENTRY, !emulate) : true;
  }

  leave(): Kernel<unknown> | undefined {
    const { calls, step, emulate } = this.#going;
    if (calls) return this.#callStop(SYSCALL_EXIT, true);
    if (step && !emulate) forceSignal(this.task, makeInfo(SIGTRAP, TRAP_BRKPT, this.task.context.regs[EIP]));
    return undefined;
  }

  /** The stop of every call, in one generator where `#stop` would be another. Returns `wanted`. */
  *#callStop(end: number, wanted: boolean): Kernel<boolean> {
    this.message = end;
    const code = this.options & f.PTRACE_O_TRACESYSGOOD ? SIGTRAP | CALL_MARK : SIGTRAP;
    const info = this.#callInfo;
    fillInfo(info, SIGTRAP, code, this.task.pid, this.task.identity.realUid);
    if (!this.#begin(code, CLD_TRAPPED, info, false)) return wanted;
    while (this.#lasts()) yield this.#sleep;
    this.#inject(this.#over());
    return wanted;
  }

  *signal(info: Info): Kernel<Info | undefined> {
    const { task } = this;
    const signal = yield* this.#stop(info[SIGNO], CLD_TRAPPED, info);
    if (signal === 0) return undefined;
    let acts = info;
    if (signal !== info[SIGNO]) {
      acts = makeInfo(signal, SI_USER, this.tracer.pid, this.tracer.identity.realUid);
    }
    if (task.mask.has(signal)) {
      sendToTask(task, acts);
      return undefined;
    }
    if (signal === SIGKILL) {
      endProcess(task.process, SIGKILL);
      return undefined;
    }
    const handler = task.process.actions.handler(signal);
    // The frame shows the program's own flags.
    if (handler !== SIG_DFL && handler !== SIG_IGN) this.#dropTrap();
    return acts;
  }

  handlerEntered(): void {
    if (!this.#going.step) return;
    this.#due = makeInfo(SIGTRAP, SIGTRAP, this.task.pid, this.task.identity.realUid);
    this.task.attention = true;
  }

  *groupStop(): Kernel<void> {
    const { process } = this.task;
    const signal = process.stopSignal;
    if (this.seized) {
      let trap = signal;
      do {
        const code = trap | (f.PTRACE_EVENT_STOP << 8);
        yield* this.#stop(code, CLD_STOPPED, makeInfo(trap, code, this.task.pid, this.task.identity.realUid));
        // Somebody continued the process while the tracer listened: another stop tells of it.
        trap = process.stopSignal || SIGTRAP;
      } while (this.#toldAnew);
    } else this.#inject(yield* this.#stop(signal, CLD_STOPPED, undefined));
  }

  born(child: Task, flags: number, birth: Birth): void {
    const wanted = flags & CLONE_PTRACE || this.options & BIRTHS[birth].option;
    if (!wanted || flags & CLONE_UNTRACED) return;
    const trace = new Trace(child, this.tracer, this.seized, this.options);
    if (this.seized) trace.interrupt();
    else child.pending.add(makeInfo(SIGSTOP, SI_USER));
    child.attention = true;
  }

  *parted(child: number, birth: Birth, over: boolean): Kernel<void> {
    if (over) yield* this.#event(f.PTRACE_O_TRACEVFORKDONE, f.PTRACE_EVENT_VFORK_DONE, child);
    else yield* this.#event(BIRTHS[birth].option, BIRTHS[birth].event, child);
  }

  *executed(formerTid: number): Kernel<void> {
    this.#ownTrap = false;
    if (this.options & f.PTRACE_O_TRACEEXEC) {
      yield* this.#event(f.PTRACE_O_TRACEEXEC, f.PTRACE_EVENT_EXEC, formerTid);
    } else if (!this.seized) {
      const { pid, identity } = this.task;
      sendToTask(this.task, makeInfo(SIGTRAP, SI_USER, pid, identity.realUid));
    }
  }

  *ending(): Kernel<void> {
    if (!(this.options & f.PTRACE_O_TRACEEXIT)) return;
    const { process } = this.task;
    // A killed task stops here too, unless it is killed again.
    yield* this.#event(
      f.PTRACE_O_TRACEEXIT,
      f.PTRACE_EVENT_EXIT,
      process.ending ? process.status : ownStatus(this.task),
      true,
    );
  }

  ended(last: boolean, status: number): void {
    this.#forget();
    const { task, tracer } = this;
    leaveZombie(task, tracer, last ? status : task.process.ending ? task.process.status : ownStatus(task), last);
  }

  event(options: number): Event | undefined {
    if (!this.stopped || this.#code === 0) return undefined;
    const code = this.#code;
    if (!(options & f.WNOWAIT)) this.#code = 0;
    return stopEvent(this.task, code, this.#why);
  }

  tracerEnded(tracer: Task): void {
    if (tracer !== this.tracer) return;
    const kill = (this.options & f.PTRACE_O_EXITKILL) !== 0;
    // A signal of which the tracer has not even heard takes effect now; one that it waited for is lost with it.
    this.detach(this.#why === CLD_TRAPPED && this.#code < CALL_MARK ? this.#code : 0);
    if (kill) endProcess(this.task.process, SIGKILL);
  }

  /** A stop that the tracer asked for by an option; without it nothing happens. */
  *#event(option: number, event: number, message: number, evenWhenEnding = false): Kernel<void> {
    if (!(this.options & option)) return;
    this.message = message;
    const code = SIGTRAP | (event << 8);
    const info = makeInfo(SIGTRAP, code, this.task.pid, this.task.identity.realUid);
    this.#inject(yield* this.#stop(code, CLD_TRAPPED, info, evenWhenEnding));
  }

  /** Waits in a stop until the tracer lets the task go on; returns the signal that it is to go on with. */
  *#stop(code: number, why: number, info: Info | undefined, evenWhenEnding = false): Kernel<number> {
    if (!this.#begin(code, why, info, evenWhenEnding)) return 0;
    while (this.#lasts()) yield this.#sleep;
    return this.#over();
  }

  /** Begins a stop, of which the tracer is told; false where the task is to end instead. */
  #begin(code: number, why: number, info: Info | undefined, evenWhenEnding: boolean): boolean {
    const { task, tracer } = this;
    const { process } = task;
    if (!evenWhenEnding && (process.ending || task.leaving)) return false;
    this.#code = code;
    this.#why = why;
    this.info = info;
    this.#injected = 0;
    this.stopped = true;
    tellOfStop(tracer.process, () => {
      const told = childInfo(process, SIGCHLD, why, code & 0x7f);
      told[PID] = task.tid;
      return told;
    });
    this.#wasEnding = process.ending;
    this.#evenWhenLeaving = evenWhenEnding;
    this.#toldAnew = false;
    if (this.#sleep.queues[1] !== process.continued) this.#sleep = stopSleep(this.#resumed, process.continued);
    return true;
  }

  /** Whether the stop goes on; also asked after each wake. */
  #lasts(): boolean {
    const { task } = this;
    const { process } = task;
    if (this.stopped && this.listening && process.stopSignal === 0) {
      this.#toldAnew = true;
      return false;
    }
    return this.stopped && (this.#wasEnding || !process.ending) && (this.#evenWhenLeaving || !task.leaving);
  }

  /** The end of a stop: the signal that the task is to go on with. */
  #over(): number {
    this.stopped = false;
    this.listening = false;
    this.info = undefined;
    this.#code = 0;
    return this.task.process.ending ? 0 : this.#injected;
  }

  /** A signal given at a stop that was not for a signal is sent anew. */
  #inject(signal: number): void {
    if (signal !== 0) sendToTask(this.task, makeInfo(signal, SI_KERNEL));
  }

  #dropTrap(): void {
    if (this.#ownTrap) this.task.context.regs[EFLAGS] &= ~TF;
    this.#ownTrap = false;
  }

  #forget(): void {
    const { task, tracer } = this;
    tracer.process.tracees.delete(this);
    if (task.hook === this) task.hook = undefined;
    if (task.tid === task.process.pid) task.process.hiddenBy = undefined;
  }
}

/** Wait status of a thread that ends by itself: exit(2)'s argument. */
function ownStatus(task: Task): number {
  return (task.args[0] & 0xff) << 8;
}
