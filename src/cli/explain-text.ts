import type { Explanation } from '../lab/explain/explain.ts';
import type { Crossing, Line } from '../lab/explain/line.ts';

/** Columns of a terminal that may be relied on. */
const WIDTH = 80;

/** An explanation as text of at most 80 columns, with a newline at its end. */
export function explanationText(explanation: Explanation): string {
  return [...legend(explanation), '', ...table(explanation.lines), '', ...requests(explanation)]
    .map((line) => `${line}\n`)
    .join('');
}

function legend({ towers, operation, program, count, alike }: Explanation): string[] {
  return [
    `${operation.title}, ${towers.length === 0 ? 'native' : towers.join(' / ')}`,
    `One of the ${count} operations of ${program.join(' ')}; ${alike} of ${count - 1} went like this.`,
  ];
}

const HEAD = ['from', 'to', 'by', 'ring', 'table', 'why'] as const;

function cells({ from, to, by, ring, table, why }: Crossing): string[] {
  return [from, to, by, `${ring[0]}→${ring[1]}`, table.join('→'), why];
}

/** The crossings with their numbers, and what happens between them. */
function table(lines: readonly Line[]): string[] {
  const rows = lines.map((line) => (line.kind === 'crossing' ? cells(line) : undefined));
  const widths = HEAD.map((head, n) => Math.max(head.length, ...rows.map((row) => row?.[n].length ?? 0)));
  const digits = Math.max(2, String(rows.filter((row) => row).length).length);
  const indent = digits + 2 + widths.slice(0, -1).reduce((sum, width) => sum + width + 1, 0);
  const render = (row: readonly string[], number: string): string[] => {
    const start = `${number.padStart(digits)}  ${row
      .slice(0, -1)
      .map((cell, n) => `${cell.padEnd(widths[n])} `)
      .join('')}`;
    return wrap(row[5], WIDTH - indent).map((text, n) => `${n === 0 ? start : ' '.repeat(indent)}${text}`.trimEnd());
  };
  let number = 0;
  return [
    ...render(HEAD, '#'),
    ...lines.flatMap((line, n) => {
      const row = rows[n];
      if (row) return render(row, String(++number));
      const text = line.kind === 'remark' ? line.text : '';
      return wrap(text, WIDTH - digits - 6).map(
        (part, m) => `${' '.repeat(digits + 4)}${m === 0 ? '· ' : '  '}${part}`,
      );
    }),
  ];
}

function requests({ requests: all }: Explanation): string[] {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, meaning }) => `${name.padEnd(width)}  ${meaning}`);
}

/** Words in lines of at most `width`; a word that is longer is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ').flatMap((part) => part.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''])) {
    const last = lines[lines.length - 1];
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
