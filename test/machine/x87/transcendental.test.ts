import { describe, expect, it } from 'vitest';
import { FSW, X87 } from '../../../src/machine/state.ts';
import { DATA, execute, onData, processor } from './unit.ts';

const OPCODES: Readonly<Record<string, number>> = {
  f2xm1: 0xf0,
  fyl2x: 0xf1,
  fptan: 0xf2,
  fpatan: 0xf3,
  fyl2xp1: 0xf9,
  fsin: 0xfe,
  fcos: 0xff,
};

/**
 * Function, ST(1), ST(0), result: computed to 300 bits and rounded to nearest; sines, cosines and tangents of the
 * argument reduced by the 66-bit pi of SDM volume 1, 8.3.8. A 64-bit result that is right to 2^-80 is this one.
 */
const RESULTS: readonly (readonly [name: string, st1: string, st0: string, result: string])[] = [
  ['f2xm1', '3fff 8000000000000000', '3ffe 8000000000000000', '3ffd d413cccfe7799211'],
  ['f2xm1', '3fff 8000000000000000', '3ff4 d351d2286513270e', '3ff4 92843ae9837f30fb'],
  ['f2xm1', '3fff 8000000000000000', '3fb5 c497c815d23f0824', '3fb5 88448f5622a07628'],
  ['f2xm1', '3fff 8000000000000000', '3ffd 876c823a9531985d', '3ffc ce0c782daf49dd1b'],
  ['fyl2x', '3fff 8000000000000000', '4000 c000000000000000', '3fff cae00d1cfdeb43d0'],
  ['fyl2x', 'c004 84cca86c36f675cc', '3fff 8000000000000001', 'bfc5 bf96cf4c7d770c3f'],
  ['fyl2x', '403c 88f105c76b0d549b', '0b9d b656a5138d116ece', 'c049 e028dc47de2ce0bf'],
  ['fyl2x', '4005 f946082e1fb17c23', '3ffe ffffffffffffffff', 'bfc6 b3d017fdff2f086b'],
  ['fyl2xp1', '3fff 8000000000000000', '3ffc ca9fa478a09f76b5', '3ffd 855d3a805dd40675'],
  ['fyl2xp1', 'bff3 caf3057a93bd04cf', '3fbc 9c4c68c8f9ebdacc', 'bfb1 b2c33f74784c904f'],
  ['fpatan', '3fff 8000000000000000', '3fff 8000000000000000', '3ffe c90fdaa22168c235'],
  ['fpatan', '3fff 8000000000000000', 'bfff 8000000000000000', '4000 96cbe3f9990e91a8'],
  ['fpatan', '4003 910bdf56dbc496cb', '3fff c53531f624ede6a4', '3fff be360724d43fb9d3'],
  ['fpatan', '4000 c7b682ac4ef8aa38', 'c001 8d30edf12e44158b', '4000 a1aa583a07c2153e'],
  ['fpatan', 'bff4 980c2862a38fd547', 'c004 db2672118c38fb29', 'c000 c90fae3ad44907b2'],
  ['fsin', '3fff 8000000000000000', '4000 c90fdaa22168c235', 'bfbf 8000000000000000'],
  ['fcos', '3fff 8000000000000000', '4000 c90fdaa22168c235', 'bfff 8000000000000000'],
  ['fptan', '3fff 8000000000000000', '4000 c90fdaa22168c235', '3fbf 8000000000000000'],
  ['fsin', '3fff 8000000000000000', '3fff 8000000000000000', '3ffe d76aa47848677021'],
  ['fcos', '3fff 8000000000000000', '3fff 8000000000000000', '3ffe 8a51407da8345c92'],
  ['fptan', '3fff 8000000000000000', '3fff 8000000000000000', '3fff c75922e5f71d2dc5'],
  ['fsin', '3fff 8000000000000000', '3ffb cf3bb4d80f4205b4', '3ffb cee1384118b4e438'],
  ['fcos', '3fff 8000000000000000', '3ffb cf3bb4d80f4205b4', '3ffe feb0c60a477ec8b5'],
  ['fptan', '3fff 8000000000000000', '3ffb cf3bb4d80f4205b4', '3ffb cff18461b30a2dab'],
  ['fsin', '3fff 8000000000000000', '4003 c40f68b1ae2eb154', 'bffe 95d47bea1a5bc2a8'],
  ['fcos', '3fff 8000000000000000', '4003 c40f68b1ae2eb154', '3ffe cf92f1ce1c8365bb'],
  ['fptan', '3fff 8000000000000000', '4003 c40f68b1ae2eb154', 'bffe b8c8dd267935f914'],
  ['fsin', '3fff 8000000000000000', '4038 caf3b0e87731af10', '3ffe 97bf5b4d353ee524'],
  ['fcos', '3fff 8000000000000000', '4038 caf3b0e87731af10', 'bffe ce2d2753b2eb686c'],
  ['fptan', '3fff 8000000000000000', '4038 caf3b0e87731af10', 'bffe bc6b06e38739d91c'],
];

/** Pushes a value written as 'sign-and-exponent significand'. */
function push(cpu: ReturnType<typeof processor>, value: string): void {
  const [signExponent, significand] = value.split(' ');
  cpu.memory.store32(DATA, Number.parseInt(significand.slice(8), 16));
  cpu.memory.store32(DATA + 4, Number.parseInt(significand.slice(0, 8), 16));
  cpu.memory.store16(DATA + 8, Number.parseInt(signExponent, 16));
  expect(onData(cpu, 0xdb, 5)).toBe('done');
}

/** ST(0), or ST(1) after FPTAN. */
function top(cpu: ReturnType<typeof processor>, i: number): string {
  const slot = X87 + 4 * (((cpu.s[FSW] >> 11) + i) & 7);
  const hex = (word: number, digits: number) => (word >>> 0).toString(16).padStart(digits, '0');
  return `${hex(cpu.s[slot + 2], 4)} ${hex(cpu.s[slot + 1], 8)}${hex(cpu.s[slot], 8)}`;
}

describe('transcendental functions to the last bit', () => {
  it.each(RESULTS)('%s of %s, %s is %s', (name, st1, st0, result) => {
    const cpu = processor();
    push(cpu, st1);
    push(cpu, st0);
    execute(cpu, 0xd9, OPCODES[name]);
    expect(top(cpu, name === 'fptan' ? 1 : 0)).toBe(result);
    expect(cpu.s[FSW] & 0x43f).toBe(0x20);
  });

  it('leaves an argument of 2^63 and more alone and sets C2', () => {
    for (const name of ['fsin', 'fcos', 'fptan']) {
      const cpu = processor();
      push(cpu, '403e 8000000000000000');
      execute(cpu, 0xd9, OPCODES[name]);
      expect([top(cpu, 0), cpu.s[FSW]]).toEqual(['403e 8000000000000000', 0x3c00]);
    }
  });
});
