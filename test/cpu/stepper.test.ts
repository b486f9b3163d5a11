import { afterAll, describe, expect, it } from 'vitest';
import { whyNoOracle } from './oracle.ts';
import { openStepper, type Stepper } from './stepper.ts';

const missing = whyNoOracle();
const CODE = 0x08048000;
const STACK = 0x6ffff000;

describe.skipIf(missing)(`the stepper on the real processor${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const stepper: Stepper = missing ? (undefined as never) : openStepper();
  afterAll(() => stepper?.close());

  function start(code: number[], gpr: Partial<Record<number, number>> = {}): void {
    for (const page of [CODE, STACK]) expect(stepper.call(192, page, 0x1000, 7, 0x32, -1, 0)).toBe(page | 0);
    stepper.write(CODE, Uint8Array.from(code));
    const registers = Uint32Array.from({ length: 8 }, (_, i) => gpr[i] ?? 0);
    registers[4] = STACK + 0x800;
    const flat = { selector: 0, base: 0 };
    stepper.set({ gpr: registers, eip: CODE, eflags: 0x202, fs: flat, gs: flat });
  }

  it('reports every step and stops before a system call', () => {
    start([0x40, 0x40, 0xcd, 0x80]); // inc eax; inc eax; int 0x80
    const { reason, steps } = stepper.step(10);
    expect(reason).toBe('special');
    expect(steps.map((s) => [s.gpr[0], s.eip, s.eflags])).toEqual([
      [1, CODE + 1, 0x202],
      [2, CODE + 2, 0x202],
    ]);
  });

  it('makes one step of a repeated string instruction and hides TF from pushf', () => {
    start([0xf3, 0xaa, 0x9c, 0x58, 0xcc], { 1: 100, 7: STACK }); // rep stosb; pushf; pop eax; int3
    const { steps } = stepper.step(10);
    expect(steps.length).toBe(3);
    expect([steps[0]?.gpr[1], steps[0]?.gpr[7]]).toEqual([0, STACK + 100]);
    expect(steps[2]?.gpr[0]).toBe(0x202);
  });

  it('reports a fault with its address, before anything has changed', () => {
    start([0x41, 0x8b, 0x05, 0x78, 0x56, 0x34, 0x12]); // inc ecx; mov eax, [0x12345678]
    expect(stepper.step(10)).toMatchObject({ reason: 'signal', signal: 11, code: 1, address: 0x12345678 });
  });

  it('reports the x87 state when it changes', () => {
    start([0xd9, 0xe8, 0xd9, 0xd0, 0xcc]); // fld1; fnop; int3
    const { steps } = stepper.step(10);
    expect(steps[0]?.fx?.[4]).toBe(0x80);
    expect(steps[1]?.fx).toBe(undefined);
  });
});
