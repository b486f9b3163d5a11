import * as f from '../../abi/flags.ts';
import { SIGALRM } from '../../abi/signals.ts';
import { syscallNumber } from '../../guest/call.ts';
import { Carried } from '../../guest/carried.ts';
import type { Carrier } from '../../guest/carrier.ts';
import { EXCEPTION_SIGNALS } from '../../guest/inside.ts';
import { PAGE_COMMAND, PAGE_LEFT, PAGE_SIGNALS, REASON, RUN } from '../../guest/kernel-page.ts';
import type { DeliveryChoice } from '../../guest/tower.ts';
import { CALL_STOP, stopSignal } from '../../guest/tracing.ts';
import { type Kernel, ORIG_EAX } from '../../kernel/platform.ts';

const GETPID = syscallNumber('getpid');

/**
 * Delivery: the process that was started is a virtual machine monitor. It traces the one process in which guest kernel
 * and application take turns, and steps in at both ends of every call of the kernel below that either makes.
 */
export const UMLINUX: DeliveryChoice = {
  name: 'umlinux',
  summary: 'a monitor traces one process that is the whole guest machine, and redirects its system calls',
  protections: ['mmap', 'jail'],
  switchings: ['remap'],
  carry: (carrier) => new Monitor(carrier).run(),
  build: (guest, protection, switching) => new Carried(guest, protection, switching, () => []),
};

/** What the machine does: kernel, application, or the harmless call in the place of the application's. */
type Phase = 'kernel' | 'application' | 'annulled';

class Monitor {
  readonly #carrier: Carrier;
  #phase: Phase = 'kernel';
  /** The kernel is in a call of the kernel below. */
  #within = false;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  *run(): Kernel<never> {
    const carrier = this.#carrier;
    const pid = yield* carrier.launch(0);
    for (let signal = 0; ; ) {
      yield* carrier.request(f.PTRACE_SYSCALL, pid, 0, signal);
      const { status } = yield* carrier.wait();
      const stopped = stopSignal(status);
      if (stopped === 0) return yield* carrier.ended(status);
      signal = stopped === CALL_STOP ? yield* this.#call(pid) : yield* this.#signal(pid, stopped);
    }
  }

  /** One end of a call. Returns the signal to go on with: none. */
  *#call(pid: number): Kernel<number> {
    const carrier = this.#carrier;
    switch (this.#phase) {
      case 'application':
        yield* carrier.save(pid);
        yield* carrier.request(f.PTRACE_POKEUSR, pid, ORIG_EAX * 4, GETPID);
        this.#phase = 'annulled';
        break;
      case 'annulled':
        yield* this.#enter(pid, REASON.syscall);
        break;
      case 'kernel':
        this.#within = !this.#within;
        if (!this.#within) yield* this.#returned(pid);
    }
    return 0;
  }

  /** The kernel's call is over: was it the last before the application is to run? */
  *#returned(pid: number): Kernel<void> {
    const { page } = this.#carrier;
    if (page.load32(PAGE_COMMAND) !== RUN) return;
    const left = page.load32(PAGE_LEFT) - 1;
    page.store32(PAGE_LEFT, left);
    if (left > 0) return;
    page.store32(PAGE_COMMAND, 0);
    if (page.load32(PAGE_SIGNALS) !== 0) return yield* this.#enter(pid, REASON.quantum);
    yield* this.#carrier.load(pid);
    this.#phase = 'application';
  }

  *#enter(pid: number, reason: number): Kernel<void> {
    yield* this.#carrier.enter(pid, reason);
    this.#phase = 'kernel';
  }

  /** A signal is about to act on the machine. Returns the one that shall. */
  *#signal(pid: number, signal: number): Kernel<number> {
    const carrier = this.#carrier;
    if (this.#phase === 'kernel') {
      if (EXCEPTION_SIGNALS.has(signal)) yield* carrier.broken(pid, signal);
      else if (signal === SIGALRM) yield* carrier.note(pid, signal);
      return 0;
    }
    if (EXCEPTION_SIGNALS.has(signal)) {
      yield* carrier.exception(pid, signal);
      this.#phase = 'kernel';
      return signal;
    }
    if (signal === SIGALRM) {
      yield* carrier.save(pid);
      yield* carrier.note(pid, signal);
      yield* this.#enter(pid, REASON.quantum);
    }
    return 0;
  }
}
