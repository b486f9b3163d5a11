import { KTRACE_FRAME_AT, KTRACE_WHY_FAULT, KTRACE_WHY_SIGNAL, KTRACE_WHY_SYSCALL } from '../abi/ktrace.ts';
import { type Kernel, ORIG_EAX, type Stop } from '../kernel/platform.ts';
import type { GuestContext } from './context.ts';
import { giveDebug, hasDebug } from './debug.ts';
import { Inside, PAGE_FAULT } from './inside.ts';
import { PAGE_LIMIT, PAGE_SIGNALS } from './kernel-page.ts';
import { AREAS } from './save-areas.ts';

const DEBUG = 1;

/** Delivery to and from a kernel to which a script of the kernel below turns: what it leaves in the save areas. */
export abstract class Redirected extends Inside {
  /** Puts an application's registers where the script takes them from; nothing has been saved yet. */
  protected offer({ regs, limit }: GuestContext): void {
    const { guest } = this;
    const { memory } = guest;
    memory.storeWords(AREAS.frame, regs);
    memory.store32(AREAS.frame + ORIG_EAX * 4, -1);
    memory.store32(AREAS.frame + KTRACE_FRAME_AT.why, 0);
    memory.store32(PAGE_LIMIT, Math.min(limit, guest.found.split - 1));
  }

  /** Gives the process the application's TLS descriptors and debug registers; undefined where it has them. */
  protected giveRest(context: GuestContext): Kernel<void> | undefined {
    return this.hasDescriptors(context) && hasDebug(this.home, context) ? undefined : this.#giveRest(context);
  }

  *#giveRest(context: GuestContext): Kernel<void> {
    const { guest } = this;
    for (const [number, ...args] of this.descriptors(context)) yield* guest.below.call.make(number, ...args);
    if (!hasDebug(this.home, context)) yield* giveDebug(guest, this.home, context);
  }

  /** The application's registers, and why it stopped, as the script saved them. */
  protected stopped(context: GuestContext): Stop | Kernel<Stop> {
    const { memory } = this.guest;
    memory.loadWords(AREAS.frame, context.regs);
    this.note(AREAS.late);
    switch (memory.load32(AREAS.frame + KTRACE_FRAME_AT.why)) {
      case KTRACE_WHY_SYSCALL:
        return this.tell('syscall', 0x80, 0, 0);
      case KTRACE_WHY_FAULT:
        return this.#fault(context);
      default:
        this.note(AREAS.frame);
        return this.noticed();
    }
  }

  #fault({ debug }: GuestContext): Stop {
    const { memory } = this.guest;
    const vector = memory.load32(AREAS.frame + KTRACE_FRAME_AT.number);
    const error = memory.load32(AREAS.frame + KTRACE_FRAME_AT.error);
    const address = memory.load32(AREAS.frame + KTRACE_FRAME_AT.address);
    if (vector === DEBUG) debug[6] = address;
    return this.tell(vector === PAGE_FAULT ? 'fault' : 'exception', vector, error, address);
  }

  /** Takes note of a signal that a script has taken, if there is one in a save area. */
  protected note(area: number): void {
    const { memory } = this.guest;
    const at = area + KTRACE_FRAME_AT.why;
    if (memory.load32(at) !== KTRACE_WHY_SIGNAL) return;
    memory.store32(at, 0);
    const signal = memory.load32(area + KTRACE_FRAME_AT.number);
    memory.store32(PAGE_SIGNALS, memory.load32(PAGE_SIGNALS) | (1 << signal));
  }

  protected *noticed(): Kernel<Stop> {
    yield* this.guest.notice();
    return this.tell('quantum', 0, 0, 0);
  }
}
