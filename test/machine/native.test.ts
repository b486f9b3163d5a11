import { beforeEach, describe, expect, it } from 'vitest';
import { Host } from '../../src/host/host.ts';
import { EAX, EBP, EBX, EIP, ESP, EXECUTE, type Space, type Stop, WRITE } from '../../src/kernel/platform.ts';
import type { Cpu } from '../../src/machine/cpu.ts';
import { EVENTS } from '../../src/machine/ledger.ts';
import { Machine } from '../../src/machine/machine.ts';
import { type Continuation, type Routine, STUB_LENGTH, type Stubs, stub } from '../../src/machine/native.ts';
import * as st from '../../src/machine/state.ts';
import { nowhere } from '../host/outside.ts';

/** Where the image and its user's code and stack are mapped. */
const IMAGE = 0x10000000;
const CODE = 0x08048000;
const STACK = 0x20000000;

/** The image: a stub, INT 0x80, RET, a resume stub, INT 0x80 again, and a stub for a routine that computes. */
const ENTER = 0;
const TRAP = STUB_LENGTH;
const RESUME = TRAP + 2;
const RET = RESUME + STUB_LENGTH;
const ADD = RET + 1;
const PEEK = ADD + STUB_LENGTH;
const BYTES = [...stub(1), 0xcd, 0x80, ...stub(2), 0xc3, ...stub(3), ...stub(4)];

/** A routine that makes two system calls and returns their sum in EAX. */
function* twoCalls(cpu: Cpu): Continuation {
  cpu.s[st.EAX] = 20;
  yield TRAP;
  const first = cpu.s[st.EAX];
  cpu.s[st.EAX] = 64;
  yield TRAP;
  cpu.s[st.EAX] = first + cpu.s[st.EAX];
  return RET;
}
const addOne: Routine = (cpu) => {
  cpu.s[st.EAX] += 1;
  return RET;
};
/** Reads the word that EBX points to, with the rights of the moment. */
const peek: Routine = (cpu) => {
  cpu.s[st.EAX] = cpu.load32(st.DS, cpu.s[st.EBX]);
  return RET;
};
const STUBS: Stubs = new Map<number, Routine | 'resume'>([
  [ENTER, twoCalls],
  [RESUME, 'resume'],
  [ADD, addOne],
  [PEEK, peek],
]);

let host: Host;
let space: Space;
let image: number;

/** Maps a fresh frame with these bytes; returns the frame. */
function page(address: number, bytes: readonly number[], rights: number): number {
  const frame = host.frames.allocate();
  host.memory.fill(frame << 12, 0, 4096);
  host.memory.write(frame << 12, Uint8Array.from(bytes), 0, bytes.length);
  space.map(address >>> 12, frame, rights);
  return frame;
}

/** Bytes of CALL rel32 from `at` to `to`. */
function call(at: number, to: number): number[] {
  const relative = to - (at + 5);
  return [0xe8, relative & 255, (relative >> 8) & 255, (relative >> 16) & 255, relative >>> 24];
}

function fresh() {
  const context = host.newContext();
  context.regs[EIP] = CODE;
  context.regs[ESP] = STACK + 0x1000;
  return context;
}

function run(context: ReturnType<typeof fresh>): Stop {
  return { ...(host.run(space, context, Number.POSITIVE_INFINITY) as Stop) };
}

beforeEach(() => {
  host = new Host(new Machine(4 << 20), nowhere());
  const made = host.newSpace();
  if (made === undefined) throw new Error('no space');
  space = made;
  image = page(IMAGE, BYTES, EXECUTE);
  page(STACK, [], WRITE);
  host.machine.natives.install(image, STUBS);
});

describe('native routines', () => {
  it('run when their stub is called, and leave by a real instruction', () => {
    page(CODE, [...call(CODE, IMAGE + ADD), 0xcd, 0x80], EXECUTE);
    const context = fresh();
    context.regs[EAX] = 41;
    expect(run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EAX]).toBe(42);
    expect(host.machine.ledger.counts[EVENTS.nativeCall]).toBe(1);
  });

  it('wait by executing INT 0x80 in their image, and go on when control comes back', () => {
    page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = fresh();
    expect(run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EIP]).toBe(IMAGE + RESUME);
    expect(context.regs[EAX]).toBe(20);
    context.regs[EAX] = 1000;
    expect(run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EAX]).toBe(64);
    context.regs[EAX] = 7;
    // It returned to its caller, which runs into UD2.
    expect(run(context)).toMatchObject({ why: 'exception', vector: 6 });
    expect(context.regs[EAX]).toBe(1007);
    expect(context.regs[EIP]).toBe(CODE + 5);
  });

  it('keep two continuations of one routine apart by their handles', () => {
    page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const [a, b] = [fresh(), fresh()];
    run(a);
    b.regs[ESP] -= 256;
    run(b);
    expect(a.regs[EBP]).not.toBe(b.regs[EBP]);
    a.regs[EAX] = 1;
    run(a);
    b.regs[EAX] = 10;
    run(b);
    a.regs[EAX] = 2;
    run(a);
    b.regs[EAX] = 20;
    run(b);
    expect([a.regs[EAX], b.regs[EAX]]).toEqual([3, 30]);
  });

  it('see memory with the rights of the caller: a read of a supervisor page is a page fault at the stub', () => {
    page(CODE, call(CODE, IMAGE + PEEK), EXECUTE);
    const context = fresh();
    context.regs[EBX] = 0xc0000000 | 0;
    expect(run(context)).toMatchObject({ why: 'fault', address: 0xc0000000 | 0, error: 5 });
    expect(context.regs[EIP]).toBe(IMAGE + PEEK);
  });
});

describe('attacks on native routines', () => {
  const undefinedOpcode = { why: 'exception', vector: 6 };

  it('a forged stub outside any image is #UD', () => {
    page(CODE, stub(3), EXECUTE);
    expect(run(fresh())).toMatchObject(undefinedOpcode);
  });

  it('a copy of the image in another frame is #UD', () => {
    page(0x30000000, BYTES, EXECUTE);
    page(CODE, call(CODE, 0x30000000 + ADD), EXECUTE);
    const context = fresh();
    expect(run(context)).toMatchObject(undefinedOpcode);
    expect(context.regs[EIP]).toBe(0x30000000 + ADD);
  });

  it('the same frame under a second address is still the image', () => {
    space.map(0x30000000 >>> 12, image, EXECUTE);
    page(CODE, [...call(CODE, 0x30000000 + ADD), 0xcd, 0x80], EXECUTE);
    const context = fresh();
    run(context);
    expect(context.regs[EAX]).toBe(1);
  });

  it('a jump into the middle of a stub does not reach the routine', () => {
    page(CODE, call(CODE, IMAGE + ADD + 1), EXECUTE);
    const context = fresh();
    run(context);
    expect(host.machine.ledger.counts[EVENTS.nativeCall]).toBe(0);
  });

  it('a prefix before the stub makes it another instruction', () => {
    const bytes = [...BYTES];
    bytes[0] = 0x3e;
    bytes.splice(1, 6, ...stub(1).slice(0, 6));
    const other = page(0x30000000, BYTES, EXECUTE);
    host.machine.natives.install(other, STUBS);
    host.memory.write(other << 12, Uint8Array.from(bytes), 0, bytes.length);
    page(CODE, call(CODE, 0x30000000 + ENTER), EXECUTE);
    expect(run(fresh())).toMatchObject(undefinedOpcode);
  });

  it('a handle that was never issued is #UD', () => {
    page(CODE, call(CODE, IMAGE + RESUME), EXECUTE);
    const context = fresh();
    context.regs[EBP] = 1;
    expect(run(context)).toMatchObject(undefinedOpcode);
  });

  it('a handle is honoured once', () => {
    page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = fresh();
    run(context);
    const replay = fresh();
    replay.regs.set(context.regs);
    run(context);
    expect(run(replay)).toMatchObject(undefinedOpcode);
  });

  it('a handle of one image is #UD in another', () => {
    const other = page(0x30000000, BYTES, EXECUTE);
    host.machine.natives.install(other, STUBS);
    page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = fresh();
    run(context);
    context.regs[EIP] = 0x30000000 + RESUME;
    expect(run(context)).toMatchObject(undefinedOpcode);
  });

  it('an image that was written is an image no more', () => {
    space.map(0x30000000 >>> 12, image, WRITE);
    // MOV BYTE [0x30000FFF], 0 through the writable alias, then the call.
    const store = [0xc6, 0x05, 0xff, 0x0f, 0x00, 0x30, 0x00];
    page(CODE, [...store, ...call(CODE + store.length, IMAGE + ADD)], EXECUTE);
    expect(run(fresh())).toMatchObject(undefinedOpcode);
  });

  it('a frame that was given up is an image no more', () => {
    host.machine.natives.remove(image);
    page(CODE, call(CODE, IMAGE + ADD), EXECUTE);
    expect(run(fresh())).toMatchObject(undefinedOpcode);
  });

  it('installing where there is no stub is our own bug', () => {
    const frame = host.frames.allocate();
    host.memory.fill(frame << 12, 0x90, 4096);
    expect(() => host.machine.natives.install(frame, STUBS)).toThrow(/no stub at offset 0/);
  });
});
