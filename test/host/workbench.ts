/** A host with one address space, for tests that put bytes somewhere and run them in ring 3. */
import { Host } from '../../src/host/host.ts';
import { EIP, ESP, EXECUTE, type Space, type Stop, WRITE } from '../../src/kernel/platform.ts';
import { Machine } from '../../src/machine/machine.ts';
import { MODELS } from '../../src/machine/model.ts';
import { nowhere } from './outside.ts';

export const CODE = 0x08048000;
export const STACK_TOP = 0x20001000;

export class Workbench {
  readonly host: Host;
  readonly space: Space;

  constructor(model = 'pentium2') {
    this.host = new Host(new Machine(4 << 20, MODELS[model]), nowhere());
    const space = this.host.newSpace();
    if (space === undefined) throw new Error('no memory for a space');
    this.space = space;
    this.page(STACK_TOP - 4096, [], WRITE);
  }

  /** Maps a fresh frame that starts with these bytes; returns the frame. */
  page(address: number, bytes: readonly number[], rights = EXECUTE): number {
    const frame = this.host.frames.allocate();
    this.host.memory.fill(frame << 12, 0, 4096);
    this.host.memory.write(frame << 12, Uint8Array.from(bytes), 0, bytes.length);
    this.space.map(address >>> 12, frame, rights);
    return frame;
  }

  /** A thread about to execute at `eip`. */
  thread(eip = CODE) {
    const context = this.host.newContext();
    context.regs[EIP] = eip;
    context.regs[ESP] = STACK_TOP;
    return context;
  }

  /** Runs until the next stop; `space` when not the workbench's own. */
  run(context: ReturnType<Workbench['thread']>, space = this.space): Stop {
    return { ...(this.host.run(space, context, Number.POSITIVE_INFINITY) as Stop) };
  }
}

/** `value` as four bytes, low first. */
export function dword(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
}

/** CALL rel32 from `at` to `to`. */
export function call(at: number, to: number): number[] {
  return [0xe8, ...dword(to - (at + 5))];
}
