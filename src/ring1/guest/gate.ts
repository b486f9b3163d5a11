import { RING1, RING1_GATE } from '../../abi/ring1.ts';
import type { GuestContext } from '../../guest/context.ts';
import { GATE_ENTRY, GATE_GO, GO_CHECKED, GO_LENGTH, INNER_GO, PAGE, RESTART } from '../../guest/image.ts';
import { GENERAL_PROTECTION, loadable } from '../../guest/inside.ts';
import { PAGE_SIGNALS } from '../../guest/kernel-page.ts';
import { type Gone, lateClause } from '../../guest/late.ts';
import { Passage } from '../../guest/passage.ts';
import type { Guest } from '../../guest/platform.ts';
import { Redirected } from '../../guest/redirected.ts';
import { register } from '../../guest/registration.ts';
import { setEntry } from '../../guest/save-areas.ts';
import type { GuestSpace } from '../../guest/space.ts';
import type { DeliveryChoice, Protection, Switching } from '../../guest/tower.ts';
import { CS, DS, EIP, ES, FS, GS, type Kernel, SS, type Stop } from '../../kernel/platform.ts';
import { GATE_FRAME, layFrame, takeFrame } from './frame.ts';

/**
 * Delivery: int 0x80 of the application leads through the processor's own gate to the guest kernel in ring 1, which goes
 * back by IRET; only faults and signals take the way by the kernel below, whose script turns to the guest kernel.
 */
export const GATED: DeliveryChoice = {
  name: 'gate',
  summary: "the processor's gate for int 0x80 leads straight to the guest kernel in ring 1",
  protections: ['ring1'],
  switchings: ['remap', 'pagetables'],
  *build(guest, protection, switching) {
    const delivery = new Gated(guest, switching);
    yield* delivery.begin(protection);
    return delivery;
  },
};

/** What the kernel below has left to do: what does not come by the gate, and the way back where IRET could fail. */
function script(gone: Gone): string {
  return [
    'fault:*, signal:* /ring == 3/ { save(frame); ring(1); restore(entry); }',
    'syscall:resume:entry /ring == 1/ { ring(3); restore(frame); }',
    lateClause('ring == 1', gone),
  ].join('\n');
}

const DATA_SEGMENTS = [DS, ES, FS, GS] as const;
/** Selectors of the three TLS descriptors, with the ring that applications are in. */
const TLS_FIRST = 0x33;
const TLS_LAST = 0x43;
const PRESENT = 0x8000;
const CODE = 0x800;
const EXPAND_DOWN = 0x400;
const READABLE = 0x200;

/**
 * Whether a selector is that of a thread's own descriptor which a data segment register may be loaded with: readable, with
 * a part below `top`, for the kernel below leaves nothing of the others.
 */
function isReadable(tls: Int32Array, selector: number, top: number): boolean {
  if (selector < TLS_FIRST || selector > TLS_LAST || (selector & 7) !== 3) return false;
  const n = ((selector - TLS_FIRST) >> 3) * 2;
  const low = tls[n];
  const high = tls[n + 1];
  const base = ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0;
  if ((high & PRESENT) === 0 || base >= top) return false;
  return (high & CODE) === 0 ? (high & EXPAND_DOWN) === 0 : (high & READABLE) !== 0;
}

class Gated extends Redirected {
  readonly #passage: Passage;

  constructor(guest: Guest, switching: Switching) {
    super(guest, switching);
    this.#passage = new Passage(guest.memory.base, guest.memory.base + GATE_FRAME);
  }

  *begin(protection: Protection): Kernel<void> {
    const { guest } = this;
    const { below, found, memory, processor, selectors } = guest;
    if (protection.begin) yield* protection.begin();
    setEntry(memory, found.code + RESTART, memory.base + GATE_FRAME, processor.selectors, selectors);
    const out = found.code + GATE_GO;
    yield* register(guest, script({ name: 'ip', from: out + GO_CHECKED, to: out + GO_LENGTH }));
    const gate = yield* below.call.make(RING1, RING1_GATE, found.code + GATE_ENTRY, memory.base + PAGE);
    if (gate < 0) yield* guest.panic(`gate: the kernel below refused it (errno ${-gate})`);
  }

  *run(_space: GuestSpace, context: GuestContext): Kernel<Stop> {
    const { memory } = this.guest;
    const { regs } = context;
    if (memory.load32(PAGE_SIGNALS) !== 0) return yield* this.noticed();
    if (!loadable(regs)) return this.tell('exception', GENERAL_PROTECTION, 0, 0);
    const rest = this.giveRest(context);
    if (rest) yield* rest;
    this.takeFpu(context);
    this.offer(context);
    layFrame(memory, regs);
    yield this.#passage.by(this.#canReturn(context) ? GATE_GO : INNER_GO);
    if (takeFrame(memory, regs)) return this.tell('syscall', 0x80, 0, 0);
    const stop = this.stopped(context);
    return 'why' in stop ? stop : yield* stop;
  }

  /** Whether POP and IRET can load selectors and EIP: a fault would be this kernel's own. */
  #canReturn({ regs, tls }: GuestContext): boolean {
    const { code, data, stack } = this.guest.selectors;
    const { top } = this.guest.found;
    if (regs[CS] !== code || regs[SS] !== stack || regs[EIP] >>> 0 >= top) return false;
    for (const register of DATA_SEGMENTS) {
      const selector = regs[register];
      if (selector !== 0 && selector !== data && !isReadable(tls, selector, top)) return false;
    }
    return true;
  }
}
