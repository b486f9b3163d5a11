import { beforeEach, describe, expect, it } from 'vitest';
import { EAX, EBP, EBX, EIP, ESP, EXECUTE, WRITE } from '../../src/kernel/platform.ts';
import type { Cpu } from '../../src/machine/cpu.ts';
import { EVENTS } from '../../src/machine/ledger.ts';
import { type Continuation, type Routine, STUB_LENGTH, type Stubs, stub } from '../../src/machine/native.ts';
import * as st from '../../src/machine/state.ts';
import { CODE, call, STACK_TOP, Workbench } from '../host/workbench.ts';

/** Where the image is mapped. */
const IMAGE = 0x10000000;

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
  // Its home is the page of the stack.
  [ENTER, (cpu) => ({ home: STACK_TOP - 4096, steps: twoCalls(cpu) })],
  [RESUME, 'resume'],
  [ADD, addOne],
  [PEEK, peek],
]);

let bench: Workbench;
let image: number;

beforeEach(() => {
  bench = new Workbench();
  image = bench.page(IMAGE, BYTES);
  bench.host.machine.natives.install(image, STUBS);
});

describe('native routines', () => {
  it('run when their stub is called, and leave by a real instruction', () => {
    bench.page(CODE, [...call(CODE, IMAGE + ADD), 0xcd, 0x80], EXECUTE);
    const context = bench.thread();
    context.regs[EAX] = 41;
    expect(bench.run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EAX]).toBe(42);
    expect(bench.host.machine.ledger.counts[EVENTS.nativeCall]).toBe(1);
  });

  it('wait by executing INT 0x80 in their image, and go on when control comes back', () => {
    bench.page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = bench.thread();
    expect(bench.run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EIP]).toBe(IMAGE + RESUME);
    expect(context.regs[EAX]).toBe(20);
    context.regs[EAX] = 1000;
    expect(bench.run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EAX]).toBe(64);
    context.regs[EAX] = 7;
    // It returned to its caller, which runs into UD2.
    expect(bench.run(context)).toMatchObject({ why: 'exception', vector: 6 });
    expect(context.regs[EAX]).toBe(1007);
    expect(context.regs[EIP]).toBe(CODE + 5);
  });

  it('keep two continuations of one routine apart by their handles', () => {
    bench.page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const [a, b] = [bench.thread(), bench.thread()];
    bench.run(a);
    b.regs[ESP] -= 256;
    bench.run(b);
    expect(a.regs[EBP]).not.toBe(b.regs[EBP]);
    a.regs[EAX] = 1;
    bench.run(a);
    b.regs[EAX] = 10;
    bench.run(b);
    a.regs[EAX] = 2;
    bench.run(a);
    b.regs[EAX] = 20;
    bench.run(b);
    expect([a.regs[EAX], b.regs[EAX]]).toEqual([3, 30]);
  });

  it('see memory with the rights of the caller: a read of a supervisor page is a page fault at the stub', () => {
    bench.page(CODE, call(CODE, IMAGE + PEEK), EXECUTE);
    const context = bench.thread();
    context.regs[EBX] = 0xc0100000 | 0;
    expect(bench.run(context)).toMatchObject({ why: 'fault', address: 0xc0100000 | 0, error: 5 });
    expect(context.regs[EIP]).toBe(IMAGE + PEEK);
  });
});

describe('attacks on native routines', () => {
  const undefinedOpcode = { why: 'exception', vector: 6 };

  it('a forged stub outside any image is #UD', () => {
    bench.page(CODE, stub(3), EXECUTE);
    expect(bench.run(bench.thread())).toMatchObject(undefinedOpcode);
  });

  it('a copy of the image in another frame is #UD', () => {
    bench.page(0x30000000, BYTES);
    bench.page(CODE, call(CODE, 0x30000000 + ADD), EXECUTE);
    const context = bench.thread();
    expect(bench.run(context)).toMatchObject(undefinedOpcode);
    expect(context.regs[EIP]).toBe(0x30000000 + ADD);
  });

  it('the same frame under a second address is still the image', () => {
    bench.space.map(0x30000000 >>> 12, image, EXECUTE);
    bench.page(CODE, [...call(CODE, 0x30000000 + ADD), 0xcd, 0x80], EXECUTE);
    const context = bench.thread();
    bench.run(context);
    expect(context.regs[EAX]).toBe(1);
  });

  it('a jump into the middle of a stub does not reach the routine', () => {
    bench.page(CODE, call(CODE, IMAGE + ADD + 1), EXECUTE);
    const context = bench.thread();
    bench.run(context);
    expect(bench.host.machine.ledger.counts[EVENTS.nativeCall]).toBe(0);
  });

  it('a prefix before the stub makes it another instruction', () => {
    const bytes = [...BYTES];
    bytes[0] = 0x3e;
    bytes.splice(1, 6, ...stub(1).slice(0, 6));
    const other = bench.page(0x30000000, BYTES);
    bench.host.machine.natives.install(other, STUBS);
    bench.host.memory.write(other << 12, Uint8Array.from(bytes), 0, bytes.length);
    bench.page(CODE, call(CODE, 0x30000000 + ENTER), EXECUTE);
    expect(bench.run(bench.thread())).toMatchObject(undefinedOpcode);
  });

  it('a handle that was never issued is #UD', () => {
    bench.page(CODE, call(CODE, IMAGE + RESUME), EXECUTE);
    const context = bench.thread();
    context.regs[EBP] = 1;
    expect(bench.run(context)).toMatchObject(undefinedOpcode);
  });

  it('a handle is honoured once', () => {
    bench.page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = bench.thread();
    bench.run(context);
    const replay = bench.thread();
    replay.regs.set(context.regs);
    bench.run(context);
    expect(bench.run(replay)).toMatchObject(undefinedOpcode);
  });

  it('a handle of one image is #UD in another', () => {
    const other = bench.page(0x30000000, BYTES);
    bench.host.machine.natives.install(other, STUBS);
    bench.page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = bench.thread();
    bench.run(context);
    context.regs[EIP] = 0x30000000 + RESUME;
    expect(bench.run(context)).toMatchObject(undefinedOpcode);
  });

  it('a handle is #UD where another page lies at the home of its work, and a page fault where none can be written', () => {
    bench.page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = bench.thread();
    bench.run(context);
    const home = (STACK_TOP - 4096) >>> 12;
    const elsewhere = bench.host.newSpace()!;
    elsewhere.map(IMAGE >>> 12, image, EXECUTE);
    const thief = bench.thread(IMAGE + RESUME);
    thief.regs[EBP] = context.regs[EBP];
    expect(bench.run(thief, elsewhere)).toMatchObject({ why: 'fault', address: STACK_TOP - 4096, error: 6 });
    elsewhere.map(home, bench.host.frames.allocate(), WRITE);
    thief.regs[EIP] = IMAGE + RESUME;
    expect(bench.run(thief, elsewhere)).toMatchObject(undefinedOpcode);
    // The work is still there for whom it belongs to.
    context.regs[EAX] = 5;
    expect(bench.run(context)).toMatchObject({ why: 'syscall' });
  });

  it('work is forgotten when a kernel makes its home another page', () => {
    bench.page(CODE, [...call(CODE, IMAGE + ENTER), 0x0f, 0x0b], EXECUTE);
    const context = bench.thread();
    bench.run(context);
    const { memory } = bench.host.machine;
    const frame = memory.isHome.indexOf(1);
    memory.fill(frame << 12, 1, 4095);
    expect(memory.isHome[frame]).toBe(1);
    memory.fill(frame << 12, 0, 4096);
    expect(memory.isHome[frame]).toBe(0);
    expect(bench.run(context)).toMatchObject(undefinedOpcode);
  });

  it('a page of known bytes is an image in any frame, until it is written', () => {
    const bytes = new Uint8Array(4096);
    bytes.set(BYTES);
    bytes[4095] = 0xcc;
    bench.host.machine.natives.know(bytes, STUBS);
    const same = [...bytes];
    const frame = bench.page(0x30000000, same);
    bench.page(0x31000000, same);
    bench.page(CODE, [...call(CODE, 0x30000000 + ADD), ...call(CODE + 5, 0x31000000 + ADD), 0xcd, 0x80], EXECUTE);
    const context = bench.thread();
    expect(bench.run(context)).toMatchObject({ why: 'syscall' });
    expect(context.regs[EAX]).toBe(2);
    bench.host.memory.store8((frame << 12) + 4000, 1);
    expect(bench.run(bench.thread())).toMatchObject(undefinedOpcode);
  });

  it('an image that was written is an image no more', () => {
    bench.space.map(0x30000000 >>> 12, image, WRITE);
    // MOV BYTE [0x30000FFF], 0 through the writable alias, then the call.
    const store = [0xc6, 0x05, 0xff, 0x0f, 0x00, 0x30, 0x00];
    bench.page(CODE, [...store, ...call(CODE + store.length, IMAGE + ADD)], EXECUTE);
    expect(bench.run(bench.thread())).toMatchObject(undefinedOpcode);
  });

  it('a frame that was given up is an image no more', () => {
    bench.host.machine.natives.remove(image);
    bench.page(CODE, call(CODE, IMAGE + ADD), EXECUTE);
    expect(bench.run(bench.thread())).toMatchObject(undefinedOpcode);
  });

  it('installing where there is no stub is our own bug', () => {
    const frame = bench.host.frames.allocate();
    bench.host.memory.fill(frame << 12, 0x90, 4096);
    expect(() => bench.host.machine.natives.install(frame, STUBS)).toThrow(/no stub at offset 0/);
  });
});
