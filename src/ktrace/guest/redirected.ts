import { KTRACE_FRAME_AT, KTRACE_WHY_FAULT, KTRACE_WHY_SIGNAL, KTRACE_WHY_SYSCALL } from '../../abi/ktrace.ts';
import type { GuestContext } from '../../guest/context.ts';
import { Inside, PAGE_FAULT } from '../../guest/inside.ts';
import { PAGE_LIMIT, PAGE_SIGNALS } from '../../guest/kernel-page.ts';
import { type Kernel, ORIG_EAX, REGISTERS, type Stop } from '../../kernel/platform.ts';
import { AREAS } from './areas.ts';

const DEBUG = 1;

/** Delivery to and from a kernel to which a script of the kernel below turns: what it leaves in the save areas. */
export abstract class Redirected extends Inside {
  /** Puts an application's registers where the script takes them from; nothing has been saved yet. */
  protected offer({ regs, limit }: GuestContext): void {
    const { guest } = this;
    const { memory } = guest;
    for (let n = 0; n < REGISTERS; n++) memory.store32(AREAS.frame + n * 4, n === ORIG_EAX ? -1 : regs[n]);
    memory.store32(AREAS.frame + KTRACE_FRAME_AT.why, 0);
    memory.store32(PAGE_LIMIT, Math.min(limit, guest.found.split - 1));
  }

  /** The application's registers, and why it stopped, as the script saved them. */
  protected *stopped(context: GuestContext): Kernel<Stop> {
    const { memory } = this.guest;
    const { regs } = context;
    for (let n = 0; n < REGISTERS; n++) regs[n] = memory.load32(AREAS.frame + n * 4);
    const word = (field: keyof typeof KTRACE_FRAME_AT): number => memory.load32(AREAS.frame + KTRACE_FRAME_AT[field]);
    this.note(AREAS.late);
    switch (word('why')) {
      case KTRACE_WHY_SYSCALL:
        return this.tell('syscall', 0x80, 0, 0);
      case KTRACE_WHY_FAULT: {
        const vector = word('number');
        if (vector === DEBUG) context.debug[6] = word('address');
        return this.tell(vector === PAGE_FAULT ? 'fault' : 'exception', vector, word('error'), word('address'));
      }
      default:
        this.note(AREAS.frame);
        return yield* this.noticed();
    }
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
