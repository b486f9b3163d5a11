/** What operations cost under umlinux, tt and tt+jail: the READMEs of these mechanisms derive the figures from numbered steps. */
import { describe, expect, it } from 'vitest';
import type { Row } from './columns.ts';
import { counted, expectedBy } from './counted.ts';

//             X    H    C   A   P   F  M
const UMLINUX: Readonly<Record<string, Row>> = {
  null: [19, 19, 12, 6, 10, 0, 2],
  fault: [19, 18, 14, 8, 8, 1, 3],
  mmap: [62, 61, 42, 22, 30, 1, 8],
  signal: [38, 38, 24, 12, 20, 1, 4],
  pipe: [106, 106, 72, 36, 52, 0, 14],
  switch: [68, 68, 48, 24, 32, 0, 10],
  fork: [130, 128, 92, 48, 60, 2, 19],
  exec: [178, 175, 126, 66, 82, 3, 26],
  open: [38, 38, 24, 12, 20, 0, 4],
  read: [19, 19, 12, 6, 10, 0, 2],
};

//             X    H    C   A   P   F  M
const TT: Readonly<Record<string, Row>> = {
  null: [9, 9, 4, 4, 5, 0, 0],
  fault: [8, 7, 4, 4, 3, 1, 1],
  mmap: [27, 26, 12, 12, 13, 1, 2],
  signal: [18, 18, 8, 8, 10, 1, 0],
  pipe: [42, 42, 18, 18, 20, 0, 0],
  switch: [24, 24, 10, 10, 10, 0, 0],
  fork: [68, 63, 25, 25, 23, 2, 8],
  exec: [104, 95, 37, 37, 33, 3, 12],
  open: [18, 18, 8, 8, 10, 0, 0],
  read: [9, 9, 4, 4, 5, 0, 0],
};

//             X    H    C   A   P   F  M
const JAIL: Readonly<Record<string, Row>> = {
  null: [11, 11, 4, 4, 5, 0, 2],
  fault: [10, 9, 4, 4, 3, 1, 3],
  mmap: [33, 32, 12, 12, 13, 1, 8],
  signal: [22, 22, 8, 8, 10, 1, 4],
  pipe: [50, 50, 18, 18, 20, 0, 8],
  switch: [28, 28, 10, 10, 10, 0, 4],
  fork: [78, 73, 25, 25, 23, 2, 18],
  exec: [118, 109, 37, 37, 33, 3, 26],
  open: [22, 22, 8, 8, 10, 0, 4],
  read: [11, 11, 4, 4, 5, 0, 2],
};

describe.each([
  ['umlinux', UMLINUX],
  ['tt', TT],
  ['tt+jail', JAIL],
])('%s', (tower, table) => {
  it.each(Object.entries(table))('%s', (operation, row) => {
    expect(counted(tower, operation)).toEqual(row);
  });

  it('its scenario says the same', () => {
    expect(expectedBy(tower, tower)).toEqual(table);
  });
});
