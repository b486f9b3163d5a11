/** Parts of the kernel that need no kernel around them. */
import { describe, expect, it } from 'vitest';
import { SYSCALLS } from '../../src/abi/syscalls.ts';
import { CALLS } from '../../src/kernel/calls/table.ts';
import { parseHeader, parseProgram } from '../../src/kernel/exec/elf.ts';
import { parseScript } from '../../src/kernel/exec/script.ts';
import { FPSTATE_SIZE, FXSAVE_SIZE, fromFpstate, toFpstate } from '../../src/kernel/signals/fpstate.ts';
import { makeInfo } from '../../src/kernel/signals/info.ts';
import { Pending } from '../../src/kernel/signals/pending.ts';
import { SignalSet } from '../../src/kernel/signals/set.ts';
import { Timer, Timers } from '../../src/kernel/time/timers.ts';
import { fakeElf } from './fake.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('timers', () => {
  it('fire in order of time, and in order of setting where times are equal', () => {
    const timers = new Timers();
    const fired: number[] = [];
    const made = Array.from({ length: 200 }, (_, n) => new Timer(() => fired.push(n)));
    const when = (n: number): number => (n * 7919) % 50;
    for (const [n, timer] of made.entries()) timers.set(timer, when(n));
    for (let n = 0; n < 200; n += 3) timers.clear(made[n]);
    timers.set(made[1], 1000);
    const left = made.map((_, n) => n).filter((n) => n % 3 !== 0 && n !== 1);
    expect(timers.next).toBe(Math.min(...left.map(when)));
    timers.run(999);
    const expected = left.sort((a, b) => when(a) - when(b) || a - b);
    expect(fired).toEqual(expected);
    expect(timers.count).toBe(1);
    expect(made[1].isSet).toBe(true);
  });

  it('may set themselves again while they fire', () => {
    const timers = new Timers();
    let fired = 0;
    const timer = new Timer((now) => {
      if (++fired < 3) timers.set(timer, now);
    });
    timers.set(timer, 5);
    timers.run(5);
    expect(fired).toBe(3);
    expect(timers.next).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('pending signals', () => {
  it('queue real-time signals, but standard ones only once', () => {
    const pending = new Pending();
    const none = new SignalSet();
    expect([40, 10, 40, 10, 2].map((n, at) => pending.add(makeInfo(n, 0, at)))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
    const taken = [];
    for (let info = pending.take(none); info; info = pending.take(none)) taken.push([info[0], info[3]]);
    expect(taken).toEqual([
      [2, 4],
      [10, 1],
      [40, 0],
      [40, 2],
    ]);
    expect(pending.set.lo | pending.set.hi).toBe(0);
  });

  it('let faults go first and keep what is blocked', () => {
    const pending = new Pending();
    for (const n of [1, 11, 34, 64]) pending.add(makeInfo(n, 1));
    expect(pending.take(SignalSet.of(1))![0]).toBe(11);
    expect(pending.take(SignalSet.of(1, 34))![0]).toBe(64);
    expect(pending.take(SignalSet.of(1, 34))).toBeUndefined();
    pending.discard(SignalSet.of(1).lo, 0);
    expect(pending.take(new SignalSet())![0]).toBe(34);
    expect(pending.length).toBe(0);
  });
});

describe('FPU state in a signal frame', () => {
  it('comes back as it went', () => {
    const fx = Uint8Array.from({ length: FXSAVE_SIZE }, (_, n) => (n * 37 + 11) & 0xff);
    const view = new DataView(fx.buffer);
    view.setUint32(28, 0xffff, true);
    view.setUint32(24, 0x1f80, true);
    for (let n = 0; n < 8; n++) fx.fill(0, 32 + n * 16 + 10, 48 + n * 16);
    fx[5] = 0;
    const before = fx.slice();
    const frame = toFpstate(fx);
    expect(frame).toHaveLength(FPSTATE_SIZE);
    fx.fill(0, 0, 24);
    fx.fill(0, 32, 160);
    fromFpstate(frame, fx);
    // FCS and FDS have no upper halves.
    for (const at of [14, 15, 22, 23]) before[at] = fx[at];
    expect([...fx]).toEqual([...before]);
  });

  it('has full tags: valid, zero, special, empty (SDM 1, 8.1.7)', () => {
    const fx = new Uint8Array(FXSAVE_SIZE);
    const view = new DataView(fx.buffer);
    view.setUint16(2, 6 << 11, true);
    fx[4] = 0b11000011;
    const register = (st: number, mantissaTop: number, exponent: number): void => {
      fx[32 + st * 16 + 7] = mantissaTop;
      view.setUint16(32 + st * 16 + 8, exponent, true);
    };
    register(0, 0x80, 0x3fff);
    register(1, 0, 0);
    register(2, 0xc0, 0x7fff);
    register(3, 0x40, 0);
    // TOP = 6: ST0 is R6, ST1 R7, ST2 R0, ST3 R1.
    const tags = new DataView(toFpstate(fx).buffer).getUint16(8, true);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((n) => (tags >> (n * 2)) & 3)).toEqual([2, 2, 3, 3, 3, 3, 0, 1]);
  });
});

describe('scripts', () => {
  it.each([
    ['#!/bin/sh\n', { interpreter: '/bin/sh', argument: undefined }],
    ['#! \t/bin/sh -e  x \t\nrest', { interpreter: '/bin/sh', argument: '-e  x' }],
    ['#!/bin/sh', { interpreter: '/bin/sh', argument: undefined }],
    ['#!/bin/sh\0 x', { interpreter: '/bin/sh', argument: undefined }],
    ['#!', -13],
    ['#! \t \n/bin/sh', -8],
    ['#/bin/sh', undefined],
    ['', undefined],
    [`#!${'x'.repeat(300)}`, -8],
    [`#!/bin/sh ${'y'.repeat(300)}`, { interpreter: '/bin/sh', argument: 'y'.repeat(245) }],
  ])('%j', (text, expected) => {
    expect(parseScript(bytes(text).subarray(0, 256))).toEqual(expected);
  });
});

describe('ELF headers', () => {
  it('are read', () => {
    const file = fakeElf(4);
    const header = parseHeader(file);
    expect(header).toEqual({ dynamic: false, entry: 0x08048100, phdrs: 52, phdrCount: 2 });
    const program = parseProgram(file.subarray(52, 52 + 64));
    expect(program).toMatchObject({
      stack: 'plain',
      interpreter: undefined,
      segments: [{ address: 0x08048000, rights: 5 }],
    });
  });

  it.each([
    ['magic', 0, 0x7e],
    ['type', 16, 4],
    ['machine', 18, 62],
    ['size of a program header', 42, 31],
    ['no program headers', 44, 0],
  ])('are refused: %s', (_what, at, value) => {
    const file = fakeElf(4);
    file[at] = value;
    expect(parseHeader(file)).toBe(-8);
  });
});

describe('the table of calls', () => {
  it('has numbers and names as Linux has them', () => {
    const names = new Map(SYSCALLS.map(({ number, name }) => [number, name]));
    const rows = CALLS.filter((row) => row !== undefined);
    for (const row of rows) if (row.number <= 450) expect(row.name).toBe(names.get(row.number));
    expect(rows.length).toBeGreaterThanOrEqual(120);
  });
});
