/** What operations cost where a script carries the guest kernel: the READMEs of ktrace, segments, pagetables and ring1 derive the figures. */
import { describe, expect, it } from 'vitest';
import { SCRIPT_COLUMNS, type ScriptRow } from './columns.ts';
import { counted, expectedBy } from './counted.ts';

//             X    H    C   A   G   P  F  M
const KTRACE: Readonly<Record<string, ScriptRow>> = {
  null: [4, 4, 0, 0, 0, 0, 0, 2],
  fault: [5, 4, 0, 0, 0, 0, 0, 3],
  mmap: [14, 13, 0, 0, 0, 0, 0, 8],
  signal: [8, 8, 0, 0, 0, 0, 1, 4],
  pipe: [22, 22, 0, 0, 0, 0, 0, 14],
  switch: [14, 14, 0, 0, 0, 0, 0, 10],
  fork: [29, 27, 0, 0, 0, 0, 0, 19],
  exec: [40, 37, 0, 0, 0, 0, 0, 26],
  open: [8, 8, 0, 0, 0, 0, 0, 4],
  read: [4, 4, 0, 0, 0, 0, 0, 2],
};

//             X    H    C   A   G   P  F  M
const SEGMENTS: Readonly<Record<string, ScriptRow>> = {
  null: [2, 2, 0, 0, 2, 0, 0, 0],
  fault: [3, 2, 0, 0, 2, 0, 0, 1],
  mmap: [8, 7, 0, 0, 6, 0, 0, 2],
  signal: [4, 4, 0, 0, 4, 0, 1, 0],
  pipe: [14, 14, 0, 0, 8, 0, 0, 6],
  switch: [10, 10, 0, 0, 4, 0, 0, 6],
  fork: [19, 17, 0, 0, 10, 0, 0, 9],
  exec: [26, 23, 0, 0, 14, 0, 0, 12],
  open: [4, 4, 0, 0, 4, 0, 0, 0],
  read: [2, 2, 0, 0, 2, 0, 0, 0],
};

//             X    H    C   A   G   P  F  M
const VIEWS: Readonly<Record<string, ScriptRow>> = {
  null: [2, 2, 0, 2, 0, 0, 0, 0],
  fault: [3, 2, 0, 2, 0, 0, 0, 1],
  mmap: [8, 7, 0, 6, 0, 0, 0, 2],
  signal: [4, 4, 0, 4, 0, 0, 1, 0],
  pipe: [8, 8, 0, 8, 0, 0, 0, 0],
  switch: [4, 4, 0, 4, 0, 0, 0, 0],
  fork: [18, 16, 0, 10, 0, 0, 0, 8],
  exec: [26, 23, 0, 14, 0, 0, 0, 12],
  open: [4, 4, 0, 4, 0, 0, 0, 0],
  read: [2, 2, 0, 2, 0, 0, 0, 0],
};

//             X    H    C   A   G   P  F  M
const TABLES: Readonly<Record<string, ScriptRow>> = {
  null: [2, 2, 0, 0, 2, 0, 0, 0],
  fault: [3, 2, 0, 0, 2, 0, 0, 1],
  mmap: [8, 7, 0, 0, 6, 0, 0, 2],
  signal: [4, 4, 0, 0, 4, 0, 1, 0],
  pipe: [10, 10, 0, 2, 8, 0, 0, 2],
  switch: [6, 6, 0, 2, 4, 0, 0, 2],
  fork: [23, 20, 0, 3, 10, 0, 0, 12],
  exec: [35, 30, 0, 5, 14, 0, 0, 19],
  open: [4, 4, 0, 0, 4, 0, 0, 0],
  read: [2, 2, 0, 0, 2, 0, 0, 0],
};

//             X    H    C   A   G   P  F  M
const RING1: Readonly<Record<string, ScriptRow>> = {
  null: [2, 2, 0, 0, 0, 0, 0, 0],
  fault: [3, 2, 0, 0, 0, 0, 0, 1],
  mmap: [8, 7, 0, 0, 0, 0, 0, 2],
  signal: [4, 4, 0, 0, 0, 0, 1, 0],
  pipe: [14, 14, 0, 0, 0, 0, 0, 6],
  switch: [10, 10, 0, 0, 0, 0, 0, 6],
  fork: [19, 17, 0, 0, 0, 0, 0, 9],
  exec: [26, 23, 0, 0, 0, 0, 0, 12],
  open: [4, 4, 0, 0, 0, 0, 0, 0],
  read: [2, 2, 0, 0, 0, 0, 0, 0],
};

//             X    H    C   A   G   P  F  M
const RING1_TABLES: Readonly<Record<string, ScriptRow>> = {
  null: [2, 2, 0, 0, 0, 0, 0, 0],
  fault: [3, 2, 0, 0, 0, 0, 0, 1],
  mmap: [8, 7, 0, 0, 0, 0, 0, 2],
  signal: [4, 4, 0, 0, 0, 0, 1, 0],
  pipe: [10, 10, 0, 2, 0, 0, 0, 2],
  switch: [6, 6, 0, 2, 0, 0, 0, 2],
  fork: [23, 20, 0, 3, 0, 0, 0, 12],
  exec: [35, 30, 0, 5, 0, 0, 0, 19],
  open: [4, 4, 0, 0, 0, 0, 0, 0],
  read: [2, 2, 0, 0, 0, 0, 0, 0],
};

//             X    H    C   A   G   P  F  M
const GATE: Readonly<Record<string, ScriptRow>> = {
  null: [1, 0, 0, 0, 0, 0, 0, 0],
  fault: [2, 1, 0, 0, 0, 0, 0, 1],
  mmap: [5, 2, 0, 0, 0, 0, 0, 2],
  signal: [2, 0, 0, 0, 0, 0, 1, 0],
  pipe: [10, 6, 0, 0, 0, 0, 0, 6],
  switch: [8, 6, 0, 0, 0, 0, 0, 6],
  fork: [14, 9, 0, 0, 0, 0, 0, 9],
  exec: [19, 12, 0, 0, 0, 0, 0, 12],
  open: [2, 0, 0, 0, 0, 0, 0, 0],
  read: [1, 0, 0, 0, 0, 0, 0, 0],
};

describe.each([
  ['ktrace', KTRACE],
  ['ktrace+segments', SEGMENTS],
  ['ktrace+pagetables', VIEWS],
  ['ktrace+segments+pagetables', TABLES],
  ['ktrace+ring1', RING1],
  ['ktrace+ring1+pagetables', RING1_TABLES],
  ['gate', GATE],
])('%s', (tower, table) => {
  it.each(Object.entries(table))('%s', (operation, row) => {
    expect(counted(tower, operation, SCRIPT_COLUMNS)).toEqual(row);
  });

  it('its scenario says the same', () => {
    expect(expectedBy(tower, tower, SCRIPT_COLUMNS)).toEqual(table);
  });
});
