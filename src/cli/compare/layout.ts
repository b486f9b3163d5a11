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

/**
 * Lines of a table that fits: names at the left, figures flush right. Where it is too wide, columns that are empty go
 * first, and then the names move to lines of their own.
 */
export function layout(
  names: readonly string[],
  all: readonly Column[],
  width: number,
  paint: Paint = (text) => text,
): string[] {
  const left = Math.max(...names.map((name) => name.length));
  const fits = (columns: readonly Column[], indent: number): boolean =>
    indent + columns.reduce((sum, column) => sum + 1 + widthOf(column), 0) <= width;
  const full = all.filter(({ empty }) => !empty);
  const columns = fits(all, left) ? all : full;
  const beside = fits(columns, left);
  const indent = beside ? left : 2;
  const heads = [0, 1].map((n) => [
    ''.padEnd(indent),
    ...columns.map((column) => column.head[n].padStart(widthOf(column))),
  ]);
  const rows = names.flatMap((name, row) => {
    const cells = columns.map((column) => paint(column.cells[row].padStart(widthOf(column)), row, column));
    return beside ? [[name.padEnd(indent), ...cells]] : [[name], [''.padEnd(indent), ...cells]];
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
