import { RESUME } from '../../abi/ktrace.ts';
import { Burst, record } from '../../guest/burst.ts';
import type { GuestContext } from '../../guest/context.ts';
import { BURST, ENTRY, GATE, GO, GO_CHECKED, GO_LENGTH, PAGE, RESTART } from '../../guest/image.ts';
import { GENERAL_PROTECTION, loadable } from '../../guest/inside.ts';
import { PAGE_SIGNALS } from '../../guest/kernel-page.ts';
import { Passage } from '../../guest/passage.ts';
import type { Guest } from '../../guest/platform.ts';
import { Redirected } from '../../guest/redirected.ts';
import { register } from '../../guest/registration.ts';
import { setEntry } from '../../guest/save-areas.ts';
import type { GuestSpace } from '../../guest/space.ts';
import type { DeliveryChoice, Protection, Switching } from '../../guest/tower.ts';
import type { Kernel, Stop } from '../../kernel/platform.ts';
import { script } from './script.ts';

/**
 * Delivery: a script in the kernel below brings every trap of the application to the guest kernel in the same process,
 * and `resume` back.
 */
export const KTRACED: DeliveryChoice = {
  name: 'ktrace',
  summary: 'a script in the kernel below turns the process to the guest kernel in its upper part',
  protections: ['jail', 'mmap', 'open', 'segments', 'pagetables', 'ring1'],
  switchings: ['remap', 'pagetables'],
  *build(guest, protection, switching) {
    const delivery = new Scripted(guest, protection, switching);
    yield* delivery.begin(protection);
    return delivery;
  },
};

const WORD = 4;

class Scripted extends Redirected {
  /** Calls that hide the kernel, with `resume` at their end, made by code outside its memory; none where verbs do it. */
  readonly #calls: ReturnType<typeof record>[];
  readonly #burst: Burst;
  readonly #passage: Passage;

  readonly limits?: true;

  constructor(guest: Guest, protection: Protection, switching: Switching) {
    super(guest, switching);
    if (protection.limits) this.limits = true;
    this.#calls = protection.hide.length > 0 ? [...protection.hide, record(RESUME)] : [];
    this.#burst = new Burst(guest.memory, () => this.home.gate);
    this.#passage = new Passage(guest.memory.base).by(GO);
  }

  /** Gives the script to the kernel below. */
  *begin(protection: Protection): Kernel<void> {
    const { guest } = this;
    const { found, memory, selectors, processor } = guest;
    if (protection.begin) yield* protection.begin();
    // What makes a kernel accessible again is made by code outside its memory.
    const lists = this.#calls.length > 0;
    if (lists) setEntry(memory, found.code + BURST, found.code + ENTRY, selectors, selectors);
    else setEntry(memory, found.code + RESTART, memory.base + PAGE - WORD, processor.selectors, selectors);
    const gone = lists
      ? { name: 'sp', from: found.code + GATE, to: found.code + ENTRY + PAGE }
      : { name: 'ip', from: found.code + GO + GO_CHECKED, to: found.code + GO + GO_LENGTH };
    yield* register(guest, script(protection, lists, gone));
  }

  *run(_space: GuestSpace, context: GuestContext): Kernel<Stop> {
    const { guest } = this;
    if (guest.memory.load32(PAGE_SIGNALS) !== 0) return yield* this.noticed();
    if (!loadable(context.regs)) return this.tell('exception', GENERAL_PROTECTION, 0, 0);
    const rest = this.giveRest(context);
    if (rest) yield* rest;
    this.offer(context);
    this.takeFpu(context);
    yield this.#calls.length > 0 ? this.#burst.of(this.#calls) : this.#passage;
    const stop = this.stopped(context);
    return 'why' in stop ? stop : yield* stop;
  }
}
