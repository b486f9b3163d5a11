import { chainName } from '../lab/chain.ts';
import { METRICS } from '../lab/compare/metrics.ts';
import type { Explanation } from '../lab/explain/explain.ts';
import type { Crossing, Line } from '../lab/explain/line.ts';
import { SCRIPT } from '../lab/explain/narrator.ts';

/** Columns of a terminal that may be relied on. */
const WIDTH = 80;

/** An explanation as text of at most 80 columns, with a newline at its end. */
export function explanationText(explanation: Explanation): string {
  const parts = [
    legend(explanation),
    who(explanation),
    script(explanation),
    table(explanation.lines),
    totals(explanation),
    requests(explanation),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.map((line) => `${line}\n`).join(''))
    .join('\n');
}

/** The same as one JSON object, with a newline at its end. */
export function explanationJson(explanation: Explanation): string {
  const { towers, operation, program, count, alike, clauses, lines, sample } = explanation;
  const totals = Object.fromEntries(METRICS.map(({ name, of }) => [name, of(sample)]));
  const object = { towers, operation: operation.name, program, count, alike, clauses, lines, totals };
  return `${JSON.stringify(object, null, 2)}\n`;
}

function legend({ towers, operation, program, count, alike }: Explanation): string[] {
  const others = count - 2;
  const like = alike - 1 === others ? `All of the ${others}` : `${alike - 1} of the ${others}`;
  const average = alike - 1 === others ? '' : ': `nestlab compare` has the average of all';
  const words = program.map((word) => (/^[\w/.-]+$/.test(word) ? word : `'${word}'`));
  return [
    `${operation.title} (${operation.name}), ${chainName(towers)}`,
    ...wrap(
      `One of the ${count} in: ${words.join(' ')}. ${like} others that begin and end with a trap went the same way${average}.`,
      WIDTH,
    ),
  ];
}

/** The figures that are not 0, as `compare` has them. */
function totals({ sample }: Explanation): string[] {
  const out = sample.depths[0].events.crossingReturn;
  const figures = METRICS.map(({ name, of }) => ({ name, value: of(sample) }));
  const cells = figures
    .filter(({ value }) => value !== 0)
    .map(({ name, value }) => {
      const title = name === 'crossings' ? crossingsTitle(value, out) : titleOf(name, value);
      return `${String(value).padStart(8)} ${title.padEnd(30)}`;
    });
  const rows: string[] = ['In all:'];
  for (let n = 0; n < cells.length; n += 2) rows.push(`${cells[n]}${cells[n + 1] ?? ''}`.trimEnd());
  return rows;
}

/** Figures whose names are not just their words. */
const TITLES: Readonly<Record<string, string>> = {
  pageTableSwitches: 'page-table switches',
  tlbMisses: 'TLB misses',
};

/** A crossing inward has its way back, which may have two steps where there are three rings. */
function crossingsTitle(value: number, out: number): string {
  if (value === 1 && out === 1) return 'crossing in, one out';
  return `${value === 1 ? 'crossing' : 'crossings'} in, ${out === value ? 'as many' : out} out`;
}

/** 'taskSwitches' as 'task switches', or as 'task switch' where there is one. */
function titleOf(name: string, value: number): string {
  const title = TITLES[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return value === 1 ? title.replace(/(?<=switch|miss)es$|s$/, '') : title;
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

/** The lines of the script that act, and what the names in them are. */
function script({ clauses, towers }: Explanation): string[] {
  if (clauses.length === 0) return [];
  const words = new Set(clauses.flatMap(({ text }) => text.slice(text.indexOf('{')).match(/\w+/g) ?? []));
  return [
    `Script of the ${towers.length > 1 ? 'outermost ' : ''}guest kernel in the host kernel (docs/ktrace.md):`,
    ...glossary([
      ...clauses.map(({ line, text }) => [`${SCRIPT}:${line}`, text] as const),
      ...NAMES.filter(([name]) => words.has(name)),
    ]),
  ];
}

/** Names that guest kernels give to their save areas and words (src/ktrace/guest). */
const NAMES: readonly (readonly [string, string])[] = [
  ['frame', "save area: the application's registers, and why it stopped"],
  ['own', "save area: the guest kernel's registers at resume"],
  ['entry', 'registers with which the list of calls begins that opens its memory'],
  ['late', 'save area: a signal that came while that list was being made'],
  ['reach', 'the last address of the application'],
  ['table', "the application's page table"],
];

/** Who goes where. */
function who({ lines }: Explanation): string[] {
  const crossings = lines.flatMap((line) => (line.kind === 'crossing' ? [line] : []));
  const names = new Set(crossings.flatMap(({ from, to }) => [from, to]).map((name) => name.replace(/\d*\/.*/, '')));
  return glossary([...WHO.filter(([name]) => names.has(name)), ['A, B ...', 'page tables: values of CR3']]);
}

const WHO: readonly (readonly [string, string])[] = [
  ['app', 'the program; behind the stroke: the process of the host that it is in'],
  ['guest', 'the guest kernel, a program of the host too'],
  ['tracer', 'a process of the host that traces the others for the guest kernel'],
  ['stub', "the guest kernel's two pages in the program's address space"],
  ['host', 'the host kernel, in ring 0 and in every page table'],
];

/** What the requests of ptrace(2) that occur do. */
function requests({ requests: all }: Explanation): string[] {
  return glossary(all.map(({ name, meaning }) => [name, meaning]));
}

function glossary(words: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...words.map(([name]) => name.length));
  return words.flatMap(([name, meaning]) =>
    wrap(meaning, WIDTH - width - 2).map((part, n) => `${(n === 0 ? name : '').padEnd(width)}  ${part}`),
  );
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
