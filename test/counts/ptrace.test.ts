/** What operations cost under skas and sysemu: src/ptrace/README.md derives these figures from numbered steps. */
import { describe, expect, it } from 'vitest';
import type { Row } from './columns.ts';
import { counted, expectedBy } from './counted.ts';

//             X    H    C   A   P   F  M
const SYSEMU: Readonly<Record<string, Row>> = {
  null: [8, 8, 2, 2, 6, 0, 0],
  fault: [16, 13, 6, 6, 9, 1, 1],
  mmap: [37, 33, 12, 12, 23, 1, 2],
  signal: [16, 16, 4, 4, 12, 1, 0],
  pipe: [32, 32, 8, 8, 24, 0, 0],
  switch: [16, 16, 4, 4, 12, 0, 0],
  fork: [99, 88, 32, 30, 51, 2, 9],
  exec: [155, 138, 50, 46, 77, 3, 14],
  open: [16, 16, 4, 4, 12, 0, 0],
  read: [8, 8, 2, 2, 6, 0, 0],
};

//             X    H    C   A   P   F  M
const SKAS: Readonly<Record<string, Row>> = {
  null: [11, 11, 4, 2, 8, 0, 0],
  fault: [16, 13, 6, 6, 9, 1, 1],
  mmap: [43, 39, 16, 12, 27, 1, 2],
  signal: [22, 22, 8, 4, 16, 1, 0],
  pipe: [44, 44, 16, 8, 32, 0, 0],
  switch: [22, 22, 8, 4, 16, 0, 0],
  fork: [108, 97, 38, 30, 57, 2, 9],
  exec: [167, 150, 58, 46, 85, 3, 14],
  open: [22, 22, 8, 4, 16, 0, 0],
  read: [11, 11, 4, 2, 8, 0, 0],
};

describe.each([
  ['sysemu', SYSEMU],
  ['skas', SKAS],
])('%s', (tower, table) => {
  it.each(Object.entries(table))('%s', (operation, row) => {
    expect(counted(tower, operation)).toEqual(row);
  });

  it('its scenario says the same', () => {
    expect(expectedBy(tower, tower)).toEqual(table);
  });
});
