/** Tables fit, whatever is in them. */
import { describe, expect, it } from 'vitest';
import { type Column, layout, wrap } from '../../../src/cli/compare/layout.ts';

const column = (cells: readonly string[], head: readonly [string, string] = ['some', 'head']): Column => ({
  head,
  cells,
  empty: cells.every((cell) => cell === '·'),
});

describe('a table', () => {
  it('has names at the left and figures flush right', () => {
    expect(layout(['a', 'long'], [column(['1', '12345']), column(['·', '2'], ['', 'x'])], 40)).toEqual([
      '      some  ',
      '      head x',
      'a        1 ·',
      'long 12345 2',
    ]);
  });

  it('that is too wide loses what is empty first', () => {
    const columns = [column(['1']), column(['·']), column(['3'])];
    expect(layout(['name'], columns, 20)).toHaveLength(3);
    expect(layout(['name'], columns, 19)[1]).toBe('     head head head');
    expect(layout(['name'], columns, 18)[1]).toBe('     head head');
  });

  it('goes on below where the figures do not fit beside each other', () => {
    const columns = ['1000000', '2000000', '3000000'].map((cell) => column([cell]));
    expect(layout(['name'], columns, 20)).toEqual([
      '        some    some',
      '        head    head',
      'name 1000000 2000000',
      '        some',
      '        head',
      'name 3000000',
    ]);
  });

  it('gives long names a line of their own', () => {
    const columns = ['1', '2', '3', '4'].map((cell) => column([cell, cell]));
    expect(layout(['ktrace+segments+pagetables', 'skas'], columns, 30)).toEqual([
      '     some some some some',
      '     head head head head',
      'ktrace+segments+pagetables',
      '        1    2    3    4',
      'skas    1    2    3    4',
    ]);
  });

  it('is never wider than it may be', () => {
    for (const digits of [1, 4, 7, 10])
      for (const name of ['sysemu 1', 'ktrace+segments+pagetables 4']) {
        const columns = Array.from({ length: 13 }, () => column(['9'.repeat(digits)]));
        for (const line of layout([name], columns, 80)) expect(line.length).toBeLessThanOrEqual(80);
      }
  });
});

it('words are wrapped between words', () => {
  expect(wrap('one two three four', 10, '  ')).toEqual(['  one two', '  three', '  four']);
});
