import {
  KTRACE,
  KTRACE_ATTACH,
  KTRACE_FRAME,
  KTRACE_FRAME_AT,
  KTRACE_KERNEL,
  KTRACE_LOAD,
  KTRACE_LOAD_AT,
  KTRACE_NAME_AT,
  KTRACE_NAME_SIZE,
  KTRACE_WHY_FAULT,
  KTRACE_WHY_SIGNAL,
  KTRACE_WHY_SYSCALL,
  KTRACE_WORD,
  RESUME,
} from '../../abi/ktrace.ts';
import { AT_BUFFER } from '../../guest/below.ts';
import { Burst, record } from '../../guest/burst.ts';
import type { GuestContext } from '../../guest/context.ts';
import { BURST, ENTRY, GATE, PAGE } from '../../guest/image.ts';
import { GENERAL_PROTECTION, Inside, loadable, PAGE_FAULT } from '../../guest/inside.ts';
import { AT_AREAS, PAGE_LIMIT, PAGE_SIGNALS, PAGE_TABLE } from '../../guest/kernel-page.ts';
import type { Guest } from '../../guest/platform.ts';
import type { GuestSpace } from '../../guest/space.ts';
import type { DeliveryChoice, Protection, Switching } from '../../guest/tower.ts';
import {
  CS,
  DS,
  EFLAGS,
  EIP,
  ES,
  ESP,
  type Kernel,
  ORIG_EAX,
  REGISTERS,
  SS,
  type Stop,
} from '../../kernel/platform.ts';
import { giveDebug } from './debug.ts';
import { type Areas, script } from './script.ts';

/** Save areas in the kernel page, which applications never see. */
const AREAS: Areas = { frame: AT_AREAS, own: AT_AREAS + 0x60, entry: AT_AREAS + 0xc0, late: AT_AREAS + 0x120 };
/** In the buffer: struct ktrace_load, the names, room for a mistake, the script. */
const AT_LOAD = AT_BUFFER;
const AT_NAMES = AT_BUFFER + 0x100;
const AT_MISTAKE = AT_BUFFER + 0x400;
const MISTAKE_SIZE = 0x400;
const AT_TEXT = AT_BUFFER + 0x1000;
const DEBUG = 1;

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
    yield* delivery.register(protection);
    return delivery;
  },
};

class Scripted extends Inside {
  /** Calls that hide the kernel, with `resume` at their end, made by code outside its memory; none where verbs do it. */
  readonly #calls: ReturnType<typeof record>[];
  readonly #burst: Burst;

  readonly limits?: true;

  constructor(guest: Guest, protection: Protection, switching: Switching) {
    super(guest, switching);
    if (protection.limits) this.limits = true;
    this.#calls = protection.hide.length > 0 ? [...protection.hide, record(RESUME)] : [];
    this.#burst = new Burst(guest.memory, () => this.home.gate);
  }

  /** Gives the script to the kernel below. */
  *register(protection: Protection): Kernel<void> {
    const { guest } = this;
    const { below, found, memory, processor } = guest;
    const { call } = below;
    const lists = this.#calls.length > 0;
    const text = script(protection, lists ? { from: found.code + GATE, to: found.code + ENTRY + PAGE } : undefined);
    memory.write(AT_TEXT, new TextEncoder().encode(text), 0, text.length);
    const areas = Object.entries(AREAS).map(([name, area]) => [name, area, KTRACE_FRAME] as const);
    const words = [['table', PAGE_TABLE, KTRACE_WORD] as const, ['reach', PAGE_LIMIT, KTRACE_WORD] as const];
    const names = [...areas, ...words];
    for (const [n, [name, area, kind]] of names.entries()) {
      const at = AT_NAMES + n * KTRACE_NAME_SIZE;
      memory.fill(at, 0, KTRACE_NAME_SIZE);
      memory.write(at + KTRACE_NAME_AT.name, new TextEncoder().encode(name), 0, name.length);
      memory.store32(at + KTRACE_NAME_AT.kind, kind);
      memory.store32(at + KTRACE_NAME_AT.address, below.at(area));
    }
    const load = {
      text: below.at(AT_TEXT),
      length: text.length,
      names: below.at(AT_NAMES),
      count: names.length,
      error: below.at(AT_MISTAKE),
      errorSize: MISTAKE_SIZE,
    };
    memory.store8(AT_MISTAKE, 0);
    for (const [field, value] of Object.entries(load))
      memory.store32(AT_LOAD + KTRACE_LOAD_AT[field as keyof typeof load], value);
    const { code, data } = processor.selectors;
    const entry = { [EIP]: found.code + BURST, [ESP]: found.code + ENTRY, [CS]: code, [EFLAGS]: 0x202 };
    for (const [register, value] of Object.entries(entry)) memory.store32(AREAS.entry + Number(register) * 4, value);
    for (const register of [DS, ES, SS]) memory.store32(AREAS.entry + register * 4, data);
    const number = yield* call.make(KTRACE, KTRACE_LOAD, below.at(AT_LOAD));
    if (number < 0) return yield* guest.panic(mistakeAt(guest) || `the kernel below has no ktrace (errno ${-number})`);
    const attached = yield* call.make(KTRACE, KTRACE_ATTACH, number, 0, KTRACE_KERNEL);
    if (attached < 0) yield* guest.panic(`ktrace: the script could not be attached (errno ${-attached})`);
  }

  *run(_space: GuestSpace, context: GuestContext): Kernel<Stop> {
    const { guest } = this;
    const { memory, below } = guest;
    if (memory.load32(PAGE_SIGNALS) !== 0) return yield* this.#noticed();
    if (!loadable(context.regs)) return this.tell('exception', GENERAL_PROTECTION, 0, 0);
    const { regs } = context;
    const { call } = below;
    for (const [number, ...args] of this.descriptors(context)) yield* call.make(number, ...args);
    yield* giveDebug(guest, this.home, context);
    for (let n = 0; n < REGISTERS; n++) memory.store32(AREAS.frame + n * 4, n === ORIG_EAX ? -1 : regs[n]);
    memory.store32(AREAS.frame + KTRACE_FRAME_AT.why, 0);
    memory.store32(PAGE_LIMIT, Math.min(context.limit, guest.found.split - 1));
    this.takeFpu(context);
    if (this.#calls.length > 0) yield this.#burst.of(this.#calls);
    else yield call.of(RESUME);
    for (let n = 0; n < REGISTERS; n++) regs[n] = memory.load32(AREAS.frame + n * 4);
    return yield* this.#stopped(context);
  }

  /** Why the script brought control back. */
  *#stopped(context: GuestContext): Kernel<Stop> {
    const { memory } = this.guest;
    const word = (field: keyof typeof KTRACE_FRAME_AT): number => memory.load32(AREAS.frame + KTRACE_FRAME_AT[field]);
    this.#note(AREAS.late);
    switch (word('why')) {
      case KTRACE_WHY_SYSCALL:
        return this.tell('syscall', 0x80, 0, 0);
      case KTRACE_WHY_FAULT: {
        const vector = word('number');
        if (vector === DEBUG) context.debug[6] = word('address');
        return this.tell(vector === PAGE_FAULT ? 'fault' : 'exception', vector, word('error'), word('address'));
      }
      default:
        this.#note(AREAS.frame);
        return yield* this.#noticed();
    }
  }

  /** Takes note of a signal that a script has taken, if there is one in a save area. */
  #note(area: number): void {
    const { memory } = this.guest;
    const at = area + KTRACE_FRAME_AT.why;
    if (memory.load32(at) !== KTRACE_WHY_SIGNAL) return;
    memory.store32(at, 0);
    const signal = memory.load32(area + KTRACE_FRAME_AT.number);
    memory.store32(PAGE_SIGNALS, memory.load32(PAGE_SIGNALS) | (1 << signal));
  }

  *#noticed(): Kernel<Stop> {
    yield* this.guest.notice();
    return this.tell('quantum', 0, 0, 0);
  }
}

/** Why the kernel below did not take the script: its last line says it. */
function mistakeAt({ memory }: Guest): string {
  let text = '';
  for (let n = 0; n < MISTAKE_SIZE; n++) {
    const character = memory.load8(AT_MISTAKE + n);
    if (character === 0) break;
    text += String.fromCharCode(character);
  }
  return text.trimEnd().split('\n').at(-1)!.replace(/\.$/, '');
}
