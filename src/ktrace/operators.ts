/** What the operators compute. Arithmetic is exact up to 2^53; bits are those of unsigned words. */
import type { Binary, Unary } from './syntax.ts';
import type { Value } from './types.ts';

type Two = (a: Value, b: Value) => Value;

const BINARY: Readonly<Record<Binary, Two>> = {
  '||': (a, b) => a || b,
  '&&': (a, b) => a && b,
  '|': (a, b) => ((a as number) | (b as number)) >>> 0,
  '^': (a, b) => ((a as number) ^ (b as number)) >>> 0,
  '&': (a, b) => ((a as number) & (b as number)) >>> 0,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<<': (a, b) => ((a as number) << (b as number)) >>> 0,
  '>>': (a, b) => ((a as number) >>> (b as number)) >>> 0,
  '+': (a, b) => (a as number) + (b as number),
  '-': (a, b) => (a as number) - (b as number),
  '*': (a, b) => (a as number) * (b as number),
  '/': (a, b) => (b === 0 ? 0 : Math.trunc((a as number) / (b as number))),
  '%': (a, b) => (b === 0 ? 0 : (a as number) % (b as number)),
};

const UNARY: Readonly<Record<Unary, (a: Value) => Value>> = {
  '!': (a) => !a,
  '-': (a) => 0 - (a as number),
  '~': (a) => ~(a as number) >>> 0,
};

export function binaryOf(operator: Binary): Two {
  return BINARY[operator];
}

export function unaryOf(operator: Unary): (a: Value) => Value {
  return UNARY[operator];
}
