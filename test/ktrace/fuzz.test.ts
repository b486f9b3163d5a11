/** Whatever the text, a script is read or a mistake is told: nothing is thrown, and every place lies in the text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBES, probeName } from '../../src/ktrace/probes.ts';
import { readScript } from '../../src/ktrace/script.ts';
import { VARIABLES } from '../../src/ktrace/variables.ts';
import { VERBS } from '../../src/ktrace/verbs.ts';
import { NAMES } from './read.ts';

const VALID = [
  'syscall:*:entry /mode == app/ { save(frame); limit(0xbfffffff); mode = kernel; goto(syscall_entry); }',
  'syscall:open*:return /ret < 0 && (uid & 1) == 0 || comm != "a\\"b"/ { @e[str(arg0, 20), ret] = count(); @ = lhist(elapsed, 0, 1000, 10); }',
  'fault:page:write, fault:gp { @f[name, address + 1, error << 2] = max(~error); } /* x */ # y',
  'signal:SIGALRM { restore(own); return(-1); }',
  'tick, switch { @t[tid, -pid] = hist(nsecs % 7); signal(SIGUSR1); pagetable(table); }',
];
const PIECES = [
  ...'{}()[]:;,=<>+-*/%&|^~!?.@#"\'$\\ \n'.split(''),
  ...[
    '==',
    '!=',
    '&&',
    '||',
    '<<',
    '>>',
    '/*',
    '*/',
    '//',
    '0x',
    '0xfff',
    '123',
    '_',
    'mode',
    'app',
    'kernel',
    'str',
    'count',
    'lhist',
  ],
  ...[
    'frame',
    'own',
    'syscall_entry',
    'table',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'é',
    '\u0000',
    '😀',
  ],
  ...VERBS.map(({ name }) => name),
  ...VARIABLES.map(({ name }) => name),
  ...PROBES.slice(0, 20).map(probeName),
  ...VALID,
];

function check(text: string): void {
  const script = readScript(text, NAMES, () => undefined);
  if (!('mistake' in script)) {
    expect(script.clauses.length).toBeGreaterThan(0);
    return;
  }
  const { line, column, excerpt, message } = script.mistake;
  const lines = text.split('\n');
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
  expect(excerpt.split('\n')).toHaveLength(2);
  expect(message).not.toBe('');
}

describe('any text', () => {
  it('of any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check), { numRuns: 2000, seed: 1 });
  });

  it('of pieces of the language', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(text, check), { numRuns: 5000, seed: 2 });
  });

  it('that was right before a piece of it was taken out, doubled, or replaced', () => {
    const mutation = fc.tuple(fc.constantFrom(...VALID), fc.nat(), fc.nat({ max: 12 }), fc.constantFrom('', ...PIECES));
    const text = mutation.map(([valid, at, length, piece]) => {
      const from = at % (valid.length + 1);
      return valid.slice(0, from) + piece + valid.slice(from + length);
    });
    fc.assert(fc.property(text, check), { numRuns: 5000, seed: 3 });
  });

  it('the seeds themselves are right', () => {
    for (const text of VALID.slice(0, 3))
      expect(readScript(text, NAMES, () => undefined)).not.toHaveProperty('mistake');
  });
});
