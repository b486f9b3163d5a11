import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Kind } from '../../src/abi/kinds.ts';
import { SYSCALLS, type SyscallRow } from '../../src/abi/syscalls.ts';
import type { Row } from '../../src/kernel/call.ts';
import { callsWith } from '../../src/kernel/calls/table.ts';
import { PRIMITIVES } from '../../src/lab/registry.ts';

const FILE = new URL('../../docs/calls.md', import.meta.url);
const SOURCES = new URL('../../src/', import.meta.url);

const HEAD = `# System calls

Every call of i386 Linux up to number 450, in the order of numbers (\`npm run docs\` writes this page from the tables in
\`src/abi/syscalls.ts\` and \`src/kernel/calls/\`). Look for a call with \`/name\`; \`nestlab check FILE\` shows the rows that a program needs.

- **Arguments** are written as \`--strace\` shows them: \`path\` a name, \`out:x\` a structure x that is filled, \`flags:x\` a set of flags.
- **What differs** is the row's own word: nothing there means that the call does what Linux does, as far as is known. A call that is
  answered with an error for a reason says the reason.
- **File** holds the row, and shows where to read on.
`;

/** Rows by the file that exports them; of two files the one whose array is shorter has made the row. */
async function files(): Promise<Map<Row, string>> {
  const folder = new URL('kernel/calls/', SOURCES);
  const arrays: { file: string; rows: readonly Row[] }[] = [];
  for (const file of readdirSync(folder)) {
    const exported: Record<string, unknown> = await import(new URL(file, folder).href);
    for (const [name, value] of Object.entries(exported))
      if (name.endsWith('Calls')) arrays.push({ file, rows: value as Row[] });
  }
  arrays.sort((a, b) => b.rows.length - a.rows.length);
  const found = new Map(arrays.flatMap(({ file, rows }) => rows.map((row) => [row, file] as const)));
  for (const { name, calls } of PRIMITIVES) for (const row of calls) found.set(row, `${name}/primitive.ts`);
  return found;
}

const kinds = (args: readonly Kind[]): string => (args.length === 0 ? '' : `\`${args.join(', ')}\``);
const cell = (text: string): string => text.replaceAll('|', '\\|');

async function page(): Promise<string> {
  const table = callsWith(PRIMITIVES);
  const from = await files();
  const line = ({ number, name, args }: SyscallRow): string => {
    const row = table[number];
    const note = row === undefined ? 'absent: ENOSYS, and named once on stderr' : (row.note ?? '');
    return `| ${number} | ${name} | ${cell(kinds(args))} | ${cell(note)} | ${row === undefined ? '' : from.get(row)} |`;
  };
  const present = SYSCALLS.filter(({ number }) => table[number]);
  const rest = SYSCALLS.length - present.length;
  return `${HEAD}
${present.length} of ${SYSCALLS.length} calls have a row${rest === 0 ? '' : `; ${rest} have none`}. Files without a folder lie in \`src/kernel/calls/\`, others in \`src/\`.

| number | name | arguments | what differs | file |
|---:|---|---|---|---|
${SYSCALLS.map(line).join('\n')}
`;
}

it('docs/calls.md is what the tables say (npm run docs writes it anew)', async () => {
  const wanted = await page();
  if (process.env.NESTLAB_WRITE_DOCS === '1') writeFileSync(FILE, wanted);
  else expect(readFileSync(FILE, 'utf8')).toBe(wanted);
});

it('finds the file of every row', async () => {
  const from = await files();
  const lost = callsWith(PRIMITIVES).filter((row) => row && !from.has(row));
  expect(lost.map((row) => row?.name)).toEqual([]);
});
