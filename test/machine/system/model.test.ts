/** CPUID, time-stamp counter, MSRs and SYSENTER by model (SDM 2A/2B). */
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../src/machine/ledger.ts';
import { MODELS } from '../../../src/machine/model.ts';
import * as st from '../../../src/machine/state.ts';
import { Board, CODE, CODE_OF, d, stackTop } from './board.ts';

const HLT = 0xf4;

function cpuid(model: string, leaf: number): number[] {
  const board = new Board(model);
  board.start(3, [0x0f, 0xa2, 0xeb, 0xfe]);
  board.s[st.EAX] = leaf;
  expect(board.run().stop).toBe('budget');
  return [st.EAX, st.EBX, st.ECX, st.EDX].map((register) => board.s[register]);
}

describe('CPUID', () => {
  it.each([
    ['i486', 1],
    ['pentium', 1],
    ['pentium2', 2],
    ['pentium4', 2],
  ])('%s', (model, highest) => {
    const [eax, ebx, ecx, edx] = cpuid(model, 0);
    const text = new Uint8Array(new Int32Array([ebx, edx, ecx]).buffer);
    expect([eax, String.fromCharCode(...text)]).toEqual([highest, 'GenuineIntel']);
    expect(cpuid(model, 1)).toEqual([MODELS[model].signature, 0, 0, MODELS[model].featureBits]);
    // Beyond the highest leaf: what the highest gives.
    expect(cpuid(model, 0x80000000)).toEqual(cpuid(model, highest));
  });

  it('announces what the SDM calls by these bits', () => {
    // FPU, DE, PSE, TSC, MSR, CX8, SEP, PGE, CMOV, MMX, FXSR
    expect(cpuid('pentium2', 1)[3]).toBe(0x0180a93d);
    expect(cpuid('pentium4', 1)[3]).toBe(0x0780a93d);
    expect(cpuid('pentium', 1)[3]).toBe(0x13d);
    expect(cpuid('i486', 1)[3]).toBe(1);
  });
});

it('instructions that a model lacks are #UD', () => {
  for (const [model, code] of [
    ['i486', [0x0f, 0x31]],
    ['i486', [0x0f, 0x32]],
    ['i486', [0x0f, 0x33]],
    ['pentium', [0x0f, 0x34]],
    ['pentium', [0x0f, 0x35]],
    ['pentium4', [0x0f, 0xaa]],
  ] as const) {
    expect(new Board(model).fault(0, code)).toMatchObject({ vector: 6, eip: CODE });
  }
});

describe('the time-stamp counter', () => {
  it('counts instructions, exactly, and modelled work', () => {
    const board = new Board();
    // rdtsc; mov ebx,eax; nop; nop; rdtsc; hlt
    board.start(0, [0x0f, 0x31, 0x89, 0xc3, 0x90, 0x90, 0x0f, 0x31, HLT]);
    expect(board.run().stop).toBe('halt');
    expect(board.s[st.EAX] - board.s[st.EBX]).toBe(4);
    board.start(0, [0x0f, 0x31, HLT]);
    board.machine.cpu.charged += 2 ** 33;
    expect(board.run().stop).toBe('halt');
    expect(board.s[st.EDX]).toBe(2);
  });

  it('does not depend on how the budget is cut', () => {
    const board = new Board();
    board.start(0, [0x0f, 0x31, 0x89, 0xc3, 0x90, 0x90, 0x0f, 0x31, HLT]);
    for (let i = 0; i < 5; i++) expect(board.run(1).stop).toBe('budget');
    expect(board.s[st.EAX] - board.s[st.EBX]).toBe(4);
  });

  it('can be written, and forbidden to outer rings', () => {
    const board = new Board();
    // mov ecx,0x10; mov eax,0x100; mov edx,5; wrmsr; rdtsc; hlt
    board.start(0, [0xb9, ...d(0x10), 0xb8, ...d(0x100), 0xba, ...d(5), 0x0f, 0x30, 0x0f, 0x31, HLT]);
    expect(board.run().stop).toBe('halt');
    expect([board.s[st.EAX], board.s[st.EDX]]).toEqual([0x101, 5]);
    const user = new Board();
    user.s[st.CR4] |= 4;
    expect(user.fault(3, [0x0f, 0x31])).toMatchObject({ vector: 13, error: 0 });
    const kernel = new Board();
    kernel.s[st.CR4] |= 4;
    kernel.start(0, [0x0f, 0x31, HLT]);
    expect(kernel.run()).toEqual({ stop: 'halt' });
  });
});

it('unknown MSRs and counters are #GP(0)', () => {
  for (const code of [
    [0x0f, 0x32],
    [0x0f, 0x30],
    [0x0f, 0x33],
  ]) {
    const board = new Board();
    board.start(0, code);
    board.s[st.ECX] = 0x7777;
    expect(board.run()).toMatchObject({ vector: 13, error: 0, eip: CODE });
  }
  const pentium = new Board('pentium');
  pentium.start(0, [0x0f, 0x32]);
  pentium.s[st.ECX] = 0x174;
  expect(pentium.run()).toMatchObject({ vector: 13, error: 0 });
});

describe('SYSENTER and SYSEXIT', () => {
  it('go to ring 0 and back with flat segments', () => {
    const board = new Board();
    // At CODE+32: mov edx,CODE+2; mov ecx,0xaaa0; sysexit
    board.put(CODE + 32, [0xba, ...d(CODE + 2), 0xb9, ...d(0xaaa0), 0x0f, 0x35]);
    board.start(3, [0x0f, 0x34, 0xeb, 0xfe]);
    board.s[st.FLAGS] |= 0x200;
    board.s[st.SYSENTER_CS] = 0x100;
    board.s[st.SYSENTER_ESP] = stackTop(0);
    board.s[st.SYSENTER_EIP] = CODE + 32;
    board.run(1);
    const registers = [st.CPL, st.EIP, st.ESP, st.SELECTOR + st.CS, st.SELECTOR + st.SS];
    expect(registers.map((at) => board.s[at])).toEqual([0, CODE + 32, stackTop(0), 0x100, 0x108]);
    expect(board.s[st.FLAGS] & 0x200).toBe(0);
    board.run(3);
    expect(registers.map((at) => board.s[at])).toEqual([3, CODE + 2, 0xaaa0, 0x113, 0x11b]);
    expect(board.s[st.LIMIT + st.SS]).toBe(-1);
    const { counts } = board.machine.ledger;
    expect([counts[EVENTS.crossingSysenter], counts[EVENTS.crossingReturn]]).toEqual([1, 1]);
  });

  it('need SYSENTER_CS', () => {
    expect(new Board().fault(3, [0x0f, 0x34])).toMatchObject({ vector: 13, error: 0, eip: CODE, cs: CODE_OF[3] });
    expect(new Board().fault(0, [0x0f, 0x35])).toMatchObject({ vector: 13, error: 0, eip: CODE });
  });
});
