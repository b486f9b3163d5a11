/** Scripts that change the run: a kernel and its application in one process. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canCompare, compile } from '../kernel/compare.ts';
import { runOurs } from '../kernel/native.ts';

const NATIVE = join(import.meta.dirname, 'native');

describe.skipIf(!canCompare())('redirection (needs gcc -m32)', () => {
  // By hand from the encodings in redirect.c: 5 + 5 + 2 bytes to the first trap, and so on.
  const expected = [
    'load 1 ',
    'attach 0',
    'attach again -17',
    'why 1 number 20 error 0 address 0 mode 0 eip +12 eax 20 ebx 123 ebp b0b',
    'why 1 number 4242 error 0 address 0 mode 0 eip +21 eax 4242 ebx 777 ebp b0b',
    'why 3 number 14 error 4 address 10 mode 0 eip +21 eax 0 ebx 777 ebp b0b',
    'why 3 number 14 error 6 address 14 mode 0 eip +26 eax 0 ebx 777 ebp b0b',
    'why 3 number 6 error 0 address 0 mode 0 eip +36 eax 0 ebx 777 ebp b0b',
    'why 3 number 13 error 0 address 0 mode 0 eip +38 eax 0 ebx 777 ebp b0b',
    'why 3 number 0 error 0 address 0 mode 0 eip +41 eax 0 ebx 777 ebp b0b',
    'why 3 number 3 error 0 address 0 mode 0 eip +44 eax 0 ebx 777 ebp b0b',
    'why 4 number 14 error 80 address 0 mode 0 eip +44 eax 0 ebx 777 ebp b0b',
    'own kernel still makes calls: 1',
    'unload 0',
    'resume without script -22',
    '',
  ];

  it.each([[[]], [['sysemu']]])(
    'brings calls, faults and signals of the application to the kernel beside it (%s)',
    (towers) => {
      const { output, status, warnings } = runOurs(compile(NATIVE, 'redirect'), { towers });
      expect(warnings).toEqual([]);
      expect(output.split('\n')).toEqual(expected);
      expect(status).toBe(0);
    },
  );
});
