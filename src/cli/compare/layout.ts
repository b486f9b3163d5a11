/** Tables of figures in so many columns. */

/** A column: its head of two lines, and one cell for each row. */
export interface Column {
  readonly head: readonly [string, string];
  readonly cells: readonly string[];
  /** May be left out where space is short: it says nothing. */
  readonly empty: boolean;
}

/** Colours a cell that has its final width. */
export type Paint = (text: string, row: number, column: Column) => string;

/** Names longer than this get lines of their own where space is short. */
const LONG = 14;

/**
 * Lines of a table that fits: names at the left, figures flush right. Where it is too wide, columns that are empty go
 * first; then long names move to lines of their own, or the columns that are left over to a second table below.
 */
export function layout(
  names: readonly string[],
  all: readonly Column[],
  width: number,
  paint: Paint = (text) => text,
): string[] {
  const left = Math.max(...names.map((name) => name.length));
  if (fitting(all, width - left) === all.length) return table(names, all, left, paint);
  const columns = all.filter(({ empty }) => !empty);
  const isLong = left > LONG && fitting(columns, width - left) < columns.length;
  const indent = isLong ? Math.max(2, ...names.map(({ length }) => (length > LONG ? 0 : length))) : left;
  const lines: string[] = [];
  for (let from = 0; from < columns.length; ) {
    const count = Math.max(1, fitting(columns.slice(from), width - indent));
    lines.push(...table(names, columns.slice(from, from + count), indent, paint));
    from += count;
  }
  return lines;
}

/** How many columns go into so many characters. */
function fitting(columns: readonly Column[], width: number): number {
  let left = width;
  const over = columns.findIndex((column) => (left -= 1 + widthOf(column)) < 0);
  return over < 0 ? columns.length : over;
}

/** A table with names in `indent` characters at the left; longer ones stand above their figures. */
function table(names: readonly string[], columns: readonly Column[], indent: number, paint: Paint): string[] {
  const heads = [0, 1].map((n) => [
    ''.padEnd(indent),
    ...columns.map((column) => column.head[n].padStart(widthOf(column))),
  ]);
  const rows = names.flatMap((name, row) => {
    const cells = columns.map((column) => paint(column.cells[row].padStart(widthOf(column)), row, column));
    return name.length > indent ? [[name], [''.padEnd(indent), ...cells]] : [[name.padEnd(indent), ...cells]];
  });
  return [...heads, ...rows].map((line) => line.join(' '));
}

function widthOf({ head, cells }: Column): number {
  return Math.max(...head.map((word) => word.length), ...cells.map((cell) => cell.length));
}

/** Words in lines of at most `width` characters, each behind `indent`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
