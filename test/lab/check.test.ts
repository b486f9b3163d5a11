import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EHDR, PHDR } from '../../src/abi/elf.ts';
import { programsFolder } from '../../src/cli/tree/embedded.ts';
import { type Executable, readExecutable } from '../../src/lab/check/elf.ts';
import { extensionAt } from '../../src/lab/check/extension.ts';
import { checkProgram } from '../../src/lab/check/report.ts';
import { sweep } from '../../src/lab/check/sweep.ts';

const BASE = 0x08048000;

/** A program of these bytes (hexadecimal), and names at offsets in them. */
function code(text: string, names: Readonly<Record<string, number>> = {}): Executable {
  const bytes = Uint8Array.from(text.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));
  const symbols = Object.entries(names).map(([name, at]) => ({ name, address: BASE + at, size: 0 }));
  return { code: [{ address: BASE, bytes }], symbols, dynamic: false, interpreter: '', needed: [] };
}

const all = Array.from({ length: 451 }, (_, number) => ({ number }));
const calls = (text: string): number[] =>
  [...sweep(code(text))].flatMap((finding) => (finding.kind === 'call' ? [finding.number] : []));

describe('system calls', () => {
  it('by the constant in EAX', () => {
    expect(calls('b8 04 00 00 00 bb 01 00 00 00 cd 80')).toEqual([4]);
    expect(calls('31 c0 cd 80')).toEqual([0]);
    expect(calls('b8 fc 00 00 00 65 ff 15 10 00 00 00')).toEqual([252]);
  });

  it('unknown once something else writes EAX', () => {
    expect(calls('b8 04 00 00 00 89 d8 cd 80')).toEqual([-1]);
    expect(calls('b8 04 00 00 00 e8 00 00 00 00 cd 80')).toEqual([-1]);
    expect(calls('b8 04 00 00 00 cd 80 cd 80')).toEqual([4, -1]);
  });

  it('reports those that the kernel has not, by function', () => {
    const report = checkProgram(code('b8 65 01 00 00 cd 80 c3 b8 01 00 00 00 cd 80', { bpf: 0, end: 8 }), [
      { number: 1, note: 'in part' },
    ]);
    expect(report.unsupportedCalls).toEqual([{ what: 'bpf', count: 1, where: [{ symbol: 'bpf', count: 1 }] }]);
    expect(report.restrictedCalls).toEqual([{ name: 'exit', note: 'in part' }]);
    expect(report.calls).toEqual([{ what: 'exit', count: 1, where: [{ symbol: 'end', count: 1 }] }]);
  });
});

describe('instructions', () => {
  it.each([
    ['89 c8', 'i486', []],
    ['0f c8', 'i486', ['486']],
    ['d9 e8', 'i486', ['fpu']],
    ['0f 31', 'pentium', ['tsc']],
    ['0f 44 c1', 'pentium2', ['cmov']],
    ['0f 6f c1', 'pentium2', ['mmx']],
    ['0f 58 c1', 'pentium4', ['sse']],
    ['66 0f 58 c1', 'pentium4', ['sse2']],
  ])('%s needs %s', (text, model, features) => {
    const report = checkProgram(code(text), all);
    expect([report.model, report.features.map(({ what }) => what), report.opcodes]).toEqual([model, features, []]);
  });

  it('names extensions that no model has, and goes on behind them', () => {
    const report = checkProgram(
      code('c5 f8 77 66 0f 3a 0f c1 08 66 0f 38 00 04 24 c4 e2 7d 18 05 00 00 00 00 f4', { f: 0 }),
      all,
    );
    expect(report.opcodes).toEqual([
      { what: 'AVX', count: 2, where: [{ symbol: 'f', count: 2 }] },
      { what: 'SSSE3/SSE4', count: 2, where: [{ symbol: 'f', count: 2 }] },
    ]);
    expect(report.privileged).toEqual([{ what: 'hlt', count: 1, where: [{ symbol: 'f', count: 1 }] }]);
  });

  it('passes over bytes that mean nothing, and begins anew at a symbol', () => {
    const report = checkProgram(code('0f ff 0f 90 b8', { data: 0, next: 3 }), all);
    expect(report.opcodes.length).toBeGreaterThan(0);
    expect(calls('b8 01 02 cd 80')).toEqual([]);
    expect([...sweep(code('b8 01 02 cd 80', { call: 3 }))].some(({ kind }) => kind === 'call')).toBe(true);
  });

  it('knows the length of an extension in every addressing form', () => {
    const length = (text: string): number | undefined =>
      extensionAt(Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16)))?.length;
    expect(length('66 0f 38 00 05 00 00 00 00')).toBe(9);
    expect(length('66 0f 38 00 44 24 08')).toBe(7);
    expect(length('66 0f 3a 0f 84 24 00 00 00 00 01')).toBe(11);
    expect(length('c5 04 24')).toBeUndefined();
  });
});

describe('ELF files', () => {
  const hello = (): Uint8Array => new Uint8Array(readFileSync(join(programsFolder(), 'bin/hello')));

  it('reads sections and symbols', () => {
    const program = readExecutable(hello());
    expect(program).toMatchObject({
      dynamic: false,
      interpreter: '',
      needed: [],
      symbols: expect.arrayContaining([{ name: '_start', address: expect.any(Number), size: expect.any(Number) }]),
    });
  });

  it('does without sections', () => {
    const bytes = hello();
    new DataView(bytes.buffer).setUint32(EHDR.at.e_shoff, 0, true);
    const program = readExecutable(bytes) as Executable;
    expect(program.symbols).toEqual([]);
    expect(checkProgram(program, all).unknownCalls).toBeGreaterThan(0);
  });

  it('says what a file is not', () => {
    expect(readExecutable(new Uint8Array(10))).toBe('not an ELF file');
    const wide = hello();
    wide[4] = 2;
    expect(readExecutable(wide)).toBe('not an i386 program (64-bit)');
  });

  it('survives headers that point anywhere', () => {
    for (let at = EHDR.at.e_type + 4; at < EHDR.size + 4 * PHDR.size; at++) {
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = hello();
        bytes[at] = value;
        const program = readExecutable(bytes);
        if (typeof program !== 'string') checkProgram(program, all);
      }
    }
  });

  it('finds nothing amiss in the embedded shell', () => {
    const program = readExecutable(new Uint8Array(readFileSync(join(programsFolder(), 'bin/sh')))) as Executable;
    expect(checkProgram(program, all)).toMatchObject({
      model: 'i486',
      opcodes: [],
      unsupportedCalls: [],
      dynamic: false,
    });
  });
});
