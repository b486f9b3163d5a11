import * as f from '../../abi/flags.ts';
import { SIGALRM, SIGKILL, SIGUSR1, SIGUSR2 } from '../../abi/signals.ts';
import { record } from '../../guest/burst.ts';
import { syscallNumber } from '../../guest/call.ts';
import { Carried } from '../../guest/carried.ts';
import type { Carrier } from '../../guest/carrier.ts';
import { EXCEPTION_SIGNALS } from '../../guest/inside.ts';
import { PAGE_COMMAND, PAGE_SIGNALS, REASON } from '../../guest/kernel-page.ts';
import type { DeliveryChoice } from '../../guest/tower.ts';
import { CALL_STOP, stopSignal } from '../../guest/tracing.ts';
import type { Kernel } from '../../kernel/platform.ts';

const KILL = syscallNumber('kill');

/**
 * Delivery: the process that was started is the tracing thread. Every application runs in a process of its own, with the
 * guest kernel in its upper part; the tracing thread exchanges their registers when the application makes a call, and
 * when the kernel says with SIGUSR1 that it has done.
 */
export const TT: DeliveryChoice = {
  name: 'tt',
  summary: 'a tracing thread turns a process that makes a system call to the guest kernel in its upper part',
  protections: ['open', 'jail'],
  switchings: ['homes'],
  carry: (carrier) => new TracingThread(carrier).run(),
  build(guest, protection, switching) {
    return new Carried(guest, protection, switching, ({ pid }) => [record(KILL, pid, SIGUSR1)]);
  },
};

class TracingThread {
  readonly #carrier: Carrier;
  /** The process that runs an application; -1 while the kernel runs. */
  #running = -1;
  /** Processes that are to end. */
  readonly #ending = new Set<number>();

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  *run(): Kernel<never> {
    const carrier = this.#carrier;
    const first = yield* carrier.launch(f.PTRACE_O_TRACEFORK | f.PTRACE_O_TRACECLONE);
    yield* carrier.request(f.PTRACE_CONT, first, 0, 0);
    for (;;) {
      const { pid, status } = yield* carrier.wait();
      const stopped = stopSignal(status);
      if (stopped === 0) yield* this.#ended(pid, status);
      else if (pid === this.#running) yield* this.#application(pid, stopped);
      else yield* this.#kernel(pid, stopped);
    }
  }

  /** A process is no more. */
  *#ended(pid: number, status: number): Kernel<void> {
    if (pid === this.#carrier.current) yield* this.#carrier.ended(status);
    // One that leaves by itself has handed over before.
    if (!this.#ending.delete(pid) && (status & 0x7f) !== 0) yield* this.#carrier.ended(status);
  }

  /** The application in `pid` has stopped. */
  *#application(pid: number, stopped: number): Kernel<void> {
    const carrier = this.#carrier;
    if (stopped === CALL_STOP) {
      yield* carrier.save(pid);
      yield* this.#enter(pid, REASON.syscall);
    } else if (EXCEPTION_SIGNALS.has(stopped)) {
      yield* carrier.exception(pid, stopped);
      this.#running = -1;
      yield* carrier.request(f.PTRACE_CONT, pid, 0, stopped);
    } else if (stopped === SIGALRM) {
      yield* carrier.save(pid);
      yield* carrier.note(pid, stopped);
      yield* this.#enter(pid, REASON.quantum);
    } else yield* carrier.request(f.PTRACE_SYSCALL, pid, 0, 0);
  }

  *#enter(pid: number, reason: number): Kernel<void> {
    this.#running = -1;
    yield* this.#carrier.enter(pid, reason);
    yield* this.#carrier.request(f.PTRACE_CONT, pid, 0, 0);
  }

  /** The kernel in `pid` has stopped, or waits there for its turn. */
  *#kernel(pid: number, stopped: number): Kernel<void> {
    const carrier = this.#carrier;
    if (stopped === SIGUSR1) {
      if (pid !== carrier.current) return yield* carrier.fail('somebody has written to its memory');
      return yield* this.#done(pid);
    }
    yield* carrier.request(f.PTRACE_CONT, pid, 0, yield* this.#passed(pid, stopped));
  }

  /** The kernel has done: the application is to run, unless there is something new. */
  *#done(pid: number): Kernel<void> {
    const carrier = this.#carrier;
    carrier.page.store32(PAGE_COMMAND, 0);
    if (carrier.page.load32(PAGE_SIGNALS) !== 0) return yield* this.#enter(pid, REASON.quantum);
    yield* carrier.load(pid);
    this.#running = pid;
    yield* carrier.request(f.PTRACE_SYSCALL, pid, 0, 0);
  }

  /** What a stop of the kernel means. Returns the signal that shall act on its process: none that it could notice. */
  *#passed(pid: number, stopped: number): Kernel<number> {
    const carrier = this.#carrier;
    if (stopped === SIGUSR2) {
      this.#ending.add(pid);
      return SIGKILL;
    }
    // A home that waits for its turn raises no exception.
    if (EXCEPTION_SIGNALS.has(stopped)) yield* carrier.broken(pid, stopped);
    else if (stopped === SIGALRM && pid === carrier.current) yield* carrier.note(pid, stopped);
    return 0;
  }
}
